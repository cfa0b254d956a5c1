"""Our injection guard with one normalisation taken away: what it is not to undo is made unreadable before it looks.

Nothing inside the guard is touched, so that the same blindness can be given to any version of it, and to any guard.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Mapping

from pytest_agentsafety.fuzz.letters import COMBINING, GREEK, HOMOGLYPHS, ZERO_WIDTH
from pytest_agentsafety.guards import InjectionGuard
from pytest_agentsafety.model.decisions import GuardContext, GuardrailResult, Stage

_BLOTS = "bdfhkmz"  # other letters, and not always the same: one that repeats would be read as a gap
_LOOKALIKES = "".join((*HOMOGLYPHS.values(), *GREEK.values()))
_TOKEN = re.compile(r"[A-Za-z0-9+/_-]{16,}")


def _blot(pattern: str) -> Callable[[str], str]:
    compiled = re.compile(pattern)
    return lambda text: compiled.sub(_blotted, text)


def _blotted(match: re.Match[str]) -> str:
    return _BLOTS[match.start() * 5 % 7 if match.start() % 3 else 0]


def _blot_nested(text: str) -> str:
    return _TOKEN.sub(lambda match: _blotted(match) if _is_nested(match.group()) else match.group(), text)


def _is_nested(token: str) -> bool:
    """Base64 of what looks like base64 again."""
    try:
        inner = base64.b64decode(token + "=" * (-len(token) % 4)).decode()
    except (binascii.Error, ValueError):
        return False
    return re.fullmatch(r"[A-Za-z0-9+/_=\n-]{16,}", inner) is not None


BLINDERS: Mapping[str, Callable[[str], str]] = {
    "zero_width": _blot(f"[{ZERO_WIDTH}]"),
    "homoglyph": _blot(f"[{_LOOKALIKES}]"),
    "nested_base64": _blot_nested,
    "full_width": _blot("[\uff01-\uff5e]"),
    "tag_characters": _blot("[\U000e0020-\U000e007e]"),
    "mixed_case": _blot(r"(?<=[a-z])[A-Z]"),
    "split_messages": _blot(r"\n"),
    "combining": _blot(f"[{COMBINING}]"),
    "leet": _blot(r"(?<=[A-Za-z])[0134579]|[0134579](?=[A-Za-z])"),
    "spacing": _blot(r"(?<![^\s.*_-])[A-Za-z](?![^\s.*_-])"),
    "html_entities": _blot(r"&#"),
    "url_encode": _blot(r"%[0-9A-F]{2}"),
}


class BlindedGuard:
    """The injection guard behind one of the BLINDERS."""

    name = "blinded"
    stages: frozenset[Stage] = frozenset({"input"})

    def __init__(self, hole: str) -> None:
        self._blind, self._guard = BLINDERS[hole], InjectionGuard()

    def check(self, text: str, context: GuardContext) -> GuardrailResult:
        return self._guard.check(self._blind(text), context)
