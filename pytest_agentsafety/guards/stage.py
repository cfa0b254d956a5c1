"""All guards of one stage over one text: concurrently, each to its end, one verdict."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from pytest_agentsafety.guards.canaries import CanaryGuard
from pytest_agentsafety.guards.content_policy import ContentPolicyGuard
from pytest_agentsafety.guards.exfiltration import ExfiltrationGuard
from pytest_agentsafety.guards.injection import InjectionGuard
from pytest_agentsafety.guards.own import load_guardrails
from pytest_agentsafety.guards.pii import PiiGuard
from pytest_agentsafety.guards.pool import GuardPool
from pytest_agentsafety.guards.scope import ScopeGuard
from pytest_agentsafety.model.decisions import GuardContext, GuardrailResult, Stage
from pytest_agentsafety.model.policy import Policy
from pytest_agentsafety.protocols import Guardrail

DEADLINE_SECONDS = 30.0
# A guard that says `inline = True` (microseconds, no waiting) runs in the caller up to this many characters.
INLINE_MAX_CHARS = 64 * 1024
_NOTHING = ("clean", "skipped")


@dataclass(frozen=True, kw_only=True)
class StageVerdict:
    """What the guards of a stage said, in the order they were given, and what follows.

    `decisive` is the result that the reason is taken from: the first that blocks, else escalates, else triggered.
    `text` is the text to go on with (redacted where a guard said so); meaningless when `blocked`.
    """

    results: tuple[GuardrailResult, ...]
    decisive: GuardrailResult | None
    text: str
    blocked: bool
    elapsed_ms: float

    @property
    def escalated(self) -> bool:
        return not self.blocked and any(r.triggered and r.action == "escalate" for r in self.results)

    @property
    def redacted(self) -> bool:
        return not self.blocked and any(r.triggered and r.action == "redact" for r in self.results)


class StageRunner:
    """Runs guards. The order given is the priority of their reasons, not of their running."""

    def __init__(self, guardrails: Sequence[Guardrail], *, deadline: float = DEADLINE_SECONDS) -> None:
        """`deadline` in seconds, for guards that do not run inline; one that misses it counts as crashed."""
        self.guardrails = tuple(guardrails)
        self.deadline = deadline

    def run(self, stage: Stage, text: str, context: GuardContext) -> StageVerdict:
        """Never raises: a guard that does counts as crashed, and that blocks."""
        began = time.perf_counter()
        guards = [guard for guard in self.guardrails if stage in guard.stages]
        results = self._check_all(guards, text, context if context.stage == stage else replace(context, stage=stage))
        new_text, blocked, found = text, False, not all(result.status in _NOTHING for result in results)
        if found:
            blocked = any(result.blocks for result in results)
            if not blocked:
                new_text, results = self._redact(guards, results, text, context)
                blocked = any(result.blocks for result in results)
        return StageVerdict(
            results=tuple(results),
            decisive=_decisive(results) if found else None,
            text=new_text,
            blocked=blocked,
            elapsed_ms=(time.perf_counter() - began) * 1000,
        )

    def _check_all(self, guards: Sequence[Guardrail], text: str, context: GuardContext) -> list[GuardrailResult]:
        """Those that may wait are started first; inline ones run here meanwhile."""
        inline = [len(text) <= INLINE_MAX_CHARS and getattr(guard, "inline", False) is True for guard in guards]
        pending = {i: _pool().submit(_task(guard, text, context)) for i, guard in enumerate(guards) if not inline[i]}
        end = time.monotonic() + self.deadline
        here = {i: _checked(guard, _task(guard, text, context)) for i, guard in enumerate(guards) if inline[i]}
        return [here[i] if i in here else self._wait(guards[i], pending[i], end) for i in range(len(guards))]

    def _wait(self, guard: Guardrail, future: Future[Any], end: float) -> GuardrailResult:
        def result() -> Any:
            try:
                return future.result(timeout=max(0.0, end - time.monotonic()))
            except TimeoutError:
                if future.done():
                    raise
                raise _DeadlineMissed(f"no answer within {self.deadline:g} s") from None

        return _checked(guard, result)

    def _redact(
        self, guards: Sequence[Guardrail], results: list[GuardrailResult], text: str, context: GuardContext
    ) -> tuple[str, list[GuardrailResult]]:
        """Put several redactions together: each further guard looks at the text as the ones before it left it."""
        results = list(results)
        first = True
        for i, result in enumerate(results):
            if not result.triggered or result.action != "redact":
                continue
            if first:
                text, first = _redacted_text(result), False
                continue
            again = self._check_all([guards[i]], text, context)[0]
            if again.blocks:
                results[i] = again
            elif again.triggered and again.action == "redact":
                text = _redacted_text(again)
        return text, results


class _DeadlineMissed(Exception):
    pass


@cache
def _pool() -> GuardPool:
    return GuardPool()


# Threads do not survive a fork: a child starts with a pool of its own.
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_pool.cache_clear)


def _task(guard: Guardrail, text: str, context: GuardContext) -> Callable[[], Any]:
    return lambda: guard.check(text, context)


def _checked(guard: Guardrail, call: Callable[[], Any]) -> GuardrailResult:
    """The guard's result, or what stands for it when there is none. This is the guard boundary."""
    try:
        result = call()
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # noqa: BLE001 - whatever a guard raises, it did not say the text is safe
        return _crashed(guard, f"{type(error).__name__}: {error}")
    if not isinstance(result, GuardrailResult):
        return _crashed(guard, f"check() returned {type(result).__name__}, expected GuardrailResult")
    if result.triggered and result.action == "redact" and result.redacted is None:
        return _crashed(guard, "action is 'redact' but redacted is None")
    return result


def _crashed(guard: Guardrail, reason: str) -> GuardrailResult:
    name = str(getattr(guard, "name", type(guard).__name__))
    return GuardrailResult(guard=name, status="crashed", action="block", rule=f"{name}.crashed", reason=reason)


def _redacted_text(result: GuardrailResult) -> str:
    assert result.redacted is not None
    return result.redacted


def _decisive(results: Sequence[GuardrailResult]) -> GuardrailResult | None:
    return next(_by_weight(results), None)


def _by_weight(results: Sequence[GuardrailResult]) -> Iterator[GuardrailResult]:
    yield from (r for r in results if r.blocks)
    yield from (r for r in results if r.triggered and r.action == "escalate")
    yield from (r for r in results if r.triggered)


def default_guardrails(policy: Policy, *, root: Path | None = None) -> list[Guardrail]:
    """The text guards that the policy switches on, in the priority of their reasons; the user's own come last.

    Modules of the user's guards are looked for below `root` too. Raises ConfigError for one that cannot be used.
    """
    guards: list[Guardrail] = []
    if "injection" in policy.guards:
        guards.append(InjectionGuard())
    if "content_policy" in policy.guards:
        guards.append(ContentPolicyGuard(policy.content))
    if "scope" in policy.guards:
        guards.append(ScopeGuard(policy.scope))
    if "pii" in policy.guards:
        domains = {domain for rule in policy.tools.values() for domain in rule.allowed_domains or ()}
        guards += [CanaryGuard(policy.canaries), ExfiltrationGuard(domains), PiiGuard()]
    questions = tuple(name for name in policy.judge.questions if name in policy.guards)
    if policy.judge.model and questions:
        from pytest_agentsafety.guards.judge import JudgeGuard

        guards.append(
            JudgeGuard(policy.judge.model, rules=replace(policy.judge, questions=questions), content=policy.content)
        )
    return [*guards, *load_guardrails(policy.guardrails, root=root)]
