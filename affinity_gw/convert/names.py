"""Acls are local to their section, as in HAProxy. Files that its version 1.4 read use them in others: what is meant is
clear, so such an acl is copied to where it is used, with a word."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from affinity_gw.config.problem import suggestion
from affinity_gw.convert.carried import Carried, Note
from affinity_gw.convert.sections import Section, Side
from affinity_gw.errors import Complaint
from affinity_gw.routing.acl import PREDEFINED
from affinity_gw.routing.lexer import split_words


def copy_acls(carried: Carried, sections: Sequence[Section]) -> Iterator[Complaint]:
    """Copy acls to where they are used; a complaint for each that nobody defines."""
    for section in sections:
        for side, _, text, line in list(section.conditions):
            known = section.tables[side].get("acl", {})
            for name in names_in(text):
                if name in PREDEFINED and name not in known:
                    continue
                if name not in known:
                    yield from _copied(carried, sections, section, side, name, line)
                elif (defined := _first_line(section, side, name)) > line and not _is_copy(section, defined):
                    problem = f"the acl {name} is defined below, at line {defined}, where HAProxy has not read it yet"
                    yield Complaint(problem, "move it above", carried.file, line)


def _first_line(section: Section, side: Side, name: str) -> int:
    return min((line for path, line in section.origins[side].items() if path[:2] == ("acl", name)), default=0)


def _is_copy(section: Section, line: int) -> bool:
    """Whether an acl of that line has been copied here from another section."""
    return not section.line < line <= section.last


def drop_unused(section: Section) -> None:
    """A ``listen`` becomes two tables; each keeps the acls that its own rules use."""
    for side, table in section.tables.items():
        used = {name for where, _, text, _ in section.conditions if where == side for name in names_in(text)}
        other_side = {name for where, _, text, _ in section.conditions if where != side for name in names_in(text)}
        for name in list(table.get("acl", {})):
            if name not in used and name in other_side:
                del table["acl"][name]
                section.origins[side] = {
                    path: line for path, line in section.origins[side].items() if path[:2] != ("acl", name)
                }
        if not table.get("acl", True):
            del table["acl"]


def _copied(
    carried: Carried, sections: Sequence[Section], user: Section, side: Side, name: str, line: int
) -> Iterator[Complaint]:
    for owner in sections:
        for where, table in owner.tables.items():
            if owner is not user and name in table.get("acl", {}):
                user.tables[side].setdefault("acl", {})[name] = list(table["acl"][name])
                for path, origin in owner.origins[where].items():
                    if path[:2] == ("acl", name):
                        user.origins[side][path] = origin
                problem = (
                    f"the acl {name} is of {owner.kind} {owner.name}, and HAProxy knows it there only; it is copied"
                )
                carried.notes.append(Note(line, carried.texts.get(line, "").split(" ")[0], "repaired", problem))
                return
    near = suggestion(name, [each for table in user.tables.values() for each in table.get("acl", {})])
    yield Complaint(f"there is no acl {name}", near or "define it above", carried.file, line)


def names_in(text: str) -> Iterator[str]:
    """The names of acls in a condition; what stands in braces is no name."""
    depth = 0
    for word in split_words(text):
        if word.lstrip("!") == "{":
            depth += 1
        elif word == "}":
            depth = 0
        elif not depth and word.lower() != "or" and word != "||" and (name := word.lstrip("!")):
            yield name
