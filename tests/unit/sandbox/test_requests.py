"""What the proxy makes of a request's head: one reading, or a refusal."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_agentsafety.sandbox.requests import BadRequestError, read_request

GET = "GET http://a.test/x HTTP/1.1"


def head(*lines: str) -> bytes:
    return "".join(f"{line}\r\n" for line in (*lines, "")).encode("latin-1")


def test_a_tunnel() -> None:
    request = read_request(head("CONNECT a.test:443 HTTP/1.1", "Host: other.test:1"))
    assert (request.tunnel, request.url, request.where) == (True, "https://a.test:443/", "a.test:443")
    assert (request.headers, request.length) == ((), 0)


def test_a_request_is_sent_on_with_our_own_framing() -> None:
    lines = (
        *("Host: evil.test", "Accept: */*", "Connection: keep-alive, X-Own", "X-Own: 1", "Proxy-Authorization: x"),
        *("Keep-Alive: 5", "Upgrade: h2c", "Expect: 100-continue", "content-length: 3", "X-Umlaut: \xe4"),
    )
    request = read_request(head("POST http://A.test/p?q=1#part HTTP/1.0", *lines))
    assert (request.method, request.url, request.where, request.length) == (
        *("POST", "http://A.test/p?q=1#part", "A.test"),
        3,
    )
    assert request.head("http://a.test/p?q=1#part") == (
        b"POST /p?q=1 HTTP/1.1\r\nHost: a.test\r\nAccept: */*\r\nX-Umlaut: \xe4\r\nContent-Length: 3\r\n"
        b"Connection: close\r\n\r\n"
    )


def test_a_read_has_no_length_and_a_write_always_has_one() -> None:
    assert b"Content-Length" not in read_request(head(GET)).head("http://a.test/x")
    assert b"Content-Length: 0" in read_request(head("PUT http://a.test/x HTTP/1.1")).head("http://a.test/x")


@pytest.mark.parametrize(
    ("lines", "status"),
    [
        (("",), 400),
        (("GET",), 400),
        (("GET /x HTTP/1.1",), 400),
        (("GET  http://a.test/ HTTP/1.1",), 400),
        (("GET http://a.test/ HTTP/2",), 400),
        (("GET http://a.test/ HTTP/1.1 x",), 400),
        (("GET https://a.test/ HTTP/1.1",), 400),
        (("GET ftp://a.test/ HTTP/1.1",), 400),
        (("GET http://\xe4.test/ HTTP/1.1",), 400),
        (("TRACE http://a.test/ HTTP/1.1",), 405),
        (("get http://a.test/ HTTP/1.1",), 405),
        (("CONNECT a.test HTTP/1.1",), 400),
        (("CONNECT a.test:443/ HTTP/1.1",), 400),
        (("CONNECT u@a.test:443 HTTP/1.1",), 400),
        (("CONNECT http://a.test:443 HTTP/1.1",), 400),
        (("CONNECT a.test:443:443 HTTP/1.1",), 400),
        (("CONNECT [::1:443 HTTP/1.1",), 400),
        (("CONNECT a\\b:443 HTTP/1.1",), 400),
        ((GET, "no colon"), 400),
        ((GET, "Space : x"), 400),
        ((GET, " folded: x"), 400),
        ((GET, "X: a\nHost: b"), 400),
        ((GET, "X: a\0"), 400),
        ((GET, ": x"), 400),
        ((GET, "Content-Length: 1", "content-length: 1"), 400),
        ((GET, "Content-Length: 1, 1"), 400),
        ((GET, "Content-Length: +1"), 400),
        ((GET, "Content-Length: -1"), 400),
        ((GET, "Content-Length: 0x1"), 400),
        ((GET, "Content-Length: \xb2"), 400),
        ((GET, "Content-Length: 99999999999999999"), 400),
        ((GET, "Transfer-Encoding: chunked"), 411),
        ((GET, "transfer-encoding: identity", "Content-Length: 1"), 411),
    ],
)
def test_what_can_be_read_in_two_ways_is_refused(lines: tuple[str, ...], status: int) -> None:
    with pytest.raises(BadRequestError) as caught:
        read_request(head(*lines))
    assert caught.value.status == status


@given(st.binary(max_size=200))
def test_any_bytes_are_a_request_or_a_refusal(data: bytes) -> None:
    try:
        request = read_request(data + b"\r\n\r\n")
    except BadRequestError:
        return
    assert request.url.lower().startswith(("http://", "https://"))


@given(st.text(max_size=40), st.text(max_size=40))
def test_no_header_of_the_code_changes_where_it_goes(name: str, value: str) -> None:
    try:
        request = read_request(f"{GET}\r\n{name}: {value}\r\n\r\n".encode("latin-1", "replace"))
    except BadRequestError:
        return
    lines = request.head("http://a.test/x").split(b"\r\n")
    assert lines[:2] == [b"GET /x HTTP/1.1", b"Host: a.test"]
    assert sum(line.lower().startswith(b"host:") for line in lines) == 1
    assert len(lines) <= 6
