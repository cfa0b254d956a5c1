"""The bundled agent against a real HTTP server that speaks the Messages API."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal

import anthropic
import pytest

from pytest_agentsafety.catalog import reference_agent
from pytest_agentsafety.catalog.reference_agent import as_text, build, describe, read_docstring, shared_client


def say(text: str) -> list[dict[str, Any]]:
    return [{"type": "text", "text": text}]


def use(name: str, call_id: str = "toolu_1", /, **arguments: Any) -> dict[str, Any]:
    return {"type": "tool_use", "id": call_id, "name": name, "input": arguments}


class Api:
    """Answers in turn with the given contents (the last one again and again) and keeps the request bodies."""

    def __init__(self) -> None:
        self.contents: list[list[dict[str, Any]]] = []
        self.bodies: list[dict[str, Any]] = []

    def answer(self, body: dict[str, Any]) -> dict[str, Any]:
        content = self.contents[min(len(self.bodies), len(self.contents) - 1)]
        self.bodies.append(body)
        stop = "tool_use" if any(block["type"] == "tool_use" for block in content) else "end_turn"
        usage = {"input_tokens": 1, "output_tokens": 1}
        return {"id": "msg_1", "type": "message", "role": "assistant", "model": body["model"], "content": content,
                "stop_reason": stop, "stop_sequence": None, "usage": usage}  # fmt: skip

    @property
    def results(self) -> list[dict[str, Any]]:
        """The tool results of the last request."""
        return list(self.bodies[-1]["messages"][-1]["content"])


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Iterator[Api]:
    state = Api()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            data = json.dumps(state.answer(body)).encode()
            self.send_response(200)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    monkeypatch.setenv("ANTHROPIC_BASE_URL", f"http://127.0.0.1:{server.server_port}")
    monkeypatch.setenv("ANTHROPIC_API_KEY", "test-key")
    for name in ("ANTHROPIC_AUTH_TOKEN", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    yield state
    shared_client(f"http://127.0.0.1:{server.server_port}", "test-key").close()
    shared_client.cache_clear()
    server.shutdown()
    server.server_close()
    thread.join()


def weather(city: str, days: int = 1) -> dict[str, Any]:
    """Tell the weather.

    Args:
        city: Name of the city.
        days: How far ahead.
    """
    return {"city": city, "forecast": ["sun"] * days}


def broken(path: str) -> str:
    """Read a file."""
    raise FileNotFoundError(f"no {path}")


# the loop


def test_answer_without_tools(api: Api) -> None:
    api.contents = [[*say("Hello "), *say("there.")]]
    assert build([])("Hi") == "Hello there."
    (body,) = api.bodies
    assert body["messages"] == [{"role": "user", "content": "Hi"}]
    assert body["model"] == "claude-sonnet-5-5"
    assert "tools" not in body
    assert "system" not in body


def test_tool_is_run_and_its_result_sent_back(api: Api) -> None:
    api.contents = [[*say("Looking."), use("weather", city="Leiden", days=2)], say("Sunny.")]
    assert build([weather], model="claude-haiku-5-5", system="Be brief.")("Weather?") == "Sunny."
    assert api.bodies[1]["system"] == "Be brief."
    assert api.bodies[1]["model"] == "claude-haiku-5-5"
    user, assistant, result = api.bodies[1]["messages"]
    assert user == {"role": "user", "content": "Weather?"}
    assert assistant["content"] == [*say("Looking."), use("weather", city="Leiden", days=2)]
    assert result == {
        "role": "user",
        "content": [
            {
                "type": "tool_result",
                "tool_use_id": "toolu_1",
                "content": '{"city": "Leiden", "forecast": ["sun", "sun"]}',
            }
        ],
    }


def test_parallel_calls_are_answered_in_one_message(api: Api) -> None:
    api.contents = [[use("weather", city="A"), use("weather", "toolu_2", city="B")], say("ok")]
    build([weather])("Weather?")
    assert [block["tool_use_id"] for block in api.results] == ["toolu_1", "toolu_2"]


def test_failing_tool_is_told_and_the_loop_goes_on(api: Api) -> None:
    api.contents = [[use("broken", path="a.txt")], say("It is not there.")]
    assert build([broken])("Read a.txt") == "It is not there."
    (block,) = api.results
    assert block["is_error"] is True
    assert block["content"] == "FileNotFoundError: no a.txt"


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (use("gone"), "there is no tool 'gone'"),
        (use("weather"), "missing 1 required positional argument: 'city'"),
        (use("weather", town="x"), "unexpected keyword argument 'town'"),
    ],
)
def test_wrong_call_is_told(api: Api, call: dict[str, Any], said: str) -> None:
    api.contents = [[call], say("Sorry.")]
    assert build([weather])("Weather?") == "Sorry."
    assert api.results[0]["is_error"] is True
    assert said in api.results[0]["content"]


def test_one_agent_starts_each_task_afresh(api: Api) -> None:
    api.contents = [say("ok")]
    agent = build([])
    agent("one")
    agent("two")
    assert api.bodies[1]["messages"] == [{"role": "user", "content": "two"}]


def test_endless_loop_ends(api: Api) -> None:
    api.contents = [[use("weather", city="A")]]
    with pytest.raises(RuntimeError, match="no answer after 30 turns"):
        build([weather])("Weather?")
    assert len(api.bodies) == 30


def test_client_is_shared_as_long_as_the_address_is_the_same(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    one = shared_client("http://127.0.0.1:1", "a")
    assert shared_client("http://127.0.0.1:1", "a") is one
    other = shared_client("http://127.0.0.1:2", "a")
    assert other is not one
    assert isinstance(other, anthropic.Anthropic)
    one.close()
    other.close()


# what the model is told


def test_schema_from_signature_and_docstring() -> None:
    assert describe(weather) == {
        "name": "weather",
        "description": "Tell the weather.",
        "input_schema": {
            "type": "object",
            "properties": {
                "city": {"type": "string", "description": "Name of the city."},
                "days": {"type": "integer", "description": "How far ahead."},
            },
            "required": ["city"],
        },
    }


def test_types() -> None:
    def tool(
        a: float, b: bool, c: list[str], d: dict[str, int], e: Literal["x", "y"], f: str | None, g: Any, h: int = 3
    ) -> None:
        """Do."""

    properties = describe(tool)["input_schema"]["properties"]
    assert properties == {
        "a": {"type": "number"},
        "b": {"type": "boolean"},
        "c": {"items": {"type": "string"}, "type": "array"},
        "d": {"additionalProperties": {"type": "integer"}, "type": "object"},
        "e": {"enum": ["x", "y"], "type": "string"},
        "f": {"anyOf": [{"type": "string"}, {"type": "null"}]},
        "g": {},
        "h": {"type": "integer"},
    }


def test_nested_types_keep_their_definitions_at_the_top() -> None:
    from pydantic import BaseModel

    class Point(BaseModel):
        x: int

    def tool(points: list[Point]) -> None:
        """Do."""

    tool.__annotations__ = {"points": list[Point]}
    schema = describe(tool)["input_schema"]
    assert schema["properties"]["points"] == {"type": "array", "items": {"$ref": "#/$defs/Point"}}
    assert schema["$defs"]["Point"]["properties"] == {"x": {"title": "X", "type": "integer"}}


def test_describing_does_not_change_what_is_cached() -> None:
    assert describe(weather) == describe(weather)
    assert "description" not in reference_agent.json_schema(str)


def test_bound_methods_and_given_signatures() -> None:
    class Desk:
        def open(self, number: int) -> str:
            """Open a drawer."""
            return str(number)

    def passed_on(**arguments: Any) -> Any:
        return Desk().open(**arguments)

    import inspect

    passed_on.__name__ = "open"
    passed_on.__doc__ = Desk.open.__doc__
    passed_on.__annotations__ = {"number": int}
    passed_on.__signature__ = inspect.signature(Desk().open)  # type: ignore[attr-defined]
    assert describe(passed_on) == describe(Desk().open)
    assert describe(passed_on)["input_schema"]["required"] == ["number"]


@pytest.mark.parametrize(
    ("doc", "expected"),
    [
        ("", ("", {})),
        ("Do it.", ("Do it.", {})),
        ("Do it.\n\nMore.\n\nArgs:\n    a: First.\n    b (int): 2.", ("Do it.\n\nMore.", {"a": "First.", "b": "2."})),
        ("Do it.\n\nArgs:\n    a: First.\n\nReturns:\n    Words.", ("Do it.", {"a": "First."})),
    ],
)  # fmt: skip
def test_docstrings(doc: str, expected: tuple[str, dict[str, str]]) -> None:
    assert read_docstring(doc) == expected


@pytest.mark.parametrize(
    ("result", "text"),
    [
        ("as it is", "as it is"),
        ("", ""),
        (None, "null"),
        (True, "true"),
        (3, "3"),
        (["\u00e9", 1], '["\u00e9", 1]'),
        (({"a": 1},), '[{"a": 1}]'),
    ],
)
def test_results_as_text(result: Any, text: str) -> None:
    assert as_text(result) == text


def test_it_knows_nothing_of_the_harness() -> None:
    import ast
    from pathlib import Path

    tree = ast.parse(Path(reference_agent.__file__).read_text("utf-8"))
    imported = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    imported |= {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    assert not [name for name in imported if name and "agentsafety" in name]


def test_bundled_tools_can_be_described() -> None:
    from pytest_agentsafety.catalog.folder_suite import FolderSuite
    from pytest_agentsafety.resources import data_dir

    suite = FolderSuite.load(data_dir("suites") / "inbox")
    scenario = suite.open(suite.cases()[0])
    scenario.close()
    tools: list[Callable[..., Any]] = [spec.fn for spec in scenario.tools]
    described = {found["name"]: found for found in map(describe, tools)}
    assert described["pay_invoice"]["input_schema"]["properties"]["amount"] == {
        "type": "number",
        "description": "In EUR.",
    }
    assert len(json.dumps(list(described.values()))) < 3_000
