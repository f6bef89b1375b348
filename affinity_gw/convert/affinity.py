"""``cookie`` and what else binds a client to a server: they become the backend's affinity.

HAProxy takes any options together; those that mean nothing in the cookie's mode are left away with a word, because
the extractor would ask what they are there for.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from affinity_gw.config.problem import Problem, suggestion
from affinity_gw.convert.lexer import Word
from affinity_gw.convert.optionwords import Option, left_out, run
from affinity_gw.convert.sections import Context, Directive, spelt
from affinity_gw.convert.words import time

Table = dict[str, Any]

_MODES = ("rewrite", "insert", "prefix")
_INSERT_ONLY = ("maxidle", "maxlife")
_HANDED_OUT = ("nocache", "postonly", "httponly", "secure", "domain", "attr")


def _flag(key: str) -> Option[Table]:
    return Option(lambda _context, table, _words: table.update({key: True}))


def _several(key: str, check: Callable[[Word], None]) -> Option[Table]:
    """One word is a string, more of them a list."""

    def take(_context: Context, table: Table, words: Sequence[Word]) -> None:
        check(words[0])
        before = table.get(key, [])
        table[key] = [*before, spelt(words[0])]

    return Option(take, 1)


def _domain(word: Word) -> None:
    odd = re.sub(r"[A-Za-z0-9.-]+", "", word)[:1]
    if odd:
        raise Problem(f'"{odd}" cannot stand in a domain\'s name', "letters, digits, - and . make one")


def _attribute(word: Word) -> None:
    if ";" in word or not word.isprintable():
        raise Problem("an attribute holds no semicolon and no control character", "write attr for each")


def _age(key: str) -> Option[Table]:
    """Seconds, where no unit is given; 0 is no limit."""

    def take(_context: Context, table: Table, words: Sequence[Word]) -> None:
        value = time(words[0], "s")
        table.pop(key, None)
        if value != "none":
            table[key] = value

    return Option(take, 1)


_OPTIONS: Mapping[str, Option[Table]] = {
    **{word: _flag(word) for word in (*_MODES, "indirect", "nocache", "postonly", "preserve", "httponly", "secure")},
    "domain": _several("domain", _domain),
    "attr": _several("attr", _attribute),
    "maxidle": _age("maxidle"),
    "maxlife": _age("maxlife"),
    **left_out({"dynamic": (0, "a server's word is its cookie or its name")}),
}


def _cookie(context: Context) -> None:
    if context.ignored_here("backend"):
        return
    name = context.argument(1, "the cookie's name")
    if not name:
        raise Problem("the cookie has no name", 'write "cookie SERVERID insert indirect nocache"')
    table: Table = {}
    run(context, table, context.words[2:], _OPTIONS, "the option")
    modes = [mode for mode in _MODES if mode in table]
    if len(modes) > 1:
        raise Problem(f"{' and '.join(modes)} do not go together", "keep one")
    if "rewrite" in table and "indirect" in table:
        raise Problem("rewrite and indirect do not go together", "keep one")
    _tidy(context, table, modes)
    options = {key: value[0] if isinstance(value, list) and len(value) == 1 else value for key, value in table.items()}
    context.say("affinity cookie", {"extractor": "cookie", "name": spelt(name), **options})


def _tidy(context: Context, table: Table, modes: Sequence[str]) -> None:
    """Take out what says nothing in this mode."""
    idle = [] if modes == ["insert"] else [*_INSERT_ONLY, *(() if modes else _HANDED_OUT)]
    if modes != ["insert"] and "indirect" not in table:
        idle.append("preserve")
    found = [key for key in idle if table.pop(key, None)]
    if found:
        context.warn(f"{', '.join(found)}: only a cookie that is inserted has that, in HAProxy too", "add insert")


def _appsession(context: Context) -> None:
    """It learned the session ids of the application itself, as an affinity of the id's prefix can do without."""
    name = context.words[1] if len(context.words) > 1 else "JSESSIONID"
    context.leave_out(
        "appsession is gone since HAProxy 1.6",
        f'write affinity = [{{ extractor = "cookie", name = "{name}", prefix = true }}], or the extractor url_prefix',
    )


_STICK = ("on", "match", "store-request", "store-response")


def _stick(context: Context) -> None:
    word = context.argument(1, "what to do")
    if word not in _STICK:
        raise Problem(f'stick does not know "{word}"', suggestion(word, _STICK))
    if context.section.kind == "defaults":
        raise Problem("stick cannot stand in a defaults section", "move it to a backend")
    if not context.ignored_here("backend"):
        context.leave_out(
            "there are no stick tables", 'write affinity = [{ extractor = "source_ip" }] where the address decides'
        )


def _stick_table(context: Context) -> None:
    context.not_in_defaults("frontend or backend")
    context.leave_out(
        "there are no stick tables", 'write affinity = [{ extractor = "source_ip" }] where the address decides'
    )


AFFINITY: Mapping[str, Directive] = {
    "cookie": _cookie,
    "appsession": _appsession,
    "stick": _stick,
    "stick-table": _stick_table,
}
