"""Asks now, is answered later: the question waits in a file, and the next run finds the answer."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from pytest_agentsafety.approval.queue_file import ANSWERS, ApprovalQueue, Entry, LockedQueue
from pytest_agentsafety.model.canonical import digest
from pytest_agentsafety.model.decisions import Answer, ApprovalAnswer, ApprovalRequest
from pytest_agentsafety.model.leaves import plain
from pytest_agentsafety.protocols import Approver

ID_CHARS = 24
_STRING_CHARS = 20_000


class QueueApprover:
    """One task's questions. `task` names it over runs (a case); `mask` is applied to everything that is written.

    An answer is good for this task, call and occurrence (the n-th equal call of the task) in every later run. Without
    a `task` nobody can tell two runs from each other, so that each answer is good once. `unanswered` holds the ids
    that were asked and not decided: the calls were held, and what became of the task is not known.
    """

    name = "queue"

    def __init__(self, queue: ApprovalQueue, *, task: str = "", mask: Callable[[str], str] = str) -> None:
        self._queue, self._task, self._mask = queue, task, mask
        self._seen: Counter[str] = Counter()
        self._lock = threading.Lock()
        self.unanswered: list[str] = []

    def decide(self, request: ApprovalRequest) -> ApprovalAnswer:
        try:
            entry = self._look_up(request)
        except (OSError, ValueError) as error:
            return self._held("unwritten", f"the queue {self._queue.path} cannot be used: {error}")
        if entry.problem is not None:
            return self._held(entry.id, f"{entry.id} in {self._queue.path.name}: {entry.problem}")
        if not entry.settled:
            said = f" ({entry.answer}: {entry.reason})" if entry.answer else ""
            return self._held(entry.id, f"waits for an answer as {entry.id} in {self._queue.path.name}{said}")
        return _answer(entry, request)

    def _look_up(self, request: ApprovalRequest) -> Entry:
        base = _identity(self._task, request)
        with self._lock:
            self._seen[base] += 1
            count = self._seen[base]
        with self._queue.locked(create=True) as queue:
            return self._once(queue, base, request) if not self._task else self._find(queue, base, count, request)

    def _find(self, queue: LockedQueue, base: str, occurrence: int, request: ApprovalRequest) -> Entry:
        """The entry for this call; the question is written where it was not asked before."""
        name = digest([base, occurrence])[:ID_CHARS]
        known = queue.entries([name]).get(name)
        if known is not None:
            return known
        record = self._record(name, occurrence, request)
        queue.append(record)
        return Entry(record)

    def _once(self, queue: LockedQueue, base: str, request: ApprovalRequest) -> Entry:
        """The first entry that was not spent; a decision is spent before it is given."""
        occurrence = 1
        while (entry := self._find(queue, base, occurrence, request)).used:
            occurrence += 1
        if entry.settled:
            queue.append({"type": "used", "id": entry.id}, durable=True)
        return entry

    def _record(self, name: str, occurrence: int, request: ApprovalRequest) -> dict[str, Any]:
        call, decision = request.call, request.decision
        origins = {where: {"source": o.source, "detail": o.detail, "trusted": o.trusted} for where, o in
                   request.origins.items()}  # fmt: skip
        told = {
            "user_task": request.user_task,
            "tool": call.name,
            "arguments": call.arguments,
            "origins": origins,
            "reason": decision.reason,
        }
        return {
            "type": "ask",
            "id": name,
            "task_id": self._task,
            "occurrence": occurrence,
            "effect": request.rule.effect,
            "guard": decision.guard,
            "rule": decision.rule,
            **plain(told, self._shown),
            "asked_at": time.time(),
            "answer": None,
        }

    def _shown(self, text: str) -> str:
        shown = self._mask(text)
        return shown if len(shown) <= _STRING_CHARS else f"{shown[:_STRING_CHARS]}... ({len(shown)} characters)"

    def _held(self, name: str, reason: str) -> ApprovalAnswer:
        with self._lock:
            self.unanswered.append(name)
        return ApprovalAnswer(answer="escalate", by=self.name, reason=reason)


def _identity(task: str, request: ApprovalRequest) -> str:
    """What an answer is bound to. The arguments count as they are, not as they are shown."""
    call = request.call
    return digest([task, request.user_task, call.name, request.rule.effect, dict(call.arguments)])


def _answer(entry: Entry, request: ApprovalRequest) -> ApprovalAnswer:
    reason = entry.reason or f"answered in the queue ({entry.id})"
    if entry.answer == "modify" and isinstance(entry.arguments, Mapping):
        # What a person was shown is masked: only what they changed is taken from them.
        changed = {**request.call.arguments, **entry.arguments}
        return ApprovalAnswer(answer="modify", by="queue", reason=reason, arguments=changed)
    word: Answer = next(word for word in ANSWERS if word == entry.answer)
    return ApprovalAnswer(answer=word, by="queue", reason=reason)


def unanswered(approver: Approver | None) -> tuple[str, ...]:
    """The ids that wait, for a queue; nothing else leaves a question open."""
    return tuple(dict.fromkeys(approver.unanswered)) if isinstance(approver, QueueApprover) else ()
