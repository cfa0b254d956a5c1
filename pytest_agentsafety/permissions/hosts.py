"""Host names and addresses: one normal form, and which addresses nobody may be sent to."""

from __future__ import annotations

import ipaddress
import re
import unicodedata

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
# A name may be spelled longer than it is (characters that are mapped away), but not much.
_MAX_SPELLED = 1024
_NUMERIC = re.compile(r"[0-9]+|0x[0-9a-f]*")
# Ranges that `ipaddress` calls global, or that carry another address inside.
_REFUSED = tuple(
    (ipaddress.ip_network(network), why)
    for network, why in (
        ("100.64.0.0/10", "carrier-grade NAT"),
        ("192.0.0.0/24", "reserved"),
        ("192.88.99.0/24", "a 6to4 relay"),
        ("169.254.0.0/16", "link-local (cloud metadata)"),
        ("::/96", "an IPv4-compatible address"),
        ("::ffff:0:0/96", "an IPv4-mapped address"),
        ("::ffff:0:0:0/96", "an IPv4-translated address"),
        ("64:ff9b::/96", "a NAT64 address"),
        ("64:ff9b:1::/48", "a NAT64 address"),
        ("2001::/23", "a protocol range (Teredo, ORCHID)"),
        ("2002::/16", "a 6to4 address"),
        ("fc00::/7", "a private address"),
        ("fec0::/10", "a site-local address"),
    )
)


_UNIQUE_LOCAL = ipaddress.ip_network("fc00::/7")
# Services of a machine's own cloud that hand out its credentials: no entry but the literal address allows them.
_METADATA = tuple(
    ipaddress.ip_network(network)
    for network in ("169.254.0.0/16", "fe80::/10", "fd00:ec2::254/128", "100.100.100.200/32", "192.0.0.192/32")
)


class HostError(ValueError):
    """A host that has no safe normal form; the message says why."""


def refused_address(address: Address) -> str | None:
    """Why no request may go to `address` (not public, or a disguise for another one); None for a public one."""
    if isinstance(address, ipaddress.IPv6Address) and address.scope_id is not None:
        return "an address with a zone"
    if address.is_loopback or address.is_unspecified:
        return "this machine"
    for network, why in _REFUSED:
        if address.version == network.version and address in network:
            return why
    if not address.is_global or address.is_multicast or address.is_reserved:
        return "not a public address"
    return None


def never_address(address: Address) -> str | None:
    """Why a *name* may not lead to `address`, even where its very origin is allowed; None when it may.

    A name of one's own may well stand for a private machine, but never for a metadata service or a disguise.
    """
    if any(address.version == network.version and address in network for network in _METADATA):
        return "link-local or a cloud metadata service"
    if address.is_unspecified or address.is_multicast:
        return "no address of one machine"
    if isinstance(address, ipaddress.IPv6Address) and not address.is_loopback:
        why = refused_address(address)
        return None if why is None or address in _UNIQUE_LOCAL else why
    return None


def as_address(host: str) -> Address | None:
    """The address a normalised host stands for, None for a name."""
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _ascii(host: str) -> str:
    """A-labels for a name with non-ASCII characters."""
    try:
        import idna  # lazily: it comes with the LLM clients, and most hosts are ASCII
    except ImportError:
        raise HostError("it has non-ASCII characters and the package 'idna' is not installed") from None
    try:
        return idna.encode(host, uts46=True, std3_rules=True, transitional=False).decode("ascii").lower()
    except (idna.IDNAError, UnicodeError) as error:
        raise HostError(f"it is no valid international name ({error})") from None


def _check_punycode(label: str) -> None:
    try:
        import idna
    except ImportError:
        raise HostError("it has a punycode label and the package 'idna' is not installed") from None
    try:
        round_trip = idna.encode(idna.decode(label), uts46=False).decode("ascii").lower()
    except (idna.IDNAError, UnicodeError) as error:
        raise HostError(f"its label {label!r} is not valid ({error})") from None
    if round_trip != label:
        raise HostError(f"its label {label!r} is not valid")


def _name(host: str) -> str:
    labels = host.split(".")
    for label in labels:
        if not label:
            raise HostError("it has an empty label")
        if not _LABEL.fullmatch(label):
            raise HostError(f"its label {label!r} is too long or has characters that a host name cannot have")
        if label.startswith("xn--"):
            _check_punycode(label)
    if len(host) > 253:
        raise HostError("it is longer than 253 characters")
    if _NUMERIC.fullmatch(labels[-1]):
        # Whatever ends in a number is an IPv4 address to somebody; only the plain spelling is one to us.
        try:
            return str(ipaddress.IPv4Address(host))
        except ValueError:
            raise HostError("it is an address in an odd form; write four decimal numbers") from None
    return host


def normalise_host(host: str) -> str:
    """The one spelling of a host: lower case, A-labels, no root dot; IPv6 in brackets becomes its short form.

    Raises HostError for anything on which two parsers could disagree.
    """
    if not host:
        raise HostError("it is empty")
    if len(host) > _MAX_SPELLED:  # before anything that takes more than linear time
        raise HostError("it is longer than 253 characters")
    if host.startswith("["):
        if not host.endswith("]") or "%" in host:
            raise HostError("its IPv6 address is malformed")
        try:
            return str(ipaddress.IPv6Address(host[1:-1]))
        except ValueError:
            raise HostError("its IPv6 address is malformed") from None
    if any(unicodedata.category(char)[0] in "CZ" for char in host):
        raise HostError("it has invisible, control or space characters")
    lowered = host.lower() if host.isascii() else _ascii(host)
    return _name(lowered.removesuffix("."))
