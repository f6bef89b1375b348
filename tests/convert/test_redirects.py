"""What a redirect says, in TOML."""

import pytest

from affinity_gw.config.problem import Problem
from affinity_gw.convert.redirects import redirect
from affinity_gw.convert.rules import RULES
from tests.convert.reading import Reader


@pytest.mark.parametrize(
    ("words", "made"),
    [
        ("location /new", {"redirect": "/new"}),
        ("location /new code 301", {"redirect": "/new", "code": 301}),
        ("code 308 location /new", {"redirect": "/new", "code": 308}),
        ("prefix /app", {"redirect": {"prefix": "/app"}}),
        ("location /x prefix /app", {"redirect": {"prefix": "/app"}}),
        ("prefix /app location /x", {"redirect": "/x"}),
        ("scheme https code 301", {"redirect": {"scheme": "https", "code": 301}}),
        (
            "prefix / drop-query append-slash",
            {"redirect": {"prefix": "/", "drop_query": True, "append_slash": True}},
        ),
        ("location / drop-query", {"redirect": {"location": "/", "drop_query": True}}),
        ("location /%[path] ignore-empty", {"redirect": {"location": "/%%[path]", "ignore_empty": True}}),
        ("location / set-cookie A=1", {"redirect": {"location": "/", "set_cookie": "A=1"}}),
        ("location / set-cookie A", {"redirect": {"location": "/", "set_cookie": "A"}}),
        ("location / clear-cookie A=", {"redirect": {"location": "/", "clear_cookie": "A"}}),
        ("location / clear-cookie A", {"redirect": {"location": "/", "clear_cookie": "A"}}),
    ],
)
def test_a_plain_redirect(words, made):
    reader = Reader(RULES, "frontend").read(f"redirect {words}")
    assert (reader.frontend["rule"], reader.notes) == ([made], [])


@pytest.mark.parametrize(("expressions", "target"), [(True, "/%[path]"), (False, "/%%[path]")])
def test_percent_signs_begin_expressions_among_http_request_rules_alone(expressions, target):
    assert redirect(None, ["location", "/%[path]"], expressions=expressions) == {"redirect": target}


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
def test_codes_of_redirects(code):
    made = redirect(None, ["scheme", "https", "code", str(code)], expressions=False)
    assert made == {"redirect": {"scheme": "https", "code": code}}


@pytest.mark.parametrize(
    "words",
    [
        "",
        "code 301",
        "drop-query",
        "location",
        "location / code",
        "location / code 300",
        "location / code x",
        "location / foo",
        "/new",
        "location / set-cookie",
    ],
)
def test_what_haproxy_refuses_is_refused(words):
    with pytest.raises(Problem):
        redirect(None, words.split(), expressions=False)


def test_variables_stay_variables():
    reader = Reader(RULES, "frontend").read('redirect prefix "https://${SITE}"', {"SITE": "a.test"})
    assert reader.frontend["rule"] == [{"redirect": {"prefix": "https://${SITE}"}}]
