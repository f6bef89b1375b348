"""Comments of a haproxy.cfg, and what each is about."""

import pytest

from affinity_gw.convert.comments import comments


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("global\n  maxconn 9\n", {}),
        ("# one\n# two\nglobal\n", {3: ["one", "two"]}),
        ("# one\n\nglobal\n", {3: ["one"]}),
        ("global # here\n  maxconn 9 # there\n", {1: ["here"], 2: ["there"]}),
        ("# above\nglobal # beside\n", {2: ["above", "beside"]}),
        ("global\n# the end\n", {1: ["the end"]}),
        ("# nothing else\n", {1: ["nothing else"]}),
        ("#-----\n#\n#  ### title ###\nglobal\n", {4: ["title"]}),
        ("acl a path \"x#y\"\nacl b path 'x#y'\nacl c path x\\#y\n", {}),
        ('acl a path "x#y\\"#" # why\n', {1: ["why"]}),
        ("acl a path x#y\n", {1: ["y"]}),
        ('acl a path "open # why\n', {}),
    ],
)
def test_a_comment_belongs_to_the_directive_below_or_before_it(text, found):
    assert comments(text.splitlines()) == found
