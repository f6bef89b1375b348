"""Operators' own pages. What is made of them was tried on HAProxy 2.6."""

import pytest

from affinity_gw.config.errorfiles import error_page
from affinity_gw.config.problem import Problem
from affinity_gw.routing.sections import ErrorPage

PAGES = {
    "without a length": (
        b"HTTP/1.0 503 Nope\r\nCache-Control: no-cache\r\nConnection: close\r\n\r\n<h1>sorry</h1>\n",
        ErrorPage(b"HTTP/1.0 503 Nope\r\nCache-Control: no-cache\r\n", b"<h1>sorry</h1>\n", delimited=False),
    ),
    "with its length": (
        b"HTTP/1.1 200 Fine\r\nX-A: b\r\nContent-Length: 4\r\n\r\nbody",
        ErrorPage(b"HTTP/1.1 200 Fine\r\nX-A: b\r\nContent-Length: 4\r\n", b"body", delimited=True),
    ),
    "with bare line feeds": (
        b"HTTP/1.0 503 Nope\nX: y\n\nbody\n",
        ErrorPage(b"HTTP/1.0 503 Nope\r\nX: y\r\n", b"body\n", delimited=False),
    ),
    "without fields": (b"HTTP/1.1 503 X\r\n\r\n", ErrorPage(b"HTTP/1.1 503 X\r\n", b"", delimited=False)),
    "empty": (b"", ErrorPage(b"", b"", delimited=False)),
}


@pytest.mark.parametrize(("raw", "page"), PAGES.values(), ids=PAGES)
def test_a_page_is_read_as_haproxy_reads_it(raw, page):
    assert error_page(raw) == page


@pytest.mark.parametrize(
    "raw",
    [
        b"<h1>sorry</h1>\n\n",
        b"HTTP/1.1 503 X\r\nContent-Length: 9\r\n\r\nbody",
        b"HTTP/1.1 503 X\r\nContent-Length: x\r\n\r\nbody",
        b"HTTP/1.1 503 X\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"HTTP/1.1 503 X\r\nno field\r\n\r\n",
        b"HTTP/1.1 503 X\r\nA: b",
        b"HTTP/1.1 100 X\r\n\r\n",
    ],
    ids=["no status line", "another length", "no length", "chunked", "no field", "no end", "interim"],
)
def test_what_haproxy_refuses_is_refused(raw):
    with pytest.raises(Problem):
        error_page(raw)


def test_pages_belong_to_a_frontend_or_a_backend(load, tmp_path):
    (tmp_path / "503.http").write_bytes(b"HTTP/1.1 503 X\r\nContent-Length: 0\r\n\r\n")
    config = load('@F\nerrorfile = { 503 = "503.http", 408 = "/dev/null" }\n@B\nerrorfile.502 = "503.http"\n')
    assert {status: page.head for status, page in config.frontends[0].errorfiles.items()} == {
        503: b"HTTP/1.1 503 X\r\nContent-Length: 0\r\n",
        408: b"",
    }
    assert list(config.backends[0].errorfiles) == [502]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('errorfile.503 = "no"', "errorfile.503: no cannot be read: No such file or directory"),
        ('errorfile.503 = "bad"', "errorfile.503: bad: it does not begin with a status line"),
        ('errorfile.302 = "bad"', "302 is no status with a page"),
    ],
)
def test_what_is_wrong_is_complained_of(complaints, tmp_path, text, said):
    (tmp_path / "bad").write_bytes(b"sorry\n\n")
    (complaint,) = complaints(f"@F\n{text}\n@B\n")
    assert said in complaint
