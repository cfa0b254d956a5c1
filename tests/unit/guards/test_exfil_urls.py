"""What a URL carries: parsing as a browser does, encodings, randomness, names of parameters."""

from __future__ import annotations

import base64

import pytest

from pytest_agentsafety.guards.exfil_urls import carries, parse

ENCODED = base64.b64encode(b"John Smith, York").decode()


def told(url: str, *, loaded: bool = True) -> str:
    address = parse(url)
    assert address is not None
    return carries(address, loaded=loaded)


@pytest.mark.parametrize(
    ("url", "host", "path"),
    [
        ("https://A.Test:8443/p?q=1", "a.test", "/p"),
        ("//a.test", "a.test", ""),
        ("https:\\\\a.test\\p", "a.test", "\\p"),
        ("ht\ntps://a.test/\tx", "a.test", "/x"),
        ("https&#58;//a.test/x", "a.test", "/x"),
        ("https://user:pw@a.test./x#y", "a.test", "/x"),
    ],
)
def test_parse_as_a_browser_does(url: str, host: str, path: str) -> None:
    address = parse(url)
    assert address is not None
    assert (address.host, address.path) == (host, path)


@pytest.mark.parametrize("url", ["no url", "https:", "mailto:a@b.test", "///", ""])
def test_no_host_no_address(url: str) -> None:
    assert parse(url) is None


def test_the_query_is_read_as_it_is_meant() -> None:
    address = parse("https://a.test/?A=b+c&flag&d=%65;e=f")
    assert address is not None
    assert address.query == (("a", "b c"), ("", "flag"), ("d", "e"), ("e", "f"))


@pytest.mark.parametrize(
    ("url", "where"),
    [
        (f"https://x.test/?a={ENCODED}", "query"),
        (f"https://x.test/{ENCODED}", "path"),
        (f"https://x.test/a/{ENCODED}.gif", "path"),
        (f"https://{b'john smith york'.hex()}.x.test/", "host"),
        (f"https://{'a' * 41}.x.test/", "host"),
        ("https://johnsmithyork@x.test/", "user"),
        ("https://x.test/?v=" + "k3J9xQ2mZ8vL1nB7cT5wR4yU", "query"),
        ("https://x.test/?v=" + "a" * 81, "query"),
    ],
)
def test_where_data_is_carried_by_what_loads(url: str, where: str) -> None:
    assert told(url) == where


@pytest.mark.parametrize(
    "url",
    [
        "https://x.test/?v=12345678901", "https://x.test/?w=800&h=600", "https://x.test/a/b/c.png", "https://x.test/?v=1.2.3",
        "https://x.test/?v=5d41402abc4b2a76b9719d911017c592", "https://img.shields.io/?label=" + ENCODED, "https://x.test/documentation",
        "https://x.test/?v=", "https://x.test/?theme=dark", "https://x.test/?u=https%3A%2F%2Fy.test%2Fpage",
    ],
)  # fmt: skip
def test_what_a_picture_may_have(url: str) -> None:
    assert told(url) == ""


def test_a_link_may_have_more() -> None:
    for query in (
        "note=three+short+words",
        "v=k3J9xQ2mZ8vL1nB7cT5wR4yU",
        "session=abcdef",
        "q=a+question+of+many+words",
    ):
        assert told(f"https://x.test/?{query}") == "query"
        assert told(f"https://x.test/?{query}", loaded=False) == ""


def test_a_store_signs_its_urls() -> None:
    assert told("https://b.s3.amazonaws.com/a.png?sig=k3J9xQ2mZ8vL1nB7cT5wR4yU") == ""
    assert told(f"https://b.s3.amazonaws.com/a.png?d={ENCODED}") == "query"


def test_urls_in_urls_are_followed_and_not_for_ever() -> None:
    assert told(f"https://x.test/?u=https://y.test/?d={ENCODED}", loaded=False) == "query"
    assert told("https://x.test/?u=" + "//y.test/?u=" * 200, loaded=False) == "query"
