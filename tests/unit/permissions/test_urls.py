"""One strict parser for URLs, hosts and addresses."""

import ipaddress
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_agentsafety.permissions import HostError, check_url, normalise_host, refused_address

DOMAINS = ("example.com", "*.api.example.org", "b\u00fccher.example", "93.184.216.34")
ORIGINS = ("http://127.0.0.1:8080", "https://[::1]:8443", "http://localhost:3000/", "https://*.wild.example:444")


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("https://example.com", "https://example.com/"),
        ("HTTPS://EXAMPLE.com:443/A?b#c", "https://example.com/A?b#c"),
        ("https://example.com.?x=1", "https://example.com/?x=1"),
        ("https://v1.api.example.org/", "https://v1.api.example.org/"),
        ("https://a.b.api.example.org/", "https://a.b.api.example.org/"),
        ("https://b\u00fccher.example/\u00e9", "https://xn--bcher-kva.example/\u00e9"),
        ("https://xn--bcher-kva.example/", "https://xn--bcher-kva.example/"),
        ("https://93.184.216.34/", "https://93.184.216.34/"),
        ("https://example.com:0443/", "https://example.com/"),
    ],
)
def test_allowed_urls_go_to_the_normalised_host(url: str, target: str) -> None:
    verdict = check_url(url, DOMAINS)
    assert verdict.allowed, verdict.reason
    assert verdict.url == target
    assert verdict.private is False


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("https://evil.test/", "host evil.test is not allowed"),
        ("https://example.com.evil.test/", "is not allowed"),
        ("https://xample.com/", "is not allowed"),
        ("https://api.example.org/", "is not allowed"),
        ("http://example.com/", "scheme http is not allowed"),
        ("https://example.com:8443/", "port 8443 is not allowed"),
        ("https://example.com:0/", "port 0 is not allowed"),
        ("https://example.com:65536/", "over 65535"),
        ("https://example.com:123456/", "cannot be told apart"),
        ("https://example.com:44\u0663/", "cannot be told apart"),
        ("https://example.com:443:443/", "cannot be told apart"),
        ("https://user@example.com/", "user information"),
        ("https://@example.com/", "user information"),
        ("https://example.com%2eevil.test/", "characters"),
        ("https://example.com%00/", "characters"),
        ("https://ex\u00adample.com/", "invisible"),
        ("https://example.com\t/", "control"),
        (" https://example.com/", "space"),
        ("https://example.com/a b", "space"),
        ("https://example.com/\u2028", "space"),
        ("https:///example.com/", "it is empty"),
        ("https://:443/", "it is empty"),
        ("https://[::1", "cannot be told apart"),
        ("https://[::1]x/", "cannot be told apart"),
        ("https://[fe80::1%25eth0]/", "IPv6"),
        ("https://[example.com]/", "IPv6"),
        ("https://1.2.3.4.5/", "odd form"),
        ("https://example.com.1/", "odd form"),
        ("https://0x7f.1/", "odd form"),
        ("https://127.0.0.01/", "odd form"),
        ("https://-example.com/", "characters"),
        ("https://xn--a.example.com/", "not valid"),
        ("https://" + "a." * 130 + "example.com/", "longer than 253"),
        ("https://example.com/" + "a" * 20_000, "longer than 16384"),
        ("data:text/html,x", "scheme://host"),
        ("1https://example.com/", "scheme://host"),
        ("https//example.com", "scheme://host"),
    ],
)
def test_refused_urls_say_why(url: str, why: str) -> None:
    verdict = check_url(url, DOMAINS)
    assert not verdict.allowed
    assert why in verdict.reason
    assert "\n" not in verdict.reason


@pytest.mark.parametrize(
    ("url", "allowed"),
    [
        ("http://127.0.0.1:8080/x", True),
        ("http://127.0.0.1:8080", True),
        ("https://[::1]:8443/", True),
        ("https://[0:0::1]:8443/", True),
        ("http://localhost:3000/", True),
        ("https://a.wild.example:444/", True),
        ("https://wild.example:444/", False),
        ("https://a.wild.example/", False),
        ("http://127.0.0.1:8081/", False),
        ("https://127.0.0.1:8080/", False),
        ("http://127.0.0.1/", False),
        ("http://127.1:8080/", False),
        ("http://2130706433:8080/", False),
        ("http://[::ffff:127.0.0.1]:8080/", False),
        ("http://127.0.0.2:8080/", False),
        ("http://x@127.0.0.1:8080/", False),
    ],
)
def test_a_whole_origin_allows_exactly_itself(url: str, allowed: bool) -> None:
    verdict = check_url(url, ORIGINS)
    assert verdict.allowed is allowed, verdict.reason
    assert verdict.private is (allowed and "wild" not in url)


@pytest.mark.parametrize("host", ["10.0.0.5", "localhost", "app.localhost", "169.254.169.254", "[fd00::1]"])
def test_a_private_host_needs_its_whole_origin(host: str) -> None:
    verdict = check_url(f"https://{host}/", (host,))
    assert not verdict.allowed
    assert f'write the whole origin ("https://{host}")' in verdict.reason
    assert check_url(f"https://{host}/", (f"https://{host}",)).private


@pytest.mark.parametrize(
    "entry",
    ["", "*", "*.", "example.com/path", "https://u@example.com", "ftp://example.com", "exa mple.com", "a:99999"],
)
def test_an_entry_nobody_understands_allows_nothing_and_is_named(entry: str) -> None:
    verdict = check_url("https://example.com/", (entry,))
    assert not verdict.allowed
    assert f"not understood: {entry}" in verdict.reason


def test_other_schemes_and_ports_on_request() -> None:
    assert check_url("http://example.com/", DOMAINS, schemes=("http",), ports=(80,)).allowed
    assert check_url("https://example.com:8443/", DOMAINS, ports=(443, 8443)).port == 8443
    assert check_url("https://example.com:8443/", ("example.com:8443",)).allowed
    assert not check_url("https://example.com/", ("example.com:8443",)).allowed
    assert not check_url("gopher://example.com/", DOMAINS, schemes=("gopher",)).allowed  # no port of its own


@pytest.mark.parametrize(
    ("host", "normal"),
    [
        ("Example.COM.", "example.com"),
        ("_dmarc.example.com", "_dmarc.example.com"),
        ("r3---x.example.com", "r3---x.example.com"),
        ("B\u00dcCHER.example", "xn--bcher-kva.example"),
        ("\uff45xample.com", "example.com"),
        ("fa\u00df.example", "xn--fa-hia.example"),
        ("[2001:DB8:0::1]", "2001:db8::1"),
        ("8.8.8.8", "8.8.8.8"),
    ],
)
def test_hosts_have_one_spelling(host: str, normal: str) -> None:
    assert normalise_host(host) == normal
    assert normalise_host(f"[{normal}]" if ":" in normal else normal) == normal


@pytest.mark.parametrize(
    "host",
    [
        "",
        ".",
        "..",
        "a..b",
        ".a",
        "a_-",
        "a!b",
        "xn--",
        "xn--\u00fc",
        "a\u200db",
        "a\u202eb",
        "\u2460.2.3",
        "a" * 64,
        "[1.2.3.4]",
        "[::1%1]",
    ],
)
def test_hosts_without_a_safe_spelling(host: str) -> None:
    with pytest.raises(HostError):
        normalise_host(host)


def test_without_idna_only_plain_names_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "idna", None)
    assert normalise_host("example.com") == "example.com"
    for host in ("b\u00fccher.example", "xn--bcher-kva.example"):
        with pytest.raises(HostError, match="idna"):
            normalise_host(host)


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0", "127.0.0.1", "127.255.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
        "192.0.0.8", "192.0.2.1", "192.88.99.1", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255",
        "::", "::1", "::127.0.0.1", "::ffff:8.8.8.8", "::ffff:0:8.8.8.8", "64:ff9b::808:808", "64:ff9b:1::1", "2001::1",
        "2001:db8::1", "2002:808:808::", "fc00::1", "fd00:ec2::254", "fe80::1", "fec0::1", "ff02::1", "fe80::1%eth0",
    ],
)  # fmt: skip
def test_addresses_nobody_may_be_sent_to(address: str) -> None:
    assert refused_address(ipaddress.ip_address(address)) is not None


@pytest.mark.parametrize("address", ["8.8.8.8", "93.184.216.34", "2606:4700::1111", "2a00:1450::1"])
def test_public_addresses(address: str) -> None:
    assert refused_address(ipaddress.ip_address(address)) is None


PIECES = [
    *("https://", "http://", "HTTPS:", "//", "/", "\\", "@", ":", "?", "#", ".", "%", "..", "[", "]", "a", "v1."),
    *("example.com", "evil.test", "api.example.org", "443", ":443", ":80", "127.0.0.1", "::1", "xn--"),
    *("\u3002", "\uff0e", "\u00ad", "\u200b", "\t", " "),
]


@settings(max_examples=500, derandomize=True, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=9).map("".join))
def test_what_is_allowed_has_an_allowed_normal_form(url: str) -> None:
    verdict = check_url(url, ("example.com", "*.api.example.org"))
    assert verdict.reason
    if verdict.allowed:
        assert verdict.scheme == "https"
        assert verdict.port == 443
        assert verdict.host == normalise_host(verdict.host)
        assert verdict.host == "example.com" or verdict.host.endswith(".api.example.org")
        assert verdict.url.startswith(f"https://{verdict.host}/")
        assert check_url(verdict.url, ("example.com", "*.api.example.org")) == verdict


@settings(max_examples=300, derandomize=True, deadline=None)
@given(st.text(max_size=40))
def test_no_text_makes_it_raise(text: str) -> None:
    for url in (text, f"https://{text}/", f"https://example.com{text}"):
        verdict = check_url(url, ("example.com", "*.api.example.org"))
        assert not verdict.allowed or verdict.host == "example.com" or verdict.host.endswith(".api.example.org")
