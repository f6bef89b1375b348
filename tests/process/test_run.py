"""The process that people start: its streams, its signals, its exit status, what it leaves behind."""

import contextlib
import http.client
import json
import os
import re
import select
import signal
import socket
import subprocess
import sys
import threading
import time

import pytest

PATIENCE = 10
"""Seconds after which nothing will come any more."""

QUICKLY = 2.5
"""Seconds that an end may take which waits for nobody; with a cold interpreter on a busy machine."""


class Application:
    """A server in a thread. It answers what it has been asked once ``release`` is set."""

    def __init__(self):
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.port = self.listening.getsockname()[1]
        self.release = threading.Event()
        self.asked = threading.Event()
        self.threads = [threading.Thread(target=self.serve)]
        self.threads[0].start()

    def serve(self):
        with contextlib.suppress(OSError):
            while True:
                connection = self.listening.accept()[0]
                self.threads.append(threading.Thread(target=self.answer, args=[connection]))
                self.threads[-1].start()

    def answer(self, connection):
        with connection, contextlib.suppress(OSError):
            if b"\r\n\r\n" in connection.recv(65536):
                self.asked.set()
                self.release.wait(PATIENCE)
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")

    def close(self):
        self.release.set()
        self.listening.shutdown(socket.SHUT_RDWR)
        self.listening.close()
        for thread in self.threads:
            thread.join()


@pytest.fixture
def application():
    application = Application()
    application.release.set()
    yield application
    application.close()


def toml(application, general="", bind="127.0.0.1:0"):
    return f"""
        [global]
        {general}
        [frontend.web]
        bind = "{bind}"
        backend = "app"
        [backend.app]
        check = false
        server.s1 = "127.0.0.1:{application.port}"
    """


class Run:
    """One ``python -m affinity_gw``; ``said`` is what has come from its stderr so far."""

    def __init__(self, file, **options):
        environment = {**os.environ, **options.pop("env", {})}
        streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | options
        self.process = subprocess.Popen([sys.executable, "-m", "affinity_gw", str(file)], env=environment, **streams)
        self.said = ""

    def hear(self, pattern):
        """Read stderr until it says so; the match."""
        until = time.monotonic() + PATIENCE
        while not (match := re.search(pattern, self.said)):
            assert select.select([self.process.stderr], (), (), until - time.monotonic())[0], self.said
            piece = os.read(self.process.stderr.fileno(), 65536).decode()
            assert piece, f"it ended: {self.said}"
            self.said += piece
        return match

    def address(self):
        """Where its frontend listens, as the summary says."""
        match = self.hear(r"frontend +web +http://([0-9.]+):(\d+)/")
        self.hear(r"backend +app")
        return match[1], int(match[2])

    def send(self, number):
        self.process.send_signal(number)

    def end(self, number=None):
        """Its exit status, and everything on its stdout."""
        if number is not None:
            self.send(number)
        out, err = self.process.communicate(timeout=PATIENCE)
        self.said += (err or b"").decode()
        assert "Traceback" not in self.said
        return self.process.returncode, (out or b"").decode()


@pytest.fixture
def start(tmp_path):
    """Starts a gateway with this configuration."""
    started = []

    def start(text, **options):
        file = tmp_path / f"cfg{len(started)}.toml"
        file.write_text(text)
        started.append(Run(file, **options))
        return started[-1]

    yield start
    for run in started:
        run.process.kill()
        run.process.communicate()


def get(address, path="/"):
    connection = http.client.HTTPConnection(*address, timeout=PATIENCE)
    with contextlib.closing(connection):
        connection.request("GET", path, headers={"Connection": "close"})
        answer = connection.getresponse()
        return answer.status, answer.read()


@contextlib.contextmanager
def asking(address, application):
    """A request that has reached the application and is not answered yet."""
    application.release.clear()
    with socket.create_connection(address, PATIENCE) as client:
        client.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        assert application.asked.wait(PATIENCE)
        yield client


def refuses(address):
    """Whether nobody listens there any more, within the time."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        try:
            socket.create_connection(address, PATIENCE).close()
        except ConnectionRefusedError:
            return True
    return False


class TestStreams:
    def test_the_summary_goes_to_stderr_with_the_real_port_and_the_access_log_alone_to_stdout(self, start, application):
        run = start(toml(application))
        assert get(run.address(), "/page")[0] == 200
        status, out = run.end(signal.SIGTERM)
        assert status == 0
        (line,) = out.splitlines()
        assert json.loads(line)["path"] == "/page"
        assert "s1" in run.said
        assert '"path"' not in run.said

    def test_without_an_access_log_stdout_stays_empty(self, start, application):
        run = start(toml(application, "log.access = false"))
        assert get(run.address())[0] == 200
        assert run.end(signal.SIGTERM) == (0, "")

    @pytest.mark.parametrize("stream", ["stdout", "stderr"])
    def test_a_full_disk_harms_nothing(self, start, application, stream):
        port = free_port()
        with open("/dev/full", "wb") as full:  # noqa: PTH123  # a device
            run = start(toml(application, bind=f"127.0.0.1:{port}"), **{stream: full})
        wait_for(port)
        assert [get(("127.0.0.1", port))[0] for _ in range(3)] == [200, 200, 200]
        assert run.end(signal.SIGTERM)[0] == 0

    @pytest.mark.parametrize("stream", ["stdout", "stderr"])
    def test_a_pipe_that_nobody_reads_any_more_harms_nothing(self, start, application, stream):
        port = free_port()
        reading, writing = os.pipe()
        run = start(toml(application, bind=f"127.0.0.1:{port}"), **{stream: writing})
        os.close(reading)
        os.close(writing)
        wait_for(port)
        assert [get(("127.0.0.1", port))[0] for _ in range(3)] == [200, 200, 200]
        assert run.end(signal.SIGTERM)[0] == 0

    def test_with_all_streams_closed_no_client_reads_the_log(self, start, application, tmp_path):
        port = free_port()
        file = tmp_path / "cfg.toml"
        file.write_text(toml(application, bind=f"127.0.0.1:{port}"))
        shell = f'exec "{sys.executable}" -m affinity_gw "{file}" <&- >&- 2>&-'
        with subprocess.Popen(["/bin/sh", "-c", shell]) as process:
            try:
                wait_for(port)
                for _ in range(3):
                    with socket.create_connection(("127.0.0.1", port), PATIENCE) as client:
                        client.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n" * 2)
                        received = b""
                        while received.count(b"\r\n\r\nok") < 2:
                            piece = client.recv(65536)
                            assert piece
                            received += piece
                        client.settimeout(0.1)  # longer than lines gather
                        with pytest.raises(TimeoutError):
                            client.recv(1)
                process.send_signal(signal.SIGTERM)
                assert process.wait(PATIENCE) == 0
            finally:
                process.kill()


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as free:
        return free.getsockname()[1]


def wait_for(port):
    """Where stderr cannot tell: until somebody listens."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        with contextlib.suppress(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port), PATIENCE).close()
            return
        time.sleep(0.02)
    pytest.fail("nobody listens")


class TestStopping:
    @pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "SIGINT"])
    def test_an_exchange_under_way_is_finished_first(self, start, application, number):
        run = start(toml(application))
        address = run.address()
        with asking(address, application) as client:
            run.send(number)
            run.hear("stopping")
            assert refuses(address)
            assert run.process.poll() is None
            application.release.set()
            answer = http.client.HTTPResponse(client)
            answer.begin()
            assert (answer.status, answer.read()) == (200, b"ok")
        status, out = run.end()
        assert status == 0
        assert len(out.splitlines()) == 1
        assert "stopped" in run.said

    def test_hard_stop_after_cuts_what_takes_longer(self, start, application):
        run = start(toml(application, 'hard_stop_after = "200ms"'))
        with asking(run.address(), application) as client:
            begin = time.monotonic()
            assert run.end(signal.SIGTERM)[0] == 0
            assert 0.1 < time.monotonic() - begin < QUICKLY
            with contextlib.suppress(ConnectionResetError):
                assert client.recv(100) == b""
        assert "connections were cut" in run.said

    @pytest.mark.parametrize("limit", ["30s", "none"])
    def test_a_second_signal_leaves_at_once(self, start, application, limit):
        run = start(toml(application, f'hard_stop_after = "{limit}"'))
        with asking(run.address(), application):
            run.send(signal.SIGTERM)
            run.hear("stopping")
            begin = time.monotonic()
            assert run.end(signal.SIGINT)[0] == 0
            assert time.monotonic() - begin < QUICKLY

    def test_idle_clients_do_not_hold_it_up(self, start, application):
        run = start(toml(application))
        address = run.address()
        with socket.create_connection(address, PATIENCE) as idle, socket.create_connection(address, PATIENCE):
            idle.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            assert idle.recv(100).startswith(b"HTTP/1.1 200")
            begin = time.monotonic()
            assert run.end(signal.SIGTERM)[0] == 0
            assert time.monotonic() - begin < QUICKLY


class TestOtherSignals:
    @pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGUSR2], ids=["SIGHUP", "SIGUSR2"])
    def test_reload_of_the_configuration_does_not_exist_yet_and_says_so(self, start, application, number):
        run = start(toml(application))
        address = run.address()
        with asking(address, application) as client:
            run.send(number)
            run.hear("reload of the configuration does not exist yet")
            application.release.set()
            assert client.recv(100).startswith(b"HTTP/1.1 200")
        assert get(address)[0] == 200
        assert run.end(signal.SIGTERM)[0] == 0

    def test_sigusr1_reopens_the_log_files_and_changes_nothing_else(self, start, application):
        run = start(toml(application))
        address = run.address()
        run.send(signal.SIGUSR1)
        run.hear("log files reopened")
        assert get(address)[0] == 200
        status, out = run.end(signal.SIGTERM)
        assert (status, len(out.splitlines())) == (0, 1)


def sentence(run):
    """It has ended with status 1, and has said one thing."""
    status, out = run.end()
    assert (status, out) == (1, "")
    (line,) = run.said.splitlines()
    return line


class TestRefusals:
    def test_a_port_in_use_is_one_sentence(self, start, application):
        said = sentence(start(toml(application, bind=f"127.0.0.1:{application.port}")))
        assert said == (
            f"affinity_gw: frontend web cannot listen on 127.0.0.1:{application.port}: address already in use; "
            "stop the program that has it, or choose another address"
        )

    def test_a_port_in_use_starts_no_instance(self, start, application, tmp_path):
        trace = tmp_path / "started"
        text = f"""
            [frontend.web]
            bind = "127.0.0.1:{application.port}"
            backend = "app"
            [backend.app]
            instances.command = "touch {trace}"
            instances.name = "i{{n}}"
            instances.port = 0
        """
        assert "already in use" in sentence(start(text))
        assert not trace.exists()

    def test_a_server_name_without_an_address_is_one_sentence(self, start, application):
        said = sentence(start(toml(application).replace("127.0.0.1:" + str(application.port), "no.invalid:1")))
        assert said.startswith("affinity_gw: server app/s1: the host name no.invalid has no address")

    def test_the_pure_python_parser_is_refused_in_one_sentence(self, start, application):
        said = sentence(start(toml(application), env={"AIOHTTP_NO_EXTENSIONS": "1"}))
        assert said.startswith("affinity_gw: aiohttp's native parser is missing")

    def test_the_sentence_is_not_needed_for_the_status(self, start, application):
        text = toml(application, bind=f"127.0.0.1:{application.port}")
        with open("/dev/full", "wb") as full:  # noqa: PTH123  # a device
            assert start(text, stderr=full).end()[0] == 1


class TestPidfile:
    def test_it_is_there_as_long_as_the_process_serves(self, start, application, tmp_path):
        pidfile = tmp_path / "gw.pid"
        run = start(toml(application, f'pidfile = "{pidfile}"'))
        run.address()
        assert pidfile.read_text() == f"{run.process.pid}\n"
        assert run.end(signal.SIGTERM)[0] == 0
        assert not pidfile.exists()

    def test_one_that_cannot_be_written_is_one_sentence(self, start, application, tmp_path):
        pidfile, path = tmp_path / "no" / "gw.pid", tmp_path / "gw.sock"
        said = sentence(start(toml(application, f'pidfile = "{pidfile}"', bind=f"unix@{path}")))
        assert said == (
            f"affinity_gw: the pidfile {pidfile} cannot be written: no such file or directory; "
            "make its directory, or name in [global] pidfile a file that the gateway's user may write"
        )
        assert not path.exists()

    def test_a_second_start_by_mistake_leaves_the_first_ones_alone(self, start, application, tmp_path):
        pidfile = tmp_path / "gw.pid"
        port = free_port()
        text = toml(application, f'pidfile = "{pidfile}"', bind=f"127.0.0.1:{port}")
        first = start(text)
        first.address()
        assert "already in use" in sentence(start(text))
        assert pidfile.read_text() == f"{first.process.pid}\n"

    def test_what_another_has_written_meanwhile_is_left_alone(self, start, application, tmp_path):
        pidfile = tmp_path / "gw.pid"
        run = start(toml(application, f'pidfile = "{pidfile}"'))
        run.address()
        pidfile.write_text("12345\n")
        assert run.end(signal.SIGTERM)[0] == 0
        assert pidfile.read_text() == "12345\n"


SILENT = """
import os, signal, sys
if "stubborn" in sys.argv:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("it is", os.getpid(), flush=True)
signal.pause()
"""


class TestInstances:
    @staticmethod
    def with_instance(tmp_path, *how):
        (tmp_path / "silent.py").write_text(SILENT)
        return f"""
            [frontend.web]
            bind = "127.0.0.1:0"
            backend = "app"
            [backend.app]
            instances.command = "{{python}} -S {tmp_path}/silent.py {" ".join(how)}"
            instances.name = "i{{n}}"
            instances.port = 0
        """

    @pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "SIGINT"])
    def test_a_signal_while_they_start_ends_all_quickly(self, start, tmp_path, number):
        run = start(self.with_instance(tmp_path))
        pid = int(run.hear(r"it is (\d+)")[1])
        begin = time.monotonic()
        assert run.end(number)[0] == 0
        assert time.monotonic() - begin < QUICKLY
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)

    def test_a_second_signal_does_not_wait_for_a_stubborn_one(self, start, tmp_path):
        run = start(self.with_instance(tmp_path, "stubborn"))
        pid = int(run.hear(r"it is (\d+)")[1])
        run.send(signal.SIGTERM)
        time.sleep(0.2)  # two signals at once are one
        assert run.process.poll() is None
        begin = time.monotonic()
        assert run.end(signal.SIGTERM)[0] == 0
        assert time.monotonic() - begin < QUICKLY
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


class TestLoop:
    def test_it_runs_on_uvloop(self, start, application):
        run = start(toml(application))
        run.address()
        assert ", uvloop " in run.said

    def test_without_uvloop_it_runs_on_asyncio(self, start, application, tmp_path):
        (tmp_path / "uvloop.py").write_text('raise ImportError("not on this platform")\n')
        run = start(toml(application), env={"PYTHONPATH": str(tmp_path)})
        address = run.address()
        assert re.search(r"\(llhttp\), asyncio$", run.said, re.MULTILINE)
        with asking(address, application) as client:
            run.send(signal.SIGTERM)
            run.hear("stopping")
            application.release.set()
            assert client.recv(100).startswith(b"HTTP/1.1 200")
        assert run.end()[0] == 0
