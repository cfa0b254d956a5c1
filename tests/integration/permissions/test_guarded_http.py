"""The guarded HTTP client against a real server: redirects, names, proxies, headers, methods, sizes, TLS."""

from __future__ import annotations

import gzip
import os
import socket
import ssl
import subprocess
import sys
import threading
import zlib
from collections.abc import Callable
from typing import Any

import pytest

from pytest_agentsafety.model.policy import ToolRule
from pytest_agentsafety.permissions import GuardedHttp, HttpFailed, PermissionDenied

from .conftest import PUBLIC, Names, Network, Route, Site

ALLOWED = ("example.com", "*.api.example.org", "b\u00fccher.example", "other.example")
PRIVATE = [
    *("10.0.0.5", "127.0.0.1", "169.254.169.254", "192.168.1.1", "172.16.0.1", "100.64.0.1", "0.0.0.0", "224.0.0.1"),
    *("::1", "::ffff:127.0.0.1", "::ffff:93.184.216.34", "fd00:ec2::254", "fe80::1", "fe80::1%eth0", "64:ff9b::7f00:1"),
    *("2002:7f00:1::", "2001:0:7f00:1::", "::7f00:1", "::", "ff02::1", "not an address", "", "127.1", "2130706433"),
]

Open = Callable[..., GuardedHttp]


@pytest.fixture
def network(site: Site) -> Network:
    return Network(site)


@pytest.fixture
def names() -> Names:
    return Names()


@pytest.fixture
def client(network: Network, names: Names, trust: ssl.SSLContext) -> Open:
    def build(allowed: tuple[str, ...] = ALLOWED, **options: Any) -> GuardedHttp:
        options = {"resolver": names, "network": network, "ssl_context": trust, "timeout": 20.0} | options
        return GuardedHttp(allowed, **options)

    return build


def refused(call: Callable[[], object]) -> PermissionDenied:
    with pytest.raises(PermissionDenied) as failure:
        call()
    decision = failure.value.decision
    assert (decision.outcome, decision.guard) == ("denied", "permissions")
    assert "\n" not in decision.reason
    return failure.value


def rule_of(call: Callable[[], object]) -> str:
    return refused(call).decision.rule.removeprefix("permissions.")


def test_an_allowed_request_goes_to_the_checked_address_under_its_name(
    client: Open, site: Site, network: Network, names: Names
) -> None:
    site.routes["/a?b=c"] = Route(body=b"hello", headers=(("X-One", "1"),))
    reply = client().get("HTTPS://Example.com:443/a?b=c#d", headers={"X-Mine": "yes"})
    assert (reply.status, reply.text, reply.header("X-ONE")) == (200, "hello", "1")
    assert [(hop.method, hop.address, hop.status) for hop in reply.hops] == [("GET", PUBLIC, 200)]
    assert network.dialled == [PUBLIC]
    assert set(names.asked) == {("example.com", 443)}
    assert site.names == ["example.com"]
    [seen] = site.seen
    assert (seen.method, seen.path, seen.tls) == ("GET", "/a?b=c", True)
    assert seen.headers["host"] == "example.com"
    assert seen.headers["x-mine"] == "yes"
    assert seen.headers["accept-encoding"] == "identity"


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://v1.api.example.org/", "v1.api.example.org"),
        ("https://b\u00fccher.example/", "xn--bcher-kva.example"),
        ("https://xn--bcher-kva.example/", "xn--bcher-kva.example"),
        ("https://example.com./", "example.com"),
        ("https://example.com:/", "example.com"),
        ("https://example.com/@evil.test", "example.com"),
        ("https://example.com/caf\u00e9?q=\u00e9", "example.com"),
    ],
)
def test_allowed_spellings_reach_the_name_that_was_checked(client: Open, site: Site, url: str, host: str) -> None:
    assert client().get(url).status == 200
    assert site.seen[0].headers["host"] == host
    assert site.names == [host]


@pytest.mark.parametrize("method", ["GET", "post", "PUT", "PATCH", "DELETE"])
def test_allowed_methods_carry_their_body(client: Open, site: Site, method: str) -> None:
    assert client().request(method, "https://example.com/", body="caf\u00e9").text == "ok"
    assert (site.seen[0].method, site.seen[0].body) == (method.upper(), "caf\u00e9".encode())


def test_head_has_no_body(client: Open, site: Site) -> None:
    site.routes["/big"] = Route(headers=(("content-length", "99999999"),))
    reply = client().request("HEAD", "https://example.com/big")
    assert (reply.status, reply.body) == (200, b"")


@pytest.mark.parametrize("method", ["CONNECT", "TRACE", "OPTIONS", "connect", "GET\r\nX: y", "", "G\u0130T", "GET "])
def test_other_methods_are_refused(client: Open, network: Network, method: str) -> None:
    assert rule_of(lambda: client().request(method, "https://example.com/")) == "method"
    assert rule_of(lambda: client(methods=("CONNECT", "TRACE")).get("https://example.com/")) == "method"
    assert network.dialled == []


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.test"},
        {"hOST": "example.com"},
        {"Transfer-Encoding": "chunked"},
        {"Content-Length": "0"},
        {"Connection": "upgrade"},
        {"Upgrade": "h2c"},
        {"Proxy-Authorization": "Basic x"},
        {"X-Forwarded-Host": "evil.test"},
        {"X-HTTP-Method-Override": "DELETE"},
        {"X-A": "b\r\nHost: evil.test"},
        {"X-A": "b\x00"},
        {"X-A": "\u20ac"},
        {"X-A\r\nHost": "evil.test"},
        {":authority": "evil.test"},
        {"Host ": "evil.test"},
        {"": "x"},
        {"X-A": 1},
        [("Host", "evil.test")],
    ],
)
def test_headers_that_say_where_or_how_are_refused(client: Open, network: Network, headers: Any) -> None:
    assert rule_of(lambda: client().get("https://example.com/", headers=headers)) == "header"
    assert network.dialled == []


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.test/",
        "http://example.com/",
        "https://example.com:8443/",
        "https://example.com@evil.test/",
        "https://evil.test\\@example.com/",
        "https://exam\tple.com/",
        "https://example.com\n.evil.test/",
        "https://169.254.169.254/",
        "https://[::ffff:127.0.0.1]/",
        "https://[fe80::1%25eth0]/",
        f"https://{'a' * 64}.api.example.org/",
        f"https://{'a.' * 200}api.example.org/",
        "//example.com/",
        "",
    ],
)
def test_urls_that_are_not_allowed_are_never_looked_up(client: Open, network: Network, names: Names, url: str) -> None:
    assert rule_of(lambda: client().get(url)) == "domain"
    assert (names.asked, network.dialled) == ([], [])


def test_a_refusal_names_url_and_list(client: Open) -> None:
    decision = refused(lambda: client().get("https://evil.test/x")).decision
    assert decision.argument == "url"
    assert "https://evil.test/x" in decision.reason
    assert "example.com, *.api.example.org" in decision.reason


REFUSED_PLACES = [
    "https://evil.test/",
    "http://example.com/",
    "HTTP://example.com/",
    "http://169.254.169.254/",
    "https://169.254.169.254/",
    "//evil.test/",
    "///evil.test/",
    "////evil.test/",
    "/\\evil.test/",
    "\\\\evil.test/",
    "https:evil.test",
    "https:/evil.test",
    "https:///evil.test",
    "https://example.com@evil.test/",
    "https://example.com:8443/",
    "https://sub.example.com/",
    "//example.com:80/",
    "javascript:alert(1)",
    "file:///etc/passwd",
    "ftp://example.com/",
    "data:text/html,x",
    "/a b",
    "/a\tb",
    "ht\ttps://evil.test/",
    "https://exam\u200dple.test/",
]


@pytest.mark.parametrize("place", REFUSED_PLACES)
def test_a_redirect_to_what_is_not_allowed_is_not_followed(
    client: Open, site: Site, network: Network, place: str
) -> None:
    site.routes["/r"] = Route(302, (("Location", place.encode().decode("latin-1")),))
    failure = refused(lambda: client().get("https://example.com/r"))
    assert failure.decision.rule == "permissions.redirect"
    assert len(network.dialled) == len(site.seen) == 1


@pytest.mark.parametrize(
    ("place", "path"),
    [
        ("/ok", "/ok"),
        ("ok", "/dir/ok"),
        ("./ok", "/dir/ok"),
        ("../ok", "/ok"),
        ("../../../ok", "/ok"),
        ("?x=https://evil.test/", "/dir/r?x=https://evil.test/"),
        ("/ok#part", "/ok"),
        ("/.//evil.test/", "/evil.test/"),  # on the same host; the test server folds the slashes
        ("/@evil.test", "/@evil.test"),
        ("https://example.com/ok", "/ok"),
        ("HTTPS://EXAMPLE.COM:443/ok", "/ok"),
        ("//example.com/ok", "/ok"),
        ("https://v1.api.example.org/ok", "/ok"),
        ("/caf\u00e9", "/caf%C3%A9"),
    ],
)
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_that_stays_allowed_is_followed(
    client: Open, site: Site, place: str, path: str, status: int
) -> None:
    site.routes["/dir/r"] = Route(status, (("Location", place.encode().decode("latin-1")),))
    reply = client().get("https://example.com/dir/r")
    assert reply.status == 200
    assert [seen.path for seen in site.seen] == ["/dir/r", path]
    assert [hop.status for hop in reply.hops] == [status, 200]


def test_a_redirect_with_two_places_is_not_followed(client: Open, site: Site) -> None:
    site.routes["/r"] = Route(302, (("Location", "/ok"), ("Location", "https://evil.test/")))
    assert rule_of(lambda: client().get("https://example.com/r")) == "redirect"
    site.routes["/r"] = Route(302, (("Location", "/\xff\xfe"),))
    assert rule_of(lambda: client().get("https://example.com/r")) == "redirect"


@pytest.mark.parametrize("status", [300, 302, 304])
def test_what_leads_nowhere_is_the_answer(client: Open, site: Site, status: int) -> None:
    headers = (("Location", "https://evil.test/"),) if status != 302 else ()
    site.routes["/r"] = Route(status, headers, b"")
    assert client().get("https://example.com/r").status == status


def test_a_loop_ends(client: Open, site: Site) -> None:
    site.routes["/r"] = Route(302, (("Location", "https://example.com/r"),))
    failure = refused(lambda: client().get("https://example.com/r"))
    assert failure.decision.rule == "permissions.redirect"
    assert "more than 5 redirects" in failure.decision.reason
    assert len(site.seen) == 6


def test_as_many_redirects_as_allowed(client: Open, site: Site) -> None:
    for step in range(5):
        site.routes[f"/{step}"] = Route(302, (("Location", f"/{step + 1}"),))
    assert len(client().get("https://example.com/0").hops) == 6
    assert rule_of(lambda: client(max_redirects=4).get("https://example.com/0")) == "redirect"
    assert rule_of(lambda: client(max_redirects=0).get("https://example.com/0")) == "redirect"


SECRETS = {"Authorization": "Bearer s", "Cookie": "a=b", "X-Api-Key": "k", "Accept": "text/plain"}


@pytest.mark.parametrize("place", ["https://v1.api.example.org/ok", "https://other.example/ok"])
def test_credentials_stay_with_their_origin(client: Open, site: Site, place: str) -> None:
    site.routes["/r"] = Route(302, (("Location", place), ("Set-Cookie", "t=1; Domain=example")))
    client().get("https://example.com/r", headers=SECRETS)
    first, second = site.seen
    assert all(first.headers[name.lower()] == value for name, value in SECRETS.items())
    assert second.headers["accept"] == "text/plain"
    assert not {"authorization", "cookie", "x-api-key"} & second.headers.keys()


def test_credentials_follow_within_an_origin_and_cookies_are_not_kept(client: Open, site: Site) -> None:
    site.routes["/r"] = Route(302, (("Location", "/ok"), ("Set-Cookie", "t=1")))
    client().get("https://example.com/r", headers={"Authorization": "Bearer s"})
    assert site.seen[1].headers["authorization"] == "Bearer s"
    assert "cookie" not in site.seen[1].headers


@pytest.mark.parametrize(
    ("method", "status", "then"),
    [
        *(
            ("POST", 301, "GET"),
            ("POST", 302, "GET"),
            ("POST", 303, "GET"),
            ("PUT", 303, "GET"),
            ("DELETE", 303, "GET"),
        ),
        *(("POST", 307, "POST"), ("POST", 308, "POST"), ("PUT", 302, "PUT"), ("HEAD", 303, "HEAD")),
    ],
)
def test_methods_and_bodies_over_redirects(client: Open, site: Site, method: str, status: int, then: str) -> None:
    site.routes["/r"] = Route(status, (("Location", "/ok"),))
    client().request(method, "https://example.com/r", headers={"Content-Type": "text/x"}, body=b"data")
    last = site.seen[1]
    assert last.method == then
    assert last.body == (b"data" if then == method else b"")
    assert ("content-type" in last.headers) == (then == method)


@pytest.mark.parametrize(("method", "body"), [("POST", b"data"), ("DELETE", b""), ("PUT", b""), ("GET", b"data")])
def test_no_write_is_taken_on_to_another_origin(client: Open, site: Site, method: str, body: bytes) -> None:
    site.routes["/r"] = Route(307, (("Location", "https://other.example/ok"),))
    assert rule_of(lambda: client().request(method, "https://example.com/r", body=body)) == "redirect"
    assert len(site.seen) == 1


@pytest.mark.parametrize("address", PRIVATE)
def test_a_name_that_resolves_to_a_private_address_is_refused(
    client: Open, names: Names, network: Network, address: str
) -> None:
    for answers in ([address], [PUBLIC, address]):
        names.answers["example.com"] = [answers]
        assert rule_of(lambda: client().get("https://example.com/")) == "address"
    assert network.dialled == []


def test_a_rebound_name_is_refused_and_never_dialled(client: Open, names: Names, network: Network) -> None:
    names.answers["example.com"] = [[PUBLIC], ["127.0.0.1"]]
    failure = refused(lambda: client().get("https://example.com/"))
    assert failure.decision.rule == "permissions.address"
    assert network.dialled == []


def test_a_name_rebound_after_the_check_changes_nothing(client: Open, names: Names, network: Network) -> None:
    names.answers["example.com"] = [[PUBLIC], [PUBLIC], ["127.0.0.1"]]
    assert client().get("https://example.com/").status == 200
    assert network.dialled == [PUBLIC]


def test_a_redirect_to_a_name_that_is_private_by_then_is_refused(
    client: Open, site: Site, names: Names, network: Network
) -> None:
    site.routes["/r"] = Route(302, (("Location", "/ok"),))
    names.answers["example.com"] = [[PUBLIC], [PUBLIC], ["10.0.0.5"]]
    assert rule_of(lambda: client().get("https://example.com/r")) == "address"
    assert network.dialled == [PUBLIC]


def test_the_next_checked_address_is_tried(site: Site, names: Names, trust: ssl.SSLContext) -> None:
    names.answers["example.com"] = [["2606:2800:220:1::1", PUBLIC, PUBLIC]]
    network = Network(site, dead=["2606:2800:220:1::1"])
    reply = GuardedHttp(ALLOWED, resolver=names, network=network, ssl_context=trust).get("https://example.com/")
    assert network.dialled == ["2606:2800:220:1::1", PUBLIC]
    assert reply.hops[0].address == PUBLIC


def test_names_without_an_address_fail(client: Open, names: Names) -> None:
    class Lost:
        def resolve(self, host: str, port: int) -> list[str]:
            raise socket.gaierror(-2, "unknown")

    with pytest.raises(HttpFailed, match=r"example\.com cannot be resolved"):
        client(resolver=Lost()).get("https://example.com/")
    names.answers["example.com"] = [[]]
    with pytest.raises(HttpFailed, match="no address"):
        client().get("https://example.com/")


@pytest.mark.parametrize("origin", ["http://127.0.0.1:{port}", "http://localhost:{port}"])
def test_a_whole_origin_may_be_private(site: Site, origin: str) -> None:
    """The system's resolver and network, nothing of ours in between."""
    origin = origin.format(port=site.http_port)
    reply = GuardedHttp((origin,)).get(f"{origin}/x")
    assert (reply.status, reply.text, reply.hops[0].address) == (200, "ok", "127.0.0.1")
    assert rule_of(lambda: GuardedHttp((origin,)).get(f"http://[::1]:{site.http_port}/")) == "domain"


def test_an_origin_by_name_may_be_private_but_no_metadata_service(client: Open, names: Names, network: Network) -> None:
    for address in ("10.0.0.5", "127.0.0.1", "fd12::1", "::1"):
        names.answers["example.com"] = [[address]]
        assert client(("https://example.com",)).get("https://example.com/").hops[0].address == address
    for address in ("169.254.169.254", "fd00:ec2::254", "fe80::1", "100.100.100.200", "0.0.0.0", "::ffff:10.0.0.5"):
        names.answers["example.com"] = [[address]]
        assert rule_of(lambda: client(("https://example.com",)).get("https://example.com/")) == "address"
    assert len(network.dialled) == 4


def test_a_private_origin_is_no_way_to_another(client: Open, site: Site, names: Names) -> None:
    origin = f"http://127.0.0.1:{site.http_port}"
    site.routes["/r"] = Route(302, (("Location", f"{origin}/ok"),))
    allowed = ("example.com", origin)
    assert rule_of(lambda: client(allowed).get("https://example.com/r")) == "redirect"  # it gives up TLS


def test_up_to_tls_but_not_down(client: Open, site: Site) -> None:
    site.routes["/up"] = Route(302, (("Location", "https://example.com/ok"),))
    site.routes["/down"] = Route(302, (("Location", "http://example.com/ok"),))
    both = client(("http://example.com", "https://example.com"))
    assert both.get("http://example.com/up").status == 200
    assert [seen.tls for seen in site.seen] == [False, True]
    assert rule_of(lambda: both.get("https://example.com/down")) == "redirect"


@pytest.mark.parametrize("place", ["http://evil.test/", "https://evil.test/", "//evil.test/", "http://10.0.0.1/"])
def test_without_tls_too_a_redirect_stays_on_the_list(client: Open, site: Site, network: Network, place: str) -> None:
    site.routes["/r"] = Route(302, (("Location", place),))
    failure = refused(lambda: client(("http://example.com",)).get("http://example.com/r"))
    assert failure.decision.rule == "permissions.redirect"
    assert "is not allowed" in failure.decision.reason
    assert len(network.dialled) == 1


@pytest.mark.parametrize("name", ["ALL_PROXY", "HTTPS_PROXY", "HTTP_PROXY", "all_proxy", "https_proxy", "http_proxy"])
@pytest.mark.parametrize("scheme", ["http", "socks5"])
def test_proxies_of_the_environment_are_not_asked(
    client: Open, site: Site, monkeypatch: pytest.MonkeyPatch, name: str, scheme: str
) -> None:
    with socket.socket() as proxy:
        proxy.bind(("127.0.0.1", 0))
        proxy.listen()
        proxy.setblocking(False)
        monkeypatch.setenv(name, f"{scheme}://127.0.0.1:{proxy.getsockname()[1]}")
        monkeypatch.delenv("NO_PROXY", raising=False)
        assert client().get("https://example.com/").status == 200
        with pytest.raises(BlockingIOError):
            proxy.accept()
    assert site.seen[0].path == "/"


def test_netrc_gives_no_credentials(client: Open, site: Site, monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    (tmp_path / "netrc").write_text("machine example.com login u password p\n")
    (tmp_path / "netrc").chmod(0o600)
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    client().get("https://example.com/")
    assert "authorization" not in site.seen[0].headers


def test_the_certificate_has_to_be_for_the_name(client: Open, site: Site) -> None:
    with pytest.raises(HttpFailed, match="CERTIFICATE_VERIFY_FAILED"):
        client(("wrong.example",)).get("https://wrong.example/")
    assert site.seen == []


def test_the_certificate_has_to_be_trusted(client: Open, site: Site) -> None:
    with pytest.raises(HttpFailed, match="CERTIFICATE_VERIFY_FAILED"):
        client(ssl_context=None).get("https://example.com/")
    assert site.seen == []


GZIP = gzip.compress(b"x" * 2000, mtime=0)  # test ids must not depend on the clock


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ((), b"x" * 2000),
        ((), [b"x" * 1000, b"x" * 1000]),
        ((("Content-Encoding", "gzip"),), GZIP),
        ((("Content-Encoding", "x-gzip"),), [GZIP[:9], GZIP[9:]]),
        ((("Content-Encoding", "deflate"),), zlib.compress(b"x" * 2000)),
        ((("Content-Encoding", "gzip"),), gzip.compress(b"x" * 1000, mtime=0) * 2),
        ((("Content-Encoding", "identity"),), b"x" * 2000),
    ],
)
def test_bodies_are_read_up_to_the_limit(client: Open, site: Site, headers: Any, body: Any) -> None:
    site.routes["/b"] = Route(200, headers, body)
    assert client(max_size_kb=2).get("https://example.com/b").body == b"x" * 2000
    failure = refused(lambda: client(max_size_kb=1).get("https://example.com/b"))
    assert failure.decision.rule == "permissions.size"
    assert failure.decision.reason.endswith("allowed: 1 KB")


def test_an_archive_bomb_is_stopped_at_the_limit(client: Open, site: Site) -> None:
    site.routes["/bomb"] = Route(200, (("Content-Encoding", "gzip"),), gzip.compress(bytes(50_000_000)))
    assert rule_of(lambda: client(max_size_kb=100).get("https://example.com/bomb")) == "size"


def test_an_endless_answer_is_stopped_at_the_limit(client: Open, site: Site) -> None:
    class Endless:
        sent = 0

        def __iter__(self) -> Any:
            while True:
                self.sent += 4096
                yield b"x" * 4096

    endless = Endless()
    site.routes["/endless"] = Route(200, (), endless)  # type: ignore[arg-type]
    assert rule_of(lambda: client(max_size_kb=8).get("https://example.com/endless")) == "size"


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ((("Content-Encoding", "br"),), b"x"),
        ((("Content-Encoding", "gzip, gzip"),), b"x"),
        ((("Content-Encoding", "gzip"),), b"no gzip at all"),
        ((("Content-Encoding", "gzip"),), GZIP[:-4]),
        ((("Content-Length", "100"),), b"short"),
    ],
)
def test_answers_that_cannot_be_read_fail(client: Open, site: Site, headers: Any, body: bytes) -> None:
    site.routes["/b"] = Route(200, headers, body)
    with pytest.raises(HttpFailed):
        client().get("https://example.com/b")


def test_a_request_has_a_size_limit_too(client: Open, network: Network) -> None:
    failure = refused(lambda: client(max_size_kb=1).request("POST", "https://example.com/", body="x" * 1025))
    assert (failure.decision.rule, failure.decision.argument) == ("permissions.size", "body")
    assert network.dialled == []


def test_a_server_that_drips_runs_out_of_time(client: Open, site: Site) -> None:
    gate = threading.Event()

    class Drip:
        def __iter__(self) -> Any:
            while not gate.wait(0.02):
                yield b"x"

    site.routes["/drip"] = Route(200, (), Drip())  # type: ignore[arg-type]
    with pytest.raises(HttpFailed, match=r"no complete answer within 0\.3 s|ReadTimeout"):
        client(timeout=0.3).get("https://example.com/drip")
    gate.set()


def test_a_resolver_that_hangs_runs_out_of_time(client: Open) -> None:
    gate = threading.Event()

    class Hanging:
        def resolve(self, host: str, port: int) -> list[str]:
            gate.wait(20)
            return [PUBLIC]

    with pytest.raises(HttpFailed, match="looking up the name"):
        client(resolver=Hanging(), timeout=0.05).get("https://example.com/")
    gate.set()


def test_nobody_there_fails(site: Site, names: Names, trust: ssl.SSLContext) -> None:
    network = Network(site, dead=[PUBLIC])
    with pytest.raises(HttpFailed, match=r"example\.com: ConnectError"):
        GuardedHttp(ALLOWED, resolver=names, network=network, ssl_context=trust).get("https://example.com/")


def test_a_rule_makes_its_client(site: Site) -> None:
    origin = f"http://127.0.0.1:{site.http_port}"
    site.routes["/b"] = Route(200, (), b"x" * 2000)
    rule = ToolRule(effect="read", allowed_domains=(origin,), max_size_kb=1)
    assert rule_of(lambda: GuardedHttp.for_rule(rule).get(f"{origin}/b")) == "size"
    assert rule_of(lambda: GuardedHttp.for_rule(ToolRule(effect="read")).get(f"{origin}/")) == "domain"
    assert GuardedHttp.for_rule(ToolRule(effect="read", allowed_domains=(origin,))).get(f"{origin}/b").status == 200


async def _twice(client: GuardedHttp) -> list[int]:
    import asyncio

    replies = await asyncio.gather(*(client.arequest("GET", "https://example.com/") for _ in range(2)))
    return [reply.status for reply in replies]


def test_asynchronous_agents_have_it_too(client: Open) -> None:
    import asyncio

    assert asyncio.run(_twice(client())) == [200, 200]


def test_threads_share_a_client(client: Open, site: Site) -> None:
    shared, statuses = client(), []
    threads = [
        threading.Thread(target=lambda: statuses.append(shared.get("https://example.com/").status)) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses == [200] * 8


def test_nothing_heavy_is_imported_before_the_first_request() -> None:
    code = (
        "import sys; from pytest_agentsafety.permissions import GuardedHttp; GuardedHttp(('example.com',));"
        "print([m for m in ('httpx2', 'httpcore2', 'ssl', 'asyncio') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=dict(os.environ)
    )
    assert done.stdout.strip() == "[]"
