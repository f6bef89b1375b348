"""How an exchange ends, well or not. The second of its storeys, above ``reaching``: what it says, and what it leaves.

    finish    the answer is out and the request is in
    reply     the decision was to answer ourselves
    fail      something went wrong before the answer began: a status says so
    cut       something went wrong afterwards: the client must see that it is not the whole answer
    abandon   the client is gone: the server is told by a close

Whichever it is, the place on the server is given back once, and one record is logged.
"""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, TypedDict

from affinity_gw.http1.head import RequestHead
from affinity_gw.http1.lifecycle import Fact, Fate, downstream_fate, upstream_fate
from affinity_gw.plugin import CookieMark
from affinity_gw.proxy import replies
from affinity_gw.proxy.reaching import Reaching
from affinity_gw.proxy.records import record_of
from affinity_gw.proxy.stages import Stage
from affinity_gw.proxy.upload import Upload
from affinity_gw.routing.decision import Reply
from affinity_gw.routing.sections import ErrorPage

if TYPE_CHECKING:
    from affinity_gw.proxy.answer import Answer
    from affinity_gw.proxy.downstream import Downstream
    from affinity_gw.proxy.route import Route

# Plain ints: combining members of an IntFlag takes 0.4 µs a time.
SERVER_CLOSE_MODE = Fact.SERVER_CLOSE_MODE.value
HEAD_NOT_REUSED = Fact.HEAD_NOT_REUSED.value
REJECTED = Fact.REJECTED.value
STOPPING = Fact.STOPPING.value
CLOSE_DELIMITED = Fact.CLOSE_DELIMITED.value | Fact.SENT_CLOSE_DELIMITED.value


class PageForm(TypedDict):
    """How a page is said: see ``replies.page``."""

    close: bool
    head_only: bool
    http10: bool
    challenge: str


class Ending(Reaching):
    """The state of an exchange and its ends. ``facts`` collects what ``http1/lifecycle`` judges by."""

    downstream: Downstream
    route: Route
    """As ``forward``."""
    length = 0
    upgrade: str | None = None
    expects = False
    target: str | None = None
    upload: Upload | None = None
    answer: Answer | None = None
    status = -1
    sent = 0
    replayed = False
    cookie_mark: CookieMark = "N"
    """The fourth letter of HAProxy's termination code: what became of Set-Cookie."""
    _continue: asyncio.TimerHandle | None = None
    _early_continue = False

    def __init__(self, downstream: Downstream, head: RequestHead, head_bytes: int) -> None:
        self.downstream = downstream
        self.shared = downstream.shared
        self.snapshot = downstream.shared.snapshot
        self.head = head
        self.head_bytes = head_bytes
        self.head_at = time.monotonic()
        self.facts = 0

    def finish(self) -> None:
        """The answer is out and the request is in: what becomes of the two connections?"""
        upstream, self.upstream = self.upstream, None
        if upstream is not None:
            facts = self.facts
            if not self.route.reuse:
                facts |= SERVER_CLOSE_MODE
            if self.head.method == "HEAD" and not self.route.backend.reuse_after_head:
                facts |= HEAD_NOT_REUSED
            if upstream_fate(facts) is Fate.REUSE:
                self.shared.pool.release(upstream, self.route.backend.timeout_server_idle)
            else:
                upstream.abort()
        self.leave_place()
        keep = self.keeps_client(self.facts)
        self._end()
        self.downstream.exchange_over(keep=keep)

    def reply(self, reply: Reply) -> None:
        """Answer ourselves: a refusal, a redirect, or no server."""
        self.termination = reply.termination
        head_only, http10 = self.head.method == "HEAD", self.head.minor == 0
        fields = reply.content.fields if reply.content is not None else ()
        if reply.location:
            # HAProxy keeps the connection only where no body would have to be read first.
            close = not self.keeps_client(self.facts) or self.length != 0
            out = replies.redirect(reply.status, reply.location, fields, close=close, http10=http10)
            self._say(reply.status, out, close=close)
            return
        keep = self.keeps_client(self.facts) and reply.status not in replies.CLOSES and not self.expects
        if reply.content is None:
            self._say_page(reply.status, keep=keep)
            return
        out = replies.returned(reply.status, reply.content, close=not keep, head_only=head_only, http10=keep and http10)
        self._say(reply.status, out, close=not keep)

    def _say_page(self, status: int, *, keep: bool) -> None:
        page = self._errorfile(status)
        keep = keep and (page is None or page.delimited)
        form: PageForm = {
            "close": not keep,
            "head_only": self.head.method == "HEAD",
            "http10": keep and self.head.minor == 0,
            "challenge": self.decision.challenge if isinstance(self.decision, Reply) else "",
        }
        out = replies.page(status, **form) if page is None else replies.from_file(page, **form)
        self._say(status, out, close=not keep)

    def _errorfile(self, status: int) -> ErrorPage | None:
        """The backend's, else the frontend's."""
        backend = self.decision.backend if self.decision is not None else None
        own = backend.errorfiles.get(status) if backend is not None else None
        return own or self.downstream.frontend.errorfiles.get(status)

    def _say(self, status: int, out: bytes, *, close: bool) -> None:
        """Our own answer; what still comes of the request's body is read and thrown away."""
        self.status = status
        self.sent += len(out)
        if out:
            self.downstream.write(out)
        if close:
            self._close_client()
            return
        if self.length != 0 and self.upload is None:
            self.upload = Upload(self.length, 0, self.shared.deadlines.now)
            self.upload.discard()
            self.stage = Stage.SWALLOW
            self.shared.deadlines.set(self.downstream, self.downstream.frontend.timeout_client)
            waiting, self.downstream.buffer = self.downstream.buffer, b""
            if waiting:
                self.client_data(waiting)
                return
        if self.upload is None or self.upload.finished:
            self.finish()

    def _close_client(self) -> None:
        self._end()
        complete = self.length == 0 if self.upload is None else self.upload.finished
        if complete and not self.facts & REJECTED:
            self.downstream.exchange_over(keep=False)
        else:
            self.downstream.linger()

    def fail(self, status: int, termination: str, reason: str) -> None:
        """Something went wrong before the answer began: say so with ``status``."""
        if self.over:
            return
        if self.answer is not None and self.answer.head is not None:
            self.cut(termination, reason)
            return
        self.let_go()
        self.termination = termination
        self.why(reason)
        unread = self.length != 0 and (self.upload is None or not self.upload.finished)
        self._say_page(status, keep=status not in replies.CLOSES and not unread and self.keeps_client(self.facts))

    def cut(self, termination: str, reason: str) -> None:
        """Something went wrong after the answer began: make sure that nobody takes it for a whole one."""
        delimited_by_close = self.facts & CLOSE_DELIMITED
        self.let_go()
        self.termination = termination
        self.why(reason)
        self._end()
        if delimited_by_close:
            self.downstream.reset()
        else:
            self.downstream.close()

    def abandon(self, termination: str, reason: str) -> None:
        """The client is gone: nobody wants the answer."""
        if self.over:
            return
        self.let_go()
        self.termination = termination
        self.why(reason)
        self._end()

    def _refuse_rest(self) -> None:
        """The answer is out, and the server that should have read the rest of the request is gone."""
        self.let_go()
        self._end()
        self.downstream.linger()

    def let_go(self) -> None:
        self._stop_waiting_to_continue()
        super().let_go()
        if self.upload is not None:
            self.upload.discard()

    def _stop_waiting_to_continue(self) -> None:
        if self._continue is not None:
            self._continue.cancel()
            self._continue = None

    def keeps_client(self, facts: int) -> bool:
        if self.shared.stopping:
            facts |= STOPPING
        return downstream_fate(facts) is Fate.REUSE

    def _end(self) -> None:
        """One record, and nothing more. The answer goes, because it points back: a cycle would be the collector's."""
        decision = self.decision
        log = self.downstream.log
        if log is not None and (not isinstance(decision, Reply) or decision.logged):
            log(record_of(self))
        self.over = True
        self.answer = None

    def client_data(self, data: bytes) -> None:
        """More from the client."""
        raise NotImplementedError
