"""What a request says of its user. Fields were tried on HAProxy 2.6."""

from base64 import b64encode

import pytest

from affinity_gw.routing.userlists import Claim, Userlist, claim, credentials

USERS = Userlist("users", {"alice": "hash of alice", "bob": "hash of bob"})


def basic(said, scheme="Basic "):
    return scheme + b64encode(said).decode()


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        (basic(b"alice:secret"), ("alice", b"secret")),
        (basic(b"alice:secret", "basic "), ("alice", b"secret")),
        (basic(b"alice:secret", "BASIC    "), ("alice", b"secret")),
        (basic(b"alice:secret") + " ", ("alice", b"secret")),
        (basic(b"alice:"), ("alice", b"")),
        (basic(b":secret"), ("", b"secret")),
        (basic(b"alice:a:b"), ("alice", b"a:b")),
        (basic("älice:pässword".encode()), ("älice", "pässword".encode())),
        (basic(b"\xff:\xff"), ("\udcff", b"\xff")),
        (basic(b"alice"), None),
        (basic(b"alice:secret", "Basic\t"), None),
        (basic(b"alice:secret", "Bearer "), None),
        (basic(b"alice:secretx").rstrip("="), None),
        ("Basic YWxp*Y2U6", None),
        ("Basic äöü", None),
        ("Basic", None),
        ("Basic ", None),
        ("", None),
    ],
)
def test_a_field_says_a_user_and_a_password(field, expected):
    assert credentials(field) == expected


def test_a_claim_is_about_the_hash_of_the_user():
    assert claim(USERS, basic(b"bob:secret")) == Claim("bob", b"secret", "hash of bob", known=True)


def test_a_stranger_is_compared_with_somebody_and_is_a_stranger_still():
    assert claim(USERS, basic(b"carol:secret")) == Claim("carol", b"secret", "hash of alice", known=False)


@pytest.mark.parametrize(
    ("users", "field"),
    [(USERS, None), (USERS, "Bearer x"), (Userlist("nobody", {}), basic(b"alice:secret"))],
    ids=["no field", "another scheme", "an empty list"],
)
def test_there_may_be_nothing_to_claim(users, field):
    assert claim(users, field) is None
