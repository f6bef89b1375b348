"""The limit of open files."""

import resource

import pytest

from affinity_gw.process import descriptors
from affinity_gw.process.descriptors import OPEN_MAX, RESERVE, fitting, needed, raise_limit
from affinity_gw.routing.address import Address
from affinity_gw.routing.configuration import Config, Global
from affinity_gw.routing.sections import Backend, Frontend
from affinity_gw.routing.servers import CheckSpec, Server

ANY = resource.RLIM_INFINITY


def config(**general):
    frontend = Frontend("fe", (Address("127.0.0.1", 0), Address("127.0.0.1", 0)))
    servers = (
        Server("be", "a", 1, Address("127.0.0.1", 1), check=CheckSpec()),
        Server("be", "b", 2, Address("127.0.0.1", 2), instance=True),
    )
    return Config("", Global(**general), (frontend,), (Backend("be", servers),))


class System:
    """A limit that can be raised to ``hard``, or beyond with privilege; ``most`` is what the kernel can do."""

    def __init__(self, soft, hard, *, privileged=False, most=1 << 30):
        self.limits, self.privileged, self.most = (soft, hard), privileged, most

    def getrlimit(self, which):
        assert which == resource.RLIMIT_NOFILE
        return self.limits

    def setrlimit(self, which, limits):
        assert which == resource.RLIMIT_NOFILE
        soft, hard = limits
        if hard != self.limits[1] and not self.privileged:
            raise ValueError("not allowed to raise maximum limit")
        if soft > self.most or ANY != hard < soft:
            raise ValueError("current limit exceeds maximum limit")
        self.limits = limits


def raised(monkeypatch, system, **general):
    monkeypatch.setattr(descriptors.resource, "getrlimit", system.getrlimit)
    monkeypatch.setattr(descriptors.resource, "setrlimit", system.setrlimit)
    return raise_limit(config(**general))


def test_a_client_and_its_server_take_one_each():
    assert needed(config(maxconn=1000)) == 2000 + 2 + 1 + 1 + RESERVE


def test_ulimit_n_is_taken_at_its_word():
    assert needed(config(maxconn=1000, ulimit_n=500)) == 500


@pytest.mark.parametrize(
    ("system", "limits"),
    [
        pytest.param(System(1024, 65536), (2068, 65536), id="within the hard limit"),
        pytest.param(System(1024, ANY), (2068, ANY), id="a hard limit that is none"),
        pytest.param(System(4096, 65536), (4096, 65536), id="enough already"),
        pytest.param(System(ANY, ANY), (ANY, ANY), id="no limit at all"),
        pytest.param(System(1024, 1024, privileged=True), (2068, 2068), id="beyond it, with privilege"),
    ],
)
def test_it_is_raised_to_what_is_needed(monkeypatch, system, limits):
    assert raised(monkeypatch, system, maxconn=1000) is None
    assert system.limits == limits


def test_where_it_cannot_be_raised_far_enough_the_operator_is_told_what_to_do(monkeypatch):
    system = System(1024, 1500)
    warning = raised(monkeypatch, system, maxconn=1000)
    assert system.limits == (1500, 1500)
    assert "maxconn = 1000 needs 2068 open files and this system allows 1500, enough for about 718" in warning
    assert "LimitNOFILE=2068" in warning


def test_macos_grants_less_than_it_calls_unlimited(monkeypatch):
    system = System(256, ANY, most=OPEN_MAX)
    assert "allows 10240" in raised(monkeypatch, system, maxconn=20000)
    assert system.limits == (OPEN_MAX, ANY)


def test_the_real_limit_is_raised_or_the_reason_said():
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        warning = raise_limit(config(maxconn=200))
        assert warning is None
        assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] >= min(needed(config(maxconn=200)), before[1])
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)


@pytest.mark.parametrize(
    ("hard", "maxconn"), [pytest.param(65536, 1000, id="enough"), pytest.param(164, 50, id="for fewer"), (10, 1)]
)
def test_where_the_system_allows_fewer_fewer_are_let_in(monkeypatch, hard, maxconn):
    """Those who are connected must find a descriptor for their servers."""
    raised(monkeypatch, System(hard, hard), maxconn=1000)
    assert fitting(config(maxconn=1000)).general.maxconn == maxconn
