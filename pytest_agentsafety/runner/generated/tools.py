"""An agent's own tools, read for what can be done with them."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pytest_agentsafety.model.errors import ConfigError
from pytest_agentsafety.model.messages import ToolSpec
from pytest_agentsafety.model.policy import Policy, Role, ToolRule
from pytest_agentsafety.model.sense import ToolSense
from pytest_agentsafety.permissions import draft_rule, sense_of, with_inferred_roles
from pytest_agentsafety.permissions.drafting.shape import Parameter, parameters


@dataclass(frozen=True, kw_only=True)
class Argument:
    """One parameter of a tool: its JSON schema as far as there is one, what it means, and whether it must be given."""

    name: str
    schema: Mapping[str, Any]
    role: Role
    required: bool


@dataclass(frozen=True, kw_only=True)
class OwnTool:
    """A tool of the user's with its rule (written or drafted)."""

    spec: ToolSpec
    rule: ToolRule
    sense: ToolSense
    arguments: tuple[Argument, ...]

    @property
    def name(self) -> str:
        return self.spec.name

    @property
    def returns_outside_text(self) -> bool:
        """May somebody else have written what it returns? Then attacker text can stand there."""
        if self.rule.effect not in ("read", "egress"):
            return False
        return self.rule.result_trust == "untrusted" or self.sense.result == "outside"

    @property
    def returns_text(self) -> bool:
        """Does it return records or text at all, rather than a mere number or status?"""
        return self.rule.effect == "read" and self.sense.result != "value"

    def with_role(self, *roles: Role) -> tuple[Argument, ...]:
        return tuple(one for one in self.arguments if one.role in roles)


def own_tools(
    specs: Sequence[ToolSpec], policy: Policy, delegates: frozenset[str] = frozenset()
) -> tuple[OwnTool, ...]:
    """The tools with their written rules, else drafted ones. Raises ConfigError for a name that comes twice.

    `delegates` ask another agent, and what that does is decided on call by call: drafted as reads of outside text.
    """
    found: dict[str, OwnTool] = {}
    for spec in specs:
        if spec.name in found:
            raise ConfigError(f"the agent has two tools called {spec.name!r}: no rule could tell them apart")
        shown = parameters(spec)
        rule = policy.tools.get(spec.name) or draft_rule(spec)
        if spec.name in delegates and rule.drafted:
            rule = as_delegate(rule)
        rule = with_inferred_roles(rule, {one.name: one.kind for one in shown if one.name not in rule.roles})
        needed = _required(spec)
        arguments = tuple(
            Argument(
                name=one.name,
                schema=_schema(one),
                role=rule.roles.get(one.name, "other"),
                required=needed is None or one.name in needed,
            )
            for one in shown
        )
        found[spec.name] = OwnTool(spec=spec, rule=rule, sense=sense_of(spec), arguments=arguments)
    return tuple(found.values())


def as_delegate(drafted: ToolRule) -> ToolRule:
    """What is drafted for a tool that only asks another agent: the calls of that are decided on one by one."""
    return replace(drafted, effect="read", result_trust="untrusted")


def merged(wire: Sequence[ToolSpec], static: Sequence[ToolSpec]) -> list[ToolSpec]:
    """The tools as the model is shown them, with the functions behind them where they are known."""
    functions = {spec.name: spec for spec in static}
    return [
        replace(functions[spec.name], description=spec.description, input_schema=spec.input_schema)
        if spec.name in functions
        else spec
        for spec in wire
    ]


def _schema(one: Parameter) -> Mapping[str, Any]:
    if isinstance(one.kind, Mapping):
        return one.kind
    made: dict[str, Any] = {"type": min(one.types)} if one.types else {"type": "string"}
    if one.choices:
        made["enum"] = list(one.choices)
    return made


def _required(spec: ToolSpec) -> frozenset[str] | None:
    """The parameters that must be given; None: all."""
    if spec.input_schema is not None:
        named = spec.input_schema.get("required")
        return frozenset(str(name) for name in named) if isinstance(named, Sequence) else frozenset()
    try:
        signature = inspect.signature(spec.fn)
    except (TypeError, ValueError):
        return None
    return frozenset(name for name, one in signature.parameters.items() if one.default is inspect.Parameter.empty)
