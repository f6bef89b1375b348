"""How a name becomes an extractor."""

from __future__ import annotations

import pytest

from affinity_gw.config import extractors
from affinity_gw.config.extractors import OptionProblem, options_of, resolve
from affinity_gw.config.problem import Problem

PLUGIN = '''"""Affinity by tenant."""
from __future__ import annotations
from dataclasses import dataclass, field
from affinity_gw.plugin import Extractor, RequestHead

@dataclass(frozen=True, slots=True)
class Tenant(Extractor):
    """Every request of one tenant goes to one server."""
    header: str = "X-Tenant"
    names: tuple[str, ...] = ()
    extra: list[str] = field(default_factory=list)

    def __post_init__(self):
        if not self.header:
            raise ValueError("header is empty")
        if self.header == "odd":
            raise KeyError("odd")

    def request_key(self, head: RequestHead) -> str | None:
        return head.headers.get(self.header)

class Plain(Extractor):
    """No options at all."""

    def request_key(self, head):
        return "x"

class Abstract(Extractor):
    pass
'''


@pytest.fixture
def directory(tmp_path):
    (tmp_path / "tenant.py").write_text(PLUGIN, encoding="utf-8")
    (tmp_path / "broken.py").write_text("1 / 0\n", encoding="utf-8")
    (tmp_path / "leaving.py").write_text("raise SystemExit(3)\n", encoding="utf-8")
    return tmp_path


def test_an_entry_point_is_found_by_its_name():
    assert type(resolve("source_ip", {})).__name__ == "SourceIp"


def test_a_module_and_class_are_found():
    assert type(resolve("affinity_gw_plugins.header:Header", {"name": "X"})).__name__ == "Header"


def test_a_file_and_class_are_found_relative_to_the_configuration(directory):
    tenant = resolve("tenant.py:Tenant", {"header": "X-T", "names": ["a"]}, directory)
    assert (tenant.header, tenant.names, tenant.extra) == ("X-T", ("a",), [])
    assert type(resolve("tenant.py:Tenant", {}, directory)) is type(tenant), "a file is loaded once"


def test_a_plain_class_has_no_options(directory):
    assert resolve("tenant.py:Plain", {}, directory).request_key(None) == "x"
    with pytest.raises(OptionProblem) as caught:
        resolve("tenant.py:Plain", {"a": 1}, directory)
    assert caught.value.advice == "tenant.py:Plain has no options"


@pytest.mark.parametrize(
    ("name", "options", "problem"),
    [
        ("nix", {}, 'there is no extractor "nix"'),
        ("nix.mod:Class", {}, "the extractor nix.mod:Class cannot be found: No module named 'nix'"),
        ("nix.py:Class", {}, "the extractor nix.py:Class cannot be found: there is no file {directory}/nix.py"),
        ("broken.py:Class", {}, "the extractor broken.py:Class cannot be loaded: ZeroDivisionError: division by zero"),
        ("leaving.py:Class", {}, "the extractor leaving.py:Class cannot be loaded: SystemExit: 3"),
        ("tenant.py:Tennant", {}, "tenant.py holds no Tennant"),
        ("tenant.py:", {}, "tenant.py holds no class without a name"),
        ("tenant.py", {}, 'there is no extractor "tenant.py"'),
        ("json:loads", {}, "json:loads is not an extractor"),
        ("json:JSONEncoder", {}, "json:JSONEncoder is not an extractor"),
        ("tenant.py:Tenant", {"header": ""}, "header is empty"),
        ("tenant.py:Tenant", {"header": "odd"}, "tenant.py:Tenant cannot be used: KeyError: 'odd'"),
        ("tenant.py:Tenant", {"header": 5}, "input should be a valid string"),
        ("tenant.py:Tenant", {"haeder": 5}, 'tenant.py:Tenant has no option "haeder"'),
        ("header", {}, "header needs name"),
    ],
)
def test_what_cannot_be_resolved_is_a_problem(directory, name, options, problem):
    with pytest.raises(Problem) as caught:
        resolve(name, options, directory)
    assert caught.value.problem == problem.format(directory=directory)


def test_an_unfinished_class_is_a_problem(directory):
    with pytest.raises(Problem, match=r"tenant.py:Abstract cannot be used: TypeError: Can't instantiate"):
        resolve("tenant.py:Abstract", {}, directory)


def test_a_misspelt_class_gets_a_suggestion(directory):
    with pytest.raises(Problem) as caught:
        resolve("tenant.py:Tennant", {}, directory)
    assert caught.value.advice == 'did you mean "Tenant"?'


def test_a_file_without_its_class_is_told_how_to_name_one(directory):
    with pytest.raises(Problem) as caught:
        resolve("tenant.py", {}, directory)
    assert caught.value.advice == "write tenant.py:Class"


def test_options_are_the_fields(directory):
    options = options_of(type(resolve("tenant.py:Tenant", {}, directory)))
    assert [(option.name, option.kind, option.default) for option in options] == [
        ("header", "str", "X-Tenant"),
        ("names", "tuple[str, ...]", ()),
        ("extra", "list[str]", []),
    ]


def test_the_first_partys_are_installed():
    names = [name for name, _, found in extractors.installed() if not isinstance(found, Problem)]
    assert {"cookie", "header", "path", "source_ip", "url_prefix"} <= set(names)


def test_a_plugin_that_cannot_be_loaded_is_listed_with_its_reason(monkeypatch):
    class Broken:
        name, value, dist = "broken", "broken:Broken", None

        def load(self):
            raise RuntimeError("it rains")

    monkeypatch.setattr(extractors, "_entry_points", lambda: (Broken(),))
    ((name, origin, problem),) = extractors.installed()
    assert (name, origin) == ("broken", "broken:Broken")
    assert isinstance(problem, Problem)
    assert problem.problem == "the extractor broken cannot be loaded: RuntimeError: it rains"
