"""Play a stored case again: does the promise hold by now? No Hypothesis."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from pytest_agentsafety.fuzz.casefile import FoundCase
from pytest_agentsafety.fuzz.oracles import Attempt, Oracle
from pytest_agentsafety.fuzz.targets import Target
from pytest_agentsafety.fuzz.verdict import Verdict
from pytest_agentsafety.model.errors import UnknownNameError
from pytest_agentsafety.model.waiver import Waiver

Outcome = Literal["safe", "unsafe", "error"]


@dataclass(frozen=True, kw_only=True)
class Replayed:
    """`verdict`: safe (the promise holds), unsafe (it is broken), error (it cannot be told; `reason` why).

    `waived`: it is broken, and somebody answers for that today.
    """

    case: FoundCase
    verdict: Outcome
    before: Verdict | None = None
    after: Verdict | None = None
    reason: str = ""
    waiver: Waiver | None = None
    waived: bool = False

    @property
    def fails(self) -> bool:
        return self.verdict != "safe" and not self.waived


def replay(case: FoundCase, target: Target, *, waiver: Waiver | None = None, today: date) -> Replayed:
    """Judge the stored text, not one made anew: steps may be written better in a later version.

    `waiver` is the configuration's; the case file's own comes first. Raises UnknownNameError for an oracle that the
    target has not.
    """
    oracle = target.oracles.get(case.bypass.oracle)
    if oracle is None:
        raise UnknownNameError("oracle", case.bypass.oracle, target.oracles, place=str(case.path or case.id))
    before = oracle.before(case.bypass.attack)
    after = oracle.after(Attempt(case.bypass.attack, case.bypass.chain, case.bypass.pieces))
    verdict, reason = _judged(oracle, before, after)
    accepted = case.waiver or waiver
    expired = accepted is not None and accepted.expired(today)
    waived = verdict == "unsafe" and accepted is not None and not expired
    if verdict == "unsafe" and accepted is not None:
        reason += f"; {'the waiver has EXPIRED, it was ' if expired else ''}{accepted}"
    return Replayed(
        case=case, verdict=verdict, before=before, after=after, reason=reason, waiver=accepted, waived=waived
    )


def _judged(oracle: Oracle, before: Verdict, after: Verdict) -> tuple[Outcome, str]:
    if not oracle.worth(before):
        return "unsafe", f"the original itself is judged otherwise by now ({before}): the promise is not even tried"
    if oracle.broken(before, after):
        said = f" ({after.reason})" if after.reason else ""
        return "unsafe", f"broken: {oracle.promise}; it says {after}{said}"
    return "safe", f"holds: {oracle.promise}"
