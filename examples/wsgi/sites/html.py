"""What the pages of both sites have in common: their frame, their one form, and the way back after it."""

from __future__ import annotations

import os
from collections.abc import Iterable
from html import escape
from string import Template
from urllib.parse import parse_qs
from wsgiref.types import StartResponse, WSGIEnvironment

Fields = list[tuple[str, str]]

MOST = 4096
"""Bytes of a form."""

FRAME = Template("""<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>$title</title>
<link rel="icon" href="data:,">
<style>
  :root { color-scheme: light dark; }
  body { max-width: 30rem; margin: 3rem auto; padding: 0 1rem; font: 1.05rem/1.5 system-ui, sans-serif; }
  form { display: flex; gap: .5rem; }
  input { flex: 1; padding: .5rem; font: inherit; }
  button { padding: .5rem 1rem; font: inherit; }
  footer { margin-top: 2rem; border-top: 1px solid #8884; padding-top: .5rem; opacity: .7; font-size: .9rem; }
</style>
<h1>$title</h1>
$content
<footer>$instance, process $process, holds this session in its memory.</footer>
</html>
""")


def page(start_response: StartResponse, fields: Fields, title: str, content: str, instance: str) -> Iterable[bytes]:
    """``content`` is HTML; the other texts are plain."""
    shown = {"title": escape(title), "content": content, "instance": escape(instance), "process": os.getpid()}
    body = FRAME.substitute(shown).encode()
    kind = [("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(body)))]
    start_response("200 OK", [*kind, ("Cache-Control", "no-store"), *fields])
    return [body]


def back(start_response: StartResponse, fields: Fields) -> Iterable[bytes]:
    """To the page again, so that loading it anew does not send the form anew."""
    kind = [("Content-Type", "text/plain"), ("Content-Length", "5")]
    start_response("303 See Other", [("Location", "/"), *kind, *fields])
    return [b"done\n"]


def field(environ: WSGIEnvironment, name: str) -> str:
    """One field of an urlencoded form; empty where it is missing."""
    length = environ.get("CONTENT_LENGTH") or "0"
    body: bytes = environ["wsgi.input"].read(min(int(length), MOST))
    return parse_qs(body.decode(errors="replace")).get(name, [""])[0].strip()
