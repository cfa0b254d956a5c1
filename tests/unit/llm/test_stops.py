from __future__ import annotations

import copy
import pickle
import subprocess
import sys

import anthropic
import pytest

from pytest_agentsafety.llm import as_sdk_error, raise_through_sdk
from pytest_agentsafety.model.errors import (
    BudgetExceededError,
    CassetteMiss,
    GuardrailBlocked,
    LimitExceededError,
    MaxRetriesExceeded,
    RunTerminated,
    StopRun,
    TokenLimitError,
)

STOPS = [
    StopRun("plain"),
    BudgetExceededError("cost", 1.5, 1.0, unit=" USD"),
    TokenLimitError("tokens", 10, 5),
    MaxRetriesExceeded(4, "HTTP status 529"),
    CassetteMiss("not there"),
    GuardrailBlocked("injection", "rule", "why"),
    RunTerminated("killed"),
]


@pytest.mark.parametrize("stop", STOPS, ids=lambda stop: type(stop).__name__)
def test_the_twin_is_the_stop_and_an_sdk_error(stop: StopRun):
    twin = as_sdk_error(stop)
    assert isinstance(twin, type(stop))
    assert isinstance(twin, anthropic.AnthropicError)
    assert not isinstance(twin, anthropic.APIError)
    assert (str(twin), twin.args, vars(twin), twin.guard) == (str(stop), stop.args, vars(stop), stop.guard)
    assert type(twin).__name__ == type(stop).__name__


def test_a_twin_is_not_wrapped_again_and_its_class_is_made_once():
    twin = as_sdk_error(StopRun("x"))
    assert as_sdk_error(twin) is twin
    assert type(as_sdk_error(StopRun("y"))) is type(twin)


def test_raising_it_is_caught_by_every_base():
    for kind in (BudgetExceededError, LimitExceededError, StopRun, anthropic.AnthropicError):
        with pytest.raises(kind):
            raise_through_sdk(BudgetExceededError("cost", 2, 1))


def test_no_cause_is_carried_along_where_the_sdk_looks_for_errors_to_retry():
    try:
        raise StopRun("x") from anthropic.APIConnectionError(request=None)  # type: ignore[arg-type]
    except StopRun as exc:
        twin = as_sdk_error(exc)
    assert twin.__cause__ is None
    assert twin.__traceback__ is not None


@pytest.mark.parametrize("clone", [copy.copy, lambda exc: pickle.loads(pickle.dumps(exc))], ids=["copy", "pickle"])
def test_a_twin_travels_as_the_plain_stop(clone):
    there = clone(as_sdk_error(BudgetExceededError("cost", 1.5, 1.0)))
    assert type(there) is BudgetExceededError
    assert (there.kind, there.value, there.limit) == ("cost", 1.5, 1.0)
    assert str(there) == str(BudgetExceededError("cost", 1.5, 1.0))


def test_without_the_sdk_nothing_is_made_up_and_nothing_imported():
    code = (
        "import sys\n"
        "from pytest_agentsafety.llm.stops import as_sdk_error\n"
        "from pytest_agentsafety.model.errors import StopRun\n"
        "stop = StopRun('x')\n"
        "assert as_sdk_error(stop) is stop\n"
        "assert not {'anthropic', 'httpx2', 'httpx', 'pydantic'} & sys.modules.keys()\n"
        "sys.modules['anthropic'] = type(sys)('anthropic')  # half imported: no names yet\n"
        "assert as_sdk_error(stop) is stop\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, env={"PYTHONPATH": ":".join(filter(None, sys.path))})
