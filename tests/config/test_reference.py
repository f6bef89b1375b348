"""The manual's table of options says what the schema says."""

import pytest

from affinity_gw.config import reference
from affinity_gw.config.load import load_mapping

ROWS = {(row.section, row.key): row for row in reference.rows()}


@pytest.mark.parametrize(
    ("section", "key", "kind", "default"),
    [
        ("[global]", "maxconn", "number", "4096"),
        ("[global]", "log.format", "string", '"auto"'),
        ("[global]", "daemon", "true or false", "false"),
        ("[frontend.NAME], [backend.NAME]", "forwarded_for", "string or table", '"replace"'),
        ("[frontend.NAME]", "timeout.http_keep_alive", "duration", '"10s"'),
        ("[frontend.NAME]", "maxconn", "number", "0"),
        ("[[….rule]]", "code", "number", "302"),
        ("[backend.NAME]", "timeout.tunnel", "duration", '"1h"'),
        ("[backend.NAME]", "check", "true, false or table", "true"),
        ("[backend.NAME]", "check.inter", "duration", '"2s"'),
        ("[backend.NAME]", "server.NAME.weight", "number", "1"),
        ("[backend.NAME]", "server.NAME.address", "address", ""),
        ("[backend.NAME]", "instances.start_timeout", "duration", '"30s"'),
        ("[backend.NAME]", "buffer_chunked_requests", "size or false", "false"),
        ("[backend.NAME]", "drop_on_upgrade", "list of header names", "[]"),
    ],
)
def test_an_option_has_its_type_and_built_in_value(section, key, kind, default):
    row = ROWS[section, key]
    assert (row.kind, row.default) == (kind, default)


def test_every_option_has_a_sentence_and_stands_once():
    rows = list(reference.rows())
    assert all(row.meaning.endswith(".") for row in rows)
    assert len({(row.section, row.key) for row in rows}) == len(rows)


def test_what_cannot_be_written_is_not_listed():
    assert not any("enabled" in key for _, key in ROWS)


APART = ("server.NAME", "instances", "files")
"""Words that make servers, where there are some already."""


def test_every_default_that_is_toml_can_be_written():
    """What the table calls the built-in value changes nothing when it is written down.

    But for the connection mode, and how addresses are told: who writes it has a say in it beside the other side.
    """
    sections = {"[global]": {}, "[frontend.NAME]": {}, "[backend.NAME]": {}}
    for (section, key), row in ROWS.items():
        value = _toml(row.default) if key not in {"connection", "forwarded_for", "original_to"} else None
        for name in section.split(", "):
            if value is not None and name in sections and not key.startswith(APART):
                _put(sections[name], key, value)
    bare = {"frontend": {"x": {"bind": ":0", "backend": "b"}}, "backend": {"b": {"server": {"s": "a:1"}}}}
    written = {
        "global": sections["[global]"],
        "frontend": {"x": sections["[frontend.NAME]"] | bare["frontend"]["x"]},
        "backend": {"b": sections["[backend.NAME]"] | bare["backend"]["b"]},
    }
    one, other = load_mapping(bare), load_mapping(written)
    assert one.general == other.general
    assert one.frontends == other.frontends
    assert one.backends[0].servers == other.backends[0].servers


def _toml(default):
    import tomllib  # noqa: PLC0415

    try:
        return tomllib.loads(f"x = {default}")["x"]
    except tomllib.TOMLDecodeError:
        return None


def _put(table, key, value):
    *way, last = key.split(".")
    for part in way:
        if not isinstance(table.get(part, {}), dict):
            return
        table = table.setdefault(part, {})
    if not isinstance(table.get(last), dict):
        table[last] = value


def test_the_table_is_markdown_and_plain_text():
    lines = reference.markdown().splitlines()
    assert lines[0] == "| section | option | type | default | meaning |"
    assert len(lines) == len(ROWS) + 2
    assert "\n[backend.NAME]\n" in reference.plain()
