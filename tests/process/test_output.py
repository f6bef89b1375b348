"""What instances print, as lines."""

import pytest

from affinity_gw.process import output
from affinity_gw.process.output import MAX_LINE, Lines

STREAMS = [
    pytest.param(b"one\ntwo\n", ["one", "two"], id="lines"),
    pytest.param(b"one\r\n\r\n  \ntwo\r\n", ["one", "two"], id="CRLF, and lines that are empty"),
    pytest.param(b"one\ntwo", ["one", "two"], id="the last line without an end"),
    pytest.param(b"\xff\xc3\xa4\n", ["\\xff\u00e4"], id="bytes that are not UTF-8"),
    pytest.param(b"x" * MAX_LINE + b"\ny\n", ["x" * MAX_LINE, "y"], id="as long as a line may be"),
    pytest.param(b"x" * (MAX_LINE + 1) + b"\ny\n", ["x" * MAX_LINE + "…", "y"], id="longer"),
    pytest.param(b"x" * (3 * MAX_LINE), ["x" * MAX_LINE + "…"], id="longer, without an end"),
    pytest.param(b"", [], id="nothing"),
]


@pytest.mark.parametrize("size", [1, 7, 1 << 20], ids=["one byte at a time", "seven", "whole"])
@pytest.mark.parametrize(("stream", "expected"), STREAMS)
def test_a_stream_becomes_lines_however_it_is_cut(stream, expected, size):
    lines = Lines()
    said = [line for start in range(0, len(stream), size) for line in lines.feed(stream[start : start + size])]
    assert said + lines.close() == expected
    assert lines.close() == []


def test_a_file_is_opened_once_and_again_after_a_rotation(tmp_path):
    path = tmp_path / "a.log"
    path.write_text("before\n")
    say = output.into_file(str(path), "be/wt1")
    say("one")
    written()
    path.rename(tmp_path / "rotated.log")
    for file in output.files():
        file.reopen()
    output.into_file(str(path), "be/wt1")("two")
    written()
    assert (tmp_path / "rotated.log").read_text() == "before\none\n"
    assert path.read_text() == "two\n"


def written():
    assert all(file.flush() for file in output.files())
