"""Modules whose body runs only when something is asked of them that a submodule import does not need.

AgentDojo's `agent_pipeline` package imports the SDKs of five vendors, of which a ground truth needs none.
A deferred module stands in `sys.modules` under its real spec, so that submodules import as usual; asking it for
any name of its own runs the real body in place. A full import of AgentDojo before or after is unaffected.
"""

from __future__ import annotations

import ast
import sys
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any


class DeferredModule(ModuleType):
    """A module that is found, but not yet executed."""

    def __init__(self, spec: ModuleSpec) -> None:
        super().__init__(spec.name)
        self.__spec__ = spec
        self.__loader__ = spec.loader
        self.__package__ = spec.parent
        if spec.origin is not None:
            self.__file__ = spec.origin
        if spec.submodule_search_locations is not None:
            self.__path__ = list(spec.submodule_search_locations)
        self._state = "deferred"

    def __getattr__(self, name: str) -> Any:
        # Inspection asks every module for dunders; only `__all__` can mean that someone wants the contents.
        if (name.startswith("__") and name != "__all__") or self.__dict__.get("_state") != "deferred":
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        constants = _literals(self.__dict__.get("__file__"))
        if name in constants and name != "__all__":
            return constants[name]
        self._run()
        return getattr(self, name)

    def _run(self) -> None:
        spec = self.__spec__
        assert spec is not None
        assert spec.loader is not None
        self._state = "running"
        try:
            spec.loader.exec_module(self)
        except BaseException:
            self._state = "deferred"
            raise
        self._state = "done"


def defer(name: str) -> None:
    """Put a deferred module in place of `name`, unless it is imported already. Raises ModuleNotFoundError."""
    if name in sys.modules:
        return
    spec = find_spec(name)
    if spec is None:
        raise ModuleNotFoundError(f"No module named {name!r}", name=name)
    module = DeferredModule(spec)
    sys.modules[name] = module
    parent, _, child = name.rpartition(".")
    if parent in sys.modules:
        setattr(sys.modules[parent], child, module)


def _literals(origin: str | None) -> dict[str, Any]:
    """The constants a source file assigns at module level, read without running it."""
    if origin is None or not origin.endswith(".py"):
        return {}
    found: dict[str, Any] = {}
    for node in ast.parse(Path(origin).read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant):
            found.update((target.id, node.value.value) for target in node.targets if isinstance(target, ast.Name))
    return found
