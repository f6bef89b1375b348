"""The extractors of this installation, and how a name in a configuration becomes one.

Names resolve in one visible order: an entry point of the group ``affinity_gw.extractors``; ``module:Class``;
``file.py:Class``, relative to the configuration. First-party extractors are found as anybody's are.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
from collections.abc import Mapping
from dataclasses import MISSING, Field, dataclass, fields, is_dataclass
from functools import lru_cache
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from types import ModuleType
from typing import Any, get_type_hints

from pydantic import TypeAdapter, ValidationError
from pydantic.errors import PydanticSchemaGenerationError, PydanticUndefinedAnnotation

from affinity_gw.config.problem import Problem, listed, suggestion
from affinity_gw.plugin import Extractor

GROUP = "affinity_gw.extractors"


class OptionProblem(Problem):
    """About one option: ``option`` is its name."""

    def __init__(self, option: str, problem: str, advice: str = "") -> None:
        super().__init__(problem, advice)
        self.option = option


@dataclass(frozen=True, slots=True)
class Option:
    """A field of an extractor: ``default`` is MISSING where it has to be given."""

    name: str
    kind: str
    default: Any = MISSING


def resolve(name: str, options: Mapping[str, Any], directory: Path | str = ".") -> Extractor:
    """The extractor ``name`` with its options. Raises Problem (OptionProblem) where either cannot be used."""
    extractor = find(name, Path(directory))
    known = {option.name: option for option in options_of(extractor)}
    for option in options:
        if option not in known:
            advice = suggestion(option, known) if known else f"{name} has no options"
            raise OptionProblem(option, f'{name} has no option "{option}"', advice)
    missing = [option.name for option in known.values() if option.default is MISSING and option.name not in options]
    if missing:
        raise Problem(f"{name} needs {listed(missing)}", f"write {missing[0]} = … beside extractor")
    return _made(name, extractor, _converted(extractor, options))


def find(name: str, directory: Path) -> type[Extractor]:
    """The class that a name means."""
    for entry_point in _entry_points():
        if entry_point.name == name:
            return _checked(name, _loaded(name, entry_point.load))
    module, colon, attribute = name.rpartition(":")
    if not colon:
        advice = f"write {name}:Class" if name.endswith(".py") else suggestion(name, _names())
        raise Problem(
            f'there is no extractor "{name}"', advice or "install one, or write module:Class or file.py:Class"
        )
    if module.endswith(".py"):
        found = _loaded(name, lambda: _module_of_file(str((directory / module).absolute())))
    else:
        found = _loaded(name, lambda: importlib.import_module(module))
    if not attribute or not hasattr(found, attribute):
        raise Problem(
            f"{module} holds no {attribute or 'class without a name'}", suggestion(attribute, _extractors_in(found))
        )
    return _checked(name, getattr(found, attribute))


def installed() -> list[tuple[str, str, type[Extractor] | Problem]]:
    """Every entry point: its name, where it comes from, and its class or why there is none."""
    found: list[tuple[str, str, type[Extractor] | Problem]] = []
    for entry_point in sorted(_entry_points(), key=lambda point: point.name):
        origin = f"{entry_point.dist.name} {entry_point.dist.version}" if entry_point.dist else entry_point.value
        try:
            found.append(
                (entry_point.name, origin, _checked(entry_point.name, _loaded(entry_point.name, entry_point.load)))
            )
        except Problem as problem:
            found.append((entry_point.name, origin, problem))
    return found


def options_of(extractor: type[Extractor]) -> list[Option]:
    """An extractor's options: its fields, in the order in which it has them."""
    known: tuple[Field[Any], ...] = fields(extractor) if is_dataclass(extractor) else ()
    return [Option(field.name, _kind(field.type), _default(field)) for field in known if field.init]


def _entry_points() -> tuple[EntryPoint, ...]:
    return tuple(entry_points(group=GROUP))


def _names() -> set[str]:
    return {entry_point.name for entry_point in _entry_points()}


def _kind(annotation: Any) -> str:
    return annotation if isinstance(annotation, str) else getattr(annotation, "__name__", str(annotation))


def _default(field: Field[Any]) -> Any:
    return field.default_factory() if field.default_factory is not MISSING else field.default


def _loaded(name: str, load: Any) -> Any:
    """What a stranger's import gives. Whatever it raises is a complaint, never a traceback."""
    try:
        return load()
    except (FileNotFoundError, ModuleNotFoundError) as error:
        advice = f"installed are {listed(sorted(_names()))}"
        raise Problem(f"the extractor {name} cannot be found: {error}", advice) from error
    except (Exception, SystemExit) as error:
        what = f"{type(error).__name__}: {error}"
        raise Problem(f"the extractor {name} cannot be loaded: {what}", "repair or reinstall the plugin") from error


@lru_cache
def _module_of_file(path: str) -> ModuleType:
    """A module made from one file. It is registered, because dataclasses look their annotations up there."""
    if not Path(path).is_file():
        raise FileNotFoundError(f"there is no file {path}")
    name = f"affinity_gw_extractor_{Path(path).stem}_{abs(hash(path)):x}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} is not a Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module


def _checked(name: str, found: Any) -> type[Extractor]:
    if not isinstance(found, type) or not issubclass(found, Extractor):
        raise Problem(
            f"{name} is not an extractor", "it has to be a class that inherits from affinity_gw.plugin.Extractor"
        )
    return found


def _extractors_in(module: Any) -> list[str]:
    return [
        name
        for name, value in vars(module).items()
        if isinstance(value, type) and issubclass(value, Extractor) and value is not Extractor
    ]


def _converted(extractor: type[Extractor], options: Mapping[str, Any]) -> dict[str, Any]:
    """Options as the types that the fields declare, as far as they declare any that can be checked."""
    try:
        hints = get_type_hints(extractor)
    except Exception:  # noqa: BLE001 a stranger's annotations may say anything; then only the plugin checks
        return dict(options)
    return {name: _as(hints.get(name, Any), name, value) for name, value in options.items()}


def _as(kind: Any, name: str, value: Any) -> Any:
    try:
        return TypeAdapter(kind).validate_python(value)
    except ValidationError as error:
        message = error.errors()[0]["msg"]
        raise OptionProblem(name, message[:1].lower() + message[1:]) from None
    except (PydanticSchemaGenerationError, PydanticUndefinedAnnotation):
        return value


def _made(name: str, extractor: type[Extractor], options: dict[str, Any]) -> Extractor:
    try:
        return extractor(**options)
    except ValueError as error:
        raise Problem.of(error) from None
    except Exception as error:
        raise Problem(
            f"{name} cannot be used: {type(error).__name__}: {error}", "this is the plugin's fault"
        ) from error
