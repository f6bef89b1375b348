"""The stairs: a room imports only rooms to its left; the pure ones touch nothing of the machine."""

import subprocess
import sys

import pytest

from tests.house.reading import PACKAGES, identify, imports, module_name, sources

STAIRS = ["errors", "http1", "plugin", "routing", "tls", "proxy", "config", "convert", "control", "process", "cli"]
PURE = STAIRS[:4]

BESIDE = {"version": "errors", "explain": "cli", "terminal": "cli", "conversion": "cli", "__main__": "cli"}
"""Modules that stand on the same stair as a room."""

MACHINE = {
    *("socket", "ssl", "select", "selectors", "asyncio", "uvloop", "aiohttp", "threading", "subprocess", "signal"),
    *("time", "datetime", "random", "secrets", "uuid", "logging", "structlog", "os", "pathlib", "tempfile"),
}
"""What a room that only computes has no use for: time and chance are its arguments."""


def room(module):
    """The room of a module of ours; None of the package itself, which names all and imports none."""
    parts = module.split(".")
    if parts[0] != "affinity_gw" or len(parts) == 1:
        return None
    return BESIDE.get(parts[1], parts[1])


FILES = [
    path for path in sources("affinity_gw") if path.name != "__init__.py" or path.parent != PACKAGES["affinity_gw"]
]


@pytest.mark.parametrize("path", FILES, ids=identify)
def test_a_file_imports_only_rooms_to_its_left(path):
    own = STAIRS.index(room(module_name(path)))
    for module in imports(path):
        if (other := room(module)) in STAIRS:
            assert STAIRS.index(other) <= own, f"{module} stands to the right"


def test_every_file_stands_on_a_stair():
    assert {room(module_name(path)) for path in FILES} == set(STAIRS)


@pytest.mark.parametrize("path", [path for path in FILES if room(module_name(path)) in PURE], ids=identify)
def test_a_pure_room_knows_nothing_of_the_machine(path):
    assert {module.partition(".")[0] for module in imports(path)} & MACHINE == set()


ALLOWED = {"affinity_gw", "affinity_gw_plugins", "multidict", "yarl"} | sys.stdlib_module_names


@pytest.mark.parametrize("path", sources("affinity_gw_plugins"), ids=identify)
def test_a_plugin_uses_nothing_that_a_stranger_cannot(path):
    modules = set(imports(path))
    assert {module.partition(".")[0] for module in modules} <= ALLOWED
    ours = {module for module in modules if module.startswith("affinity_gw.")}
    assert all(module == "affinity_gw.plugin" or module.startswith("affinity_gw.plugin.") for module in ours)


def modules_after(code, *options):
    """What a process of its own has imported: what counts is what comes along, by whatever way."""
    command = [sys.executable, *options, "-c", f"import sys; {code}; print(*sys.modules)"]
    said = subprocess.run(command, capture_output=True, text=True, check=True)
    return set(said.stdout.split())


@pytest.mark.parametrize(
    ("module", "heavy"),
    [
        ("affinity_gw", {"asyncio", "aiohttp", "pydantic", "structlog", "click", "logging", "multidict"}),
        ("affinity_gw.plugin", {"asyncio", "aiohttp", "pydantic", "structlog", "click", "logging"}),
        ("affinity_gw.routing.decide", {"asyncio", "aiohttp", "pydantic", "structlog", "click", "logging"}),
        ("affinity_gw.config.load", {"asyncio", "aiohttp", "uvloop", "structlog", "click", "affinity_gw.process"}),
        ("affinity_gw.cli", {"asyncio", "aiohttp", "uvloop", "structlog", "affinity_gw.process"}),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_light_stays_light(module, heavy):
    assert modules_after(f"import {module}") & heavy == set()


def test_the_guard_is_the_lightest():
    """One runs beside every gateway that has instances: by its path, without site-packages."""
    guard = PACKAGES["affinity_gw"] / "process" / "guard.py"
    own = {module for module in imports(guard) if "." not in module}
    assert own == {"__future__", "os", "signal", "sys", "time"}
    brought = modules_after(f"exec(open({str(guard)!r}).read(), {{'__name__': 'guard'}})", "-I", "-S")
    assert brought & {"re", "typing", "subprocess", "pathlib", "asyncio", "threading"} == set()
    assert len(brought - modules_after("import os, signal, time", "-I", "-S")) <= 1  # __future__
