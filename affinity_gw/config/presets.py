"""Presets: TOML fragments of a backend, for one framework each. A user reads them, copies them and changes them."""

from __future__ import annotations

from pathlib import Path

from affinity_gw.config import source
from affinity_gw.config.problem import Problem, suggestion
from affinity_gw.config.source import Source
from affinity_gw.errors import Complaint

DIRECTORY = Path(__file__).parent / "presets"


def names() -> list[str]:
    """The presets that come with the gateway."""
    return sorted(path.stem for path in DIRECTORY.glob("*.toml"))


def find(name: str, directory: Path) -> tuple[Source, list[Complaint]]:
    """A preset by name, or by the path of its file. Raises Problem where there is none, ConfigError for broken TOML."""
    if name.endswith(".toml"):
        if not (directory / name).is_file():
            raise Problem(f'there is no preset file "{name}"', f"it is looked for in {directory}")
        return source.read(directory / name, name)
    if name not in names():
        raise Problem(f'there is no preset "{name}"', _advice(name))
    return source.read(DIRECTORY / f"{name}.toml", f"presets/{name}.toml")


def _advice(name: str) -> str:
    near = suggestion(name, names())
    if near.startswith("did"):
        return near
    return f'{near}; for one extractor write affinity = [{{ extractor = "{name}" }}]'
