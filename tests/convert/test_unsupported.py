"""What the gateway cannot ask is left out with its rule, and nothing else is."""

import pytest

from affinity_gw.convert.load import config_of
from tests.convert.whole import WEB, whole


def kinds(carried):
    return [(note.line, note.kind) for note in carried.notes]


def test_an_acl_that_cannot_be_asked_goes_with_the_rules_that_name_it(tmp_path):
    web = "acl busy fe_conn gt 5\nacl old path_beg /old\nhttp-request deny if old busy\nhttp-request deny if old"
    carried = whole(tmp_path, web)
    assert carried.data["frontend"]["web"]["acl"] == {"old": "path_beg /old"}
    assert carried.data["frontend"]["web"]["rule"] == [{"when": "old", "deny": True}]
    assert carried.origins["frontend", "web", "rule", 0] == WEB + 3
    assert kinds(carried) == [(WEB, "left out"), (WEB + 2, "left out")]
    config_of(carried)


def test_one_line_of_an_acl_is_not_the_acl(tmp_path):
    """The other line alone would hold for fewer requests."""
    carried = whole(tmp_path, "acl x path /a\nacl x date gt 5\nhttp-request deny unless x")
    assert "rule" not in carried.data["frontend"]["web"] or not carried.data["frontend"]["web"]["rule"]
    assert kinds(carried) == [(WEB + 1, "left out"), (WEB + 2, "left out")]


@pytest.mark.parametrize(
    "rule",
    [
        "http-request deny if { rand(100) lt 5 }",
        "http-request deny unless { sc0_http_req_rate gt 5 }",
        "http-request set-header X %[date]",
        "http-response set-header X %[res.cache_hit]",
        "http-request set-header X %[src,map(/nowhere)]",
        "http-request redirect location /x?%[uuid]",
        "monitor fail if { fe_conn gt 5 }",
    ],
)
def test_what_asks_for_what_is_not_supported_is_left_out(tmp_path, rule):
    carried = whole(tmp_path, rule)
    assert kinds(carried) == [(WEB, "left out")]
    table = carried.data["frontend"]["web"]
    assert not table.get("rule")
    assert not table.get("response_rule")
    assert "monitor_fail" not in table
    config_of(carried)


def test_a_mistake_is_not_left_out_but_complained_of_where_all_is_checked(tmp_path):
    carried = whole(tmp_path, "http-request deny if { frobnicate 1 }")
    assert carried.notes == []
    assert carried.data["frontend"]["web"]["rule"] == [{"when": "{ frobnicate 1 }", "deny": True}]


def test_an_acl_without_a_pattern_never_holds_and_is_written_so(tmp_path):
    carried = whole(tmp_path, "acl never path_beg\nhttp-request deny if never")
    assert carried.data["frontend"]["web"]["acl"] == {"never": "path_beg --"}
    assert kinds(carried) == [(WEB, "warning")]
    config_of(carried)


def test_a_listen_asks_about_its_own_servers(tmp_path):
    more = "listen both\nbind 127.0.0.1:81\nserver a 127.0.0.1:1\nacl up nbsrv gt 0\nhttp-request deny unless up"
    carried = whole(tmp_path, more=more)
    assert carried.data["frontend"]["both"]["acl"] == {"up": "nbsrv(both) gt 0"}
    config_of(carried)


def test_rules_about_requests_say_nothing_in_mode_tcp(tmp_path):
    more = (
        "frontend raw\nmode tcp\nbind 127.0.0.1:81\nhttp-request deny\nuse_backend back if { src 10.0.0.1 }\n"
        "default_backend back\nbackend back\nmode tcp\nserver a 127.0.0.1:1"
    )
    carried = whole(tmp_path, more=more)
    assert carried.data["frontend"]["raw"]["rule"] == [{"when": "{ src 10.0.0.1 }", "backend": "back"}]
    assert [kind for _, kind in kinds(carried)] == ["warning"]
    config_of(carried)
