"""``redirect location|prefix|scheme …``, as a directive and as an http-request action."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from affinity_gw.config.problem import Problem
from affinity_gw.convert.lexer import Word
from affinity_gw.convert.sections import Context, spelt
from affinity_gw.convert.words import number
from affinity_gw.proxy.replies import REDIRECTS

_KINDS = ("location", "prefix", "scheme")
_FLAGS = {"drop-query": "drop_query", "append-slash": "append_slash", "ignore-empty": "ignore_empty"}
_COOKIES = {"set-cookie": "set_cookie", "clear-cookie": "clear_cookie"}


def redirect(_context: Context, words: Sequence[Word], *, expressions: bool) -> dict[str, Any] | None:
    """The TOML rule. ``expressions``: a percent sign begins one, which it does not in the plain directive.

    Raises Problem.
    """
    table: dict[str, Any] = {}
    rest = list(words)
    while rest:
        word = str(rest.pop(0))
        if word in _FLAGS:
            table[_FLAGS[word]] = True
            continue
        if word not in (*_KINDS, *_COOKIES, "code"):
            raise Problem(f'"{word}" cannot stand in a redirect', "write location, prefix or scheme, and code")
        if not rest:
            raise Problem(f"{word} has nothing after it")
        _add(table, word, rest.pop(0), expressions=expressions)
    if not table.keys() & set(_KINDS):
        raise Problem("a redirect wants location, prefix or scheme")
    return _shortest(table)


def _add(table: dict[str, Any], word: str, value: Word, *, expressions: bool) -> None:
    if word == "code":
        table["code"] = number(value, "code")
        if table["code"] not in REDIRECTS:
            raise Problem(f"{value} is no code of a redirect", f"one of {', '.join(map(str, REDIRECTS))}")
    elif word in _COOKIES:
        table[_COOKIES[word]] = spelt(value).removesuffix("=") if word == "clear-cookie" else spelt(value)
    else:
        for earlier in _KINDS:  # the last one counts
            table.pop(earlier, None)
        text = spelt(value)
        table[word] = text if expressions else text.replace("%[", "%%[")


def _shortest(table: dict[str, Any]) -> dict[str, Any]:
    """``redirect = "/new"``, with a code beside it, where there is nothing else to say."""
    if table.keys() - {"location", "code"}:
        return {"redirect": table}
    code = {"code": table["code"]} if "code" in table else {}
    return {"redirect": table["location"], **code}
