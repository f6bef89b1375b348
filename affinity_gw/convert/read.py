"""A haproxy.cfg, line by line: which section, which directive, and what to make of it.

Nothing is dropped in silence: a line is carried over, noted, or complained of. Complaints are of what HAProxy 2.6
refuses too, and come all at once.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path

from affinity_gw.config.problem import Problem, suggestion
from affinity_gw.convert.assembly import assemble
from affinity_gw.convert.binds import bind_addresses
from affinity_gw.convert.carried import Carried, Note
from affinity_gw.convert.comments import comments
from affinity_gw.convert.conditional import DIRECTIVES, MESSAGES, Blocks
from affinity_gw.convert.global_directives import GLOBAL, tune
from affinity_gw.convert.global_others import NEGATABLE
from affinity_gw.convert.http_mode import speak_http, upgrade
from affinity_gw.convert.idle import settle
from affinity_gw.convert.lexer import Line, Word, lex
from affinity_gw.convert.names import copy_acls, drop_unused
from affinity_gw.convert.proxies import PROXY
from affinity_gw.convert.sections import Context, Directive, Section, SectionKind, inherit_rules, section
from affinity_gw.convert.unsupported import leave_out_unsupported
from affinity_gw.convert.userlists import USERLIST
from affinity_gw.convert.words import name
from affinity_gw.errors import Complaint, ConfigError

KINDS: Mapping[str, SectionKind] = {
    **{word: word for word in ("global", "defaults", "frontend", "backend", "listen", "userlist")},
    **dict.fromkeys(("peers", "resolvers", "mailers", "cache", "program", "http-errors", "fcgi-app", "ring"), "other"),
    **dict.fromkeys(("log-forward", "crt-list", "namespace_list"), "other"),
}
"""What begins a section."""

_ADDRESS = re.compile(r"(\[?[0-9A-Fa-f:.*]*\]?|[A-Za-z0-9.-]+):\d+(-\d+)?")
_NEGATABLE = {"option", "log", *NEGATABLE}


def read(path: Path, shown: str) -> Carried:
    """``shown``: the file's name in complaints. Raises ConfigError for what HAProxy refuses, with every complaint."""
    lines = _text(path, shown).split("\n")
    reader = _Reader(Carried(shown, comments=comments(lines)))
    for number, text in enumerate(lines, start=1):
        reader.line(number, text)
    if lines[-1]:
        reader.complain(len(lines), "", Problem("the last line has no end: the file may be cut short", "end the line"))
    return reader.end()


def _text(path: Path, shown: str) -> str:
    try:
        raw = path.read_bytes()
        if b"\0" in raw:
            raise ConfigError([Complaint("this is no text, so it is no HAProxy configuration", file=shown)])
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise ConfigError([Complaint("this is not UTF-8 text", "save the file as UTF-8", shown, line)]) from None
    except OSError as error:
        raise ConfigError([Complaint(f"the file cannot be read: {error.strerror}", file=shown)]) from None


class _Reader:
    def __init__(self, carried: Carried) -> None:
        self.carried = carried
        self.complaints: list[Complaint] = []
        self.general = section("global", "", 0)
        self.sections: list[Section] = []
        self.defaults: dict[str, Section] = {}
        self.last_defaults: Section | None = None
        self.current: Section | None = None
        self.own: dict[str, str] = {}
        self.blocks = Blocks()

    def line(self, number: int, text: str) -> None:
        variables = {**os.environ, **self.own}
        try:
            line = lex(number, text, variables, self.own)
            if line.words and line.words[0] in DIRECTIVES:
                self.blocks.take(line, variables)
                return
        except Problem as problem:
            self.complain(number, text.strip().partition(" ")[0], problem)
            return
        if line.words and self.blocks.holds:
            self.words(line)

    def words(self, line: Line) -> None:
        self.carried.texts[line.number] = line.text
        if line.words[0] in MESSAGES:
            self.message(line)
        elif line.words[0] in KINDS:
            self.begin(line)
        elif self.current is None:
            raise ConfigError([_no_haproxy(self.carried.file, line)])
        elif self.current.kind != "other":
            self.directive(line, self.current)

    def message(self, line: Line) -> None:
        """An ``.alert`` is there to stop the start."""
        text = " ".join(line.words[1:])
        if line.words[0] == ".alert":
            self.complain(line.number, ".alert", Problem(text))
        elif line.words[0] != ".diag":
            self.carried.notes.append(Note(line.number, str(line.words[0]), "warning", text))

    def complain(self, number: int, directive: str, problem: Problem) -> None:
        self.complaints.append(Complaint(problem.problem, problem.advice, self.carried.file, number, key=directive))

    def begin(self, line: Line) -> None:
        """A section begins."""
        kind = KINDS[line.words[0]]
        if kind == "global":
            self.current = self.general
            return
        self.current = made = section(kind, "", line.number)
        context = Context(self.carried, made, line, line.words, general=self.general)
        try:
            self.name(made, context)
        except Problem as problem:
            self.complain(line.number, str(line.words[0]), problem)

    def name(self, made: Section, context: Context) -> None:
        words = context.words
        if made.kind == "other":
            context.leave_out(f"there is no section {words[0]}")
            return
        if made.kind != "defaults" or len(words) > 1:
            made.name = str(name(context.argument(1, "the section's name"), f"a {made.kind}"))
        self.inherit(made, context)
        if made.kind == "defaults":
            self.defaults[made.name] = self.last_defaults = made
            return
        self.unique(made)
        self.sections.append(made)
        if "frontend" in made.tables and len(words) > 2 and words[2] != "from":
            listen_at(context, words[2])
            context.repaired(f"an address beside the name of a {made.kind} is refused since HAProxy 1.7; it is a bind")

    def inherit(self, made: Section, context: Context) -> None:
        """The last ``defaults`` before it, or the one that ``from`` names."""
        words = context.words
        made.parent = None if made.kind in {"defaults", "userlist"} else self.last_defaults
        if "from" in words[1:]:
            named = str(words[-1])
            if named not in self.defaults:
                raise Problem(f'there is no defaults "{named}"', suggestion(named, filter(None, self.defaults)))
            made.parent = self.defaults[named]
        if made.parent is not None and made.kind != "defaults":
            inherit_rules(made, made.parent)

    def unique(self, made: Section) -> None:
        for other in self.sections:
            if other.name == made.name and (other.tables.keys() & made.tables.keys() or other.kind == made.kind):
                raise Problem(f"{made.kind} {made.name} has the name of {other.kind} {other.name} at line {other.line}")

    def directive(self, line: Line, current: Section) -> None:
        words = line.words
        current.last = line.number
        negated = words[0] == "no"
        try:
            if words[0] in {"no", "default"}:
                words = words[1:]
                if not words or words[0] not in _NEGATABLE:
                    raise Problem("only an option can be taken back", "write no option NAME")
                if line.words[0] == "default":
                    current.said.pop(str(words[-1]), None)
                    return
            context = Context(self.carried, current, line, words, negated=negated, general=self.general)
            self.known(current.kind, str(words[0]))(context)
        except Problem as problem:
            self.complain(line.number, line.directive, problem)

    def known(self, kind: SectionKind, word: str) -> Directive:
        table = {"global": GLOBAL, "userlist": USERLIST}.get(kind, PROXY)
        if kind == "global" and word.startswith("tune."):
            return tune
        if kind == "global" and word in {"setenv", "presetenv", "unsetenv", "resetenv"}:
            return self.environment
        if word not in table:
            where = f"in a section {kind}" if word in PROXY or word in GLOBAL else "in HAProxy"
            raise Problem(f'there is no "{word}" {where}', suggestion(word, table))
        return table[word]

    def environment(self, context: Context) -> None:
        """``setenv NAME VALUE`` holds for the lines below it."""
        word, variable = context.words[0], str(context.argument(1, "the variable's name"))
        if word in {"setenv", "presetenv"} and (word == "setenv" or variable not in os.environ):
            self.own[variable] = str(context.argument(2, "its value"))
        elif word in {"unsetenv", "resetenv"}:
            context.leave_out("variables are those of the process")

    def end(self) -> Carried:
        """What was carried over, put together. Raises ConfigError."""
        for each in self.sections:
            self.listening(each)
        self.complaints += copy_acls(self.carried, self.sections)
        speak_http(self.carried, self.sections)
        upgrade(self.carried, self.sections)
        leave_out_unsupported(self.carried, self.sections)
        settle(self.carried, self.sections)
        for each in self.sections:
            drop_unused(each)
        if self.complaints:
            raise ConfigError(sorted(self.complaints, key=lambda complaint: complaint.line or 0))
        if self.current is None:
            raise ConfigError([Complaint("the file says nothing", "write frontend and backend", self.carried.file)])
        assemble(self.carried, self.general, self.sections)
        return self.carried

    def listening(self, each: Section) -> None:
        """``listen 0.0.0.0:8181``: HAProxy takes the address for a mere name, and does not start."""
        if "frontend" not in each.tables or "bind" in each.tables["frontend"] or not _ADDRESS.fullmatch(each.name):
            return
        line = lex(each.line, self.carried.texts[each.line], {}, {})
        context = Context(self.carried, each, line, line.words, general=self.general)
        listen_at(context, line.words[1])
        context.repaired(f"the {each.kind} has no bind, and its name is an address: it listens there")


def listen_at(context: Context, word: Word) -> None:
    for address in bind_addresses(context, word):
        context.append("frontend", "bind", address)


def _no_haproxy(file: str, line: Line) -> Complaint:
    """What else it may be."""
    first = str(line.words[0])
    guess = "it looks like TOML: give it a name that ends in .toml" if first.startswith("[") else ""
    if line.text.endswith("{") or line.text.endswith(";"):
        guess = "it looks like nginx's"
    if re.match(r'[$a-z.-]+(\[[^]]*\]\s*=~?|\s*=\s*[("])', line.text):
        guess = "it looks like lighttpd's"
    problem = (
        f'this is no HAProxy configuration: it begins with "{first}", not with global, defaults, frontend or listen'
    )
    return Complaint(problem, guess, file, line.number)
