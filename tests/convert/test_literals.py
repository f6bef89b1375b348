"""Keys and values in TOML's spelling: what tomllib reads back."""

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from affinity_gw.convert.literals import comment, key, value

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
"""All but halves of surrogate pairs, which no UTF-8 text holds."""


@pytest.mark.parametrize(
    ("item", "written"),
    [
        ("5s", '"5s"'),
        ("^/old(.*)\\.html$", "'^/old(.*)\\.html$'"),
        ('say "yes"', "'say \"yes\"'"),
        ("it's \\d", '"it\'s \\\\d"'),
        ("two\nlines\\", '"two\\nlines\\\\"'),
        ("\x7f", '"\\u007F"'),
        ("Käse", '"Käse"'),
        (True, "true"),
        (30, "30"),
        (["a:80", "b:80"], '["a:80", "b:80"]'),
        ({"address": "a:80", "weight": 2}, '{ address = "a:80", weight = 2 }'),
        ({}, "{}"),
    ],
)
def test_a_value_is_as_short_as_it_can_be(item, written):
    assert value(item) == written


@pytest.mark.parametrize("item", [None, b"x", object()], ids=["None", "bytes", "object"])
def test_what_toml_cannot_say_is_refused(item):
    with pytest.raises(TypeError, match="TOML has no"):
        value(item)


@given(TEXT)
def test_every_string_is_read_as_it_was(text):
    assert tomllib.loads(f"x = {value(text)}") == {"x": text}


@given(TEXT)
def test_every_key_is_read_as_it_was(text):
    assert tomllib.loads(f"{key(['a', text])} = 1") == {"a": {text: 1}}


@given(TEXT)
def test_a_comment_says_nothing_to_toml(text):
    assert tomllib.loads(f"{comment(text)}\nx = 1") == {"x": 1}


def test_only_keys_that_need_them_have_quotes():
    assert key(["backend", "www.example", "server", "wt-1"]) == 'backend."www.example".server.wt-1'
