"""What may be said, part four: rules. One table is a condition with one thing to do."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, ConfigDict, Field, PlainValidator

from affinity_gw.config.problem import Problem
from affinity_gw.config.schema import Table
from affinity_gw.config.values import (
    FieldName,
    FieldPatterns,
    FieldValue,
    Flag,
    Text,
    field_value,
    number,
    one_of,
    shown,
    text,
)
from affinity_gw.proxy.replies import PAGES, REDIRECTS


def where_to(value: Any) -> str:
    """What a redirect's Location field says: printable ASCII without blanks (RFC 3986 section 2), but in
    expressions."""
    plain = re.sub(r"%\[[^\]]*\]", "", field_value(text(value)))
    if not all("!" <= character <= "~" for character in plain):
        raise Problem(f"{shown(value)} is not a location", "percent-encode blanks and letters outside of ASCII")
    return str(value)


def deny_status(value: Any) -> int:
    if value is True:
        return 403
    if number(200, 599)(value) not in PAGES:
        advice = f"one of {', '.join(map(str, PAGES))}; for any other write return = {{ status = {value} }}"
        raise Problem(f"{value} is no status to refuse with", advice)
    return int(value)


def redirect_code(value: Any) -> int:
    if number(0)(value) not in REDIRECTS:
        raise Problem(f"{value} is no status of a redirect", f"one of {', '.join(map(str, REDIRECTS))}")
    return int(value)


def changed_status(value: Any) -> int:
    """Not one that changes how the body is framed (RFC 9112 section 6.3)."""
    if number(200, 599)(value) in {204, 205, 304}:
        raise Problem(f"{value} would take the body away that follows", "write another status")
    return int(value)


def cookie_pair(value: Any) -> str:
    if not re.fullmatch(r"[!#-+\--:<-\[\]-~]+", text(value)):
        raise Problem(f"{shown(value)} cannot stand in a Set-Cookie", 'write "NAME=value" or "NAME"')
    return str(value)


def userlist_or_true(value: Any) -> str | Literal[True]:
    return True if value is True else text(value)


def realm_words(value: Any) -> str:
    """What stands between quotes (RFC 9110 section 11.5)."""
    if re.search(r'["\\]', field_value(value)):
        raise Problem(f"{shown(value)} cannot stand between quotes", "leave quotes and backslashes out")
    return str(value)


def redirect_table(value: Any) -> Any:
    """A string alone is its location."""
    return {"location": value} if isinstance(value, str) else value


def expression(value: Any) -> str:
    """A text that may hold ``%[...]``; compiled where the section is known."""
    if not isinstance(value, str):
        raise Problem(f"{shown(value)} is not a string", "write it in quotes")
    return field_value(value)


def body_text(value: Any) -> str:
    """What a page says: like ``expression``, with as many lines as it likes."""
    if not isinstance(value, str):
        raise Problem(f"{shown(value)} is not a string", "write it in quotes")
    return value


Expression = Annotated[str, PlainValidator(expression)]
Assignments = Annotated[dict[FieldName, Expression], "table of header to value"]


class RedirectTable(Table):
    location: Annotated[str | None, PlainValidator(where_to), "string"] = Field(
        None, description="Where to, as a whole."
    )
    prefix: Annotated[str | None, PlainValidator(where_to), "string"] = Field(
        None, description="What goes before the path and the query that were asked for."
    )
    scheme: Annotated[str | None, PlainValidator(where_to), "string"] = Field(
        None, description="The scheme alone changes; the host and all else are those that were asked for."
    )
    code: Annotated[int | None, PlainValidator(redirect_code), "number"] = Field(
        None, description="301, 302, 303, 307 or 308."
    )
    drop_query: Flag | None = Field(None, description="With prefix or scheme: without the query.")
    append_slash: Flag | None = Field(None, description="With drop_query: end the path with a slash.")
    ignore_empty: Flag | None = Field(None, description="Where an expression gives nothing, this rule does nothing.")
    set_cookie: Annotated[str | None, PlainValidator(cookie_pair), "string"] = Field(
        None, description="A cookie to set on the way, NAME or NAME=value."
    )
    clear_cookie: Annotated[str | None, PlainValidator(cookie_pair), "string"] = Field(
        None, description="A cookie to take away on the way."
    )


class ReturnTable(Table):
    status: Annotated[int | None, PlainValidator(number(200, 599)), "number"] = Field(None, description="The status.")
    content_type: FieldValue | None = Field(None, description="The Content-Type of the body.")
    body: Annotated[str | None, PlainValidator(body_text), "string"] = Field(
        None, description="What the page says; %[…] is filled in."
    )
    file: Text | None = Field(None, description="The file that holds the body; read once, at the start.")
    fields: Assignments | None = Field(None, description="Header fields of the answer.")


class ReplacementTable(Table):
    match: Text | None = Field(None, description="A regular expression; it may match anywhere.")
    value: Expression | None = Field(None, description=r"What takes its place; \1 is the first group.", alias="with")

    model_config = ConfigDict(**Table.model_config, populate_by_name=True)


class FieldReplacementTable(ReplacementTable):
    name: FieldName | None = Field(None, description="The field's name.")


class ConditionTable(Table):
    when: Text | None = Field(None, description="The condition, in HAProxy's language; always, where there is none.")
    unless: Text | None = Field(None, description="The same turned round: where it does not hold.")


class FieldRules(ConditionTable):
    """What both directions can do."""

    deny: Annotated[int | None, PlainValidator(deny_status), "number"] = Field(
        None, description="Refuse with this status; true is 403, of an answer 502."
    )
    set_header: Assignments | None = Field(
        None, description="Fields to set, each instead of all of that name; %[…] is filled in."
    )
    add_header: Assignments | None = Field(None, description="Fields to add.")
    del_header: FieldPatterns | None = Field(None, description="Fields to take out; * at the end makes a prefix.")
    replace_header: Annotated[FieldReplacementTable | None, "table of name, match, with"] = Field(
        None, description="Where match is found in a field, its whole value becomes with."
    )
    replace_value: Annotated[FieldReplacementTable | None, "table of name, match, with"] = Field(
        None, description="The same for each comma separated part of a value."
    )


class RuleTable(FieldRules):
    backend: Text | None = Field(None, description="Send the request to this backend; %[…] is filled in.")
    server: Text | None = Field(None, description="In a backend: send it to this server while that is up.")
    redirect: Annotated[RedirectTable | None, BeforeValidator(redirect_table), "location or table"] = Field(
        None, description="Answer with a redirect."
    )
    code: Annotated[int | None, PlainValidator(redirect_code), "number"] = Field(
        None, description="The status of the redirect: 301, 302, 303, 307 or 308."
    )
    phase: Annotated[Literal["http-request"] | None, PlainValidator(one_of("http-request")), "string"] = Field(
        None, description='"http-request": this redirect is tried in its place among the rules, not after them.'
    )
    returned: Annotated[ReturnTable | None, "table"] = Field(
        None, description="Answer with a page of your own.", alias="return"
    )
    auth: Annotated[str | Literal[True] | None, PlainValidator(userlist_or_true), "userlist or true"] = Field(
        None,
        description="Ask for a user and a password, but whom this userlist knows; true: everybody whom the rule means.",
    )
    realm: Annotated[str | None, PlainValidator(realm_words), "string"] = Field(
        None, description="What the password is asked for in the name of; else the userlist's or the section's name."
    )
    allow: Flag | None = Field(None, description="Pass over the rest of this section's rules, but for what follows.")
    set_path: Expression | None = Field(None, description="Another path; %[…] is filled in.")
    set_pathq: Expression | None = Field(None, description="Another path and query.")
    set_query: Expression | None = Field(None, description="Another query, without its question mark.")
    set_uri: Expression | None = Field(None, description="Another request-target.")
    replace_path: Annotated[ReplacementTable | None, "table of match, with"] = Field(
        None, description="Where match is found in the path, the whole path becomes with."
    )
    replace_pathq: Annotated[ReplacementTable | None, "table of match, with"] = Field(
        None, description="The same in path and query."
    )
    replace_uri: Annotated[ReplacementTable | None, "table of match, with"] = Field(
        None, description="The same in the whole request-target."
    )


class ResponseRuleTable(FieldRules):
    set_status: Annotated[int | None, PlainValidator(changed_status), "number"] = Field(
        None, description="Another status."
    )
    reason: FieldValue | None = Field(None, description="The phrase beside that status.")
