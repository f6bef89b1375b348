import pytest

from affinity_gw.routing.lexer import split_words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", []),
        (" \t ", []),
        ("a b\tc", ["a", "b", "c"]),
        ("  a  b ", ["a", "b"]),
        ("'a b' c", ["a b", "c"]),
        ('"a b" c', ["a b", "c"]),
        ("a' 'b", ["a b"]),
        ('a" "b', ["a b"]),
        ("''", [""]),
        ('a "" b', ["a", "", "b"]),
        (r"a\ b", ["a b"]),
        (r"a\\b", ["a\\b"]),
        (r"\#", ["#"]),
        (r"'a\b'", [r"a\b"]),
        (r'"a\"b"', ['a"b']),
        (r'"a\\b"', [r"a\b"]),
        (r'"^/a\.b"', [r"^/a\.b"]),
        (r'"\$x"', ["$x"]),
        ('it"\'"s', ["it's"]),
        ("{ path_beg /a }", ["{", "path_beg", "/a", "}"]),
        ("!{ src 1.2.3.4 }", ["!{", "src", "1.2.3.4", "}"]),
    ],
)
def test_words(text, words):
    assert split_words(text) == words


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("a 'b c", 'the quote at "\'b c" is not closed'),
        ('a "b c', "the quote at '\"b c' is not closed"),
        ('"a\\', "the quote at '\"a\\\\' is not closed"),
        ("a\\", "a backslash at the end of 'a\\\\' has nothing to protect"),
    ],
)
def test_what_cannot_be_split_is_said(text, problem):
    with pytest.raises(ValueError, match=r"not closed|nothing to protect") as caught:
        split_words(text)
    assert str(caught.value) == problem
