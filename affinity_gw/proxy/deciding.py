"""What becomes of a request, from its head: the fourth storey of an exchange.

Where the rules ask for a password that nobody has looked at yet, the decision waits for that (``verifying``), and is
made anew then; what comes of the body meanwhile waits in the client's connection.
"""

from __future__ import annotations

from affinity_gw.errors import BadRequest
from affinity_gw.http1.framing import request_length
from affinity_gw.http1.lifecycle import Fact, request_facts
from affinity_gw.http1.upgrade import expects_continue, requested
from affinity_gw.proxy.sending import Sending
from affinity_gw.proxy.stages import Stage
from affinity_gw.routing.affinity import lost_key_target
from affinity_gw.routing.decide import decide
from affinity_gw.routing.decision import Reply
from affinity_gw.routing.userlists import Claim, Unverified

# A plain int: combining members of an IntFlag takes 0.4 µs a time.
CLIENT_CLOSE_MODE = Fact.CLIENT_CLOSE_MODE.value


class Deciding(Sending):
    """``begin`` is the first thing that happens to an exchange."""

    def begin(self) -> None:
        """Decide, and do it. Raises BadRequest, with nothing sent to anybody."""
        head = self.head
        self.length = length = request_length(head)
        self.facts = request_facts(head)
        if head.headers.get("Upgrade") is not None:
            self.upgrade = requested(head, length)
        if head.headers.get("Expect") is not None:
            self.expects = expects_continue(head)
        try:
            self._decide()
        except Unverified as question:
            self._verify(question.claim)

    def _decide(self) -> None:
        """Raises BadRequest, and Unverified, with nothing done that could not be done again."""
        frontend, length = self.downstream.frontend, self.length
        self.decision = decision = decide(self.head, frontend, self.snapshot, self.shared.live)
        if isinstance(decision, Reply):
            if decision.faults:
                self.shared.report_faults(decision.faults)
            self.reply(decision)
            return
        self.forward = decision
        backend = decision.backend
        self.route = route = self.shared.route(frontend, backend)
        if route.client_close:
            self.facts |= CLIENT_CLOSE_MODE
        if backend.strip_lost_key is not None and decision.pin in {"lost", "unknown"} and not decision.persistent:
            self.target = lost_key_target(decision, self.snapshot)
        if decision.faults:
            self.shared.report_faults(decision.faults)
        if length != 0:
            self._expect_body(length, backend.buffer_chunked_requests)
        if self.stage is not Stage.COLLECT and not self.over:
            self.dispatch()

    def _verify(self, claim: Claim) -> None:
        """Have its password looked at, and decide then."""
        self.decision = Reply(503, "PR", "the client left before its password was looked at")
        self.stage = Stage.VERIFY
        self.shared.deadlines.set(self.downstream, self.downstream.frontend.timeout_http_request)
        if not self.shared.verifier.find_out(claim, self.head.client, self._verified):
            self.decision.reason = "too many passwords have to be looked at"
            self.reply(self.decision)

    def _verified(self) -> None:
        if self.over or self.stage is not Stage.VERIFY:
            return
        self.stage = Stage.CONNECT
        if not self.downstream.is_reading:
            self.downstream.resume_reading()
        try:
            self._decide()
        except Unverified as question:
            self._verify(question.claim)
        except BadRequest as error:
            self.fail(error.status, "PR", error.reason)
        # Its end came while nobody knew what it meant.
        if self.downstream.ended and not self.over and self.stage is not Stage.VERIFY and not self.client_ended():
            self.downstream.close()

    def client_ended(self) -> bool:
        """The client's end of stream; false where it is abandoned for it."""
        raise NotImplementedError
