"""Attack one guard from code: the function behind the decorator and the fixture."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from hypothesis.strategies import SearchStrategy

from pytest_agentsafety.fuzz.campaign import Campaign, run_campaign
from pytest_agentsafety.fuzz.chains import Chain
from pytest_agentsafety.fuzz.finding import Bypass
from pytest_agentsafety.fuzz.search import GuardSearches, Texts
from pytest_agentsafety.model.decisions import Stage
from pytest_agentsafety.protocols import Guardrail


def fuzz_guard(
    guard: Guardrail,
    *,
    stage: Stage | None = None,
    oracles: Sequence[str] = (),
    attacks: Texts | None = None,
    clean: Texts | None = None,
    obfuscations: SearchStrategy[Chain] | None = None,
    max_examples: int = 500,
    seconds: float | None = None,
    seed: int | None = None,
    derandomize: bool = False,
    known: Collection[tuple[str, frozenset[str]]] = (),
) -> Campaign:
    """Attack a guard with every oracle that fits it (or those named), `max_examples` each.

    `attacks`, `clean` (strategies or lists) and `obfuscations` replace what is drawn; `stage` defaults to the guard's
    first; `known` are (oracle, step names) of bypasses that are no news. Raises ConfigError when the guard detects none
    of the attacks plain and nothing else can be learned from it.
    """
    searches = GuardSearches(guard, stage=stage, attacks=attacks, clean=clean, chains=obfuscations)
    made = searches.make(oracles)
    campaign = run_campaign(
        searches.probe.name,
        made,
        seconds=seconds,
        examples=max_examples,
        seed=seed,
        derandomize=derandomize,
        known=known,
    )
    campaign.notes += searches.notes
    return campaign


def check_guardrail(
    guard: Guardrail,
    *,
    max_examples: int = 200,
    seed: int | None = None,
    derandomize: bool = False,
    stage: Stage | None = None,
    attacks: Texts | None = None,
    chains: SearchStrategy[Chain] | None = None,
) -> Bypass | None:
    """Look for an obfuscation under which a detected attack is detected no more; None when there was none.

    `stage` defaults to the guard's first in the order input, tool_result, output. Raises ConfigError when the guard
    detects none of the attacks plain: nothing could be learned from it. A guard that raises lets nothing pass.
    """
    campaign = fuzz_guard(
        guard,
        stage=stage,
        oracles=("obfuscation",),
        attacks=attacks,
        obfuscations=chains,
        max_examples=max_examples,
        seed=seed,
        derandomize=derandomize,
    )
    return campaign.bypasses[0] if campaign.bypasses else None
