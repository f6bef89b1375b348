"""What ``balance`` and ``hash_type`` may say, and what the words mean: HAProxy's, and lighttpd's ``sqf``.

The words stay words in a ``Backend`` and are read here, once by whoever checks the configuration and once by whoever
makes the balancer of a backend."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

PLAIN = ("roundrobin", "static-rr", "leastconn", "first", "sqf", "source")
"""Balances that take no further word."""

BALANCES = (*PLAIN, "random", "uri", "hdr", "url_param")
HASHES = ("source", "uri", "hdr", "url_param")
"""Balances that hash a key of the request."""

LAYER_7 = ("uri", "hdr", "url_param")
"""Those of them whose key only HTTP has: in mode tcp HAProxy falls back to roundrobin."""

_HASH_FUNCTIONS = ("sdbm", "djb2", "wt6", "crc32")
_CALL = re.compile(r"(random|hdr)\(([^()]*)\)")


class WordError(ValueError):
    """A word that cannot stand there. ``known`` are those that could; ``advice`` says what to do where none could."""

    def __init__(self, problem: str, word: str = "", known: Sequence[str] = (), advice: str = "") -> None:
        super().__init__(problem)
        self.problem = problem
        self.word = word
        self.known = known
        self.advice = advice


@dataclass(frozen=True, slots=True)
class Balance:
    """``name`` is the algorithm. ``field``: the header or the parameter whose value is hashed; ``whole`` to
    ``path_only`` belong to ``uri``, where a ``length`` or ``depth`` of 0 is none; ``draws`` to ``random``."""

    name: str
    field: str = ""
    draws: int = 2
    whole: bool = False
    length: int = 0
    depth: int = 0
    path_only: bool = False
    domain_only: bool = False


@dataclass(frozen=True, slots=True)
class HashType:
    """``consistent``: a ring instead of a map. ``avalanche``: the number is spread over all 32 bits at the end."""

    consistent: bool = False
    function: str = "sdbm"
    avalanche: bool = False


@lru_cache(maxsize=256)
def read_balance(text: str) -> Balance:
    """Raises WordError."""
    words = text.split()
    first, rest = words[0] if words else "", words[1:]
    call = _CALL.fullmatch(first)
    name = call[1] if call else first
    if name not in BALANCES:
        known = [f"{each}(name)" if each == "hdr" else each for each in BALANCES]
        raise WordError(f'"{first}" is no balance', first, known)
    if name == "uri":
        return _uri(rest)
    if name == "url_param":
        return _url_param(rest)
    if name == "hdr":
        return _header(call[2] if call else "", rest)
    _nothing_more(name, rest)
    return Balance(name, draws=_draws(call[2]) if call and name == "random" else 2)


def _nothing_more(name: str, rest: list[str]) -> None:
    if rest:
        advice = f'write "random({rest[-1]})"' if name == "random" else "leave it out"
        raise WordError(f'{name} takes no further word, and "{" ".join(rest)}" is one', advice=advice)


def _draws(text: str) -> int:
    if not re.fullmatch(r"[1-9]\d{0,5}", text, re.ASCII):
        raise WordError(f"random({text}): the number of draws is at least 1", advice='write "random(2)"')
    return int(text)


def _header(name: str, rest: list[str]) -> Balance:
    if not name:
        raise WordError("hdr needs the name of a header", advice='write it in brackets, as in "hdr(X-Session)"')
    for word in rest:
        if word != "use_domain_only":
            raise WordError(f'"{word}" is no option of hdr', word, ("use_domain_only",))
    return Balance("hdr", name, domain_only=bool(rest))


def _url_param(rest: list[str]) -> Balance:
    if not rest:
        raise WordError("url_param needs the name of a parameter", advice='write it behind, as in "url_param session"')
    if rest[1:2] == ["check_post"]:
        raise WordError(
            "url_param looks for its parameter in the query alone, not in the body of a POST",
            advice="leave check_post out, or hash a header: hdr(name)",
        )
    if rest[1:]:
        raise WordError(f'url_param takes one name, and "{rest[1]}" is one too many', advice="leave it out")
    return Balance("url_param", rest[0])


def _uri(rest: list[str]) -> Balance:
    balance = Balance("uri")
    words = iter(rest)
    for word in words:
        if word == "len":
            balance = replace(balance, length=_positive(word, next(words, "")))
        elif word == "depth":
            balance = replace(balance, depth=_positive(word, next(words, "")))
        elif word == "whole":
            balance = replace(balance, whole=True)
        elif word == "path-only":
            balance = replace(balance, path_only=True)
        else:
            raise WordError(f'"{word}" is no option of uri', word, ("whole", "len", "depth", "path-only"))
    return balance


def _positive(word: str, text: str) -> int:
    if not re.fullmatch(r"[1-9]\d{0,8}", text, re.ASCII):
        raise WordError(f"{word} of uri needs a number from 1 on", advice=f'write it behind, as in "uri {word} 4"')
    return int(text)


@lru_cache(maxsize=256)
def read_hash_type(text: str) -> HashType:
    """``map-based`` or ``consistent``, then a function, then ``avalanche``. Without a function it is sdbm, and for
    ``consistent`` the avalanche too, as in HAProxy. Raises WordError."""
    kind, *rest = text.split() or [""]
    if kind not in {"map-based", "consistent"}:
        raise WordError(f'"{kind}" is no way to hash', kind, ("map-based", "consistent"))
    if not rest:
        return HashType(kind == "consistent", avalanche=kind == "consistent")
    function, *modifiers = rest
    if function not in _HASH_FUNCTIONS:
        raise WordError(f'"{function}" is no hash function', function, _HASH_FUNCTIONS)
    if modifiers not in ([], ["avalanche"]):
        raise WordError(f'"{" ".join(modifiers)}" cannot follow the function', modifiers[0], ("avalanche",))
    return HashType(kind == "consistent", function, bool(modifiers))
