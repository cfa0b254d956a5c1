"""Find the domains in a destination argument. What cannot be read for certain is an error, not a pass."""

from __future__ import annotations

import re

_SEPARATORS = re.compile(r"[,;\n]")
_PLAIN = re.compile(r"[^\s<>@\"(),:;\\\[\]]{1,64}@(?P<domain>[^\s<>@\"(),:;\\\[\]]{1,253})")
_NAMED = re.compile(r"[^<>@\"\\]{0,200}<" + _PLAIN.pattern + r">")


def email_domains(text: str) -> list[str] | None:
    """The domains of the addresses in `text` (`a@b`, `Name <a@b>`, lists of these).

    Empty when there is no "@" in it; None when there is and it cannot be read.
    """
    if "@" not in text:
        return []
    domains = []
    for piece in _SEPARATORS.split(text.removeprefix("mailto:")):
        stripped = piece.strip()
        if not stripped:
            continue
        match = _PLAIN.fullmatch(stripped) or _NAMED.fullmatch(stripped)
        if match is None:
            return None
        domains.append(match["domain"])
    return domains
