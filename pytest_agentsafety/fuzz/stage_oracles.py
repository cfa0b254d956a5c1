"""All guards of one stage as one guard, and the oracle that their order does not matter. No Hypothesis."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from pytest_agentsafety.fuzz.chains import Chain
from pytest_agentsafety.fuzz.oracles import Attempt
from pytest_agentsafety.fuzz.verdict import Verdict
from pytest_agentsafety.guards import StageRunner, StageVerdict
from pytest_agentsafety.model.decisions import GuardContext, GuardrailResult, Stage
from pytest_agentsafety.model.errors import ConfigError
from pytest_agentsafety.protocols import Guardrail


class StageGuard:
    """The guards of a stage as the gate asks them, behind the interface of one."""

    def __init__(self, stage: Stage, guards: Sequence[Guardrail]) -> None:
        """Raises ConfigError when no guard looks at this stage."""
        self.guards = tuple(guard for guard in guards if stage in guard.stages)
        if not self.guards:
            raise ConfigError(f"no guard looks at stage {stage!r}")
        self.stage = stage
        self.name = f"stage:{stage}"
        self.stages: frozenset[Stage] = frozenset({stage})
        self._runner = StageRunner(self.guards)

    @property
    def canaries(self) -> tuple[str, ...]:
        """Those of its guards: what attacks are made of."""
        return tuple(canary for guard in self.guards for canary in getattr(guard, "canaries", ()))

    def check(self, text: str, context: GuardContext) -> GuardrailResult:
        return _as_result(self.name, self._runner.run(self.stage, text, context))


def _as_result(name: str, verdict: StageVerdict) -> GuardrailResult:
    decisive = verdict.decisive
    if decisive is None:
        return GuardrailResult(guard=name, status="clean")
    action = "block" if verdict.blocked else "redact" if verdict.redacted else decisive.action
    return GuardrailResult(
        guard=name,
        status=decisive.status,
        action=action,
        score=decisive.score,
        rule=decisive.rule,
        reason=decisive.reason,
        redacted=verdict.text if action == "redact" else None,
    )


class Ordered:
    """Whether a text passes does not depend on the order in which the guards of its stage are asked."""

    name = "order"
    promise = "whether a text passes does not depend on the order of the guards"

    def __init__(self, guard: StageGuard) -> None:
        self._guard = guard
        self._context = GuardContext(stage=guard.stage)
        self._known = lru_cache(maxsize=1024)(self._verdict)

    def deliver(self, original: str, chain: Chain) -> Attempt:
        return Attempt(original, chain, (original,))

    def before(self, original: str) -> Verdict:
        return self._known(original, "")

    def worth(self, before: Verdict) -> bool:
        return True

    def after(self, attempt: Attempt) -> Verdict:
        order = str(attempt.chain[0].params.get("order", "reversed")) if attempt.chain else "reversed"
        return self._known(attempt.text, order)

    def broken(self, before: Verdict, after: Verdict) -> bool:
        return (before.status, before.action) != (after.status, after.action)

    def _verdict(self, text: str, order: str) -> Verdict:
        guards = list(self._guard.guards)
        if order == "reversed":
            guards.reverse()
        elif order == "rotated":
            guards = guards[1:] + guards[:1]
        elif order == "swapped":
            guards[:2] = guards[1::-1]
        verdict = StageRunner(guards).run(self._guard.stage, text, self._context)
        # Redaction marks may differ by who came first; that something was taken out may not.
        action = "block" if verdict.blocked else "redact" if verdict.redacted else ""
        return Verdict(status="denied" if verdict.blocked else "allowed", action=action)
