"""A backend whose one server is the gateway itself."""

import pytest

from affinity_gw.routing.address import Address
from affinity_gw.routing.servers import FilesSpec, Server


@pytest.fixture(autouse=True)
def static(tmp_path):
    (tmp_path / "static").mkdir()


def test_the_root_is_relative_to_the_file(load, tmp_path):
    (backend,) = load('@F\n[backend.b]\nfiles.root = "static"\n').backends
    assert backend.files == FilesSpec("b", str(tmp_path / "static"))
    assert backend.servers == (Server("b", "files", 1, Address()),)
    assert backend.connection == "keep-alive"


def test_the_options_and_the_section_have_their_say(load, tmp_path):
    text = '@F\n[backend.b]\nconnection = "close"\nfiles = { root = "static", listing = true, index = "" }\n'
    (backend,) = load(text).backends
    assert backend.files == FilesSpec("b", str(tmp_path / "static"), listing=True, index="")
    assert backend.connection == "close"


CASES = {
    "no root": (
        "@F\n[backend.b]\nfiles.listing = true\n",
        ['5 [backend.b] files: it does not say which files; write files.root = "static"'],
    ),
    "no such directory": (
        '@F\n[backend.b]\nfiles.root = "statics"\n',
        [
            (
                "5 [backend.b] files.root: there is no directory statics; "
                "name one that the gateway may read, relative to this file"
            )
        ],
    ),
    "a file": (
        '@F\n[backend.b]\nfiles.root = "cfg.toml"\n',
        [
            (
                "5 [backend.b] files.root: cfg.toml is not a directory; "
                "name one that the gateway may read, relative to this file"
            )
        ],
    ),
    "servers beside it": (
        '@F\n[backend.b]\nfiles.root = "static"\nserver.s1 = "127.0.0.1:1"\n',
        ["6 [backend.b] server: the backend has files and server; give the files a backend of their own"],
    ),
    "instances beside it": (
        '@F\n[backend.b]\nfiles.root = "static"\ninstances.command = "app"\n',
        ["6 [backend.b] instances: the backend has files and instances; give the files a backend of their own"],
    ),
    "mode tcp": (
        '[frontend.x]\nbind = ":80"\nmode = "tcp"\nbackend = "b"\n[backend.b]\nmode = "tcp"\nfiles.root = "static"\n',
        ["7 [backend.b] files: files are asked for by requests, and mode tcp has none; leave the mode out"],
    ),
    "an index elsewhere": (
        '@F\n[backend.b]\nfiles = { root = "static", index = "../index.html" }\n',
        [
            '5 [backend.b] files.index: "../index.html" is not the name of a file; write "index.html", or "" for none',
        ],
    ),
    "a root that is locked away": (
        '[global]\nchroot = "/var/empty"\n@F\n[backend.b]\nfiles.root = "static"\n',
        [
            (
                "7 [backend.b] files: in its chroot the gateway cannot reach them; "
                "leave chroot out, or let another server have the files"
            )
        ],
    ),
}


@pytest.mark.parametrize(("text", "expected"), CASES.values(), ids=CASES)
def test_what_is_wrong_is_said(complaints, text, expected):
    assert complaints(text) == expected
