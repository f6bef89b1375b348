"""What one decision costs: python tests/bench/decide.py"""

from collections.abc import Collection
from timeit import repeat

from affinity_gw_plugins.cookie import Cookie
from affinity_gw_plugins.source_ip import SourceIp
from affinity_gw_plugins.url_prefix import UrlPrefix
from multidict import CIMultiDict, CIMultiDictProxy

from affinity_gw.http1.head import RequestHead
from affinity_gw.routing.acl import compile_condition
from affinity_gw.routing.address import Address
from affinity_gw.routing.configuration import Config, Global
from affinity_gw.routing.decide import decide
from affinity_gw.routing.live import Live
from affinity_gw.routing.rules import Deny, Rule, UseBackend
from affinity_gw.routing.sections import AffinityEntry, Backend, Frontend
from affinity_gw.routing.servers import Server
from affinity_gw.routing.snapshot import Snapshot

FIELDS = (("Host", "example.org"), ("User-Agent", "curl/8"), ("Accept", "*/*"), ("Cookie", "a=1; SERVERID=wt2; b=2"))
ROUNDS = 20_000


def cost(
    name: str,
    target: str,
    affinity: tuple[AffinityEntry, ...],
    servers: int = 2,
    down: Collection[str] = (),
    rules: tuple[Rule, ...] = (),
) -> None:
    backend = Backend(
        "wt",
        tuple(Server("wt", f"wt{number}", number, Address("127.0.0.1", number)) for number in range(1, servers + 1)),
        affinity=affinity,
    )
    frontend = Frontend("wt", (), "wt", rules=rules)
    snapshot = Snapshot.of(Config("", Global(), (frontend,), (backend,)), frozenset(down))
    live = Live()
    headers = CIMultiDictProxy(CIMultiDict(FIELDS))

    def with_new_head() -> None:
        decide(RequestHead("GET", target, 1, (), headers, "192.0.2.1", "192.0.2.1"), frontend, snapshot, live)

    def head_alone() -> None:
        RequestHead("GET", target, 1, (), headers, "192.0.2.1", "192.0.2.1")

    both, head = (min(repeat(work, number=ROUNDS, repeat=5)) / ROUNDS * 1e6 for work in (with_new_head, head_alone))
    print(f"{name:<55}{both - head:6.2f} µs   ({servers} servers)")


def main() -> None:
    wt = (AffinityEntry("url_prefix", UrlPrefix("wtd"), "server"),)
    cookie = (AffinityEntry("cookie", Cookie("SERVERID"), "server"),)
    hashed = (AffinityEntry("source_ip", SourceIp(), "hash"),)
    page, event = "/", "/?wtd=wt1e9ogJzh6MlOYjTp0&request=jsupdate"
    admin = Rule(compile_condition("{ path_beg /admin }", {}, backends=("wt",)), Deny())
    for servers in (2, 1000):
        cost("url_prefix, its server up", event, wt, servers)
        cost("url_prefix, its server down, round robin", event, wt, servers, {"wt/wt1"})
        cost("cookie, its server up", page, cookie, servers)
        cost("source_ip, hashed, remembered", page, hashed, servers)
        cost("no key, round robin", page, wt, servers)
    cost("url_prefix behind one rule that does not match", event, wt, rules=(admin,))
    paths = (f"{{ path_beg /application{number}/ }}" for number in range(200))
    many = tuple(Rule(compile_condition(text, {}, backends=()), Deny()) for text in paths)
    cost("url_prefix behind 200 rules on path prefixes", event, wt, rules=many)
    acls = {
        "srv1": ["url_sub wtd=wt1"],
        "srv2": ["url_sub wtd=wt2"],
        "up": ["nbsrv(wt) gt 0"],
        "two": ["nbsrv(wt) gt 1"],
    }
    pair = (("srv1 up", UseBackend("wt")), ("srv2 two", UseBackend("wt")))
    chosen = tuple(Rule(compile_condition(text, acls, backends=("wt",)), action) for text, action in pair)
    cost("url_prefix behind four acls and two use_backend", event, wt, rules=chosen)


if __name__ == "__main__":
    main()
