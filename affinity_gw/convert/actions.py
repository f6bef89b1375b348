"""What ``http-request`` and ``http-response`` rules do, each as the key of a TOML rule.

A function takes the words after the action's name, up to the condition, and returns what the rule holds beside it.
None: it has been noted as left out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from affinity_gw.config.problem import Problem, suggestion
from affinity_gw.convert.lexer import Word
from affinity_gw.convert.redirects import redirect
from affinity_gw.convert.sections import Context, spelt
from affinity_gw.convert.words import number
from affinity_gw.proxy.replies import PAGES

Action = Callable[[Context, Sequence[Word]], dict[str, Any] | None]


def action(context: Context, name: str, words: Sequence[Word], known: Mapping[str, Action]) -> dict[str, Any] | None:
    """Raises Problem for an action that HAProxy does not know."""
    plain = name.partition("(")[0]
    if plain in known:
        return known[plain](context, words)
    if plain in NOT_CARRIED or plain.startswith(("sc-", "track-sc")):
        context.leave_out(f"{plain}: {NOT_CARRIED.get(plain, 'there are no stick tables')}")
        return None
    raise Problem(f'there is no action "{name}"', suggestion(name, (*known, *NOT_CARRIED)))


def _exactly(count: int, what: str) -> Callable[[Sequence[Word]], None]:
    def check(words: Sequence[Word]) -> None:
        if len(words) != count:
            raise Problem(f"{what} expected, {len(words)} words found", "put what has blanks into quotes")

    return check


def _field(key: str) -> Action:
    check = _exactly(2, "the name of a header and its value")

    def make(_context: Context, words: Sequence[Word]) -> dict[str, Any]:
        check(words)
        return {key: {str(words[0]): spelt(words[1])}}

    return make


def _delete(context: Context, words: Sequence[Word]) -> dict[str, Any] | None:
    if len(words) == 3 and words[1] == "-m":
        if words[2] == "beg":
            return {"del_header": [f"{words[0]}*"]}
        if words[2] not in {"str", "sub", "end", "reg"}:
            raise Problem(f"del-header -m {words[2]} is unknown", "there is str, beg, end, sub and reg")
        if words[2] != "str":
            context.leave_out(f"del-header -m {words[2]}: names are compared whole or by their beginning")
            return None
        words = words[:1]
    _exactly(1, "the name of a header")(words)
    return {"del_header": [str(words[0])]}


def _replace_field(key: str) -> Action:
    check = _exactly(3, "the name of a header, a regular expression and what takes its place")

    def make(_context: Context, words: Sequence[Word]) -> dict[str, Any]:
        check(words)
        return {key: {"name": str(words[0]), "match": spelt(words[1]), "with": spelt(words[2])}}

    return make


def _replace_target(key: str) -> Action:
    check = _exactly(2, "a regular expression and what takes its place")

    def make(_context: Context, words: Sequence[Word]) -> dict[str, Any]:
        check(words)
        return {key: {"match": spelt(words[0]), "with": spelt(words[1])}}

    return make


def _set(key: str) -> Action:
    check = _exactly(1, "one word")

    def make(_context: Context, words: Sequence[Word]) -> dict[str, Any]:
        check(words)
        return {key: spelt(words[0])}

    return make


def _allow(_context: Context, words: Sequence[Word]) -> dict[str, Any]:
    _exactly(0, "nothing")(words)
    return {"allow": True}


_OTHER_PAGES = (200, 401, 404, 405, 407, 410, 421, 423, 425)
"""Statuses that HAProxy has a page for, beside ours."""


def _auth(_context: Context, words: Sequence[Word]) -> dict[str, Any]:
    """Its condition says who need not log in: ``unless { http_auth(LIST) }``."""
    if words and (words[0] != "realm" or len(words) != 2):
        raise Problem(f'"{words[0]}" cannot stand here', "write auth realm NAME if CONDITION")
    return {"auth": True, "realm": spelt(words[1])} if words else {"auth": True}


def _deny(context: Context, words: Sequence[Word]) -> dict[str, Any] | None:
    """A status alone refuses with its page; anything else that it says is a page of its own."""
    if not words:
        return {"deny": True}
    if words[0] in {"deny_status", "status"} and len(words) == 2:
        status = number(words[1], "status", 200, 599)
        if words[0] == "deny_status" and status not in PAGES and status not in _OTHER_PAGES:
            raise Problem(
                f"HAProxy has no page for {status}", f"one of {', '.join(map(str, sorted({*PAGES, *_OTHER_PAGES})))}"
            )
        return {"deny": status} if status in PAGES else {"return": {"status": status}}
    return _return(context, words, status=403)


def _deny_answer(_context: Context, words: Sequence[Word]) -> dict[str, Any]:
    if not words:
        return {"deny": True}
    if words[0] not in {"deny_status", "status"} or len(words) != 2:
        raise Problem(f'"{words[0]}" cannot stand here', "a refused answer has a status alone")
    return {"deny": number(words[1], "status", 200, 599)}


def _tarpit(context: Context, words: Sequence[Word]) -> dict[str, Any] | None:
    context.warn("nobody is kept waiting: the refusal comes at once")
    return _deny(context, words) if words else {"deny": 500}


_RETURN_ARGUMENTS = {"status": "status", "deny_status": "status", "content-type": "content_type", "file": "file"}


def _return(context: Context, words: Sequence[Word], status: int = 200) -> dict[str, Any] | None:
    page: dict[str, Any] = {"status": status}
    rest = list(words)
    while rest:
        word = str(rest.pop(0))
        if word in {"errorfile", "errorfiles", "default-errorfiles", "lf-file"}:
            context.leave_out(f"{word}: a page is written as body or file", "write return = { file = … }")
            return None
        if not rest:
            raise Problem(f"{word} has nothing after it")
        value = rest.pop(0)
        if word in _RETURN_ARGUMENTS:
            page[_RETURN_ARGUMENTS[word]] = number(value, "status", 200, 599) if "status" in word else spelt(value)
        elif word in {"string", "lf-string"}:
            page["body"] = spelt(value) if word == "lf-string" else spelt(value).replace("%[", "%%[")
        elif word == "hdr" and rest:
            page.setdefault("fields", {})[str(value)] = spelt(rest.pop(0))
        else:
            raise Problem(f'"{word}" cannot stand here', "see HAProxy's manual for return")
    if "content_type" not in page and page.keys() & {"body", "file"}:
        raise Problem("a page wants its content-type", "write content-type text/html")
    return {"return": page}


def _redirect(context: Context, words: Sequence[Word]) -> dict[str, Any] | None:
    made = redirect(context, words, expressions=True)
    return None if made is None else {**made, "phase": "http-request"}


def _status(_context: Context, words: Sequence[Word]) -> dict[str, Any]:
    if not words or (len(words) > 1 and (len(words) != 3 or words[1] != "reason")):
        raise Problem("a status expected, and perhaps reason with a phrase")
    made: dict[str, Any] = {"set_status": number(words[0], "status", 100, 999)}
    return {**made, "reason": spelt(words[2])} if len(words) == 3 else made


_FIELDS: Mapping[str, Action] = {
    "set-header": _field("set_header"),
    "add-header": _field("add_header"),
    "del-header": _delete,
    "replace-header": _replace_field("replace_header"),
    "replace-value": _replace_field("replace_value"),
}

REQUEST: Mapping[str, Action] = {
    **_FIELDS,
    "allow": _allow,
    "auth": _auth,
    "deny": _deny,
    "tarpit": _tarpit,
    "return": _return,
    "redirect": _redirect,
    "set-path": _set("set_path"),
    "set-pathq": _set("set_pathq"),
    "set-query": _set("set_query"),
    "set-uri": _set("set_uri"),
    "replace-path": _replace_target("replace_path"),
    "replace-pathq": _replace_target("replace_pathq"),
    "replace-uri": _replace_target("replace_uri"),
}

RESPONSE: Mapping[str, Action] = {**_FIELDS, "deny": _deny_answer, "set-status": _status}

_NO_VARIABLES = "there are no variables"
_NO_SOCKET_OPTIONS = "packets are not marked"

NOT_CARRIED = {
    "add-acl": "acls do not change while the gateway runs",
    "cache-store": "there is no cache",
    "cache-use": "there is no cache",
    "capture": "the log has its own fields",
    "del-acl": "acls do not change while the gateway runs",
    "del-map": "there are no maps",
    "disable-l7-retry": "nothing that was sent is sent again",
    "do-resolve": "names are looked up at the start",
    "early-hint": "the gateway sends no 103 of its own",
    "lua": "there is no Lua",
    "normalize-uri": "targets are passed on as they came",
    "reject": "a connection is not closed without an answer",
    "return": "an answer cannot be replaced by another",
    "redirect": "an answer cannot be replaced by a redirect",
    "allow": "rules that look at answers are all tried",
    "set-dst": "servers are reached at their own addresses",
    "set-dst-port": "servers are reached at their own addresses",
    "set-log-level": "lines have one level",
    "set-map": "there are no maps",
    "set-mark": _NO_SOCKET_OPTIONS,
    "set-method": "a method decides how the answer is framed",
    "set-nice": "all requests are equal",
    "set-priority-class": "queues are first in, first out",
    "set-priority-offset": "queues are first in, first out",
    "set-src": "the client's address is what the connection says",
    "set-src-port": "the client's address is what the connection says",
    "set-timeout": "times belong to sections",
    "set-tos": _NO_SOCKET_OPTIONS,
    "set-var": _NO_VARIABLES,
    "set-var-fmt": _NO_VARIABLES,
    "silent-drop": "a connection is not dropped without an answer",
    "strict-mode": "a rule that cannot be applied is a 400 always",
    "unset-var": _NO_VARIABLES,
    "use-service": "there are no services",
    "wait-for-body": "bodies are passed on as they come",
    "wait-for-handshake": "a request comes after its handshake",
}
"""HAProxy's other actions, and why they are left out."""
