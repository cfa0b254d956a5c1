"""Ask the person at the terminal.

Everything shown may come from an attacker: it is escaped, each argument stays on one line of its own, and only `y`,
`Y` or `yes` approves. What was typed before the question was shown is thrown away.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from threading import Lock
from typing import TextIO

from pytest_agentsafety.approval.approvers import DEFAULT_TIMEOUT
from pytest_agentsafety.approval.terminal import drop_typed_ahead, is_terminal, read_line
from pytest_agentsafety.approval.timed import NoAnswerError
from pytest_agentsafety.model.canonical import canonical_json
from pytest_agentsafety.model.decisions import ApprovalAnswer, ApprovalRequest, Origin
from pytest_agentsafety.model.safe_text import one_line, printable

Terminal = tuple[TextIO, TextIO]
VALUE_CHARS = 2_000
_ORIGINS = 20
_YES = frozenset({"y", "Y", "yes"})
_ONE_AT_A_TIME = Lock()


class ConsoleApprover:
    """`terminal` is (read from, write to), by default the process's own streams at the moment of the question.

    `suspend` makes a context manager that holds back output capture while the question is open. No answer within
    `timeout` seconds is a no. `nobody` says why there is nobody to ask; then nothing is shown or read.
    """

    name = "console"

    def __init__(
        self,
        terminal: Terminal | None = None,
        suspend: Callable[[], AbstractContextManager[object]] = nullcontext,
        *,
        timeout: float = DEFAULT_TIMEOUT,
        nobody: str | None = None,
    ) -> None:
        self._terminal, self._suspend = terminal, suspend
        self._timeout, self._nobody = timeout, nobody

    def decide(self, request: ApprovalRequest) -> ApprovalAnswer:
        if self._nobody is not None:
            return self._reject(self._nobody)
        if not _ONE_AT_A_TIME.acquire(timeout=self._timeout):
            return self._reject(f"another question was still open after {self._timeout:g} s")
        try:
            with self._suspend():
                return self._ask(request)
        finally:
            _ONE_AT_A_TIME.release()

    def _ask(self, request: ApprovalRequest) -> ApprovalAnswer:
        reader, writer = self._terminal or (sys.stdin, sys.stderr)
        if not is_terminal(reader):
            return self._reject("there is no terminal to ask at")
        drop_typed_ahead(reader)
        writer.write("\n".join(question(request)) + "\nApprove? Only y approves [y/N]: ")
        writer.flush()
        try:
            line = read_line(reader, self._timeout)
        except NoAnswerError as error:
            writer.write(f"\n{error}: rejected\n")
            return self._reject(str(error))
        if not line:
            return self._reject("end of input")
        if line.strip() in _YES:
            return ApprovalAnswer(answer="approve", by=self.name, reason="approved at the terminal")
        return self._reject("not approved at the terminal")

    def _reject(self, reason: str) -> ApprovalAnswer:
        return ApprovalAnswer(answer="reject", by=self.name, reason=reason)


def question(request: ApprovalRequest) -> Iterator[str]:
    """The lines that are shown, each of them safe for a terminal."""
    call, decision = request.call, request.decision
    yield ""
    yield f"The agent asks to run {one_line(call.name)} (effect: {request.rule.effect})"
    yield f"  task:   {one_line(request.user_task, 500)}"
    yield f"  rule:   {one_line(decision.guard)}: {one_line(decision.rule)}"
    yield f"  reason: {one_line(decision.reason, 500)}"
    yield "  arguments:" if call.arguments else "  arguments: none"
    for name, value in call.arguments.items():
        yield f"    {one_line(str(name))} = {shown_value(value)}"
        for line in _origins(request, str(name)):
            yield f"      from: {line}"


def shown_value(value: object) -> str:
    """A value as JSON on one line, cut where it is very long, saying by how much."""
    text = printable(canonical_json(value))
    if len(text) <= VALUE_CHARS:
        return text
    return f"{text[:VALUE_CHARS]}... ({len(text) - VALUE_CHARS} more characters)"


def _origins(request: ApprovalRequest, name: str) -> Iterator[str]:
    """Where the argument comes from; one line for each value in a list or an object."""
    inside = [where for where in request.origins if where.startswith((f"{name}[", f"{name}.", f"{name} "))]
    if name in request.origins or not inside:
        yield _origin(request.origins.get(name))
    for where in inside[:_ORIGINS]:
        yield f"{one_line(where)}: {_origin(request.origins[where])}"
    if len(inside) > _ORIGINS:
        hidden = [request.origins[where] for where in inside[_ORIGINS:]]
        yield f"{len(hidden)} more, {sum(not origin.trusted for origin in hidden)} of them NOT trusted"


def _origin(origin: Origin | None) -> str:
    if origin is None:
        return "not known"
    trust = "trusted" if origin.trusted else "NOT trusted"
    detail = f", {one_line(origin.detail)}" if origin.detail else ""
    return f"{one_line(origin.source)} ({trust}){detail}"
