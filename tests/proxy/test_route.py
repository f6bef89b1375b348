"""What a frontend and a backend together say of connections, fields and edits."""

from ipaddress import ip_network

import pytest

from affinity_gw.http1.claims import AddressField
from affinity_gw.http1.rewrite import Origin
from affinity_gw.plugin import Extractor
from affinity_gw.proxy.route import Route
from affinity_gw.routing.sections import AffinityEntry, Backend, Forwarding, Frontend
from tests.http1.making import get

OFF = Forwarding("off", False, False, False, False)
ORIGIN = Origin("192.0.2.1", "192.0.2.1", "198.51.100.1", 80, "http", False)


def route(frontend=None, backend=None):
    web = Frontend(**{"name": "web", "binds": (), "forwarding": OFF} | (frontend or {}))
    return Route(web, Backend(**{"name": "app", "servers": ()} | (backend or {})))


def sent(route, *lines, **options):
    return route.rewrite.build(get(*lines), ORIGIN, **options)


@pytest.mark.parametrize(
    ("frontend", "backend", "reuse", "says_close", "client_close"),
    [
        ("keep-alive", "keep-alive", True, False, False),
        ("keep-alive", "server-close", False, True, False),
        ("keep-alive", "close", False, True, False),
        ("server-close", "keep-alive", False, True, False),
        ("server-close", "server-close", False, True, False),
        ("server-close", "close", False, True, False),
        ("close", "keep-alive", False, True, True),
        ("close", "server-close", False, True, True),
        ("close", "close", False, True, True),
        # who says nothing has no say
        (None, "keep-alive", True, False, False),
        ("keep-alive", None, True, False, False),
        ("close", None, False, True, True),
        (None, None, False, True, False),
    ],
)
def test_the_strongest_mode_wins_towards_the_server_and_the_frontends_towards_the_client(
    frontend, backend, reuse, says_close, client_close
):
    made = route({"connection": frontend}, {"connection": backend, "pretend_keepalive": False})
    assert made.reuse is reuse
    assert made.client_close is client_close
    assert (b"\r\nConnection: close\r\n" in sent(made)) is says_close


@pytest.mark.parametrize(("mode", "says_close"), [("keep-alive", False), ("server-close", False), ("close", True)])
def test_pretend_keepalive_is_for_server_close_alone(mode, says_close):
    made = route({"connection": mode}, {"connection": mode, "pretend_keepalive": True})
    assert (b"\r\nConnection: close\r\n" in sent(made)) is says_close


def test_what_the_backend_says_of_forwarding_goes_first():
    made = route({"forwarding": OFF}, {"forwarding": Forwarding("replace", original_to=True)})
    assert sent(made) == (
        b"GET / HTTP/1.1\r\nHost: a.example\r\nX-Forwarded-For: 192.0.2.1\r\nX-Original-To: 198.51.100.1\r\n\r\n"
    )


def test_where_it_says_nothing_the_frontend_does():
    made = route({"forwarding": Forwarding("replace", False, False, False, True)}, {"forwarding": Forwarding("off")})
    assert sent(made) == b"GET / HTTP/1.1\r\nHost: a.example\r\nX-Original-To: 198.51.100.1\r\n\r\n"


def test_headers_to_drop_and_to_set():
    made = route(
        backend={
            "drop_request_headers": ("X-Wt-*",),
            "drop_on_upgrade": ("Accept-Encoding",),
            "set_request_headers": (("X-Wt-Redirect-Secret", "s"),),
        }
    )
    assert sent(made, "X-Wt-Any: 1", "Accept-Encoding: gzip") == (
        b"GET / HTTP/1.1\r\nHost: a.example\r\nAccept-Encoding: gzip\r\nX-Wt-Redirect-Secret: s\r\n\r\n"
    )
    assert b"Accept-Encoding" not in sent(made, "Accept-Encoding: gzip", upgrade="websocket")


class Plain(Extractor):
    def request_key(self, head):
        return None


class Asking(Plain):
    def edit_request(self, fields, forward):
        """Nothing to change."""


class Marking(Plain):
    def edit_response(self, fields, status, forward):
        """Nothing to change."""

    def cookie_seen(self, forward):
        """No letter."""


def test_only_what_a_plugin_defines_is_called():
    entries = [AffinityEntry(name, kind(), "hash") for name, kind in (("p", Plain), ("a", Asking), ("m", Marking))]
    made = route(backend={"affinity": tuple(entries)})
    assert [name for name, _ in made.request_editors] == ["a"]
    assert [name for name, _ in made.response_editors] == ["m"]
    assert [name for name, _ in made.cookies] == ["m"]


def test_without_plugins_there_is_nothing_to_call():
    made = route()
    assert (made.request_editors, made.response_editors, made.cookies) == ((), (), ())


def test_both_sections_exceptions_are_heeded_under_the_backends_name():
    """Tried on HAProxy 2.6."""
    one, other = (ip_network(f"192.0.2.{last}/32") for last in (1, 2))
    web = Forwarding("append", False, False, False, False, AddressField("X-Web", (one,), if_none=True))
    app = Forwarding("append", forwarded_for_field=AddressField("X-App", (other,)))
    rewrite = route({"forwarding": web}, {"forwarding": app}).rewrite
    for last, expected in ((1, b""), (2, b""), (3, b"X-App: 192.0.2.3\r\n")):
        address = f"192.0.2.{last}"
        head = rewrite.build(get("X-App: x"), Origin(address, address, "127.0.0.1", 80))
        assert head.endswith(b"X-App: x\r\n" + expected + b"\r\n")


def test_ways_that_rewrite_alike_share_what_they_have_written():
    one, other = route(backend={"name": "one"}), route(backend={"name": "other"})
    assert one.rewrite is other.rewrite
    assert one.rewrite is not route(backend={"set_request_headers": (("X-A", "1"),)}).rewrite
