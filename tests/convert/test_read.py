"""A haproxy.cfg as it is read."""

import pytest

from affinity_gw.convert.read import read
from affinity_gw.errors import ConfigError


def test_it_comes_later(tmp_path):
    (tmp_path / "haproxy.cfg").write_text("global\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="not supported yet"):
        read(tmp_path / "haproxy.cfg", "haproxy.cfg")
