"""``log`` lines: HAProxy's words are those of ``log.syslog``, but for its address."""

from __future__ import annotations

import os
from collections.abc import Sequence

from affinity_gw.config.logs import log_target
from affinity_gw.config.problem import Problem
from affinity_gw.convert.lexer import Word, filled_in
from affinity_gw.convert.sections import Context, Said, spelt_all


def log_line(context: Context, words: Sequence[Word]) -> str:
    """One target as TOML has it. Raises Problem."""
    if len(words) < 2:
        raise Problem("a log line wants an address and a facility", 'write "log 127.0.0.1 local0"')
    kept = list(words)
    for key, reason in (("sample", "each target gets every line"), ("profile", "there are no log profiles")):
        if key in kept:
            at = kept.index(Word(key))
            del kept[at : at + 2]
            context.leave_out(f"{key}: {reason}")
    if kept[0].startswith(("ring@", "tcp@", "tcp4@", "tcp6@")):
        raise Problem(f"{kept[0]} is no target that lines can be sent to", "use UDP, a unix datagram socket or stdout")
    target = filled_in(kept[0], os.environ)
    kept[0] = Word(_address(target), _address(target.spelt))
    log_target(" ".join(kept))
    return " ".join(spelt_all(kept))


def log_to(context: Context, target: str) -> None:
    """One target more of the gateway's; it has no others."""
    context.general.said.setdefault("log", Said([], context.number)).value.append(Said(target, context.number))


def _address(word: str) -> str:
    for prefix in ("udp@", "udp4@", "udp6@", "ipv4@", "ipv6@", "uxdg@"):
        word = word.removeprefix(prefix)
    return word
