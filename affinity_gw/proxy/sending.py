"""What goes to the server once there is a place on it: the head, the body. The third storey of an exchange.

Until the head goes out, anything may be tried again (``reaching``); from then on nothing is.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from affinity_gw.errors import BadRequest
from affinity_gw.http1.framing import CHUNKED
from affinity_gw.http1.rewrite import editable
from affinity_gw.plugin import Fields
from affinity_gw.proxy import replies
from affinity_gw.proxy.ending import REJECTED, Ending
from affinity_gw.proxy.route import names
from affinity_gw.proxy.stages import CLIENT_STAGES, Stage
from affinity_gw.proxy.upload import Upload
from affinity_gw.proxy.upstream import Upstream
from affinity_gw.routing.servers import Server

REPLAYABLE = frozenset({"GET", "HEAD"})
"""May go once more where a reused connection closed without a byte (RFC 9110 section 9.2.2), if without a body."""


class Sending(Ending):
    """From the decision to the last byte of the request."""

    def listen_to(self, upstream: Upstream) -> None:
        """The answer will come from here."""
        raise NotImplementedError

    def granted(self, server: Server) -> None:
        """There is a place on ``server``: take an idle connection, or open one."""
        self.take_place(server)
        upstream = self._idle(server) if self.route.reuse and self.upgrade is None and not self.replayed else None
        if upstream is not None:
            self.attach(upstream)
        else:
            self.connect()

    def _idle(self, server: Server) -> Upstream | None:
        """An idle connection that ``http_reuse`` lets this request have."""
        reuse = self.route.backend.http_reuse
        allowed: Callable[[Upstream], bool] | None = None
        if reuse != "always":
            if reuse == "never":
                allowed = self._is_ours
            elif not self.downstream.seasoned:
                if reuse == "safe":
                    return None
                allowed = _is_proven
        if server.tls is not None and server.tls.write_sni is not None:
            allowed = _called(self.server_name(server), allowed)
        return self.shared.pool.acquire_nowait(server, replayable=self._is_replayable(), allowed=allowed)

    def _is_ours(self, upstream: Upstream) -> bool:
        return upstream.client is self.downstream

    def _is_replayable(self) -> bool:
        return self.length == 0 and self.head.method in REPLAYABLE

    def attach(self, upstream: Upstream) -> None:
        """The connection is there: send what there is to send."""
        self.upstream = upstream
        self.downstream.seasoned = True
        if self.route.backend.http_reuse == "never":
            upstream.client = self.downstream
        self.listen_to(upstream)
        self.connected_at = time.monotonic()
        if not self.downstream.writable:
            upstream.pause_reading()  # the client has not yet read the answer before this one
        upload = self.upload
        head = self._request_bytes(upload.collected if upload is not None and upload.collects else None)
        if upload is None:
            upstream.unsent = head
            self.shared.flush_soon(upstream)
            self._await_answer()
            return
        upstream.transport.write(b"".join([head, *upload.attach(upstream)]))
        self.downstream.resume_reading()
        if upload.finished:
            self._await_answer()
            return
        self._await_body()
        if self.expects and not upload.collects:
            self._continue = self.shared.loop.call_later(self.forward.backend.expect_timeout, self._say_continue)

    def _request_bytes(self, collected: int | None) -> bytes:
        """The head for the server. ``collected``: the length of a body that came chunked and goes with its length."""
        route, forward = self.route, self.forward
        if self.length == 0 and self.upgrade is None and self.target is None and not route.request_editors:
            rewrite = route.rewriting(forward.touched) if forward.touched else route.rewrite
            return rewrite.build_usual(forward.head, self.downstream.origin)
        if route.request_editors:
            try:
                return self._build(collected, self._edited_request())
            except ValueError as error:  # what a plugin wrote would break the head apart: it costs the edits
                self.shared.report_faults(((names(route.request_editors), error),))
        return self._build(collected, None)

    def _build(self, collected: int | None, fields: Fields | None) -> bytes:
        return self.route.rewriting(self.forward.touched).build(
            self.forward.head,
            self.downstream.origin,
            target=self.target,
            upgrade=self.upgrade,
            length=self.length,
            replace_length=collected,
            fields=fields,
            drop_expect=collected is not None,
        )

    def _edited_request(self) -> Fields:
        """The fields as plugins want them."""
        fields = editable(self.forward.head.fields)
        for name, edit in self.route.request_editors:
            try:
                edit(fields, self.forward)
            except Exception as error:  # noqa: BLE001  # a plugin's fault costs its edit, never the request
                self.shared.report_faults(((name, error),))
        return fields

    def client_data(self, data: bytes) -> None:
        """More from the client: body, or the next request."""
        upload = self.upload
        if upload is None or upload.finished:
            self.downstream.hold(data)
            return
        try:
            finished = self._feed_upload(upload, data)
        except BadRequest as error:
            self._body_is_bad(error)
            return
        if finished and upload.collects and upload.wanted and not self.holds_place:
            self.dispatch()

    def _expect_body(self, length: int, collect_up_to: int) -> None:
        collect = collect_up_to if length == CHUNKED else 0
        self.upload = upload = Upload(length, collect, self.shared.deadlines.now)
        if collect:
            self.stage = Stage.COLLECT
            self.shared.deadlines.set(self.downstream, self.downstream.frontend.timeout_client)
        waiting, self.downstream.buffer = self.downstream.buffer, b""
        if waiting:
            try:
                self._feed_upload(upload, waiting)
            except BadRequest as error:
                self._body_is_bad(error)
        if collect and self.expects and not upload.finished:
            self._say_continue()  # the server will see no part of the body before all of it is here

    def _body_is_bad(self, error: BadRequest) -> None:
        """Where the next request begins nobody knows."""
        self.facts |= REJECTED
        if self.stage is Stage.SWALLOW:  # it has had its answer
            self._refuse_rest()
        else:
            self.fail(error.status, "PR", error.reason)

    def _feed_upload(self, upload: Upload, data: bytes) -> bool:
        """Pass a part of the body on. True when that was the last. Raises BadRequest."""
        used = upload.feed(data)
        if upload.finished:
            if used < len(data):
                self.downstream.hold(data[used:])
            self._upload_finished()
            return True
        now = self.shared.deadlines.now
        if self.downstream.frontend.min_body_rate and upload.is_too_slow(now, self.downstream.frontend.min_body_rate):
            self.fail(408, "cR", "the body comes too slowly")
            return False
        if upload.is_full:
            self.downstream.pause_reading()
        if self.stage in CLIENT_STAGES and self.downstream.is_reading:
            self.shared.deadlines.set(self.downstream, self.downstream.frontend.timeout_client)
        return False

    def _upload_finished(self) -> None:
        if self.stage is Stage.COLLECT:
            self.stage = Stage.CONNECT
        elif self.stage is Stage.REQUEST:
            self._await_answer()
        elif self.stage in {Stage.UPLOAD, Stage.SWALLOW}:
            self.finish()

    def _say_continue(self) -> None:
        """Some servers never say 100 (Wt among them); the client has waited long enough (RFC 9110 section 10.1.1)."""
        self._continue = None
        if self.head.minor == 1 and not self.over and self.upload is not None and not self.upload.finished:
            self._early_continue = True
            self.downstream.write(replies.CONTINUE)

    def _await_body(self) -> None:
        self.stage = Stage.REQUEST
        self.shared.deadlines.set(self.downstream, self.downstream.frontend.timeout_client)

    def _await_answer(self) -> None:
        self.stage = Stage.ANSWER
        self.shared.deadlines.set(self.downstream, self.forward.backend.timeout_server)

    def server_is_slow(self) -> None:
        """The server does not take the body as fast as the client sends it."""
        self.downstream.pause_reading()
        self.shared.deadlines.set(self.downstream, self.forward.backend.timeout_server)

    def server_caught_up(self) -> None:
        if self.upload is not None:
            self.upload.restart_window(self.shared.deadlines.now)
        self.downstream.resume_reading()
        if self.stage in CLIENT_STAGES:
            self.shared.deadlines.set(self.downstream, self.downstream.frontend.timeout_client)


def _is_proven(upstream: Upstream) -> bool:
    """Its server has answered more than one request on it, so it is no server that closes after each."""
    return upstream.uses > 1


def _called(name: str, allowed: Callable[[Upstream], bool] | None) -> Callable[[Upstream], bool]:
    """Connections to a server that was told another name are another server's."""
    return lambda upstream: upstream.name == name and (allowed is None or allowed(upstream))
