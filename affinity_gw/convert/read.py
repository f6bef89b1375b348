"""A haproxy.cfg, read into what a TOML file would hold."""

from __future__ import annotations

from pathlib import Path

from affinity_gw.convert.carried import Carried
from affinity_gw.errors import Complaint, ConfigError


def read(path: Path, shown: str) -> Carried:
    """``shown``: the file's name in complaints. Raises ConfigError for what HAProxy refuses."""
    if not path.exists():
        raise ConfigError([Complaint("the file cannot be read: No such file or directory", file=shown)])
    problem = "a file that does not end in .toml is read as haproxy.cfg, which is not supported yet"
    raise ConfigError([Complaint(problem, "write the configuration in TOML", shown)])
