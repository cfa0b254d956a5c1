"""The obfuscations by name."""

from __future__ import annotations

from collections.abc import Callable

from pytest_agentsafety.catalog.obfuscations import encodings, spellings
from pytest_agentsafety.catalog.obfuscations.base import Obfuscation, compose
from pytest_agentsafety.model.errors import UnknownNameError


def _named(name: str, family: str, apply: Callable[[str], str]) -> Obfuscation:
    return Obfuscation(name=name, family=family, description=apply.__doc__ or name, apply=apply)


_OBFUSCATIONS = {
    item.name: item
    for item in (
        _named("base64", "encoding", encodings.base64_text),
        _named("hex", "encoding", encodings.hex_text),
        _named("rot13", "encoding", encodings.rot13),
        _named("url", "encoding", encodings.url_text),
        _named("html-entities", "encoding", encodings.html_entities),
        _named("unicode-escapes", "encoding", encodings.unicode_escapes),
        _named("zero-width", "invisible", spellings.zero_width),
        _named("soft-hyphen", "invisible", spellings.soft_hyphen),
        _named("tags", "invisible", spellings.tag_characters),
        _named("homoglyph", "lookalike", spellings.homoglyph),
        _named("full-width", "lookalike", spellings.full_width),
        _named("leet", "spelling", spellings.leet),
        _named("mixed-case", "spelling", spellings.mixed_case),
        _named("spaced", "spelling", spellings.spaced),
    )
}


def obfuscation_names() -> tuple[str, ...]:
    """All names, in their order."""
    return tuple(_OBFUSCATIONS)


def get_obfuscation(name: str, *, place: str = "") -> Obfuscation:
    """One by name, or several joined with `+` (the first one innermost). Raises UnknownNameError."""
    parts = name.split("+")
    for part in parts:
        if part not in _OBFUSCATIONS:
            raise UnknownNameError("obfuscation", part, _OBFUSCATIONS, place=place)
    return compose([_OBFUSCATIONS[part] for part in parts])
