import pytest

from affinity_gw.routing.expressions import Call, parse_calls


@pytest.mark.parametrize(
    ("text", "calls"),
    [
        ("path", [Call("path", ())]),
        ("path_beg", [Call("path_beg", ())]),
        ("hdr(host)", [Call("hdr", ("host",))]),
        ("hdr()", [Call("hdr", ("",))]),
        ("hdr(x,-1)", [Call("hdr", ("x", "-1"))]),
        ("hdr(x,)", [Call("hdr", ("x", ""))]),
        ("path,lower", [Call("path", ()), Call("lower", ())]),
        ("path,lower,,", [Call("path", ()), Call("lower", ())]),
        ("hdr(h),field(1,:),lower", [Call("hdr", ("h",)), Call("field", ("1", ":")), Call("lower", ())]),
        ("hdr(x),field(1,',')", [Call("hdr", ("x",)), Call("field", ("1", ","))]),
        ('str("a,b)")', [Call("str", ("a,b)",))]),
        (r"str(a\ b)", [Call("str", ("a b",))]),
        (r"str(\"\'\\)", [Call("str", ("\"'\\",))]),
        (r"str(\t\d\1)", [Call("str", ("\t\\d\\1",))]),
        (r"str('\t')", [Call("str", (r"\t",))]),
        ("str( a )", [Call("str", (" a ",))]),
    ],
)
def test_calls(text, calls):
    assert parse_calls(text) == (calls, len(text))


@pytest.mark.parametrize(("text", "end"), [("path]x", 4), ("hdr(a),lower]x", 12), ("path lower", 4)])
def test_what_follows_is_left(text, end):
    assert parse_calls(text)[1] == end


def test_a_call_is_written_as_it_was():
    assert str(Call("hdr", ("x", "1"))) == "hdr(x,1)"
    assert str(Call("path", ())) == "path"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "'' does not begin with a name"),
        (" path", "' path' does not begin with a name"),
        ("hdr(host", "the parenthesis after hdr in 'hdr(host' is not closed"),
        ("str('a)", "the parenthesis after str in"),
    ],
)
def test_what_cannot_be_read_is_said(text, problem):
    with pytest.raises(ValueError, match=r"name|closed") as caught:
        parse_calls(text)
    assert str(caught.value).startswith(problem)
