"""Rules of a proxy: acls, and what happens if they hold. Each becomes one ``[[rule]]``, in the order of the file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from affinity_gw.config.problem import Problem
from affinity_gw.convert.actions import REQUEST, RESPONSE, Action, action
from affinity_gw.convert.lexer import Word
from affinity_gw.convert.redirects import redirect
from affinity_gw.convert.sections import Context, Directive, Side, spelt
from affinity_gw.convert.words import NAME, joined

Condition = tuple[str, Word] | None
"""``when`` or ``unless``, and the condition."""


def condition(words: Sequence[Word]) -> tuple[list[Word], Condition]:
    """The words before ``if`` or ``unless``, and what follows."""
    for index, word in enumerate(words):
        if word in {"if", "unless"}:
            terms = _terms(words[index + 1 :])
            return list(words[:index]), ("when" if word == "if" else "unless", joined(terms))
    return list(words), None


def _terms(words: Sequence[Word]) -> list[Word]:
    """Without each "or" that has nothing beside it, which HAProxy passes over; a condition of nothing never holds."""
    kept: list[Word] = []
    for word in words:
        if word.lower() not in _OR or (kept and kept[-1].lower() not in _OR):
            kept.append(word)
    if kept and kept[-1].lower() in _OR:
        del kept[-1]
    return kept or [Word("{"), Word("always_false"), Word("}")]


_OR = {"or", "||"}


def rule(context: Context, side: Side, key: str, made: Mapping[str, Any], when: Condition) -> None:
    """One rule more. ``key``: ``rule`` or ``response_rule``."""
    said = {} if when is None else {when[0]: when[1].spelt}
    path = context.append(side, key, {**said, **made})
    if when is not None:
        context.section.conditions.append((context.section.side(side), path, str(when[1]), context.number))


def acl(context: Context) -> None:
    """Lines of one name are alternatives. A name that HAProxy refuses is refused."""
    context.not_in_defaults("frontend or backend", named=True)
    name = context.argument(1, "the name of the acl")
    context.argument(2, "its criterion")
    if not NAME.fullmatch(name) or name in {"or", "||"}:
        raise Problem(f'"{name}" cannot be the name of an acl', "letters, digits and _ . : - make one")
    text = joined(_patterns(context))
    for side in context.section.tables:
        lines = context.section.tables[side].setdefault("acl", {}).setdefault(str(name), [])
        lines.append(text.spelt)
        context.section.origins[side]["acl", str(name), len(lines) - 1] = context.number


def _patterns(context: Context) -> list[Word]:
    """The criterion and its patterns, as far as HAProxy reads them: up to an empty word."""
    words = list(context.words[2:])
    if "" in words[1:]:
        context.warn("HAProxy reads no further than an empty pattern", "take it out")
        del words[words.index(Word(""), 1) :]
    return words


def use_backend(context: Context) -> None:
    context.not_in_defaults("frontend")
    if context.ignored_here("frontend"):
        return
    words, when = condition(context.words[1:])
    if len(words) != 1:
        raise Problem("use_backend wants the name of one backend", "write use_backend NAME if CONDITION")
    rule(context, "frontend", "rule", {"backend": spelt(words[0])}, when)


def default_backend(context: Context) -> None:
    if context.ignored_here("frontend"):
        return
    name = spelt(context.argument(1, "the name of the backend"))
    context.only(2)
    context.say("default_backend", name)


def use_server(context: Context) -> None:
    context.not_in_defaults("backend")
    if context.ignored_here("backend"):
        return
    words, when = condition(context.words[1:])
    if len(words) != 1:
        raise Problem("use-server wants the name of one server", "write use-server NAME if CONDITION")
    if when is None:
        raise Problem("use-server wants a condition", "write use-server NAME if CONDITION")
    if "%[" in words[0]:
        context.leave_out("the name of a server is no expression", "write a rule for each server")
        return
    rule(context, "backend", "rule", {"server": spelt(words[0])}, when)


def plain_redirect(context: Context) -> None:
    context.not_in_defaults("frontend or backend")
    words, when = condition(context.words[1:])
    made = redirect(context, words, expressions=False)
    if made is not None:
        rule(context, "frontend", "rule", made, when)


def _rules(key: str, known: Mapping[str, Action]) -> Directive:
    def read(context: Context) -> None:
        context.not_in_defaults("frontend or backend", named=True)
        name = str(context.argument(1, "what the rule does"))
        words, when = condition(context.words[2:])
        made = action(context, name, words, known)
        if made is not None:
            rule(context, "frontend", key, made, when)

    return read


def _block(context: Context) -> None:
    """``block if``: gone since 2.1, the same as ``http-request deny if``."""
    context.not_in_defaults("frontend or backend", named=True)
    words, when = condition(context.words[1:])
    if words or when is None:
        raise Problem("block wants a condition", "write http-request deny if CONDITION")
    context.repaired("block is refused since HAProxy 2.1; it becomes http-request deny")
    rule(context, "frontend", "rule", {"deny": True}, when)


def monitor(context: Context) -> None:
    context.not_in_defaults("frontend")
    words, when = condition(context.words[1:])
    if words != ["fail"] or when is None:
        raise Problem('after monitor comes "fail if CONDITION"')
    if context.ignored_here("frontend"):
        return
    if when[0] == "unless":
        context.leave_out("monitor fail unless: it cannot be turned round", "write it with if")
        return
    context.put("frontend", ("monitor_fail",), when[1].spelt)
    path = ("monitor_fail",)
    context.section.conditions.append((context.section.side("frontend"), path, str(when[1]), context.number))


def monitor_uri(context: Context) -> None:
    if not context.ignored_here("frontend"):
        context.say("monitor_uri", spelt(context.argument(1, "the target")))
        context.only(2)


RULES: Mapping[str, Directive] = {
    "acl": acl,
    "use_backend": use_backend,
    "default_backend": default_backend,
    "use-server": use_server,
    "redirect": plain_redirect,
    "http-request": _rules("rule", REQUEST),
    "http-response": _rules("response_rule", RESPONSE),
    "block": _block,
    "monitor": monitor,
    "monitor-uri": monitor_uri,
}
"""By the first word."""
