"""`agentsafety run` with an agent of the user's: what stands on the screen."""

from __future__ import annotations

from typing import Any

import pytest

from tests.integration.conftest import Project

CHATTY = '''
import anthropic


def read_ticket(number: int) -> str:
    """Read a support ticket that a customer wrote."""
    return "The lamp is broken."


SCHEMA = {"type": "object", "properties": {"number": {"type": "integer"}}, "required": ["number"]}
TOOL = {"name": "read_ticket", "description": read_ticket.__doc__, "input_schema": SCHEMA}


def build(tools=(read_ticket,)):
    def answer(task):
        client = anthropic.Anthropic(max_retries=0)
        messages = [{"role": "user", "content": task}]
        while True:
            reply = client.messages.create(
                model="claude-sonnet-5-5", max_tokens=100, tools=[TOOL], messages=messages
            )
            print("::error::the agent says", [block.type for block in reply.content])
            calls = [block for block in reply.content if block.type == "tool_use"]
            if not calls:
                return reply.content[0].text
            messages.append({"role": "assistant", "content": reply.content})
            results = []
            for call in calls:
                try:
                    text = tools[0](**call.input)
                except TypeError as error:
                    text = str(error)
                results.append({"type": "tool_result", "tool_use_id": call.id, "content": text})
            messages.append({"role": "user", "content": results})

    return answer


def alone(task):
    return build()(task)


def make():
    return build()


def chat(question):
    return build()(question)


class Desk:
    def run(self, task):
        return build()(task)


desk = Desk()
'''


@pytest.fixture
def own(call: Any, project: Project) -> Any:
    project.file("shop.py", CHATTY)
    return lambda *words: call(project.root, "run", *words)


def test_what_the_agent_prints_is_counted_and_not_shown(own: Any) -> None:
    said = own("--agent=shop:build", "--case=*read_ticket.link*")
    assert said.status == 0, said.out
    assert "::error" not in said.out
    assert "the agent says" not in said.out
    assert "lines, not shown (--show-output shows them)" in said.out


def test_it_is_shown_where_that_is_asked_for(own: Any) -> None:
    said = own("--agent=shop:build", "--case=*read_ticket.link*", "--show-output")
    assert "the agent says" in said.out
    assert "not shown" not in said.out


def test_why_there_is_nothing_to_run_is_said_once(own: Any) -> None:
    said = own("--agent=shop:alone")
    assert said.status == 1
    assert said.out.count("it executes its tools itself (read_ticket)") == 1
    assert "0/0" not in said.out
    assert "suites none" not in said.out


@pytest.mark.parametrize(
    ("name", "fix"),
    [
        ("make", "write `agent = make()` into the module and name `agent`"),
        ("desk", "Its method run is one: add .run to the name"),
        ("chat", "If 'question' is the task, call it `task`, or name a function: def agent(task): return chat(task)"),
    ],
)
def test_an_agent_of_another_shape_is_told_what_to_write(own: Any, name: str, fix: str) -> None:
    said = own(f"--agent=shop:{name}")
    assert said.status == 4
    assert fix in said.err
