"""Lines of the corpus in any order, whole or with a piece cut out, are read and written, or complained of."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from affinity_gw.convert.load import config_of
from affinity_gw.convert.read import read
from affinity_gw.convert.toml import write
from affinity_gw.errors import ConfigError

CORPUS = Path(__file__).parent.parent / "convert" / "corpus"
LINES = sorted({line for path in CORPUS.glob("*.cfg") for line in path.read_text(encoding="utf-8").split("\n")})
WORDS = sorted({word for line in LINES for word in line.split()})
SECTIONS = (
    "global",
    "defaults",
    "defaults d",
    "frontend f",
    "frontend g from d",
    "backend b",
    "listen l",
    "userlist u",
)
HEAD = "defaults\n mode http\nfrontend f0\n bind 127.0.0.1:80\n default_backend b0\nbackend b0\n server s 127.0.0.1:1\n"

line = st.one_of(
    st.sampled_from(LINES),
    st.sampled_from(SECTIONS),
    st.lists(st.sampled_from(WORDS), max_size=6).map(" ".join),
    st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\n\0"), max_size=30),
)
cut = st.builds(lambda text, start, end: text[:start] + text[end:], line, st.integers(0, 40), st.integers(0, 40))


def carry(path, text):
    """Read, written and built. ConfigError is an answer, any other exception fails the test."""
    path.write_text(text, encoding="utf-8", newline="")
    with suppress(ConfigError):
        carried = read(path, "haproxy.cfg")
        write(carried)
        config_of(carried)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "haproxy.cfg"


quick = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@quick
@given(st.lists(line, max_size=15))
def test_any_lines_are_read_or_complained_of(path, lines):
    carry(path, HEAD + "\n".join(lines) + "\n")


@quick
@given(st.lists(cut, max_size=8), st.sampled_from(SECTIONS))
def test_lines_with_a_piece_cut_out_are_read_or_complained_of(path, lines, section):
    carry(path, f"{HEAD}{section}\n" + "\n".join(lines) + "\n")
