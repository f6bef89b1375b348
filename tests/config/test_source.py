"""One file as it was read: variables filled in, and what cannot be read at all."""

import pytest

from affinity_gw.config.source import from_mapping, literal


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("${GW_SET}", "7"),
        ("a${GW_SET}b${GW_SET-x}", "a7b7"),
        ("${GW_UNSET-x y}", "x y"),
        ("${GW_UNSET-}", ""),
        ("${GW_EMPTY-x}", ""),
        ("$GW_SET $5 {n}", "$GW_SET $5 {n}"),
        ("$${GW_SET} $${", "${GW_SET} ${"),
        ("$$${GW_SET}", "$${GW_SET}"),
    ],
)
def test_variables_are_filled_in(monkeypatch, tmp_path, written, value):
    monkeypatch.setenv("GW_SET", "7")
    monkeypatch.setenv("GW_EMPTY", "")
    monkeypatch.delenv("GW_UNSET", raising=False)
    source, complaints = from_mapping({"a": {"b": [written, 1]}}, tmp_path)
    assert (source.data, complaints) == ({"a": {"b": [value, 1]}}, [])


@pytest.mark.parametrize("text", ["${GW_SET}", "$${x", "$$${${}", "^a${2}$", "$ {"])
def test_what_is_made_literal_stays_as_it_is(tmp_path, text):
    source, complaints = from_mapping({"a": literal(text)}, tmp_path)
    assert (source.data, complaints) == ({"a": text}, [])


def test_a_variable_may_be_a_number_or_a_switch(load, monkeypatch):
    monkeypatch.setenv("GW_RETRIES", "9")
    monkeypatch.setenv("GW_SWITCH", "false")
    backend = load('@F\n@B\nretries = "${GW_RETRIES}"\nredispatch = "${GW_SWITCH}"\n').backends[0]
    assert (backend.retries, backend.redispatch) == (9, False)


def test_a_variable_cannot_break_out_of_its_string(load, monkeypatch):
    monkeypatch.setenv("GW_VALUE", '"\nretries = 9\nx = "')
    fields = load('@F\n@B\nset_request_headers.X-A = "${GW_NONE-ok}"\n').backends[0].set_request_headers
    assert fields == (("X-A", "ok"),)
    with pytest.raises(Exception, match="line break"):
        load('@F\n@B\nset_request_headers.X-A = "${GW_VALUE}"\n')


def test_a_variable_that_is_not_set_is_one_complaint(complaints):
    assert complaints('[global]\npidfile = "${GW_UNSET}"\n@F\n@B\nretries = "${"\n') == [
        "2 [global] pidfile: the variable GW_UNSET is not set; set it, or write ${GW_UNSET-default}",
        (
            '8 [backend.b] retries: "${" begins a variable, but no name and "}" follow; '
            "write ${NAME} or ${NAME-default}; $${ is a ${ that is meant as it stands"
        ),
    ]


def test_the_data_of_the_caller_is_not_changed(tmp_path):
    data = {"backend": {"b": {"check": True, "server": {"s": "a:1"}}}}
    from_mapping(data, tmp_path)
    assert data == {"backend": {"b": {"check": True, "server": {"s": "a:1"}}}}
