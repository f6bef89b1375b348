"""A whole source: every complaint at once, in file order, and never anything but complaints."""

import tomllib
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from affinity_gw.config.load import load_mapping
from affinity_gw.errors import ConfigError

EVERYTHING_WRONG = """\
[global]
maxcon = 3

[defaults]
timeout.client = 50

[frontend.http]
bind = ":80"
backend = "wtt"

[[frontend.http.rule]]
when = "{ path_bge /a }"
backend = "wt"
maxconn = 7

[backend.wt]
balance = "sources"
affinity = [{ extractor = "tenant" }]
server.wt1 = { address = "127.0.0.1:1", check = false }
server.wt2 = { address = "127.0.0.1:2", track = "wt1" }

[backend.empty]
"""

COMPLAINTS = [
    '2 [global] maxcon: there is no option "maxcon" here; did you mean "maxconn"?',
    '5 [defaults] timeout.client: a duration needs a unit, 50 has none; write "50s" or "50ms"',
    '9 [frontend.http] backend: there is no backend "wtt"; did you mean "wt"?',
    "12 [frontend.http] rule[0].when: the criterion path_bge is unknown; did you mean path_beg?",
    (
        '14 [frontend.http] rule[0].maxconn: there is no option "maxconn" here; '
        "if it is meant for the frontend, it belongs above the first [[rule]]"
    ),
    '17 [backend.wt] balance: "sources" is no balance; did you mean "source"?',
    (
        '18 [backend.wt] affinity[0].extractor: there is no extractor "tenant"; '
        "there is cookie, header, path, source_ip and url_prefix"
    ),
    (
        "20 [backend.wt] server.wt2.track: wt/wt1 is not checked, so that nobody knows whether it is up; "
        "switch its check on"
    ),
]


def test_every_complaint_comes_at_once_in_file_order(complaints):
    assert complaints(EVERYTHING_WRONG) == COMPLAINTS


@pytest.mark.parametrize("text", ["", "@B\n"])
def test_without_a_frontend_there_is_nothing_to_do(complaints, text):
    assert complaints(text) == [" there is no frontend; write [frontend.NAME] with bind and backend"]


def test_sections_are_no_tables(complaints):
    assert complaints("global = 1\ndefaults = 2\n@F\n@B\n") == [
        "1 [global]: this is not a table; write [global] on a line of its own, and the keys below it",
        "2 [defaults]: this is not a table; write [defaults] on a line of its own, and the keys below it",
    ]


odd = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-2, 300),
    st.floats(allow_nan=False),
    st.sampled_from(["", "x", "b", "5s", "none", "127.0.0.1:1", "a/b", "${", "{ path /a }", "\0", "wt", "true"]),
    st.lists(st.integers(), max_size=2),
    st.dictionaries(
        st.sampled_from(["", "a", "extractor", "address", "enabled", "when", "deny"]), st.integers(), max_size=2
    ),
)


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_whatever_stands_in_a_place_is_read_or_complained_of(data):
    """No odd value anywhere makes anything but a Config or complaints."""
    config = tomllib.loads(
        """
        [global]
        maxconn = 3
        log.level = "info"
        [defaults]
        retries = 3
        [frontend.x]
        bind = [":0"]
        backend = "b"
        acl.a = "path /a"
        rule = [{ when = "a", deny = 403 }]
        [backend.b]
        affinity = [{ extractor = "cookie", name = "S", insert = true }]
        check.http = "HEAD /"
        server.s1 = { address = "127.0.0.1:1", weight = 1, track = "s2" }
        server.s2 = "127.0.0.1:2"
        instances = { command = "app", count = 2, environment = { A = "b" } }
        set_request_headers = { X = "y" }
        timeout.server = "1s"
        """
    )
    for _ in range(data.draw(st.integers(1, 3))):
        holder, key = data.draw(st.sampled_from(list(_places(config))))
        holder[key] = data.draw(odd)
    with suppress(ConfigError):
        assert load_mapping(config).frontends


def _places(value):
    for key, item in value.items() if isinstance(value, dict) else enumerate(value):
        yield value, key
        if isinstance(item, dict | list):
            yield from _places(item)
