"""What the model door adds to an SDK call: the same call on a mock transport, bare and through the door.

    PYTHONPATH=. python benchmarks/model_door.py [rounds]

The doors: an empty one (the patch alone), a Gate's without and with the default text guards, and a Gate's with its
audit log, and with all of its evidence (audit log, transcript). Two requests: one message and one tool, and an agent's
turn (a system prompt, five tools, six messages, two of them new). Every call brings new words. All sides run in one
process, in short alternating blocks; CPU time of the thread, and the ratio of the medians over the blocks.

The bare side is the SDK as it comes: it checks and encodes the request, the HTTP client prepares it, hands it to a mock
transport and reads the answer, and the SDK makes a `Message` of it. No socket, no TLS, no waiting.
"""

from __future__ import annotations

import gc
import itertools
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from random import Random
from statistics import median
from tempfile import TemporaryDirectory
from time import thread_time
from typing import Any

import anthropic
import httpx2

from pytest_agentsafety.gate import Gate
from pytest_agentsafety.guards import mask
from pytest_agentsafety.llm import activate, install
from pytest_agentsafety.llm.replies import message_of
from pytest_agentsafety.model.messages import ModelReply, ModelRequest, ModelResponse, PlannedCall, PlannedTurn
from pytest_agentsafety.model.policy import BudgetLimits, Policy
from pytest_agentsafety.model.tasks import Case, CaseRun
from pytest_agentsafety.protocols import ModelDoor
from pytest_agentsafety.recorders import AuditLog, Evidence

CALLS_PER_BLOCK = 5
WARM_UP = 10
BARE = "bare SDK call"
TOOL = {"name": "read_file", "description": "Reads a file", "input_schema": {"type": "object", "properties": {}}}
TURN = PlannedTurn(text="I will read it. " * 10, calls=(PlannedCall(name="read_file", arguments={"path": "a.txt"}),))
REPLY = json.dumps(message_of(TURN, model="claude-opus-5-5", seed="x", request_bytes=900)).encode()
SYSTEM = "You are a careful assistant for the files of a small team. Do what the user asks and nothing else. " * 12
LIMITS = BudgetLimits(max_cost_usd=1e6, max_tokens=10**12, max_seconds=1e6, max_cost_per_action_usd=1e3)
TARGETS = {"Gate": 1.10, "Gate, audit log": 1.25}


def question(number: int) -> dict[str, Any]:
    """One message, one tool."""
    return {"messages": [{"role": "user", "content": f"{number} " + "Read the file, please. " * 20}], "tools": [TOOL]}


def turn(number: int) -> dict[str, Any]:
    """The third turn of an agent: the last two messages are new."""
    call = {"type": "tool_use", "id": "toolu_1", "name": "list_files", "input": {"folder": "notes"}}
    result = {"type": "tool_result", "tool_use_id": "toolu_1", "content": "No such folder: notes", "is_error": True}
    messages = [
        {"role": "user", "content": "Summarise the notes of March in one paragraph, please."},
        {"role": "assistant", "content": [{"type": "text", "text": "I will look at the folder first."}, call]},
        {"role": "user", "content": [result]},
        {"role": "user", "content": "They are in the archive, I think. " * 5},
        {"role": "assistant", "content": [{"type": "text", "text": f"{number} " + "I found eleven notes there. " * 8}]},
        {"role": "user", "content": f"{number} " + "Go on, and leave out the names of the clients. " * 4},
    ]
    return {"system": SYSTEM, "messages": messages, "tools": TOOLS}


def tool(name: str, description: str, *parameters: str) -> dict[str, Any]:
    properties = {parameter: {"type": "string", "description": f"The {parameter}"} for parameter in parameters}
    schema = {"type": "object", "properties": properties, "required": list(parameters)}
    return {"name": name, "description": description, "input_schema": schema}


TOOLS = [
    tool("read_file", "Reads a text file of the workspace and returns its lines.", "path"),
    tool("write_file", "Writes a text file of the workspace.", "path", "content"),
    tool("search", "Searches the files of the workspace for a pattern.", "pattern", "folder"),
    tool("send_email", "Sends an e-mail from the user's own account.", "to", "subject", "body"),
    tool("list_files", "Lists the files of a folder.", "folder"),
]


class EmptyPass:
    """Admits, and does nothing with what comes back."""

    reply: ModelReply | None = None

    def retry(self, **_: object) -> float | None:
        return None

    def finish(self, response: ModelResponse) -> None:
        assert response.message is not None

    def abandon(self, error: BaseException) -> None:
        raise error


class EmptyDoor:
    def admit(self, request: ModelRequest) -> EmptyPass:
        assert request.payload
        return EmptyPass()


def gate_door(**options: Any) -> ModelDoor:
    return Gate(Policy(budget=LIMITS), **options).open("Read the file", task_id="t")


def audit_log(folder: Path, stack: ExitStack) -> AuditLog:
    log = AuditLog(folder / "audit" / "audit.jsonl", mask=mask)
    stack.callback(log.close)
    return log


def evidence(folder: Path, stack: ExitStack) -> Evidence:
    kept = Evidence(folder / "evidence", mask=mask)
    kept.begin_case(CaseRun(case=Case(case_id="b", suite="b", kind="benign", user_task="b"), mode="live"))
    stack.callback(kept.close)
    return kept


@contextmanager
def doors() -> Iterator[dict[str, ModelDoor]]:
    with TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        yield {
            "empty door": EmptyDoor(),
            "Gate": gate_door(guardrails=()),
            "Gate, text guards": gate_door(),
            "Gate, audit log": gate_door(guardrails=(), sink=audit_log(folder, stack)),
            "Gate, all evidence": gate_door(guardrails=(), sink=evidence(folder, stack)),
        }


def timed(call: Callable[[], object]) -> float:
    start = thread_time()
    for _ in range(CALLS_PER_BLOCK):
        call()
    return (thread_time() - start) / CALLS_PER_BLOCK * 1e6


def gated(door: ModelDoor, call: Callable[[], object]) -> float:
    with activate(door):
        return timed(call)


def measured(bare: Callable[[], object], patched: Callable[[], object], rounds: int) -> dict[str, list[float]]:
    """Microseconds of CPU per call, a list of blocks per side; the sides take turns in changing order."""
    order = Random(1)
    with doors() as sides:
        found: dict[str, list[float]] = {BARE: [], **{name: [] for name in sides}}
        names = list(found)
        gc.disable()
        for number in range(rounds + WARM_UP):
            order.shuffle(names)
            for name in names:
                took = timed(bare) if name == BARE else gated(sides[name], patched)
                if number >= WARM_UP:
                    found[name].append(took)
            gc.collect()
    return found


@contextmanager
def calls(
    asked: Callable[[int], dict[str, Any]] = question,
) -> Iterator[tuple[Callable[[], object], Callable[[], object]]]:
    """The same SDK call through a client whose `send` was never patched, and through one that is."""
    answer = {"content-type": "application/json"}
    transport = httpx2.MockTransport(lambda _: httpx2.Response(200, headers=answer, content=REPLY))
    numbers = itertools.count()

    def through(http: httpx2.Client) -> Callable[[], object]:
        client = anthropic.Anthropic(api_key="k", base_url="http://model.test", http_client=http)

        def call() -> object:
            return client.messages.create(model="claude-opus-5-5", max_tokens=512, **asked(next(numbers)))

        return call

    # The patch stays on: taking it off between blocks would slow both sides, for the interpreter's caches are lost.
    unpatched = type("UnpatchedClient", (httpx2.Client,), {"send": httpx2.Client.send})
    undo = install()
    try:
        with unpatched(transport=transport) as plain, httpx2.Client(transport=transport) as http:
            yield through(plain), through(http)
    finally:
        undo()


def main(rounds: int) -> None:
    for title, asked in {"one message": question, "an agent's turn": turn}.items():
        with calls(asked) as (bare, patched):
            found = measured(bare, patched, rounds)
        base = median(found[BARE])
        print(f"{title}:")
        for name, blocks in found.items():
            target = f"  (at most {TARGETS[name]:.2f})" if name in TARGETS else ""
            print(f"  {name:20} {median(blocks):8.1f} us   ratio {median(blocks) / base:.3f}{target}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
