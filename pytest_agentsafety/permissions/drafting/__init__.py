"""A first rule for a tool nobody has written one for, from what the tool shows of itself.

General English only (`pytest_agentsafety.lexicon`), grammar and types. What is not understood is drafted as grave as
it plausibly is, and named, so that the door asks and a person can decide.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pytest_agentsafety.model.messages import ToolSpec
from pytest_agentsafety.model.policy import Effect, Role, ToolRule, Trust
from pytest_agentsafety.model.sense import ToolSense
from pytest_agentsafety.permissions.drafting.acting import acting, echoed, listed
from pytest_agentsafety.permissions.drafting.effect import chosen, draw_effect
from pytest_agentsafety.permissions.drafting.parameters import draw_roles
from pytest_agentsafety.permissions.drafting.result import draw_result
from pytest_agentsafety.permissions.drafting.sentence import told
from pytest_agentsafety.permissions.drafting.shape import description, parameters, returns

__all__ = ["draft_policy", "draft_rule", "explain_rule", "sense_of"]


@dataclass(frozen=True)
class _Draft:
    effect: Effect
    roles: Mapping[str, Role]
    sense: ToolSense


def draft_rule(spec: ToolSpec) -> ToolRule:
    """A rule with effect, roles and the trust of the result, marked `drafted`. It has no limits of its own."""
    draft = _draft(spec)
    trust: Trust = "untrusted" if draft.sense.result == "outside" else "trusted"
    return ToolRule(effect=draft.effect, roles=draft.roles, result_trust=trust, drafted=True)


def sense_of(spec: ToolSpec) -> ToolSense:
    """What the tool was understood to do: verbs, their classes, objects, unknown words, what it hands back."""
    return _draft(spec).sense


def explain_rule(spec: ToolSpec) -> Mapping[str, str]:
    """Why the draft says what it says, in words, by "effect", "result_trust" and "roles.NAME"."""
    return _draft(spec).sense.reasons


def draft_policy(specs: Iterable[ToolSpec]) -> dict[str, ToolRule]:
    """A drafted rule for each tool, by name."""
    return {spec.name: draft_rule(spec) for spec in specs}


# Reading a tool takes longer than deciding on a call of it, and every task of a harness wraps the same tools anew. An
# entry keeps what its key is the address of.
_READ: dict[tuple[object, ...], tuple[tuple[Any, ...], _Draft]] = {}
_MOST_READ = 4_096


def _draft(spec: ToolSpec) -> _Draft:
    """What is drafted for a tool; the same tool is read once."""
    kept = _shown(spec)
    key = spec.name, spec.description, *map(id, kept)
    found = _READ.get(key)
    if found is None:
        if len(_READ) >= _MOST_READ:
            _READ.clear()
        found = _READ[key] = (kept, _read(spec))
    return found[1]


def _shown(spec: ToolSpec) -> tuple[Any, ...]:
    """All that a draft is made of beside name and description. Functions that one `def` makes are the same."""
    told = None if spec.description else getattr(spec.fn, "__doc__", None)
    if spec.input_schema is None:
        return spec.fn, told, spec.output_schema, spec.hints or None
    stands = getattr(spec.fn, "__signature__", None) or getattr(spec.fn, "__code__", spec.fn)
    return spec.input_schema, stands, told, spec.output_schema, spec.hints or None


def _read(spec: ToolSpec) -> _Draft:
    words = listed(spec.name, echoed(spec.name, told(description(spec))), returns(spec))
    act = acting(spec.name, words)
    shown = parameters(spec)
    first = draw_effect(act, words, dict.fromkeys((one.name for one in shown), "other"), {})
    meant = draw_roles(shown, first.classes, first.effect)
    drawn = chosen(draw_effect(act, words, meant.roles, spec.hints), shown)
    result, why = draw_result(act, words, drawn.classes, drawn.effect, meant.roles, returns(spec), spec.hints)
    sense = ToolSense(
        tool=spec.name,
        verbs=drawn.verbs,
        classes=drawn.classes,
        objects=act.objects | words.objects,
        unknown=(*drawn.unknown, *meant.unknown),
        result=result,
        reasons={
            "effect": drawn.reason,
            "result_trust": why,
            **{f"roles.{name}": reason for name, reason in meant.reasons.items()},
        },
    )
    return _Draft(drawn.effect, meant.roles, sense)
