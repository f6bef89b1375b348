"""Contexts, tried by real handshakes in memory: who gets which certificate, and who is refused."""

import ssl

import pytest

from affinity_gw.errors import TlsError
from affinity_gw.routing.tls import BindTls, ServerTls
from affinity_gw.tls.contexts import for_clients, for_server
from tests.tls.making import ca_file, handshake, pem, trusting


@pytest.fixture
def several(tmp_path):
    """Three certificates, the first one the default."""
    files = [
        pem(tmp_path / "1.pem", "first.example"),
        pem(tmp_path / "2.pem", "two.example", "*.two.example", "x.three.example"),
        pem(tmp_path / "3.pem", "*.three.example"),
    ]
    return lambda **options: for_clients(BindTls(tuple(files), **options))[0]


def shown_to(server, name):
    """The first name in the certificate that a client sees who asks for ``name``."""
    client = trusting()
    client.check_hostname = False
    _, end = handshake(server, client, name)
    return end.getpeercert()["subjectAltName"][0][1]


CHOICES = {
    "the exact name": ("two.example", "two.example"),
    "in any case": ("TWO.example", "two.example"),
    "a wildcard's": ("www.two.example", "two.example"),
    "the exact name before the wildcard": ("x.three.example", "two.example"),
    "the wildcard else": ("y.three.example", "*.three.example"),
    "a wildcard stands for one label": ("a.b.two.example", "first.example"),
    "nobody's name": ("other.example", "first.example"),
    "no name": (None, "first.example"),
}


@pytest.mark.parametrize(("asked", "certificate"), CHOICES.values(), ids=CHOICES)
def test_the_server_name_chooses_the_certificate(several, asked, certificate):
    assert shown_to(several(), asked) == certificate


@pytest.mark.parametrize("asked", ["other.example", None])
def test_strict_sni_has_none_for_strangers(several, asked):
    with pytest.raises(ssl.SSLError):
        shown_to(several(strict_sni=True), asked)
    assert shown_to(several(strict_sni=True), "first.example") == "first.example"


def test_the_name_that_was_asked_for_is_kept(several):
    server, _ = handshake(several(), trusting(), "www.two.example")
    assert server.server_name == "www.two.example"


@pytest.mark.parametrize(("verify", "by", "well"), [
    ("none", None, True), ("optional", None, True), ("optional", "tests", True), ("optional", "others", False),
    ("required", None, False), ("required", "tests", True), ("required", "others", False),
])  # fmt: skip
def test_client_certificates(tmp_path, several, verify, by, well):
    server = several(verify=verify, ca_file=ca_file(tmp_path / "ca.pem"))
    client = trusting()
    if by is not None:
        client.load_cert_chain(pem(tmp_path / "client.pem", "client", by=by))
    if well:
        handshake(server, client, "two.example")
    else:
        with pytest.raises(ssl.SSLError):
            handshake(server, client, "two.example")


def test_versions_and_ciphers_are_those_that_were_asked_for(several):
    server = several(ssl_max_ver="TLSv1.2", ciphers="ECDHE-ECDSA-CHACHA20-POLY1305")
    _, end = handshake(server, trusting(), "two.example")
    assert (end.version(), end.cipher()[0]) == ("TLSv1.2", "ECDHE-ECDSA-CHACHA20-POLY1305")
    old = trusting()
    old.maximum_version = ssl.TLSVersion.TLSv1_2
    with pytest.raises(ssl.SSLError):
        handshake(several(ssl_min_ver="TLSv1.3"), old, "two.example")


def test_alpn_is_offered(several):
    client = trusting()
    client.set_alpn_protocols(["h2", "http/1.1"])
    _, end = handshake(several(alpn=("http/1.1",)), client, "two.example")
    assert end.selected_alpn_protocol() == "http/1.1"


SERVERS = {
    "by its name": ({"sni": "two.example", "verifyhost": "two.example"}, True),
    "by another name": ({"sni": "other.example", "verifyhost": "other.example"}, False),
    "by no name": ({}, True),
    "told one name, compared with none": ({"sni": "other.example"}, True),
    "from an unknown authority": ({"ca": "others"}, False),
    "unverified": ({"ca": "others", "verify": "none"}, True),
}


@pytest.mark.parametrize(("options", "well"), SERVERS.values(), ids=SERVERS)
def test_a_server_is_verified(tmp_path, several, options, well):
    options = dict(options)
    spec = ServerTls(ca_file=ca_file(tmp_path / "ca.pem", options.pop("ca", "tests")), **options)
    context, _ = for_server(spec)
    if well:
        handshake(several(), context, spec.sni or None)
    else:
        with pytest.raises(ssl.SSLCertVerificationError):
            handshake(several(), context, spec.sni or None)


def test_the_system_is_trusted_where_no_authority_is_named():
    context = for_server(ServerTls())[0]
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.cert_store_stats()["x509_ca"] > 0


def test_a_directory_of_them_is_read_at_once(tmp_path, monkeypatch):
    """What is read when a certificate comes is not there in a chroot."""
    ca_file(tmp_path / "ca.pem")
    (tmp_path / "README").write_text("no certificate")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path))
    context = for_server(ServerTls())[0]
    assert context.cert_store_stats()["x509_ca"] == 1


def test_a_system_that_trusts_nobody_is_said_before_every_server_is_refused(tmp_path, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path / "none"))
    with pytest.raises(TlsError, match="the system's authorities cannot be read"):
        for_server(ServerTls())


@pytest.mark.parametrize(("options", "reason"), [
    ({"ciphers": "NONE-OF-THEM"}, 'OpenSSL knows no cipher in "NONE-OF-THEM"'),
    ({"ca_file": "none.pem"}, "none.pem: no certificates can be read from it: no such file or directory"),
])  # fmt: skip
def test_what_openssl_refuses_is_said_in_words(options, reason):
    with pytest.raises(TlsError) as raised:
        for_server(ServerTls(**options))
    assert str(raised.value) == reason
