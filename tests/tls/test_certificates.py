"""Certificates as files: their names and dates, and what is said of one that cannot be used."""

import pytest

from affinity_gw.errors import TlsError
from affinity_gw.tls.certificates import files_of, read
from tests.tls.making import NOW, YEAR, authority, pem


def test_names_are_the_common_name_and_the_alternative_ones(tmp_path):
    certificate = read(pem(tmp_path / "a.pem", "A.example", "*.b.example", "127.0.0.1", common="c.example"))
    assert certificate.names == ("c.example", "a.example", "*.b.example")
    assert certificate.until == NOW + YEAR
    assert not certificate.has_expired(NOW)
    assert certificate.has_expired(NOW + 2 * YEAR)


def test_a_key_may_stand_beside_its_certificate(tmp_path):
    certificate, key = authority().issue("a.example")
    (tmp_path / "a.pem").write_bytes(certificate)
    (tmp_path / "a.pem.key").write_bytes(key)
    assert read(str(tmp_path / "a.pem")).key_file == str(tmp_path / "a.pem.key")
    assert files_of([str(tmp_path)]) == [str(tmp_path / "a.pem")]


def test_a_directory_is_all_its_certificates_in_order(tmp_path):
    for name in ("b.pem", "a.pem", ".hidden", "c.pem.ocsp"):
        (tmp_path / name).touch()
    (tmp_path / "more").mkdir()
    assert files_of([str(tmp_path), "x.pem"]) == [str(tmp_path / "a.pem"), str(tmp_path / "b.pem"), "x.pem"]


CERTIFICATE, KEY = authority().issue("a.example")
UNUSABLE = {
    "nothing in it": (b"", "there is no certificate in it; write it as PEM, the chain behind it"),
    "no certificate": (KEY, "there is no certificate in it; write it as PEM, the chain behind it"),
    "a broken certificate": (
        CERTIFICATE[:90] + KEY,
        "there is no certificate in it; write it as PEM, the chain behind it",
    ),
    "no key": (CERTIFICATE, "there is no private key in it, and no file {file}.key"),
    "another's key": (CERTIFICATE + authority().issue()[1], "the private key in it does not match the certificate"),
    "a broken key": (CERTIFICATE + KEY[:60] + KEY[70:], "the private key cannot be read"),
    "an encrypted key": (
        CERTIFICATE + authority().issue(passphrase=b"secret")[1],
        "the private key is encrypted; store it without a passphrase",
    ),
}


@pytest.mark.parametrize(("data", "reason"), UNUSABLE.values(), ids=UNUSABLE)
def test_a_file_that_cannot_be_used_is_named_with_the_reason(tmp_path, data, reason):
    file = tmp_path / "a.pem"
    file.write_bytes(data)
    with pytest.raises(TlsError) as raised:
        read(str(file))
    assert str(raised.value) == f"{file}: {reason.format(file=file)}"


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(TlsError, match=r"none\.pem cannot be read: no such file or directory"):
        read(str(tmp_path / "none.pem"))


def test_a_directory_without_certificates_is_named(tmp_path):
    with pytest.raises(TlsError, match="there is no certificate in the directory"):
        files_of([str(tmp_path)])
