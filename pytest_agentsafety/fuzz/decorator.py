"""`@fuzz_guardrail(MyGuard())` on a test: attack the guard, keep what is found, and never let it come back."""

from __future__ import annotations

import functools
import inspect
import os
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hypothesis.strategies import SearchStrategy

from pytest_agentsafety import __version__
from pytest_agentsafety.config import FuzzSettings, load_settings
from pytest_agentsafety.fuzz.campaign import Campaign
from pytest_agentsafety.fuzz.casefile import FoundCase, case_of, read_cases, write_case
from pytest_agentsafety.fuzz.chains import Chain
from pytest_agentsafety.fuzz.check import fuzz_guard
from pytest_agentsafety.fuzz.profiles import from_profile
from pytest_agentsafety.fuzz.replaying import Replayed, replay
from pytest_agentsafety.fuzz.search import Texts
from pytest_agentsafety.fuzz.targets import as_guard, guard_target
from pytest_agentsafety.model.decisions import Stage
from pytest_agentsafety.model.safe_text import printable
from pytest_agentsafety.protocols import Guardrail

_EXAMPLES = 300


class BypassFound(AssertionError):
    """A promise of a guard is broken; the message tells how, step by step, and where the case was written."""


def attack_guard(
    guard: Guardrail,
    *,
    target: str,
    attacks: Texts | None = None,
    obfuscations: SearchStrategy[Chain] | None = None,
    clean: Texts | None = None,
    max_examples: int | None = None,
    stage: Stage | None = None,
    oracles: Sequence[str] = (),
    seed: int | None = None,
    root: Path | None = None,
) -> Campaign:
    """Replay the guard's stored cases, then look for new ones. Raises BypassFound; new ones are written first.

    `target` is how a case file names the guard; `root` is where the configuration is searched from.
    """
    settings = load_settings(root or Path.cwd()).fuzz_settings
    stored = [case for case in read_cases(settings.cases) if case.target == target]
    broken = _replayed(stored, guard, target, settings)
    if broken:
        raise BypassFound(_told([f"{one.case.id}: {one.reason}\n{one.case.bypass.explain()}" for one in broken]))
    examples, derandomize = from_profile()
    campaign = fuzz_guard(
        guard,
        stage=stage,
        oracles=oracles,
        attacks=attacks,
        clean=clean,
        obfuscations=obfuscations,
        max_examples=max_examples or examples or _EXAMPLES,
        seed=seed,
        # Without a seed a test says the same every time; `agentsafety-long` is what looks elsewhere.
        derandomize=seed is None and (derandomize or examples is None),
        known=[_known(case) for case in stored],
    )
    if campaign.bypasses:
        cases = [case_of(found, target, stage=stage or "", **_origin(seed)) for found in campaign.bypasses]
        paths = [write_case(settings.cases, case) for case in cases]
        pairs = zip(cases, paths, strict=True)
        raise BypassFound(_told([f"{case.bypass.explain()}\nwritten to {_near(path)}" for case, path in pairs]))
    return campaign


def _known(case: FoundCase) -> tuple[str, frozenset[str]]:
    return case.bypass.oracle, frozenset(step.name for step in case.bypass.chain)


def _replayed(cases: Sequence[FoundCase], guard: Guardrail, target: str, settings: FuzzSettings) -> list[Replayed]:
    today = datetime.now(tz=UTC).date()
    done = [
        replay(
            case,
            guard_target(guard, target, stage=case.stage, place=str(case.path)),
            waiver=settings.waivers.get(case.id),
            today=today,
        )
        for case in cases
    ]
    return [one for one in done if one.fails]


def _origin(seed: int | None) -> dict[str, Any]:
    command = os.environ.get("PYTEST_CURRENT_TEST", "").rpartition(" (")[0]
    found = datetime.now(tz=UTC).date().isoformat()
    return {"version": __version__, "seed": seed, "command": f"pytest {command}".strip(), "found": found}


def _told(stories: Sequence[str]) -> str:
    return printable("\n\n".join([f"{len(stories)} broken promises", *stories]))


def _near(path: Path) -> str:
    relative = os.path.relpath(path)
    return str(path) if relative.startswith("..") else relative


def fuzz_guardrail(guard: Any, *, target: str | None = None, **options: Any) -> Callable[[Callable[..., Any]], Any]:
    """Decorate a test: before its body runs, `guard` (an instance, a class or a factory) is attacked.

    ```python
    @fuzz_guardrail(MyGuard(), max_examples=500)
    def test_my_guard() -> None: ...
    ```
    The test fails with the story of each bypass, which is written as a case file; stored cases of the guard are
    replayed first. Options: `attacks`, `obfuscations`, `clean` (strategies of your own), `max_examples` for each
    oracle, `stage`, `oracles`, `seed`. `target` is how case files name the guard (`module:attr`; default: the
    decorated test itself), so that suites find it again. A body that takes a parameter `campaign` gets what was tried.
    """

    def decorate(test: Callable[..., Any]) -> Callable[..., Any]:
        reference = target or f"{test.__module__}:{test.__qualname__}"
        wants = "campaign" in inspect.signature(test).parameters

        @functools.wraps(test)
        def attacked(*arguments: Any, **fixtures: Any) -> Any:
            campaign = attack_guard(as_guard(guard, reference), target=reference, **options)
            return test(*arguments, **fixtures, **({"campaign": campaign} if wants else {}))

        if wants:
            signature = inspect.signature(test)
            kept = [one for name, one in signature.parameters.items() if name != "campaign"]
            vars(attacked)["__signature__"] = signature.replace(parameters=kept)
        vars(attacked)["agentsafety_guard"] = guard
        return attacked

    return decorate
