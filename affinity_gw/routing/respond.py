"""What a rule that ends a request's walk answers by itself: a refusal, a redirect, a page of the operator's."""

from __future__ import annotations

from affinity_gw.http1.head import RequestHead
from affinity_gw.routing import reasons
from affinity_gw.routing.decision import Content, Reply
from affinity_gw.routing.rules import Challenge, Deny, Redirect, Return, Rule, written
from affinity_gw.routing.sections import Backend
from affinity_gw.routing.snapshot import Snapshot


def answer(rule: Rule, head: RequestHead, snapshot: Snapshot, backend: Backend | None) -> Reply | None:
    """None for a rule that does not answer, a redirect to nowhere (``ignore_empty``) among them."""
    action = rule.action
    if isinstance(action, Deny):
        return Reply(action.status, "PR", reasons.ruled("denied", rule.text), backend=backend)
    if isinstance(action, Challenge):
        reply = Reply(401, "LR", reasons.ruled("asked for a password", rule.text), backend=backend)
        reply.challenge = f'Basic realm="{action.realm}"'
        return reply
    if isinstance(action, Return):
        return _returned(action, rule.text, head, snapshot, backend)
    if isinstance(action, Redirect):
        return _redirected(action, rule.text, head, snapshot, backend)
    return None


def _returned(action: Return, text: str, head: RequestHead, snapshot: Snapshot, backend: Backend | None) -> Reply:
    body = action.body
    if body is not None and not isinstance(body, bytes):
        body = written(body, head, snapshot).encode("utf-8", "surrogateescape")
    fields = tuple((name, written(value, head, snapshot)) for name, value in action.fields)
    content = Content(action.content_type, body or b"", fields)
    return Reply(action.status, "LR", reasons.ruled("answered", text), backend=backend, content=content)


def _redirected(
    action: Redirect, text: str, head: RequestHead, snapshot: Snapshot, backend: Backend | None
) -> Reply | None:
    target = location(action, head, snapshot)
    if not target:
        return None
    fields = tuple(("set-cookie", cookie) for cookie in action.cookies)
    content = Content("", b"", fields) if fields else None
    return Reply(action.code, "LR", reasons.ruled("redirected", text), target, backend=backend, content=content)


def location(action: Redirect, head: RequestHead, snapshot: Snapshot) -> str:
    """HAProxy's three kinds. The path is the request's own, raw; ``prefix /`` adds nothing to it."""
    value = written(action.location, head, snapshot)
    if action.kind == "location":
        return value
    where = _path(action, head)
    if action.kind == "scheme":
        return f"{value}://{head.headers.get('Host', '')}{where}"
    if action.ignore_empty and not value:
        return ""
    return where if value == "/" else f"{value}{where}"


def _path(action: Redirect, head: RequestHead) -> str:
    if not action.drop_query:
        return f"{head.path}?{head.query}" if "?" in head.target else head.path
    return f"{head.path}/" if action.append_slash and not head.path.endswith("/") else head.path
