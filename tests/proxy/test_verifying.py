"""Claims that are looked at, in a thread, and remembered."""

import asyncio
import threading

import pytest

from affinity_gw.proxy import verifying
from affinity_gw.proxy.verifying import Verifier
from affinity_gw.routing.passwords import hashed
from affinity_gw.routing.userlists import Claim


def claim(user="alice", password=b"secret", hash_="hash"):
    return Claim(user, password, hash_, known=True)


class Looking:
    """``matches`` that waits until it is let; "secret" is the right one."""

    def __init__(self):
        self.let = threading.Event()
        self.let.set()
        self.asked = []

    def __call__(self, hash_, password):
        self.asked.append((hash_, password))
        assert self.let.wait(5)
        return password == b"secret"


@pytest.fixture
def looking():
    return Looking()


@pytest.fixture
async def verifier(looking):
    verifier = Verifier(looking)
    yield verifier
    looking.let.set()
    verifier.stop()


async def find_out(verifier, *claims):
    """Ask for all at once, and wait for all."""
    done = [asyncio.Event() for _ in claims]
    for number, (each, event) in enumerate(zip(claims, done, strict=True)):
        assert verifier.find_out(each, f"client {number}", event.set)
    async with asyncio.timeout(5):
        for event in done:
            await event.wait()


async def test_what_has_been_found_out_is_known(verifier):
    assert verifier.known(claim()) is None
    await find_out(verifier, claim(), claim(password=b"guess"))
    assert verifier.known(claim()) is True
    assert verifier.known(claim(password=b"guess")) is False


async def test_it_is_known_of_this_user_with_this_password_and_this_hash_alone(verifier):
    await find_out(verifier, claim())
    for other in (claim("bob"), claim(password=b"secre"), claim(hash_="new"), claim("alicesecret", b"")):
        assert verifier.known(other) is None


async def test_no_password_is_kept(verifier):
    await find_out(verifier, claim(), claim(password=b"guess"))
    kept = repr(vars(verifier))
    assert "alice" not in kept
    assert "secret" not in kept.replace("_secret", "")
    assert "guess" not in kept


async def test_who_asks_the_same_at_a_time_is_told_at_once(verifier, looking):
    looking.let.clear()
    asking = asyncio.gather(*(find_out(verifier, claim()) for _ in range(10)))
    await asyncio.sleep(0)
    looking.let.set()
    await asking
    assert len(looking.asked) == 1


async def test_one_is_looked_at_after_the_other(verifier, looking):
    looking.let.clear()
    asking = asyncio.gather(*(find_out(verifier, claim(password=b"%d" % number)) for number in range(8)))
    await asyncio.sleep(0.01)
    assert len(looking.asked) == 1
    looking.let.set()
    await asking
    assert len(looking.asked) == 8


async def test_only_so_many_wait(verifier, looking, monkeypatch):
    monkeypatch.setattr(verifying, "WAITING", 2)
    looking.let.clear()
    heard = []
    answers = [
        verifier.find_out(claim(password=b"%d" % number), f"{number}", lambda: heard.append(1)) for number in range(4)
    ]
    assert answers == [True, True, False, False]
    looking.let.set()
    await find_out(verifier, claim(password=b"1"))
    assert len(heard) == 2


async def test_one_client_has_a_part_of_the_places(verifier, looking, monkeypatch):
    monkeypatch.setattr(verifying, "WAITING_OF_ONE", 2)
    looking.let.clear()
    done = asyncio.Event()
    guesses = [verifier.find_out(claim(password=b"%d" % number), "guesser", lambda: None) for number in range(3)]
    assert guesses == [True, True, False]
    assert verifier.find_out(claim(), "alice", done.set)
    looking.let.set()
    async with asyncio.timeout(5):
        await done.wait()
    assert verifier.find_out(claim(password=b"2"), "guesser", lambda: None)


async def test_guesses_do_not_push_out_who_is_known(verifier, monkeypatch):
    monkeypatch.setattr(verifying, "REMEMBERED", 2)
    await find_out(verifier, claim())
    for number in range(3):
        await find_out(verifier, claim(password=b"%d" % number))
    assert verifier.known(claim()) is True
    assert verifier.known(claim(password=b"0")) is None
    assert verifier.known(claim(password=b"2")) is False


async def test_the_one_that_is_asked_for_most_rarely_is_forgotten(verifier, monkeypatch):
    monkeypatch.setattr(verifying, "REMEMBERED", 2)
    await find_out(verifier, claim("a"))
    await find_out(verifier, claim("b"))
    assert verifier.known(claim("a"))
    await find_out(verifier, claim("c"))
    assert [verifier.known(claim(user)) for user in "abc"] == [True, None, True]


async def test_a_fault_lets_nobody_in_and_is_told():
    told = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: told.append(context["exception"]))
    verifier = Verifier(lambda _hash, _password: 1 // 0)
    await find_out(verifier, claim())
    assert verifier.known(claim()) is False
    assert [type(error) for error in told] == [ZeroDivisionError]
    verifier.stop()


async def test_hashes_are_looked_at_where_nothing_else_is_said():
    verifier = Verifier()
    right = claim(hash_=hashed(b"secret"))
    await find_out(verifier, right)
    assert verifier.known(right) is True
    verifier.stop()
