"""Users of a haproxy.cfg, and the rules that ask for them."""

import pytest

from affinity_gw.convert.load import load_config
from affinity_gw.convert.read import read
from affinity_gw.errors import ConfigError
from affinity_gw.routing.passwords import matches
from affinity_gw.routing.rules import Challenge

SHA = "$5$saltsalt$0IyaXrmV7.sGNS6tirgqHLqX/G.FBvgkYA.lpPdS5sA"

TEXT = """
userlist users
    group all
    {user}
defaults
    mode http
frontend web
    bind 127.0.0.1:80
    {rule}
    default_backend app
backend app
    server a 127.0.0.1:1
"""


@pytest.fixture
def file(tmp_path):
    def file(user=f"user alice password {SHA}", rule=""):
        path = tmp_path / "haproxy.cfg"
        path.write_text(TEXT.format(user=user, rule=rule), encoding="utf-8")
        return path

    return file


def test_a_hash_is_carried_over_with_its_line(file):
    carried = read(file(f"user alice password {SHA} groups all"), "haproxy.cfg")
    assert carried.data["userlist"] == {"users": {"user": {"alice": SHA}}}
    assert carried.origins["userlist", "users", "user", "alice"] == 4


def test_a_password_that_stands_there_becomes_a_hash(file):
    carried = read(file("user bob insecure-password secret"), "haproxy.cfg")
    assert matches(carried.data["userlist"]["users"]["user"]["bob"], b"secret")
    assert [(note.kind, note.line) for note in carried.notes if "bob" in note.problem] == [("warning", 4)]


def test_a_hash_that_is_not_known_is_left_out_and_nobody_comes_in_by_it(file):
    path = file("user carol password rl.3StKT.4T8M")
    carried = read(path, "haproxy.cfg")
    assert carried.data["userlist"] == {"users": {"user": {}}}
    (note,) = [note for note in carried.notes if note.kind == "left out"]
    assert note.problem == "the password of carol: this is not the hash of a password that is known here"
    assert load_config(path).userlists[0].users == {}


@pytest.mark.parametrize(
    ("rule", "realm", "words"),
    [
        ("http-request auth unless { http_auth(users) }", "web", "unless { http_auth(users) }"),
        (r"http-request auth realm A\ B if !{ http_auth(users) }", "A B", "!{ http_auth(users) }"),
        ('acl known http_auth(users)\n    http-request auth realm "A B" unless known', "A B", "unless known"),
    ],
)
def test_a_rule_asks_for_them(file, rule, realm, words):
    (made,) = load_config(file(rule=rule)).frontends[0].rules
    assert made.action == Challenge(realm)
    assert made.text == words


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"user": "user alice secret x"}, '"secret" cannot stand here'),
        ({"rule": "http-request auth realms x"}, '"realms" cannot stand here'),
        ({"rule": "http-request auth unless { http_auth(user) }"}, "there is no such userlist"),
    ],
)
def test_what_haproxy_refuses_is_refused(file, wrong, said):
    with pytest.raises(ConfigError, match=said):
        load_config(file(**wrong))
