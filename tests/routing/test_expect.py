"""What a check expects. The verdicts were tried on HAProxy 2.6 with this very answer."""

import pytest

from affinity_gw.routing.expect import MOST_READ, compile_expect, judge

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-A: b, c\r\n\r\nok"

HAPROXY = {
    "status 200": True,
    "status 200-399": True,
    "status 404": False,
    "! status 200": False,
    "rstatus ^2": True,
    "rstatus 20": True,
    "string ok": True,
    "! string ok": False,
    "rstring ^o": True,
    "rstring k$": True,
    "status 200,404": True,
    "status 200-202,404": True,
    "hdr name x-a value b": True,
    "hdr name X-A value c": True,
    "fhdr name x-a value b": False,
    "fhdr name x-a": True,
    "hdr name x-b": False,
    "string nope": False,
    "! string nope": True,
}


@pytest.mark.parametrize(("text", "well"), HAPROXY.items(), ids=HAPROXY)
def test_an_answer_is_judged_as_by_haproxy(text, well):
    verdict = judge([compile_expect(text)], ANSWER, ended=False)
    assert verdict == ("" if well else f"answered 200, which is not as expected ({text})")


@pytest.mark.parametrize("text", HAPROXY)
def test_byte_by_byte_the_verdict_comes_when_it_is_sure_and_stays(text):
    expect = [compile_expect(text)]
    verdicts = [judge(expect, ANSWER[:end], ended=False) for end in range(1, len(ANSWER) + 1)]
    said = {verdict for verdict in verdicts if verdict is not None}
    assert said == {verdicts[-1]}


WITHOUT = {
    b"HTTP/1.0 204 x\r\n": "",
    b"HTTP/1.0 302 x\r\n": "",
    b"HTTP/1.0 500 x\r\n": "answered 500",
    b"HTTP/1.0 2": None,
    b"SSH-2.0": "its answer is not HTTP",
    b"HTTP/1.0 2000 OK\r\n": "its answer is not HTTP",
    b"HTTP/1.0 " + b"x" * MOST_READ: "its answer is not HTTP",
}


@pytest.mark.parametrize(("answer", "verdict"), WITHOUT.items(), ids=lambda value: str(value)[:30])
def test_without_an_expectation_2xx_and_3xx_are_well(answer, verdict):
    assert judge([], answer, ended=False) == verdict


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [(b"", "closed without an answer"), (b"HTTP/1.0 2", "closed in the middle of its status line")],
)
def test_an_answer_that_breaks_off_is_none(answer, verdict):
    assert judge([], answer, ended=True) == verdict


def test_all_expectations_must_be_met():
    both = [compile_expect("status 200"), compile_expect("string ready")]
    assert judge(both, ANSWER, ended=True) == "answered 200, which is not as expected (string ready)"


def test_a_body_without_a_length_is_awaited_to_its_end():
    answer = b"HTTP/1.0 200 OK\r\n\r\nwarming up"
    expect = [compile_expect("string ready")]
    assert judge(expect, answer, ended=False) is None
    assert judge(expect, answer + b", ready", ended=False) == ""
    assert judge(expect, answer, ended=True).startswith("answered 200")


def test_a_chunked_body_is_read_without_its_chunks():
    answer = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nre\r\n3\r\nady\r\n0\r\n\r\n"
    assert judge([compile_expect("string ready")], answer, ended=False) == ""
    assert judge([compile_expect("! string 0")], answer, ended=False) == ""


@pytest.mark.parametrize("chunk", [b"x\r\n", b"0\r\nno trailer\r\n\r\n"])
def test_a_body_that_cannot_be_read_holds_nothing(chunk):
    answer = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk
    assert judge([compile_expect("string ready")], answer, ended=False).startswith("answered 200")


@pytest.mark.parametrize(
    "text", ["", "!", "ready", "status", "status x", "status 2xx", "rstatus (5", "string a b", "hdr x-a", "hdr value b"]
)
def test_what_is_no_expectation_is_refused(text):
    with pytest.raises(ValueError, match=r"\w"):
        compile_expect(text)
