"""What a run of letters or digits says in an encoding: bytes, or None where it is none."""

from __future__ import annotations

import binascii
import re


def from_base64(token: bytes) -> bytes | None:
    body = token.translate(None, b" \t\r\n")
    if b"=" not in body:
        return _one_base64(body)
    if b"=" in body.rstrip(b"="):
        return b"".join(_one_base64(part) or b"" for part in re.findall(rb"[^=]+", body)) or None
    return _one_base64(body.rstrip(b"="))


def _one_base64(body: bytes) -> bytes | None:
    over = len(body) % 4
    if over:
        body = body[:-1] if over == 1 else body + b"=" * (4 - over)
    try:
        return binascii.a2b_base64(body)
    except binascii.Error:
        return None


def from_words(token: bytes) -> bytes | None:
    """Base64 word by word."""
    return b" ".join(_one_base64(part.rstrip(b"=")) or b"" for part in token.split())


_BASE32 = bytes.maketrans(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", b"0123456789abcdefghijklmnopqrstuv")


def from_base32(token: bytes) -> bytes | None:
    digits = token.rstrip(b"=").translate(_BASE32)
    size = len(digits) * 5 // 8
    return (int(digits, 32) >> len(digits) * 5 - size * 8).to_bytes(size, "big")


_NO_HEX = bytes(c for c in range(256) if chr(c) not in "0123456789abcdefABCDEF")
_TO_BLANKS = bytes(c if chr(c).isdigit() and c < 128 else 32 for c in range(256))


def from_hex(token: bytes) -> bytes | None:
    for prefix in (b"0x", b"0X"):
        if prefix[1:] in token:
            token = token.replace(prefix, b"")
    digits = token.translate(None, _NO_HEX)
    return binascii.unhexlify(digits[: len(digits) // 2 * 2])


def from_bits(token: bytes) -> bytes | None:
    bits = token.translate(None, b" \t\r\n,")
    size = len(bits) // 8
    return int(bits[: size * 8], 2).to_bytes(size, "big")


def from_decimals(token: bytes) -> bytes | None:
    return bytes(map(int, token.translate(_TO_BLANKS).split()))


def from_code_points(token: bytes) -> bytes | None:
    codes = (int(code, 16) for code in re.findall(rb"[0-9A-Fa-f]{4,6}", token))
    return "".join(chr(code) if code < 0xD800 or 0xE000 <= code < 0x110000 else "?" for code in codes).encode()


_MORSE = dict(
    zip(
        (  # noqa: SIM905 - a table
            ".- -... -.-. -.. . ..-. --. .... .. .--- -.- .-.. -- -. --- .--. --.- .-. ... - ..- ...- .-- -..- -.-- "
            "--.. ----- .---- ..--- ...-- ....- ..... -.... --... ---.. ----. .-.-.- --..-- ..--.. .----. -.-.-- -..-. "
            "---... -....-"
        ).split(),
        "abcdefghijklmnopqrstuvwxyz0123456789.,?'!/:-",
        strict=True,
    )
)
_MORSE_BYTES = {code.encode(): letter.encode() for code, letter in _MORSE.items()}


def from_morse(token: bytes) -> bytes | None:
    words = re.split(rb" ?[/|] ?| {2,}|\n", token)
    read = b" ".join(b"".join(_MORSE_BYTES.get(code, b"") for code in word.split()) for word in words)
    return read if len(read) * 8 > len(token) else None
