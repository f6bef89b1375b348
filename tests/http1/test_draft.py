"""Heads that rules change."""

import pytest

from affinity_gw.http1.draft import RequestDraft, ResponseDraft
from affinity_gw.http1.fields import matcher
from tests.http1.making import answer, get


def head_of(target="/p?q=1"):
    return get("X-A: 1", "x-b: 2", "X-a: 3", start=f"GET {target} HTTP/1.1")


def draft(target="/p?q=1"):
    return RequestDraft(head_of(target))


def test_a_draft_that_nobody_changed_is_the_head_itself():
    head = head_of()
    assert RequestDraft(head).head is head


def test_a_head_is_never_changed():
    head = head_of()
    changed = RequestDraft(head)
    changed.set(b"X-A", "9")
    assert changed.head is not head
    assert head.headers.getall("X-A") == ["1", "3"]


def test_set_puts_one_field_at_the_end_instead_of_all_of_its_name():
    changed = draft()
    changed.set(b"x-A", "9")
    assert changed.head.fields == ((b"Host", b"a.example"), (b"x-b", b"2"), (b"x-A", b"9"))
    assert changed.head.headers.getall("X-A") == ["9"]
    assert changed.touched == {b"x-a"}


def test_add_leaves_the_others():
    changed = draft()
    changed.add(b"X-B", "9")
    assert changed.head.headers.getall("X-B") == ["2", "9"]


def test_remove_takes_every_field_that_is_unwanted():
    changed = draft()
    changed.remove(matcher(["x-*"]))
    assert changed.head.fields == ((b"Host", b"a.example"),)
    assert changed.touched == frozenset()


def test_replace_asks_for_each_field_by_itself():
    changed = draft()
    changed.replace(b"X-A", lambda value: "one" if value == "1" else None)
    assert changed.head.headers.getall("X-A") == ["one", "3"]


@pytest.mark.parametrize("value", ["a\r\nX: y", "a\0b", "\x7f"])
def test_what_would_break_the_head_apart_is_refused(value):
    with pytest.raises(ValueError, match="control character"):
        draft().set(b"X-A", value)


@pytest.mark.parametrize("value", ["", "a b", "a,b", "a/b", "user@a"])
def test_a_host_that_is_none_is_refused(value):
    with pytest.raises(ValueError, match="is no host"):
        draft().set(b"host", value)


@pytest.mark.parametrize(
    ("target", "path", "changed"),
    [
        ("/p?q=1", "/new", "/new?q=1"),
        ("/p", "/new", "/new"),
        ("http://a.example/p?q=1", "/new", "http://a.example/new?q=1"),
        ("http://a.example", "/new", "http://a.example/new"),
    ],
)
def test_a_path_changes_and_the_rest_stays(target, path, changed):
    made = draft(target)
    made.set_path(path)
    assert made.head.target == changed


@pytest.mark.parametrize(
    ("target", "query", "changed"),
    [
        ("/p?q=1", "z", "/p?z"),
        ("/p", "z", "/p?z"),
        ("/p?q", "", "/p"),
        ("http://a.example/p?q", "z", "http://a.example/p?z"),
    ],
)
def test_a_query_changes_and_the_rest_stays(target, query, changed):
    made = draft(target)
    made.set_query(query)
    assert made.head.target == changed


@pytest.mark.parametrize("target", ["", "a", "/a b", "/a#b", "/\xe4", "ftp://a/", "/a\r\nX: y"])
def test_what_is_no_request_target_is_refused(target):
    with pytest.raises(ValueError, match="is no request-target"):
        draft().set_target(target)


def test_the_new_head_knows_where_the_old_one_came_from():
    head = head_of()
    head.peer = "192.0.2.7"
    head.client = "198.51.100.1"
    made = RequestDraft(head)
    made.set_path("/x")
    assert (made.head.peer, made.head.client, made.head.path) == ("192.0.2.7", "198.51.100.1", "/x")


def test_an_answer_gets_another_status():
    made = ResponseDraft(answer("Server: x"))
    made.set_status(418, "teapot")
    made.remove(matcher(["server"]))
    assert (made.head.status, made.head.reason, made.head.fields) == (418, "teapot", ())
