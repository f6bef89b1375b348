"""An answer's walk through the rules that look at it: the backend's, then the frontend's, edits only or a refusal."""

from __future__ import annotations

from collections.abc import Sequence

from affinity_gw.errors import BadAnswer
from affinity_gw.http1.draft import ResponseDraft
from affinity_gw.http1.head import Exchanged, RequestHead, ResponseHead
from affinity_gw.routing import reasons
from affinity_gw.routing.rules import Deny, ResponseRule, SetStatus, described, written
from affinity_gw.routing.snapshot import Snapshot
from affinity_gw.routing.walk import EDITS


def ruled(
    rules: Sequence[ResponseRule], request: RequestHead, response: ResponseHead, snapshot: Snapshot
) -> ResponseHead:
    """The answer as the rules have left it. Raises BadAnswer where one refuses it, or writes what cannot be sent."""
    draft = ResponseDraft(response)
    for rule in rules:
        seen = Exchanged(request, draft.head)
        if rule.when is None or rule.when(seen, snapshot):
            _apply(rule, draft, seen, snapshot)
    return draft.head


def _apply(rule: ResponseRule, draft: ResponseDraft, seen: Exchanged, snapshot: Snapshot) -> None:
    action = rule.action
    if isinstance(action, Deny):
        raise BadAnswer(reasons.ruled("denied", rule.text), action.status)
    if isinstance(action, SetStatus):
        draft.set_status(action.status, action.reason)
        return
    try:
        EDITS[type(action)](draft, action, lambda text: written(text, seen, snapshot))
    except ValueError as error:
        raise BadAnswer(f"{described(action)}: {error}") from None
