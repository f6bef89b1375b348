"""Conditions: HAProxy's language for "when", compiled once to predicates.

A condition is a sequence of terms. Terms that stand side by side must all hold; ``or`` (also ``||``) separates groups
of which one must hold; ``!`` before a term turns it round. A term is the name of an acl, or an anonymous criterion in
braces of their own: ``{ path_beg /old }``. An acl has several criteria where its name was given several lines; one
must hold."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from difflib import get_close_matches
from functools import partial

from affinity_gw.http1.head import RequestHead
from affinity_gw.routing.criteria import compile_criterion
from affinity_gw.routing.lexer import split_words
from affinity_gw.routing.not_yet import PREDEFINED_ACLS, NotSupportedYet
from affinity_gw.routing.patterns import ReadPatterns, no_files
from affinity_gw.routing.snapshot import Predicate, Snapshot

__all__ = ["NotSupportedYet", "compile_acl", "compile_condition", "split_words"]


def compile_condition(
    text: str,
    acls: Mapping[str, Sequence[str]],
    *,
    backends: Collection[str],
    read_patterns: ReadPatterns = no_files,
) -> Predicate:
    """The predicate of a condition. ``acls``: the criteria of each name, as written; ``backends``: all names, for
    nbsrv.

    ValueError says in a sentence what is wrong; ``NotSupportedYet`` is one for what HAProxy has and we do not yet.
    """
    words = split_words(text)
    if not words:
        raise ValueError("the condition is empty")
    named = partial(_named, acls=acls, backends=backends, read_patterns=read_patterns)
    anonymous = partial(compile_criterion, backends=backends, read_patterns=read_patterns)
    groups: list[list[Predicate]] = [[]]
    while words:
        if words[0].lower() == "or" or words[0] == "||":
            del words[0]
            groups.append([])
        else:
            groups[-1].append(_term(words, named, anonymous))
    if not all(groups):
        raise ValueError(f"in {text!r} a term is missing beside an 'or'")
    return any_of([all_of(group) for group in groups])


def _term(
    words: list[str], named: Callable[[str], Predicate], anonymous: Callable[[Sequence[str]], Predicate]
) -> Predicate:
    """One term off the front of ``words``."""
    word = words.pop(0)
    turned = False
    while word.startswith("!"):
        turned = not turned
        word = word[1:] or (words.pop(0) if words else "")
    if not word:
        raise ValueError("a term is missing after '!'")
    if word == "{":
        if "}" not in words:
            raise ValueError("an anonymous acl lacks its closing brace, which must be a word of its own")
        end = words.index("}")
        predicate = anonymous(words[:end])
        del words[: end + 1]
    else:
        predicate = named(word)
    return _negation(predicate) if turned else predicate


def _named(
    name: str, *, acls: Mapping[str, Sequence[str]], backends: Collection[str], read_patterns: ReadPatterns
) -> Predicate:
    if name in acls:
        return compile_acl(name, acls[name], backends=backends, read_patterns=read_patterns)
    if name in PREDEFINED_ACLS:
        raise NotSupportedYet(f"the predefined acl {name} is not supported yet")
    if name.startswith("{") or name.endswith("}"):
        raise ValueError(f"blanks are missing around the brace in {name!r}")
    close = get_close_matches(name, acls, n=1)
    advice = f"did you mean {close[0]}?" if close else "define it, or write { criterion } with braces"
    raise ValueError(f"there is no acl {name}; {advice}")


def compile_acl(
    name: str, lines: Sequence[str], *, backends: Collection[str], read_patterns: ReadPatterns = no_files
) -> Predicate:
    """The predicate of a named acl: one of its lines must hold. ValueError as for a condition, with the acl's name."""
    predicates = []
    for line in lines:
        try:
            predicates.append(compile_criterion(split_words(line), backends=backends, read_patterns=read_patterns))
        except ValueError as error:
            raise type(error)(f"acl {name}: {error}") from None
    if not predicates:
        raise ValueError(f"acl {name}: it has no criterion")
    return any_of(predicates)


def any_of(predicates: Sequence[Predicate]) -> Predicate:
    """One of them holds; tried in order."""
    if len(predicates) == 1:
        return predicates[0]

    def holds(head: RequestHead, snapshot: Snapshot) -> bool:
        for predicate in predicates:  # noqa: SIM110  # a loop costs two thirds of any() over a generator
            if predicate(head, snapshot):
                return True
        return False

    return holds


def all_of(predicates: Sequence[Predicate]) -> Predicate:
    """All of them hold; tried in order up to the first that does not."""
    if len(predicates) == 1:
        return predicates[0]

    def holds(head: RequestHead, snapshot: Snapshot) -> bool:
        for predicate in predicates:  # noqa: SIM110  # as above
            if not predicate(head, snapshot):
                return False
        return True

    return holds


def _negation(predicate: Predicate) -> Predicate:
    return lambda head, snapshot: not predicate(head, snapshot)
