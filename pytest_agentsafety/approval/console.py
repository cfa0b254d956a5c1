"""Ask the person at the terminal.

Everything shown may come from an attacker: it is escaped, each argument stays on one line of its own, and only `y`,
`Y` or `yes` approves.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from threading import Lock
from typing import TextIO

from pytest_agentsafety.model.canonical import canonical_json
from pytest_agentsafety.model.decisions import ApprovalAnswer, ApprovalRequest
from pytest_agentsafety.model.safe_text import one_line, printable

Terminal = tuple[TextIO, TextIO]
VALUE_CHARS = 2_000
_YES = frozenset({"y", "Y", "yes"})
_ONE_AT_A_TIME = Lock()


class ConsoleApprover:
    """`terminal` is (read from, write to), by default the process's own streams at the moment of the question.

    `suspend` makes a context manager that holds back output capture while the question is open.
    """

    name = "console"

    def __init__(
        self, terminal: Terminal | None = None, suspend: Callable[[], AbstractContextManager[object]] = nullcontext
    ) -> None:
        self._terminal, self._suspend = terminal, suspend

    def decide(self, request: ApprovalRequest) -> ApprovalAnswer:
        with _ONE_AT_A_TIME, self._suspend():
            reader, writer = self._terminal or (sys.stdin, sys.stderr)
            if not _is_terminal(reader):
                return self._reject("there is no terminal to ask at")
            writer.write("\n".join(question(request)) + "\nApprove? Only y approves [y/N]: ")
            writer.flush()
            line = reader.readline()
        if not line:
            return self._reject("end of input")
        if line.strip() in _YES:
            return ApprovalAnswer(answer="approve", by=self.name, reason="approved at the terminal")
        return self._reject("not approved at the terminal")

    def _reject(self, reason: str) -> ApprovalAnswer:
        return ApprovalAnswer(answer="reject", by=self.name, reason=reason)


def _is_terminal(reader: TextIO | None) -> bool:
    """A process without standard input, or with a closed one, has no terminal."""
    try:
        return reader is not None and reader.isatty()
    except ValueError:
        return False


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
        yield f"      from: {_origin(request, name)}"


def shown_value(value: object) -> str:
    """A value as JSON on one line, cut where it is very long, saying by how much."""
    text = printable(canonical_json(value))
    if len(text) <= VALUE_CHARS:
        return text
    return f"{text[:VALUE_CHARS]}... ({len(text) - VALUE_CHARS} more characters)"


def _origin(request: ApprovalRequest, name: str) -> str:
    origin = request.origins.get(name)
    if origin is None:
        return "not known"
    trust = "trusted" if origin.trusted else "NOT trusted"
    detail = f", {one_line(origin.detail)}" if origin.detail else ""
    return f"{one_line(origin.source)} ({trust}){detail}"
