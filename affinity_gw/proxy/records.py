"""From an exchange that is over, or from a request that never became one, to the record of it. Called only where
somebody logs.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from affinity_gw.proxy.record import ExchangeRecord
from affinity_gw.routing.decision import Forward

if TYPE_CHECKING:
    from affinity_gw.proxy.downstream import Downstream
    from affinity_gw.proxy.ending import Ending
    from affinity_gw.proxy.listener import Occupancy
    from affinity_gw.proxy.reaching import Reaching
    from affinity_gw.proxy.shared import Shared
    from affinity_gw.proxy.tcp import TcpExchange
    from affinity_gw.routing.servers import Server


def record_of(exchange: Ending) -> ExchangeRecord:
    """Spans from the exchange's moments; -1 for those that never came."""
    head, decision, downstream = exchange.head, exchange.decision, exchange.downstream
    shared = exchange.shared
    forward = decision if isinstance(decision, Forward) else None
    backend = decision.backend if decision is not None else None
    server = _server(exchange, forward)
    now = time.monotonic()
    began = downstream.first_byte_at
    answer = exchange.answer
    loads = [shared.live.load(each) for each in backend.servers] if backend is not None else []
    load = shared.live.load(server) if server is not None else None
    return ExchangeRecord(
        started=time.time() - (now - began),
        client=head.client,
        peer=head.peer,
        peer_port=downstream.peer_port,
        destination=downstream.local,
        frontend=downstream.frontend.name,
        backend=backend.name if backend is not None else None,
        server=server.name if server is not None else None,
        method=head.method,
        target=head.target,
        version=f"HTTP/1.{head.minor}",
        host=head.headers.get("Host"),
        status=exchange.status,
        bytes_in=exchange.head_bytes + (exchange.upload.received if exchange.upload is not None else 0),
        bytes_out=exchange.sent + (answer.sent if answer is not None else 0),
        pin=decision.pin if decision is not None else "none",
        extractor=decision.extractor if decision is not None else None,
        key=decision.key if decision is not None else None,
        word=decision.word if decision is not None else None,
        reason=decision.reason if decision is not None else "",
        retries=exchange.retries,
        redispatched=exchange.redispatched,
        request_time=exchange.head_at - began,
        # Who left the queue without a server has waited too.
        queue_time=_span(
            exchange.queued_at or exchange.head_at, exchange.dispatched_at or (exchange.queued_at and now)
        ),
        connect_time=_span(exchange.dispatched_at, exchange.connected_at),
        response_time=_span(exchange.connected_at, answer.head_at if answer is not None else 0.0),
        total_time=now - began,
        termination=exchange.termination + _cookie_letters(exchange),
        upgrade=exchange.upgrade if exchange.status == 101 else None,
        process_connections=len(shared.connections),
        frontend_connections=downstream.occupancy.connections,
        backend_connections=sum(each.active for each in loads),
        server_connections=load.active if load is not None else 0,
        server_queue=_queue_position(exchange, of_server=True),
        backend_queue=_queue_position(exchange, of_server=False),
    )


def record_of_unread(
    downstream: Downstream, *, status: int, sent: int, reason: str, termination: str
) -> ExchangeRecord:
    """A head that was refused, came too late, broke off or never began: there was no exchange."""
    began = downstream.first_byte_at
    elapsed = time.monotonic() - began
    return ExchangeRecord(
        started=time.time() - elapsed,
        client=downstream.origin.client,
        peer=downstream.origin.peer,
        peer_port=downstream.peer_port,
        destination=downstream.local,
        frontend=downstream.frontend.name,
        status=status,
        bytes_in=len(downstream.buffer),
        bytes_out=sent,
        reason=reason,
        total_time=elapsed,
        termination=f"{termination}--",
        process_connections=len(downstream.shared.connections),
        frontend_connections=downstream.occupancy.connections,
    )


def record_of_connection(exchange: TcpExchange) -> ExchangeRecord:
    """The same of a connection in mode tcp, as far as it has come: a ``tunnel`` adds what follows."""
    decision, downstream, shared = exchange.decision, exchange.downstream, exchange.shared
    server = _server(exchange, decision if isinstance(decision, Forward) else None)
    backend = decision.backend if decision is not None else None
    began, now = exchange.began, time.monotonic()
    record = ExchangeRecord(
        mode="tcp",
        started=time.time() - (now - began),
        client=downstream.origin.client,
        peer=downstream.origin.peer,
        peer_port=downstream.peer_port,
        destination=downstream.local,
        frontend=downstream.frontend.name,
        backend=backend.name if backend is not None else None,
        server=server.name if server is not None else None,
        status=-1,
        bytes_in=0 if exchange.connected_at else len(downstream.buffer),
        bytes_out=0,
        pin=decision.pin if decision is not None else "none",
        extractor=decision.extractor if decision is not None else None,
        key=decision.key if decision is not None else None,
        word=decision.word if decision is not None else None,
        reason=decision.reason if decision is not None else "",
        retries=exchange.retries,
        redispatched=exchange.redispatched,
        queue_time=_span(exchange.queued_at or began, exchange.dispatched_at or (exchange.queued_at and now)),
        connect_time=_span(exchange.dispatched_at, exchange.connected_at),
        total_time=now - began,
        termination=exchange.termination,
        process_connections=0,
        frontend_connections=0,
        server_queue=_queue_position(exchange, of_server=True),
        backend_queue=_queue_position(exchange, of_server=False),
    )
    recount(record, shared, downstream.occupancy, server)
    return record


def recount(record: ExchangeRecord, shared: Shared, occupancy: Occupancy, server: Server | None) -> None:
    """How many there are now; HAProxy counts at the end, when a connection has left its server and not its frontend."""
    record.process_connections = len(shared.connections)
    record.frontend_connections = occupancy.connections
    backend = shared.snapshot.backends.get(record.backend or "")
    loads = [shared.live.load(each) for each in backend.servers] if backend is not None else []
    record.backend_connections = sum(each.active for each in loads)
    load = shared.live.load(server) if server is not None else None
    record.server_connections = load.active if load is not None else 0


def _server(exchange: Reaching, forward: Forward | None) -> Server | None:
    """The server that was tried, or that the request was meant for alone while it waited."""
    if forward is None or not (exchange.dispatched_at or forward.persistent or forward.assigned):
        return None
    return forward.server


def _queue_position(exchange: Reaching, *, of_server: bool) -> int:
    return sum(wait.position for wait in exchange.waits if (wait.load is not None) is of_server)


def _span(start: float, end: float) -> float:
    return end - start if start and end else -1


def _cookie_letters(exchange: Ending) -> str:
    """HAProxy's third and fourth letters; ``--`` where no extractor of the backend keeps its key in a cookie."""
    forward = _as_forward(exchange)
    if forward is None:
        return "--"
    readers = exchange.shared.route(exchange.downstream.frontend, forward.backend).cookies
    if not readers:
        return "--"
    name, cookie_seen = readers[0]
    try:
        seen = cookie_seen(forward)
    except Exception as error:  # noqa: BLE001  # a plugin's fault costs its letter, never the record
        exchange.shared.report_faults(((name, error),))
        seen = None
    return f"{seen}{exchange.cookie_mark}" if seen else "--"


def _as_forward(exchange: Ending) -> Forward | None:
    """The decision; where no server of the backend was up, what was noted of the keys before that."""
    decision = exchange.decision
    if decision is None or isinstance(decision, Forward):
        return decision
    backend = decision.backend
    if backend is None or not backend.servers:
        return None
    return Forward(exchange.head, backend, backend.servers[0], decision.pin, None, decision.key, decision.word)
