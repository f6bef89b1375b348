"""The sites of backends that serve files: where they are, and that nothing is left of them."""

import stat
from pathlib import Path

import pytest

from affinity_gw import Gateway, GatewayError
from affinity_gw.config.load import load_mapping
from affinity_gw.process.sites import Sites


@pytest.fixture
def config(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    (tmp_path / "static").mkdir()
    return load_mapping(
        {
            "frontend": {"web": {"bind": "127.0.0.1:0", "backend": "app"}},
            "backend": {
                "app": {"server": {"s1": "127.0.0.1:1"}, "check": False},
                "one": {"files": {"root": str(tmp_path / "static")}},
                "two": {"files": {"root": str(tmp_path / "static")}},
            },
        }
    )


async def test_each_site_is_on_a_socket_of_its_own_where_nobody_else_may_go(config):
    sites = Sites()
    started = await sites.start(config)
    app, *paths = (Path(backend.servers[0].address.path) for backend in started.backends)
    assert app == Path()
    assert len({*paths}) == 2
    assert all(path.is_socket() and stat.S_IMODE(path.parent.stat().st_mode) == 0o700 for path in paths)
    await sites.stop()
    assert not any(path.parent.exists() for path in paths)


async def test_without_files_nothing_is_made(config, tmp_path):
    sites = Sites()
    without = load_mapping(
        {
            "frontend": {"web": {"bind": "127.0.0.1:0", "backend": "app"}},
            "backend": {"app": {"server": {"s1": "127.0.0.1:1"}}},
        }
    )
    assert await sites.start(without) is without
    assert not [*(tmp_path / "temporary").iterdir()]
    await sites.stop()


async def test_a_directory_that_takes_no_sockets_is_said_in_a_sentence(config, tmp_path):
    (tmp_path / "temporary").rmdir()
    with pytest.raises(GatewayError, match="files cannot be served: no such file or directory; TMPDIR names"):
        await Sites().start(config)


async def test_the_gateway_takes_its_sites_with_it_and_may_be_started_again(config, tmp_path):
    gateway = Gateway(config)
    for _ in range(2):
        async with gateway:
            assert len([*(tmp_path / "temporary").glob("*/*")]) == 2
        assert not [*(tmp_path / "temporary").iterdir()]
