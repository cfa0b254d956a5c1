"""From the policy's approval table to somebody who answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, get_args

from pytest_agentsafety.approval.approvers import CallbackApprover, DenyApprover, OracleApprover
from pytest_agentsafety.approval.console import ConsoleApprover, Terminal
from pytest_agentsafety.approval.queue import QueueApprover
from pytest_agentsafety.approval.queue_file import ApprovalQueue
from pytest_agentsafety.config import AVAILABLE_APPROVERS
from pytest_agentsafety.model.decisions import ApprovalRequest
from pytest_agentsafety.model.errors import ConfigError, UnknownNameError
from pytest_agentsafety.model.messages import PlannedCall
from pytest_agentsafety.model.policy import ApprovalRules, ApproverName
from pytest_agentsafety.model.safe_text import one_line
from pytest_agentsafety.protocols import Approver

_PLACE = "[tool.agentsafety.approval] approver"


@dataclass(frozen=True, kw_only=True)
class Asking:
    """How the people around a run can be reached. What is None comes from the rules, or is not there.

    `queue` is the file for "queue", `mask` what is applied to everything written there. `terminal` (read from, write
    to), `suspend` (holds back output capture) and `nobody` (why nobody can be asked here) are for "console", `timeout`
    in seconds for "console" and "callback".
    """

    queue: Path | None = None
    mask: Callable[[str], str] = str
    terminal: Terminal | None = None
    suspend: Callable[[], AbstractContextManager[object]] = nullcontext
    nobody: str | None = None
    timeout: float | None = None


def make_approver(
    rules: ApprovalRules,
    *,
    ground_truth: Sequence[PlannedCall] = (),
    callback: Callable[[ApprovalRequest], Any] | None = None,
    asking: Asking | None = None,
    task: str = "",
) -> Approver:
    """The approver the rules name.

    `ground_truth` is for "oracle"; `callback` for "callback", where it wins over the rules' `module:attr`; `task` is
    the name by which "queue" knows the task again in a later run.
    Raises UnknownNameError, or ConfigError for one that is not in this version or cannot be made.
    """
    asking = asking or Asking()
    timeout = rules.timeout if asking.timeout is None else asking.timeout
    if rules.approver not in AVAILABLE_APPROVERS:
        raise _unavailable(rules.approver)
    if rules.approver == "oracle":
        return OracleApprover(ground_truth)
    if rules.approver == "console":
        return ConsoleApprover(asking.terminal, asking.suspend, timeout=timeout, nobody=asking.nobody)
    if rules.approver == "callback":
        return CallbackApprover(callback or load_callback(rules.callback), timeout=timeout)
    if rules.approver == "queue":
        return QueueApprover(ApprovalQueue(_queue_file(rules, asking)), task=task, mask=asking.mask)
    return DenyApprover()


def _queue_file(rules: ApprovalRules, asking: Asking) -> Path:
    if asking.queue is not None:
        return asking.queue
    if rules.queue is not None:
        return Path(rules.queue).absolute()
    raise ConfigError(f'{_PLACE}: "queue" needs queue = "approvals.jsonl" (a file) in the same table')


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
