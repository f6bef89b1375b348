"""Are these a user and a password? What is known is looked up in a microsecond; the rest is found out in one thread.

One thread, and a bounded number of claims that wait for it, of each client and of all: whoever guesses passwords keeps
that thread busy and nothing else, others come in beside him, and those who are known do not need it. Remembered are
claims found true or false, as keyed digests of user, password and the password's hash: a memory dump tells no password,
and a claim about a hash that a new configuration does not have any more is asked for by nobody.
"""

from __future__ import annotations

import asyncio
import secrets
from collections import Counter, OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from hashlib import blake2b

from affinity_gw.routing.userlists import Claim

WAITING = 64
"""Claims that wait for the thread, the one that it looks at included."""

WAITING_OF_ONE = 8
"""The same of one client: who guesses from one address has an eighth of the places."""

REMEMBERED = 10_000
"""Claims of either kind that are remembered; the one that was not asked for longest is forgotten. 1 MB."""

Waiter = Callable[[], None]


class Verifier:
    """``matches(hash, password)`` finds out; it is slow, and is called in a thread."""

    def __init__(self, matches: Callable[[str, bytes], bool] | None = None) -> None:
        self._matches = matches
        self._secret = secrets.token_bytes(32)
        self._known: dict[bool, OrderedDict[bytes, None]] = {True: OrderedDict(), False: OrderedDict()}
        self._waiting: dict[bytes, list[Waiter]] = {}
        self._clients: Counter[str] = Counter()
        self._thread: ThreadPoolExecutor | None = None

    def known(self, claim: Claim) -> bool | None:
        """Whether the password is the right one; None where that has to be found out."""
        digest = self._digest(claim)
        for is_true, claims in self._known.items():
            if digest in claims:
                claims.move_to_end(digest)
                return is_true
        return None

    def find_out(self, claim: Claim, client: str, then: Waiter) -> bool:
        """Call ``then`` in this loop once the claim is known; false where too many wait already. ``client``: whose
        address it comes from.

        The same claim, made by several requests at a time, is looked at once.
        """
        digest = self._digest(claim)
        if digest in self._waiting:
            self._waiting[digest].append(then)
            return True
        if len(self._waiting) >= WAITING or self._clients[client] >= WAITING_OF_ONE:
            return False
        self._waiting[digest] = [then]
        self._clients[client] += 1
        if self._thread is None:
            self._thread = ThreadPoolExecutor(1, "passwords")
        found = asyncio.get_running_loop().run_in_executor(self._thread, self._find_out, claim)
        found.add_done_callback(lambda future: self._found(digest, client, future))
        return True

    def _find_out(self, claim: Claim) -> bool:
        if self._matches is None:
            # Slow to import, and few gateways have userlists.
            from affinity_gw.routing.passwords import matches  # noqa: PLC0415

            self._matches = matches
        return self._matches(claim.hash, claim.password)

    def _found(self, digest: bytes, client: str, future: asyncio.Future[bool]) -> None:
        waiters = self._waiting.pop(digest)
        self._clients -= Counter([client])  # which leaves out who has none any more
        if future.cancelled():
            return
        # A fault in there is told by the loop's exception handler, below; nobody comes in by it.
        is_true = future.exception() is None and future.result()
        claims = self._known[is_true]
        claims[digest] = None
        if len(claims) > REMEMBERED:
            claims.popitem(last=False)
        for then in waiters:
            then()
        future.result()

    def _digest(self, claim: Claim) -> bytes:
        user = claim.user.encode("utf-8", "surrogateescape")
        said = b"%d %d %b%b" % (len(user), len(claim.password), user, claim.password)
        return blake2b(said + claim.hash.encode(), key=self._secret, digest_size=16).digest()

    def stop(self) -> None:
        """Look at nothing more. Waits for the claim that is being looked at, some 100 ms at most."""
        if self._thread is not None:
            self._thread.shutdown(cancel_futures=True)
            self._thread = None
