"""Take keys and tokens out of what goes onto a cassette."""

from __future__ import annotations

import re
from collections.abc import Iterable
from hashlib import sha256

# Linear on any input: a literal, then one character class that cannot be entered again in the middle of its run, and
# only bounded looks ahead.
_SECRET = re.compile(
    r"(?<![A-Za-z0-9])sk-(?=[A-Za-z_-]{0,60}\d)[A-Za-z0-9_-]{16,}"
    r"|[Bb]earer[ ]{1,4}(?=[A-Za-z._~+/=-]{0,60}\d)[A-Za-z0-9._~+/=-]{12,}"
    r"|AIza[0-9A-Za-z_-]{30,}"
    r"|A(?:KIA|SIA)[0-9A-Z]{16}"
    r"|gh[pousr]_[A-Za-z0-9]{20,}"
    r"|github_pat_[A-Za-z0-9_]{20,}"
    r"|glpat-[A-Za-z0-9_-]{16,}"
    r"|xox[abeprs]-[A-Za-z0-9-]{10,}"
    r"|[rs]k_live_[A-Za-z0-9]{16,}"
    r"|hf_[A-Za-z0-9]{24,}"
    r"|npm_[A-Za-z0-9]{30,}"
    r"|(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*)?"
    r"|-----BEGIN [A-Z ]{0,24}PRIVATE KEY-----(?:[A-Za-z0-9+/=\s]|\\{1,8}[nr])*"
)
# A text without any of these holds no secret of the kinds above: a quick look before the slower search.
_HINTS: tuple[str, ...] = (
    "sk-",
    "earer ",
    "AIza",
    "AKIA",
    "ASIA",
    "ghp_",
    "gho_",
    "ghu_",
    "ghs_",
    "ghr_",
    "github_pat_",
    "glpat-",
)
_HINTS += ("xox", "k_live_", "hf_", "npm_", "eyJ", "-----BEGIN")
_SHORTEST = 8


def scrub(text: str, known: Iterable[str] = ()) -> tuple[str, int]:
    """The text with everything that looks like a key replaced by a marker, and how many there were.

    `known` are secrets in use, replaced wherever they stand. The marker holds a short digest, so that two different
    secrets stay different.
    """
    found = 0
    for secret in known:
        if len(secret) >= _SHORTEST and secret in text:
            found += text.count(secret)
            text = text.replace(secret, _marker(secret))
    if not any(hint in text for hint in _HINTS):
        return text, found
    text, more = _SECRET.subn(lambda match: _marker(match.group()), text)
    return text, found + more


def _marker(secret: str) -> str:
    return f"[secret removed {sha256(secret.encode('utf-8', 'surrogatepass')).hexdigest()[:8]}]"
