"""How a text is laid out: letters and words apart, inside something else, in several messages. Plain functions."""

from __future__ import annotations

import json
import re

SEPARATORS = " .-_*"
_WORD_GAP = re.compile(r"(\s+)")
BREAKS = ("\n", "\n\n", "\r\n\r\n", "\u2028", "\t", "\u00a0", "\u3000")


def spacing(text: str, separator: str = " ") -> str:
    """Letters apart, words further apart."""
    return " ".join(f"{' ' if i else ''}{separator.join(word)}" for i, word in enumerate(text.split()))


def paragraphs(text: str, gap: str = "\n\n", every: int = 1) -> str:
    """Another blank than a space behind every `every`-th word: a new line, a new paragraph, a wide space."""
    parts = _WORD_GAP.split(text)
    for place, index in enumerate(range(1, len(parts), 2)):
        if place % every == 0 and parts[index] == " ":
            parts[index] = gap
    return "".join(parts)


def code_fence(text: str, language: str = "") -> str:
    """Inside a fenced block of Markdown."""
    return f"```{language}\n{text}\n```"


def in_json(text: str, key: str = "note") -> str:
    """As a value in a JSON object, as a tool would return it."""
    return json.dumps({"id": 7, key: text, "ok": True})


def in_html(text: str, how: str = "comment") -> str:
    """In a page: as a "comment", as "hidden" text, or as an "alt" text of an image."""
    if how == "comment":
        return f"<p>Opening hours: 9 to 5</p>\n<!-- {text} -->"
    if how == "hidden":
        return f'<p>Opening hours: 9 to 5</p>\n<div style="display:none">{text}</div>'
    return f'<p>Opening hours: 9 to 5</p>\n<img src="map.png" alt="{text}">'


def quoted(text: str) -> str:
    """As a quotation in a mail: a mark before each line."""
    return "\n".join(f"> {line}" for line in text.split("\n"))


def in_prose(text: str) -> str:
    """Between harmless paragraphs."""
    return f"Hi,\n\nthe meeting is at noon.\n\n{text}\n\nBest, Ann"


def split_messages(text: str, after: int = 1, every: int = 0) -> tuple[str, ...]:
    """Over several messages: the first `after` words, then the rest, in pieces of `every` words (0: one piece)."""
    parts = _WORD_GAP.split(text)
    words = ["".join(parts[i : i + 2]) for i in range(0, len(parts), 2)]
    if len(words) <= after:
        return (text,)
    rest = words[after:]
    size = every or len(rest)
    chunks = [words[:after], *(rest[i : i + size] for i in range(0, len(rest), size))]
    return tuple("".join(chunk).rstrip() for chunk in chunks)


def unchanged(text: str, **_: str | int) -> str:
    """The text as it is: what the step changes is not in it."""
    return text
