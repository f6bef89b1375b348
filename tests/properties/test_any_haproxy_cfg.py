"""Whatever a haproxy.cfg says, it is read or it is complained of: every line that is refused has its number."""

import tempfile
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from affinity_gw.convert.load import config_of
from affinity_gw.convert.options import OPTIONS
from affinity_gw.convert.proxies import PROXY
from affinity_gw.convert.read import KINDS, read
from affinity_gw.convert.server_options import OPTIONS as SERVER_OPTIONS
from affinity_gw.errors import ConfigError

ARGUMENTS = (
    *("if", "unless", "{", "}", "!", "!x", "or", "x", "global", "no", "0", "-1", "5", "5s", "99999999999999999999"),
    *("127.0.0.1:80", "[::1]:80", ":80-82", "*:80", "unix@/x", "fd@3", "host:80", "127.0.0.1", "local0", "path", "-m"),
    *("beg", "-i", "-f", "--", "hdr(host)", "hdr(", "nbsrv(b)", "%[src]", "%[", "%", "deny", "set-header", "redirect"),
    *("location", "code", "301", "expect", "send", "status", "200-299", "connect", "insert", "indirect", "source"),
    *(
        '"',
        "'",
        '"${X-5}"',
        '"${',
        "\\",
        "\\x",
        "#",
        "é",
        "a,b",
        "url_param",
        "random(2)",
        "ssl",
        "crt",
        "verify",
        "none",
    ),
)
WORDS = st.one_of(
    st.sampled_from(sorted({*PROXY, *OPTIONS, *SERVER_OPTIONS})), st.sampled_from(ARGUMENTS), st.text(max_size=4)
)
LINES = st.builds(
    lambda first, rest: " ".join([first, *rest]),
    st.one_of(st.sampled_from(sorted({*PROXY, *KINDS})), WORDS),
    st.lists(WORDS, max_size=6),
)
BEGINNINGS = st.sampled_from(["frontend f", "backend b", "listen l", "defaults", "defaults d", "global", "userlist u"])


def outcome(attempt):
    """What was made, or all complaints; anything else that is raised fails the test."""
    try:
        return attempt()
    except ConfigError as error:
        return error.complaints


@given(st.lists(st.tuples(BEGINNINGS, st.lists(LINES, max_size=6)), min_size=1, max_size=3))
def test_any_lines_are_read_or_complained_of(sections):
    text = "".join(f"{beginning}\n" + "".join(f"    {line}\n" for line in lines) for beginning, lines in sections)
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory, "haproxy.cfg")
        path.write_text(text, encoding="utf-8", errors="replace")
        carried = outcome(lambda: read(path, "haproxy.cfg"))
    if isinstance(carried, tuple):
        assert carried
        return
    assert all(1 <= note.line <= text.count("\n") for note in carried.notes)
    assert outcome(lambda: config_of(carried))
