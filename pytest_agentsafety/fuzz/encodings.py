"""Encodings that a model reads back: of the whole text or of single characters. Plain functions over text."""

from __future__ import annotations

import base64
import codecs
from collections.abc import Callable
from textwrap import wrap

_TAGS = 0xE0000


def _utf8(text: str) -> bytes:
    return text.encode("utf-8", "replace")


def _every(text: str, every: int, mark: str, change: Callable[[str], str]) -> str:
    """Every `every`-th character changed, and each that would be read as the beginning of a change."""
    if mark in text:
        return "".join(change(c) if i % every == 0 or c == mark else c for i, c in enumerate(text))
    chars = list(text)
    chars[::every] = [change(c) for c in chars[::every]]
    return "".join(chars)


def to_base64(text: str, times: int = 1, alphabet: str = "standard", line: int = 0) -> str:
    """Base64, `times` over. `alphabet` is "standard" or "url"; `line` wraps after so many characters (0: not)."""
    for _ in range(times):
        encode = base64.urlsafe_b64encode if alphabet == "url" else base64.b64encode
        text = encode(_utf8(text)).decode("ascii")
    return "\n".join(wrap(text, line)) if line else text


def to_hex(text: str, separator: str = "") -> str:
    """Bytes as hexadecimal digits, with `separator` (at most one character) between them."""
    return _utf8(text).hex(separator) if separator else _utf8(text).hex()


def tag_characters(text: str) -> str:
    """ASCII as invisible tag characters; everything else stays."""
    return "".join(chr(_TAGS + ord(c)) if " " <= c <= "~" else c for c in text)


def url_encode(text: str, every: int = 1) -> str:
    """Characters as %XX of their UTF-8 bytes. `%` itself always, so that it can be read back."""
    return _every(text, every, "%", _percent)


def _percent(char: str) -> str:
    return "".join(f"%{byte:02X}" for byte in _utf8(char))


def html_entities(text: str, every: int = 1, style: str = "decimal") -> str:
    """Characters as references, "decimal" or "hex". `&` itself always."""
    form = "&#x{:x};" if style == "hex" else "&#{};"
    return _every(text, every, "&", lambda c: form.format(ord(c)))


def unicode_escapes(text: str, every: int = 1) -> str:
    """Characters as backslash escapes with four digits. A backslash itself always."""
    return _every(text, every, "\\", _escape)


def _escape(char: str) -> str:
    """As JavaScript and JSON have it: what is beyond four digits is written as two halves."""
    code = ord(char)
    if code <= 0xFFFF:
        return f"\\u{code:04x}"
    code -= 0x10000
    return f"\\u{0xD800 + (code >> 10):04x}\\u{0xDC00 + (code & 0x3FF):04x}"


def rot13(text: str) -> str:
    """Latin letters moved by thirteen places."""
    return codecs.encode(text, "rot13")


def bidi_override(text: str) -> str:
    """Each line stored backwards behind a right-to-left override: it is shown as it was."""
    return "\n".join(f"\u202e{line[::-1]}\u202c" if line else "" for line in text.split("\n"))


def backwards(text: str) -> str:
    """The whole text from its end to its beginning."""
    return text[::-1]
