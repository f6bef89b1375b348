"""From any configuration file to a ``Config``: TOML, or what HAProxy reads."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from affinity_gw.config import source
from affinity_gw.config.build import build
from affinity_gw.config.load import load_file
from affinity_gw.convert.carried import Carried
from affinity_gw.convert.read import read
from affinity_gw.routing.configuration import Config


def load_config(path: str | Path) -> Config:
    """The configuration in a file: one whose name does not end in .toml is read as haproxy.cfg, whose notes are then
    the first warnings. Raises ConfigError with every complaint; nothing is bound or started."""
    if Path(path).suffix == ".toml":
        return load_file(path)
    return config_of(read(Path(path), str(path)))


def config_of(carried: Carried) -> Config:
    """What was carried over, checked and compiled as a TOML file is. Raises ConfigError.

    Relative paths start where the process was started (HAProxy's manual, ``default-path``), not beside the file.
    """
    config = build(*source.from_mapping(carried.data, Path.cwd(), carried.file, carried.origins))
    return replace(config, warnings=(*map(str, carried.said()), *config.warnings))
