import pytest
from multidict import CIMultiDict

from affinity_gw.http1 import fields
from affinity_gw.http1.fields import (
    AS_IT_CAME,
    CODING,
    DROP,
    LENGTH,
    PASS,
    TRAILER,
    Treatments,
    editable,
    edited,
    field_line,
    matcher,
    without_nominated,
    write,
    write_missing_framing,
)

SOURCE = ((b"A", b"1"), (b"b", b"2"), (b"A", b"3"))


@pytest.mark.parametrize(
    ("connection", "left"),
    [
        (("keep-alive",), "A b A"),
        (("close, A",), "b"),
        (("a", "B"), ""),
        (("x, \xe9",), "A b A"),
        ((f"a, {'x' * 300}",), "b"),
    ],
)
def test_without_nominated(connection, left):
    assert b" ".join(name for name, _ in without_nominated(SOURCE, connection)) == left.encode()


@pytest.mark.parametrize(
    "name",
    [
        "Host",
        "Content-Length",
        "Transfer-Encoding",
        "Cookie",
        "Set-Cookie",
        "Date",
        "X-Forwarded-For",
        "X-Forwarded-Anything",
        "Forwarded",
        "X-Real-IP",
        "X-Original-To",
        "Upgrade",
        "TE",
        "Trailer",
    ],
)
def test_what_is_needed_cannot_be_nominated(name):
    source = ((name.encode(), b"a"),)
    assert without_nominated(source, (name.lower(),)) == source


@pytest.mark.parametrize(
    ("patterns", "matched", "others"),
    [
        ((), [], [b"a"]),
        (("X-Wt-*",), [b"x-wt-", b"x-wt-redirect-secret"], [b"x-wt", b"y-x-wt-a"]),
        (("Accept-Encoding",), [b"accept-encoding"], [b"accept", b"accept-encoding-x"]),
        (("a", "B*"), [b"a", b"b", b"bc"], [b"ab"]),
        (("*",), [b"a", b""], []),
    ],
)
def test_matcher(patterns, matched, others):
    matches = matcher(patterns)
    assert all(map(matches, matched))
    assert not any(map(matches, others))


class TestTreatments:
    def test_asks_the_rule_once_a_name_with_the_name_in_lower_case(self):
        asked = []
        treatments = Treatments(lambda name: asked.append(name) or DROP)
        assert [treatments[b"Ab"], treatments[b"Ab"], treatments[b"aB"]] == [DROP] * 3
        assert asked == [b"ab", b"ab"]

    def test_is_bounded(self):
        treatments = Treatments(lambda _: PASS)
        for number in range(5000):
            assert treatments[b"X-%d" % number] == PASS
        assert len(treatments) <= fields._MOST_KEPT

    def test_does_not_keep_long_names(self):
        treatments = Treatments(lambda _: PASS)
        assert treatments[b"x" * 5000] == PASS
        assert not treatments


def written(source, own):
    rule = {b"content-length": LENGTH, b"transfer-encoding": CODING, b"trailer": TRAILER, b"d": DROP}
    out = []
    seen = write(out, source, Treatments(lambda name: rule.get(name, PASS)), own)
    write_missing_framing(out, own, seen)
    return b"|".join(out)


@pytest.mark.parametrize(
    ("source", "own", "lines"),
    [
        pytest.param(SOURCE, {}, b"A: 1|b: 2|A: 3", id="order and case"),
        pytest.param(((b"D", b"1"), (b"a", b"2")), {}, b"a: 2", id="dropped"),
        pytest.param(
            ((b"content-LENGTH", b"05"), (b"a", b"2")), {LENGTH: b"5"}, b"content-LENGTH: 5|a: 2", id="in place"
        ),
        pytest.param(((b"Content-Length", b"5"),) * 2, {LENGTH: b"5"}, b"Content-Length: 5", id="once"),
        pytest.param(((b"Content-Length", b"5"),), {CODING: b"chunked"}, b"Transfer-Encoding: chunked", id="the other"),
        pytest.param((), {LENGTH: b"5"}, b"Content-Length: 5", id="missing"),
        pytest.param((), {LENGTH: AS_IT_CAME}, b"", id="nothing came"),
        pytest.param(
            ((b"Trailer", b"a"), (b"Trailer", b"b")), {TRAILER: AS_IT_CAME}, b"Trailer: a|Trailer: b", id="both"
        ),
        pytest.param(((b"Trailer", b"a"),), {}, b"", id="not wanted"),
    ],
)
def test_write(source, own, lines):
    assert written(source, own) == lines


def test_editable_and_back_changes_nothing():
    source = ((b"X-a", b"b"), (b"x-A", b"caf\xe9"), (b"Y", "\u20ac".encode()), (b"Z", b""))
    assert edited(editable(source)) == source


@pytest.mark.parametrize("value", ["a\r\nX: b", "a\nb", "a\rb", "a\0b", "\x7f", "\x01", "\r\n"])
def test_a_value_that_would_break_the_head_is_refused(value):
    with pytest.raises(ValueError, match="control character"):
        edited(CIMultiDict({"X-A": value}))
    with pytest.raises(ValueError, match="control character"):
        field_line("X-A", value)


@pytest.mark.parametrize("name", ["", "a b", "a:", "a\r\nb", "caf\xe9", "a\0", " a"])
def test_a_name_that_is_none_is_refused(name):
    with pytest.raises(ValueError, match="field name"):
        edited(CIMultiDict({name: "a"}))


def test_blanks_around_a_value_do_not_count():
    assert field_line("X", " \ta b\t ") == b"X: a b"
