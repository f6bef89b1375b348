"""Words of TLS, one by one."""

import pytest

from affinity_gw.config.problem import NotYet, Problem
from affinity_gw.config.schema_tls import BindTlsTable, name_or_false, no_choice, protocol


def test_http2_is_not_offered():
    assert protocol("http/1.1") == "http/1.1"
    for name in ("h2", "", 3, "x" * 256):
        with pytest.raises(Problem):
            protocol(name)


def test_false_is_no_name():
    assert (name_or_false(False), name_or_false("a.example")) == ("", "a.example")
    with pytest.raises(Problem):
        name_or_false(True)


def test_the_ciphers_of_tls_1_3_cannot_be_chosen():
    with pytest.raises(NotYet):
        no_choice("TLS_AES_128_GCM_SHA256")


def test_one_of_a_kind_need_not_be_a_list():
    table = BindTlsTable.model_validate({"crt": "a.pem", "alpn": "http/1.1"})
    assert (table.crt, table.alpn) == (["a.pem"], ["http/1.1"])
