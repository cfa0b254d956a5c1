"""Text from grammars: every file under `grammar/` holds slots, and templates by family and label.

`@name = a | b` is a slot, used as `{name}`; `[a|b|]` is a choice in place, choices nest; a backslash takes the meaning
from `[`, `]` and `|`; `:: family label` opens a section. Labels: attack (direct), indirect (orders inside a document),
benign, hard (harmless with the words of attacks), doc (harmless documents).
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

FOLDER = Path(__file__).with_name("grammar")
ATTACKS = frozenset({"attack", "indirect"})
LABELS = frozenset({"attack", "indirect", "benign", "hard", "doc"})
_CHOICE = re.compile(r"\[([^\[\]]*)\]")
_SLOT = re.compile(r"\{([a-z0-9]+)\}")
_ESCAPED = {r"\[": "\x01", r"\]": "\x02", r"\|": "\x03"}
_GAPS = re.compile(r"[ ]{2,}")
_MAX_DEPTH = 12


@dataclass(frozen=True)
class Sample:
    """One text, with what a split needs: `source` is the grammar's file, `label` as in the grammar."""

    text: str
    label: str
    family: str
    source: str

    @property
    def attack(self) -> bool:
        return self.label in ATTACKS


@dataclass(frozen=True)
class Grammar:
    """The content of one file, or of several with shared slots."""

    name: str
    slots: dict[str, tuple[str, ...]]
    templates: tuple[tuple[str, str, str], ...]

    def samples(self, each: int, seed: int) -> Iterator[Sample]:
        """Up to `each` different texts per template, the same for the same seed."""
        for number, (family, label, template) in enumerate(self.templates):
            rng = Random(f"{seed}/{self.name}/{number}")
            seen = {self.expand(template, rng) for _ in range(each)}
            yield from (Sample(text, label, family, self.name) for text in sorted(seen) if text)

    def expand(self, template: str, rng: Random) -> str:
        """One text of a template."""
        for _ in range(_MAX_DEPTH):
            before = template
            template = _SLOT.sub(lambda m: self._slot(m, rng), template)
            template = _CHOICE.sub(lambda m: rng.choice(m.group(1).split("|")), template)
            if template == before:
                break
        for escape, char in _ESCAPED.items():
            template = template.replace(char, escape[1])
        return _GAPS.sub(" ", template.replace("\\n", "\n")).strip()

    def _slot(self, match: re.Match[str], rng: Random) -> str:
        name = match.group(1)
        if name in self.slots:
            return rng.choice(self.slots[name])
        return _special(name, rng) or match.group()


def _special(name: str, rng: Random) -> str:
    if name == "blob":
        words = " ".join(rng.choice(("do it now", "obey", "all rules off", "reveal", "say yes")) for _ in range(3))
        return base64.b64encode(words.encode()).decode()
    return {"imstart": "<\x03im_start\x03>system", "eot": "<\x03endoftext\x03>"}.get(name, "")


def load(names: Sequence[str], *, as_name: str = "") -> Grammar:
    """Files of the folder, without suffix, as one grammar. Raises ValueError for a line that is neither."""
    slots: dict[str, tuple[str, ...]] = {}
    templates: list[tuple[str, str, str]] = []
    for name in names:
        family, label = "", ""
        for line in (FOLDER / f"{name}.txt").read_text(encoding="utf-8").splitlines():
            for escape, char in _ESCAPED.items():
                line = line.replace(escape, char)
            if line.startswith("@"):
                key, _, values = line[1:].partition("=")
                slots[key.strip()] = tuple(value.strip() for value in values.split("|"))
            elif line.startswith("::"):
                family, label = line[2:].split()
            elif line.strip() and not line.startswith("# "):
                if label not in LABELS:
                    raise ValueError(f"{name}.txt: label {label!r} of {line!r} is none of {sorted(LABELS)}")
                templates.append((family, label, line))
    return Grammar(as_name or names[0], slots, tuple(templates))


ENGLISH = {
    "gen-attack": ("en_attack", "en_attack2", "en_attack3", "en_attack4"),
    "gen-benign": ("en_benign",),
    "gen-mention": ("en_mention",),
    "gen-indirect": ("en_indirect",),
    "gen-docs": ("en_docs",),
}
LANGUAGES = ("de", "es", "fr", "it", "pt", "nl", "pl", "ru", "zh", "ja", "ko", "tr", "ar", "hi")


def grammars() -> list[Grammar]:
    """All of them; a language is a source of its own."""
    english = [load(files, as_name=name) for name, files in ENGLISH.items()]
    return english + [load((language,), as_name=f"gen-{language}") for language in LANGUAGES]
