"""The oracle of obfuscation: what is detected plain stays detected when it is written another way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from random import Random

from hypothesis import HealthCheck, Phase, find, settings
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample
from hypothesis.strategies import SearchStrategy

from pytest_agentsafety.fuzz.steps import Chain, apply_chain
from pytest_agentsafety.fuzz.strategies import attack_texts, obfuscations
from pytest_agentsafety.model.decisions import GuardContext, GuardrailResult, Stage
from pytest_agentsafety.model.errors import ConfigError
from pytest_agentsafety.model.safe_text import one_line
from pytest_agentsafety.protocols import Guardrail

_PROBES = 50


@dataclass(frozen=True, kw_only=True)
class Bypass:
    """The smallest chain that was found under which a detected attack is detected no more.

    `before` is the verdict on `attack`, `after` the one on `text`, which is the attack behind all steps.
    """

    guard: str
    attack: str
    chain: Chain
    text: str
    before: GuardrailResult
    after: GuardrailResult

    def explain(self) -> str:
        """What was done, step by step, one printable line each."""
        lines = [f"guard {self.guard!r} detects: {one_line(self.attack)}", f"  by rule {self.before.rule or '(none)'}"]
        text = self.attack
        for number, step in enumerate(self.chain, 1):
            text = step.apply(text)
            lines.append(f"{number}. {step}: {one_line(text)}")
        lines.append(f"and then says {self.after.status!r}, action {self.after.action!r}")
        return "\n".join(lines)


def check_guardrail(
    guard: Guardrail,
    *,
    max_examples: int = 200,
    seed: int | None = None,
    derandomize: bool = False,
    stage: Stage | None = None,
    attacks: SearchStrategy[str] | None = None,
    chains: SearchStrategy[Chain] | None = None,
) -> Bypass | None:
    """Look for a bypass; None when `max_examples` pairs of attack and chain showed none.

    `stage` defaults to the guard's first in the order input, tool_result, output. Raises ConfigError when the guard
    detects none of the attacks plain: nothing could be learned from it. A guard that raises lets nothing pass.
    """
    context = GuardContext(stage=stage or _stage_of(guard))
    options = settings(
        max_examples=max_examples,
        derandomize=derandomize and seed is None,
        database=None,
        deadline=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    plain = attack_texts() if attacks is None else attacks
    wanted = obfuscations() if chains is None else chains

    @cache
    def detects(attack: str) -> bool:
        return _detects(_verdict(guard, attack, context))

    _require_detection(guard, plain, detects, options, seed)

    def bypassed(pair: tuple[str, Chain]) -> bool:
        attack, chain = pair
        return detects(attack) and not _detects(_verdict(guard, apply_chain(chain, attack), context))

    random = None if seed is None else Random(seed)
    try:
        attack, chain = find(st.tuples(plain, wanted), bypassed, settings=options, random=random)
    except NoSuchExample:
        return None
    text = apply_chain(chain, attack)
    return Bypass(
        guard=guard.name,
        attack=attack,
        chain=chain,
        text=text,
        before=_verdict(guard, attack, context),
        after=_verdict(guard, text, context),
    )


def _stage_of(guard: Guardrail) -> Stage:
    order: tuple[Stage, ...] = ("input", "tool_result", "output")
    return next((stage for stage in order if stage in guard.stages), "input")


def _verdict(guard: Guardrail, text: str, context: GuardContext) -> GuardrailResult:
    try:
        return guard.check(text, context)
    except Exception as error:  # noqa: BLE001 - the guard boundary: a crashed guard blocks
        reason = f"{type(error).__name__}: {error}"
        return GuardrailResult(guard=guard.name, status="crashed", action="block", reason=reason)


def _detects(result: GuardrailResult) -> bool:
    return result.triggered or result.blocks


def _require_detection(
    guard: Guardrail, attacks: SearchStrategy[str], detects: Callable[[str], bool], options: settings, seed: int | None
) -> None:
    probing = settings(options, max_examples=_PROBES, phases=(Phase.generate,))
    try:
        find(attacks, detects, settings=probing, random=None if seed is None else Random(seed))
    except NoSuchExample:
        message = f"guard {guard.name!r} detects none of {_PROBES} plain attacks: pass `attacks` that it is meant for"
        raise ConfigError(message) from None
