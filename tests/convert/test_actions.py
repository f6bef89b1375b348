"""What a rule does, as the key of a TOML rule."""

import pytest

from affinity_gw.config.problem import Problem
from affinity_gw.convert.actions import NOT_CARRIED, REQUEST, RESPONSE, action
from affinity_gw.convert.lexer import lex
from tests.convert.reading import Reader


def made(text, known=REQUEST):
    """The rule, and the kinds of its notes."""
    found = []
    words = lex(1, text, {}, {}).words
    reader = Reader({"x": lambda context: found.append(action(context, words[0], words[1:], known))}).read("x")
    return found[0], reader.kinds


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("deny", {"deny": True}),
        ("deny deny_status 404", {"deny": 404}),
        ("deny status 418", {"return": {"status": 418}}),
        ("deny status 429 content-type text/plain string slow", None),
        ("allow", {"allow": True}),
        ("auth", {"auth": True}),
        ("auth realm Private", {"auth": True, "realm": "Private"}),
        ("set-header X-A %[src]", {"set_header": {"X-A": "%[src]"}}),
        ("add-header X-A 'a b'", {"add_header": {"X-A": "a b"}}),
        ("del-header X-A", {"del_header": ["X-A"]}),
        ("del-header X- -m beg", {"del_header": ["X-*"]}),
        ("replace-header A b c", {"replace_header": {"name": "A", "match": "b", "with": "c"}}),
        (r"replace-path /(.*) /x/\1", {"replace_path": {"match": "/(.*)", "with": r"/x/\1"}}),
        ("replace-value A b c", {"replace_value": {"name": "A", "match": "b", "with": "c"}}),
        ("replace-pathq a b", {"replace_pathq": {"match": "a", "with": "b"}}),
        ("replace-uri a b", {"replace_uri": {"match": "a", "with": "b"}}),
        ("set-pathq /x?a", {"set_pathq": "/x?a"}),
        ("set-query a=1", {"set_query": "a=1"}),
        ("set-uri http://a/", {"set_uri": "http://a/"}),
        ("set-path /x%[path]", {"set_path": "/x%[path]"}),
        ("redirect location /x", {"redirect": "/x", "phase": "http-request"}),
        ("return status 204", {"return": {"status": 204}}),
        ("return content-type a/b string %[x]", {"return": {"status": 200, "content_type": "a/b", "body": "%%[x]"}}),
        ("return content-type a/b lf-string %[x]", {"return": {"status": 200, "content_type": "a/b", "body": "%[x]"}}),
        ("return hdr A b", {"return": {"status": 200, "fields": {"A": "b"}}}),
    ],
)
def test_an_action_is_one_key(text, rule):
    page = {"return": {"status": 429, "content_type": "text/plain", "body": "slow"}}
    assert made(text) == (rule or page, [])


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("set-status 503", {"set_status": 503}),
        ('set-status 503 reason "Slow Down"', {"set_status": 503, "reason": "Slow Down"}),
        ("deny", {"deny": True}),
        ("deny deny_status 502", {"deny": 502}),
        ("del-header Server", {"del_header": ["Server"]}),
    ],
)
def test_an_answer_has_actions_too(text, rule):
    assert made(text, RESPONSE) == (rule, [])


def test_a_tarpit_refuses_at_once():
    assert made("tarpit") == ({"deny": 500}, ["warning"])


@pytest.mark.parametrize("name", sorted(NOT_CARRIED.keys() - REQUEST.keys()))
def test_what_there_is_not_is_left_out(name):
    assert made(name) == (None, ["left out"])


@pytest.mark.parametrize(
    "text",
    [
        "frobnicate",
        "block",
        "deny deny_status 418",
        "allow now",
        "set-header A",
        "del-header",
        "deny deny_status 999",
        "return status many",
        "return string ok",
        "return frobnicate x",
        "replace-path a",
        "auth realm",
    ],
)
def test_what_haproxy_refuses_is_refused(text):
    with pytest.raises(Problem):
        made(text)


@pytest.mark.parametrize("text", ["set-status", "set-status 99", "set-status 503 because", "deny now"])
def test_what_haproxy_refuses_of_answers_is_refused(text):
    with pytest.raises(Problem):
        made(text, RESPONSE)
