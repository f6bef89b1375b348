"""The tables ``tls``: what becomes of them, and what is said of files before anything starts."""

from pathlib import Path

import pytest

from affinity_gw.routing.tls import BindTls, ServerTls
from tests.tls.making import NOW, YEAR, ca_file, pem

BIND = '[frontend.x]\nbackend = "b"\nbind = {}\n@B\n'
SERVER = '@F\n[backend.b]\nserver.s = {{ address = "{}:443", tls = {} }}\n'


@pytest.fixture
def files(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "certs").mkdir()
    pem(tmp_path / "a.pem", "a.example")
    pem(tmp_path / "certs" / "b.pem", "b.example")
    ca_file(tmp_path / "ca.pem")
    return tmp_path


def bound(config):
    return [bind.tls for bind in config.frontends[0].binds]


def spoken(config):
    return config.backends[0].servers[0].tls


def test_a_bind_is_an_address_or_a_table(files, load):
    config = load(
        BIND.format('[":80", { address = ":443", tls = { crt = ["a.pem", "certs/"] } }, { address = ":81" }]')
    )
    assert bound(config) == [None, BindTls((str(files / "a.pem"), str(files / "certs"))), None]
    assert [bind.port for bind in config.frontends[0].binds] == [80, 443, 81]


def test_all_its_words(files, load):
    words = 'crt = "a.pem", verify = "optional", ca_file = "ca.pem", ssl_min_ver = "TLSv1.3", ssl_max_ver = "TLSv1.3"'
    more = 'ciphers = "HIGH", alpn = "http/1.1", strict_sni = true'
    assert bound(load(BIND.format(f'{{ address = ":443", tls = {{ {words}, {more} }} }}'))) == [
        BindTls(
            (str(files / "a.pem"),),
            str(files / "ca.pem"),
            "optional",
            "TLSv1.3",
            "TLSv1.3",
            "HIGH",
            ("http/1.1",),
            True,
        )
    ]


HAS = '{ address = ":443", tls = { crt = "a.pem"%s } }'
WRONG_BINDS = {
    HAS.replace("a.pem", "none.pem") % "": ".tls.crt: {}/none.pem cannot be read: no such file or directory",
    HAS.replace("a.pem", "ca.pem") % "": (
        ".tls.crt: {}/ca.pem: there is no private key in it, and no file {}/ca.pem.key"
    ),
    '{ address = ":443", tls = { } }': '.tls: TLS needs a certificate; write crt = "site.pem"',
    HAS % ', ca_file = "none"': (
        ".tls.ca_file: {}/none: no certificates can be read from it: no such file or directory"
    ),
    HAS % ', verify = "required"': '.tls.verify: nobody says whose certificates are good; write ca_file = "ca.pem"',
    HAS % ', alpn = "h2"': '.tls.alpn: "h2" is not spoken; write "http/1.1"',
    HAS % ', ciphers = "NONE-OF-THEM"': '.tls.ciphers: OpenSSL knows no cipher in "NONE-OF-THEM"',
    '{ tls = { crt = "a.pem" } }': ': the bind has no address; write address = "0.0.0.0:443"',
}


@pytest.mark.parametrize(("written", "said"), WRONG_BINDS.items(), ids=range(len(WRONG_BINDS)))
def test_what_is_wrong_with_a_bind_is_said_with_its_line(files, complaints, written, said):
    assert complaints(BIND.format(written)) == ["3 [frontend.x] bind" + said.replace("{}", str(files))]


def test_an_expired_certificate_is_a_warning_with_its_date(files, load):
    pem(files / "old.pem", "old.example", until=NOW - YEAR)
    (warning,) = load(BIND.format('[{ address = ":443", tls = { crt = "old.pem" } }]')).warnings
    assert warning.endswith(f"old.pem expired on {NOW - YEAR:%Y-%m-%d}; renew it")


SERVERS = {
    ("a.example", "true"): ServerTls(sni="a.example", verifyhost="a.example"),
    ("127.0.0.1", "true"): ServerTls(verifyhost="127.0.0.1"),
    ("a.example", '{ verify = "none" }'): ServerTls(verify="none", sni="a.example", verifyhost="a.example"),
    ("a.example", "{ sni = false, verifyhost = false }"): ServerTls(),
    ("127.0.0.1", '{ sni = "b.example" }'): ServerTls(sni="b.example", verifyhost="b.example"),
    ("a.example", '{ sni = "%[ssl_fc_sni]" }'): ServerTls(sni="%[ssl_fc_sni]", verifyhost="%[ssl_fc_sni]"),
    ("a.example", "false"): None,
}


@pytest.mark.parametrize(("written", "spec"), SERVERS.items(), ids=map(str, SERVERS))
def test_a_server_is_told_and_has_to_have_its_hosts_name(load, written, spec):
    assert spoken(load(SERVER.format(*written))) == spec


def test_its_files_are_the_configurations(files, load):
    spec = spoken(load(SERVER.format("a.example", '{ crt = "a.pem", ca_file = "ca.pem" }')))
    assert (spec.crt, spec.ca_file) == (str(files / "a.pem"), str(files / "ca.pem"))
    assert Path(spec.crt).exists()


def test_a_wrong_expression_is_complained_of(complaints):
    (said,) = complaints(SERVER.format("a.example", '{ sni = "%[nonsense]" }'))
    assert said.startswith("5 [backend.b] server.s.tls.sni: ")


CHECKS = {
    "check = true": ServerTls(verifyhost="127.0.0.1"),
    "check = { port = 80 }": None,
    "check = { tls = false }": None,
    "check = { port = 444, tls = true }": ServerTls(verifyhost="127.0.0.1"),
    'check = { tls = { sni = "c.example" } }': ServerTls(sni="c.example", verifyhost="c.example"),
}


@pytest.mark.parametrize(("written", "spec"), CHECKS.items(), ids=CHECKS)
def test_a_check_speaks_as_requests_do_unless_it_goes_elsewhere(load, written, spec):
    config = load(f'@F\n[backend.b]\nserver.s = {{ address = "127.0.0.1:443", tls = true, {written} }}\n')
    assert config.backends[0].servers[0].check.tls == spec
