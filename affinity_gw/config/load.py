"""From a file, or from Python's mappings, to a ``Config``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from affinity_gw.config import source
from affinity_gw.config.build import build
from affinity_gw.routing.configuration import Config


def load_file(path: str | Path) -> Config:
    """The configuration in a TOML file. Raises ConfigError with every complaint; nothing is bound or started."""
    return build(*source.read(Path(path), str(path)))


def load_mapping(data: Mapping[str, Any], directory: str | Path = ".") -> Config:
    """The same from what a TOML file would hold; relative paths start from ``directory``."""
    return build(*source.from_mapping(data, Path(directory).absolute()))
