"""What HAProxy's conditions and expressions can ask and the gateway's cannot: the rule that asks it is left out.

An acl that cannot be asked is left out with every rule that names it, for half of a condition is another condition.
Beside these, what HAProxy takes in a criterion without saying all of it is said here in full.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from affinity_gw.config.mode import condition_problem
from affinity_gw.convert.carried import Carried, Kind, Note
from affinity_gw.convert.names import names_in
from affinity_gw.convert.sections import Section, Side
from affinity_gw.routing.acl import compile_condition, compile_response_condition
from affinity_gw.routing.criteria import compile_criterion
from affinity_gw.routing.formats import compile_format
from affinity_gw.routing.lexer import split_words
from affinity_gw.routing.not_yet import NotSupportedYet
from affinity_gw.routing.samples import Place

RULES = ("rule", "response_rule")
_CONDITIONS = ("when", "unless")
_LITERAL = {"redirect", "return", "backend", "auth", "realm", "reason"}
"""Where only ``%[`` begins an expression, and a percent sign alone is one."""
_OWN_BACKEND = re.compile(r"(nbsrv|avg_queue|queue)(?=[,\s]|$)")
_OF_TCP = ("backend", "server")
"""What a rule may do in mode tcp: HAProxy passes over http-request rules there."""


def leave_out_unsupported(carried: Carried, sections: Sequence[Section]) -> None:
    """Take out the acls and rules that cannot be, each with its note."""
    backends = {
        section.name: list(section.tables["backend"].get("server", {}))
        for section in sections
        if "backend" in section.tables
    }
    userlists = list(carried.data.get("userlist", {}))
    for section in sections:
        noted: set[int] = set()
        for side in section.tables:
            own = {side: section.name}
            names: dict[str, Any] = {"backends": backends, "userlists": userlists}
            names |= {"backend": own.get("backend"), "frontend": own.get("frontend")}
            _Side(carried, section, side, names, noted).run()


@dataclass(slots=True)
class _Side:
    carried: Carried
    section: Section
    side: Side
    names: Mapping[str, Any]
    noted: set[int]
    """Lines that have been noted: the acls of a ``listen`` are in both of its tables."""
    dead: set[str] = field(default_factory=set)

    @property
    def table(self) -> dict[str, Any]:
        return self.section.tables[self.side]

    @property
    def tcp(self) -> bool:
        return bool(self.section.value("mode", "tcp") == "tcp")

    def run(self) -> None:
        for name, lines in list(self.table.get("acl", {}).items()):
            lines[:] = [self._in_full(name, index, text) for index, text in enumerate(lines)]
            if not all(self._acl(name, index, text) for index, text in enumerate(lines)):
                self.dead.add(name)
        for name in self.dead:
            del self.table["acl"][name]
            self._forget(("acl", name))
        for key in RULES:
            self._rules(key)
        self._monitor()

    def _note(self, line: int, kind: Kind, problem: str, advice: str = "") -> None:
        if line not in self.noted:
            self.noted.add(line)
            directive = " ".join(self.carried.texts[line].split()[:2])
            self.carried.notes.append(Note(line, directive, kind, problem, advice))

    def _forget(self, beginning: tuple[str, ...]) -> None:
        origins = self.section.origins[self.side]
        for path in [path for path in origins if path[: len(beginning)] == beginning]:
            del origins[path]

    def _line(self, *path: str | int) -> int:
        origins = self.section.origins[self.side]
        return next(
            (origins[path[:end]] for end in range(len(path), 0, -1) if path[:end] in origins), self.section.line
        )

    def _in_full(self, name: str, index: int, text: str) -> str:
        """``nbsrv`` in a ``listen`` is its own; an acl without a pattern never matches."""
        if self.section.kind == "listen":
            text = _OWN_BACKEND.sub(lambda match: f"{match[0]}({self.section.name})", text, count=1)
        try:
            self._criterion(text)
        except NotSupportedYet:
            return text
        except ValueError as error:
            if "wants at least one pattern" not in str(error):
                return text
            problem = "there is no pattern, so that it never holds"
            self._note(self._line("acl", name, index), "warning", problem, "write -m found to ask whether it is there")
            return f"{text} --"
        return text

    def _criterion(self, text: str) -> None:
        compile_criterion(split_words(text), Place(**self.names, answer=None), _patterns)

    def _acl(self, name: str, index: int, text: str) -> bool:
        return self._can(self._line("acl", name, index), lambda: self._criterion(text), text, is_acl=True)

    def _can(self, line: int, compiled: Callable[[], object], text: str, *, is_acl: bool = False) -> bool:
        """Whether it compiles; other mistakes than what is not supported are for ``build`` to complain of."""
        problem = condition_problem(text, is_acl=is_acl) if self.tcp else None
        if problem is not None:
            self._note(line, "left out", problem.problem, problem.advice)
            return False
        try:
            compiled()
        except NotSupportedYet as error:
            self._note(line, "left out", str(error))
            return False
        except ValueError:
            return True
        return True

    def _rules(self, key: str) -> None:
        rules = self.table.get(key)
        if rules is None:
            return
        kept = [index for index, rule in enumerate(rules) if self._rule(key, index, rule)]
        if len(kept) == len(rules):
            return
        origins = self.section.origins[self.side]
        lines = [self._line(key, index) for index in kept]
        self.table[key] = [rules[index] for index in kept]
        self._forget((key,))
        origins.update({(key, number): line for number, line in enumerate(lines)})

    def _rule(self, key: str, index: int, rule: dict[str, Any]) -> bool:
        line = self._line(key, index)
        if self.tcp and not rule.keys() & set(_OF_TCP):
            self._note(
                line, "warning", "in mode tcp HAProxy passes over it, and so does the gateway", "write mode http"
            )
            return False
        for word in _CONDITIONS:
            if word in rule and not self._condition(key, line, rule[word]):
                return False
        return all(self._text(key, line, text) for text in _texts(rule))

    def _condition(self, key: str, line: int, text: str) -> bool:
        if dead := sorted(self.dead & set(names_in(text))):
            self._note(line, "left out", f"the acl {dead[0]} that it asks is left out")
            return False
        compiler = compile_response_condition if key == "response_rule" else compile_condition
        acls = self.table.get("acl", {})
        return self._can(line, lambda: compiler(text, acls, **self.names, read_patterns=_patterns), text)

    def _text(self, key: str, line: int, text: str) -> bool:
        response = key == "response_rule"
        return self._can(line, lambda: compile_format(text, **self.names, response=response), "")

    def _monitor(self) -> None:
        text = self.table.get("monitor_fail")
        if text is not None and not self._condition("rule", self._line("monitor_fail"), text):
            del self.table["monitor_fail"]
            self._forget(("monitor_fail",))


def _patterns(name: str) -> list[str]:
    try:
        return Path(name).read_text(encoding="utf-8", errors="surrogateescape").split("\n")
    except OSError as error:
        raise ValueError(f"-f {name}: {error.strerror}") from None


def _texts(value: Any, literal: str = "%") -> Iterator[str]:
    """The texts of a rule with expressions in them."""
    if isinstance(value, str):
        if literal not in value:
            return
        yield value
    elif isinstance(value, dict):
        for key, item in value.items():
            if key not in {*_CONDITIONS, "match", "name"}:
                yield from _texts(item, "%[" if key in _LITERAL else literal)
