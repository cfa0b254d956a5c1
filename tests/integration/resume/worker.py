"""A long agent run that kills itself. Started once; every run is a fork of it, so that nothing is imported twice.

Takes one JSON command per line: {"folder", "url", "kill", "trust"}; answers with the wait status of the run. `kill`
is the number of the point at which the run kills itself, null for never; the points are counted through events,
records of the journal and the insides of the tools. `trust` is whether the person who is asked about an unknown outcome
looks it up, or just says no.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import traceback
import uuid
from pathlib import Path
from typing import Any

import anthropic
import httpx2

from pytest_agentsafety.checkpoint import Journal
from pytest_agentsafety.gate import Gate
from pytest_agentsafety.model.decisions import ApprovalAnswer, ApprovalRequest
from pytest_agentsafety.model.policy import ApprovalRules, BudgetLimits, Policy, ToolRule

PROMPT = "Do the stock-taking."
POLICY = Policy(
    tools={
        "read_stock": ToolRule(effect="read"),
        "book": ToolRule(effect="write", roles={"entry": "content"}),
        "pay": ToolRule(effect="pay", roles={"order": "identifier"}),
    },
    approval=ApprovalRules(always_ask=("pay",)),
    budget=BudgetLimits(max_cost_usd=50.0, max_cost_per_action_usd=50.0, max_tokens=10**7, max_tool_calls=100),
    provenance="enforce",
)


class Points:
    """Counts the places where a run can be cut off."""

    def __init__(self, kill: int | None) -> None:
        self.kill, self.passed = kill, 0
        self.in_writes: list[int] = []

    def tick(self) -> None:
        if self.passed == self.kill:
            os.kill(os.getpid(), signal.SIGKILL)
        self.passed += 1


class Sink:
    def __init__(self, points: Points, folder: Path) -> None:
        self._points, self._log = points, (folder / "events.jsonl").open("a")

    def emit(self, event: Any) -> None:
        self._points.tick()
        self._log.write(json.dumps(event.to_dict(), default=str) + "\n")
        self._log.flush()
        self._points.tick()


class Person:
    """Says yes to payments; looks up what is of unknown outcome, or says no to it."""

    name = "person"

    def __init__(self, folder: Path, looks: bool) -> None:
        self._folder, self._looks = folder, looks

    def decide(self, request: ApprovalRequest) -> ApprovalAnswer:
        what = next(iter(request.call.arguments.values()))
        _append(self._folder / "asked", f"{request.decision.rule} {what}")
        done = what in _entries(self._folder / "ledger")
        if request.decision.rule == "checkpoint.unknown_outcome" and (done or not self._looks):
            return ApprovalAnswer(answer="reject", by=self.name, reason="it may be there")
        return ApprovalAnswer(answer="approve", by=self.name)


def _append(path: Path, line: str) -> None:
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.write(file, f"{line}\n".encode())
    os.close(file)


def _entries(path: Path) -> list[str]:
    return [line.split()[1] for line in path.read_text().splitlines()] if path.exists() else []


def _tools(points: Points, folder: Path) -> list[Any]:
    def write(entry: str) -> None:
        points.in_writes += [points.passed, points.passed + 1]
        points.tick()
        _append(folder / "ledger", f"{uuid.uuid4().hex} {entry}")
        points.tick()

    def read_stock(item: str) -> dict[str, Any]:
        """How many there are."""
        points.tick()
        return {"item": item, "count": len(item), "shelves": [1, 2]}

    def book(entry: str) -> str:
        """Write into the ledger."""
        write(entry)
        return f"booked {entry}"

    def pay(order: str) -> str:
        """Pay an order."""
        write(order)
        return f"paid {order}"

    return [read_stock, book, pay]


def _agent(client: anthropic.Anthropic, tools: dict[str, Any]) -> str:
    messages: list[Any] = [{"role": "user", "content": PROMPT}]
    while True:
        reply = client.messages.create(model="claude-sonnet-5-5", max_tokens=200, messages=messages)
        calls = [block for block in reply.content if block.type == "tool_use"]
        messages.append({"role": "assistant", "content": [block.model_dump() for block in reply.content]})
        if not calls:
            return "".join(block.text for block in reply.content if block.type == "text")
        results = [(call.id, tools[call.name](**call.input)) for call in calls]
        messages.append(
            {
                "role": "user",
                "content": [
                    {
                        "type": "tool_result",
                        "tool_use_id": use,
                        "content": result if isinstance(result, str) else json.dumps(result, sort_keys=True),
                    }
                    for use, result in results
                ],
            }
        )


def _run(folder: Path, url: str, kill: int | None, looks: bool) -> None:
    points = Points(kill)
    append = Journal.append

    def appending(self: Journal, kind: str, **fields: Any) -> None:
        points.tick()
        append(self, kind, **fields)
        points.tick()

    Journal.append = appending  # type: ignore[method-assign]
    gate = Gate(POLICY, sink=Sink(points, folder), approver=Person(folder, looks), guardrails=())
    tools = {tool.__name__: tool for tool in gate.wrap(_tools(points, folder))}
    with gate.task(PROMPT, checkpoint=folder / "journal") as task, httpx2.Client(trust_env=False) as http:
        answer = task.check_answer(_agent(anthropic.Anthropic(base_url=url, api_key="key", http_client=http), tools))
        points.tick()
        spent = task.state.budget.spent
        result = {
            "answer": answer,
            "points": points.passed,
            "in_writes": points.in_writes,
            "cost_usd": spent.cost_usd,
            "tokens": spent.tokens,
            "tool_calls": spent.tool_calls,
            "reserved_usd": spent.reserved_usd,
            "executed": len(task.tally.executed),
            "ungated": task.tally.ungated,
        }
    (folder / "result.json").write_text(json.dumps(result))


def main() -> None:
    for line in sys.stdin:
        command = json.loads(line)
        child = os.fork()
        if not child:
            status = 1
            try:
                _run(Path(command["folder"]), command["url"], command["kill"], command["looks"])
                status = 0
            except BaseException:  # a fork may never get back into the loop of its parent
                traceback.print_exc()
            finally:
                os._exit(status)
        sys.stdout.write(f"{os.waitpid(child, 0)[1]}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
