"""A policy's tool rules, completed by what the tools themselves say of their arguments."""

from __future__ import annotations

import inspect
import re
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from pytest_agentsafety.model.canonical import canonical_json, digest
from pytest_agentsafety.model.messages import ToolSpec
from pytest_agentsafety.model.policy import ToolRule
from pytest_agentsafety.model.sense import ToolSense
from pytest_agentsafety.permissions import sense_of, with_inferred_roles

_ADDRESS = re.compile(r" at 0x[0-9a-f]+")  # in the defaults of a signature; another one in every process


class RuleBook:
    """Rules by tool name. A tool is looked at once, when it is first wrapped.

    `sensed`: also what its words say it does is read then, and not in the middle of a decision on its first call.
    """

    def __init__(self, rules: Mapping[str, ToolRule], *, sensed: bool = False) -> None:
        self._rules, self._sensed = dict(rules), sensed
        self._learned: set[str] = set()
        self._specs: dict[str, ToolSpec] = {}
        self._senses: dict[str, ToolSense] = {}
        self._lock = threading.Lock()  # tasks share the book: none may see a rule that is half learned

    def get(self, tool: str) -> ToolRule | None:
        return self._rules.get(tool)

    def knows(self, tool: str) -> bool:
        """Has a tool of this name said something of itself?"""
        return tool in self._specs

    @property
    def specs(self) -> Sequence[ToolSpec]:
        """The tools that have said something of themselves."""
        with self._lock:
            return list(self._specs.values())

    def sense(self, tool: str) -> ToolSense:
        """What a tool's own words say it does; of a tool that was never wrapped only the name is known."""
        found = self._senses.get(tool)
        if found is None:
            found = self._senses[tool] = sense_of(self._specs.get(tool) or ToolSpec(name=tool, fn=_no_tool))
        return found

    def learn(self, specs: Sequence[ToolSpec]) -> None:
        """Arguments whose role a rule leaves open get one from their names; what was written stays."""
        with self._lock:
            for spec in specs:
                if self._specs.get(spec.name) is not spec:
                    self._senses.pop(spec.name, None)
                    self._specs[spec.name] = spec
                    self._read(spec)
                rule = self._rules.get(spec.name)
                if rule is not None and spec.name not in self._learned:
                    self._learned.add(spec.name)
                    self._rules[spec.name] = with_inferred_roles(rule, _open_arguments(rule, spec))

    def _read(self, spec: ToolSpec) -> None:
        if self._sensed:
            with suppress(Exception):  # the decision on its first call meets the same again, and denies
                self._senses[spec.name] = sense_of(spec)

    @property
    def tools_sha256(self) -> str:
        """Hash of all tools wrapped so far."""
        return tools_sha256(list(self._specs.values()))


def tools_sha256(specs: Sequence[ToolSpec]) -> str:
    """Hash of what tools look like from outside: names, parameters, descriptions. Their code is not in it."""
    return digest(sorted([spec.name, _parameters(spec), spec.description or spec.fn.__doc__ or ""] for spec in specs))


def _parameters(spec: ToolSpec) -> str:
    if spec.input_schema is not None:
        return canonical_json(spec.input_schema)
    try:
        return _ADDRESS.sub("", str(inspect.signature(spec.fn)))
    except (TypeError, ValueError):
        return ""


def _open_arguments(rule: ToolRule, spec: ToolSpec) -> dict[str, Any]:
    declared = spec.input_schema.get("properties") if spec.input_schema else getattr(spec.fn, "__annotations__", None)
    return {name: kind for name, kind in (declared or {}).items() if name != "return" and name not in rule.roles}


def _no_tool() -> None:
    """A tool nobody declared."""
