"""A client's TLS handshake: how long it may take, and what is said of one that fails.

Until it is over the client counts for the limits and nothing else of it is there. What went wrong is the client's
business, and strangers try everything: one line says so, and for a while only counts.
"""

from __future__ import annotations

import ssl
from math import inf
from typing import Any

import structlog

from affinity_gw.proxy.shared import Shared
from affinity_gw.routing.sections import Frontend
from affinity_gw.routing.tls import BindTls

logger = structlog.get_logger("affinity_gw.proxy")

LONGEST = 30.0
"""Seconds for a handshake, and for the end of a connection, where no timeout of the frontend is less."""

QUIET = 10.0
"""Seconds between two lines about failed handshakes of one address."""


class Handshakes:
    """Those of one bound address."""

    def __init__(self, shared: Shared, frontend: Frontend, spec: BindTls) -> None:
        self._shared = shared
        self._frontend = frontend
        self._spec = spec
        self._reported_at = -inf
        self._unreported = 0
        self.limit = min(frontend.timeout_http_request, frontend.timeout_client, LONGEST)

    def options(self) -> dict[str, Any]:
        """What the loop needs to know, with the certificates that are in force now."""
        return {
            "ssl": self._shared.contexts[self._spec],
            "ssl_handshake_timeout": self.limit,
            "ssl_shutdown_timeout": min(self._frontend.timeout_client, LONGEST),
        }

    def failed(self, client: str, error: OSError) -> None:
        """A client that only looks whether somebody is there, as balancers do, fails at nothing."""
        if isinstance(error, ConnectionResetError):
            return
        now = self._shared.deadlines.now
        if now - self._reported_at < QUIET:
            self._unreported += 1
            return
        unreported, self._unreported, self._reported_at = self._unreported, 0, now
        logger.warning(
            "a TLS handshake failed",
            frontend=self._frontend.name,
            client=client,
            reason=_reason(error, self.limit),
            unreported=unreported,
        )


def _reason(error: OSError, limit: float) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is refused: {error.verify_message}"
    if isinstance(error, ssl.SSLError) and error.reason:
        return IN_WORDS.get(error.reason, error.reason.replace("_", " ").lower())
    if isinstance(error, ConnectionAbortedError):  # the loops' own word for it
        return f"it was not over within {limit:g}s"
    return str(error)


IN_WORDS = {
    "HTTP_REQUEST": "plain HTTP was spoken to a port for TLS",
    "CALLBACK_FAILED": "no certificate has the name that it asked for",
    "PEER_DID_NOT_RETURN_A_CERTIFICATE": "it has shown no certificate",
    "UNSUPPORTED_PROTOCOL": "its version of TLS is not spoken here",
    "NO_SHARED_CIPHER": "it knows none of the ciphers",
}
"""By OpenSSL's name for it."""
