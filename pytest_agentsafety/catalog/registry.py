"""Suites by name."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pytest_agentsafety.catalog.folder_suite import FolderSuite
from pytest_agentsafety.model.errors import ConfigError, UnknownNameError
from pytest_agentsafety.protocols import Suite
from pytest_agentsafety.resources import data_dir

ALL_BUNDLED = "builtin"
AGENTDOJO = "agentdojo"


def bundled_names() -> tuple[str, ...]:
    """The suites that come with the package, sorted."""
    return tuple(sorted(file.parent.name for file in data_dir("suites").glob("*/suite.yaml")))


def resolve_suites(names: Sequence[str], *, place: str, root: Path) -> list[Suite]:
    """The suites that are meant, in the order given, each once.

    A name is a bundled suite, `builtin`, a path (contains `/`, relative to `root`), `agentdojo`, `agentdojo:NAME` or
    `agentdojo@VERSION:NAME`; `place` says where the names were written.

    Raises UnknownNameError, MissingExtraError, or ConfigError for a broken suite or two that would share case ids.
    """
    found: dict[str, Suite] = {}
    for name in names:
        for key, suite in _resolve(name, place, root):
            found.setdefault(key, suite)
    suites = list(found.values())
    _refuse_clashes(suites, place)
    return suites


def _resolve(name: str, place: str, root: Path) -> list[tuple[str, Suite]]:
    if name == ALL_BUNDLED:
        return [_folder(data_dir("suites") / bundled) for bundled in bundled_names()]
    if "/" in name:
        return [_folder(_path(name, place, root))]
    if name.partition(":")[0].partition("@")[0] == AGENTDOJO:
        return _from_agentdojo(name, place)
    if name in bundled_names():
        return [_folder(data_dir("suites") / name)]
    valid = (
        *bundled_names(),
        ALL_BUNDLED,
        "generated",
        AGENTDOJO,
        f"{AGENTDOJO}:NAME",
        f"{AGENTDOJO}@VERSION:NAME",
        "a/path",
    )
    raise UnknownNameError("suite", name, valid, place=place)


def _folder(folder: Path) -> tuple[str, Suite]:
    return str(folder.resolve()), FolderSuite.load(folder)


def _path(name: str, place: str, root: Path) -> Path:
    folder = root / Path(name).expanduser()
    if not (folder / "suite.yaml").is_file():
        what = "holds no suite.yaml" if folder.is_dir() else "does not exist"
        raise ConfigError(f"{place}: suite {name!r}: the folder {str(folder)!r} {what}")
    return folder


def _from_agentdojo(name: str, place: str) -> list[tuple[str, Suite]]:
    from pytest_agentsafety.catalog.agentdojo import resolve  # an extra: nothing of it is imported unless named

    return [(f"{AGENTDOJO}/{suite.name}", suite) for suite in resolve(name, place=place)]


def _refuse_clashes(suites: Sequence[Suite], place: str) -> None:
    """Case ids must be unique over all suites, and two suites of one name could not be told apart."""
    names: dict[str, str] = {}
    for suite in suites:
        keys = [f"name {suite.name!r}"]
        if isinstance(suite, FolderSuite):
            keys.append(f"short id {suite.definition.short!r}")
        for key in keys:
            if key in names:
                raise ConfigError(f"{place}: suites {names[key]!r} and {suite.name!r} have the same {key}")
            names[key] = suite.name
