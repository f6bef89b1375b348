"""One request with its response: what happens, in the order in which it happens.

    begin         the head is here: decide (``deciding``)
    dispatch      a place on the server, or its queue; an idle connection, or one task that opens one (``reaching``)
    attach        the head goes out, rebuilt once, with what has come of the body
    client_data   the rest of the request's body, as it comes (``upload``)
    answer_data   the server's bytes (``answer``)
    finish        what becomes of both connections is ``http1/lifecycle``'s to say (``ending``)

An exchange holds both connections while it lasts and is the only one who tells them anything. It has five storeys, so
that none of them is too much for one reading: here is the answer's half; below it ``deciding``, then ``sending``, the
request's half; below that ``ending``; on the ground ``reaching``. Each calls only down. Nothing is
sent to a server twice, with the one exception in ``server_closed``.
"""

from __future__ import annotations

from typing import Any

from affinity_gw.errors import BadAnswer
from affinity_gw.http1.head import ResponseHead
from affinity_gw.http1.lifecycle import Fact, response_facts
from affinity_gw.http1.rewrite import build_response, editable
from affinity_gw.plugin import Fields
from affinity_gw.proxy.answer import Answer
from affinity_gw.proxy.deciding import Deciding
from affinity_gw.proxy.records import record_of
from affinity_gw.proxy.route import names
from affinity_gw.proxy.stages import CLIENT_GONE, EXPIRED, Stage
from affinity_gw.proxy.tunnel import Tunnel, upgraded
from affinity_gw.proxy.upstream import Upstream
from affinity_gw.routing.decision import Forward

# Plain ints: combining members of an IntFlag takes 0.4 µs a time.
CLIENT_CLOSE_MODE = Fact.CLIENT_CLOSE_MODE.value
EARLY_ANSWER = Fact.EARLY_ANSWER.value
REQUEST_UNFINISHED = Fact.REQUEST_UNFINISHED.value
SENT_CLOSE_DELIMITED = Fact.SENT_CLOSE_DELIMITED.value
HALF_CLOSED = Fact.HALF_CLOSED.value


class Exchange(Deciding):
    """What a ``downstream`` and an ``upstream`` tell of what they see."""

    def listen_to(self, upstream: Upstream) -> None:
        upstream.exchange = self
        self.answer = Answer(self)

    def answer_data(self, data: bytes) -> None:
        answer = self.answer
        if answer is None:
            return
        try:
            answer.feed(data)
        except BadAnswer as error:
            self.answer_is_bad(error.reason, error.status)

    def answer_is_bad(self, reason: str, status: int = 502) -> None:
        if self.answer is None or self.answer.head is None:
            self.fail(status, "PH", reason)
        else:
            self.cut("PD", reason)

    def interim(self, head: ResponseHead) -> None:
        """Pass 100 and 103 on; not to HTTP/1.0 clients, who know of no such thing (RFC 9110 section 15.2)."""
        if head.status == 100:
            self._stop_waiting_to_continue()
        if self.head.minor == 0 or (head.status == 100 and self._early_continue):
            return
        out = build_response(head, http10_client=False, keep=True, upgrade=False, length=0, date=b"")
        self.sent += len(out)
        self.downstream.write(out)

    def server_spoke(self) -> None:
        """A part of the answer's head: the server lives, and ``timeout.server`` starts anew, as HAProxy's does."""
        if self.stage is Stage.ANSWER:
            self.shared.deadlines.set(self.downstream, self.forward.backend.timeout_server)

    def answer_facts(self, head: ResponseHead, length: int, *, dechunk: bool) -> int:
        """What the answer's head adds to the facts. Called once, when that head is complete."""
        if self._continue is not None:
            self._stop_waiting_to_continue()
        self.stage = Stage.STREAM
        self.status = head.status
        facts = self.facts | response_facts(head, length)
        if dechunk:
            facts |= SENT_CLOSE_DELIMITED
        if self.upload is not None and not self.upload.finished:
            facts |= EARLY_ANSWER
            if head.status >= 400 or self.expects:
                facts |= REQUEST_UNFINISHED  # a refused client may stop sending at any byte
        if self.downstream.ended and not self.downstream.buffer:
            facts |= HALF_CLOSED
        self.facts = facts
        return facts

    def build_edited(self, head: ResponseHead, **framing: Any) -> bytes:
        """``build_response``, with the fields as plugins want them."""
        fields = self._edited_response(head)
        try:
            return build_response(head, fields=fields, **framing)
        except ValueError as error:  # what a plugin wrote would break the head apart: it costs the edits
            self.shared.report_faults(((names(self.route.response_editors), error),))
            self.cookie_mark = "N"
            return build_response(head, **framing)

    def _edited_response(self, head: ResponseHead) -> Fields:
        fields = editable(head.fields)
        for name, edit in self.route.response_editors:
            try:
                self.cookie_mark = edit(fields, head.status, self.forward) or self.cookie_mark
            except Exception as error:  # noqa: BLE001  # a plugin's fault costs its edit, never the request
                self.shared.report_faults(((name, error),))
        return fields

    def streaming(self) -> None:
        """A part of the answer has gone to the client."""
        if self.downstream.writable:
            self.shared.deadlines.set(self.downstream, self.forward.backend.timeout_server)

    def client_is_slow(self) -> None:
        if self.upstream is not None:
            self.upstream.pause_reading()
        self.shared.deadlines.set(self.downstream, self.downstream.frontend.timeout_client)

    def client_caught_up(self) -> None:
        if self.upstream is not None:
            self.upstream.resume_reading()
            if self.stage in {Stage.ANSWER, Stage.STREAM}:
                self.shared.deadlines.set(self.downstream, self.forward.backend.timeout_server)

    def answered(self) -> None:
        """The last byte of the answer has gone out."""
        if self.upload is None or self.upload.finished:
            self.finish()
        elif self.upstream is None or self.upstream.transport.is_closing():
            self._refuse_rest()
        else:  # the server may go on reading what it has already answered
            self.stage = Stage.UPLOAD
            self.shared.deadlines.set(self.downstream, self.downstream.frontend.timeout_client)

    def switch(self, head: ResponseHead, rest: bytes) -> None:
        """101: both connections leave HTTP for good."""
        self._stop_waiting_to_continue()
        if self.downstream.transport.is_closing():
            self.abandon("CD", "the client left before its protocol was switched")
            self.downstream.close()
            return
        self.status = 101
        build = self.build_edited if self.route.response_editors else build_response
        out = build(head, http10_client=False, keep=True, upgrade=True, length=0, date=b"")
        downstream, upstream = self.downstream, self.upstream
        assert upstream is not None  # noqa: S101  # it has just answered
        self.sent += len(out)
        downstream.write(out + rest if rest else out)
        self.over = True
        record = record_of(self) if downstream.log is not None else None
        downstream.exchange = upstream.exchange = None
        patience = upgraded(self.forward.backend.timeout_tunnel)
        Tunnel.between(self, upstream, patience, record, started=downstream.first_byte_at, sent=len(rest))
        self.answer = None

    def server_closed(self, error: Exception | None) -> None:
        """The server's connection is over: an end, a breach, or a reused connection that was dead all along."""
        answer, upstream = self.answer, self.upstream
        if answer is None or upstream is None:
            return
        if answer.finished:  # an early answer; the rest of the request has no reader any more
            self._refuse_rest()
        elif error is None and answer.ends_with_connection():
            self.answered()
        elif answer.head is not None:
            self.cut("SD", f"the server broke off its answer: {error or 'end of stream'}")
        elif upstream.uses > 1 and not answer.begun and not self.replayed and self._is_replayable():
            self._replay()
        else:
            self.fail(502, "SH", f"the server closed without a whole answer: {error or 'end of stream'}")

    def _replay(self) -> None:
        """RFC 9110 section 9.2.2: our request met the close of an idle connection; once more, on a new one."""
        self.replayed = True
        upstream, self.upstream = self.upstream, None
        if upstream is not None:
            upstream.abort()
        self.answer = None
        self.leave_place()
        self.dispatch()

    def client_ended(self) -> bool:
        """The client's end of stream. True where the connection stays open for the answer (RFC 9112 section 9.6)."""
        upload = self.upload
        if upload is not None and not upload.finished:
            self.abandon("CR" if self.status < 0 else "CD", "the client left in the middle of its request")
            return False
        decision = self.decision
        abort = isinstance(decision, Forward) and decision.backend.abortonclose
        if abort and self.stage is not Stage.STREAM:
            self.abandon(CLIENT_GONE.get(self.stage, "CH"), "the client left before the answer")
            return False
        if abort:
            self.abandon("CD", "the client left in the middle of the answer")
            return False
        return True

    def outlives_client(self) -> bool:
        """Whether the request goes on though its client's connection is lost: without abortonclose, HAProxy sends a
        request that came whole to its server and reads the answer."""
        whole = self.upload is None or self.upload.finished
        decision = self.decision
        return (
            whole
            and isinstance(decision, Forward)
            and not decision.backend.abortonclose
            and self.stage in {Stage.QUEUE, Stage.CONNECT, Stage.ANSWER}
        )

    def client_gone(self) -> None:
        """The client's connection is lost."""
        if self.answer is not None and self.answer.head is not None:
            self.abandon("CD", "the client left in the middle of the answer")
        else:
            self.abandon(CLIENT_GONE.get(self.stage, "CH"), "the client left before the answer")

    def expire(self) -> None:
        """The deadline of this stage has passed."""
        if not self.downstream.writable and self.downstream.still_reads():
            return
        if self.stage is Stage.CONNECT:
            self.connect_expired()
            return
        status, termination, reason = EXPIRED[self.stage]
        if self.stage is Stage.REQUEST and self.upstream is not None and not self.downstream.is_reading:
            status, termination, reason = EXPIRED[Stage.ANSWER]  # it is the server that does not take the body
        if self.stage in {Stage.UPLOAD, Stage.SWALLOW}:
            self._refuse_rest()
        elif self.stage in {Stage.ANSWER, Stage.STREAM} and not self.downstream.writable:
            self.cut("cD", "the client does not read")
        elif self.stage is Stage.STREAM:
            self.cut(termination, reason)
        else:
            self.fail(status, termination, reason)

    def __repr__(self) -> str:
        return f"<Exchange {self.head.method} {self.head.target} waits for {self.stage.value}>"
