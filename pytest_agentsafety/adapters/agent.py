"""Which of the accepted shapes an agent has. Anything else is an error that shows its signature."""

from __future__ import annotations

import importlib
import inspect
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal

from pytest_agentsafety.adapters.command import CommandAgent
from pytest_agentsafety.adapters.frameworks import entry_of
from pytest_agentsafety.model.errors import ConfigError, UnknownNameError

_SHAPES = (
    "Accepted: a callable (sync or async) whose only required parameter is `task`; an object with invoke or ainvoke; "
    "a factory with a parameter `tools` (optionally `model`, `system`) that returns one of these."
)

_NEAREST = 20


@dataclass(frozen=True, kw_only=True)
class AgentHandle:
    """An agent under test. `shape` "factory" takes the suite's tools, "callable" brings its own.

    `own` is the framework's object that `target` calls, where it is one. `outside`: the agent works in a process of
    its own, and its requests have to be led to the task's doors.
    """

    id: str
    shape: Literal["callable", "factory"]
    target: Any
    reference: bool = False
    own: Any = None
    outside: bool = False

    def make(self, tools: Sequence[Callable[..., Any]], *, system: str | None) -> Any:
        """A fresh agent for one case. Raises ConfigError when the factory returns something of another shape."""
        if self.shape == "callable":
            return self.target
        parameters = inspect.signature(self.target).parameters
        extra = {"system": system} if system is not None and "system" in parameters else {}
        made = self.target(tools=list(tools), **extra)
        entry = entry_of(made)
        if entry is not None:
            return entry
        if _takes_task(made) or _has_invoke(made):
            return made
        raise ConfigError(f"agent {self.id!r}: the factory returned {_shown(made)}. {_SHAPES}")


def command_agent(command: Sequence[str], folder: Path) -> AgentHandle:
    """An agent that is a command, run in `folder`."""
    shown = " ".join(command)
    return AgentHandle(id=f"command: {shown}", shape="callable", target=CommandAgent(command, folder), outside=True)


def load_agent(reference: str, *, place: str, root: Path) -> AgentHandle:
    """Import `module:attr` with `root` on the path. Raises ConfigError or UnknownNameError."""
    module_name, _, attribute = reference.partition(":")
    if not module_name or not attribute:
        raise ConfigError(
            f"{place}: agent {reference!r} must be written as module:attr, for example 'shop.agent:build'"
        )
    return describe_agent(import_attribute(reference, place=place, root=root), id=reference, place=place)


def import_attribute(reference: str, *, place: str, root: Path) -> Any:
    """What `module:attr` (or a module alone) names, imported with `root` on the path, and its folder `src` where the
    package stands there.

    Raises ConfigError when the module cannot be imported, UnknownNameError when it has no such attribute.
    """
    module_name, _, attribute = reference.partition(":")
    for folder in _import_folders(module_name, root):
        if str(folder) not in sys.path:
            sys.path.insert(0, str(folder))
    try:
        module = importlib.import_module(module_name)
    except (Exception, SystemExit) as exc:
        raise ConfigError(f"{place}: cannot import module {module_name!r}: {type(exc).__name__}: {exc}") from exc
    target: Any = module
    for part in attribute.split(".") if attribute else ():
        if not hasattr(target, part):
            public = [name for name in dir(target) if not name.startswith("_")]
            nearest = get_close_matches(part, public, n=_NEAREST, cutoff=0.0)
            raise UnknownNameError(f"attribute of {module_name}", part, nearest, place=place)
        target = getattr(target, part)
    return target


def _import_folders(module_name: str, root: Path) -> list[Path]:
    """What has to be on the path: also `root/src`, where that is the folder of packages and holds this one."""
    top, source = module_name.partition(".")[0], root / "src"
    stands = [folder for folder in (root, source) if (folder / top).is_dir() or (folder / f"{top}.py").is_file()]
    return [root, source] if stands == [source] and not (source / "__init__.py").exists() else [root]


def describe_agent(target: Any, *, id: str, place: str) -> AgentHandle:  # noqa: A002 - the field's name
    """Tell the shape of `target`. Raises ConfigError with its signature when it has none of the accepted ones."""
    factory = callable(target) and not inspect.isclass(target) and "tools" in _parameters(target)
    if factory and not _takes_task(target):
        others = [name for name in _required(target) if name != "tools"]
        if others:
            raise ConfigError(f"{place}: agent factory {_shown(target)} also requires {', '.join(others)}. {_SHAPES}")
        return AgentHandle(id=id, shape="factory", target=target)
    entry = entry_of(target)
    if entry is not None:
        return AgentHandle(id=id, shape="callable", target=entry, own=target)
    if _has_invoke(target) or _takes_task(target):
        return AgentHandle(id=id, shape="callable", target=target)
    raise ConfigError(f"{place}: cannot use {_shown(target)} as an agent. {_SHAPES}{_fix(target)}")


def _fix(target: Any) -> str:
    """What most likely has to be done about a function of another shape."""
    if not inspect.isroutine(target):
        public = (name for name in dir(target) if not name.startswith("_") and not inspect.isclass(target))
        method = next((name for name in public if _takes_task(getattr(target, name, None))), None)
        return "" if method is None else f" Its method {method} is one: add .{method} to the name"
    required, name = _required(target), getattr(target, "__name__", "it")
    if not required:
        return f" Name what {name}() returns: write `agent = {name}()` into the module and name `agent`"
    if len(required) == 1:
        return (
            f" If {required[0]!r} is the task, call it `task`, or name a function: def agent(task): return {name}(task)"
        )
    return f" Name a function that gives it the rest: def agent(task): return {name}(...)"


def _takes_task(target: Any) -> bool:
    return callable(target) and not inspect.isclass(target) and _required(target) == ["task"]


def _has_invoke(target: Any) -> bool:
    return not inspect.isclass(target) and any(callable(getattr(target, name, None)) for name in ("invoke", "ainvoke"))


def _parameters(target: Any) -> dict[str, inspect.Parameter]:
    try:
        return dict(inspect.signature(target).parameters)
    except (TypeError, ValueError):
        return {}


def _required(target: Any) -> list[str]:
    skip = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    parameters = _parameters(target).values()
    return [p.name for p in parameters if p.default is inspect.Parameter.empty and p.kind not in skip]


def _shown(target: Any) -> str:
    name = getattr(target, "__qualname__", type(target).__name__)
    try:
        return f"{name}{inspect.signature(target)}"
    except (TypeError, ValueError):
        return f"{name} (a {type(target).__name__})"
