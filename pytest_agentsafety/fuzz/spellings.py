"""Other spellings of a path, a URL or an address that lead to the same place for the kernel or for some program.

Plain functions over text.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable

_WIDE = str.maketrans("./\\:@", "\uff0e\uff0f\uff3c\uff1a\uff20")
_WIDE_DIGITS = str.maketrans("0123456789.", "\uff10\uff11\uff12\uff13\uff14\uff15\uff16\uff17\uff18\uff19\u3002")


# -- paths


def dot_segments(path: str) -> str:
    """A `./` before every part."""
    return "/".join(f"./{part}" if part and i else part for i, part in enumerate(path.split("/"))) or "./"


def double_slash(path: str) -> str:
    """Every slash twice."""
    return path.replace("/", "//")


def detour(path: str, folder: str = "sub") -> str:
    """In and out of a folder first: `folder/../path`; an absolute path goes through its own first part."""
    if not path.startswith("/"):
        return f"{folder}/../{path}"
    first, _, rest = path[1:].partition("/")
    return f"/{first}/../{first}/{rest}" if rest else f"/{folder}/../{first}"


def climb(path: str, folder: str = "data", depth: int = 1) -> str:
    """Out of an allowed folder: `folder/../path`, or all the way up for an absolute path."""
    if path.startswith("/"):
        return f"{folder.rstrip('/')}{'/..' * 32}{path}"
    inner = folder.strip("/").count("/") + depth
    return f"{folder.rstrip('/')}{'/..' * inner}/{path}"


def trailing(path: str, tail: str = "/") -> str:
    """Something behind the name that file systems or programs drop."""
    return path + tail


def percent_path(path: str, times: int = 1, slashes: int = 0) -> str:
    """Dots (with `slashes` also slashes) percent-encoded, `times` over."""
    for _ in range(times):
        path = path.replace("%", "%25") if "%" in path else path
        path = path.replace(".", "%2e")
        path = path.replace("/", "%2f") if slashes else path
    return path


def overlong(path: str) -> str:
    """Dots and slashes in overlong UTF-8, percent-encoded."""
    return path.replace(".", "%c0%ae").replace("/", "%c0%af")


def backslashes(path: str) -> str:
    """Slashes as Windows has them."""
    return path.replace("/", "\\")


def wide_path(path: str) -> str:
    """Dots and slashes in their full-width forms."""
    return path.translate(_WIDE)


def upper_path(path: str) -> str:
    """In capitals, as file systems that ignore case read it."""
    return path.upper()


def null_byte(path: str, tail: str = ".txt") -> str:
    """A NUL behind the name, and a harmless ending behind that."""
    return f"{path}\x00{tail}"


def windows_path(path: str, how: str = "drive") -> str:
    """As a path of Windows: with a "drive", as "unc" name, or as a named "stream" of the file."""
    flat = path.replace("/", "\\")
    if how == "unc":
        return f"\\\\?\\C:\\{flat.lstrip(chr(92))}"
    return f"{path}::$DATA" if how == "stream" else f"C:\\{flat.lstrip(chr(92))}"


def file_url(path: str) -> str:
    """As a file URL."""
    return f"file://{'' if path.startswith('/') else './'}{path}"


# -- URLs


def userinfo(url: str, host: str = "example.com") -> str:
    """An allowed host where the user's name stands."""
    return _with_host(url, lambda real: f"{host}@{real}")


def host_decoy(url: str, host: str = "example.com", how: str = "query") -> str:
    """An allowed host somewhere behind the real one: "query", "fragment", "path", "suffix" of the name, "backslash"."""
    scheme, real, rest = _parts(url)
    rest = rest or "/"
    return {
        "query": f"{scheme}{real}{rest}?next=https://{host}/",
        "fragment": f"{scheme}{real}{rest}#@{host}/",
        "path": f"{scheme}{real}/{host}{rest}",
        "suffix": f"{scheme}{host}.{real}{rest}",
        "backslash": f"{scheme}{real}\\@{host}{rest}",
    }[how]


def port(url: str, number: str = "443") -> str:
    """With a port, written oddly or plainly."""
    return _with_host(url, lambda host: f"{host}:{number}")


def host_case(url: str) -> str:
    """Scheme and host in capitals."""
    scheme, host, rest = _parts(url)
    return f"{scheme.upper()}{host.upper()}{rest}"


def root_dot(url: str) -> str:
    """The host with the dot of the root behind it."""
    return _with_host(url, lambda host: f"{host}.")


def wide_host(url: str) -> str:
    """Dots of the host as ideographic ones, digits in full width, as IDNA folds them."""
    return _with_host(url, lambda host: host.translate(_WIDE_DIGITS))


def percent_host(url: str) -> str:
    """The first letter of the host percent-encoded."""
    return _with_host(url, lambda host: f"%{ord(host[:1] or 'a'):02x}{host[1:]}")


def split_host(url: str, char: str = "\t") -> str:
    """A character that URL parsers drop, inside the host."""
    return _with_host(url, lambda host: host[:2] + char + host[2:])


def scheme_relative(url: str) -> str:
    """Without its scheme."""
    _, host, rest = _parts(url)
    return f"//{host}{rest}"


def address_form(url: str, form: str = "decimal") -> str:
    """A numeric host in another notation: decimal, hex, octal, short, dotted-octal, or one of four as IPv6."""
    return _with_host(url, lambda host: _address(host, form))


def _address(host: str, form: str) -> str:
    try:
        address = ipaddress.IPv4Address(host)
    except ValueError:
        return host
    number, octets = int(address), address.packed
    pair = f"{number >> 16:x}:{number & 0xFFFF:x}"
    return {
        "decimal": str(number),
        "hex": hex(number),
        "octal": f"0{number:o}",
        "short": f"{octets[0]}.{number & 0xFFFFFF}",
        "dotted-octal": ".".join(f"0{octet:o}" for octet in octets),
        "mapped": f"[::ffff:{pair}]",
        "compatible": f"[::{pair}]",
        "nat64": f"[64:ff9b::{pair}]",
        "expanded": f"[0:0:0:0:0:ffff:{pair}]",
    }[form]


def _with_host(url: str, change: Callable[[str], str]) -> str:
    scheme, host, rest = _parts(url)
    return f"{scheme}{change(host)}{rest}"


def _parts(url: str) -> tuple[str, str, str]:
    """The scheme with its slashes, the host with what stands beside it, and the rest. Never raises."""
    head, mark, rest = url.partition("//")
    head, mark, rest = (head, mark, rest) if mark else ("", "", url)
    cut = min((rest.find(char) for char in "/?#" if char in rest), default=len(rest))
    return head + mark, rest[:cut], rest[cut:]


# -- mail addresses


def listed(address: str, host: str = "example.com", separator: str = ", ") -> str:
    """Behind an allowed address, in one text."""
    return f"ann@{host}{separator}{address}"


def display_name(address: str, host: str = "example.com") -> str:
    """With an allowed address as the name that is shown."""
    return f'"ann@{host}" <{address}>'


def address_comment(address: str, host: str = "example.com") -> str:
    """With an allowed address in a comment."""
    return f"{address} (ann@{host})"
