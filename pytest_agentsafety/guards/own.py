"""Guards of the user's own: find them by name, and look at their shape before a text depends on them."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterable
from difflib import get_close_matches
from importlib import import_module
from pathlib import Path
from typing import Any

from pytest_agentsafety.model.decisions import STAGES
from pytest_agentsafety.model.errors import ConfigError, UnknownNameError
from pytest_agentsafety.model.policy import GUARDS
from pytest_agentsafety.model.safe_text import one_line
from pytest_agentsafety.protocols import Guardrail

EXPECTED = """a guard is a class like this one:

    class NoDiscounts:
        name = "no_discounts"
        stages = frozenset({"output"})          # of input, tool_result, output

        def check(self, text: str, context: GuardContext) -> GuardrailResult:
            ..."""
PLACE = "[tool.agentsafety] guardrails"
_OF_THE_HOUSE = frozenset({*GUARDS, "canary", "judge", "sandbox", "budget"})


def load_guardrails(names: Iterable[str], *, root: Path | None = None) -> list[Guardrail]:
    """The guards of `module:attr` names: a class or function is called without arguments, an object taken as it is.

    Modules are looked for below `root` too. Raises ConfigError for what cannot be imported or made, and for what has
    not the shape of a guard.
    """
    guards: list[Guardrail] = []
    for name in names:
        guard = _made(name, _found(name, root))
        check_shape(guard, place=f"{PLACE} {name!r}")
        if any(guard.name == other.name for other in guards):
            raise ConfigError(f"{PLACE} {name!r}: another guard has the name {guard.name!r} already")
        guards.append(guard)
    return guards


def _found(name: str, root: Path | None) -> Any:
    place = f"{PLACE} {name!r}"
    module_name, colon, attribute = name.partition(":")
    if not (module_name and colon and attribute):
        raise ConfigError(f"{place}: expected module:Class, as in shop.guards:NoDiscounts")
    if root is not None and str(root) not in sys.path:
        sys.path.insert(0, str(root))
    try:
        target: Any = import_module(module_name)
    except (Exception, SystemExit) as error:
        raise ConfigError(f"{place}: cannot import {module_name!r}: {type(error).__name__}: {error}") from error
    for part in attribute.split("."):
        if not hasattr(target, part):
            public = [known for known in dir(target) if not known.startswith("_")]
            nearest = get_close_matches(part, public, n=5, cutoff=0.0)
            raise UnknownNameError(f"attribute of {module_name}", part, nearest, place=place)
        target = getattr(target, part)
    return target


def _made(name: str, target: Any) -> Any:
    """An object that can be asked; a class is made without arguments."""
    if not isinstance(target, type) and not inspect.isroutine(target):
        return target
    try:
        return target()
    except Exception as error:
        raise ConfigError(
            f"{PLACE} {name!r}: calling it without arguments raised {type(error).__name__}: {error}. Name a class or a "
            f"function that needs none, or an object"
        ) from error


def check_shape(guard: Any, *, place: str) -> None:
    """Raises ConfigError, with a guard as it should be, for an object that the stages could not run."""
    wrong = _wrong(guard)
    if wrong:
        raise ConfigError(f"{place}: {one_line(wrong, 400)}; {EXPECTED}")


def _wrong(guard: Any) -> str | None:
    """What is wrong with the shape of a guard, None when nothing is."""
    kind = type(guard).__name__
    name, stages, check = (getattr(guard, attribute, None) for attribute in ("name", "stages", "check"))
    if not isinstance(name, str) or not name.strip():
        return f"{kind}.name is {name!r}, expected a text"
    if name in _OF_THE_HOUSE and not type(guard).__module__.startswith("pytest_agentsafety."):
        return f"{kind}.name is {name!r}, which is the name of a guard of this package"
    if not isinstance(stages, frozenset | set | tuple | list) or not stages:
        return f"{kind}.stages is {stages!r}, expected a set of {', '.join(STAGES)}"
    unknown = [stage for stage in stages if stage not in STAGES]
    if unknown:
        return f"{kind}.stages has {unknown[0]!r}, which is none of {', '.join(STAGES)}"
    return _wrong_check(kind, check)


def _wrong_check(kind: str, check: Any) -> str | None:
    if not callable(check):
        return f"{kind}.check is {check!r}, expected a method"
    if inspect.iscoroutinefunction(check) or inspect.isasyncgenfunction(check):
        return (
            f"{kind}.check is async; guards are plain methods that run at the same time on threads of their own, so "
            f"that one may wait: use a blocking client, or asyncio.run inside"
        )
    try:
        signature = inspect.signature(check)
    except ValueError:
        return None  # a builtin does not tell its signature
    try:
        signature.bind("text", None)
    except TypeError as error:
        return f"{kind}.check{signature} cannot be called with (text, context): {error}"
    return None
