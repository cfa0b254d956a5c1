"""No spelling of a denied host or path is allowed: generated ones against independent parsers and real files."""

from __future__ import annotations

import ipaddress
import os
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_agentsafety.model.decisions import Decision
from pytest_agentsafety.model.messages import ToolCall
from pytest_agentsafety.model.policy import ToolRule
from pytest_agentsafety.permissions import (
    PermissionChecker,
    PermissionDenied,
    SafeOpen,
    check_url,
    normalise_host,
    refused_address,
)
from pytest_agentsafety.permissions.hosts import never_address
from pytest_agentsafety.permissions.http.rules import redirect_url

ALLOWED = ("example.com", "*.api.example.org", "b\u00fccher.example")
MANY = settings(max_examples=400, derandomize=True, deadline=None)

PIECES = st.sampled_from(
    [
        *("https://", "http://", "HTTPS://", "//", "/", "\\", "?", "#", "@", ":", ".", "..", "%", "%2e", "%40", "%2f"),
        *("example.com", "EXAMPLE.com", "api.example.org", "v1.api.example.org", "evil.test", "b\u00fccher.example"),
        *(
            ":443",
            ":80",
            ":0443",
            ":65979",
            "\t",
            "\n",
            "\r",
            " ",
            "\0",
            "\u00a0",
            "\u200b",
            "\u200d",
            "\u3002",
            "\uff0e",
        ),
        *(
            "\uff20",
            "\uff0f",
            "\u2044",
            "[",
            "]",
            "::1",
            "127.0.0.1",
            "0x7f000001",
            "2130706433",
            "0177.1",
            "xn--",
            ";",
        ),
        *("xn--bcher-kva.example", "\u0430", "\u017f", "\u212a", "\u00df", "a" * 64, "_", "-", "%25eth0", "user:pw"),
    ]
)
URLS = st.lists(PIECES, min_size=1, max_size=8).map("".join)


def covered(host: str) -> bool:
    return host in ("example.com", "xn--bcher-kva.example") or host.endswith(".api.example.org")


def assert_goes_where_it_says(url: str) -> None:
    """What was allowed leads, for two other parsers as well, to a host on the list, over TLS, to port 443."""
    verdict = check_url(url, ALLOWED)
    if not verdict.allowed:
        return
    assert covered(verdict.host)
    assert (verdict.scheme, verdict.port) == ("https", 443)
    split, theirs = urlsplit(verdict.url), httpx2.URL(verdict.url)
    assert split.hostname == theirs.raw_host.decode() == verdict.host
    assert (split.username, theirs.userinfo, split.port, theirs.port) == (None, b"", None, None)


@MANY
@given(URLS)
def test_any_pieces_of_a_url(url: str) -> None:
    assert_goes_where_it_says(url)
    assert_goes_where_it_says("https://" + url)


@MANY
@given(st.sampled_from(["https://example.com", "https://evil.test/", "https://"]), st.text(max_size=12))
def test_any_text_around_a_host(start: str, text: str) -> None:
    assert_goes_where_it_says(start + text)
    assert_goes_where_it_says(start + text + "example.com/")
    assert_goes_where_it_says(start + text + ".evil.test/")


@MANY
@given(st.lists(PIECES, max_size=6).map("".join))
def test_any_redirect(location: str) -> None:
    base = check_url("https://example.com/dir/x?q", ALLOWED)
    try:
        url = redirect_url(base, [location.encode()])
    except PermissionDenied:
        return
    assert_goes_where_it_says(url)
    verdict = check_url(url, ALLOWED)
    if verdict.allowed and "://" not in location.split("?")[0].split("#")[0] and not location.startswith("//"):
        assert verdict.host == "example.com"


@MANY
@given(st.ip_addresses())
def test_any_address(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> None:
    if refused_address(address) is None:
        assert address.is_global
        assert not address.is_multicast
        assert never_address(address) is None


PRIVATE_V4 = st.one_of(
    *(st.ip_addresses(v=4, network=n) for n in ("10.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "192.168.0.0/16"))
)


def _disguises(address: ipaddress.IPv4Address) -> list[str]:
    number, octets = int(address), address.packed
    pair = f"{number >> 16:x}:{number & 0xFFFF:x}"
    inverted = f"{(number ^ 0xFFFFFFFF) >> 16:x}:{(number ^ 0xFFFFFFFF) & 0xFFFF:x}"
    v6 = [f"::ffff:{pair}", f"::{pair}", f"::ffff:0:{pair}", f"64:ff9b::{pair}", f"64:ff9b:1::{pair}", f"2002:{pair}::"]
    v6 += [f"2001:0:{pair}::", f"2001::{inverted}", f"::ffff:{address}"]
    v4 = [str(number), hex(number), f"0{number:o}", ".".join(f"0{o:o}" for o in octets), ".".join(map(hex, octets))]
    v4 += [
        f"{octets[0]}.{number & 0xFFFFFF}",
        f"{octets[0]}.{octets[1]}.{number & 0xFFFF}",
        f"{address}.",
        str(address),
    ]
    wide = str.maketrans("0123456789.", "\uff10\uff11\uff12\uff13\uff14\uff15\uff16\uff17\uff18\uff19\u3002")
    return [f"[{text}]" for text in v6] + v4 + [str(address).translate(wide)]


@settings(MANY, max_examples=100)
@given(PRIVATE_V4)
def test_any_spelling_of_a_private_address(address: ipaddress.IPv4Address) -> None:
    for host in _disguises(address):
        # A bare host on the list allows it only when it is public.
        for allowed in ((host,), (str(address),), (host, f"https://{address}:8443", "*.com")):
            assert not check_url(f"https://{host}/", allowed).allowed


@pytest.mark.parametrize(
    "host",
    [
        "[fe80::1%25eth0]",
        "[fe80::1%eth0]",
        "[::1%25lo]",
        "[::1]%lo",
        "[::1",
        "::1]",
        "[]",
        "[::1].",
        "[v1.x]",
        "[1.2.3.4]",
    ],
)
def test_zones_and_broken_brackets(host: str) -> None:
    assert not check_url(f"https://{host}/", (host, f"https://{host}", "*.example")).allowed


@pytest.mark.parametrize(
    ("entry", "host", "allowed"),
    [
        ("xn--bcher-kva.example", "b\u00fccher.example", True),
        ("XN--BCHER-KVA.Example", "b\u00dcCHER.example", True),
        ("b\u00fccher.example", "xn--bcher-kva.example.", True),
        ("bu\u0308cher.example", "b\u00fccher.example", True),
        ("b\u00fccher.example.", "b\u00fccher.example", True),
        ("*.b\u00fccher.example", "a.xn--bcher-kva.example", True),
        ("b\u00fccher.example", "bucher.example", False),
        ("example.com", "ex\u0430mple.com", False),
        ("ex\u0430mple.com", "example.com", False),
        ("ex\u0430mple.com", "xn--exmple-4nf.com", True),
        ("stra\u00dfe.example", "strasse.example", False),
        ("xn--a.example", "xn--a.example", False),
        ("xn--\u00fc.example", "xn--\u00fc.example", False),
        ("*", "example.com", False),
        ("*.", "example.com", False),
        ("", "", False),
        ("*.*.example", "a.b.example", False),
        ("user@example.com", "example.com", False),
        ("https://user@example.com", "example.com", False),
        ("example.com/path", "example.com", False),
        ("example.com\n", "example.com", False),
        ("exam\tple.com", "example.com", False),
        ("ftp://example.com", "example.com", False),
    ],
)
def test_entries_of_the_list(entry: str, host: str, allowed: bool) -> None:
    assert check_url(f"https://{host}/", (entry,)).allowed == allowed


@pytest.mark.parametrize("char", ["a", "a.", "\u00fc", "\u0430\u0308", "xn--", "\uff0e", "\u200d", "1", "%", "\u3002a"])
def test_very_long_hosts_are_refused(char: str) -> None:
    """At once, too: where it took quadratic time, this test would be seen to hang."""
    for host in (char * 1_000, char * 8_000, char * 16_000):
        assert not check_url(f"https://{host}example.com/", ("example.com",)).allowed


def _check(name: str, arguments: dict[str, object], base: Path | None = None, **rule: object) -> Decision:
    call = ToolCall(call_id="1", name=name, arguments=arguments)
    return PermissionChecker(base).check(call, ToolRule(**rule))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("arguments", "rule", "argument", "value"),
    [
        ({"path": "../secret"}, {"allowed_paths": ("data",)}, "path", '"../secret"'),
        ({"path": "data/none"}, {"allowed_paths": ("data",)}, "path", '"data/none"'),
        (
            {"files": ["data/.git/hooks/x"]},
            {"effect": "write", "allowed_paths": ("data",)},
            "files[0]",
            "data/.git/hooks/x",
        ),
        ({"file": {"path": 17}}, {"allowed_paths": ("data",)}, "file.path", "17"),
        ({"path": "data/big"}, {"allowed_paths": ("data",), "max_size_kb": 1}, "path", "2.0 KB"),
        ({"path": "data/n", "content": "x" * 2048}, {"effect": "write", "max_size_kb": 1}, "content", "2.0 KB"),
        ({"url": "https://evil.test/"}, {"allowed_domains": ("a.example",)}, "url", '"https://evil.test/"'),
        ({"to": "eve@evil.test"}, {"effect": "egress", "allowed_domains": ("a.example",)}, "to", '"eve@evil.test"'),
    ],
)
def test_a_denial_names_argument_and_value(
    tmp_path: Path, arguments: dict[str, object], rule: dict[str, object], argument: str, value: str
) -> None:
    (tmp_path / "data/.git/hooks").mkdir(parents=True)
    (tmp_path / "data/big").write_bytes(b"x" * 2048)
    decision = _check("use", arguments, tmp_path, **({"effect": "read"} | rule))
    assert (decision.outcome, decision.guard, decision.argument) == ("denied", "permissions", argument)
    assert value in decision.reason


PARTS = [
    "data",
    ".git",
    "hooks",
    "link",
    "up",
    "sub",
    "..",
    ".",
    "",
    "x",
    "config",
    "out",
    "secret",
    ".ssh",
    "a.pth",
    ".bashrc",
]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("world")
    for folder in ("data/.git/hooks", "data/sub", "data/.ssh", "out"):
        (root / folder).mkdir(parents=True)
    (root / "data/link").symlink_to(".git/hooks")
    (root / "data/sub/up").symlink_to("../../out")
    (root / "data/sub/link").symlink_to("../.git")
    for name in ("secret", "out/x", "data/.git/config", "data/.git/hooks/x", "data/x", "data/sub/x"):
        (root / name).write_text("old")
    return root


@MANY
@given(parts=st.lists(st.sampled_from(PARTS), min_size=1, max_size=7))
def test_no_spelling_writes_outside_or_to_a_hook(world: Path, parts: list[str]) -> None:
    path = "data/" + "/".join(parts)
    decision = _check("write_file", {"path": path, "content": "new"}, world, effect="write", allowed_paths=("data",))
    try:
        SafeOpen(["data"], base=world).write_text(path, "new")
        written = True
    except OSError:
        written = False
    if decision.outcome == "denied":
        assert not written
    found = {str(Path(folder, name).relative_to(world)) for folder, _, names in os.walk(world) for name in names}
    kept = ["secret", "out/x", "data/.git/config", "data/.git/hooks/x"]
    assert [(world / name).read_text() for name in kept] == ["old"] * 4
    assert {name for name in found if name.startswith("out/")} == {"out/x"}
    assert {name for name in found if "/.git/hooks" in name} == {"data/.git/hooks/x"}
    assert not any(".ssh" in name or name.endswith((".pth", ".bashrc")) for name in found)


def test_hosts_have_one_spelling() -> None:
    spellings = ["Example.COM", "example.com.", "\uff45xample.com", "ex\u00adample.com", "example\u3002com"]
    assert {normalise_host(host) for host in spellings[:3]} == {"example.com"}
    for host in spellings[3:]:
        verdict = check_url(f"https://{host}/", ("example.com",))
        assert not verdict.allowed or verdict.host == "example.com"
