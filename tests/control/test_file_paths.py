"""Which file a request-target names."""

import pytest

from affinity_gw.control.file_paths import below, moved, seen


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


@pytest.mark.parametrize(
    "target",
    [
        "/",
        "/?a//b%41",
        "/a.txt",
        "/sub/",
        "/a-b_c~d",
        "/a!$&'()*+,;=:@b",
        "/%20%22%23%25%2F%3C%3F%5B%C3%A4",
        "/sub/index.html?x",
    ],
)
def test_a_path_in_its_normal_form_is_where_it_is(target):
    assert moved(target) == ""


@pytest.mark.parametrize(
    ("target", "resolved"),
    [
        ("/%61.txt", "/a.txt"),
        ("/%61.txt?x=%61", "/a.txt?x=%61"),
        ("/%70rivate/a", "/private/a"),
        ("/x/%70rivate/a/", "/x/private/a/"),
        ("/x//private/a", "/x/private/a"),
        ("//private/a", "/private/a"),
        ("/private//", "/private/"),
        ("//", "/"),
        ("///?x", "/?x"),
        ("/a%2Bb", "/a+b"),
        ("/%c3%a4", "/%C3%A4"),
        ("/\udcc3\udca4", "/%C3%A4"),
        ("/a%3Ab", "/a:b"),
        ("/%zz", "/%25zz"),
        ("/a b", "/a%20b"),
    ],
)
def test_in_any_other_form_it_is_led_to_that_one_under_whatever_prefix(target, resolved):
    location = moved(target)
    assert moved(resolved) == ""
    for prefix in ("", "/files"):
        base = f"http://h{prefix}{target}".encode("utf-8", "surrogateescape").decode("latin-1")
        assert joined(base, location) == f"http://h{prefix}{resolved}"


def joined(base, location):
    """RFC 3986 section 5.2, which urllib's urljoin does otherwise where segments are empty."""
    path, mark, query = location.partition("?")
    scheme, _, rest = base.partition("://")
    host, _, before = rest.partition("?")[0].partition("/")
    segments = before.split("/")[:-1]
    *steps, last = path.split("/")
    for step in steps:
        if step == "..":
            segments.pop()
        elif step != ".":
            segments.append(step)
    return f"{scheme}://{host}/{'/'.join([*segments, last])}{mark}{query}"
