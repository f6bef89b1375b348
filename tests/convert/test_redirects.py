"""Where a redirect goes, as one TOML rule."""

import pytest

from affinity_gw.config.problem import Problem
from affinity_gw.convert.lexer import lex
from affinity_gw.convert.redirects import redirect


def made(text, *, expressions=False):
    return redirect(None, lex(1, text, {}, {}).words, expressions=expressions)


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("location /x", {"redirect": "/x"}),
        ("location /x code 301", {"redirect": "/x", "code": 301}),
        ("prefix http://a.example", {"redirect": {"prefix": "http://a.example"}}),
        ("prefix / drop-query append-slash", {"redirect": {"prefix": "/", "drop_query": True, "append_slash": True}}),
        ("scheme https code 308", {"redirect": {"scheme": "https", "code": 308}}),
        ("location / set-cookie A=1", {"redirect": {"location": "/", "set_cookie": "A=1"}}),
        ("location / clear-cookie A=", {"redirect": {"location": "/", "clear_cookie": "A"}}),
    ],
)
def test_it_is_one_rule(text, rule):
    assert made(text) == rule


def test_an_expression_is_one_in_http_request_alone():
    assert made("location /%[path]") == {"redirect": "/%%[path]"}
    assert made("location /%[path]", expressions=True) == {"redirect": "/%[path]"}


@pytest.mark.parametrize("text", ["", "location", "/x", "location /x code 200", "location /x code y", "code 301"])
def test_what_haproxy_refuses_is_refused(text):
    with pytest.raises(Problem):
        made(text)
