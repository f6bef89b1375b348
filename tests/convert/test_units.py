"""Tables as rows, each with the lines that it came from."""

from affinity_gw.convert.units import Row, aligned, units


def rows(path, table, origins=None):
    return [row for unit in units(path, table, origins or {}) for row in unit.rows]


def test_small_tables_are_dotted_keys_and_servers_inline():
    table = {"timeout": {"connect": "5s"}, "server": {"a": "h:1", "b": {"address": "h:2", "weight": 2}}}
    assert [row.code for row in rows(("backend", "x"), table)] == [
        'timeout.connect = "5s"',
        'server.a = "h:1"',
        'server.b = { address = "h:2", weight = 2 }',
    ]


def test_an_inline_table_that_is_too_long_becomes_dotted_keys():
    table = {"server": {"a": {"address": "h:1", "cookie": "c" * 99}}}
    assert [row.code.split(" ")[0] for row in rows(("backend", "x"), table)] == ["server.a.address", "server.a.cookie"]


def test_a_list_from_several_lines_has_a_row_for_each():
    table = {"log": {"syslog": ["a local0", "b local1"]}}
    origins = {("global", "log", "syslog", 0): 2, ("global", "log", "syslog", 1): 3}
    assert rows(("global",), table, origins) == [
        Row("log.syslog = ["),
        Row('  "a local0",', (2,)),
        Row('  "b local1",', (3,)),
        Row("]"),
    ]


def test_a_key_without_a_line_has_that_of_the_table_around_it():
    table = {"check": {"http": "HEAD /"}, "retries": 3}
    found = rows(("backend", "x"), table, {("backend", "x"): 1, ("backend", "x", "check"): 7})
    assert found == [Row('check.http = "HEAD /"', (7,)), Row("retries = 3")]


def test_comments_stand_in_one_column_unless_a_row_is_long():
    found = aligned([Row("a = 1", (3,)), Row("long = 1", (4, 9)), Row("none = 1"), Row("x" * 80, (5,))])
    assert found == ["a = 1     # line 3", "long = 1  # lines 4, 9", "none = 1", "x" * 80 + "  # line 5"]
