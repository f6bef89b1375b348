"""A converted file is there whole or not at all."""

from pathlib import Path

import pytest

from affinity_gw.convert.save import save


def test_a_new_file_has_the_permissions_that_any_file_has(tmp_path):
    save(tmp_path / "new.toml", "Käse\n")
    (tmp_path / "other").touch()
    assert (tmp_path / "new.toml").read_text(encoding="utf-8") == "Käse\n"
    assert (tmp_path / "new.toml").stat().st_mode == (tmp_path / "other").stat().st_mode


def test_a_file_that_is_there_is_replaced_and_keeps_its_permissions(tmp_path):
    path = tmp_path / "cfg.toml"
    path.write_text("old", encoding="utf-8")
    path.chmod(0o640)
    save(path, "new")
    assert (path.read_text(encoding="utf-8"), path.stat().st_mode & 0o777) == ("new", 0o640)
    assert list(tmp_path.iterdir()) == [path]


def test_a_link_stays_a_link(tmp_path):
    (tmp_path / "link").symlink_to("real.toml")
    save(tmp_path / "link", "new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real.toml").read_text(encoding="utf-8") == "new"


def test_what_fails_on_the_way_leaves_the_old_file_and_nothing_else(tmp_path):
    path = tmp_path / "cfg.toml"
    path.write_text("old", encoding="utf-8")
    with pytest.raises(UnicodeEncodeError):
        save(path, "half\udcff")
    assert path.read_text(encoding="utf-8") == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_device_is_written_to():
    save(Path("/dev/null"), "new")


def test_a_directory_that_is_not_there_is_an_error(tmp_path):
    with pytest.raises(FileNotFoundError):
        save(tmp_path / "nix" / "cfg.toml", "new")
