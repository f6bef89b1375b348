"""The contexts in force: all of a configuration's, replaced together or not at all."""

import subprocess
import sys
from pathlib import Path

import pytest

from affinity_gw.errors import TlsError
from affinity_gw.routing.address import Address
from affinity_gw.routing.configuration import Config, Global
from affinity_gw.routing.sections import Backend, Frontend
from affinity_gw.routing.servers import CheckSpec, Server
from affinity_gw.routing.tls import BindTls, ServerTls
from affinity_gw.tls.store import Contexts
from tests.tls.making import pem


def test_every_specification_of_a_configuration_has_its_context(tmp_path):
    bind = BindTls((pem(tmp_path / "a.pem", "a.example"),))
    server, check = ServerTls(), ServerTls(verify="none")
    config = Config(
        "",
        Global(),
        (Frontend("f", (Address("a", 1), Address("a", 2, tls=bind))),),
        (Backend("b", (Server("b", "s", 1, Address("a", 3), tls=server, check=CheckSpec(tls=check)),)),),
    )
    contexts = Contexts.of(config)
    assert len({contexts[bind], contexts[server], contexts[check]}) == 3


def test_a_reload_replaces_all_contexts_or_none(tmp_path):
    specs = [BindTls((pem(tmp_path / f"{name}.pem", name),)) for name in ("a", "b")]
    contexts = Contexts(specs)
    before = [contexts[spec] for spec in specs]
    pem(tmp_path / "a.pem", "new")
    Path(tmp_path / "b.pem").write_bytes(b"half a certi")
    with pytest.raises(TlsError, match=r"b\.pem"):
        contexts.reload()
    assert [contexts[spec] for spec in specs] == before
    pem(tmp_path / "b.pem", "b")
    contexts.reload()
    assert [certificate.names for certificate in contexts.certificates] == [("new",), ("b",)]
    assert not {contexts[spec] for spec in specs} & set(before)


def test_without_tls_no_library_is_loaded():
    code = "import sys, affinity_gw.tls.store as s; s.Contexts(); print(*sys.modules)"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert {"ssl", "cryptography"} & set(said.stdout.split()) == set()
