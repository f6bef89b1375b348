"""Configurations that the gateway is to replace: word for word through ``convert``, made valid for 2.6 beside HAProxy.

``configs/`` holds them word for word. What HAProxy 2.6 refuses in them, and what needs root, is taken out or written as
it is written today (``MADE_VALID``); addresses become the test's; checks come more often.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from affinity_gw.cli import main
from tests.differential.choices import Everybody, Which
from tests.differential.conftest import Same, cases
from tests.differential.requests import get, post
from tests.differential.scenario import DEFAULTS, Scenario
from tests.differential.steps import Ask, Leave, Open, Receive, Rest, Send, Step
from tests.differential.waits import Down, Refuse

CONFIGS = Path(__file__).parent / "configs"

MADE_VALID = (
    (r"^\s*(nbproc|uid|gid|user|group|chroot|daemon|ulimit-n|random draw|log)\b.*\n", ""),
    (r"^(\s*)log global\n", ""),
    (r"^(\s*)contimeout\b", r"\1timeout connect"),
    (r"^(\s*)clitimeout\b", r"\1timeout client"),
    (r"^(\s*)srvtimeout\b", r"\1timeout server"),
    (r"^listen [\d.]+:(\d+)$", r"listen wt\nbind *:\1"),
    (r"^(\s*)bind [\d.*]+:(\d+)", r"\1bind {bind.p\2}"),
    (r"^(\s*server \S+) \S+:(\d+)", r"\1 {server.p\2}"),
    (r"^(\s*)maxconn\s+20000$", r"\1maxconn 2000"),
    (r"\bcheck$", "check inter 50ms fall 1"),
)


def made_valid(name: str, *more: tuple[str, str]) -> str:
    """The text with all that is written otherwise today; ``more``: for this file alone."""
    text = (CONFIGS / f"{name}.cfg").read_text()
    for pattern, instead in (*more, *MADE_VALID):
        text = re.sub(pattern, instead, text, flags=re.MULTILINE)
    return text


def configured(
    name: str, *steps: Step | bytes, also: str = "", edits: tuple[tuple[str, str], ...] = (), **more: object
) -> Scenario:
    script = tuple(Ask(step) if isinstance(step, bytes) else step for step in steps)
    return Scenario(f"{name}{also}", made_valid(name, *edits), script, **more)  # type: ignore[arg-type]


HOSTS = (
    "urlenco.de",
    "www.URLENCO.de",
    "urlenco.de:80",
    "erinandtylerswedding.com",
    "www.erinandtylerswedding.com",
    "other",
)
WTD = ("/?wtd=wt1", "/?wtd=wt2", "/?wtd=wt12", "/?a&wtd=wt2xyz", "/?wtd=none", "/", "/?wtd=wt1&wtd=wt2")
LIVE = ("sample.com", "www.sample.com", "example.com", "dev.sample.com", "DEV.example.com", "other", "sample.com:80")
PATHS = ("/", "/wt1", "/wt2/x", "/html/x", "/resources/a.css", "/wtSecondary/a", "/other?x")
KEYS = tuple(get(f"/{n * 7919 % 1000}/page{n}?q={n}") for n in range(60))
SOURCES = tuple(f"127.0.{n}.{n + 1}" for n in range(40))
ACL_IN_BACKEND = ((r"^backend wt$", "backend wt\nacl is_dev_URL hdr_beg(host) -i dev."),)
VALID_DEFAULTS = ((r"\A", f"{DEFAULTS}    option http-server-close\n"),)

SCENARIOS = [
    configured(
        "000_virtual_hosts",
        *(get("/", host=host) for host in HOSTS),
        get("/", "Cookie: SERVERID=Local; a=1"),
        post(),
        get("/", "Connection: close"),
    ),
    configured(
        "000_virtual_hosts",
        get("/", host="urlenco.de"),
        also=" down",
        down=("p8181",),
        edits=((r"retries 3", "retries 1"), (r"contimeout 5000", "contimeout 200")),
    ),
    configured(
        "001_wt_basic", get("/?wtd=x"), post(b"request=jsupdate"), get(version="1.0"), get("/", "Connection: close")
    ),
    configured("001_wt_affinity", *(get(target) for target in WTD)),
    configured(
        "001_wt_affinity", Refuse("p9090"), Down("bck1/srv1"), *(get(target) for target in WTD), also=" one down"
    ),
    configured("001_wt_domains", *(get(path, host=host) for host in LIVE for path in PATHS), edits=ACL_IN_BACKEND),
    configured(
        "001_wt_domains",
        Refuse("p9050"),
        Down("wt/Wt_Live"),
        *(get(path, host=host) for host in LIVE[:4] for path in PATHS),
        also=" live down",
        edits=ACL_IN_BACKEND,
    ),
    configured(
        "001_wt_domains",
        Refuse("p9020"),
        Down("wt/Wt_Dev"),
        *(get(path, host=host) for host in LIVE[:4] for path in PATHS[:4]),
        also=" dev down",
        edits=ACL_IN_BACKEND,
    ),
    configured(
        "002_pubsub",
        *(
            get(path, host=host)
            for host in ("notes.olivepeak.com", "www.NOTES.olivepeak.com:80", "xnotes.olivepeak.com", "b")
            for path in ("/subscriptions/channel/1", "/subscriptions", "/")
        ),
    ),
    configured("004_static_and_dynamic", *(get(path) for path in ("/static/a.css", "/staticfoo", "/", "/x/static"))),
    configured("004_weighted_roundrobin", Which(KEYS[:24])),
    configured("004_source_hash", Which((get(),), SOURCES), answers_only=True),
    configured(
        "004_source_hash",
        Refuse("p5002"),
        Down("servers/server2"),
        Which((get(),), SOURCES),
        also=" one down",
        answers_only=True,
    ),
    configured("004_uri_hash", Which(KEYS), answers_only=True),
    configured(
        "004_uri_hash", Refuse("p5003"), Down("servers/server3"), Which(KEYS), also=" one down", answers_only=True
    ),
    configured(
        "004_tcp",
        Send(b"ping"),
        Receive(4),
        Open("2"),
        Send(b"GET / HTTP/1.0\r\n\r\n", on="2"),
        Receive(18, on="2"),
        Leave("finish"),
        Rest(),
        raw=True,
    ),
    configured(
        "004_acl_examples",
        *(
            Ask(request, on=to, to=to)
            for to in ("p80", "p81", "p82", "p83", "p84")
            for request in (
                get("/static/x"),
                get("/"),
                get("/submit"),
                post(b"a=1", "/submit"),
                get("/admin/x"),
                get("/", "User-Agent: x MOBILE y"),
                get("/", "User-Agent: Desktop"),
            )
        ),
        edits=VALID_DEFAULTS,
    ),
    configured(
        "004_acl_examples",
        Refuse("p5003"),
        Down("web_backend/web1"),
        Ask(get("/"), on="p81", to="p81"),
        also=" down",
        edits=VALID_DEFAULTS,
    ),
]


@cases(SCENARIOS)
async def test_it_does_the_same(same: Same, scenario: Scenario):
    await same(scenario)


RANDOM = made_valid("004_random")


async def test_chance_leaves_nobody_out(same: Same) -> None:
    """What is drawn cannot be compared: that everybody is drawn can."""
    await same(Scenario("004_random", RANDOM, (Everybody(KEYS),), answers_only=True))


VERBATIM = sorted(path.stem for path in CONFIGS.glob("*.cfg"))


@pytest.mark.parametrize("name", VERBATIM)
def test_the_text_itself_is_converted_and_its_toml_passes_check(name: str, tmp_path: Path) -> None:
    toml = tmp_path / "cfg.toml"
    converted = CliRunner().invoke(main, ["convert", str(CONFIGS / f"{name}.cfg"), "-o", str(toml)])
    assert converted.exit_code == 0, converted.output
    checked = CliRunner().invoke(main, ["check", str(toml)])
    assert checked.exit_code == 0, checked.output
