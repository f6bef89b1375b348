"""Files through the whole gateway: what a client gets of them, and what nobody gets."""

from __future__ import annotations

import asyncio
import hashlib
import os
from pathlib import Path

import pytest

from tests.sockets.conftest import Site
from tests.sockets.peers import RawClient, get

pytestmark = pytest.mark.asyncio(loop_factories=["uvloop"])

TEXT = b"0123456789"
MODIFIED = 1_700_000_000
DATE, EARLIER, LATER = (f"Tue, 14 Nov 2023 22:13:{second} GMT" for second in (20, 19, 21))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "secret.txt").write_text("secret")
    root = tmp_path / "static"
    (root / "sub").mkdir(parents=True)
    (root / "a.txt").write_bytes(TEXT)
    os.utime(root / "a.txt", (MODIFIED, MODIFIED))
    (root / "empty.txt").write_bytes(b"")
    (root / "sub" / "index.html").write_text("<p>index</p>")
    (root / "many").mkdir()
    (root / "many" / "<b>.txt").write_text("")
    (root / "many" / ".hidden").write_text("secret")
    (root / "outside").symlink_to("../secret.txt")
    (root / "up").symlink_to("..")
    return root


@pytest.fixture
async def client(site: Site, root: Path) -> RawClient:
    rules = [{"when": "{ path_beg /files/ }", "replace_path": {"match": "^/files(.*)", "with": "\\1"}}]
    await site.gateway(
        {
            "global": {"hard_stop_after": "200ms"},
            "frontend": {"web": {"bind": "127.0.0.1:0", "backend": "static"}},
            "backend": {"static": {"files": {"root": str(root), "listing": True}, "rule": rules}},
        }
    )
    return await site.client()


async def test_a_file_comes_whole_with_all_that_a_cache_needs(client: RawClient):
    answer = await client.ask(get("/a.txt"))
    assert (answer.status, answer.body) == (200, TEXT)
    assert answer.one("Content-Type") == "text/plain; charset=utf-8"
    assert answer.one("X-Content-Type-Options") == "nosniff"
    assert answer.one("Last-Modified") == DATE
    assert answer.one("Accept-Ranges") == "bytes"
    assert answer.one("ETag")
    assert answer.one("Server") is None


async def test_a_head_says_the_same_without_the_body(client: RawClient):
    whole = await client.ask(get("/a.txt"))
    answer = await client.ask(get("/a.txt").replace(b"GET", b"HEAD"), "HEAD")
    assert (answer.status, answer.body) == (200, b"")
    assert answer.fields == whole.fields


async def test_an_empty_file_has_a_length(client: RawClient):
    answer = await client.ask(get("/empty.txt"))
    assert (answer.status, answer.one("Content-Length")) == (200, "0")


RANGES = {
    "the beginning": (["Range: bytes=0-3"], 206, b"0123"),
    "the middle": (["Range: bytes=3-5"], 206, b"345"),
    "to the end": (["Range: bytes=7-"], 206, b"789"),
    "the last": (["Range: bytes=-2"], 206, b"89"),
    "more than there is": (["Range: bytes=5-99"], 206, b"56789"),
    "beyond the end": (["Range: bytes=10-"], 416, b""),
    "several": (["Range: bytes=0-1,3-4"], 200, TEXT),
    "another unit": (["Range: lines=0-1"], 200, TEXT),
    "nothing": (["Range: bytes=-"], 200, TEXT),
    "an endless number": ([f"Range: bytes={'9' * 5000}-"], 200, TEXT),
    "if it is as old as this": (["Range: bytes=0-3", f"If-Range: {DATE}"], 206, b"0123"),
    "if it is not younger": (["Range: bytes=0-3", f"If-Range: {EARLIER}"], 200, TEXT),
    "if its tag is another one": (["Range: bytes=0-3", 'If-Range: "x"'], 200, TEXT),
    "if it has this tag, weakly": (["Range: bytes=0-3", "If-Range: W/{tag}"], 200, TEXT),
    "if it has this tag": (["Range: bytes=0-3", "If-Range: {tag}"], 206, b"0123"),
}


@pytest.mark.parametrize(("fields", "status", "body"), RANGES.values(), ids=RANGES)
async def test_a_range(client: RawClient, fields: list[str], status: int, body: bytes):
    tag = (await client.ask(get("/a.txt"))).one("ETag") or ""
    answer = await client.ask(get("/a.txt", *(field.replace("{tag}", tag) for field in fields)))
    assert (answer.status, answer.body) == (status, body)
    start = TEXT.find(body)
    expected = {206: f"bytes {start}-{start + len(body) - 1}/10", 416: "bytes */10"}
    assert answer.one("Content-Range") == expected.get(status)


CONDITIONS = {
    "not changed since then": (f"If-Modified-Since: {DATE}", 304),
    "changed since then": (f"If-Modified-Since: {EARLIER}", 200),
    "none with this tag": ("If-None-Match: {tag}", 304),
    "none with this weak tag": ("If-None-Match: W/{tag}", 304),
    "none of these": ('If-None-Match: "a", "b"', 200),
    "any": ("If-None-Match: *", 304),
    "only this one": ("If-Match: {tag}", 200),
    "only another one": ('If-Match: "x"', 412),
    "only an old one": (f"If-Unmodified-Since: {EARLIER}", 412),
    "only one not younger": (f"If-Unmodified-Since: {LATER}", 200),
}


@pytest.mark.parametrize(("field", "status"), CONDITIONS.values(), ids=CONDITIONS)
async def test_a_condition(client: RawClient, field: str, status: int):
    tag = (await client.ask(get("/a.txt"))).one("ETag") or ""
    answer = await client.ask(get("/a.txt", field.replace("{tag}", tag)))
    assert (answer.status, answer.body) == (status, TEXT if status == 200 else b"")


async def test_a_compressed_neighbour_is_not_what_was_asked_for(client: RawClient, root: Path):
    (root / "a.txt.gz").write_bytes(b"compressed")
    answer = await client.ask(get("/a.txt", "Accept-Encoding: gzip"))
    assert (answer.body, answer.one("Content-Encoding")) == (TEXT, None)


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "PATCH", "PROPFIND"])
async def test_files_are_read_and_nothing_else(client: RawClient, method: str):
    answer = await client.ask(f"{method} /a.txt HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx".encode())
    assert (answer.status, answer.one("Allow")) == (405, "GET, HEAD")


TRAVERSALS = [
    "/../secret.txt",
    "/sub/../../secret.txt",
    "/%2e%2e/secret.txt",
    "/.%2e/secret.txt",
    "/..%2fsecret.txt",
    "/%2e%2e%2fsecret.txt",
    "/..%5csecret.txt",
    "/%2e%2e%5csecret.txt",
    "/..%c0%afsecret.txt",
    "/%C0%AE%C0%AE/secret.txt",
    "/%252e%252e/secret.txt",
    "/sub/..;/secret.txt",
    "//../secret.txt",
    "/a.txt%00",
    "/../static/a.txt",
    "/files/../secret.txt",
    "/files/%2e%2e/secret.txt",
    "/files..%2fsecret.txt",
    "/outside",
    "/up/secret.txt",
    "/many/.hidden",
    "/many/%2ehidden",
    "/a.txt/",
    "/a.txt/..",
    "/nothing",
    f"/{'x' * 300}",
]


@pytest.mark.parametrize("target", TRAVERSALS)
async def test_nothing_leads_out(client: RawClient, target: str):
    answer = await client.ask(get(target))
    assert answer.status == 404
    assert b"The resource could not be found." in answer.body


async def test_what_reads_like_a_path_to_windows_or_c_is_refused_or_not_there(client: RawClient):
    answer = await client.ask(get("/..\\secret.txt"))
    assert answer.status in {400, 404}
    assert b"secret" not in answer.body


async def test_a_directory_without_its_slash_is_led_to_it_under_whatever_prefix(client: RawClient):
    for target in ("/sub?a=b", "/files/sub?a=b"):
        answer = await client.ask(get(target))
        assert (answer.status, answer.one("Location")) == (301, "./sub/?a=b")
        assert (await client.ask(get(target.replace("?", "/?")))).body == b"<p>index</p>"


async def test_a_file_has_one_name_so_that_rules_can_guard_it(client: RawClient):
    for target, location in (("/%61.txt", "./a.txt"), ("/files//a.txt", "../a.txt"), ("//a.txt", "../a.txt")):
        answer = await client.ask(get(target))
        assert (answer.status, answer.one("Location")) == (301, location)


async def test_a_prefix_is_stripped_by_a_rule(client: RawClient):
    assert (await client.ask(get("/files/a.txt"))).body == TEXT


async def test_a_directory_is_listed_without_what_is_hidden(client: RawClient):
    answer = await client.ask(get("/many/"))
    assert answer.one("Content-Type") == "text/html; charset=utf-8"
    assert b'<a href="./%3Cb%3E.txt">&lt;b&gt;.txt</a>' in answer.body
    assert b"hidden" not in answer.body
    top = (await client.ask(get("/"))).body
    assert b'"./sub/"' in top
    assert b"outside" not in top
    assert b"up/" not in top


@pytest.mark.asyncio(loop_factories=["uvloop", "asyncio"])
async def test_a_large_file_comes_intact_to_many_at_a_time(client: RawClient, site: Site, root: Path):
    large = os.urandom(3_000_000)
    (root / "large.bin").write_bytes(large)
    clients = [client, *[await site.client() for _ in range(7)]]
    answers = await asyncio.gather(*(each.ask(get("/large.bin")) for each in clients))
    assert {hashlib.sha256(answer.body).digest() for answer in answers} == {hashlib.sha256(large).digest()}


async def test_the_connection_to_the_site_is_used_again(client: RawClient, site: Site):
    for _ in range(3):
        await client.ask(get("/a.txt"))
    assert [(record.server, record.termination[:2]) for record in site.records] == [("files", "--")] * 3
    assert "static/files: 1" in repr(site.gateways[0].shared.pool)
