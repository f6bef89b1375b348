"""Who may say what about the client, in each mode."""

from ipaddress import ip_network

import pytest

from affinity_gw.http1.claims import AddressField, Claims, Origin
from tests.http1.making import get

CLAIMS = [
    "Forwarded",
    "X-Forwarded-For",
    "X-Forwarded-Proto",
    "X-Forwarded-Host",
    "X-Forwarded-Port",
    "X-Forwarded-Prefix",
    "X-Forwarded-Anything",
    "X-Real-IP",
    "True-Client-IP",
    "X-Client-IP",
    "X-Original-To",
    "X-Original-URL",
    "X-Rewrite-URL",
    "X_Forwarded_For",
    "X_Anything",
]


def origin(trusted=False, peer="192.0.2.1", local="10.0.0.9", port=8080):
    return Origin(peer, peer, local, port, "http", trusted)


def claims(mode="replace", proto=True, host=True, port=True, original_to=True, **rest):
    return Claims(mode, proto, host, port, original_to, **rest)


def added(of, source, *lines, host="a.example:8080"):
    return [line.decode() for line in of.lines(get(*lines).headers, host, source)]


@pytest.mark.parametrize("name", CLAIMS)
class TestWhichClaimsPass:
    @pytest.mark.parametrize("mode", ["replace", "off"])
    def test_a_stranger_s_never(self, name, mode):
        assert not claims(mode).may_pass(name.lower().encode(), trusted=False)
        assert not claims(mode, False, False, False, False).may_pass(name.lower().encode(), trusted=False)

    def test_a_stranger_s_all_of_them_with_append(self, name):
        assert claims("append", False, False, False, False).may_pass(name.lower().encode(), trusted=False)

    def test_a_trusted_proxy_s(self, name):
        rewritten = name == "X-Forwarded-For"  # the list comes back with the proxy's address appended
        assert claims().may_pass(name.lower().encode(), trusted=True) is not rewritten
        assert claims("append").may_pass(name.lower().encode(), trusted=True)
        assert claims("off").may_pass(name.lower().encode(), trusted=True)


@pytest.mark.parametrize("trusted", [False, True])
def test_what_is_no_claim_passes(trusted):
    for name in (b"x-original", b"forwarded-for", b"cookie", b"x-forwarde", b"authorization"):
        assert claims().may_pass(name, trusted=trusted)


def test_with_append_a_stranger_s_values_do_not_stand_beside_ours_where_there_can_be_only_one():
    assert not claims("append").may_pass(b"x-forwarded-proto", trusted=False)
    assert not claims("append").may_pass(b"x-forwarded-host", trusted=False)


OURS = [
    "X-Forwarded-Proto: http",
    "X-Forwarded-Host: a.example:8080",
    "X-Forwarded-Port: 8080",
    "X-Original-To: 10.0.0.9",
]


@pytest.mark.parametrize("mode", ["replace", "append"])
def test_ours_for_a_stranger(mode):
    assert added(claims(mode), origin(), "X-Forwarded-For: 6.6.6.6") == ["X-Forwarded-For: 192.0.2.1", *OURS]


def test_off_adds_no_address_but_the_rest():
    assert added(claims("off"), origin()) == OURS


def test_nothing_is_added_where_nothing_is_wanted():
    assert added(claims("off", False, False, False, False), origin()) == []
    assert added(claims("off", False, False, False, False), origin(trusted=True)) == []


def test_a_trusted_proxy_s_list_is_kept_on_one_line_with_the_proxy_appended():
    lines = added(claims(), origin(trusted=True), "X-Forwarded-For: 6.6.6.6, 198.51.100.7", "x-forwarded-for: 10.1.1.1")
    assert lines == ["X-Forwarded-For: 6.6.6.6, 198.51.100.7, 10.1.1.1, 192.0.2.1", *OURS]


def test_what_a_trusted_proxy_says_once_is_not_said_again():
    theirs = ("X-Forwarded-Proto: https", "X-Forwarded-Host: b", "X-Forwarded-Port: 443", "X-Original-To: 1.1.1.1")
    assert added(claims(), origin(trusted=True), *theirs) == ["X-Forwarded-For: 192.0.2.1"]


def test_append_adds_a_new_line_whoever_asks():
    lines = added(claims("append"), origin(trusted=True), "X-Forwarded-For: 198.51.100.7", "X-Original-To: 1.1.1.1")
    assert lines == ["X-Forwarded-For: 192.0.2.1", *OURS]


def test_a_unix_socket_has_nothing_to_say_about_addresses():
    lines = added(claims(), origin(peer="", local="", port=0))
    assert lines == ["X-Forwarded-Proto: http", "X-Forwarded-Host: a.example:8080"]


def test_a_request_without_host_has_no_forwarded_host():
    assert "X-Forwarded-Host" not in " ".join(added(claims(), origin(), host=None))


def test_what_the_operator_sets_is_not_said_twice():
    lines = added(claims(set_elsewhere=frozenset({b"x-forwarded-proto"})), origin())
    assert not any(line.startswith("X-Forwarded-Proto") for line in lines)


def test_what_is_kept_for_a_connection_follows_host_and_backend():
    source, one, other = origin(), claims(), claims("off", False, True, False, False)
    assert added(one, source, host="a") == added(one, source, host="a")
    assert "X-Forwarded-Host: b" in added(one, source, host="b")
    assert added(other, source, host="b") == ["X-Forwarded-Host: b"]
    assert added(one, source, host="b")[0] == "X-Forwarded-For: 192.0.2.1"


class TestAddressFields:
    """HAProxy's options of forwardfor and originalto."""

    def append(self, **rest):
        return claims("append", False, False, False, False, **rest)

    def test_pass_adds_no_address_and_drops_nothing(self):
        made = claims("pass", False, False, False, False)
        assert added(made, origin()) == []
        assert made.may_pass(b"x-forwarded-for", trusted=False)

    def test_another_name(self):
        made = self.append(forwarded_for_field=AddressField("X-Client"))
        assert added(made, origin()) == ["X-Client: 192.0.2.1"]

    def test_in_replace_nobody_forges_it(self):
        made = claims("replace", forwarded_for_field=AddressField("X-Client"))
        assert not made.may_pass(b"x-client", trusted=False)
        assert b"x-client" in made.names

    @pytest.mark.parametrize(("network", "told"), [("192.0.2.0/24", False), ("198.51.100.0/24", True)])
    def test_an_address_in_an_excepted_network_is_not_told(self, network, told):
        excepted = AddressField("X-Forwarded-For", (ip_network(network),))
        assert bool(added(self.append(forwarded_for_field=excepted), origin())) is told

    @pytest.mark.parametrize(("network", "told"), [("10.0.0.9/32", False), ("192.0.2.1/32", True)])
    def test_a_destination_s_exception_is_of_the_destination(self, network, told):
        excepted = AddressField("X-Original-To", (ip_network(network),))
        made = claims("pass", False, False, False, True, original_to_field=excepted)
        assert bool(added(made, origin())) is told

    @pytest.mark.parametrize("line", ["X-Forwarded-For: 203.0.113.9", "x-forwarded-for:"])
    def test_if_none_leaves_one_that_is_there_alone(self, line):
        made = self.append(forwarded_for_field=AddressField("X-Forwarded-For", if_none=True))
        assert added(made, origin(), line) == []
        assert added(made, origin()) == ["X-Forwarded-For: 192.0.2.1"]

    @pytest.mark.parametrize(
        ("field", "expected"),
        [
            (AddressField("X-Client", (ip_network("192.0.2.0/24"),)), ["X-Client: 203.0.113.9, 10.1.1.1"]),
            (AddressField("X-Client", if_none=True), ["X-Client: 203.0.113.9, 10.1.1.1"]),
            (AddressField("X-Client"), ["X-Client: 203.0.113.9, 10.1.1.1, 192.0.2.1"]),
        ],
        ids=["excepted", "if-none", "plain"],
    )
    def test_a_trusted_proxy_s_list_stays_also_where_nothing_is_added(self, field, expected):
        made = claims("replace", False, False, False, False, forwarded_for_field=field)
        assert not made.may_pass(b"x-client", trusted=True)  # it comes back with the lines
        assert added(made, origin(trusted=True), "X-Client: 203.0.113.9", "x-client: 10.1.1.1") == expected

    def test_a_trusted_proxy_without_a_list_is_told_unless_it_is_excepted(self):
        excepted = AddressField("X-Client", (ip_network("192.0.2.0/24"),))
        made = claims("replace", False, False, False, False, forwarded_for_field=excepted)
        assert added(made, origin(trusted=True)) == []
        made = claims("replace", False, False, False, False, forwarded_for_field=AddressField("X-Client", if_none=True))
        assert added(made, origin(trusted=True)) == ["X-Client: 192.0.2.1"]

    def test_what_rules_wrote_is_not_said_twice_but_by_append(self):
        touched = frozenset({b"x-forwarded-for", b"x-forwarded-proto"})
        assert added(claims("append", True, False, False, False, touched=touched), origin()) == [
            "X-Forwarded-For: 192.0.2.1"
        ]
        assert added(claims("replace", True, False, False, False, touched=touched), origin()) == []
