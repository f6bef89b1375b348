"""Which file a request-target names."""

import pytest

from affinity_gw.control.file_paths import below, seen


@pytest.fixture
def root(tmp_path):
    (tmp_path / "secret.txt").write_text("secret")
    root = tmp_path / "root"
    (root / "sub").mkdir(parents=True)
    (root / "a.txt").write_text("a")
    (root / ".hidden").write_text("hidden")
    (root / "sub" / "b.txt").write_text("b")
    (root / "inside").symlink_to("sub/b.txt")
    (root / "outside").symlink_to("../secret.txt")
    (root / "up").symlink_to("..")
    (root / "at_hidden").symlink_to(".hidden")
    (tmp_path / "root2").mkdir()
    (root / "neighbour").symlink_to("../root2")
    return root.resolve()


@pytest.mark.parametrize(
    ("target", "name"),
    [
        ("/", ""),
        ("/a.txt", "a.txt"),
        ("/a.txt?x=/../y", "a.txt"),
        ("/%61.txt", "a.txt"),
        ("//sub///b.txt", "sub/b.txt"),
        ("/sub/", "sub"),
        ("/inside", "sub/b.txt"),
        ("/nothing/here", "nothing/here"),
        ("/with%20blank", "with blank"),
        ("/%zz", "%zz"),
    ],
)
def test_a_target_names_what_is_below_the_root(root, target, name):
    assert below(str(root), target) == str(root / name)


def test_bytes_that_are_no_text_are_a_name_as_well(root):
    assert below(str(root), "/%ff") == f"{root}/\udcff"
    assert below(str(root), "/\udcff") == f"{root}/\udcff"


TRAVERSALS = [
    "/..",
    "/../secret.txt",
    "/sub/../../secret.txt",
    "/sub/../a.txt",
    "/%2e%2e/secret.txt",
    "/.%2E/secret.txt",
    "/..%2fsecret.txt",
    "/..%2Fsecret.txt",
    "/%2e%2e%2fsecret.txt",
    "/sub%2fb.txt",
    "/..\\secret.txt",
    "/..%5csecret.txt",
    "/sub%5cb.txt",
    "/%2e%2e%5csecret.txt",
    "/a.txt%00",
    "/%00",
    "/a.txt%00.html",
    "/.hidden",
    "/%2ehidden",
    "/.",
    "/./a.txt",
    "/sub/.git/config",
    "/outside",
    "/up",
    "/up/secret.txt",
    "/up/root/a.txt/../../../secret.txt",
    "/neighbour",
    "/neighbour/x",
    "/at_hidden",
]


@pytest.mark.parametrize("target", TRAVERSALS)
def test_nothing_else_can_be_named(root, target):
    assert below(str(root), target) is None


@pytest.mark.parametrize("target", ["", "*", "a.txt", "http://host/a.txt", "?x"])
def test_what_is_no_path_names_nothing(root, target):
    assert below(str(root), target) is None


def test_decoding_once_is_enough(root):
    assert below(str(root), "/%252e%252e/secret.txt") == str(root / "%2e%2e" / "secret.txt")


def test_the_root_may_be_the_whole_disk():
    assert below("/", "/dev/null") == "/dev/null"


def test_a_link_is_seen_where_it_stays_inside(root):
    assert seen(str(root), str(root / "inside")) == str(root / "sub" / "b.txt")
    assert seen(str(root), str(root / "outside")) is None
