import pytest

from affinity_gw.routing.decision import Forward, Reply
from tests.routing.making import backend, finds, request, server

ONE = server("one", cookie="x")
WT = backend(ONE)


@pytest.mark.parametrize(("pin", "persistent"), [("hit", True), ("lost", False), ("unknown", False), ("none", False)])
def test_only_a_key_that_pinned_holds_the_request(pin, persistent):
    assert Forward(request(), WT, ONE, pin).persistent is persistent


def test_a_plugin_sees_names_and_words():
    forward = Forward(request(), WT, ONE, "hit", finds("x", name="cookie"), "x", "x")
    assert (forward.backend_name, forward.server_name, forward.server_word) == ("wt", "one", "x")
    assert (forward.extractor, forward.key, forward.word) == ("cookie", "x", "x")


def test_what_a_redispatch_changes_is_seen_at_once():
    forward = Forward(request(), WT, ONE)
    forward.server = server("two")
    assert (forward.server_name, forward.server_word) == ("two", "two")


def test_a_reply_knows_what_became_of_the_key():
    reply = Reply(503, "SC", "no server", "", WT, "lost", finds("x", name="cookie"), "x", "x")
    assert (reply.pin, reply.extractor, reply.key, reply.word) == ("lost", "cookie", "x", "x")
    assert Reply(403, "PR", "denied").extractor is None
