"""Which files of a project are its own program: no tests, no environments, nothing hidden, nothing generated."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

MOST_FILES = 2_000
MOST_BYTES = 400_000  # of one file; what is larger is data
_MOST_FOLDERS = 5_000
_NOT_OURS = frozenset(
    {"node_modules", "site-packages", "__pycache__", "__pypackages__", "build", "dist", "venv", "env"}
)
_TESTS = frozenset({"tests", "test", "testing", "docs", "doc", "examples", "benchmarks"})
_PROJECT = ("pyproject.toml", "agentsafety.toml", "setup.py")


@dataclass
class Listing:
    """Files by the module name they are imported under, conftest files, and what was left out.

    `unnamed` have a name, or stand in a folder of a name, that no import statement could say.
    """

    modules: dict[str, Path] = field(default_factory=dict)
    conftests: list[Path] = field(default_factory=list)
    nested: list[Path] = field(default_factory=list)
    unnamed: list[Path] = field(default_factory=list)
    cut: bool = False


def list_files(root: Path) -> Listing:
    """The files below `root` that can be imported from it, or from its folder `src`, in a fixed order."""
    found = Listing()
    source = root / "src"
    for path in _walk(root, found):
        if path.name == "conftest.py":
            found.conftests.append(path)
            continue
        inside = path.relative_to(source) if _is_layout(source) and path.is_relative_to(source) else None
        if path.name.startswith("test_") or path.name.endswith("_test.py"):
            continue
        name = module_name(inside or path.relative_to(root))
        if name is None:
            found.unnamed.append(path)
            continue
        if len(found.modules) >= MOST_FILES:
            found.cut = True
            break
        found.modules.setdefault(name, path)
    return found


def _is_layout(source: Path) -> bool:
    return not (source / "__init__.py").exists()


def module_name(path: Path) -> str | None:
    """The module of a file relative to where imports start; None where no import statement could name it."""
    parts = path.with_suffix("").parts
    parts = parts[:-1] if parts[-1] == "__init__" else parts
    return ".".join(parts) if parts and all(part.isidentifier() for part in parts) else None


def _walk(root: Path, found: Listing) -> Iterator[Path]:
    for number, (folder, folders, files) in enumerate(os.walk(root)):
        if number >= _MOST_FOLDERS:
            found.cut = True
            return
        here = Path(folder)
        folders[:] = sorted(name for name in folders if not _is_left_out(here / name, found))
        for name in sorted(files):
            if name.endswith(".py") and _is_small(here / name):
                yield here / name
        found.conftests += [path for name in _TESTS if (path := here / name / "conftest.py").is_file()]


def _is_left_out(folder: Path, found: Listing) -> bool:
    name = folder.name
    if name.startswith(".") or name in _NOT_OURS or name in _TESTS or name.endswith(".egg-info"):
        return True
    if (folder / "pyvenv.cfg").exists():
        return True
    if any((folder / one).is_file() for one in _PROJECT):
        found.nested.append(folder)
        return True
    return False


def _is_small(path: Path) -> bool:
    try:
        return path.is_file() and path.stat().st_size <= MOST_BYTES
    except OSError:
        return False
