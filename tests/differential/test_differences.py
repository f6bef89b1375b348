"""Every difference is on purpose: it stands in README, some scenario shows it, and it fails once it is gone."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import pytest

from tests.differential import compare
from tests.differential.conftest import Same
from tests.differential.differences import ELSEWHERE, EVERYWHERE, Everywhere, levels
from tests.differential.scenario import Scenario

HERE = Path(__file__).parent
README = (HERE.parents[1] / "README.md").read_text(encoding="utf-8")
SECTION = re.search(r"^## Where it differs from HAProxy$(.*?)^## ", README, re.MULTILINE | re.DOTALL)[1]
ROWS = [line.split("|")[1].strip() for line in SECTION.splitlines() if line.startswith("|")][2:]


def scenarios() -> list[Scenario]:
    """All that any file here plays."""
    modules = [importlib.import_module(f"tests.differential.{path.stem}") for path in HERE.glob("test_*.py")]
    lists = [value for module in modules for value in vars(module).values() if isinstance(value, list)]
    return [each for found in lists for each in found if isinstance(each, Scenario)]


@pytest.mark.parametrize("difference", EVERYWHERE, ids=lambda difference: difference.shown.name)
async def test_what_differs_everywhere_is_seen_without_it_and_not_with_it(
    same: Same, tmp_path: Path, difference: Everywhere
):
    (tmp_path / "without").mkdir()
    await same(difference.shown)
    found = await compare.play(difference.shown, tmp_path / "without", levels(without=difference), patience=0.0)
    assert found, f"nothing differs any more in {difference.row!r}: strike it"


def test_every_row_of_the_manual_is_shown():
    shown = {each.row for each in EVERYWHERE} | {each.apart.row for each in scenarios() if each.apart} | set(ELSEWHERE)
    assert shown == set(ROWS)


def test_no_row_is_excused_that_is_shown():
    assert not set(ELSEWHERE) & (
        {each.row for each in EVERYWHERE} | {each.apart.row for each in scenarios() if each.apart}
    )


def test_every_difference_has_its_reason():
    assert all(each.reason for each in EVERYWHERE)
    assert all(ELSEWHERE.values())
