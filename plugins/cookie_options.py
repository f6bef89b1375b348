"""Which of the cookie's options go together: HAProxy's rules, and those that spare a mistake."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .cookie import Cookie

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 6265 section 4.1.1
_SAMESITE = ("Lax", "Strict", "None")
_MODES = ("insert", "rewrite", "prefix")
_HANDED_OUT = ("nocache", "postonly", "httponly", "secure", "samesite", "domain", "attr")
_ONLY_INSERT = ("maxidle", "maxlife")


def check(cookie: Cookie) -> None:
    """Raises ValueError, in words that an operator understands."""
    if not _TOKEN.fullmatch(cookie.name):
        raise ValueError(f"name is {cookie.name!r}, which is no cookie's name")
    _check_modes(cookie)
    _check_attributes(cookie)


def _check_modes(cookie: Cookie) -> None:
    modes = _given(cookie, _MODES)
    if len(modes) > 1:
        raise ValueError(f"{' and '.join(modes)}: a cookie has one of these modes; keep one")
    if cookie.rewrite and cookie.indirect:
        raise ValueError("rewrite and indirect do not go together: the server would never get its cookie to the client")
    if cookie.preserve and not (cookie.insert or cookie.indirect):
        raise ValueError("preserve: it takes insert or indirect to remove a server's cookie; add insert = true")
    idle = _given(cookie, _ONLY_INSERT) if modes else _given(cookie, (*_HANDED_OUT, *_ONLY_INSERT))
    if idle and not cookie.insert:
        raise ValueError(f"{' and '.join(idle)}: only a cookie that is handed out has that; add insert = true")


def _check_attributes(cookie: Cookie) -> None:
    if cookie.samesite and cookie.samesite not in _SAMESITE:
        raise ValueError(f"samesite is {cookie.samesite!r}; it can be {', '.join(_SAMESITE)}")
    if cookie.samesite == "None" and not cookie.secure:
        raise ValueError("samesite is None, and browsers drop such a cookie without secure = true")
    for domain in _each(cookie.domain):
        if not re.fullmatch(r"[0-9A-Za-z.-]*", domain):
            raise ValueError(f"domain is {domain!r}, which is no domain's name")
    for attribute in _each(cookie.attr):
        if not attribute.isprintable() or ";" in attribute:
            raise ValueError(f"attr is {attribute!r}; an attribute holds no semicolon and no control character")


def _given(cookie: Cookie, options: tuple[str, ...]) -> list[str]:
    return [option for option in options if getattr(cookie, option)]


def _each(value: str | tuple[str, ...]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else value
