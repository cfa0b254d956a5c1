"""Oracles over the whole gate under a policy. No Hypothesis."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from pytest_agentsafety.fuzz.chains import Chain, deliver
from pytest_agentsafety.fuzz.gate_play import TASK, Act, Play, request_of, with_arguments
from pytest_agentsafety.fuzz.oracles import Attempt
from pytest_agentsafety.fuzz.verdict import Verdict
from pytest_agentsafety.gate import Gate
from pytest_agentsafety.model.errors import ConfigError, GuardrailBlocked, StopRun
from pytest_agentsafety.model.policy import Policy
from pytest_agentsafety.protocols import Rates

_RATES = Rates(input=0.0, output=0.0, cache_read=0.0, cache_write=0.0)


class Invariants:
    """Whatever an agent does in whatever order: what must hold of calls, approvals, limits and accounts holds.

    The original is a run of acts as JSON (`gate_play`); there are no steps.
    """

    name = "invariants"
    promise = "nothing runs that policy, person, limits and record do not allow, in any order of acts"

    def __init__(self, policy: Policy, base: Path) -> None:
        self._policy, self._base = with_arguments(policy), base

    def deliver(self, original: str, chain: Chain) -> Attempt:
        return Attempt(original, chain, (original,))

    def before(self, original: str) -> Verdict:
        return Verdict(status="held", reason="before the first act")

    def worth(self, before: Verdict) -> bool:
        return True

    def after(self, attempt: Attempt) -> Verdict:
        wrong = Play(self._policy, self._base).run(acts_of(attempt.text))
        return Verdict(status="broken" if wrong else "held", reason="; ".join(wrong))

    def broken(self, before: Verdict, after: Verdict) -> bool:
        return after.status == "broken"

    def smaller(self, original: str) -> Iterator[str]:
        """The run without each of its acts."""
        acts = acts_of(original)
        for place in range(len(acts)):
            yield json.dumps(acts[:place] + acts[place + 1 :])


def acts_of(text: str) -> list[Act]:
    """The acts in a text. Raises ConfigError for what is none."""
    acts: Any = None
    with suppress(ValueError, RecursionError):
        acts = json.loads(text)
    if not isinstance(acts, list) or not all(isinstance(act, dict) for act in acts):
        raise ConfigError("the original of a gate case must be a JSON list of acts")
    return acts


class GateChunked:
    """What the model door refuses as one text it refuses in several blocks and in several messages."""

    name = "chunking"
    promise = "a text that the model door refuses is refused in several blocks or messages too"

    def __init__(self, policy: Policy) -> None:
        self._gate = Gate(policy, prices=_Free(), base=Path("/nonexistent"))

    def deliver(self, original: str, chain: Chain) -> Attempt:
        return Attempt(original, chain, deliver(chain, original))

    def before(self, original: str) -> Verdict:
        return self._verdict([original], apart=False)

    def worth(self, before: Verdict) -> bool:
        return before.status == "denied"

    def after(self, attempt: Attempt) -> Verdict:
        verdicts = [self._verdict(attempt.pieces, apart=apart) for apart in (False, True)]
        return next((verdict for verdict in verdicts if verdict.lets_pass), verdicts[0])

    def broken(self, before: Verdict, after: Verdict) -> bool:
        return after.lets_pass

    def _verdict(self, texts: Sequence[str], *, apart: bool) -> Verdict:
        task = self._gate.open(TASK)
        how = "in several messages" if apart else "in several blocks"
        try:
            task.admit(request_of(texts, apart=apart)).abandon(ConnectionError("not sent"))
        except GuardrailBlocked as stop:
            return Verdict(status="denied", rule=stop.rule, reason=str(stop))
        except StopRun as stop:
            return Verdict(status="denied", rule=stop.guard, reason=str(stop))
        finally:
            task.close()
        return Verdict(status="allowed", reason=how if len(texts) > 1 else "")


class _Free:
    def rates(self, model: str) -> Rates:
        return _RATES
