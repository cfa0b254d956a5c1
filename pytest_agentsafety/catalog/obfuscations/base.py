"""What an obfuscation is, and how several make one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce


@dataclass(frozen=True, kw_only=True)
class Obfuscation:
    """A named pure function over text. `family` is "encoding", "invisible", "lookalike" or "spelling"."""

    name: str
    family: str
    description: str
    apply: Callable[[str], str]


def compose(parts: Sequence[Obfuscation]) -> Obfuscation:
    """One after the other, the first one innermost; the name joins theirs with `+`. ValueError without parts."""
    if not parts:
        raise ValueError("nothing to compose")
    if len(parts) == 1:
        return parts[0]
    return Obfuscation(
        name="+".join(part.name for part in parts),
        family="+".join(dict.fromkeys(part.family for part in parts)),
        description="; then ".join(part.description.rstrip(".") for part in parts) + ".",
        apply=lambda text: reduce(lambda done, part: part.apply(done), parts, text),
    )
