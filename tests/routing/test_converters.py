"""Each row was compared with HAProxy 2.6.12's answer."""

import pytest

from affinity_gw.routing.converters import CONVERTERS, compile_expression
from affinity_gw.routing.expressions import parse_calls
from affinity_gw.routing.not_yet import CONVERTERS as LATER
from affinity_gw.routing.not_yet import NotSupportedYet
from affinity_gw.routing.samples import Place
from tests.routing.making import NOW, connected, request


def compiled(expression):
    return compile_expression(parse_calls(expression)[0], Place(("wt",)))


@pytest.mark.parametrize(
    ("expression", "kind", "expected"),
    [
        ("int(7),add(3)", "integer", 10),
        ("int(7),sub(3)", "integer", 4),
        ("int(7),mul(3)", "integer", 21),
        ("int(7),div(2)", "integer", 3),
        ("int(-7),div(2)", "integer", -3),
        ("int(7),div(0)", "integer", 2**63 - 1),
        ("int(7),mod(4)", "integer", 3),
        ("int(-7),mod(4)", "integer", -3),
        ("int(7),mod(0)", "integer", 0),
        ("int(9223372036854775807),add(1)", "integer", 2**63 - 1),
        ("int(7),neg", "integer", -7),
        ("int(7),odd", "boolean", 1),
        ("int(7),even", "boolean", 0),
        ("int(7),not", "boolean", 0),
        ("int(7),bool", "boolean", 1),
        ("str(12x),add(1)", "integer", 13),
        ("str(),add(1)", "integer", None),
        ("ssl_fc,iif(https,http)", "string", "https"),
        ("path,length,not", "boolean", 0),
        ("dst_port,hex", "string", "00000000000001BB"),
        ("src,hex", "string", "C0000201"),
        ("nbsrv(wt),mul(2)", "integer", 6),
        ("path,upper,length,add(1)", "integer", 3),
    ],
)
def test_steps(expression, kind, expected):
    made, sample = compiled(expression)
    assert (made, sample.one(connected(request("/a"), port=443, scheme="https"), NOW)) == (kind, expected)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("ipv4(10.1.2.3),ipmask(8)", "10.0.0.0"),
        ("ipv4(10.1.2.3),ipmask(255.255.0.0)", "10.1.0.0"),
        ("ipv6(::ffff:10.1.2.3),ipmask(8,32)", "10.0.0.0"),
        ("ipv6(2001:db8:1::1),ipmask(8,32)", "2001:db8::"),
        ("ipv6(2001:db8:1::1),ipmask(8)", "None"),
    ],
)
def test_networks_of_addresses(expression, expected):
    assert str(compiled(expression)[1].one(request(), NOW)) == expected


def test_what_cannot_be_converted_ends_the_search_as_in_haproxy():
    _, sample = compiled("hdr(x),field(2,-)")
    assert list(sample.every(request("/", ("X", "a-b,c-d")), NOW)) == ["b", "d"]
    assert list(sample.every(request("/", ("X", "a-b,c,c-d")), NOW)) == ["b"]


@pytest.mark.parametrize(
    ("expression", "problem"),
    [
        ("path,lowr", "the converter lowr is unknown; did you mean lower?"),
        ("path,xyzzy", "the converter xyzzy is unknown; known are add, b64dec"),
        ("path,lower(a)", "lower(a): it takes nothing in parentheses"),
        ("path,field(1)", "field(1): it takes 2 to 3 words in parentheses"),
        ("path,add", "add: it takes 1 words in parentheses"),
        ("ssl_fc,ipmask(8)", "the converter ipmask cannot be applied: a yes or no cannot be taken for an address"),
    ],
)
def test_what_is_wrong_is_said(expression, problem):
    with pytest.raises(ValueError, match=r".") as caught:
        compiled(expression)
    assert str(caught.value).startswith(problem)


@pytest.mark.parametrize("name", sorted(LATER))
def test_what_haproxy_has_and_we_have_not_is_told_apart(name):
    assert name not in CONVERTERS
    with pytest.raises(NotSupportedYet, match="is not supported yet"):
        compiled(f"path,{name}(a)")
