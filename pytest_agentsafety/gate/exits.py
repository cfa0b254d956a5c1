"""The way out for code in the sandbox: the rule's own domains, by the same checks as any other request of a tool."""

from __future__ import annotations

import socket
from collections.abc import Sequence

from pytest_agentsafety.llm.outside import inside
from pytest_agentsafety.model.policy import ToolRule
from pytest_agentsafety.permissions.denied import PermissionDenied
from pytest_agentsafety.permissions.hosts import Address
from pytest_agentsafety.permissions.http.deadline import Deadline, HttpFailed
from pytest_agentsafety.permissions.http.resolving import Resolver, SystemResolver, checked_addresses
from pytest_agentsafety.permissions.urls import check_url
from pytest_agentsafety.sandbox import ExitRefusedError


class RuleExits:
    """To the `allowed_domains` of a rule. A name is resolved once for the connection, which goes where was checked."""

    def __init__(self, rule: ToolRule, resolver: Resolver | None = None) -> None:
        self._allowed = rule.allowed_domains or ()
        self._resolver = resolver or SystemResolver()

    def open(self, url: str, seconds: float) -> tuple[socket.socket, str]:
        """As `sandbox.Exits` says."""
        target = check_url(url, self._allowed)
        if not target.allowed:
            raise ExitRefusedError(target.reason)
        deadline = Deadline(seconds)
        try:
            addresses = checked_addresses(target, self._resolver, deadline)
            return _connected(addresses, target.port, deadline), target.url
        except PermissionDenied as error:
            raise ExitRefusedError(error.decision.reason) from None
        except HttpFailed as error:
            raise OSError(str(error)) from None


def _connected(addresses: Sequence[Address], port: int, deadline: Deadline) -> socket.socket:
    """To the first address that answers. Raises OSError, HttpFailed."""
    failure: OSError | None = None
    for index, address in enumerate(addresses):
        share = deadline.left() / (len(addresses) - index)
        try:
            with inside():  # a tool's connection, which passed the tool door
                return socket.create_connection((str(address), port), timeout=share)
        except OSError as error:
            failure = error
    raise failure or OSError("there is no address")
