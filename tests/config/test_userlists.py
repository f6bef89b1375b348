"""Userlists, their files, and the rules that name them."""

import pytest

from affinity_gw.config.problem import Problem
from affinity_gw.config.userlists import hash_password
from affinity_gw.routing.passwords import matches
from affinity_gw.routing.rules import Challenge
from affinity_gw.routing.userlists import Userlist

APR1 = "$apr1$saltsalt$LrttParrLPdxvgutaSXWJ0"
SHA = "$5$saltsalt$0IyaXrmV7.sGNS6tirgqHLqX/G.FBvgkYA.lpPdS5sA"
HOW = "python -m affinity_gw hash-password makes one; there are $5$, $6$, $1$, $apr1$, $2b$ (bcrypt) and $scrypt$"


def test_users_stand_in_the_section_and_in_a_file(load, tmp_path):
    (tmp_path / "x.htpasswd").write_text(f"# people\n\nbob:{APR1}\nälice:{SHA}  \n", encoding="utf-8")
    text = f"[userlist.u]\nuser.alice = '{SHA}'\nfile = 'x.htpasswd'\n@F\n@B\n"
    assert load(text).userlists == (Userlist("u", {"alice": SHA, "bob": APR1, "älice": SHA}),)


@pytest.mark.parametrize(
    ("rule", "realm", "words"),
    [
        ('auth = "u"', "u", "!{ http_auth(u) }"),
        ('auth = "u"\nrealm = "Some Realm"', "Some Realm", "!{ http_auth(u) }"),
        ('auth = "u"\nwhen = "{ path /p }"', "u", "{ path /p }, !{ http_auth(u) }"),
        ('auth = "u"\nunless = "{ path /p }"', "u", "unless { path /p }, !{ http_auth(u) }"),
        ('auth = true\nunless = "{ http_auth(u) }"', "x", "unless { http_auth(u) }"),
    ],
)
def test_a_rule_asks_but_whom_the_list_knows(load, rule, realm, words):
    text = f"[userlist.u]\nuser.alice = '{SHA}'\n@F\n[[frontend.x.rule]]\n{rule}\n@B\n"
    (made,) = load(text).frontends[0].rules
    assert made.action == Challenge(realm)
    assert made.text == words


def test_a_backend_asks_too(load):
    text = f"[userlist.u]\nuser.alice = '{SHA}'\n@F\n@B\n[[backend.b.rule]]\nauth = 'u'\n"
    assert load(text).backends[0].rules[0].action == Challenge("u")


CASES = {
    "a plain password": (
        "[userlist.u]\nuser.alice = 'secret'\n@F\n@B\n",
        [f"2 [userlist.u] user.alice: this is not the hash of a password; {HOW}"],
    ),
    "a user with a colon": (
        f"[userlist.u]\nuser.\"a:b\" = '{SHA}'\n@F\n@B\n",
        ['2 [userlist.u] user."a:b": "a:b" has a colon, and no user can have one; choose another name'],
    ),
    "nobody": (
        "[userlist.u]\n@F\n@B\n",
        [
            (
                "1 [userlist.u]: nobody is in this userlist; "
                'write user.alice = "…"; python -m affinity_gw hash-password makes what stands there'
            )
        ],
    ),
    "no such file": (
        "[userlist.u]\nfile = 'nothing'\n@F\n@B\n",
        ["2 [userlist.u] file: nothing cannot be read: No such file or directory; name a file that may be read"],
    ),
    "a file of something else": (
        "[userlist.u]\nfile = 'bad'\n@F\n@B\n",
        [
            '2 [userlist.u] file: bad, line 1: this is no user; write "name:hash", as htpasswd does',
            f"2 [userlist.u] file: bad, line 2: this is not the hash of a password; {HOW}",
        ],
    ),
    "a file in another code": (
        "[userlist.u]\nfile = 'latin1'\n@F\n@B\n",
        ["2 [userlist.u] file: latin1 is not UTF-8 text; save it as UTF-8"],
    ),
    "somebody twice": (
        f"[userlist.u]\nuser.bob = '{SHA}'\nfile = 'good'\n@F\n@B\n",
        ["3 [userlist.u] file: good has the user bob, who is there already; leave one out"],
    ),
    "a list that does not exist": (
        f"[userlist.users]\nuser.alice = '{SHA}'\n@F\n[[frontend.x.rule]]\nauth = 'user'\n@B\n",
        ['7 [frontend.x] rule[0].auth: there is no userlist "user"; did you mean "users"?'],
    ),
    "a list that does not exist, in a condition": (
        "@F\n[[frontend.x.rule]]\nauth = true\nunless = '{ http_auth(u) }'\n@B\n",
        ["6 [frontend.x] rule[0].unless: http_auth(u): there is no such userlist"],
    ),
    "a realm with quotes": (
        "@F\n[[frontend.x.rule]]\nauth = true\nrealm = 'a\"b'\n@B\n",
        ['6 [frontend.x] rule[0].realm: "a"b" cannot stand between quotes; leave quotes and backslashes out'],
    ),
    "a realm of nothing": (
        "@F\n[[frontend.x.rule]]\ndeny = true\nrealm = 'x'\n@B\n",
        ["6 [frontend.x] rule[0].realm: only an auth has a realm; leave it out"],
    ),
}


@pytest.mark.parametrize(("text", "expected"), CASES.values(), ids=CASES)
def test_what_is_wrong_is_said(complaints, tmp_path, text, expected):
    (tmp_path / "bad").write_text("what is this\nbob:plain\n")
    (tmp_path / "latin1").write_bytes(b"b\xf6b:x\n")
    (tmp_path / "good").write_text(f"bob:{APR1}\n")
    said = complaints(text)
    assert said == expected
    assert "secret" not in "".join(said)


def test_a_password_becomes_a_hash():
    assert matches(hash_password("pässword"), "pässword".encode())


@pytest.mark.parametrize("password", ["", "a\0b", "x" * 2000], ids=["empty", "with a NUL", "endless"])
def test_what_cannot_be_a_password_is_refused(password):
    with pytest.raises(Problem, match="cannot be a password"):
        hash_password(password)
