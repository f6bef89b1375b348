"""Conditions of rules and of ``strip_lost_key``, and texts with expressions: HAProxy's language, compiled by
``routing``.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from affinity_gw.config.mode import condition_problem
from affinity_gw.config.problem import Problem
from affinity_gw.config.scan import Path as Keys
from affinity_gw.config.section import Section
from affinity_gw.routing.acl import compile_condition, compile_response_condition, split_words
from affinity_gw.routing.criteria import compile_criterion
from affinity_gw.routing.formats import compile_format
from affinity_gw.routing.patterns import ReadPatterns
from affinity_gw.routing.predicates import Predicate, ResponsePredicate
from affinity_gw.routing.rules import Text
from affinity_gw.routing.samples import Place

Compiled = TypeVar("Compiled")


def condition(section: Section, path: Keys, text: str) -> Predicate | None:
    """The condition at ``path``, compiled; None where it has been complained of."""
    if not _can_be_asked(section, path, text):
        return None
    return _compiled(section, path, partial(compile_condition, text, section.acls, **_names(section)))


def _can_be_asked(section: Section, path: Keys, text: str, *, is_acl: bool = False) -> bool:
    problem = condition_problem(text, is_acl=is_acl) if section.mode == "tcp" else None
    if problem is not None:
        section.layers.complain(path, problem)
    return problem is None


def response_condition(section: Section, path: Keys, text: str) -> ResponsePredicate | None:
    """The same for a rule that looks at answers."""
    return _compiled(section, path, partial(compile_response_condition, text, section.acls, **_names(section)))


def expression(section: Section, path: Keys, text: str, *, response: bool = False) -> Text:
    """A text with its ``%[...]`` compiled; as it is where it has been complained of."""
    try:
        return compile_format(text, **_names(section), response=response)
    except ValueError as error:
        _complain(section, path, error)
        return text


def _names(section: Section) -> dict[str, Any]:
    """What a condition or an expression may name."""
    own = {section.kind: section.name}
    return {"backends": section.backends, "backend": own.get("backend"), "frontend": own.get("frontend")} | {
        "userlists": section.userlists
    }


def _complain(section: Section, path: Keys, error: ValueError) -> None:
    """Routing writes what is wrong and what to do into one sentence."""
    problem, _, advice = str(error).partition("; ")
    section.layers.complain(path, Problem(problem, advice))


def _compiled(section: Section, path: Keys, compiler: Callable[..., Compiled]) -> Compiled | None:
    directory = section.layers.holder(path).source.directory
    try:
        return compiler(read_patterns=lambda name: _patterns(directory / name))
    except ValueError as error:
        _complain(section, path, error)
        return None


def good_acls(section: Section, acls: dict[str, list[str]]) -> dict[str, list[str]]:
    """All acls of a section; each is compiled by itself, so that a bad one is complained of once, where it stands.

    A bad one becomes any other, so that the rules that name it are checked for what else is in them.
    """
    good: dict[str, list[str]] = {}
    for name, criteria in acls.items():
        good[name] = [text for text in criteria if _acl(section, name, text)] or ["always_true"]
    return good


def _acl(section: Section, name: str, text: str) -> Predicate | None:
    if not _can_be_asked(section, ("acl", name), text, is_acl=True):
        return None

    def compiler(read_patterns: ReadPatterns) -> Predicate:
        return compile_criterion(split_words(text), Place(**_names(section), answer=None), read_patterns)

    return _compiled(section, ("acl", name), compiler)


def _patterns(path: Path) -> list[str]:
    """The lines of a pattern file (``-f``), relative to the configuration."""
    return path.read_text(encoding="utf-8", errors="surrogateescape").split("\n")
