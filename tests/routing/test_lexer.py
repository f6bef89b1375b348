import pytest

from affinity_gw.routing.lexer import join_words, split_words


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
        (r"a\.b \d+ \1", [r"a\.b", r"\d+", r"\1"]),
        (r"\t\x41\'\"", ["\tA'\""]),
        (r'"\x41\t\d"', ["A\t\\d"]),
        (r"\$x", [r"\$x"]),
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
        ("a\\x4g", "'\\\\x4g' lacks its two hexadecimal digits"),
        ("a\\", "a backslash at the end of 'a\\\\' has nothing to protect"),
    ],
)
def test_what_cannot_be_split_is_said(text, problem):
    with pytest.raises(ValueError, match=r"not closed|nothing to protect|hexadecimal") as caught:
        split_words(text)
    assert str(caught.value) == problem


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (["path_beg", "/a"], "path_beg /a"),
        (["a b", ""], "'a b' ''"),
        ([r"\d", "#", '"'], r"""'\d' '#' '"'"""),
        (["it's", 'a\'b $ "c" \\'], '"it\'s" "a\'b \\$ \\"c\\" \\\\"'),
    ],
)
def test_words_become_a_line_again(words, text):
    assert join_words(words) == text
    assert split_words(text) == words
