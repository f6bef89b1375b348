"""Names that a certificate stands for."""

import pytest

from affinity_gw.tls.names import has_name

CERTIFICATE = {
    "subject": ((("commonName", "old.example"),),),
    "subjectAltName": (
        *(("DNS", "a.example"), ("DNS", "*.B.example")),
        *(("IP Address", "127.0.0.1"), ("IP Address", "0:0:0:0:0:0:0:1")),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("name", "its"), [
    ("a.example", True), ("A.EXAMPLE.", True), ("x.b.example", True), ("b.example", False), ("x.y.b.example", False),
    ("127.0.0.1", True), ("127.0.0.2", False), ("::1", True), ("old.example", False), ("", False),
])  # fmt: skip
def test_a_certificate_is_for_the_names_in_it(name, its):
    assert has_name(CERTIFICATE, name) is its


def test_one_without_names_is_for_nobody():
    assert not has_name({}, "a.example")
