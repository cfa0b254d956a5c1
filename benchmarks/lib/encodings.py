"""Ways to write a text so that a person or a model still reads it and a list of phrases does not."""

from __future__ import annotations

import base64
import codecs
from collections.abc import Callable
from urllib.parse import quote

_LOOKALIKE = str.maketrans("aeopcxyi", "\u0430\u0435\u043e\u0440\u0441\u0445\u0443\u0456")
_LEET = str.maketrans("aeiost", "431057")


def _fullwidth(text: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)


def _tags(text: str) -> str:
    return "Notes of today." + "".join(chr(0xE0000 + ord(c)) if " " <= c <= "~" else c for c in text)


ENCODINGS: dict[str, Callable[[str], str]] = {
    "base64": lambda text: base64.b64encode(text.encode()).decode(),
    "hex": lambda text: text.encode().hex(),
    "rot13": lambda text: codecs.encode(text, "rot13"),
    "url": lambda text: quote(text, safe=""),
    "html": lambda text: "".join(f"&#{ord(c)};" for c in text),
    "escapes": lambda text: "".join(f"\\u{ord(c):04x}" if ord(c) < 0x10000 else c for c in text),
    "full width": _fullwidth,
    "look-alikes": lambda text: text.translate(_LOOKALIKE),
    "leet": lambda text: text.translate(_LEET),
    "zero width": lambda text: "\u200b".join(text),
    "soft hyphen": lambda text: "\xad".join(text),
    "tag characters": _tags,
    "right to left": lambda text: f"\u202e{text[::-1]}\u202c",
    "spaced": lambda text: "   ".join(" ".join(word) for word in text.split()),
    "upper case": lambda text: text.upper(),
    "base64 twice": lambda text: base64.b64encode(base64.b64encode(text.encode())).decode(),
}
