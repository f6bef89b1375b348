"""Exchange records to print."""

from dataclasses import replace

from affinity_gw.proxy.record import ExchangeRecord

STARTED = 1795215768.895  # 2026-11-20T23:02:48.895Z

ORDINARY = ExchangeRecord(
    started=STARTED,
    client="203.0.113.7",
    peer="10.0.0.1",
    peer_port=43210,
    frontend="http",
    backend="wt",
    server="wt1",
    method="GET",
    target="/counter?wtd=wt1abcdefghijklmnop",
    version="HTTP/1.1",
    host="example.com:8080",
    status=200,
    bytes_in=412,
    bytes_out=1512,
    pin="hit",
    extractor="url_prefix",
    key="wt1abcdefghijklmnop",
    word="wt1",
    reason="its key names wt1",
    retries=0,
    redispatched=False,
    request_time=0.0001,
    queue_time=0.0,
    connect_time=0.0005,
    response_time=0.002,
    total_time=0.0031,
    termination="--VN",
    upgrade=None,
    process_connections=5,
    frontend_connections=4,
    backend_connections=3,
    server_connections=2,
    server_queue=1,
    backend_queue=0,
)


def record(**changes):
    return replace(ORDINARY, **changes)


UNREADABLE = ExchangeRecord(
    started=STARTED,
    client="203.0.113.7",
    peer="10.0.0.1",
    peer_port=43210,
    frontend="http",
    status=400,
    bytes_in=412,
    bytes_out=1512,
    reason="a bare LF",
    total_time=0.0031,
    termination="PR--",
    process_connections=5,
    frontend_connections=4,
)

CONNECTION = ExchangeRecord(
    mode="tcp",
    started=STARTED,
    client="10.0.0.1",
    peer="10.0.0.1",
    peer_port=43210,
    frontend="tcp_front",
    backend="db",
    server="db1",
    status=-1,
    bytes_in=412,
    bytes_out=1512,
    reason="roundrobin chose db1",
    queue_time=0.0,
    connect_time=0.0005,
    total_time=5.0124,
    termination="--",
    process_connections=5,
    frontend_connections=4,
    backend_connections=3,
    server_connections=2,
    server_queue=1,
    backend_queue=0,
)
"""In mode tcp."""
