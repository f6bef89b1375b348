"""What a person sees at start."""

import asyncio
import platform
from dataclasses import replace

import pytest

from affinity_gw.control.checks import Checks, down_at_start
from affinity_gw.control.summary import MAX_SERVERS, startup, url
from affinity_gw.routing.address import Address
from affinity_gw.routing.configuration import Config, Global
from affinity_gw.routing.rules import Rule, UseBackend
from affinity_gw.routing.sections import Backend, Frontend
from affinity_gw.routing.servers import CheckSpec, Server
from affinity_gw.routing.snapshot import Snapshot
from affinity_gw.routing.tls import BindTls
from affinity_gw.version import __version__


def server(number, backend="wt", **options):
    return Server(backend, f"wt{number}", number, Address("127.0.0.1", 9089 + number), **options)


WT = Backend(
    "wt",
    (server(1, check=CheckSpec()), server(2, instance=True), server(3, weight=2, backup=True)),
    connection="keep-alive",
)
OTHER = Backend("other", (server(4, "other", track="wt/wt1"), server(5, "other", check=CheckSpec(request=b"HEAD /"))))
CONFIG = Config(
    "cfg.toml",
    Global(),
    (Frontend("http", (), "wt", rules=(Rule(None, UseBackend("other")),)), Frontend("none", ())),
    (WT, OTHER),
)
BOUND = {"http": ["0.0.0.0:8080", "unix@/run/gw.sock"], "none": ["127.0.0.1:80"]}


def shown(config=CONFIG, colours=False, states=None):
    return startup(config, BOUND, Snapshot.of(config, down_at_start(config)), states, colours=colours)


def test_it_says_what_runs_where():
    checks = Checks(lambda: Snapshot.of(CONFIG), lambda _snapshot: None)
    first, *lines = shown(states=checks.statistics()).splitlines()
    assert first.startswith(f"affinity_gw {__version__}  Python {platform.python_version()}, aiohttp 3.14.")
    assert lines == [
        "  cfg.toml",
        "",
        "  frontend http   http://127.0.0.1:8080/ and all other addresses  → other by rule, wt",
        "                  unix@/run/gw.sock  → other by rule, wt",
        "  frontend none   http://127.0.0.1/  → no backend",
        "",
        "  backend  wt     2 of 3 up  roundrobin, keep-alive",
        "           ● wt1  127.0.0.1:9090  up, TCP check every 2s",
        "           ○ wt2  127.0.0.1:9091  DOWN: it does not listen yet, not checked, instance",
        "           ● wt3  127.0.0.1:9092  up, not checked, backup, weight 2",
        "",
        "  backend  other  2 of 2 up  roundrobin",
        "           ● wt4  127.0.0.1:9093  up, tracks wt/wt1",
        "           ● wt5  127.0.0.1:9094  up, HTTP check every 2s",
    ]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"balance": "leastconn", "hash_type": "consistent"}, "leastconn"),
        ({"balance": "uri depth 2", "hash_type": "consistent"}, "uri depth 2, consistent"),
    ],
)
def test_it_says_how_a_backend_balances(options, expected):
    config = Config("c", Global(), (Frontend("http", (), "wt"),), (Backend("wt", (server(1),), **options),))
    assert f"  backend  wt    1 of 1 up  {expected}\n" in shown(config)


async def test_it_names_the_loop_it_runs_on():
    assert asyncio.get_running_loop()
    assert shown().splitlines()[0].endswith("(llhttp), asyncio")


def test_colours_are_for_terminals():
    assert "\x1b[" in shown(colours=True)
    assert shown(colours=False).replace("\n", "").isprintable()


def test_many_servers_are_counted():
    many = Backend("wt", tuple(server(number) for number in range(1, MAX_SERVERS + 4)))
    lines = shown(Config("", Global(), (), (many,))).splitlines()
    assert lines[-1] == "             and 3 more"
    assert sum("●" in line for line in lines) == MAX_SERVERS


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("127.0.0.1:8080", "http://127.0.0.1:8080/"),
        ("10.0.0.1:80", "http://10.0.0.1/"),
        ("0.0.0.0:80", "http://127.0.0.1/"),
        ("[::]:8080", "http://[::1]:8080/"),
        ("[fd00::1]:8080", "http://[fd00::1]:8080/"),
        ("unix@/run/gw.sock", "unix@/run/gw.sock"),
    ],
)
def test_an_address_becomes_something_to_click_on(address, expected):
    assert url(address) == expected


def test_what_is_not_http_is_not_clicked_on():
    assert url("0.0.0.0:4000", "tcp") == "tcp://127.0.0.1:4000"


def test_tls_is_shown():
    binds = (
        Address("127.0.0.1", 80),
        Address("127.0.0.1", 443, tls=BindTls()),
        Address("127.0.0.1", 444, tls=BindTls()),
    )
    frontend = Frontend("web", binds, "wt")
    config = Config("", Global(), (frontend,), (WT,))
    text = startup(config, {"web": list(map(str, binds))}, Snapshot.of(config), colours=False)
    for shown_as in ("http://127.0.0.1/ ", "https://127.0.0.1/ ", "https://127.0.0.1:444/ "):
        assert shown_as in text
    raw = replace(config, frontends=(replace(frontend, mode="tcp"),))
    assert "tls://127.0.0.1:443" in startup(raw, {"web": list(map(str, binds))}, Snapshot.of(raw), colours=False)


def test_mode_tcp_is_shown():
    backend = Backend("db", (server(1, "db"),), mode="tcp")
    frontend = Frontend("tcp_front", (Address("127.0.0.1", 4000),), "db", mode="tcp")
    config = Config("", Global(), (frontend,), (backend,))
    text = startup(config, {"tcp_front": ["127.0.0.1:4000"]}, Snapshot.of(config), colours=False)
    assert "tcp://127.0.0.1:4000  → db" in text
    assert "1 of 1 up  roundrobin, mode tcp" in text
