"""What becomes different in affinity_gw's own words."""

import pytest

from affinity_gw.convert.differences import differences
from affinity_gw.convert.pins import pins
from tests.convert.making import carried


@pytest.fixture
def said():
    """The sentences for another parameter, or another backend."""

    def said(parameter="wtd", **backend):
        data = carried().data
        acls = data["frontend"]["wt"]["acl"]
        acls["srv1"], acls["srv2"] = f"url_sub {parameter}=wt1", f"url_sub {parameter}=wt2"
        found = pins(data["frontend"]["wt"], data["backend"])
        data["backend"]["bck_lb"] = backend
        return "\n".join(differences(data, "bck_lb", found))

    return said


def test_keys_and_names_are_told(said):
    assert said("sid") == (
        "What becomes different in [backend.bck_lb]:\n"
        "- only the first sid of the query counts: sid=wt1… elsewhere in the URL means nothing,\n"
        "  and sid=wt10… is wt10's, where there is such a server\n"
        "- logs, explain and conditions say bck_lb/wt1 instead of bck1/srv1"
    )


def test_every_setting_of_the_preset_that_differs_is_told(said):
    text = said()
    assert '    timeout.server = "2m" instead of "50s"\n' in text
    assert '    timeout.server_idle = "5s"\n' in text
    assert "    abortonclose = true instead of false\n" in text


def test_what_the_backend_says_itself_does_not_change(said):
    assert "timeout.server =" not in said(timeout={"server": "50s"})
