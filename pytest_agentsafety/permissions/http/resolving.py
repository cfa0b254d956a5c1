"""Names to addresses, all of them checked."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Sequence
from typing import Protocol

from pytest_agentsafety.model.safe_text import one_line
from pytest_agentsafety.permissions.denied import denial
from pytest_agentsafety.permissions.hosts import Address, as_address, never_address, refused_address
from pytest_agentsafety.permissions.http.deadline import Deadline, HttpFailed
from pytest_agentsafety.permissions.urls import UrlCheck


class Resolver(Protocol):
    """Finds the addresses of a host name."""

    def resolve(self, host: str, port: int) -> Sequence[str]:
        """IPv4 and IPv6 addresses as text, best first. Raises OSError when there is no such name."""


class SystemResolver:
    """The machine's own resolver, hosts file included."""

    def resolve(self, host: str, port: int) -> Sequence[str]:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        return [str(entry[4][0]) for entry in found]


def _refuse(target: UrlCheck, text: str) -> Address:
    """The address, or a PermissionDenied when nobody, or nobody by this name, may be sent there."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        raise denial("address", f"{target.host} resolves to {one_line(text)!r}, which is no address", "url") from None
    why = never_address(address) if target.private else refused_address(address)
    if why is not None:
        fix = "" if target.private else "; if it is meant, write the whole origin (scheme://host) into allowed_domains"
        raise denial("address", f"{target.host} resolves to {address}, {why}{fix}", "url")
    return address


def _look_up(target: UrlCheck, resolver: Resolver, deadline: Deadline) -> list[Address]:
    try:
        answers = deadline.bound(lambda: list(resolver.resolve(target.host, target.port)))
    except (OSError, UnicodeError) as error:
        raise HttpFailed(f"{target.host} cannot be resolved: {one_line(str(error))}") from None
    if not answers:
        raise HttpFailed(f"{target.host} has no address")
    return [_refuse(target, str(text)) for text in dict.fromkeys(answers)]


def checked_addresses(target: UrlCheck, resolver: Resolver, deadline: Deadline) -> list[Address]:
    """The addresses to connect to. One refused answer refuses them all. Raises PermissionDenied, HttpFailed.

    The name is asked for twice: the connection is pinned to the first answer in any case, but a name that becomes
    private at the second look is being rebound, and nothing it says should be trusted.
    """
    literal = as_address(target.host)
    if literal is not None:  # already judged as part of the URL
        return [literal]
    addresses = _look_up(target, resolver, deadline)
    _look_up(target, resolver, deadline)
    return addresses
