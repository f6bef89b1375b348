"""Who gets a request that nothing pins: the very server that HAProxy chooses, over hundreds of keys."""

from __future__ import annotations

from typing import Any

from tests.differential.choices import Which
from tests.differential.conftest import Same, cases
from tests.differential.requests import get, post
from tests.differential.scenario import DEFAULTS, Scenario
from tests.differential.steps import Step
from tests.differential.waits import Down, Refuse

WORDS = [f"/{n * 7919 % 1000}/{'abcdefghij'[n % 10] * (n % 5)}/page{n}?q={n}&userid=u{n % 37}" for n in range(200)]
URIS = tuple(get(word) for word in (*WORDS, "/", "/a", "/a/", "/a/b/c/d/e/f", "/?x", "//", "/%2f", "/a%20b", "/x;y"))
ABSOLUTE = tuple(get(f"http://a{word}") for word in WORDS[:20])
HEADERS = tuple(get("/", f"X-Key: key{n}", host=f"h{n}.example.com") for n in range(150))
SOURCES = tuple(f"127.{n * 37 % 250}.{n * 11 % 250}.{n % 250 + 1}" for n in range(100))
PLAIN = tuple(get(f"/{n}") for n in range(24))

FOUR = {"a": "", "b": "", "c": "", "d": ""}
WEIGHTED = {"a": "weight 2", "b": "weight 1", "c": "weight 3"}
HEAVY = {"a": "weight 10", "b": "weight 256", "c": "weight 33", "d": "weight 0"}
WITH_IDS = {"a": "id 11", "b": "id 3", "c": "id 1000"}


def balanced(name: str, balance: str, servers: dict[str, str], *steps: Step, **more: Any) -> Scenario:
    lines = "\n".join(f"    server {name} {{server.{name}}} {words}" for name, words in servers.items())
    config = f"""{DEFAULTS}
frontend web
    bind {{bind.web}}
    default_backend app
backend app
    {balance}
{lines}
"""
    return Scenario(name, config, steps, answers_only=True, **more)


CHECKED = {name: f"{words} check inter 50ms fall 1 rise 1" for name, words in WEIGHTED.items()}
CONSISTENT = "\n    hash-type consistent"
HASHES = {
    "uri": ("balance uri", URIS + ABSOLUTE),
    "uri-whole": ("balance uri whole", URIS),
    "uri-len": ("balance uri len 6", URIS),
    "uri-depth": ("balance uri depth 2", URIS),
    "uri-whole-len-depth": ("balance uri whole len 12 depth 3", URIS),
    "uri-path-only": ("balance uri path-only", URIS + ABSOLUTE),
    "hdr": ("balance hdr(X-Key)", (*HEADERS, get(), get("/", "X-Key:"))),
    "hdr-host": ("balance hdr(host)", HEADERS),
    "hdr-use-domain-only": ("balance hdr(host) use_domain_only", HEADERS),
    "url_param": ("balance url_param userid", URIS),
}
FUNCTIONS = ["sdbm", "djb2", "wt6", "crc32", "sdbm avalanche", "djb2 avalanche", "wt6 avalanche", "crc32 avalanche"]

HASHED = [
    balanced(f"{name}{suffix} {shape}", words + kind, servers, Which(keys))
    for name, (words, keys) in HASHES.items()
    for suffix, kind in (("", ""), (" consistent", CONSISTENT))
    for shape, servers in (("four", FOUR), ("weighted", WEIGHTED))
]

SCENARIOS = [
    *HASHED,
    balanced("hdr four", HASHES["hdr"][0], FOUR, Which(HASHES["hdr"][1])),
    *(
        balanced(f"{kind} {function}", f"balance uri\n    hash-type {kind} {function}", WEIGHTED, Which(URIS[:80]))
        for kind in ("map-based", "consistent")
        for function in FUNCTIONS
    ),
    *(
        balanced(f"source{suffix} {shape}", "balance source" + kind, servers, Which((get(),), SOURCES))
        for suffix, kind in (("", ""), (" consistent", CONSISTENT))
        for shape, servers in (("four", FOUR), ("weighted", WEIGHTED))
    ),
    balanced("uri heavy", "balance uri", HEAVY, Which(URIS)),
    balanced("uri consistent heavy", "balance uri" + CONSISTENT, HEAVY, Which(URIS)),
    balanced("uri with ids", "balance uri", WITH_IDS, Which(URIS)),
    balanced("uri consistent with ids", "balance uri" + CONSISTENT, WITH_IDS, Which(URIS)),
    balanced("uri with one down", "balance uri", CHECKED, Refuse("b"), Down("app/b"), Which(URIS)),
    balanced(
        "uri consistent with one down", "balance uri" + CONSISTENT, CHECKED, Refuse("b"), Down("app/b"), Which(URIS)
    ),
    balanced("source with one down", "balance source", CHECKED, Refuse("c"), Down("app/c"), Which((get(),), SOURCES)),
    balanced(
        "source consistent with one down",
        "balance source" + CONSISTENT,
        CHECKED,
        Refuse("c"),
        Down("app/c"),
        Which((get(),), SOURCES),
    ),
    balanced("roundrobin", "balance roundrobin", FOUR, Which(PLAIN)),
    balanced("roundrobin by default", "", FOUR, Which(PLAIN)),
    balanced("roundrobin weighted", "balance roundrobin", WEIGHTED, Which(PLAIN)),
    balanced("roundrobin heavy", "balance roundrobin", HEAVY, Which(PLAIN * 12)),
    balanced(
        "roundrobin with one down and up again",
        "balance roundrobin",
        CHECKED,
        Which(PLAIN[:5]),
        Refuse("b"),
        Down("app/b"),
        Which(PLAIN),
    ),
    balanced("static-rr", "balance static-rr", FOUR, Which(PLAIN)),
    balanced("static-rr weighted", "balance static-rr", WEIGHTED, Which(PLAIN)),
    balanced("static-rr heavy", "balance static-rr", HEAVY, Which(PLAIN * 12)),
    balanced("leastconn one after the other", "balance leastconn", FOUR, Which(PLAIN)),
    balanced("leastconn weighted", "balance leastconn", WEIGHTED, Which(PLAIN)),
    balanced("first", "balance first", FOUR, Which(PLAIN)),
    balanced("backup only when needed", "balance roundrobin", {"a": "", "b": "backup"}, Which(PLAIN[:4])),
    balanced(
        "backup when all are down",
        "balance roundrobin",
        CHECKED | {"d": "backup", "e": "backup"},
        *(Refuse(each) for each in "abc"),
        *(Down(f"app/{each}") for each in "abc"),
        Which(PLAIN[:4]),
    ),
    balanced(
        "url_param in a post",
        "balance url_param userid",
        FOUR,
        Which(tuple(post(b"userid=1", f"/?userid={n}") for n in range(20))),
    ),
]
SCENARIOS = list({each.name: each for each in SCENARIOS}.values())


@cases(SCENARIOS)
async def test_the_very_server_that_haproxy_chooses(same: Same, scenario: Scenario):
    await same(scenario)
