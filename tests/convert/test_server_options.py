"""The options of a server, word by word."""

import pytest

from affinity_gw.config.problem import Problem
from affinity_gw.convert.optionwords import run
from affinity_gw.convert.server_options import OPTIONS, Draft
from tests.convert.reading import Reader


def options(text):
    """What the words did, and what was said of them."""
    draft = Draft()
    reader = Reader({"server": lambda context: run(context, draft, context.words[1:], OPTIONS, "the option")})
    reader.read(f"server {text}")
    return draft, reader.kinds


@pytest.mark.parametrize(
    ("text", "table"),
    [
        ("weight 0", {"weight": 0}),
        ("maxconn -1", {"maxconn": 0}),
        ("cookie a", {"cookie": "a"}),
        ("track x", {"track": "x"}),
        ("id 5", {"id": 5}),
        ("backup", {"backup": True}),
    ],
)
def test_words_of_the_server(text, table):
    assert options(text) == (Draft(table=table), [])


@pytest.mark.parametrize(
    ("text", "check"),
    [
        ("inter 500", {"inter": "500ms"}),
        ("fastinter 1s downinter 2m", {"fastinter": "1s", "downinter": "2m"}),
        ("rise 1 fall 5", {"rise": 1, "fall": 5}),
        ("port 0", {}),
        ("port 8080", {"port": 8080}),
        ("addr 10.0.0.1", {"address": "10.0.0.1"}),
        ("addr 10.0.0.1:81", {"address": "10.0.0.1", "port": 81}),
        ("addr [::1]:81", {"address": "::1", "port": 81}),
        ("addr ::1", {"address": "::1"}),
    ],
)
def test_words_of_its_check(text, check):
    assert options(text) == (Draft(check=check), [])


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("chekc", 'did you mean "check"'),
        ("weight 257", "out of range"),
        ("weight", "no argument"),
        ("cookie ''", "no argument"),
        ("id 0", "1 or more"),
        ("inter 0", "no time"),
        ("inter x", "not a time"),
        ("rise 0", "1 or more"),
        ("fall x", "1 or more"),
        ("verify optional", "unknown"),
        ("ssl-min-ver TLSv1.9", "no version"),
        ("observe foo", "unknown"),
        ("on-error foo", "unknown"),
        ("on-marked-down foo", "unknown"),
        ("init-addr foo", "unknown"),
    ],
)
def test_what_haproxy_refuses_is_refused(text, problem):
    with pytest.raises(Problem) as caught:
        options(text)
    assert problem in f"{caught.value.problem} {caught.value.advice}"


def test_a_default_server_has_no_id():
    reader = Reader({"default-server": lambda context: run(context, Draft(), context.words[1:], OPTIONS, "the option")})
    with pytest.raises(Problem, match="one server"):
        reader.read("default-server id 4")


@pytest.mark.parametrize("text", ["weight 5x", "port x"])
def test_a_number_that_haproxy_reads_in_part_is_read_so_and_said(text):
    assert options(text)[1] == ["warning"]


@pytest.mark.parametrize(
    "text",
    [
        "send-proxy",
        "slowstart 5s",
        "minconn 5",
        "resolvers dns",
        "observe layer7",
        "source 10.0.0.1 usesrc client",
        "addr unix@/x",
        "port 70000",
        "on-marked-down shutdown-sessions",
        "redir http://x",
        "agent-check",
    ],
)
def test_what_the_gateway_cannot_is_left_out_and_named(text):
    draft, kinds = options(text)
    assert draft == Draft()
    assert set(kinds) == {"left out"}


@pytest.mark.parametrize("text", ["stick", "enabled", "log-proto legacy", "no-send-proxy"])
def test_what_changes_nothing_is_silent(text):
    assert options(text) == (Draft(), [])


@pytest.mark.parametrize(
    ("text", "sni"),
    [("sni str(host)", "host"), ("sni req.hdr(host)", "%[req.hdr(host)]"), ("sni ssl_fc_sni", "%[ssl_fc_sni]")],
)
def test_the_server_name_is_a_word_or_an_expression(text, sni):
    assert options(text)[0].tls == {"sni": sni}


def test_a_copy_is_its_own():
    draft = options("check inter 5s weight 2")[0]
    draft.copy().check["inter"] = "1s"
    draft.copy().table["weight"] = 9
    assert (draft.check, draft.table) == ({"inter": "5s"}, {"weight": 2})
