"""Conditions of rules and of ``strip_lost_key``: HAProxy's language, compiled by ``routing.acl``."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from pathlib import Path

from affinity_gw.config.layers import Layers
from affinity_gw.config.problem import Problem
from affinity_gw.config.scan import Path as Keys
from affinity_gw.routing.acl import compile_condition, split_words
from affinity_gw.routing.criteria import compile_criterion
from affinity_gw.routing.patterns import ReadPatterns
from affinity_gw.routing.snapshot import Predicate


def condition(
    layers: Layers, path: Keys, text: str, acls: Mapping[str, Sequence[str]], backends: Collection[str]
) -> Predicate | None:
    """The condition at ``path``, compiled; None where it has been complained of."""
    return _compiled(layers, path, partial(compile_condition, text, acls, backends=backends))


def _compiled(layers: Layers, path: Keys, compiler: Callable[..., Predicate]) -> Predicate | None:
    directory = layers.holder(path).source.directory
    try:
        return compiler(read_patterns=lambda name: _patterns(directory / name))
    except ValueError as error:
        # Routing writes what is wrong and what to do into one sentence.
        problem, _, advice = str(error).partition("; ")
        layers.complain(path, Problem(problem, advice))
        return None


def good_acls(layers: Layers, acls: Mapping[str, list[str]], backends: Collection[str]) -> dict[str, list[str]]:
    """All acls of a frontend; each is compiled by itself, so that a bad one is complained of once, where it stands.

    A bad one becomes any other, so that the rules that name it are checked for what else is in them.
    """
    good: dict[str, list[str]] = {}
    for name, criteria in acls.items():
        good[name] = [text for text in criteria if _acl(layers, name, text, backends)] or ["path -m found"]
    return good


def _acl(layers: Layers, name: str, text: str, backends: Collection[str]) -> Predicate | None:
    def compiler(read_patterns: ReadPatterns) -> Predicate:
        return compile_criterion(split_words(text), backends=backends, read_patterns=read_patterns)

    return _compiled(layers, ("acl", name), compiler)


def _patterns(path: Path) -> list[str]:
    """The lines of a pattern file (``-f``), relative to the configuration."""
    return path.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
