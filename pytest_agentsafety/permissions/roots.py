"""Which allowed root a path argument falls under, and how it is spelled from there.

Nothing is resolved here beyond what is exact: `..` is taken back only where it stands at the front of a relative
path, because the base it goes up from is a physical path. Everything else is left to `beneath`.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

Parts = tuple[str, ...]


def _parts(path: str) -> Parts:
    return tuple(part for part in path.split("/") if part not in ("", "."))


def _ends_in_directory(path: str) -> bool:
    return path.rsplit("/", 1)[-1] in ("", ".")


@dataclass(frozen=True)
class Root:
    """An allowed path: as written, where it really was when the rule was read, and the component prefixes by which
    arguments may name it. What stands at `path` later is used only as long as no link has taken its place."""

    spelled: str
    path: Path
    prefixes: tuple[Parts, ...]


def _root(spelled: str, bases: Sequence[str]) -> Root:
    path = Path(os.path.realpath(Path(bases[0], spelled)))
    prefixes = [_parts(str(path))]
    # "link/../x" names one place to the kernel and another to a text comparison: only the resolved form counts then.
    if ".." not in _parts(spelled):
        prefixes += [_parts(str(Path(base, spelled))) for base in bases]
    return Root(spelled, path, tuple(dict.fromkeys(prefixes)))


class Roots:
    """The allowed paths of one rule, seen from a base folder."""

    def __init__(self, allowed: Sequence[str], base: Path) -> None:
        self._base = os.path.realpath(base)
        spelled_base = str(base)
        bases = [self._base]
        if base.is_absolute() and ".." not in base.parts:
            bases.append(spelled_base)
        self._roots = tuple(_root(path, bases) for path in allowed)
        self.shown = ", ".join(allowed) if allowed else "none"

    def _absolute(self, path: str) -> Parts:
        parts = _parts(path)
        if path.startswith("/"):
            return parts
        here = _parts(self._base)
        while parts and parts[0] == "..":
            here, parts = here[:-1], parts[1:]
        return here + parts

    def candidates(self, path: str) -> Iterator[tuple[Root, str]]:
        """Each root the path is spelled under, with the rest of the path ("." for the root itself)."""
        parts = self._absolute(path)
        tail = "/" if _ends_in_directory(path) else ""
        for root in self._roots:
            for prefix in root.prefixes:
                if parts[: len(prefix)] == prefix:
                    rest = "/".join(parts[len(prefix) :])
                    yield root, (rest + tail if rest else ".")
                    break
