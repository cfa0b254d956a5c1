"""Tools that run at the provider, tools that the SDK runs on this machine, and the traces it sends home."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from types import SimpleNamespace
from typing import Any

import pytest

pytest.importorskip("agents.run")

import agents
from agents import (
    ApplyPatchTool,
    CodeInterpreterTool,
    CustomTool,
    FileSearchTool,
    HostedMCPTool,
    LocalShellTool,
    RunConfig,
    Runner,
    ShellTool,
    WebSearchTool,
)
from agents.run_internal import tool_actions
from agents.tracing import processors

from pytest_agentsafety.adapters.frameworks.openai_agents.local import UnguardedTool
from pytest_agentsafety.llm.calls import UnsupportedModelCall
from pytest_agentsafety.model.policy import ToolRule

from .conftest import Kit


@pytest.fixture
def kit() -> Kit:
    return Kit("responses")  # the one format that has such tools


def run(agent: Any, task: str, **options: Any) -> Any:
    return asyncio.run(Runner.run(agent, task, **options)).final_output


async def shell(request: Any) -> str:
    raise AssertionError("the shell ran")


MCP = {"type": "mcp", "server_label": "x", "server_url": "https://mcp.example.com", "require_approval": "never"}
CONTAINER = {"type": "code_interpreter", "container": {"type": "auto"}}


@pytest.mark.parametrize(
    "tool",
    [
        WebSearchTool(),
        FileSearchTool(vector_store_ids=["v"]),
        CodeInterpreterTool(tool_config=CONTAINER),
        HostedMCPTool(tool_config=MCP),
        ShellTool(executor=shell),
        LocalShellTool(executor=shell),
        ApplyPatchTool(editor=SimpleNamespace()),
    ],
    ids=lambda tool: type(tool).__name__,
)
def test_tools_that_no_door_sees_are_not_asked_for(tool: Any, kit, opened) -> None:
    with opened() as task:
        with pytest.raises(UnsupportedModelCall, match="tool"):
            run(kit.agent(tools=[tool]), kit.task)
        assert isinstance(task.stopped, UnsupportedModelCall)
    assert task.tally.model_calls == 0


@pytest.mark.parametrize("kind", ["Shell", "LocalShell", "ApplyPatch", "Computer"])
def test_nor_are_they_run_if_a_model_asks_for_them_all_the_same(kind: str, opened) -> None:
    action = getattr(tool_actions, f"{kind}Action")
    with opened(), pytest.raises(UnguardedTool, match="function_tool"):
        asyncio.run(action.execute())
    with pytest.raises(TypeError):  # the SDK's own again
        asyncio.run(action.execute())


def custom(world: Any) -> CustomTool:
    async def invoke(context: Any, text: str) -> str:
        world.did.append(("note", text))
        return "noted"

    return CustomTool(name="note", description="Note a text.", on_invoke_tool=invoke)


def test_a_custom_tool_passes_the_door(kit, opened, log, world) -> None:
    with opened(kit.turn(("note", {"input": "plan"})), rules={"note": ToolRule(effect="read")}) as task:
        assert run(kit.agent(tools=[custom(world)]), kit.task) == "Done."
    assert world.did == [("note", "plan")]
    assert log.told == ["noted"]
    assert task.tally.ungated == []


def test_a_custom_tool_that_is_denied_is_not_run(kit, opened, log, world) -> None:
    with opened(kit.turn(("note", {"input": "plan"}))) as task:
        assert run(kit.agent(tools=[custom(world)]), kit.task) == "Done."
    assert world.did == []
    assert "has no rule" in log.told[0]
    assert task.tally.ungated == []


def test_a_stop_in_a_custom_tool_ends_the_run(kit, opened, world) -> None:
    from pytest_agentsafety.model.errors import LimitExceededError
    from pytest_agentsafety.model.policy import BudgetLimits

    rules, policy = {"note": ToolRule(effect="read")}, {"budget": BudgetLimits(max_tool_calls=1)}
    with opened(kit.turn(("note", {"input": "a"}), ("note", {"input": "b"})), rules=rules, policy=policy) as task:
        with pytest.raises(LimitExceededError):
            run(kit.agent(tools=[custom(world)]), kit.task)
        assert isinstance(task.stopped, LimitExceededError)
    assert world.did == [("note", "a")]


@pytest.fixture
def collector() -> Iterator[tuple[str, list[Any]]]:
    """A server that takes traces."""
    got: list[Any] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            got.append(json.loads(self.rfile.read(int(self.headers["content-length"]))))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *parts: Any) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/v1/traces/ingest", got
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def traced(collector: Any) -> Iterator[Any]:
    """The SDK's own processor and exporter, as it sets them up, but towards the collector."""
    exporter = processors.BackendSpanExporter(api_key="test", endpoint=collector[0])
    processor = processors.BatchTraceProcessor(exporter)
    agents.set_trace_processors([processor])
    yield processor
    processor.shutdown()
    exporter.close()
    agents.set_trace_processors([])


def test_traces_leave_without_a_door_and_not_under_one(kit, opened, world, collector, traced) -> None:
    class Local(processors.TracingExporter):
        def __init__(self) -> None:
            self.items: list[Any] = []

        def export(self, items: list[Any]) -> None:
            self.items += items

    local = Local()
    own = processors.BatchTraceProcessor(local)
    agents.add_trace_processor(own)
    with opened(kit.turn(("read_note", {"name": "plan"}))):
        assert run(kit.note_agent(world), kit.task) == "Done."
        traced.force_flush()
    traced.force_flush()
    own.shutdown()
    assert collector[1] == []
    assert len(local.items) > 3
    with agents.trace("without a door"):
        pass
    traced.force_flush()
    assert "without a door" in json.dumps(collector[1])


def test_tracing_switched_off_by_the_user_stays_off(kit, opened, world, collector, traced) -> None:
    with opened():
        run(kit.note_agent(world), kit.task, run_config=RunConfig(tracing_disabled=True))
    traced.force_flush()
    assert collector[1] == []
