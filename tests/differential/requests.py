"""Requests as raw bytes."""

from __future__ import annotations


def get(target: str = "/", *fields: str, host: str = "a", version: str = "1.1", method: str = "GET") -> bytes:
    """A request without a body."""
    lines = [f"{method} {target} HTTP/{version}", *([f"Host: {host}"] if host else []), *fields]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n"


def post(body: bytes = b"hello", target: str = "/", *fields: str, host: str = "a") -> bytes:
    """A request with a Content-Length."""
    return get(target, f"Content-Length: {len(body)}", *fields, host=host, method="POST") + body


def chunked(body: bytes = b"5\r\nhello\r\n0\r\n\r\n", target: str = "/", *fields: str) -> bytes:
    """A request with a body in chunks."""
    return get(target, "Transfer-Encoding: chunked", *fields, method="POST") + body
