"""Which registered suites a name stands for. Looks at the registry, never creates an entry in it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pytest_agentsafety.model.errors import UnknownNameError

Registry = Mapping[str, Mapping[str, Any]]
_NAME = re.compile(r"agentdojo(?:@(?P<version>[^:]*))?(?::(?P<suite>.*))?", re.DOTALL)
_NUMBERS = re.compile(r"v?(\d+(?:\.\d+)*)")


@dataclass(frozen=True, kw_only=True)
class Found:
    """A registered suite; `named` when the version was written by the user and not chosen here."""

    version: str
    suite: Any
    named: bool


def version_key(version: str) -> tuple[tuple[int, ...], bool, str]:
    """Sorts versions by their numbers (v1.10 after v1.9). A suffix sorts before the bare version, no number first."""
    match = _NUMBERS.match(version)
    numbers = tuple(int(part) for part in match.group(1).split(".")) if match else ()
    while numbers and numbers[-1] == 0:
        numbers = numbers[:-1]
    return numbers, match is not None and match.end() == len(version), version


def select(name: str, registry: Registry, *, place: str) -> list[Found]:
    """The suites behind `agentdojo[@version][:suite]`. Raises UnknownNameError."""
    versions = {version: suites for version, suites in registry.items() if suites}
    match = _NAME.fullmatch(name)
    if match is None:
        raise UnknownNameError("suite", name, ["agentdojo", *_full_names(versions)], place=place)
    version, suite = match["version"], match["suite"]
    if version is None:
        found = [Found(version=v, suite=s, named=False) for v, s in _newest(versions).values()]
    elif version in versions:
        found = [Found(version=version, suite=s, named=True) for s in versions[version].values()]
    else:
        raise UnknownNameError("AgentDojo version", version, versions, place=place)
    if suite is None:
        return found
    chosen = [entry for entry in found if entry.suite.name == suite]
    if not chosen:
        where = f"AgentDojo {version} suite" if version else "AgentDojo suite"
        raise UnknownNameError(where, suite, [entry.suite.name for entry in found], place=place)
    return chosen


def _newest(versions: Registry) -> dict[str, tuple[str, Any]]:
    """Each suite name with the newest version that has it; the newest version's suites come first."""
    newest: dict[str, tuple[str, Any]] = {}
    for version in sorted(versions, key=version_key, reverse=True):
        for name, suite in versions[version].items():
            newest.setdefault(name, (version, suite))
    return newest


def _full_names(versions: Registry) -> list[str]:
    return [f"agentdojo:{name}" for name in _newest(versions)]
