"""Whole exchanges, scene by scene."""

from tests.proxy.stage import GET, OK


def test_a_request_and_its_answer_pass(stage, client):
    client >> GET
    server = stage.accept()
    assert server.receives() == GET
    server << OK
    assert client.receives() == OK
    assert stage.endings == [(200, "--")]
    assert repr(stage.pool) == "<Pool 1 opened, 0 reused, idle {}>"
    assert server.connection == "closed"
    assert client.connection == "open"
