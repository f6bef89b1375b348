"""The WSGI example keeps each visitor's session in memory, and answers health checks without one."""

from __future__ import annotations

import importlib.util
import io
import re
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path
from wsgiref.util import setup_testing_defaults
from wsgiref.validate import validator

import pytest

from examples.wsgi.sites import game, memory, notes
from examples.wsgi.sites.check import with_check

FOLDER = Path(__file__).parents[2] / "examples" / "wsgi"


def ask(site, *, form: str | None = None, **environ: str) -> tuple[str, dict[str, str], str]:
    """Status line, header fields and body of one request, both sides held to PEP 3333."""
    asked: dict[str, object] = {"SCRIPT_NAME": "", "PATH_INFO": "/", "QUERY_STRING": "", **environ}
    setup_testing_defaults(asked)
    if form is not None:
        sent = form.encode()
        asked |= {"REQUEST_METHOD": "POST", "CONTENT_LENGTH": str(len(sent)), "wsgi.input": io.BytesIO(sent)}
    told: list[object] = []
    result = validator(site)(asked, lambda status, fields, error=None: told.extend((status, dict(fields))))
    body = b"".join(result).decode()
    result.close()
    return told[0], told[1], body


def visitor(site) -> str:
    """A new visitor's cookie."""
    return ask(site)[1]["Set-Cookie"].partition(";")[0]


class TestSessions:
    def test_a_note_stays_with_its_visitor_and_is_shown_to_nobody_else(self):
        site = notes.make_site("notes1")
        mine, other = visitor(site), visitor(site)
        status, fields, _ = ask(site, form="note=milk+%26+<bread>", HTTP_COOKIE=mine)
        assert (status, fields["Location"]) == ("303 See Other", "/")
        assert "<li>milk &amp; &lt;bread&gt;</li>" in ask(site, HTTP_COOKIE=mine)[2]
        assert "<li>" not in ask(site, HTTP_COOKIE=other)[2]

    def test_a_known_visitor_gets_no_second_cookie(self):
        site = notes.make_site("notes1")
        assert "Set-Cookie" not in ask(site, HTTP_COOKIE=visitor(site))[1]

    @pytest.mark.parametrize("cookie", ["session=chosen-by-the-visitor", "session=", "other=1", "[=broken", '"'])
    def test_a_session_is_never_named_by_its_visitor(self, cookie):
        issued = ask(notes.make_site("notes1"), HTTP_COOKIE=cookie)[1]["Set-Cookie"]
        assert re.fullmatch(r"session=[\w-]{22}; Path=/; HttpOnly; SameSite=Lax", issued)

    def test_another_instance_knows_nothing_of_it(self):
        site, other = notes.make_site("notes1"), notes.make_site("notes2")
        mine = visitor(site)
        ask(site, form="note=milk", HTTP_COOKIE=mine)
        _, fields, body = ask(other, HTTP_COOKIE=mine)
        assert "Set-Cookie" in fields
        assert "milk" not in body

    def test_the_oldest_session_gives_way_when_there_are_too_many(self, monkeypatch):
        monkeypatch.setattr(memory, "MOST", 2)
        site = notes.make_site("notes1")
        first, second, _ = visitor(site), visitor(site), visitor(site)
        assert "Set-Cookie" not in ask(site, HTTP_COOKIE=second)[1]
        assert "Set-Cookie" in ask(site, HTTP_COOKIE=first)[1]


class TestGame:
    @pytest.mark.parametrize(
        ("guess", "verdict"), [("41", "41 is too low."), ("43", "43 is too high."), ("42", "42: found!")]
    )
    def test_it_says_where_the_number_lies(self, monkeypatch, guess, verdict):
        monkeypatch.setattr(game.secrets, "randbelow", lambda _: 41)
        site = game.make_site("game1")
        mine = visitor(site)
        ask(site, form=f"guess={guess}", HTTP_COOKIE=mine)
        assert verdict in ask(site, HTTP_COOKIE=mine)[2]

    @pytest.mark.parametrize("form", ["guess=", "guess=x", "guess=²", "other=3", ""])
    def test_what_is_no_number_is_no_guess(self, form):
        site = game.make_site("game1")
        mine = visitor(site)
        ask(site, form=form, HTTP_COOKIE=mine)
        assert "<li>" not in ask(site, HTTP_COOKIE=mine)[2]


class TestCheck:
    @pytest.mark.parametrize(("method", "body"), [("HEAD", ""), ("GET", "ok\n")])
    def test_it_is_answered_without_a_session(self, method, body):
        site = with_check(notes.make_site("notes1"))
        status, fields, told = ask(site, REQUEST_METHOD=method, PATH_INFO="/check.txt")
        assert (status, told) == ("200 OK", body)
        assert "Set-Cookie" not in fields

    def test_everything_else_is_the_sites(self):
        assert "Notes" in ask(with_check(notes.make_site("notes1")), PATH_INFO="/")[2]


@pytest.mark.skipif(not importlib.util.find_spec("eventlet"), reason="eventlet is not installed")
class TestProgram:
    @pytest.mark.parametrize("site", ["notes", "game"])
    def test_it_prints_where_it_listens_and_leaves_at_once_on_sigterm(self, site):
        words = [sys.executable, "-W", "error", "serve.py", site, "--name=one", "--port=0"]
        with subprocess.Popen(words, cwd=FOLDER, stdout=subprocess.PIPE, text=True) as program:
            line = program.stdout.readline()
            address = re.fullmatch(rf"one: listening on (http://127.0.0.1:\d+) \(process {program.pid}\)\n", line)[1]
            check = urllib.request.Request(f"{address}/check.txt", method="HEAD")
            with urllib.request.urlopen(check) as answer:
                assert answer.status == 200
            with urllib.request.urlopen(address) as answer:
                assert "one, process" in answer.read().decode()
            program.send_signal(signal.SIGTERM)
            assert program.wait(5) == 0
