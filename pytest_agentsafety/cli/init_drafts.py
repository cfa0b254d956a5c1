"""Drafted rules of tools, as TOML for a person to read and correct."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from pytest_agentsafety.config.written import header, tool_table
from pytest_agentsafety.model.messages import ToolSpec
from pytest_agentsafety.permissions import draft_rule, sense_of
from pytest_agentsafety.runner.generated import as_delegate

_INTRODUCTION = (
    "# Drafted by `agentsafety init` from the tools' own names, descriptions and parameters.\n"
    "# Read each line and correct what is wrong: what stands here counts as decided by you.\n"
)


@dataclass
class Drafts:
    """What was drafted: TOML by tool, tools by effect, words not understood by tool, tools that need no draft."""

    tables: dict[str, str] = field(default_factory=dict)
    effects: Counter[str] = field(default_factory=Counter)
    unknown: dict[str, tuple[str, ...]] = field(default_factory=dict)
    kept: list[str] = field(default_factory=list)
    nameless: dict[str, str] = field(default_factory=dict)

    @property
    def text(self) -> str:
        return _INTRODUCTION + "\n" + "\n".join(self.tables.values()) if self.tables else ""


_ASKS = {
    "effect": "its code only asks another agent, whose own calls are decided on one by one",
    "result_trust": "that agent may repeat what others wrote",
}


def draft(
    specs: Sequence[ToolSpec], rules: Mapping[str, Any], written: str = "", delegates: Collection[str] = ()
) -> Drafts:
    """Drafts for the tools that have no rule, and no commented draft in the text `written`, yet."""
    drafts = Drafts()
    lines = set(map(str.strip, written.splitlines()))
    for spec in specs:
        try:
            commented = f"# {header(spec.name)}" in lines
        except ValueError as error:
            drafts.nameless[spec.name] = str(error)
            continue
        sense, rule = sense_of(spec), draft_rule(spec)
        if spec.name in delegates:
            rule = as_delegate(rule)
            sense = replace(sense, reasons={**sense.reasons, **_ASKS}, unknown=())
        if sense.unknown and spec.name not in rules:
            drafts.unknown[spec.name] = sense.unknown
        if spec.name in rules or commented:
            drafts.kept.append(spec.name)
            continue
        drafts.effects[rule.effect] += 1
        drafts.tables[spec.name] = tool_table(spec.name, rule, sense.reasons, sense.unknown)
    return drafts
