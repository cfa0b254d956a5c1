"""What the model door adds to an SDK call: the same call on a mock transport, bare and through an empty door.

    python benchmarks/model_door.py [rounds]

Both sides run in one process, in short alternating blocks; CPU time, and the ratio of the medians over the blocks.
"""

from __future__ import annotations

import gc
import json
import sys
from collections.abc import Callable
from statistics import median
from time import thread_time

import anthropic
import httpx2

from pytest_agentsafety.llm import activate, install
from pytest_agentsafety.llm.replies import message_of
from pytest_agentsafety.model.messages import ModelReply, ModelRequest, ModelResponse, PlannedCall, PlannedTurn

CALLS_PER_BLOCK = 20
TOOL = {"name": "read_file", "description": "Reads a file", "input_schema": {"type": "object", "properties": {}}}
TURN = PlannedTurn(text="I will read it. " * 10, calls=(PlannedCall(name="read_file", arguments={"path": "a.txt"}),))
REPLY = json.dumps(message_of(TURN, model="claude-opus-5-5", seed="x", request_bytes=900)).encode()


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


def timed(call: Callable[[], object]) -> float:
    start = thread_time()
    for _ in range(CALLS_PER_BLOCK):
        call()
    return (thread_time() - start) / CALLS_PER_BLOCK * 1e6


def main(rounds: int) -> None:
    answer = {"content-type": "application/json"}
    transport = httpx2.MockTransport(lambda _: httpx2.Response(200, headers=answer, content=REPLY))
    with httpx2.Client(transport=transport) as http:
        client = anthropic.Anthropic(api_key="k", base_url="http://model.test", http_client=http)
        messages = [{"role": "user", "content": "Read the file, please. " * 20}]

        def call() -> object:
            return client.messages.create(model="claude-opus-5-5", max_tokens=512, messages=messages, tools=[TOOL])

        def gated() -> float:
            undo = install()
            try:
                with activate(EmptyDoor()):
                    return timed(call)
            finally:
                undo()

        timed(call), gated()
        gc.disable()
        bare_us, gated_us = [], []
        for _ in range(rounds):
            bare_us.append(timed(call))
            gated_us.append(gated())
            gc.collect()
    bare, door = median(bare_us), median(gated_us)
    print(f"bare SDK call {bare:8.1f} us   through the door {door:8.1f} us   ratio {door / bare:.3f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 60)
