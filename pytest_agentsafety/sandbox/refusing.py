"""The sandbox of a version that has none: it runs nothing and says what is missing."""

from __future__ import annotations

from pytest_agentsafety.model.decisions import Decision
from pytest_agentsafety.model.policy import SandboxChoice, ToolRule
from pytest_agentsafety.sandbox.result import SandboxResult

_MISSING: dict[SandboxChoice, tuple[str, ...]] = {
    "auto": ("native backend", "docker backend"),
    "native": ("native backend",),
    "docker": ("docker backend",),
    "refuse": (),
}


class RefusingSandbox:
    """Refuses every run, whatever the rule asks for."""

    def run(self, code: str, rule: ToolRule) -> SandboxResult:
        """`code` is not looked at and nothing is started."""
        return SandboxResult(status="refused", stderr=_reason(rule), missing=_missing(rule))

    def refusal(self, rule: ToolRule) -> Decision:
        """The decision on a call of a tool with this rule."""
        return Decision(outcome="denied", guard="sandbox", rule="sandbox.unavailable", reason=_reason(rule))


def refusal(rule: ToolRule) -> Decision:
    """The decision on a call of a tool that runs code."""
    return RefusingSandbox().refusal(rule)


def _missing(rule: ToolRule) -> tuple[str, ...]:
    return _MISSING.get(rule.sandbox, _MISSING["auto"])


def _reason(rule: ToolRule) -> str:
    missing = _missing(rule)
    if not missing:
        return f"running code is refused: the rule says sandbox = {rule.sandbox!r}"
    return f"running code is refused: this version cannot contain it, it has no {' and no '.join(missing)}"
