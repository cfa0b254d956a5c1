"""From the policy's approval table to somebody who answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from importlib import import_module
from typing import Any, get_args

from pytest_agentsafety.approval.approvers import CallbackApprover, DenyApprover, OracleApprover
from pytest_agentsafety.approval.console import ConsoleApprover, Terminal
from pytest_agentsafety.config import AVAILABLE_APPROVERS
from pytest_agentsafety.model.decisions import ApprovalRequest
from pytest_agentsafety.model.errors import ConfigError, UnknownNameError
from pytest_agentsafety.model.messages import PlannedCall
from pytest_agentsafety.model.policy import ApprovalRules, ApproverName
from pytest_agentsafety.model.safe_text import one_line
from pytest_agentsafety.protocols import Approver

_PLACE = "[tool.agentsafety.approval] approver"


def make_approver(
    rules: ApprovalRules,
    *,
    ground_truth: Sequence[PlannedCall] = (),
    callback: Callable[[ApprovalRequest], Any] | None = None,
    terminal: Terminal | None = None,
    suspend: Callable[[], AbstractContextManager[object]] = nullcontext,
) -> Approver:
    """The approver the rules name.

    `ground_truth` is for "oracle"; `callback` for "callback", where it wins over the rules' `module:attr`;
    `terminal` (read from, write to) and `suspend` (holds back output capture) for "console".
    Raises UnknownNameError, or ConfigError for one that is not in this version or cannot be made.
    """
    if rules.approver not in AVAILABLE_APPROVERS:
        raise _unavailable(rules.approver)
    if rules.approver == "oracle":
        return OracleApprover(ground_truth)
    if rules.approver == "console":
        return ConsoleApprover(terminal, suspend)
    if rules.approver == "callback":
        return CallbackApprover(callback or load_callback(rules.callback))
    return DenyApprover()


def _unavailable(name: str) -> ConfigError:
    if name in get_args(ApproverName):
        valid = ", ".join(sorted(AVAILABLE_APPROVERS))
        return ConfigError(f"{_PLACE}: {name!r} is not in this version. Valid: {valid}")
    return UnknownNameError("approver", one_line(str(name)), AVAILABLE_APPROVERS, place=_PLACE)


def load_callback(reference: str | None) -> Callable[[ApprovalRequest], Any]:
    """Import `module:attr`. Raises ConfigError saying what is missing."""
    if not reference:
        raise ConfigError(f'{_PLACE}: "callback" needs callback = "module:attr" in the same table')
    place = f"[tool.agentsafety.approval] callback {reference!r}"
    module, colon, path = reference.partition(":")
    if not (module and colon and path):
        raise ConfigError(f"{place}: expected module:attr, as in myapp.approval:decide")
    try:
        found: Any = import_module(module)
    except Exception as error:
        raise ConfigError(f"{place}: importing {module!r} raised {type(error).__name__}: {error}") from error
    for part in path.split("."):
        if not hasattr(found, part):
            raise ConfigError(f"{place}: {module!r} has no {path!r}")
        found = getattr(found, part)
    if not callable(found):
        raise ConfigError(f"{place}: is a {type(found).__name__}, not a function of one ApprovalRequest")
    return found  # type: ignore[no-any-return]
