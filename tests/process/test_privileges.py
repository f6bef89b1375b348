"""Who the process becomes, and in which order it gives the rest away."""

import os

import pytest

from affinity_gw.errors import GatewayError
from affinity_gw.process.privileges import Identity, give_away, identity
from affinity_gw.routing.configuration import Global


@pytest.fixture
def calls(monkeypatch):
    """What the system was asked, for a process of root's."""
    calls = []
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(os, "getegid", lambda: 0)
    for name in ("chroot", "chdir", "setgroups", "setgid", "setuid"):
        monkeypatch.setattr(os, name, lambda value, name=name: calls.append((name, value)))
    return calls


def test_the_user_is_last_because_it_takes_the_rest_away(calls):
    give_away(Global(user="nobody", group="7", chroot="/srv"), Identity(99, 7))
    assert calls == [("chroot", "/srv"), ("chdir", "/"), ("setgroups", []), ("setgid", 7), ("setuid", 99)]


def test_what_nobody_asked_for_stays(calls):
    give_away(Global(), Identity(None, None))
    assert calls == []


def test_who_is_that_user_already_needs_no_rights(monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 99)
    monkeypatch.setattr(os, "getegid", lambda: 7)
    give_away(Global(user="99", group="7"), Identity(99, 7))


def test_numbers_are_taken_as_they_are():
    assert identity(Global(user="200", group="201")) == Identity(200, 201)


def test_names_become_numbers():
    assert identity(Global(user="root", group="root")) == Identity(0, 0)


@pytest.mark.parametrize("general", [Global(user="no-such-user"), Global(group="no-such-group")])
def test_a_name_that_the_machine_does_not_know_is_said(general):
    with pytest.raises(GatewayError, match=r"there is no (user|group) no-such-\w+ on this machine; make it"):
        identity(general)


def test_what_the_system_refuses_is_said(monkeypatch):
    def refuse(_path):
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "chroot", refuse)
    with pytest.raises(GatewayError, match=r"chroot /srv, .*: operation not permitted; start as root"):
        give_away(Global(chroot="/srv"), Identity(None, None))
