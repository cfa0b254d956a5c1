"""The table of obfuscation steps: what each does, in which group it belongs, and the parameters it is drawn with."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from pytest_agentsafety.fuzz import encodings, layout, letters, spellings

_Params = Mapping[str, str | int]


@dataclass(frozen=True)
class Kind:
    """One step. `group`: letters, noise, apart, carrier, encoding, delivery. `variants`: the simplest first.

    `leaves_ascii`: ASCII stays ASCII; `needs_ascii`: can be read back only where it did, and before other encodings.
    """

    apply: Callable[..., str | tuple[str, ...]]
    group: str
    words: str
    variants: tuple[_Params, ...] = ({},)
    leaves_ascii: bool = False
    needs_ascii: bool = False


def _each(key: str, values: Iterable[str | int], *more: tuple[str, Iterable[str | int]]) -> tuple[_Params, ...]:
    """All combinations, the first values first."""
    found: list[_Params] = [{key: value} for value in values]
    for name, choices in more:
        found = [{**params, name: choice} for choice in choices for params in found]
    return tuple(found)


_EVERY = (1, 2, 3)
_REST = (0, 1, 2)
_BASE64: tuple[_Params, ...] = (
    *_each("times", (1, 2, 3)),
    {"times": 1, "alphabet": "url"},
    {"times": 2, "alphabet": "url"},
    {"times": 1, "line": 76},
)

KINDS: dict[str, Kind] = {
    "mixed_case": Kind(
        letters.mixed_case,
        "letters",
        "changes the case of letters",
        _each("every", _EVERY),
        leaves_ascii=True,
        needs_ascii=True,
    ),
    "zero_width": Kind(
        letters.zero_width,
        "noise",
        "puts an invisible character between the letters",
        _each("char", letters.ZERO_WIDTH, ("every", _EVERY)),
    ),
    "full_width": Kind(
        letters.full_width, "letters", "writes letters in their full-width form", _each("every", _EVERY)
    ),
    "homoglyph": Kind(
        letters.homoglyph,
        "letters",
        "replaces letters by ones of another script that look the same",
        _each("every", _EVERY, ("script", letters.SCRIPTS)),
    ),
    "leet": Kind(
        letters.leet,
        "letters",
        "writes digits for the letters they resemble",
        _each("every", _EVERY),
        leaves_ascii=True,
        needs_ascii=True,
    ),
    "combining": Kind(
        letters.combining,
        "letters",
        "puts accents or strokes on letters",
        _each("mark", letters.COMBINING, ("every", (1, 2))),
    ),
    "styled": Kind(
        letters.styled,
        "letters",
        "writes letters in a mathematical alphabet",
        _each("style", letters.STYLES, ("every", (1, 2))),
    ),
    "soft_hyphen": Kind(letters.soft_hyphen, "noise", "puts soft hyphens between the letters", _each("every", _EVERY)),
    "bidi_marks": Kind(
        letters.bidi_marks,
        "noise",
        "puts invisible marks of writing direction between the letters",
        _each("char", letters.BIDI_MARKS, ("every", (1, 3))),
    ),
    "variation": Kind(
        letters.variation,
        "noise",
        "puts variation selectors behind the letters",
        _each("char", letters.VARIATION_SELECTORS, ("every", (1, 3))),
    ),
    "spacing": Kind(
        layout.spacing,
        "apart",
        "sets the letters apart",
        _each("separator", layout.SEPARATORS),
        leaves_ascii=True,
    ),
    "paragraphs": Kind(
        layout.paragraphs,
        "apart",
        "puts another kind of blank between the words",
        _each("gap", layout.BREAKS, ("every", (1, 2))),
    ),
    "code_fence": Kind(
        layout.code_fence,
        "carrier",
        "puts it into a code block",
        _each("language", ("", "text", "python")),
        leaves_ascii=True,
    ),
    "in_json": Kind(
        layout.in_json, "carrier", "puts it into a JSON object", _each("key", ("note", "body")), leaves_ascii=True
    ),
    "in_html": Kind(
        layout.in_html,
        "carrier",
        "hides it in a page",
        _each("how", ("comment", "hidden", "alt")),
        leaves_ascii=True,
    ),
    "quoted": Kind(layout.quoted, "carrier", "quotes it", leaves_ascii=True),
    "in_prose": Kind(layout.in_prose, "carrier", "puts it between harmless paragraphs", leaves_ascii=True),
    "html_entities": Kind(
        encodings.html_entities,
        "encoding",
        "writes characters as HTML entities",
        _each("every", _EVERY, ("style", ("decimal", "hex"))),
        leaves_ascii=True,
    ),
    "url_encode": Kind(
        encodings.url_encode, "encoding", "percent-encodes characters", _each("every", _EVERY), leaves_ascii=True
    ),
    "unicode_escapes": Kind(
        encodings.unicode_escapes,
        "encoding",
        "writes characters as backslash escapes",
        _each("every", _EVERY),
        leaves_ascii=True,
    ),
    "base64": Kind(encodings.to_base64, "encoding", "encodes it as base64", _BASE64, leaves_ascii=True),
    "hex": Kind(
        encodings.to_hex,
        "encoding",
        "writes its bytes in hexadecimal digits",
        _each("separator", ("", " ", ":")),
        leaves_ascii=True,
    ),
    "tag_characters": Kind(encodings.tag_characters, "encoding", "writes it in invisible tag characters"),
    "rot13": Kind(encodings.rot13, "encoding", "moves letters by thirteen places", leaves_ascii=True, needs_ascii=True),
    "bidi_override": Kind(
        encodings.bidi_override, "encoding", "stores it backwards behind a mark that shows it forwards"
    ),
    "backwards": Kind(encodings.backwards, "encoding", "writes it backwards", leaves_ascii=True, needs_ascii=True),
    "split_messages": Kind(
        layout.split_messages,
        "delivery",
        "splits it over several messages",
        _each("after", (1, 2, 3), ("every", _REST)),
        leaves_ascii=True,
    ),
}

_FORMS = ("decimal", "hex", "octal", "short", "dotted-octal", "mapped", "compatible", "nat64", "expanded")
_PATHS = {
    "dot_segments": Kind(spellings.dot_segments, "path", "puts ./ before every part of the path"),
    "double_slash": Kind(spellings.double_slash, "path", "writes every slash twice"),
    "detour": Kind(spellings.detour, "path", "goes in and out of a folder on the way"),
    "climb": Kind(
        spellings.climb, "path", "starts in an allowed folder and climbs out of it", _each("folder", ("data", "output"))
    ),
    "trailing": Kind(
        spellings.trailing,
        "path",
        "adds something that is dropped again",
        _each("tail", ("/", "/.", ".", " ", "\t", "\n")),
    ),
    "percent_path": Kind(
        spellings.percent_path, "path", "percent-encodes the dots", _each("times", (1, 2), ("slashes", (0, 1)))
    ),
    "overlong": Kind(spellings.overlong, "path", "writes dots and slashes in overlong UTF-8"),
    "backslashes": Kind(spellings.backslashes, "path", "turns the slashes round"),
    "wide_path": Kind(spellings.wide_path, "path", "writes dots and slashes in full width"),
    "upper_path": Kind(spellings.upper_path, "path", "writes it in capitals"),
    "null_byte": Kind(
        spellings.null_byte, "path", "ends the name with a NUL and adds a harmless ending", _each("tail", (".txt", ""))
    ),
    "windows_path": Kind(
        spellings.windows_path, "path", "writes it as a path of Windows", _each("how", ("drive", "unc", "stream"))
    ),
    "file_url": Kind(spellings.file_url, "path", "writes it as a file URL"),
}
_URLS = {
    "userinfo": Kind(spellings.userinfo, "url", "puts an allowed host where the user's name stands"),
    "host_decoy": Kind(
        spellings.host_decoy,
        "url",
        "puts an allowed host behind the real one",
        _each("how", ("query", "fragment", "path", "suffix", "backslash")),
    ),
    "port": Kind(spellings.port, "url", "adds a port", _each("number", ("443", "80", "0443", "65979", ""))),
    "host_case": Kind(spellings.host_case, "url", "writes scheme and host in capitals"),
    "root_dot": Kind(spellings.root_dot, "url", "adds the dot of the root"),
    "wide_host": Kind(spellings.wide_host, "url", "writes dots and digits of the host in full width"),
    "percent_host": Kind(spellings.percent_host, "url", "percent-encodes a letter of the host"),
    "split_host": Kind(
        spellings.split_host,
        "url",
        "puts a character into the host that is dropped again",
        _each("char", "\t\n\r\u00ad\u200b\u2060"),
    ),
    "scheme_relative": Kind(spellings.scheme_relative, "url", "leaves out the scheme"),
    "address_form": Kind(
        spellings.address_form, "url", "writes the address in another notation", _each("form", _FORMS)
    ),
    "listed": Kind(
        spellings.listed,
        "url",
        "names an allowed address first",
        _each("separator", (", ", ";", " ", "\n", "\r\nBcc: ")),
    ),
    "display_name": Kind(spellings.display_name, "url", "shows an allowed address as the name"),
    "address_comment": Kind(spellings.address_comment, "url", "names an allowed address in a comment"),
}
_ORDERS = {
    "guard_order": Kind(
        layout.unchanged,
        "order",
        "asks the guards in another order",
        _each("order", ("reversed", "rotated", "swapped")),
    ),
}
KINDS |= {**_PATHS, **_URLS, **_ORDERS}
