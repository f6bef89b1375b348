"""What a converted file says in comments."""

import pytest

from affinity_gw.convert.carried import Note
from affinity_gw.convert.remarks import Remarks, lines
from tests.convert.making import carried

LEFT_OUT = Note(13, "compression algo gzip", "left out", "there is no compression", "let the servers do it")
REPAIRED = Note(9, "srvtimeout 50000", "repaired", "HAProxy 2.6 refuses it", "read as timeout server")
WARNING = Note(20, "balance", "warning", "surplus words")


@pytest.fixture
def remarks():
    return Remarks(carried(None, None, WARNING, REPAIRED, LEFT_OUT))


def test_the_head_lists_what_is_missing(remarks):
    assert list(remarks.head()) == [
        '# Converted from haproxy.cfg; "line 12" is the line there that a setting comes from.',
        "#",
        "# Left out: line 13, compression algo gzip: there is no compression; let the servers do it",
        "#",
        "# Repaired, as a comment at each place says: line 9.",
    ]


def test_each_note_stands_at_its_line_and_only_once(remarks):
    assert list(remarks.at([9, 10])) == [
        "# Repaired: line 9, srvtimeout 50000: HAProxy 2.6 refuses it; read as timeout server"
    ]
    assert list(remarks.at([9, 10])) == []


def test_a_note_on_a_line_without_a_key_stands_in_its_section(remarks):
    assert list(remarks.rest(("frontend", "wt"))) == [
        "# Left out: line 13, compression algo gzip: there is no compression; let the servers do it"
    ]
    assert list(remarks.rest(("backend", "bck_lb"))) == ["# line 20, balance: surplus words"]


def test_what_the_operator_wrote_stands_above_what_is_said_of_it():
    found = carried(None, None, REPAIRED)
    found.comments = {9: ["as long as it takes", "see the wiki"]}
    assert list(Remarks(found).at([9]))[:2] == ["# as long as it takes", "# see the wiki"]


def test_nothing_is_lost_that_has_no_place():
    early = Note(1, "hello", "left out", "this is no section")
    remarks = Remarks(carried(None, None, early))
    assert list(remarks.rest(("global",))) == []
    assert list(remarks.everything_else()) == ["# Left out: line 1, hello: this is no section"]


def test_long_notes_are_wrapped():
    note = Note(3, "daemon", "warning", "many words " * 20)
    found = list(Remarks(carried(None, None, note)).at([3]))
    assert len(found) > 1
    assert all(row.startswith("# ") and len(row) <= 120 for row in found)


def test_lines_are_named_in_order():
    assert (lines([3]), lines([4, 3])) == ("line 3", "lines 3, 4")
