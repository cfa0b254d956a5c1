"""From what a finished case left behind to its row of results.jsonl."""

from __future__ import annotations

from dataclasses import dataclass, field

from pytest_agentsafety.approval import unanswered
from pytest_agentsafety.gate import TaskGate
from pytest_agentsafety.gate.tally import Tally
from pytest_agentsafety.model.errors import StopRun
from pytest_agentsafety.model.policy import GUARDS, Policy
from pytest_agentsafety.model.results import CaseResult
from pytest_agentsafety.model.tasks import CaseRun, Score
from pytest_agentsafety.protocols import Approver
from pytest_agentsafety.runner.modes import Cast
from pytest_agentsafety.runner.outcome import Judged, Observed, judge
from pytest_agentsafety.runner.watch import AttackWatch

_UNSCORED = Score(value=None, reason="not scored")


@dataclass
class Finished:
    """Filled while a case runs; complete enough for a row at any moment, even if nothing was opened."""

    run: CaseRun
    policy: Policy
    watch: AttackWatch = field(default_factory=lambda: AttackWatch({}))
    cast: Cast = field(default_factory=Cast)
    task: TaskGate | None = None
    approver: Approver | None = None
    stopped: StopRun | None = None
    utility: Score = _UNSCORED
    attack_score: Score = _UNSCORED
    failure: str | None = None
    limits_stop_it: bool = False
    attack_fix: str = ""

    def fail(self, reason: str) -> None:
        """Remember the first thing that went wrong."""
        self.failure = self.failure or reason

    @property
    def tally(self) -> Tally:
        return Tally() if self.task is None else self.task.tally


def guard_names(policy: Policy) -> tuple[str, ...]:
    """The guards that are on, in their fixed order."""
    return tuple(name for name in GUARDS if name in policy.guards)


def judged(seen: Finished) -> Judged:
    """The verdict; a miss that the agent swallowed still counts."""
    if seen.cast.tape is not None and seen.cast.tape.misses:
        seen.fail(f"CassetteMiss: {seen.cast.tape.last_miss}")
    return judge(
        Observed(
            mode=seen.run.mode,
            attack=seen.run.case.kind == "attack",
            failure=seen.failure,
            stopped=seen.stopped,
            tally=seen.tally,
            delivered=seen.watch.delivered,
            utility=seen.utility,
            attack_score=seen.attack_score,
            attack_unknown=seen.cast.attack_unknown,
            attack_fix=seen.attack_fix,
            never_offered=seen.cast.never_offered,
            refused_by=_refused_by(seen),
            limits_stop_it=seen.limits_stop_it,
            unanswered=unanswered(seen.approver),
        )
    )


def _refused_by(seen: Finished) -> str | None:
    """Who beside the doors kept the attack from happening: "framework" where the tool came through an adapter."""
    lost = seen.cast.lost
    if lost is None or seen.task is None:
        return None
    return "framework" if lost and lost in seen.task.state.adapted else "agent"


def build_result(seen: Finished, *, run_id: str, agent_id: str, transcript: str | None) -> CaseResult:
    """The row. Attack fields are None in a benign one; what an error left undecided is None too."""
    case, tally, verdict = seen.run.case, seen.tally, judged(seen)
    attack = case.kind == "attack"
    decided = verdict.verdict != "error"
    return CaseResult(
        run_id=run_id,
        agent_id=agent_id,
        case_id=case.case_id,
        kind=case.kind,
        suite=case.suite,
        user_task=case.user_task,
        injection_task=case.injection_task,
        vector=case.vector,
        attack=case.attack,
        mode=seen.run.mode,
        model_ids=tuple(tally.model_ids),
        trial=seen.run.trial,
        variant=seen.run.variant,
        guards=guard_names(seen.policy),
        provenance=seen.policy.provenance,
        policy_sha256=seen.policy.sha256,
        verdict=verdict.verdict,
        utility=seen.utility.value if decided else None,
        attack_succeeded=seen.attack_score.value if attack and decided else None,
        delivered=seen.watch.delivered if attack else None,
        exposed=seen.watch.exposed if attack else None,
        stopped_by=verdict.stopped_by,
        escalations=tally.escalations,
        held=tally.held,
        tool_calls=tally.tool_calls,
        tools={name: count.frozen() for name, count in tally.tools.items()},
        retries=tally.retries,
        routes=tuple(tally.routes),
        input_tokens=tally.input_tokens,
        output_tokens=tally.output_tokens,
        cost_usd=round(tally.cost_usd, 9),
        cost_estimated=tally.cost_estimated,
        latency_ms=round(tally.latency_ms, 3),
        error=verdict.reason if verdict.verdict in ("error", "inconclusive") else None,
        cassette_sha256=None if seen.cast.tape is None else seen.cast.tape.sha256,
        transcript=transcript,
        synthetic=not seen.utility.measured,
    )
