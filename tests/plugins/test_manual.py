"""The docstrings are the manual that ``affinity_gw plugins`` prints, so they are held to a shape."""

import re
from dataclasses import fields
from importlib.metadata import entry_points
from inspect import getdoc

import pytest

from affinity_gw.plugin import Extractor

FIRST_PARTY = {
    point.name: point.load()
    for point in entry_points(group="affinity_gw.extractors")
    if point.value.startswith("affinity_gw_plugins.")
}


def test_all_five_are_found_through_their_entry_points():
    assert set(FIRST_PARTY) == {"url_prefix", "cookie", "source_ip", "header", "path"}


@pytest.mark.parametrize("name", sorted(FIRST_PARTY))
def test_the_first_line_is_a_sentence_and_each_option_has_a_line(name):
    extractor = FIRST_PARTY[name]
    text = getdoc(extractor)
    assert text.splitlines()[0].endswith(".")
    documented = re.findall(r"^    (\w+): \S", text.partition("Options:")[2], re.MULTILINE)
    assert documented == [field.name for field in fields(extractor) if field.init]


@pytest.mark.parametrize("name", sorted(FIRST_PARTY))
def test_an_extractor_is_frozen_and_has_no_dictionary(name):
    extractor = FIRST_PARTY[name]
    assert issubclass(extractor, Extractor)
    assert extractor.__dataclass_params__.frozen
    assert "__dict__" not in dir(extractor)
