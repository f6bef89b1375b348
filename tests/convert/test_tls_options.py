"""The words about TLS that bind and server share."""

import pytest

from affinity_gw.config.problem import Problem
from affinity_gw.convert.optionwords import run
from affinity_gw.convert.tls_options import TLS, verify
from tests.convert.reading import Reader


def tls(text):
    table = {}
    known = {**TLS, "verify": verify("none", "required")}
    reader = Reader({"x": lambda context: run(context, table, context.words[1:], known, "the option")})
    reader.read(f"x {text}")
    return table, reader.kinds


@pytest.mark.parametrize(
    ("text", "table", "kinds"),
    [
        ("ca-file ca.pem ciphers A:B", {"ca_file": "ca.pem", "ciphers": "A:B"}, []),
        ("verify none", {"verify": "none"}, []),
        ("alpn http/1.1", {"alpn": ["http/1.1"]}, []),
        ("alpn h2,http/1.1", {"alpn": ["http/1.1"]}, ["warning"]),
        ("alpn h2", {"alpn": ["http/1.1"]}, ["left out"]),
        ("ssl-min-ver TLSv1.1 ssl-max-ver TLSv1.2", {"ssl_min_ver": "TLSv1.1", "ssl_max_ver": "TLSv1.2"}, []),
        ("ssl-min-ver SSLv3", {}, ["left out"]),
        ("no-sslv3 no-tlsv10 no-tlsv11", {}, []),
        ("no-tlsv12", {"ssl_min_ver": "TLSv1.3"}, []),
        ("force-tlsv12", {"ssl_min_ver": "TLSv1.2", "ssl_max_ver": "TLSv1.2"}, []),
        ("no-tls-tickets", {}, ["warning"]),
        ("ciphersuites X crl-file y", {}, ["left out", "left out"]),
    ],
)
def test_words_become_keys(text, table, kinds):
    assert tls(text) == (table, kinds)


@pytest.mark.parametrize("text", ["verify optional", "ssl-min-ver TLSv1.9", "alpn", "ca-file"])
def test_what_haproxy_refuses_is_refused(text):
    with pytest.raises(Problem):
        tls(text)
