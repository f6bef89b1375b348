"""Where a client's connection comes from."""

from ipaddress import ip_network

from tests.proxy.stage import GET


class TestWho:
    def test_an_ipv4_client_of_a_dual_stack_socket_is_an_ipv4_client(self, open_stage):
        stage = open_stage()
        stage.get(stage.client("::ffff:192.0.2.9", 4711))
        assert (stage.record.peer, stage.record.peer_port) == ("192.0.2.9", 4711)

    def test_a_client_of_a_unix_socket_has_no_address(self, open_stage):
        stage = open_stage()
        client = stage.client()
        client.wire.peername = ""
        client.downstream.connection_made(client.wire)
        stage.get(client)
        assert (stage.record.peer, stage.record.peer_port) == ("", 0)

    def test_a_client_that_has_reset_already_is_who_was_accepted(self, open_stage):
        stage = open_stage()
        client = stage.client()
        client.wire.peername = None
        client.downstream.remote = ("192.0.2.8", 4712)
        client.downstream.connection_made(client.wire)
        stage.get(client)
        assert (stage.record.peer, stage.record.peer_port) == ("192.0.2.8", 4712)

    def test_what_a_trusted_proxy_says_is_the_client(self, open_stage):
        stage = open_stage(general={"trusted_proxies": (ip_network("192.0.2.0/24"),)})
        stage.get(stage.client(), request=GET[:-2] + b"X-Forwarded-For: 203.0.113.5\r\n\r\n")
        assert (stage.record.client, stage.record.peer) == ("203.0.113.5", "192.0.2.7")

    def test_what_anybody_else_says_is_not(self, open_stage):
        stage = open_stage()
        stage.get(stage.client(), request=GET[:-2] + b"X-Forwarded-For: 203.0.113.5\r\n\r\n")
        assert stage.record.client == "192.0.2.7"
