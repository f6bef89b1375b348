"""What would become of one request."""

from base64 import b64encode

import pytest

from affinity_gw.config.load import load_mapping
from affinity_gw.config.problem import Problem
from affinity_gw.config.userlists import hash_password
from affinity_gw.explain import explain

CONFIG = load_mapping(
    {
        "global": {"trusted_proxies": ["10.0.0.0/8"]},
        "frontend": {
            "http": {
                "bind": ":80",
                "backend": "wt",
                "acl": {"is_old": "path_beg /old"},
                "rule": [
                    {"when": "{ path_beg /admin } !{ src 192.168.10.0/24 }", "deny": 403},
                    {"when": "is_old", "redirect": "/new"},
                    {"when": "{ hdr(host) -i chat.example }", "backend": "chat"},
                ],
            },
            "other": {"bind": ["127.0.0.1:8080"], "backend": "chat"},
        },
        "backend": {
            "wt": {"affinity": "wt", "server": {"wt1": "127.0.0.1:1", "wt2": "127.0.0.1:2"}},
            "chat": {
                "affinity": [{"extractor": "cookie", "name": "S"}, {"extractor": "source_ip"}],
                "server": {
                    "a": {"address": "127.0.0.1:3", "cookie": "A"},
                    "b": {"address": "127.0.0.1:4", "track": "wt/wt1"},
                },
            },
        },
    }
)


def test_a_key_pins_its_server():
    found = explain(CONFIG, "http://host/?wtd=wt2abc")
    assert (found.frontend, found.backend, found.server) == ("http", "wt", "wt/wt2")
    assert (found.pin, found.extractor, found.key) == ("hit", "url_prefix", "wt2abc")
    assert (found.target, found.status) == ("/?wtd=wt2abc", None)
    assert found.steps[-1].startswith("affinity url_prefix: key 'wt2abc', ")


def test_a_server_that_is_down_loses_its_pin_and_the_target_its_key():
    found = explain(CONFIG, "/a?wtd=wt1abc&x=1", down=["wt/wt1"])
    assert (found.pin, found.server, found.target) == ("lost", "wt/wt2", "/a?x=1")
    assert found.steps[-1] == "strip_lost_key takes the dead key out of the target"


def test_only_page_requests_lose_their_key():
    assert explain(CONFIG, "/a?wtd=wt1abc&request=ws", down=["wt/wt1"]).target == "/a?wtd=wt1abc&request=ws"


def test_a_server_that_tracks_another_goes_down_with_it():
    found = explain(CONFIG, "http://chat.example/", fields=[("Cookie", "S=b")], down=["chat/b"])
    assert found.pin == "hit"
    assert (found.server, found.extractor) == ("chat/a", "source_ip")


def test_without_any_server_the_answer_is_503():
    found = explain(CONFIG, "/", down=["wt/wt1", "wt/wt2"])
    assert (found.status, found.server, found.backend) == (503, None, "wt")


@pytest.mark.parametrize(
    ("url", "source", "status", "location"),
    [
        ("/admin/x", "127.0.0.1", 403, None),
        ("/old", "127.0.0.1", 302, "/new"),
        ("/admin/x", "192.168.10.7", None, None),
    ],
)
def test_rules_answer_first(url, source, status, location):
    found = explain(CONFIG, url, source=source)
    assert (found.status, found.location) == (status, location)
    assert found.steps[0].startswith("rule deny 403 when { path_beg /admin } !{ src 192.168.10.0/24 }: ")


@pytest.mark.parametrize(
    ("url", "location"),
    [
        ("https://host/", "/secure/443"),
        ("HTTPS://host:8443/", "/secure/8443"),
        ("http://host:8443/", "/plain/8443"),
        ("/", "/plain/80"),
    ],
)
def test_the_scheme_and_the_port_of_the_url_are_the_connections(url, location):
    rules = [
        {"when": "{ ssl_fc }", "redirect": "/secure/%[dst_port]"},
        {"when": "!{ ssl_fc } { src_port -m found }", "deny": 403},
        {"redirect": "/plain/%[dst_port]"},
    ]
    config = load_mapping({"frontend": {"http": {"bind": ":80", "rule": rules}}})
    assert explain(config, url).location == location


def test_the_host_of_the_url_is_the_host_field():
    assert explain(CONFIG, "http://Chat.Example/").backend == "chat"
    assert explain(CONFIG, "http://other/", fields=[("host", "chat.example")]).backend == "chat"


@pytest.mark.parametrize(
    ("url", "frontend", "chosen"),
    [
        ("/", None, "http"),
        ("http://host:8080/", None, "other"),
        ("http://host:9999/", None, "http"),
        ("http://host:8080/", "http", "http"),
    ],
)
def test_the_frontend_is_named_or_listens_on_the_port(url, frontend, chosen):
    assert explain(CONFIG, url, frontend=frontend).frontend == chosen


def test_a_trusted_proxy_says_who_the_client_is():
    fields = [("X-Forwarded-For", "192.0.2.1, 192.0.2.9")]
    assert explain(CONFIG, "/", fields=fields, source="10.0.0.1").client == "192.0.2.9"
    assert explain(CONFIG, "/", fields=fields, source="11.0.0.1").client == "11.0.0.1"


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("http://h", "/"),
        ("h/a?b", "/a?b"),
        ("http://h?wtd=wt1", "/?wtd=wt1"),
        ("/a b?c=ä#frag", "/a%20b?c=%C3%A4"),
        ("http://h/%77td?%77td=wt1;x=[1]", "/%77td?%77td=wt1;x=[1]"),
        ("http://user:word@h/a", "/a"),
        ("/?url=http://x/y", "/?url=http://x/y"),
    ],
)
def test_the_target_is_what_a_client_would_send(url, target):
    assert explain(CONFIG, url).target == target


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ({"url": "/", "frontend": "htpt"}, 'there is no frontend "htpt"'),
        ({"url": "/", "down": ["wt/wt3"]}, 'there is no server "wt/wt3"'),
        ({"url": "ftp://h/"}, "ftp://h/ is not an http URL"),
        ({"url": "http://h:x/"}, "http://h:x/ is not a URL: Port could not be cast to integer value as 'x'"),
        ({"url": "/", "source": "here"}, "here is not an address"),
        ({"url": "/", "method": "TRACE"}, "this request is refused with 405"),
        ({"url": "/", "fields": [("Host", "a"), ("Host", "b")]}, "this request is refused with 400"),
        ({"url": "/", "fields": [("X", "a\r\nb")]}, "this request is refused with 400"),
        ({"url": "/", "method": "GET /x HTTP/1.1\r\nA: b\r\n\r\nGET"}, "this request is refused with 400"),
    ],
)
def test_what_cannot_be_asked_is_a_problem(arguments, problem):
    with pytest.raises(Problem) as caught:
        explain(CONFIG, **arguments)
    assert caught.value.problem.startswith(problem)


class TestModeTcp:
    CONFIG = load_mapping(
        {
            "defaults": {"mode": "tcp"},
            "frontend": {
                "db": {
                    "bind": ":4000",
                    "backend": "db",
                    "rule": [
                        {"when": "{ src 10.0.0.0/8 }", "deny": True},
                        {"when": "{ dst_port 4001 }", "backend": "x"},
                    ],
                }
            },
            "backend": {"db": {"server": {"db1": "127.0.0.1:1"}}, "x": {"server": {"x1": "127.0.0.1:2"}}},
        }
    )

    def test_a_connection_goes_somewhere(self):
        found = explain(self.CONFIG, "tcp://host:4000")
        assert (found.server, found.method, found.target, found.status) == ("db/db1", "", "", None)
        assert next(iter(found.lines())) == "a connection from 127.0.0.1 reaches frontend db"

    def test_by_its_port(self):
        assert explain(self.CONFIG, "tcp://host:4001", frontend="db").server == "x/x1"

    def test_or_is_closed(self):
        found = explain(self.CONFIG, "tcp://host:4000", source="10.1.2.3")
        assert (found.server, found.status) == (None, None)
        assert found.reason.startswith("denied")

    @pytest.mark.parametrize("arguments", [{"method": "POST"}, {"fields": [("A", "b")]}])
    def test_it_has_no_request(self, arguments):
        with pytest.raises(Problem, match="mode tcp and reads no requests"):
            explain(self.CONFIG, "tcp://host:4000", **arguments)


def test_the_lines_for_people_have_all_the_words():
    text = "\n".join(explain(CONFIG, "/?wtd=wt2abc").lines())
    assert text.splitlines()[0] == "GET from 127.0.0.1 reaches frontend http"
    assert "pin        hit\nextractor  url_prefix\nkey        wt2abc\nserver     wt/wt2\n" in text


def test_nothing_from_a_key_steers_the_terminal():
    lines = list(explain(CONFIG, "/?wtd=wt2%1b[31m%0a").lines())
    assert "key        wt2\\x1b[31m\\x0a" in lines


def test_a_password_is_looked_at_where_a_rule_asks_for_it():
    config = load_mapping(
        {
            "userlist": {"private": {"user": {"alice": hash_password("secret")}}},
            "frontend": {
                "x": {"bind": ":80", "backend": "b", "rule": [{"when": "{ path_beg /p }", "auth": "private"}]}
            },
            "backend": {"b": {"server": {"s": "a:1"}}},
        }
    )
    found = {
        word: explain(config, "/p", fields=[("Authorization", f"Basic {b64encode(word.encode()).decode()}")])
        for word in ("alice:secret", "alice:guess", "carol:secret")
    }
    assert [each.status for each in found.values()] == [None, 401, 401]
    rule = "rule auth private when { path_beg /p }, !{ http_auth(private) }"
    assert found["alice:secret"].steps[0] == f"{rule}: no match"
    assert found["alice:guess"].steps == (f"{rule}: matches",)
