"""Where a rule's action is being made: its section, its place in the file, and what its texts become."""

from __future__ import annotations

import re
from typing import Any

from affinity_gw.config.conditions import expression
from affinity_gw.config.scan import Path as Keys
from affinity_gw.config.schema_rules import ReplacementTable
from affinity_gw.config.section import Section
from affinity_gw.routing.regexes import regular
from affinity_gw.routing.rules import Text


class Making:
    """Where an action is being made: its section, its place, its table, and whether it looks at answers."""

    def __init__(self, section: Section, path: Keys, table: Any, response: bool) -> None:
        self.section = section
        self.path = path
        self.table = table
        self.response = response

    def complain(self, problem: str, advice: str, *below: str | int) -> None:
        self.section.layers.complain((*self.path, *below), problem, advice)

    def text(self, value: str, *below: str | int) -> Text:
        return expression(self.section, (*self.path, *below), value, response=self.response)

    def literal(self, value: str, *below: str | int) -> Text:
        """A text in which a percent sign is nothing special unless it begins ``%[``: locations, pages."""
        return self.text(value, *below) if "%[" in value else value

    def pattern(self, table: ReplacementTable) -> re.Pattern[str] | None:
        if table.match is None or table.value is None:
            if not self.section.layers.broken(*self.path):
                self.complain("it lacks match or with", 'write { match = "^/old/(.*)", with = "/new/\\\\1" }')
            return None
        try:
            return regular(table.match)
        except ValueError as error:
            self.complain(str(error), "", "match")
            return None
