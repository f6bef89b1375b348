"""The sockets that frontends listen on."""

import contextlib
import os
import socket
from pathlib import Path

import pytest

from affinity_gw.errors import BindError
from affinity_gw.process.sockets import address_of, bind_all, close_all
from affinity_gw.routing.address import Address
from affinity_gw.routing.sections import Frontend

ANY = Address("127.0.0.1", 0)


@contextlib.contextmanager
def bound(*binds, name="web"):
    sockets = bind_all([Frontend(name, binds)])
    try:
        yield sockets[name]
    finally:
        close_all(sockets)


def complaint(*frontends):
    with pytest.raises(BindError) as raised:
        bind_all(frontends)
    return str(raised.value)


def open_descriptors():
    return {each.name for each in Path("/dev/fd").iterdir()}


def greet(address, listening):
    """A client connects to ``address``, and the listening socket hears of it."""
    with socket.socket(listening.family) as client:
        client.settimeout(5)
        client.connect(address)
        listening.settimeout(5)
        listening.accept()[0].close()


class TestTcp:
    def test_port_0_is_a_real_port_afterwards(self):
        with bound(ANY, ANY) as (one, other):
            assert address_of(one) == f"127.0.0.1:{one.getsockname()[1]}"
            assert address_of(one) != address_of(other)
            greet(one.getsockname(), one)

    def test_ipv4_and_ipv6_share_a_port(self):
        with bound(Address("0.0.0.0", 0)) as (four,):
            port = four.getsockname()[1]
            with bound(Address("::", port)) as (six,):
                assert (address_of(four), address_of(six)) == (f"0.0.0.0:{port}", f"[::]:{port}")
                greet(("127.0.0.1", port), four)
                greet(("::1", port), six)

    def test_no_host_means_all_of_them(self):
        with bound(Address("", 0)) as (listening,):
            assert address_of(listening).startswith("0.0.0.0:")

    def test_a_port_is_free_at_once_for_the_next_start(self):
        with bound(ANY) as (listening,):
            address = listening.getsockname()
            with socket.create_connection(address) as client:
                accepted = listening.accept()[0]
                accepted.close()  # first, so that it is our side that waits in TIME_WAIT
                client.recv(1)
        with bound(Address(*address)) as (again,):
            assert again.getsockname() == address


class TestUnix:
    def test_its_file_goes_when_it_closes(self, tmp_path):
        path = tmp_path / "gw.sock"
        with bound(Address(path=str(path))) as (listening,):
            assert address_of(listening) == f"unix@{path}"
            greet(str(path), listening)
        assert not path.exists()

    def test_closed_by_whoever_serves_it_its_file_goes_as_well(self, tmp_path):
        path = tmp_path / "gw.sock"
        with bound(Address(path=str(path))) as (listening,):
            listening.close()
            assert not path.exists()

    def test_what_a_killed_process_left_behind_is_replaced(self, tmp_path):
        path = tmp_path / "gw.sock"
        with socket.socket(socket.AF_UNIX) as killed:
            killed.bind(str(path))
            killed.listen()
        assert path.is_socket()
        with bound(Address(path=str(path))) as (listening,):
            greet(str(path), listening)

    def test_one_that_answers_is_in_use(self, tmp_path):
        path = str(tmp_path / "gw.sock")
        with bound(Address(path=path)) as (listening,):
            assert (
                f"frontend other cannot listen on unix@{path}: address already in use; stop the program"
                in complaint(Frontend("other", (Address(path=path),)))
            )
            greet(path, listening)

    def test_one_that_is_too_busy_to_answer_is_in_use(self, tmp_path):
        path = str(tmp_path / "gw.sock")
        with socket.socket(socket.AF_UNIX) as busy, contextlib.ExitStack() as clients:
            busy.bind(path)
            busy.listen(0)
            refused = 0
            while refused == 0:
                client = clients.enter_context(socket.socket(socket.AF_UNIX))
                client.setblocking(False)
                refused = client.connect_ex(path)
            assert "already in use" in complaint(Frontend("web", (Address(path=path),)))

    def test_a_file_that_is_no_socket_is_left_alone(self, tmp_path):
        path = tmp_path / "letters"
        path.write_text("dear")
        said = complaint(Frontend("web", (Address(path=str(path)),)))
        assert said.endswith("a file that is no socket stands there: choose another path, or remove it")
        assert path.read_text() == "dear"

    def test_a_directory_that_does_not_exist_is_said(self, tmp_path):
        said = complaint(Frontend("web", (Address(path=str(tmp_path / "no" / "gw.sock")),)))
        assert said.endswith("no such file or directory; make its directory first")

    def test_a_path_that_does_not_fit_is_said(self, tmp_path):
        assert "path too long" in complaint(Frontend("web", (Address(path=str(tmp_path / ("x" * 120))),)))


class TestInherited:
    def test_a_socket_that_listens_is_taken_over(self):
        with socket.create_server(("127.0.0.1", 0)) as ours, bound(Address(fd=os.dup(ours.fileno()))) as (listening,):
            assert address_of(listening) == f"127.0.0.1:{ours.getsockname()[1]}"
            greet(ours.getsockname(), listening)

    def test_one_that_is_only_bound_begins_to_listen(self):
        with socket.socket() as ours:
            ours.bind(("127.0.0.1", 0))
            with bound(Address(fd=os.dup(ours.fileno()))) as (listening,):
                greet(ours.getsockname(), listening)

    def test_the_file_of_a_unix_socket_stays_with_its_owner(self, tmp_path):
        path = tmp_path / "systemd.sock"
        with socket.socket(socket.AF_UNIX) as owner:
            owner.bind(str(path))
            with bound(Address(fd=os.dup(owner.fileno()))) as (listening,):
                assert address_of(listening) == f"unix@{path}"
            assert path.is_socket()

    def test_a_descriptor_that_is_not_open_is_said(self):
        assert complaint(Frontend("web", (Address(fd=987),))) == (
            "frontend web cannot listen on fd@987: bad file descriptor; "
            "whoever starts the gateway has to leave a listening socket open under that number"
        )

    def test_a_descriptor_that_is_no_socket_is_said_and_stays_open(self):
        with Path(os.devnull).open() as other:
            assert "socket operation on non-socket" in complaint(Frontend("web", (Address(fd=other.fileno()),)))
            os.fstat(other.fileno())

    def test_a_socket_that_cannot_listen_is_said_and_stays_open(self):
        ours, theirs = socket.socketpair()
        with ours, theirs:
            assert "cannot listen on fd@" in complaint(Frontend("web", (Address(fd=ours.fileno()),)))
            theirs.sendall(b"still there")
            assert ours.recv(20) == b"still there"


class Strict(socket.socket):
    """Nobody may bind it."""

    def bind(self, address):
        raise PermissionError(13, "Permission denied")


class TestRefusals:
    def test_a_port_in_use_names_the_frontend_the_address_and_what_to_do(self):
        with bound(ANY) as (listening,):
            address = Address(*listening.getsockname())
            assert complaint(Frontend("web", (address,))) == (
                f"frontend web cannot listen on {address}: address already in use; "
                "stop the program that has it, or choose another address"
            )

    def test_an_address_of_another_machine_is_said(self):
        # TEST-NET-1 (RFC 5737): nobody's.
        assert complaint(Frontend("web", (Address("192.0.2.1", 0),))).endswith(
            "cannot assign requested address; write an address of this machine in the frontend's bind"
        )

    @pytest.mark.parametrize("host", ["no.invalid", "x" * 64 + ".example"], ids=["unknown", "impossible"])
    def test_a_host_name_that_cannot_be_resolved_is_said(self, host):
        assert f"frontend web cannot listen on {host}:0: " in complaint(Frontend("web", (Address(host, 0),)))

    def test_ports_that_need_rights_say_so(self, monkeypatch):
        monkeypatch.setattr(socket, "socket", Strict)
        assert complaint(Frontend("web", (Address("127.0.0.1", 80),))) == (
            "frontend web cannot listen on 127.0.0.1:80: permission denied; "
            "ports below 1024 need the right to bind them (root, or CAP_NET_BIND_SERVICE)"
        )

    def test_a_directory_that_may_not_be_written_says_so(self, tmp_path, monkeypatch):
        monkeypatch.setattr("affinity_gw.process.sockets.UnixListener", Strict)
        assert complaint(Frontend("web", (Address(path=str(tmp_path / "gw.sock")),))).endswith(
            "permission denied; the gateway's user has to be allowed to write in its directory"
        )

    def test_nothing_is_left_bound(self, tmp_path):
        path = tmp_path / "gw.sock"
        with bound(ANY) as (taken,):
            before = open_descriptors()
            first = Frontend("first", (Address("127.0.0.1", 0), Address(path=str(path))))
            complaint(first, Frontend("second", (ANY, Address(*taken.getsockname()))))
            assert open_descriptors() == before
            assert not path.exists()
