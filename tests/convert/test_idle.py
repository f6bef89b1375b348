"""Sections that do nothing."""

from affinity_gw.convert.load import config_of
from tests.convert.whole import APP, WEB, whole


def test_a_frontend_that_is_disabled_listens_nowhere(tmp_path):
    carried = whole(tmp_path, more="frontend off\nbind 127.0.0.1:81\ndisabled\ndefault_backend app")
    assert list(carried.data["frontend"]) == ["web"]
    (note,) = carried.notes
    assert note.kind == "warning"
    assert "disabled" in note.problem
    config_of(carried)


def test_a_backend_that_is_disabled_has_no_servers(tmp_path):
    carried = whole(tmp_path, app="disabled")
    assert carried.data["backend"]["app"]["server"] == {}
    assert [note.line for note in carried.notes] == [APP - 2]
    config_of(carried)


def test_what_was_disabled_in_defaults_can_be_enabled(tmp_path):
    more = "defaults\nmode http\ndisabled\nfrontend on\nbind 127.0.0.1:81\nenabled\ndefault_backend app"
    assert list(whole(tmp_path, more=more).data["frontend"]) == ["web", "on"]


def test_a_listen_without_a_bind_is_a_backend(tmp_path):
    carried = whole(tmp_path, f"# line {WEB}", more="listen hidden\nserver a 127.0.0.1:1\nhttp-request deny")
    assert list(carried.data["frontend"]) == ["web"]
    assert "hidden" in carried.data["backend"]
    assert "no bind" in carried.notes[0].problem
    config_of(carried)
