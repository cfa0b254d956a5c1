"""Obfuscation steps: named changes of a text that keep what it means to a reader or a model.

Plain functions, no Hypothesis. A step is a value with a name and its parameters, so that a chain of them can be
written down, explained and applied again.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from pytest_agentsafety.model.errors import UnknownNameError

ZERO_WIDTH = "\u200b\u200c\u200d\u2060\ufeff\u00ad\u180e\u034f"
HOMOGLYPHS: Mapping[str, str] = {
    "a": "\u0430", "c": "\u0441", "d": "\u0501", "e": "\u0435", "h": "\u04bb", "i": "\u0456", "j": "\u0458",
    "o": "\u043e", "p": "\u0440", "q": "\u051b", "s": "\u0455", "w": "\u051d", "x": "\u0445", "y": "\u0443",
    "A": "\u0410", "B": "\u0412", "C": "\u0421", "E": "\u0415", "H": "\u041d", "I": "\u0406", "K": "\u041a",
    "M": "\u041c", "O": "\u041e", "P": "\u0420", "S": "\u0405", "T": "\u0422", "X": "\u0425",
}  # fmt: skip
SEPARATORS = " .-_*"
_TAGS = 0xE0000
_FULL_WIDTH = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}


def zero_width(text: str, char: str = ZERO_WIDTH[0], every: int = 1) -> str:
    """An invisible character behind every `every`-th character."""
    return "".join(c + char if i % every == 0 else c for i, c in enumerate(text))


def full_width(text: str, every: int = 1) -> str:
    """ASCII as its full-width forms; spaces stay."""
    return "".join(c.translate(_FULL_WIDTH) if i % every == 0 else c for i, c in enumerate(text))


def homoglyph(text: str, every: int = 1) -> str:
    """Latin letters as Cyrillic ones of the same look."""
    return "".join(HOMOGLYPHS.get(c, c) if i % every == 0 else c for i, c in enumerate(text))


def mixed_case(text: str, every: int = 2) -> str:
    """Every `every`-th character in the other case."""
    return "".join(c.swapcase() if i % every == 0 and len(c.swapcase()) == 1 else c for i, c in enumerate(text))


def to_base64(text: str) -> str:
    return base64.b64encode(text.encode("utf-8", "replace")).decode()


def to_hex(text: str) -> str:
    return text.encode("utf-8", "replace").hex()


def tag_characters(text: str) -> str:
    """ASCII as invisible tag characters; everything else stays."""
    return "".join(chr(_TAGS + ord(c)) if " " <= c <= "~" else c for c in text)


def url_encode(text: str, every: int = 1) -> str:
    """Characters as %XX of their UTF-8 bytes. `%` itself always, so that it can be read back."""
    return "".join(_percent(c) if i % every == 0 or c == "%" else c for i, c in enumerate(text))


def _percent(char: str) -> str:
    return "".join(f"%{byte:02X}" for byte in char.encode("utf-8", "replace"))


def html_entities(text: str, every: int = 1) -> str:
    """Characters as decimal references. `&` itself always."""
    return "".join(f"&#{ord(c)};" if i % every == 0 or c == "&" else c for i, c in enumerate(text))


def spacing(text: str, separator: str = " ") -> str:
    """Letters apart, words further apart."""
    return " ".join(f"{' ' if i else ''}{separator.join(word)}" for i, word in enumerate(text.split()))


STEPS: Mapping[str, Callable[..., str]] = {
    "mixed_case": mixed_case,
    "zero_width": zero_width,
    "full_width": full_width,
    "homoglyph": homoglyph,
    "spacing": spacing,
    "html_entities": html_entities,
    "url_encode": url_encode,
    "tag_characters": tag_characters,
    "base64": to_base64,
    "hex": to_hex,
}
# Behind these, only steps that do not change the letters keep the meaning.
ENCODINGS: frozenset[str] = frozenset({"html_entities", "url_encode", "tag_characters", "base64", "hex"})
# What may follow an encoding: invisible noise and another encoding.
NOISE: frozenset[str] = frozenset({"zero_width"})


@dataclass(frozen=True)
class Step:
    """One named change. Raises UnknownNameError for a name that is none."""

    name: str
    params: Mapping[str, str | int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.name not in STEPS:
            raise UnknownNameError("obfuscation step", self.name, STEPS)

    def apply(self, text: str) -> str:
        return STEPS[self.name](text, **self.params)

    def __str__(self) -> str:
        shown = ", ".join(f"{key}={value!a}" for key, value in self.params.items())
        return f"{self.name}({shown})"


Chain = tuple[Step, ...]


def apply_chain(chain: Iterable[Step], text: str) -> str:
    for step in chain:
        text = step.apply(text)
    return text


def keeps_meaning(chain: Iterable[Step]) -> bool:
    """Can a chain be read back? Encoded text survives noise and further encoding, nothing else.

    Letters that are set apart take no further step but noise and encodings: their gaps would be set apart too.
    """
    encoded = apart = False
    for step in chain:
        plain = step.name not in ENCODINGS and step.name not in NOISE
        if (encoded and plain) or (apart and step.name == "spacing"):
            return False
        encoded = encoded or step.name in ENCODINGS
        apart = apart or step.name == "spacing"
    return True
