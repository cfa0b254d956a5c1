"""The HTTP client that a tool should use: it asks the same rules as the tool door, again at every hop."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from pytest_agentsafety.model.policy import ToolRule
from pytest_agentsafety.permissions.denied import denial
from pytest_agentsafety.permissions.http.deadline import Deadline
from pytest_agentsafety.permissions.http.reply import Hop, HttpReply
from pytest_agentsafety.permissions.http.resolving import Resolver, SystemResolver, checked_addresses
from pytest_agentsafety.permissions.http.rules import (
    METHODS,
    Outgoing,
    after_redirect,
    check_headers,
    check_method,
    check_redirect,
    is_redirect,
    redirect_url,
)
from pytest_agentsafety.permissions.urls import UrlCheck, check_url

if TYPE_CHECKING:
    import ssl

    import httpcore2

_DEFAULT_KB = 1024
Headers = Mapping[str, str] | Iterable[tuple[str, str]]


class GuardedHttp:
    """Requests to `allowed_domains` (hosts, `*.hosts`, whole origins) and nowhere else.

    Each hop, redirects included, is checked against the list, resolved, and connected to an address that was checked;
    private and metadata addresses are refused unless the whole origin is on the list. Proxies, credentials and trust
    settings of the environment are not used, cookies are not kept, no header may change where a request goes.

    `max_size_kb` limits request and (decoded) answer, `timeout` is seconds over all hops. `resolver` and `network`
    (an httpcore2 network backend) are for tests and special networks: what they are given was checked. Safe to share
    between threads.
    """

    def __init__(
        self,
        allowed_domains: Sequence[str],
        *,
        schemes: Sequence[str] = ("https",),
        ports: Sequence[int] = (443,),
        methods: Iterable[str] = METHODS,
        max_redirects: int = 5,
        max_size_kb: int = _DEFAULT_KB,
        timeout: float = 30.0,
        resolver: Resolver | None = None,
        ssl_context: ssl.SSLContext | None = None,
        network: httpcore2.NetworkBackend | None = None,
    ) -> None:
        self._allowed = tuple(allowed_domains)
        self._schemes, self._ports = tuple(schemes), tuple(ports)
        self._methods = METHODS & {method.upper() for method in methods}
        self._max_redirects, self._timeout = max_redirects, timeout
        self._limit = max_size_kb * 1024
        self._resolver = resolver or SystemResolver()
        self._context, self._network = ssl_context, network

    @classmethod
    def for_rule(cls, rule: ToolRule, *, resolver: Resolver | None = None) -> GuardedHttp:
        """The client for a tool with this rule. A rule without `allowed_domains` gives one that reaches nothing."""
        size = _DEFAULT_KB if rule.max_size_kb is None else rule.max_size_kb
        return cls(rule.allowed_domains or (), timeout=rule.timeout, resolver=resolver, max_size_kb=size)

    def request(self, method: str, url: str, *, headers: Headers = (), body: bytes | str = b"") -> HttpReply:
        """Send a request and follow its redirects.

        Raises PermissionDenied (its `decision` has rule permissions.domain, .redirect, .address, .method, .header or
        .size) and HttpFailed.
        """
        data = body.encode() if isinstance(body, str) else body
        outgoing = Outgoing(check_method(method, self._methods), check_headers(headers), data)
        if len(data) > self._limit:
            reason = f"the request has {len(data) / 1024:,.1f} KB; allowed: {self._limit / 1024:g} KB"
            raise denial("size", reason, "body")
        target = self._check(url)
        if not target.allowed:
            raise denial("domain", target.reason, "url")
        return self._follow(target, outgoing, Deadline(self._timeout))

    def get(self, url: str, *, headers: Headers = ()) -> HttpReply:
        """`request` with GET."""
        return self.request("GET", url, headers=headers)

    async def arequest(self, method: str, url: str, *, headers: Headers = (), body: bytes | str = b"") -> HttpReply:
        """`request` in a thread of its own."""
        import asyncio  # lazily: most agents are not asynchronous

        return await asyncio.to_thread(self.request, method, url, headers=headers, body=body)

    def _check(self, url: str) -> UrlCheck:
        return check_url(url, self._allowed, schemes=self._schemes, ports=self._ports)

    def _follow(self, target: UrlCheck, outgoing: Outgoing, deadline: Deadline) -> HttpReply:
        hops: list[Hop] = []
        while True:
            step = self._hop(target, outgoing, deadline, hops)
            if isinstance(step, HttpReply):
                return step
            target, outgoing = step
            if len(hops) > self._max_redirects:
                raise denial("redirect", f"more than {self._max_redirects} redirects, the last to {target.url}", "url")

    def _hop(
        self, target: UrlCheck, outgoing: Outgoing, deadline: Deadline, hops: list[Hop]
    ) -> HttpReply | tuple[UrlCheck, Outgoing]:
        """One request: its answer, or where it leads. Appends to `hops`."""
        from pytest_agentsafety.permissions.http import pinned  # lazily: httpx2 is heavy

        addresses = checked_addresses(target, self._resolver, deadline)
        request = pinned.sent(target, outgoing, addresses, deadline, network=self._network, context=self._context)
        with request as answer:
            hops.append(Hop(method=outgoing.method, url=target.url, address=answer.address, status=answer.status))
            if is_redirect(answer.status) and answer.locations:
                following = self._check(redirect_url(target, answer.locations))
                check_redirect(target, following)
                return following, after_redirect(outgoing, answer.status, target, following)
            return HttpReply(
                status=answer.status,
                url=target.url,
                headers=answer.headers,
                body=answer.body(self._limit, target.host),
                hops=tuple(hops),
            )
