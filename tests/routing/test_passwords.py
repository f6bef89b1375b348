"""Hashes of passwords. Those here were made by openssl passwd, but for bcrypt and scrypt."""

import pytest

from affinity_gw.routing.passwords import LONGEST, SCHEMES, hashed, is_hash, matches

HASHES = {
    "md5": "$1$saltsalt$9xy1btjgzLYfb7hivXtC//",
    "apr1": "$apr1$saltsalt$LrttParrLPdxvgutaSXWJ0",
    "sha256": "$5$saltsalt$0IyaXrmV7.sGNS6tirgqHLqX/G.FBvgkYA.lpPdS5sA",
    "sha512": ("$6$saltsalt$TVLlQcbpFVof5W3Yz4DTP6gRstiNuHwwTt6GLc1E5n0U0aDehy0S5knV8wiOQSpT0Y77vwPZN.Pq.H91p5hVO1"),
    "bcrypt 2a": "$2a$04$BIDty8vdR3jemZke7IWpA.D/Bmw6kuFjUv21Gr5OKW9p/mzDeRCW.",
    "bcrypt 2b": "$2b$04$BIDty8vdR3jemZke7IWpA.D/Bmw6kuFjUv21Gr5OKW9p/mzDeRCW.",
    "bcrypt 2y": "$2y$04$BIDty8vdR3jemZke7IWpA.D/Bmw6kuFjUv21Gr5OKW9p/mzDeRCW.",
    "scrypt": "$scrypt$ln=4,r=8,p=1$gxDifG/N2Vvrfe+9t5ZSSg$yIX68WO+rWtqu5TtrPwedTqL86RTriLMACcibX1sWdc",
}
"""All of "secret"."""


@pytest.mark.parametrize("text", HASHES.values(), ids=HASHES)
def test_a_hash_knows_its_password_and_no_other(text):
    assert is_hash(text)
    assert matches(text, b"secret")
    assert not matches(text, b"Secret")
    assert not matches(text, b"secret\0")
    assert not matches(text, b"")


def test_all_schemes_are_tried():
    assert {text[: text.find("$", 1) + 1] for text in HASHES.values()} == {*SCHEMES}


NONE = {
    "plain": "secret",
    "empty": "",
    "a dollar": "$",
    "a scheme alone": "$6$",
    "cut": HASHES["sha256"][:-1],
    "cut bcrypt": HASHES["bcrypt 2b"][:-1],
    "without its checksum": "$6$salt",
    "another scheme": "$y$j9T$F5Jx5fExrKuPp53xLKQ..1$X3DX6M94c7o.9agCG9G317fhZg9SqC.5i5rd.RhAtQ7",
    "lengthened": HASHES["sha256"] + "x",
    "DES": "rl.3StKT.4T8M",
}


@pytest.mark.parametrize("text", NONE.values(), ids=NONE)
def test_anything_else_is_no_hash(text):
    assert not is_hash(text)


def test_what_is_no_hash_matches_nothing():
    assert not matches("secret", b"secret")


def test_a_password_that_is_endless_is_not_looked_at():
    assert not matches("$6$any", b"x" * (LONGEST + 1))


def test_bcrypt_looks_at_72_bytes_as_everywhere():
    assert matches(hashed(b"x" * 72), b"x" * 100)


@pytest.mark.parametrize(("password", "scheme"), [(b"secret", "$2b$10$"), (b"x" * 73, "$6$rounds=20000$")])
def test_a_new_hash_has_a_salt_and_knows_its_password(password, scheme):
    one, other = hashed(password), hashed(password)
    assert one != other
    assert one.startswith(scheme)
    assert matches(one, password)
    assert not matches(one, password[:-1] + b"y")
