"""HAProxy's mode is tcp where a file says none, and its HTTP rules then do nothing: it warns of each and goes on.

A file that never says a mode and is full of HTTP is a fragment of one that said ``mode http`` above: it is read so,
with a word.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from affinity_gw.convert.carried import Carried, Note
from affinity_gw.convert.sections import Said, Section

_HTTP = re.compile(r"!?(base|capture|cook|hdr|http_|method|path|query|req\.(cook|f?hdr|method|ver)|s?cook|status|url)")
_RULES = {"backend", "server", "deny", "when", "unless"}
"""What a rule may hold in mode tcp."""


def upgrade(carried: Carried, sections: Sequence[Section]) -> None:
    """A frontend of mode tcp in front of backends that all speak HTTP speaks it itself: HAProxy changes over there."""
    modes = {each.name: each.value("mode", "tcp") for each in sections if "backend" in each.tables}
    for section in sections:
        if section.value("mode", "tcp") == "http" or section.kind != "frontend":
            continue
        named = {rule["backend"] for rule in section.tables["frontend"].get("rule", ()) if "backend" in rule}
        named |= {section.value("default_backend")} - {None}
        if named and all(modes.get(name) == "http" for name in named):
            section.said["mode"] = Said("http", section.line)
            problem = "it has mode tcp, and its backends have mode http; it speaks HTTP with clients from the beginning"
            directive = " ".join(carried.texts[section.line].split()[:2])
            carried.notes.append(Note(section.line, directive, "warning", problem, "write mode http"))


def speak_http(carried: Carried, sections: Sequence[Section]) -> None:
    """Set the mode of all sections to http where that is what is meant."""
    if any(section.find("mode") is not None for section in sections):
        return
    line = min((line for section in sections for line in _http_lines(section)), default=None)
    if line is None:
        return
    for section in sections:
        section.said["mode"] = Said("http", section.line)
    problem = "HAProxy's mode is tcp where none is said, in which its rules about HTTP do nothing; it is http"
    directive = carried.texts[line].split()[0]
    carried.notes.append(Note(line, directive, "repaired", problem, "write mode http"))


def _http_lines(section: Section) -> Iterator[int]:
    for word in ("affinity cookie", "forwarded_for", "monitor_uri"):
        if word in section.said:
            yield section.said[word].line
    for side, table in section.tables.items():
        origins = section.origins[side]
        for name, lines in table.get("acl", {}).items():
            yield from (origins["acl", name, index] for index, text in enumerate(lines) if _HTTP.match(text))
        for key in ("rule", "response_rule"):
            for index, rule in enumerate(table.get(key, ())):
                if rule.keys() - _RULES or any(_HTTP.match(word) for word in _criteria(rule)):
                    yield origins[key, index]


def _criteria(rule: dict[str, str]) -> Iterator[str]:
    words = f"{rule.get('when', '')} {rule.get('unless', '')}".split()
    yield from (after for before, after in pairwise(words) if before.endswith("{"))
