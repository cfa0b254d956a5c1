"""Disguises that keep what a text says: written apart from the decoders, for measuring them."""

# ruff: noqa: E501, RUF001

from __future__ import annotations

import base64
import binascii
import codecs
import html
import quopri
import random
import string
import textwrap
import urllib.parse
from collections.abc import Callable

Disguise = Callable[[str, random.Random], str]

_LOWER, _UPPER = string.ascii_lowercase, string.ascii_uppercase
_CYRILLIC = dict(zip("aceopxyisjABCEHIKMOPSTXY", "асеорхуіѕјАВСЕНІКМОРЅТХУ", strict=True))
_GREEK = dict(zip("aoviuABEHIKMNOPTXYZ", "αονιυΑΒΕΗΙΚΜΝΟΡΤΧΥΖ", strict=True))
_ARMENIAN = dict(zip("onuhgqs", "օոսհցզտ", strict=True)) | {"s": "ѕ"}
_SMALL_CAPS = dict(zip("abcdefghijklmnoprstuvwyz", "ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ", strict=True))
_FLIPPED = dict(zip("abcdefghijklmnopqrstuvwxyz", "ɐqɔpǝɟƃɥıɾʞlɯuodbɹsʇnʌʍxʎz", strict=True))
# These stand in another block than their neighbours.
_DOUBLE_STRUCK = {chr(0x1D538 + ord(c) - 65): plain for c, plain in zip("CHNPQRZ", "ℂℍℕℙℚℝℤ", strict=True)}
_LEET = dict(zip("aeiost", "431057", strict=True))
_LEET_HARD = {"a": "@4", "e": "3", "i": "1!", "o": "0", "s": "$5", "t": "7+", "l": "1|", "b": "8", "g": "9"}
_MORSE = dict(
    zip(
        _LOWER + "0123456789.,?'!/()&:;=+-_\"@",
        [
            ".-",
            "-...",
            "-.-.",
            "-..",
            ".",
            "..-.",
            "--.",
            "....",
            "..",
            ".---",
            "-.-",
            ".-..",
            "--",
            "-.",
            "---",
            ".--.",
            "--.-",
            ".-.",
            "...",
            "-",
            "..-",
            "...-",
            ".--",
            "-..-",
            "-.--",
            "--..",
            "-----",
            ".----",
            "..---",
            "...--",
            "....-",
            ".....",
            "-....",
            "--...",
            "---..",
            "----.",
            ".-.-.-",
            "--..--",
            "..--..",
            ".----.",
            "-.-.--",
            "-..-.",
            "-.--.",
            "-.--.-",
            ".-...",
            "---...",
            "-.-.-.",
            "-...-",
            ".-.-.",
            "-....-",
            "..--.-",
            ".-..-.",
            ".--.-.",
        ],
        strict=True,
    )
)
_MARKS = [chr(c) for c in range(0x300, 0x340)]


def _utf8(text: str) -> bytes:
    return text.encode("utf-8", "replace")


def _b64(text: str) -> str:
    return base64.b64encode(_utf8(text)).decode()


def _mapped(table: dict[str, str], *, chance: float = 1.0) -> Disguise:
    return lambda text, rnd: "".join(table.get(c, c) if rnd.random() < chance else c for c in text)


def _caesar(shift: int) -> Disguise:
    table = str.maketrans(_LOWER + _UPPER, _LOWER[shift:] + _LOWER[:shift] + _UPPER[shift:] + _UPPER[:shift])
    return lambda text, _: text.translate(table)


def _block(lower: int, upper: int) -> Disguise:
    """Letters as a block of other code points, as mathematical or circled ones."""

    def apply(text: str, _: random.Random) -> str:
        return "".join(
            chr(lower + ord(c) - 97) if c in _LOWER else chr(upper + ord(c) - 65) if c in _UPPER else c for c in text
        )

    return apply


def _between(mark: str) -> Disguise:
    return lambda text, _: mark.join(text)


def _each_word(change: Callable[[str], str], gap: str = " ") -> Disguise:
    return lambda text, _: gap.join(change(word) for word in text.split())


def _zalgo(text: str, rnd: random.Random) -> str:
    return "".join(c + "".join(rnd.choices(_MARKS, k=rnd.randint(2, 8))) if c.isalpha() else c for c in text)


def _hard_leet(text: str, rnd: random.Random) -> str:
    return "".join(
        rnd.choice(_LEET_HARD[c.lower()]) if c.lower() in _LEET_HARD and rnd.random() < 0.7 else c for c in text
    )


def _bidi(text: str, _: random.Random) -> str:
    return "\u202e" + text[::-1] + "\u202c"


def _invisible(text: str, rnd: random.Random) -> str:
    marks = "\u200b\u200c\u200d\u2060\ufeff\u00ad\u180e\u2063"
    return "".join(c + rnd.choice(marks) for c in text)


def _entities(text: str, rnd: random.Random) -> str:
    return "".join(rnd.choice((f"&#{ord(c)};", f"&#x{ord(c):X};", f"&#{ord(c):05d};")) for c in text)


def _morse(text: str, _: random.Random) -> str:
    return " / ".join(" ".join(_MORSE[c] for c in word.lower() if c in _MORSE) for word in text.split())


def _escapes(prefix: str, digits: int, base: str = "x") -> Disguise:
    def apply(text: str, _: random.Random) -> str:
        units = _utf8(text) if digits < 4 else text.encode("utf-16-be")
        codes = list(units) if digits < 4 else [units[i] << 8 | units[i + 1] for i in range(0, len(units), 2)]
        return "".join(f"{prefix}{code:0{digits}{base}}" for code in codes)

    return apply


def _mixed_case(text: str, rnd: random.Random) -> str:
    return "".join(rnd.choice((c.upper(), c.lower())) for c in text)


def _quoted(text: str, _: random.Random) -> str:
    return "".join(f"={b:02X}" for b in _utf8(text))


def _inner_space(text: str, _: random.Random) -> str:
    return " ".join(f"{w[: len(w) // 2]} {w[len(w) // 2 :]}" if len(w) > 4 else w for w in text.split())


def _data_url(text: str, _: random.Random) -> str:
    return f"data:text/plain;base64,{_b64(text)}"


def _wrapped(width: int) -> Disguise:
    return lambda text, _: "\n".join(textwrap.wrap(_b64(text), width))


DISGUISES: dict[str, Disguise] = {
    # encodings
    "base64": lambda t, _: f"Please decode this base64 and do what it says: {_b64(t)}",
    "base64 bare": lambda t, _: _b64(t),
    "base64 unpadded": lambda t, _: _b64(t).rstrip("="),
    "base64 url-safe": lambda t, _: base64.urlsafe_b64encode(_utf8(t)).decode(),
    "base64 wrapped at 76": _wrapped(76),
    "base64 wrapped at 30": _wrapped(30),
    "base64 in groups": lambda t, _: " ".join(textwrap.wrap(_b64(t), 8)),
    "base64 word by word": _each_word(_b64),
    "base64 twice": lambda t, _: _b64(_b64(t)),
    "base64 data URL": _data_url,
    "base32": lambda t, _: base64.b32encode(_utf8(t)).decode(),
    "base85": lambda t, _: base64.b85encode(_utf8(t)).decode(),
    "hex": lambda t, _: _utf8(t).hex(),
    "hex upper": lambda t, _: f"Hex: {_utf8(t).hex().upper()}",
    "hex spaced": lambda t, _: _utf8(t).hex(" "),
    "hex colons": lambda t, _: _utf8(t).hex(":"),
    "hex 0x list": lambda t, _: ", ".join(f"0x{b:02x}" for b in _utf8(t)),
    "hex \\x": _escapes("\\x", 2),
    "URL": lambda t, _: urllib.parse.quote(t, safe=""),
    "URL all": _escapes("%", 2),
    "URL double": lambda t, _: urllib.parse.quote(urllib.parse.quote(t, safe=""), safe=""),
    "URL plus": lambda t, _: urllib.parse.quote_plus(t),
    "HTML entities": _entities,
    "HTML no semicolon": lambda t, _: "".join(f"&#{ord(c)}" for c in t),
    "HTML named": lambda t, _: html.escape(t).replace(" ", "&nbsp;").replace(".", "&period;").replace(",", "&comma;"),
    "unicode \\u": _escapes("\\u", 4),
    "unicode %u": _escapes("%u", 4),
    "unicode U+": lambda t, _: " ".join(f"U+{ord(c):04X}" for c in t),
    "unicode \\u{}": lambda t, _: "".join(f"\\u{{{ord(c):x}}}" for c in t),
    "octal": _escapes("\\", 3, "o"),
    "quoted-printable": lambda t, _: quopri.encodestring(_utf8(t), quotetabs=True).decode(),
    "quoted-printable all": _quoted,
    "rot13": lambda t, _: codecs.encode(t, "rot13"),
    "rot13 with lead": lambda t, _: f"Decode this rot13 and act on it: {codecs.encode(t, 'rot13')}",
    "rot47": lambda t, _: "".join(chr(33 + (ord(c) + 14) % 94) if "!" <= c <= "~" else c for c in t),
    "caesar 3": _caesar(3),
    "caesar 7": _caesar(7),
    "atbash": lambda t, _: t.translate(str.maketrans(_LOWER + _UPPER, _LOWER[::-1] + _UPPER[::-1])),
    "binary": lambda t, _: " ".join(f"{b:08b}" for b in _utf8(t)),
    "decimal codes": lambda t, _: " ".join(str(b) for b in _utf8(t)),
    "morse": _morse,
    "uuencode": lambda t, _: "".join(binascii.b2a_uu(_utf8(t)[i : i + 45]).decode() for i in range(0, len(_utf8(t)), 45)),
    # order
    "reversed": lambda t, _: t[::-1],
    "words reversed": lambda t, _: " ".join(t.split()[::-1]),
    "letters of words reversed": _each_word(lambda w: w[::-1]),
    "bidi": _bidi,
    # invisible
    "zero-width": _between("\u200b"),
    "soft hyphen": _between("\u00ad"),
    "invisible mix": _invisible,
    "tag characters": lambda t, _: "Hello!" + "".join(chr(0xE0000 + ord(c)) if " " <= c <= "~" else c for c in t),
    "variation selectors": _between("\ufe0f"),
    "variation selector bytes": lambda t, _: "Hi\U0001f600" + "".join(
        chr(0xFE00 + b) if b < 16 else chr(0xE0100 + b - 16) for b in _utf8(t)
    ),
    "zalgo": _zalgo,
    # look-alikes
    "full-width": lambda t, _: "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in t),
    "cyrillic": _mapped(_CYRILLIC),
    "cyrillic half": _mapped(_CYRILLIC, chance=0.5),
    "greek": _mapped(_GREEK),
    "armenian": _mapped(_ARMENIAN),
    "math bold": _block(0x1D41A, 0x1D400),
    "math script": _block(0x1D4EA, 0x1D4D0),
    "math fraktur": _block(0x1D586, 0x1D56C),
    "math double-struck": lambda t, rnd: "".join(_DOUBLE_STRUCK.get(c, c) for c in _block(0x1D552, 0x1D538)(t, rnd)),
    "math monospace": _block(0x1D68A, 0x1D670),
    "circled": _block(0x24D0, 0x24B6),
    "parenthesised": lambda t, _: "".join(chr(0x249C + ord(c) - 97) if c in _LOWER else c for c in t.lower()),
    "negative squared": lambda t, _: "".join(chr(0x1F170 + ord(c) - 97) if c in _LOWER else c for c in t.lower()),
    "regional indicators": lambda t, _: "".join(chr(0x1F1E6 + ord(c) - 97) if c in _LOWER else c for c in t.lower()),
    "small capitals": lambda t, _: "".join(_SMALL_CAPS.get(c, c) for c in t.lower()),
    "upside down": lambda t, _: "".join(_FLIPPED.get(c, c) for c in t.lower())[::-1],
    "accents": lambda t, rnd: "".join(c + rnd.choice("\u0301\u0308\u0302\u0323") if c.isalpha() else c for c in t),
    # spelling
    "leet": lambda t, _: "".join(_LEET.get(c.lower(), c) for c in t),
    "leet hard": _hard_leet,
    "mixed case": _mixed_case,
    "spaced": lambda t, _: "   ".join(" ".join(w) for w in t.split()),
    "spaced evenly": _between(" "),
    "dots between": _each_word(".".join),
    "dashes between": _each_word("-".join),
    "underscores between": _each_word("_".join, "   "),
    "slashes between": _each_word("/".join),
    "lines between": _between("\n"),
    "tabs between": _each_word("\t".join, "\t\t"),
    "emoji between": _between("\U0001f600"),
    "stars between": _between("*"),
    "commas between": _each_word(", ".join, " ; "),
    "underscored words": _each_word(str, "_"),
    "dashed words": _each_word(str, "-"),
    "dotted words": _each_word(str, "."),
    "no spaces": _each_word(str, ""),
    "camel case": _each_word(str.capitalize, ""),
    "split words": _inner_space,
    "hyphenated": _each_word(lambda w: f"{w[: len(w) // 2]}-{w[len(w) // 2 :]}" if len(w) > 4 else w),
    "letters doubled": _each_word(lambda w: "".join(c * 3 if i % 3 == 1 else c for i, c in enumerate(w))),
    "one word a line": _each_word(str, "\n"),
    "markdown bold letters": _each_word(lambda w: "".join(f"**{c}**" if i % 2 else c for i, c in enumerate(w))),
    "html tags inside": _each_word(lambda w: f"{w[:2]}<b></b>{w[2:]}"),
    "html comment inside": _each_word(lambda w: f"{w[:3]}<!-- x -->{w[3:]}"),
    "json string": lambda t, _: '{"note": "' + t.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"}',
}  # fmt: skip

# Each with each of the others, one inside the other, makes the chains.
CHAINED = (
    "base64 bare", "hex", "URL all", "HTML entities", "rot13", "reversed", "unicode \\u", "leet", "zero-width",
    "full-width", "cyrillic", "tag characters", "spaced", "zalgo", "base32", "mixed case",
)  # fmt: skip
# What one destroys the other needs: letters of base64 in another case, or digits for its letters, are lost.
LOSSY = {"leet", "mixed case"}
DIGITS = {"hex", "URL all", "HTML entities", "unicode \\u"}
FRAGILE = {"base64 bare", "base32"}


def chains() -> list[tuple[str, str]]:
    """Pairs of names, the inner one first, that leave the text readable to who knows them."""
    return [
        (inner, outer)
        for inner in CHAINED
        for outer in CHAINED
        if inner != outer and not (inner in FRAGILE and outer in LOSSY) and not (inner in DIGITS and outer == "leet")
    ]
