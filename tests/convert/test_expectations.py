"""``http-check expect``, in the words that a check knows."""

import pytest

from affinity_gw.config.problem import Problem
from affinity_gw.convert.expectations import expectation
from tests.convert.reading import Reader


def expect(text):
    """What became of the words, and what was said."""
    found = []
    reader = Reader({"expect": lambda context: found.append(expectation(context, context.words[1:]))})
    return reader.read(f"expect {text}") and found[0], reader.kinds


@pytest.mark.parametrize(
    ("text", "wanted", "kinds"),
    [
        ("status 200,300-399", "status 200,300-399", []),
        ("! rstatus ^5", "! rstatus ^5", []),
        ("!rstatus ^5", "! rstatus ^5", []),
        ("! ! status 200", "status 200", []),
        ("string 'all is well'", "string 'all is well'", []),
        ("rstring ^O.*K$", "rstring ^O.*K$", []),
        ("min-recv 5 string foo comment x", "string foo", ["warning", "warning"]),
        ("status 200 ok-status L7OK", "status 200", ["warning"]),
        ("hdr name a value b", "hdr name a value b", []),
        ("fhdr name a", "fhdr name a", []),
        ("hdr name a value -m str b", "hdr name a value b", []),
        ("hdr name a value -m beg b", None, ["left out"]),
        ("hdr name-lf a", None, ["left out"]),
        ("string-lf x", None, ["left out"]),
    ],
)
def test_the_words_are_those_of_a_check(text, wanted, kinds):
    assert expect(text) == (wanted, kinds)


@pytest.mark.parametrize(
    "text",
    ["", "foo bar", "string", "string a b", "status x", "rstatus '^5('", "hdr a", "hdr name", "comment x", "!"],
)
def test_what_haproxy_refuses_is_refused(text):
    with pytest.raises(Problem):
        expect(text)
