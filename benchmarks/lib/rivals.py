"""Public gates behind the seam of the project's own provenance: they see the same calls and results, and decide.

Each drafts its policy from the same tools with its own drafting, untouched. An ask counts as refused, as ours does.
They are no part of the project: `pip install -r benchmarks/requirements-rivals.txt`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Any, ClassVar

from pytest_agentsafety.model.decisions import Decision, Origin
from pytest_agentsafety.model.messages import ToolCall, ToolSpec

_SPACE = "app"


class Rival:
    """Takes the place of `ProvenanceTracker` for one task. `tools` are those of the suite that runs."""

    tools: ClassVar[tuple[ToolSpec, ...]] = ()
    _drafts: ClassVar[dict[tuple[type[Rival], str], Any]] = {}
    suite: ClassVar[str] = ""
    package: ClassVar[str]

    def __init__(self, task: str, *, system: str | None = None, **_: Any) -> None:
        self._arguments: dict[str, Mapping[str, Any]] = {}
        self.begin(task)

    @classmethod
    def use(cls, suite: str, tools: Sequence[ToolSpec]) -> None:
        """The tools of the cases that come now."""
        Rival.suite, Rival.tools = suite, tuple(tools)

    def drafted(self) -> Any:
        """The policy of these tools, drafted once."""
        key = (type(self), Rival.suite)
        if key not in Rival._drafts:
            Rival._drafts[key] = self.draft([(spec.name, dict(spec.input_schema or {})) for spec in Rival.tools])
        return Rival._drafts[key]

    def saw_result(self, call: ToolCall, rule: object, sense: object, text: str, data: object = None) -> None:
        self.saw(call.name, self._arguments.get(call.name, call.arguments), text)

    def lose_track(self, reason: str) -> None:
        """A rival that crashes on a result goes on without it, as it would in an agent of its own."""

    def check_answer(self, text: str) -> tuple[str, tuple[str, ...]]:
        return text, ()

    def origins(self, call: ToolCall, rule: object, **_: Any) -> dict[str, Origin]:
        return {}

    def judge(self, call: ToolCall, rule: object, *_: object) -> Decision:
        self._arguments[call.name] = call.arguments
        reason = self.refusal(call)
        if reason is None:
            return Decision(outcome="allowed", guard="provenance", rule=f"{self.package}.allowed", reason="")
        return Decision(outcome="ask", guard="provenance", rule=f"{self.package}.refused", reason=reason)

    def draft(self, tools: Sequence[tuple[str, dict[str, Any]]]) -> Any:
        """A policy from names and schemas."""
        raise NotImplementedError

    def begin(self, task: str) -> None:
        raise NotImplementedError

    def saw(self, tool: str, arguments: Mapping[str, Any], text: str) -> None:
        raise NotImplementedError

    def refusal(self, call: ToolCall) -> str | None:
        """Why a call may not run, None where it may."""
        raise NotImplementedError


class ReasonGateTaint(Rival):
    """reasongate as its MCP gateway runs it by default: a tainted argument is refused."""

    package = "reasongate"
    authorized = True

    def draft(self, tools: Sequence[tuple[str, dict[str, Any]]]) -> Any:
        catalog = import_module("reasongate.catalog")
        return catalog.policies_from_schemas([{"name": name, "input_schema": schema} for name, schema in tools])

    def begin(self, task: str) -> None:
        gates, types = import_module("reasongate.agent_gate"), import_module("reasongate.types")
        asked = types.Segment(text=task, source="user", trust="trusted")
        self._session = gates.GateSession(gates.ToolGate(self.drafted()), context=[asked])

    def saw(self, tool: str, arguments: Mapping[str, Any], text: str) -> None:
        self._session.record_result({"name": tool, "args": dict(arguments)}, text)

    def refusal(self, call: ToolCall) -> str | None:
        made = {"name": call.name, "args": dict(call.arguments)}
        decision = self._session.authorize(made, authorized=self.authorized)
        return None if decision.allowed else str(decision.detections[0].reason)


class ReasonGateStrict(ReasonGateTaint):
    """reasongate in its strict mode: no sensitive call once untrusted data is in scope."""

    authorized = False


class TrifectaGuard(Rival):
    """trifectaguard as a library: what it would ask about or block is refused."""

    package = "trifectaguard"

    def draft(self, tools: Sequence[tuple[str, dict[str, Any]]]) -> Any:
        drafting = import_module("trifectaguard.draft")
        named = [{"name": name, "params": list(schema.get("properties", {}))} for name, schema in tools]
        return drafting.draft(named)[0]

    def begin(self, task: str) -> None:
        self._guard = import_module("trifectaguard").Guard({_SPACE: self.drafted()})
        self._guard.user_message(task)

    def saw(self, tool: str, arguments: Mapping[str, Any], text: str) -> None:
        self._guard.after(tool, dict(arguments), text)

    def refusal(self, call: ToolCall) -> str | None:
        verdict = self._guard.before(call.name, dict(call.arguments))
        return None if verdict.action == "allow" else f"{verdict.reason} ({verdict.rule})"


RIVALS: dict[str, type[Rival]] = {
    "reasongate taint": ReasonGateTaint,
    "reasongate strict": ReasonGateStrict,
    "trifectaguard": TrifectaGuard,
}
