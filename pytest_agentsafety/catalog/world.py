"""Load a suite's `tools.py`: the class `World` and its tools."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any, Protocol

from pytest_agentsafety.catalog.checks import Names
from pytest_agentsafety.model.errors import ConfigError
from pytest_agentsafety.model.messages import ToolSpec
from pytest_agentsafety.model.safe_text import one_line


class World(Protocol):
    """What `tools.py` defines: `World(data, base)`, made afresh per case.

    `data` is world.yaml with the vectors filled in (the world may keep and change it), `base` the folder of its files
    or None. The constructor touches no file.
    """

    def tools(self) -> Sequence[Callable[..., Any]]:
        """Bound, typed, documented functions; their names are the tools' names."""

    def state(self) -> Mapping[str, Sequence[Mapping[str, Any]]]:
        """The records that checks may look at, by collection. The names of the collections never change."""


def load_world_class(file: Path) -> Callable[[Any, Path | None], World]:
    """Execute `tools.py` under a private module name and return its `World`. Raises ConfigError naming the file."""
    module = _execute(file)
    found = getattr(module, "World", None)
    if not isinstance(found, type):
        raise ConfigError(f"{file}: defines no class World")
    for method in ("tools", "state"):
        if not callable(getattr(found, method, None)):
            raise ConfigError(f"{file}: class World has no method {method}()")
    return found


def _execute(file: Path) -> ModuleType:
    name = f"_agentsafety_suite_{sha256(str(file.resolve()).encode()).hexdigest()[:16]}"
    spec = spec_from_file_location(name, file)
    if spec is None or spec.loader is None or not file.is_file():
        raise ConfigError(f"{file}: cannot be read")
    module = module_from_spec(spec)
    sys.modules[name] = module  # dataclasses and type hints look their module up here
    try:
        spec.loader.exec_module(module)
    except Exception as exc:
        del sys.modules[name]
        raise ConfigError(f"{file}: cannot be imported: {type(exc).__name__}: {one_line(str(exc))}") from exc
    return module


def tool_specs(world: World) -> tuple[ToolSpec, ...]:
    """The tools as the runner takes them."""
    return tuple(
        ToolSpec(name=tool.__name__, fn=tool, description=inspect.getdoc(tool) or "") for tool in world.tools()
    )


def probe(make: Callable[[Any, Path | None], World], data: Any, base: Path | None, *, file: Path) -> Names:
    """Build a world once to learn its names. Raises ConfigError when the data does not fit or a tool is unusable."""
    try:
        world = make(data, base)
        specs, state = tool_specs(world), world.state()
        parameters = {spec.name: _parameters(spec, file) for spec in specs}
    except ConfigError:
        raise
    except Exception as exc:
        said = f"{type(exc).__name__}: {one_line(str(exc))}"
        raise ConfigError(f"{file}: World cannot be made from world.yaml: {said}") from exc
    if not parameters or len(parameters) != len(specs):
        raise ConfigError(f"{file}: World.tools() gives {'a name twice' if parameters else 'no tools'}")
    return Names(
        tools={name: frozenset(found) for name, found in parameters.items()},
        optional={
            name: frozenset(key for key, parameter in found.items() if parameter.default is not parameter.empty)
            for name, found in parameters.items()
        },
        collections=frozenset(state),
        files=base is not None,
    )


def _parameters(spec: ToolSpec, file: Path) -> Mapping[str, inspect.Parameter]:
    if not spec.description:
        raise ConfigError(f"{file}: tool {spec.name!r} has no docstring, so no model would know what it does")
    parameters = inspect.signature(spec.fn).parameters
    for name, parameter in parameters.items():
        if parameter.kind not in (parameter.POSITIONAL_OR_KEYWORD, parameter.KEYWORD_ONLY):
            raise ConfigError(f"{file}: parameter {name!r} of tool {spec.name!r} cannot be given by keyword")
        if parameter.annotation is parameter.empty:
            raise ConfigError(f"{file}: parameter {name!r} of tool {spec.name!r} has no type")
    return parameters
