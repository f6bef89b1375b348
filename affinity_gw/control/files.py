"""A directory over HTTP: the application behind a backend's ``files``. To the gateway it is a server like any other.

GET and HEAD, validators, conditions and one range (RFC 9110 sections 13 and 14) are aiohttp's; here is which file is
meant, and what aiohttp does otherwise than the RFC says: an If-Range with an entity tag, several ranges. Whatever looks
at the disk does so in a thread, because a disk may hang. Redirects and links are relative, for rules may have stripped
a prefix of which nothing is known here.
"""

from __future__ import annotations

import asyncio
import os
import re
import stat
from mimetypes import MimeTypes
from pathlib import Path
from typing import NamedTuple

from aiohttp import web
from aiohttp.abc import AbstractStreamWriter
from aiohttp.web_request import BaseRequest
from multidict import CIMultiDict, CIMultiDictProxy

from affinity_gw.control import listing
from affinity_gw.control.file_paths import below, moved, seen
from affinity_gw.proxy.replies import PAGES
from affinity_gw.routing.servers import FilesSpec

_ONE_RANGE = re.compile(r"bytes=(\d{1,18}-\d{0,18}|-0*[1-9]\d{0,17})", re.IGNORECASE)

_TYPES = MimeTypes()
for _extension, _type in {
    ".avif": "image/avif",
    ".js": "text/javascript",
    ".md": "text/markdown",
    ".mjs": "text/javascript",
    ".webp": "image/webp",
    ".woff": "font/woff",
    ".woff2": "font/woff2",
}.items():
    _TYPES.add_type(_type, _extension)

_TEXTUAL = re.compile(r"text/|application/(json|xml|xhtml\+xml)$|image/svg\+xml$")


class Found(NamedTuple):
    """What a target names: a file (``path``), a page (``body``), else a status, with ``location`` where it moved."""

    status: int = 200
    path: Path | None = None
    body: bytes = b""
    location: str = ""


def application(spec: FilesSpec) -> web.Application:
    site = web.Application()
    site.router.add_route("*", "/{path:.*}", Files(spec).handle)
    site.on_response_prepare.append(_without_server)
    return site


async def _without_server(_request: web.Request, response: web.StreamResponse) -> None:
    response.headers.pop("Server", None)
    response.headers["X-Content-Type-Options"] = "nosniff"


class Files:
    def __init__(self, spec: FilesSpec) -> None:
        self._spec = spec
        self._root = str(Path(spec.root).resolve())

    async def handle(self, request: web.Request) -> web.StreamResponse:
        if request.method not in {"GET", "HEAD"}:
            return _page(405, {"Allow": "GET, HEAD"})
        found = await asyncio.to_thread(self.find, request.raw_path)
        if found.path is not None:
            return _File(found.path, headers={"Content-Type": content_type(found.path)})
        if found.status == 200:
            safe = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"}
            return web.Response(body=found.body, content_type="text/html", charset="utf-8", headers=safe)
        return _page(found.status, {"Location": found.location} if found.location else {})

    def find(self, target: str) -> Found:
        """What is there. It reads the disk."""
        path = below(self._root, target)
        if path is not None and (location := moved(target)):
            return Found(301, location=location)
        try:
            return Found(404) if path is None else self._at(Path(path), *target.partition("?"))
        except PermissionError:
            return Found(403)
        except (OSError, ValueError):  # nothing there, a name that is too long, a link to itself
            return Found(404)

    def _at(self, path: Path, written: str, mark: str, query: str) -> Found:
        mode = path.stat().st_mode
        if stat.S_ISREG(mode) and not written.endswith("/"):
            return Found(path=path) if os.access(path, os.R_OK) else Found(403)
        if not stat.S_ISDIR(mode):
            return Found(404)
        if not written.endswith("/"):
            return Found(301, location=f"./{written.rpartition('/')[2]}/{mark}{query}")
        return self._directory(path)

    def _directory(self, path: Path) -> Found:
        index = seen(self._root, str(path / self._spec.index)) if self._spec.index else None
        if index is not None and Path(index).is_file():
            return Found(path=Path(index))
        if not self._spec.listing:
            return Found(403)
        top = str(path) == self._root
        return Found(body=listing.page(listing.entries(self._root, str(path)), top=top))


class _File(web.FileResponse):
    async def prepare(self, request: BaseRequest) -> AbstractStreamWriter | None:
        return await super().prepare(request.clone(headers=self._asked(request.headers)))

    def _asked(self, headers: CIMultiDictProxy[str]) -> CIMultiDict[str]:
        """The fields without those that would be misunderstood, or that would get another file than was asked for."""
        kept = CIMultiDict(headers)
        kept.popall("Accept-Encoding", None)  # aiohttp sends name.gz for name
        tag = kept.get("If-Range", "")
        if '"' in tag:
            del kept["If-Range"]
        is_stale = '"' in tag and tag != self._entity_tag()
        if is_stale or not _ONE_RANGE.fullmatch(",".join(kept.getall("Range", []))):
            kept.popall("Range", None)
        return kept

    def _entity_tag(self) -> str:
        about = self._path.stat()
        return f'"{about.st_mtime_ns:x}-{about.st_size:x}"'


def content_type(path: Path) -> str:
    """By the name's end; text is UTF-8."""
    kind, encoding = _TYPES.guess_type(path.name)
    if kind is None or encoding is not None:
        return "application/gzip" if encoding == "gzip" else "application/octet-stream"
    return f"{kind}; charset=utf-8" if _TEXTUAL.match(kind) else kind


def _page(status: int, fields: dict[str, str]) -> web.Response:
    reason, text = PAGES.get(status, ("Moved Permanently", "It is called otherwise."))
    body = f"<html><body><h1>{status} {reason}</h1>\n{text}\n</body></html>\n"
    return web.Response(text=body, status=status, reason=reason, content_type="text/html", headers=fields)
