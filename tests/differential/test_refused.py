"""What HAProxy refuses is refused, with its line; what only warns there can be used here."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from affinity_gw import ConfigError
from affinity_gw.convert.load import load_config
from tests.differential.proxies import HAPROXY

HEAD = """global
    maxconn 100
defaults
    mode http
    timeout connect 5s
    timeout client 5s
    timeout server 5s
"""
LINES = len(HEAD.splitlines())


def with_lines(front: str = "", back: str = "", server: str = "", name: str = "web") -> str:
    """The line that is tried stands in the last but one line of its section."""
    return f"""{HEAD}frontend {name}
    bind 127.0.0.1:18080
    {front}
    default_backend app
backend app
    {back}
    server a 127.0.0.1:18081 {server}
"""


FRONT, BACK, SERVER = LINES + 3, LINES + 6, LINES + 7

REFUSED = {
    "unknown-directive": (with_lines("frobnicate yes"), FRONT),
    "unknown-backend": (with_lines("use_backend nowhere if TRUE"), None),
    "unknown-acl": (with_lines("use_backend app if nobody"), FRONT),
    "unknown-criterion": (with_lines("acl x frob 1"), FRONT),
    "unknown-flag": (with_lines("acl x path -q 1"), FRONT),
    "acl-without-criterion": (with_lines("acl x"), FRONT),
    "bad-address-of-a-network": (with_lines("acl x src 1.2.3.4/99"), FRONT),
    "bad-number": (with_lines("acl x hdr_cnt(a) gt many"), FRONT),
    "bad-regex": (with_lines("acl x path_reg ("), FRONT),
    "condition-is-not-closed": (with_lines("http-request deny if { path /a"), FRONT),
    "redirect-code": (with_lines("redirect location /x code 200"), FRONT),
    "redirect-kind": (with_lines("redirect nowhere /x"), FRONT),
    "deny-status": (with_lines("http-request deny deny_status 999"), FRONT),
    "http-request-action": (with_lines("http-request frob"), FRONT),
    "set-header-without-value": (with_lines("http-request set-header X"), FRONT),
    "bad-expression": (with_lines("http-request set-header X %[frob]"), FRONT),
    "mode": (with_lines("mode ftp"), FRONT),
    "option": (with_lines("option frob"), FRONT),
    "timeout-name": (with_lines("timeout frob 5s"), FRONT),
    "timeout-value": (with_lines("timeout client 5x"), FRONT),
    "listen-port": (with_lines("bind 127.0.0.1:99999"), FRONT),
    "bind-without-port": (with_lines("bind 127.0.0.1"), FRONT),
    "bind-word": (with_lines("bind 127.0.0.1:18082 frob"), FRONT),
    "balance": (with_lines(back="balance frob"), BACK),
    "balance-random-0": (with_lines(back="balance random(0)"), BACK),
    "balance-uri-surplus": (with_lines(back="balance uri foo"), BACK),
    "random-draw": (with_lines(back="frob draw 2"), BACK),
    "hash-type": (with_lines(back="hash-type frob"), BACK),
    "cookie-modes": (with_lines(back="cookie S insert rewrite"), BACK),
    "cookie-rewrite-indirect": (with_lines(back="cookie S rewrite indirect"), BACK),
    "http-reuse": (with_lines(back="http-reuse sometimes"), BACK),
    "use-server-unknown": (with_lines(back="use-server nobody if TRUE"), None),
    "server-word": (with_lines(server="frob"), SERVER),
    "server-weight": (with_lines(server="weight 300"), SERVER),
    "server-track-unknown": (with_lines(server="track app/nobody"), None),
    "server-without-address": (with_lines(back="server b"), BACK),
    "errorfile-missing": (with_lines("errorfile 503 /nowhere/503.http"), FRONT),
    "errorfile-code": (with_lines("errorfile 999 /dev/null"), FRONT),
    "quote-is-not-closed": (with_lines('acl x path "/a'), FRONT),
    "same-backend-twice": (with_lines() + "backend app\n    server b 127.0.0.1:18082\n", None),
    "unknown-section": (HEAD + "frob x\n", None),
    "keyword-outside": ("bind 127.0.0.1:18080\n", 1),
}

ACCEPTED = {
    "plain": with_lines(),
    "surplus-words-of-balance": with_lines(back="balance random draw 2"),
    "surplus-words-of-source": with_lines(back="balance source foo"),
    "option-of-a-frontend-in-a-backend": with_lines(back="option httplog"),
    "no-timeouts": with_lines().replace("    timeout", "    # timeout"),
    "redirect-before-deny": with_lines("redirect location /x if { path /a }\n    http-request deny if { path /b }"),
    "a-condition-that-is-never-met": with_lines("use_backend app if FALSE"),
    "quotes": with_lines("""acl x path "/a b" '/c d' /e\\ f"""),
    "variable": with_lines('bind "127.0.0.1:${NO_SUCH_PORT-18082}"'),
    "comments": with_lines("maxconn 10 # ten"),
}


def verdict(path: Path) -> tuple[bool, str]:
    """HAProxy's, and what it says."""
    if HAPROXY is None:
        pytest.skip("HAProxy is not installed: apt-get install haproxy")
    done = subprocess.run([HAPROXY, "-c", "-f", str(path)], capture_output=True, text=True, check=False)
    return done.returncode == 0, done.stderr


@pytest.mark.parametrize(("text", "line"), REFUSED.values(), ids=REFUSED)
def test_what_haproxy_refuses_is_refused_with_its_line(tmp_path: Path, text: str, line: int | None):
    path = tmp_path / "haproxy.cfg"
    path.write_text(text)
    well, said = verdict(path)
    assert not well, said
    with pytest.raises(ConfigError) as caught:
        load_config(path)
    if line is not None:
        assert f"haproxy.cfg:{line}" in str(caught.value)


@pytest.mark.parametrize("text", ACCEPTED.values(), ids=ACCEPTED)
def test_what_haproxy_accepts_is_accepted(tmp_path: Path, text: str):
    path = tmp_path / "haproxy.cfg"
    path.write_text(text)
    well, said = verdict(path)
    assert well, said
    load_config(path)
