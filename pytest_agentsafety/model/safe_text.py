"""Make text from models, tools and suites harmless for terminals, CI logs and file names."""

from __future__ import annotations

import re
import unicodedata
from hashlib import sha256

_BIDI = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_UNSAFE = re.compile(
    f"[\x00-\x08\x0b-\x1f\x7f-\x9f{_BIDI}\u00ad\u180e\u200b\u200c\u2060-\u2064\u2028\u2029\ufeff\U000e0000-\U000e007f\ud800-\udfff]"
)
# Blanks without the newline: with it, a long run of empty lines costs quadratic time.
_COMMAND = re.compile(r"^([^\S\n]*)(::|##\[)", re.MULTILINE)
_ODD_START = frozenset({" ", ":", "#"})  # a blank, or what may be a CI command
_SLUG = re.compile(r"[^A-Za-z0-9._+-]+")


def printable(text: str) -> str:
    """Show control, bidi and tag characters as escapes and take CI commands off the line start."""
    shown = _UNSAFE.sub(lambda m: m.group().encode("unicode_escape", "surrogatepass").decode("ascii"), text)
    return _COMMAND.sub(lambda m: f"{m.group(1)}\u2236{m.group(2)[1:]}", shown)


def one_line(text: str, limit: int = 200) -> str:
    """The text as one printable line of at most `limit` characters."""
    # Most short texts are one printable line already.
    plain = type(text) is str and len(text) <= limit and text.isascii() and text.isprintable()
    if plain and not (text[:1] in _ODD_START or text[-1:] == " " or "  " in text):
        return text
    # So many words are longer than the line, and what stands behind it is not looked at.
    flat = " ".join(text.split(None, limit)[: limit + 1])[: limit + 1]
    shown = printable(flat)
    return shown if len(shown) <= limit else shown[: limit - 1] + "\u2026"


def slug(text: str, limit: int = 80) -> str:
    """A file name for an arbitrary id: ASCII, no separators, unique by a hash where anything was changed."""
    plain = _SLUG.sub("-", unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()).strip("-.")
    if plain and plain == text and len(plain) <= limit:
        return plain
    return f"{plain[: limit - 13] or 'x'}-{sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()[:12]}"
