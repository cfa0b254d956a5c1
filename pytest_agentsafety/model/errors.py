"""Every error the library raises on purpose.

Two families: `ConfigError` (something a person wrote is wrong; the message names value, place,
near miss and valid values) and `StopRun` (a running agent has to end). A `StopRun` that crosses an
SDK is raised through `pytest_agentsafety.llm.stops.raise_through_sdk`, which makes it a subclass of the
SDK's own error so that the SDK neither retries nor wraps it.
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


class AgentSafetyError(Exception):
    """Base of all errors of this library."""


class ConfigError(AgentSafetyError):
    """A setting, file, name or option value is wrong. Exit status 4 unless it concerns one case only."""


class MissingExtraError(ConfigError):
    """A feature needs a package that is not installed; the message holds the pip command."""


class UnknownNameError(ConfigError):
    """A name that is none of the valid ones.

    `what` is the kind of thing ("suite", "key"), `place` where it was written (an option, a file and its table).
    """

    def __init__(self, what: str, value: str, valid: Iterable[str], *, place: str = "") -> None:
        self.what, self.value, self.place = what, value, place
        self.valid = tuple(sorted(valid))
        super().__init__(unknown_name_message(what, value, self.valid, place=place))


def unknown_name_message(what: str, value: str, valid: Iterable[str], *, place: str = "") -> str:
    """Say place, value, near miss and the valid values, in this order."""
    names = tuple(valid)
    head = f"{place}: " if place else ""
    near = get_close_matches(value, names, n=1, cutoff=0.6)
    hint = f" Did you mean {near[0]!r}?" if near else ""
    listed = ", ".join(names) if names else "none"
    return f"{head}unknown {what} {value!r}.{hint} Valid: {listed}"


class StopRun(AgentSafetyError):
    """The agent's run ends here; `guard` names the part that ended it. Never a success, never 'safe'."""

    guard = "stop"


class LimitExceededError(StopRun):
    """A limit would be passed: `kind` (what), `value` (the would-be figure), `limit`; raised before the act."""

    guard = "budget"

    def __init__(self, kind: str, value: float, limit: float, *, unit: str = "") -> None:
        self.kind, self.value, self.limit, self.unit = kind, value, limit, unit
        super().__init__(f"{kind} would reach {value:,.6g}{unit}, over the limit of {limit:,.6g}{unit}")


class BudgetExceededError(LimitExceededError):
    """A cost limit, in US dollars."""


class TokenLimitError(LimitExceededError):
    """A limit on tokens."""


class UnknownModelError(StopRun):
    """No price is known for a model id, so no bound on its cost can be given."""

    guard = "budget"


class MaxRetriesExceeded(StopRun):
    """A model call kept failing; `last` is the last failure in words, `attempts` how many were made."""

    guard = "retry"

    def __init__(self, attempts: int, last: str) -> None:
        self.attempts, self.last = attempts, last
        super().__init__(f"gave up after {attempts} attempts, last failure: {last}")


class CassetteMiss(StopRun):
    """A request is not on the cassette. The message names the nearest recording and what differs."""

    guard = "cassette"


class GuardrailBlocked(StopRun):
    """An input guardrail refused the text that was about to reach the model."""

    def __init__(self, guard: str, rule: str, reason: str) -> None:
        self.guard, self.rule, self.reason = guard, rule, reason
        super().__init__(f"blocked by {guard} ({rule}): {reason}")


class RunTerminated(StopRun):
    """An approver said terminate, the kill switch was used, or the case is over and a straggler still calls."""

    guard = "terminated"
