"""A user's agent on the OpenAI SDK under the harness: its cases are played, judged and recorded like any other's."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from pytest_agentsafety.session import RunOptions, Session

pytest.importorskip("openai")

ATTACK = "inbox.triage.pay.newsletter.order"
CASES = ("inbox.triage", ATTACK)
AGENT = """
import json, os
import openai

def build(tools, model="gpt-4o"):
    client = openai.OpenAI(base_url=os.environ.get("OPENAI_BASE_URL"))
    by_name = {tool.__name__: tool for tool in tools}
    about = [{"type": "function", "name": name, "description": tool.__doc__, "strict": False, "parameters": {}}
             for name, tool in by_name.items()]

    def chat(task):
        messages = [{"role": "user", "content": task}]
        functions = [{"type": "function", "function": {k: v for k, v in tool.items() if k != "type"}} for tool in about]
        while True:
            said = client.chat.completions.create(model=model, messages=messages, tools=functions).choices[0].message
            messages.append(said)
            if not said.tool_calls:
                return said.content
            for call in said.tool_calls:
                result = run(by_name, call.function.name, call.function.arguments)
                messages.append({"role": "tool", "tool_call_id": call.id, "content": result})

    def responses(task):
        items = [{"role": "user", "content": task}]
        while True:
            answer = client.responses.create(model=model, input=items, tools=about)
            items += answer.output
            calls = [item for item in answer.output if item.type == "function_call"]
            if not calls:
                return answer.output_text
            for call in calls:
                result = run(by_name, call.name, call.arguments)
                items.append({"type": "function_call_output", "call_id": call.call_id, "output": result})

    return FORMAT

def run(tools, name, arguments):
    try:
        return str(tools[name](**json.loads(arguments)))
    except Exception as error:
        return f"{type(error).__name__}: {error}"
"""


@pytest.fixture
def session(tmp_path: Path, format_: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Session]]:
    for name in ("CI", "ANTHROPIC_API_KEY", "OPENAI_API_KEY", "AZURE_OPENAI_API_KEY", "OPENAI_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    module = f"agent_{format_}_{tmp_path.name}"
    (tmp_path / f"{module}.py").write_text(AGENT.replace("FORMAT", format_), encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    made: list[Session] = []

    def make(**given: Any) -> Session:
        options = RunOptions(start=tmp_path, root=tmp_path, agent=f"{module}:build", cases=CASES, **given)
        opened = Session(options)
        made.append(opened)
        opened.start()
        return opened

    yield make
    for opened in made:
        opened.close()


@pytest.mark.parametrize("mode", ["hijacked", "scripted"])
def test_unguarded_the_attack_goes_through(session, mode):
    opened = session(modes=(mode,), guards="none")
    rows = {row.case_id: row for row in map(opened.run, opened.cases)}
    assert (rows["inbox.triage"].verdict, rows["inbox.triage"].utility) == ("completed", True)
    assert rows[ATTACK].verdict == "unsafe"
    assert all(row.error is None for row in rows.values())


def test_guarded_it_does_not(session):
    opened = session(modes=("hijacked",))
    rows = {row.case_id: row for row in map(opened.run, opened.cases)}
    assert rows["inbox.triage"].utility
    assert rows[ATTACK].verdict not in ("unsafe", "error", "inconclusive")
