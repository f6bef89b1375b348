"""``errorfile.503 = "503.http"``: a whole answer, as HAProxy reads one; ``/dev/null``, or any empty file, closes
without a word.

The status in the file may be another one than the status that it stands for. Connection is the gateway's to say, and
an answer without a Content-Length ends with the connection.
"""

from __future__ import annotations

import re
from pathlib import Path

from affinity_gw.config.layers import Layers
from affinity_gw.config.problem import Problem
from affinity_gw.routing.sections import ErrorPage

_STATUS_LINE = re.compile(rb"HTTP/1\.[01] [2-5]\d\d( [\t -~\x80-\xff]*)?")
_FIELD = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([\t -~\x80-\xff]*)")

_ADVICE = "write a whole answer: a status line, fields, an empty line, the body"


def errorfiles(layers: Layers, written: dict[str, str]) -> dict[int, ErrorPage]:
    """The pages by status; what cannot be read is complained of."""
    pages = {}
    for status, name in written.items():
        try:
            pages[int(status)] = error_page(Path(layers.file(("errorfile", status), name)).read_bytes())
        except OSError as error:
            problem = f"{name} cannot be read: {error.strerror}"
            layers.complain(("errorfile", status), problem, "name a file that the gateway may read")
        except Problem as problem:
            layers.complain(("errorfile", status), f"{name}: {problem.problem}", problem.advice)
    return pages


def error_page(raw: bytes) -> ErrorPage:
    """Lines may end with LF alone. Raises Problem for what is no answer."""
    if not raw:
        return ErrorPage(b"", b"", delimited=False)
    lines, body = _split(raw)
    if not _STATUS_LINE.fullmatch(lines[0]):
        raise Problem("it does not begin with a status line", 'as in "HTTP/1.1 503 Service Unavailable"')
    kept = [lines[0]]
    length: int | None = None
    for line in lines[1:]:
        name, value = _field(line)
        if name == b"content-length":
            length = _length(value, body)
        if name != b"connection":
            kept.append(line)
    return ErrorPage(b"\r\n".join(kept) + b"\r\n", body, delimited=length is not None)


def _split(raw: bytes) -> tuple[list[bytes], bytes]:
    end = re.search(rb"\r?\n\r?\n", raw)
    if end is None:
        raise Problem("it has no empty line after its fields", _ADVICE)
    return re.split(rb"\r?\n", raw[: end.start()]), raw[end.end() :]


def _field(line: bytes) -> tuple[bytes, bytes]:
    match = _FIELD.fullmatch(line)
    if match is None:
        raise Problem(f"{line.decode('latin-1')!r} is no field", _ADVICE)
    name = match[1].lower()
    if name == b"transfer-encoding":
        raise Problem("its body is encoded", "write the body as it is, without Transfer-Encoding")
    return name, match[2]


def _length(value: bytes, body: bytes) -> int:
    if not value.isdigit() or int(value) != len(body):
        raise Problem(f"its Content-Length is not that of its body, {len(body)}", "correct it, or leave it out")
    return int(value)
