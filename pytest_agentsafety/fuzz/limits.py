"""Does a call that ran stay within its rule? Judged apart from the permission step, by the file system and the URL.

Only what is surely outside counts: this is a second opinion, not a second rule book.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pytest_agentsafety.model.policy import ToolRule
from pytest_agentsafety.permissions import with_inferred_roles

_DOMAIN = re.compile(r"@([A-Za-z0-9.-]{1,253})")


def forbidden(rule: ToolRule, arguments: Mapping[str, Any], base: Path) -> str:
    """Why the call is outside its rule, "" when it is not known to be."""
    roles = with_inferred_roles(rule, arguments).roles
    for name, value in arguments.items():
        if not isinstance(value, str) or not value:
            continue
        role = roles.get(name)
        if role == "path" and rule.allowed_paths is not None and not _beneath(value, rule.allowed_paths, base):
            return f"its {name} leads out of the allowed paths"
        if role in ("url", "destination") and rule.allowed_domains is not None and rule.effect != "execute":
            strange = next((host for host in _hosts(value, role) if not _listed(host, rule.allowed_domains)), None)
            if strange is not None:
                return f"its {name} leads to a host that is not allowed"
    return ""


def _beneath(path: str, allowed: tuple[str, ...], base: Path) -> bool:
    try:
        real = Path(os.path.realpath(base / path))
        return any(real.is_relative_to(os.path.realpath(base / root)) for root in allowed)
    except (OSError, ValueError):
        return False


def _hosts(value: str, role: str) -> Iterator[str]:
    if role == "url" or "://" in value:
        try:
            yield urlsplit(value).hostname or ""
        except ValueError:
            yield ""
        return
    yield from _DOMAIN.findall(value)


def _listed(host: str, allowed: tuple[str, ...]) -> bool:
    host = host.lower().rstrip(".")
    for pattern in allowed:
        name = pattern.lower()
        if name == "*" or host == name or (name.startswith("*.") and host.endswith(name[1:])):
            return True
        try:
            if host == name.encode("idna").decode() or host.encode("idna").decode() == name:
                return True
        except UnicodeError:
            continue
    return False
