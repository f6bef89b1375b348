"""Conditions: HAProxy's language for "when", compiled once to predicates.

A condition is a sequence of terms. Terms that stand side by side must all hold; ``or`` (also ``||``) separates groups
of which one must hold; ``!`` before a term turns it round. A term is the name of an acl, or an anonymous criterion in
braces of their own: ``{ path_beg /old }``. An acl has several criteria where its name was given several lines; one
must hold.

A condition is compiled for requests or for answers: what can be asked differs, and so does what the predicate is called
with."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from difflib import get_close_matches
from functools import partial
from itertools import chain
from types import MappingProxyType

from affinity_gw.routing.criteria import Holds, compile_criterion
from affinity_gw.routing.first_match import PathPrefix
from affinity_gw.routing.lexer import split_words
from affinity_gw.routing.not_yet import NotSupportedYet
from affinity_gw.routing.patterns import ReadPatterns, no_files
from affinity_gw.routing.predicates import Predicate, ResponsePredicate
from affinity_gw.routing.samples import Place
from affinity_gw.routing.snapshot import Snapshot

__all__ = ["NotSupportedYet", "compile_acl", "compile_condition", "compile_response_condition", "split_words"]

Acls = Mapping[str, Sequence[str]]

PREDEFINED: Acls = MappingProxyType(
    {
        "FALSE": ["always_false"],
        "HTTP": ["req.proto_http"],
        "HTTP_1.0": ["req.ver 1.0"],
        "HTTP_1.1": ["req.ver 1.1"],
        "HTTP_2.0": ["req.ver 2.0"],
        "HTTP_CONTENT": ["req.hdr_val(content-length) gt 0"],
        "HTTP_URL_ABS": ["url_reg ^[^/:]*://"],
        "HTTP_URL_SLASH": ["url_beg /"],
        "HTTP_URL_STAR": ["url *"],
        "LOCALHOST": ["src 127.0.0.1/8 ::1"],
        "METH_CONNECT": ["method CONNECT"],
        "METH_DELETE": ["method DELETE"],
        "METH_GET": ["method GET HEAD"],
        "METH_HEAD": ["method HEAD"],
        "METH_OPTIONS": ["method OPTIONS"],
        "METH_POST": ["method POST"],
        "METH_PUT": ["method PUT"],
        "METH_TRACE": ["method TRACE"],
        "RDP_COOKIE": ["req.rdp_cookie_cnt gt 0"],
        "REQ_CONTENT": ["req.len gt 0"],
        "TRUE": ["always_true"],
        "WAIT_END": ["wait_end"],
    }
)
"""ACLs that HAProxy brings along; one of the configuration's own goes before."""


def compile_condition(
    text: str,
    acls: Acls,
    *,
    backends: Collection[str],
    read_patterns: ReadPatterns = no_files,
    backend: str | None = None,
    frontend: str | None = None,
    userlists: Collection[str] = (),
) -> Predicate:
    """The predicate of a condition. ``acls``: the criteria of each name, as written; ``backends``: all names, best as a
    mapping to the names of their servers, for nbsrv and its kin; ``backend`` and ``frontend``: the section's own name.

    ValueError says in a sentence what is wrong; ``NotSupportedYet`` is one for what HAProxy has and we do not yet.
    """
    return _condition(text, acls, Place(backends, backend, frontend, userlists=userlists), read_patterns)


def compile_response_condition(
    text: str,
    acls: Acls,
    *,
    backends: Collection[str],
    read_patterns: ReadPatterns = no_files,
    backend: str | None = None,
    frontend: str | None = None,
    userlists: Collection[str] = (),
) -> ResponsePredicate:
    """The same for a rule that looks at answers: called with an Exchanged. ValueError also for what looks at a request,
    which HAProxy accepts and never matches."""
    return _condition(text, acls, Place(backends, backend, frontend, answer=True, userlists=userlists), read_patterns)


def _condition(text: str, acls: Acls, place: Place, read_patterns: ReadPatterns) -> Holds:
    words = split_words(text)
    if not words:
        raise ValueError("the condition is empty")
    named = partial(_named, acls=acls, place=place, read_patterns=read_patterns)
    anonymous = partial(compile_criterion, place=place, read_patterns=read_patterns)
    groups: list[list[Holds]] = [[]]
    while words:
        if words[0].lower() == "or" or words[0] == "||":
            del words[0]
            groups.append([])
        else:
            groups[-1].append(_term(words, named, anonymous))
    if not all(groups):
        raise ValueError(f"in {text!r} a term is missing beside an 'or'")
    return any_of([all_of(group) for group in groups])


def _term(words: list[str], named: Callable[[str], Holds], anonymous: Callable[[Sequence[str]], Holds]) -> Holds:
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


def _named(name: str, *, acls: Acls, place: Place, read_patterns: ReadPatterns) -> Holds:
    if name in acls:
        return compile_acl(name, acls[name], place, read_patterns)
    if name in PREDEFINED:
        return compile_acl(name, PREDEFINED[name], place)
    if name.startswith("{") or name.endswith("}"):
        raise ValueError(f"blanks are missing around the brace in {name!r}")
    close = get_close_matches(name, acls, n=1)
    advice = f"did you mean {close[0]}?" if close else "define it, or write { criterion } with braces"
    raise ValueError(f"there is no acl {name}; {advice}")


def compile_acl(name: str, lines: Sequence[str], place: Place, read_patterns: ReadPatterns = no_files) -> Holds:
    """The predicate of a named acl: one of its lines must hold. ValueError as for a condition, with the acl's name."""
    predicates = []
    for line in lines:
        try:
            predicates.append(compile_criterion(split_words(line), place, read_patterns))
        except ValueError as error:
            raise type(error)(f"acl {name}: {error}") from None
    if not predicates:
        raise ValueError(f"acl {name}: it has no criterion")
    return any_of(predicates)


def any_of(predicates: Sequence[Holds]) -> Holds:
    """One of them holds; tried in order."""
    if len(predicates) == 1:
        return predicates[0]
    prefixes = [predicate.prefixes for predicate in predicates if isinstance(predicate, PathPrefix)]
    if len(prefixes) == len(predicates):
        return PathPrefix(tuple(chain.from_iterable(prefixes)))

    def holds(source: object, snapshot: Snapshot) -> bool:
        for predicate in predicates:  # noqa: SIM110  # a loop costs two thirds of any() over a generator
            if predicate(source, snapshot):
                return True
        return False

    return holds


def all_of(predicates: Sequence[Holds]) -> Holds:
    """All of them hold; tried in order up to the first that does not."""
    if len(predicates) == 1:
        return predicates[0]

    def holds(source: object, snapshot: Snapshot) -> bool:
        for predicate in predicates:  # noqa: SIM110  # as above
            if not predicate(source, snapshot):
                return False
        return True

    return holds


def _negation(predicate: Holds) -> Holds:
    return lambda source, snapshot: not predicate(source, snapshot)
