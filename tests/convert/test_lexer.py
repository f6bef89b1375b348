"""The words of a line, as HAProxy 2.6 takes it apart."""

import pytest

from affinity_gw.config.problem import Problem
from affinity_gw.convert.lexer import MOST_WORDS, Line, Word, filled_in, lex

VARIABLES = {"A": "one", "B": "x y", "EMPTY": ""}


def words(text, own=()):
    return list(lex(1, text, VARIABLES, dict.fromkeys(own, "")).words)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("  bind\t*:80  ", ["bind", "*:80"]),
        ("", []),
        ("# all of it", []),
        ("a#b c", ["a"]),
        (r"a\#b", ["a#b"]),
        ("'a b' c", ["a b", "c"]),
        ("a'b c'd", ["ab cd"]),
        ("''", [""]),
        ('"a # b"', ["a # b"]),
        (r"a\ b", ["a b"]),
        (r"\r\n\t", ["\r\n\t"]),
        (r"\x41", ["A"]),
        (r"'\n'", [r"\n"]),
        (r'"\$A"', ["$A"]),
        (r"^\.(\d+)\\", ["^\\.(\\d+)\\"]),
        (r"a\'b\"", ["a'b\""]),
        ('"$A"', ["one"]),
        ('"${A}-"', ["one-"]),
        ('"${NONE-else}"', ["else"]),
        ('"${EMPTY-else}"', [""]),
        ("$A '${A}'", ["$A", "${A}"]),
        ('"${B}"', ["x y"]),
        ('"${B[*]}"', ["x", "y"]),
        ("a\r", ["a"]),
    ],
)
def test_a_line_becomes_words(text, wanted):
    assert words(text) == wanted


@pytest.mark.parametrize("text", ["'a", '"a', r"\x4", r"\xzz", '"$"', '"${A"', " ".join(["a"] * (MOST_WORDS + 1))])
def test_what_haproxy_refuses_is_refused(text):
    with pytest.raises(Problem):
        words(text)


def test_as_many_words_as_haproxy_reads_are_read():
    assert len(words(" ".join(["a"] * MOST_WORDS))) == MOST_WORDS


@pytest.mark.parametrize(
    ("text", "spelt"),
    [
        ('"${A}:80"', "${A}:80"),
        ('"$A"', "${A}"),
        ('"${NONE-else}"', "${NONE-else}"),
        ("'${A}'", "$${A}"),
        ("plain", "plain"),
    ],
)
def test_variables_stay_for_toml_and_what_is_literal_stays_literal(text, spelt):
    assert words(text)[0].spelt == spelt


def test_what_the_file_itself_sets_is_its_value():
    assert words('"${A}"', own=["A"])[0].spelt == "one"


def test_variables_without_a_value_are_empty_and_named():
    line = lex(7, 'bind "${NONE}:80"', VARIABLES, {})
    assert (line.words, line.unset, line.number) == (("bind", ":80"), ("NONE",), 7)


@pytest.mark.parametrize(
    ("text", "directive"),
    [("bind *:80", "bind *:80"), ("option httpchk GET /", "option httpchk"), ("mode http", "mode")],
)
def test_a_directive_is_named_by_its_first_words(text, directive):
    assert Line(1, text, tuple(map(Word, text.split()))).directive == directive


def test_what_only_python_takes_for_a_blank_is_a_word():
    line = lex(1, "\x1f", {}, {})
    assert line.words == ("\x1f",)
    assert line.directive == "\x1f"


@pytest.mark.parametrize(
    ("text", "meaning", "spelt"),
    [
        ("127.0.0.1:80", "127.0.0.1:80", "127.0.0.1:80"),
        ("${H}:80", "10.0.0.1:80", "${H}:80"),
        ("$H:80", "10.0.0.1:80", "${H}:80"),
        ("${N-127.0.0.1}:80", "127.0.0.1:80", "${N-127.0.0.1}:80"),
        ("${N}:80", ":80", "${N}:80"),
    ],
)
def test_in_an_address_variables_need_no_quotes(text, meaning, spelt):
    """As HAProxy 2.6 reads them."""
    word = filled_in(Word(text), {"H": "10.0.0.1"})
    assert (str(word), word.spelt) == (meaning, spelt)
