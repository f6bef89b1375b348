"""Notes: what a visitor writes down stays in the instance's memory."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from .html import back, field, page
from .memory import Memory

FORM = '<form method="post"><input name="note" aria-label="note" autofocus required><button>Keep</button></form>'


def make_site(instance: str) -> WSGIApplication:
    memory: Memory[list[str]] = Memory(list)

    def site(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        notes, fields = memory.session(environ)
        if environ["REQUEST_METHOD"] == "POST":
            notes.append(field(environ, "note"))
            return back(start_response, fields)
        items = "".join(f"<li>{escape(note)}</li>" for note in notes)
        return page(start_response, fields, "Notes", f"{FORM}<ol>{items}</ol>", instance)

    return site
