import pytest

from tests.routing.making import NOW, compiled, connected, request, response


@pytest.mark.parametrize(
    ("criterion", "expected"),
    [
        ("src 192.0.2.0/24", True),
        ("src -m str 192.0.2.1", True),
        ("src -m beg 192.", True),
        ("src -m int 3221225985", True),
        ("src -m found", True),
        ("src,ipmask(8) 192.0.0.0", True),
        ("fc_src 10.0.0.0/8", False),
        ("src_port 40000", True),
        ("src_port lt 1024", False),
        ("src_port -m len 5", True),
        ("dst 198.51.100.1", True),
        ("dst -m end .1", True),
        ("dst_port 443", True),
        ("dst_port -m str 443", True),
        ("fc_dst_port 80", False),
        ("ssl_fc", True),
        ("ssl_fc -m str 1", True),
        ("ssl_fc_sni -i A.example", True),
        ("ssl_fc_has_sni", True),
        ("always_true", True),
        ("always_false", False),
        ("always_false -m found", True),
        ("always_true 0", True),
        ("int(3) gt 2", True),
        ("str(a) a", True),
        ("bool(true)", True),
        ("bool(0)", False),
        ("ipv4(10.1.1.1) 10.0.0.0/8", True),
        ("ipv6(::1) 10.0.0.0/8", False),
        ("fe_name web", True),
        ("be_name wt", True),
        ("wait_end", True),
        ("req.proto_http", True),
    ],
)
def test_a_connection(criterion, expected):
    head = connected(request(), port=443, scheme="https", sni="a.example")
    assert compiled(criterion, frontend="web", backend="wt")(head, NOW) is expected
    answer = compiled(criterion, frontend="web", backend="wt", answer=True)
    assert answer(response(request=head), NOW) is expected


@pytest.mark.parametrize("criterion", ["src -m found", "src_port -m found", "dst -m found", "dst_port -m found"])
def test_a_unix_socket_has_neither_address_nor_port(criterion):
    assert not compiled(criterion)(connected(request(peer=""), local="", port=0, peer_port=0), NOW)


@pytest.mark.parametrize("criterion", ["dst 0.0.0.0/0", "dst_port 80", "ssl_fc", "ssl_fc_sni -m found"])
def test_what_came_on_no_connection_has_none_of_it(criterion):
    assert not compiled(criterion)(request(), NOW)


@pytest.mark.parametrize(
    ("criterion", "problem"),
    [
        ("bool(yes)", "bool(yes): it takes true, false, 0 or 1"),
        ("int(x) 1", "int(x): invalid literal"),
        ("ipv4(x) 1", "ipv4(x): "),
        ("fe_name a", "fe_name is not known here; write the name itself"),
    ],
)
def test_what_is_wrong_is_said(criterion, problem):
    with pytest.raises(ValueError, match=r".") as caught:
        compiled(criterion)
    assert str(caught.value).startswith(problem)
