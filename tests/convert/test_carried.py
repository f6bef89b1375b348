"""What a reading of haproxy.cfg leaves behind."""

import pytest

from affinity_gw.convert.carried import Carried, Note


def test_nothing_is_shared_between_two_readings():
    one, other = Carried("a.cfg"), Carried("b.cfg")
    one.data["frontend"] = {}
    assert other.data == {}


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("warning", "a.cfg:7 nbproc 4: one process; see workers"),
        ("repaired", "a.cfg:7 nbproc 4: repaired: one process; see workers"),
        ("left out", "a.cfg:7 nbproc 4: left out: one process; see workers"),
    ],
)
def test_a_note_says_its_place_and_what_became_of_it(kind, said):
    notes = [Note(7, "nbproc 4", kind, "one process", "see workers")]
    assert [str(complaint) for complaint in Carried("a.cfg", notes=notes).said()] == [said]


def test_notes_are_told_in_the_order_of_the_file():
    notes = [Note(9, "b", "warning", "x"), Note(2, "a", "left out", "y")]
    assert [complaint.line for complaint in Carried("a.cfg", notes=notes).said()] == [2, 9]
