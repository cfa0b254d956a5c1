"""All of a project's candidates, and which of them are agents by themselves."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pytest_agentsafety.adapters.finding.candidates import SDKS, Candidate, candidates_in
from pytest_agentsafety.adapters.finding.files import Listing, list_files
from pytest_agentsafety.adapters.finding.source import Source, dotted, read_source

FIXTURE = "agent_safety_agent"
_RUNS = frozenset({"run", "run_sync", "run_streamed", "run_stream", "invoke", "ainvoke", "stream", "astream"})
_LOOPS = frozenset({"asyncio.run", "anyio.run"})


@dataclass(frozen=True, kw_only=True)
class Found:
    """`agents` are plausible and no part of one another; `fixtures` are conftest files that make the agent.

    `runs_at` is by reference the line on which importing the module would already run it. `nested` are folders that
    are projects of their own, `unread` files with the reason, `unnamed` those that no import could name; `cut` tells
    that there were too many files.
    """

    agents: tuple[Candidate, ...] = ()
    fixtures: tuple[Path, ...] = ()
    runs_at: Mapping[str, int]
    looked: int = 0
    nested: tuple[Path, ...] = ()
    unread: Mapping[Path, str]
    cut: bool = False
    unnamed: tuple[Path, ...] = ()


def find_agents(root: Path) -> Found:
    """Look through the Python files below the folder `root`. Nothing is imported or run."""
    listing = list_files(root)
    sources, unread = _read(listing)
    reach = _Reach(sources)
    every = [one for source in sources.values() for one in candidates_in(source, sources)]
    able = [one for one in every if reach.is_model(one.name)]
    agents = tuple(sorted(_outermost(able, reach), key=lambda one: (str(one.path), one.line)))
    return Found(
        agents=agents,
        fixtures=with_fixture(listing.conftests),
        runs_at={one.reference: line for one in agents if (line := _runs_at(one, able, sources, reach))},
        looked=len(sources),
        nested=tuple(listing.nested),
        unread=unread,
        cut=listing.cut,
        unnamed=tuple(listing.unnamed),
    )


def _read(listing: Listing) -> tuple[dict[str, Source], dict[Path, str]]:
    sources: dict[str, Source] = {}
    unread: dict[Path, str] = {}
    for module, path in listing.modules.items():
        try:
            sources[module] = read_source(module, path)
        except SyntaxError as error:
            unread[path] = f"{error.msg}, line {error.lineno}"
        except (ValueError, OSError) as error:
            unread[path] = str(error)
    return sources, unread


class _Reach:
    """Where a name leads: to other names of the project, and to a package through which models are asked."""

    def __init__(self, sources: Mapping[str, Source]) -> None:
        self._leads = {f"{s.module}.{name}": names for s in sources.values() for name, names in s.leads.items()}
        own = {module.partition(".")[0] for module in sources}
        self._sdks = SDKS - own  # a project's own package `agents` is no SDK
        self._known: dict[str, frozenset[str]] = {}

    def is_model(self, name: str) -> bool:
        return any(one.partition(".")[0] in self._sdks for one in self.names(name))

    def names(self, start: str) -> frozenset[str]:
        """Every name that the code of `start` leads to, in any number of steps."""
        if start not in self._known:
            seen: set[str] = set()
            waiting = [start]
            while waiting:
                for name in self._leads.get(waiting.pop(), ()):
                    for one in self._with_owner(name):
                        if one not in seen:
                            seen.add(one)
                            waiting.append(one)
            self._known[start] = frozenset(seen)
        return self._known[start]

    def _with_owner(self, name: str) -> Iterator[str]:
        """`shop.agent.bot.run` leads to `shop.agent.bot`, too."""
        yield name
        while "." in name:
            name = name.rpartition(".")[0]
            if name in self._leads:
                yield name
                return


def _outermost(able: list[Candidate], reach: _Reach) -> Iterator[Candidate]:
    """Those that no other one is made of, or asks."""
    for one in able:
        above = [other for other in able if other is not one and one.name in reach.names(other.name)]
        if all(other.name in reach.names(one.name) for other in above):
            yield one


def _runs_at(agent: Candidate, able: list[Candidate], sources: Mapping[str, Source], reach: _Reach) -> int | None:
    """The line of the agent's module that asks a model as soon as it is imported."""
    source = sources[agent.reference.partition(":")[0]]
    functions = {one.name for one in able if one.takes_task}
    for statement in source.statements:
        for call in ast.walk(statement):
            if isinstance(call, ast.Call) and _is_run(call, source, functions, reach):
                return call.lineno
    return None


def _is_run(call: ast.Call, source: Source, functions: set[str], reach: _Reach) -> bool:
    name = source.called(call)
    if name in _LOOPS or name in functions:
        return True
    owner, _, method = dotted(call.func).rpartition(".")
    whole = source.full(owner) if owner else ""
    return method in _RUNS and (reach.is_model(whole) or whole.partition(".")[0] in SDKS)


def with_fixture(conftests: Iterable[Path]) -> tuple[Path, ...]:
    """Those of the files that make the agent in a fixture."""
    return tuple(path for path in dict.fromkeys(conftests) if path.is_file() and _has_fixture(path))


def _has_fixture(path: Path) -> bool:
    try:
        source = read_source("conftest", path)
    except (SyntaxError, ValueError, OSError):
        return False
    return FIXTURE in source.functions or FIXTURE in source.values
