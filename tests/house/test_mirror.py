"""A file a file: every source file has its test file, at the same place in the other tree."""

import pytest

from tests.house.reading import PACKAGES, ROOT, identify, sources

WITHOUT_TEST = {
    # Only names and what they mean.
    "affinity_gw/__init__.py": "names, which tests/house/test_layers.py and every embedding test load",
    "affinity_gw/__main__.py": "tests/process/test_run.py and tests/test_cli.py start it",
    "affinity_gw/errors.py": "messages; tests/config/test_problem.py and test_faults.py read them",
    "affinity_gw/plugin.py": "an interface; tests/plugins try it by those who have it",
    "affinity_gw/proxy/record.py": "fields; tests/proxy/test_records.py fills them",
    "affinity_gw/proxy/stages.py": "constants; tests/proxy/test_records.py reads what they become",
    "affinity_gw/version.py": "one line",
    # Tried where they are used, and not to be tried alone.
    "affinity_gw/control/console.py": "a form of the access log: tests/control/test_access_log.py",
    "affinity_gw/control/state.py": "what checks keep of a server: tests/control/test_checks.py",
    "affinity_gw/process/child.py": "an instance's process: tests/process/test_instances.py",
    "affinity_gw/process/guarding.py": "the gateway's end of the guard: tests/process/test_guard.py",
    "affinity_gw/process/instance.py": "the life of one: tests/process/test_instances.py",
    "affinity_gw/http1/head.py": "made in every test of its room by tests/http1/making.py",
    "affinity_gw/routing/configuration.py": "fields; tests/config/test_build.py fills them",
    "affinity_gw/routing/predicates.py": "two names of types",
    "affinity_gw/routing/tls.py": "words, which tests/config/test_tls.py reads and tests/tls tries",
    "affinity_gw/routing/not_yet.py": "words that tests/routing/test_criteria.py tries one by one",
}
"""Files without a test file of their own, and why. The list may only become shorter."""

WITHOUT_SOURCE = {
    "tests/convert/test_corpus.py": "about the whole room, beside HAProxy",
    "tests/plugins/test_manual.py": "about all extractors: what the command line says of them",
}

FILES = [path for package in PACKAGES for path in sources(package)]


def mirror(path):
    """Where the tests of a source file are."""
    package, folder = next((name, folder) for name, folder in PACKAGES.items() if path.is_relative_to(folder))
    home = ROOT / "tests" / ("plugins" if package == "affinity_gw_plugins" else "")
    return home / path.relative_to(folder).parent / f"test_{path.name}"


def is_theory(path):
    """A room's ``__init__`` holds its docstring, and no code that could be tried."""
    return path.name == "__init__.py" and path.parent != PACKAGES["affinity_gw"]


@pytest.mark.parametrize("path", [path for path in FILES if not is_theory(path)], ids=identify)
def test_a_source_file_has_its_test_file(path):
    excused = identify(path) in WITHOUT_TEST
    assert mirror(path).exists() != excused, "strike it from the list" if excused else f"{mirror(path)} is missing"


def test_nobody_is_excused_who_does_not_exist():
    assert set(WITHOUT_TEST) <= {identify(path) for path in FILES}
    assert all((ROOT / name).exists() for name in WITHOUT_SOURCE)


ROOMS = sorted({mirror(path).parent for path in FILES} - {ROOT / "tests"})


@pytest.mark.parametrize("room", ROOMS, ids=identify)
def test_a_test_file_has_its_source_file(room):
    mirrored = {mirror(path) for path in FILES}
    strangers = {identify(path) for path in room.glob("test_*.py") if path not in mirrored}
    assert strangers <= set(WITHOUT_SOURCE)


@pytest.mark.parametrize("path", [path for path in FILES if is_theory(path)], ids=identify)
def test_a_rooms_init_says_what_the_room_knows_and_does_nothing(path):
    lines = path.read_text(encoding="utf-8").splitlines()
    assert lines[0].startswith('"""')
    assert not [line for line in lines if line.startswith(("import ", "from ", "def ", "class "))]
