"""A directory as a page."""

import os
import re

import pytest

from affinity_gw.control.listing import Entry, entries, page, readable


@pytest.fixture
def root(tmp_path):
    (tmp_path / "outside.txt").write_text("x")
    root = tmp_path / "root"
    root.mkdir()
    return root.resolve()


def names(root, directory=None):
    return [entry.name for entry in entries(str(root), str(directory or root))]


def test_directories_come_first_and_each_kind_is_sorted(root):
    for name in ("b.txt", "A.txt", "c.txt"):
        (root / name).write_text("")
    for name in ("z", "y"):
        (root / name).mkdir()
    assert names(root) == ["y", "z", "A.txt", "b.txt", "c.txt"]


def test_what_may_not_be_asked_for_is_not_shown(root):
    (root / ".hidden").write_text("")
    (root / "back\\slash").write_text("")
    (root / "outside").symlink_to("../outside.txt")
    (root / "nowhere").symlink_to("nothing")
    (root / "hidden").symlink_to(".hidden")
    os.mkfifo(root / "pipe")
    (root / "seen").write_text("")
    (root / "link").symlink_to("seen")
    assert names(root) == ["link", "seen"]


def test_names_are_escaped_for_html_and_for_links(root):
    (root / "<b>\"&'.txt").write_text("")
    html = page(entries(str(root), str(root)), top=True).decode()
    assert "<b>" not in html
    assert '<a href="./%3Cb%3E%22&amp;&#x27;.txt">&lt;b&gt;&quot;&amp;&#x27;.txt</a>' in html


def test_a_name_with_a_colon_is_no_scheme_and_one_that_is_no_text_is_shown_all_the_same():
    html = page([Entry("javascript:alert(1)", 1, 0.0), Entry("\udcff", 1, 0.0)], top=True).decode()
    assert 'href="./javascript:alert(1)"' in html
    assert 'href="./%FF">?</a>' in html


def test_there_is_a_way_up_unless_it_is_the_top():
    assert b'href="../"' in page([], top=False)
    assert b'href="../"' not in page([], top=True)


def test_sizes_and_dates_stand_beside_the_names():
    html = page([Entry("sub", None, 0.0), Entry("a", 2048, 86400.0)], top=True).decode()
    assert re.findall("<td>([^<]*)</td>", html) == ["", "1970-01-01 00:00", "2.0 KB", "1970-01-02 00:00"]


@pytest.mark.parametrize(
    ("size", "text"),
    [(0, "0 B"), (1023, "1023 B"), (1024, "1.0 KB"), (1048575, "1.0 MB"), (5 << 30, "5.0 GB"), (1 << 60, "1.0 EB")],
)
def test_a_size_is_short(size, text):
    assert readable(size) == text
