"""Which answer a request for a file gets; through the whole gateway: tests/sockets/test_files.py."""

from pathlib import Path

import pytest

from affinity_gw.control.files import Files, Found, content_type
from affinity_gw.routing.servers import FilesSpec


@pytest.fixture
def root(tmp_path):
    (tmp_path / "plain").mkdir()
    (tmp_path / "plain" / "a.txt").write_text("a")
    (tmp_path / "indexed").mkdir()
    (tmp_path / "indexed" / "index.html").write_text("index")
    return tmp_path.resolve()


@pytest.fixture
def find(root):
    return lambda target, **options: Files(FilesSpec("static", str(root), **options)).find(target)


def test_a_file(find, root):
    assert find("/plain/a.txt?x") == Found(path=root / "plain" / "a.txt")


@pytest.mark.parametrize("target", ["/nothing", "/plain/a.txt/", "/plain/a.txt/b", "/../x", f"/{'x' * 300}"])
def test_nothing(find, target):
    assert find(target).status == 404


def test_a_directory_ends_with_a_slash(find):
    assert find("/plain?x=1") == Found(301, location="./plain/?x=1")
    assert find("/plain?") == Found(301, location="./plain/?")


def test_a_directory_is_its_index(find, root):
    assert find("/indexed/").path == root / "indexed" / "index.html"
    assert find("/indexed/", index="", listing=True).body
    assert find("/plain/", index="a.txt").path == root / "plain" / "a.txt"


def test_an_index_that_leads_out_is_none(find, root):
    (root / "plain" / "index.html").symlink_to("/etc/passwd")
    assert find("/plain/").status == 403


def test_without_an_index_it_is_listed_only_where_that_is_wanted(find):
    assert find("/plain/").status == 403
    assert b"a.txt" in find("/plain/", listing=True).body


def test_links_to_themselves_are_nothing(find, root):
    (root / "loop").symlink_to("loop")
    assert find("/loop").status == 404


def test_what_may_not_be_read_is_forbidden(find, monkeypatch):
    monkeypatch.setattr("os.access", lambda *_: False)
    assert find("/plain/a.txt").status == 403


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.txt", "text/plain; charset=utf-8"),
        ("a.HTML", "text/html; charset=utf-8"),
        ("a.js", "text/javascript; charset=utf-8"),
        ("a.json", "application/json; charset=utf-8"),
        ("a.svg", "image/svg+xml; charset=utf-8"),
        ("a.png", "image/png"),
        ("a.woff2", "font/woff2"),
        ("a.tar.gz", "application/gzip"),
        ("a.unheard", "application/octet-stream"),
        ("README", "application/octet-stream"),
    ],
)
def test_the_end_of_the_name_says_the_type(name, kind):
    assert content_type(Path(name)) == kind


def test_a_file_has_one_name(find, root):
    assert find("/plain/%61.txt") == Found(301, location="../plain/a.txt")
    assert find("/plain//a.txt?x") == Found(301, location="../../plain/a.txt?x")
    assert find("/%2e%2e//a.txt").status == 404
