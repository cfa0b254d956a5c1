"""One layer of decoding, in place: encoded segments of a text are replaced by what they say.

Every pass is linear and its output is no longer than its input; the caller bounds the number of passes.
"""

from __future__ import annotations

import base64
import binascii
import html
import re
from collections.abc import Callable, Sequence
from urllib.parse import unquote_to_bytes

import re2

from pytest_agentsafety.text.views import Edit

MAX_DEPTH = 5
_SHORT_ESCAPE = 2

Decoder = Callable[[str], str | None]

_HINT = re2.compile(
    rb"&#|&[A-Za-z]{2,31};|%[0-9A-Fa-f]{2}|\\(?:[nrt]|[ux][0-9A-Fa-f]{2})|[A-Za-z0-9+/_-]{16}|"
    rb"(?:[0-9A-Fa-f]{2}[ :,]){8}"
)
_HEX = re.compile(r"(?:0x|\\x)?[0-9A-Fa-f]+")
_ALPHABET = str.maketrans("-_", "+/")
_READABLE_CONTROL = frozenset("\t\n\r")


def decode_once(text: str) -> tuple[str, Sequence[Edit]] | None:
    """The text with every segment that can be decoded decoded, and the edits; None when there is none."""
    if _HINT.search(text.encode("utf-8", "surrogatepass")) is None:
        return None
    for pattern, decoder in _DECODERS:
        changed = _replace(pattern, decoder, text)
        if changed is not None:
            return changed
    return None


def _replace(pattern: re.Pattern[str], decoder: Decoder, text: str) -> tuple[str, list[Edit]] | None:
    out: list[str] = []
    edits: list[Edit] = []
    done = size = 0
    for match in pattern.finditer(text):
        plain = decoder(match.group())
        if plain is None:
            continue
        start, end = match.span()
        out += (text[done:start], plain)
        size += start - done
        edits.append(Edit(size, size + len(plain), start, end))
        size += len(plain)
        done = end
    if not edits:
        return None
    return "".join([*out, text[done:]]), edits


def _html(segment: str) -> str | None:
    plain = html.unescape(segment)
    return plain if plain != segment and len(plain) <= len(segment) else None


def _url(segment: str) -> str | None:
    return _readable(unquote_to_bytes(segment))


def _escape(segment: str) -> str | None:
    """`\\u0041`, `\\x41`, and the white space of a JSON string."""
    if len(segment) == _SHORT_ESCAPE:
        return "\n" if segment == r"\n" else " "
    return chr(int(segment.lstrip("\\ux"), 16))


def _spaced_hex(segment: str) -> str | None:
    return _from_hex(re.sub("[ :,]", "", segment))


def _token(segment: str) -> str | None:
    """A long run of base64 or hex characters; line breaks inside are allowed."""
    flat = "".join(segment.split())
    if _HEX.fullmatch(flat):
        plain = _from_hex(flat[2:] if flat[:2] in ("0x", "\\x") else flat)
        if plain is not None:
            return plain
    return _from_base64(flat)


def _from_hex(digits: str) -> str | None:
    return None if len(digits) % 2 else _readable(bytes.fromhex(digits))


def _from_base64(token: str) -> str | None:
    body = token.rstrip("=").translate(_ALPHABET)
    body = body[: len(body) - 1] if len(body) % 4 == 1 else body
    try:
        raw = base64.b64decode(body + "=" * (-len(body) % 4), validate=True)
    except binascii.Error:
        return None
    return _readable(raw)


def _readable(raw: bytes) -> str | None:
    """Bytes as text, if text is what they are: UTF-8 without control characters."""
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        return None
    controls = any(c < " " and c not in _READABLE_CONTROL for c in text) if not text.isprintable() else False
    return None if controls or not text else text


_DECODERS: tuple[tuple[re.Pattern[str], Decoder], ...] = (
    (re.compile(r"&(?:#\d{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z]{2,31});"), _html),
    (re.compile(r"(?:%[0-9A-Fa-f]{2})+"), _url),
    (re.compile(r"\\u[0-9A-Fa-f]{4}|\\x[0-9A-Fa-f]{2}|\\[nrt]"), _escape),
    (re.compile(r"(?:[0-9A-Fa-f]{2}[ :,]){8,}[0-9A-Fa-f]{2}"), _spaced_hex),
    (re.compile(r"[A-Za-z0-9+/_-]{16,}(?:\r?\n[A-Za-z0-9+/_-]{4,})*={0,2}"), _token),
)
