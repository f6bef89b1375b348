"""What a client's and a server's connection do alike: hold back what is to be sent with the rest of the turn, and stop
reading while the other side is slow.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import ssl
from typing import cast

from affinity_gw.proxy.deadlines import Timed


class Nowhere(asyncio.Transport):
    """In the place of a transport whose other end is gone, for an exchange that goes on all the same: what is written
    is thrown away, and the protocol hears once more of its loss when it closes."""

    def __init__(self, loop: asyncio.AbstractEventLoop, protocol: asyncio.BaseProtocol) -> None:
        super().__init__()
        self._loop = loop
        self._protocol: asyncio.BaseProtocol | None = protocol

    def is_closing(self) -> bool:
        return True

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Nobody reads it."""

    def get_write_buffer_size(self) -> int:
        return 0

    def can_write_eof(self) -> bool:
        return False

    def pause_reading(self) -> None:
        """Nothing comes."""

    def resume_reading(self) -> None:
        """Nothing comes."""

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        self._protocol = protocol

    def close(self) -> None:
        protocol, self._protocol = self._protocol, None
        if protocol is not None:
            self._loop.call_soon(protocol.connection_lost, None)

    def abort(self) -> None:
        self.close()


class Connection(asyncio.Protocol, Timed):
    """``transport`` is there from ``connection_made`` on; ``unsent`` goes out at the end of this turn of the loop, for
    which ``Shared.flush_soon`` has to be asked.
    """

    __slots__ = ("is_reading", "transport", "unsent")

    def __init__(self) -> None:
        Timed.__init__(self)
        self.transport: asyncio.Transport = cast("asyncio.Transport", None)
        self.is_reading = True
        self.unsent = b""

    def flush(self) -> None:
        """Send what was held back; a connection that is closing has nothing to send any more."""
        unsent, self.unsent = self.unsent, b""
        if unsent and not self.transport.is_closing():
            self.transport.write(unsent)

    def pause_reading(self) -> None:
        if self.is_reading and not self.transport.is_closing():
            self.is_reading = False
            self.transport.pause_reading()

    def resume_reading(self) -> None:
        if not self.is_reading and not self.transport.is_closing():
            self.is_reading = True
            self.transport.resume_reading()


def take_unread(transport: asyncio.BaseTransport) -> bytes:
    """What lies in the socket and the event loop has not told of; empty where nothing does, or no socket is left.

    Of a TLS connection nothing: what lies there is not what was said.
    """
    if transport.get_extra_info("ssl_object") is not None:
        return b""
    try:
        return os.read(transport.get_extra_info("socket").fileno(), 65536)
    except (OSError, AttributeError):
        return b""


def take_unread_tls(transport: asyncio.BaseTransport) -> tuple[bytes, bool]:
    """What the TLS layer holds at the end of a connection and has not told of, as while reading was paused; and whether
    the other end's close_notify stands behind it.
    """
    tls = transport.get_extra_info("ssl_object")
    pieces: list[bytes] = []
    try:
        while piece := tls.read(65536):
            pieces.append(piece)
    except ssl.SSLZeroReturnError:  # both ends have said it
        pass
    except (ssl.SSLError, AttributeError):  # there is no more, or nothing that makes sense
        return b"".join(pieces), False
    return b"".join(pieces), True


def stop_waiting_for_notify(transport: asyncio.Transport) -> None:
    """Let a TLS connection that is closing go without the other end's close_notify (RFC 8446 section 6.1 asks for our
    own alone): the loops wait for it. They take the end of the stream for it, and send first what is still to be sent.
    """
    if transport.get_write_buffer_size():
        return  # the TLS layer would throw that away: it has ``ssl_shutdown_timeout``
    raw = transport.get_extra_info("socket")
    with contextlib.suppress(OSError, AttributeError), socket.socket(fileno=os.dup(raw.fileno())) as ours:
        ours.shutdown(socket.SHUT_RD)
