"""Whether a cache may keep an answer, as HAProxy judges it (http_check_response_for_cacheability).

A cookie that names a server must not reach others out of a cache. HAProxy asks: does the method and the status allow
it by themselves, does the answer say how long it is fresh or how to validate it, and does nothing in it forbid it?
"""

from __future__ import annotations

from affinity_gw.plugin import Fields

_METHODS = frozenset(("GET", "HEAD", "OPTIONS", "TRACE"))
_STATUSES = frozenset((200, 203, 204, 206, 300, 301, 404, 405, 410, 414, 501))
_FORBIDDING = frozenset(("private", "no-cache", "no-store", "s-maxage=0"))
"""Whole directives: private="x" protects only the field x, and our cookie is another one."""


def may_be_cached(method: str, status: int, fields: Fields) -> bool:
    """Whether a shared cache might keep the answer to a request of this method."""
    if status < 200 or fields.get("Pragma", "").strip().lower() == "no-cache":
        return False
    cacheable = method in _METHODS and status in _STATUSES
    fresh = stale = False
    for directive in _directives(fields):
        if directive == "public":
            cacheable = True  # whatever the method and the status are
        elif directive == "max-age=0":
            stale = True
        elif directive in _FORBIDDING:
            cacheable = False
        elif directive.startswith("s-maxage"):
            fresh, stale = True, False  # it overrules max-age in a shared cache (HAProxy 2.6 did not see that yet)
        elif directive.startswith("max-age"):
            fresh = True
    return cacheable and not stale and (fresh or any(name in fields for name in ("Expires", "ETag", "Last-Modified")))


def _directives(fields: Fields) -> list[str]:
    lines = fields.getall("Cache-Control", ())
    return [part.strip(" \t").lower() for line in lines for part in line.split(",")]
