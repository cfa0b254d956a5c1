"""The decisions on one tool call, in their fixed order, before anybody is asked."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from pytest_agentsafety.approval import triage
from pytest_agentsafety.gate.code_calls import refusal
from pytest_agentsafety.gate.leaks import leaked
from pytest_agentsafety.gate.state import TaskState
from pytest_agentsafety.guards import DestructiveActionGuard
from pytest_agentsafety.model.decisions import Decision
from pytest_agentsafety.model.messages import ToolCall, ToolSpec
from pytest_agentsafety.model.policy import ToolRule
from pytest_agentsafety.permissions import draft_rule

_DESTRUCTIVE = DestructiveActionGuard()
_PLAIN_READ = Decision(outcome="allowed", guard="provenance", rule="provenance.read", reason="a plain read")


class Ruled(NamedTuple):
    """The rule a call is judged by; `denial` when there is none and that alone decides."""

    rule: ToolRule
    denial: Decision | None = None


def rule_for(state: TaskState, tool: str) -> Ruled:
    """The policy's rule. A tool without one may not run, unless permissions were switched off for a measurement."""
    rule = state.rules.get(tool)
    if rule is not None:
        return Ruled(rule)
    drafted = draft_rule(ToolSpec(name=tool, fn=_no_tool))
    if "permissions" not in state.policy.guards:
        return Ruled(drafted)
    reason = f"tool {tool!r} has no rule; add [tool.agentsafety.tools.{tool}] with its effect"
    return Ruled(drafted, Decision(outcome="denied", guard="permissions", rule="policy.no_rule", reason=reason))


def _no_tool() -> None:
    """A tool nobody declared: only its name is known."""


def decide(state: TaskState, call: ToolCall, ruled: Ruled) -> Decision:
    """Policy, permissions, canaries, sandbox, provenance, destructive action, lists: allowed, denied or ask."""
    if ruled.denial is not None:
        return ruled.denial
    rule = ruled.rule
    if "permissions" in state.policy.guards:
        permitted = state.permissions.check(call, rule)
        if permitted.outcome != "allowed":
            return permitted
    if "pii" in state.policy.guards and (leak := leaked(call, state.policy.canaries, state.prompt)):
        return leak
    if rule.effect == "execute" and not state.plays_only and (uncontained := refusal(call, rule)) is not None:
        return uncontained
    return _listed(state, call, _asks(state, call, rule))


def _asks(state: TaskState, call: ToolCall, rule: ToolRule) -> Decision:
    sourced = _provenance(state, call, rule)
    # What is asked about or denied anyway stays so, whatever the arguments hold.
    if sourced.outcome != "allowed" or "destructive" not in state.policy.guards:
        return sourced
    return _DESTRUCTIVE.check_call(call, rule, endorsed=True, base=state.base) or sourced


def _provenance(state: TaskState, call: ToolCall, rule: ToolRule) -> Decision:
    if "provenance" in state.policy.guards and state.policy.provenance != "off":
        return state.provenance.judge(call, rule, state.rules.sense(call.name))
    if not rule.is_write:
        return _PLAIN_READ
    reason = (
        f"{call.name} has the effect {rule.effect!r} and is not on a list; with provenance off every such call asks"
    )
    return Decision(outcome="ask", guard="approval", rule="approval.write", reason=reason)


def _listed(state: TaskState, call: ToolCall, decision: Decision) -> Decision:
    if decision.outcome == "denied":
        return decision
    if "approval" not in state.policy.guards:
        return _nobody_to_ask(decision)
    listed = triage(state.policy.approval, call.name)
    if listed == "ask" and decision.outcome != "ask":
        reason = f"{call.name} is on the always_ask list"
        decision = Decision(outcome="ask", guard="approval", rule="approval.always_ask", reason=reason)
    if decision.outcome == "ask" and listed == "approve":
        reason = f"{call.name} is on the always_approve list; without that: {decision.reason}"
        return replace(decision, outcome="allowed", guard="approval", rule="approval.always_approve", reason=reason)
    return decision


def _nobody_to_ask(decision: Decision) -> Decision:
    """Approval is switched off: its own questions are not asked, another guard's doubt counts as a no."""
    if decision.outcome != "ask":
        return decision
    if decision.guard == "approval":
        return replace(decision, outcome="allowed", rule="approval.off", reason="approval is switched off")
    reason = f"{decision.reason}; nobody can be asked, approval is switched off"
    return replace(decision, outcome="denied", reason=reason)
