"""`agentsafety init` as a new user runs it: in a folder with an agent and nothing else, in a process of its own."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from pytest_agentsafety.llm.server import MessagesServer
from pytest_agentsafety.model.messages import PlannedCall, PlannedTurn

KEY = "sk-ant-api03-Zq8vT1mN4xK7wR2pL9cB5aaQQ77"
HEAD = '''\
from pathlib import Path

import anthropic

client = anthropic.Anthropic()


def read_ticket(number: int) -> str:
    """Read what a customer wrote."""
    Path("really-read").touch()
    return f"Ticket {number}: the lamp is broken."


def send_email(to: str, body: str) -> str:
    """Send an email to a customer."""
    Path("really-sent").touch()
    return "sent"

'''
RUNNER = (
    HEAD.replace("def read", "@anthropic.beta_tool\ndef read").replace("def send", "@anthropic.beta_tool\ndef send")
    + """
def answer(task: str) -> str:
    runner = client.beta.messages.tool_runner(
        model="claude-sonnet-5-5", max_tokens=1000, tools=[read_ticket, send_email],
        messages=[{"role": "user", "content": task}],
    )
    return "".join(block.text for block in runner.until_done().content if block.type == "text")


if __name__ == "__main__":
    print(answer("hello"))
"""
)
LOOP = (
    HEAD
    + """
TOOLS = @TOOLS@
SCHEMAS = [
    {"name": "read_ticket", "description": "Read what a customer wrote.", "input_schema": {"type": "object",
     "properties": {"number": {"type": "integer"}}, "required": ["number"]}},
    {"name": "send_email", "description": "Send an email to a customer.", "input_schema": {"type": "object",
     "properties": {"to": {"type": "string"}, "body": {"type": "string"}}, "required": ["to", "body"]}},
]


def answer(task: str) -> str:
    messages = [{"role": "user", "content": task}]
    while True:
        reply = client.messages.create(model="claude-sonnet-5-5", max_tokens=1000, messages=messages, tools=SCHEMAS)
        messages.append({"role": "assistant", "content": reply.content})
        results = [
            {"type": "tool_result", "tool_use_id": block.id, "content": str(@CALL@(**block.input))}
            for block in reply.content if block.type == "tool_use"
        ]
        if not results:
            return "".join(block.text for block in reply.content if block.type == "text")
        messages.append({"role": "user", "content": results})
"""
)
LOOPS = {
    "dict": ("{function.__name__: function for function in (read_ticket, send_email)}", "TOOLS[block.name]"),
    "list": ("[read_ticket, send_email]", "next(tool for tool in TOOLS if tool.__name__ == block.name)"),
    "functions": ("None", "globals()[block.name]"),
}


def loop(kind: str) -> str:
    tools, calling = LOOPS[kind]
    return LOOP.replace("@TOOLS@", tools).replace("@CALL@", calling)


def files(project: Any) -> dict[str, bytes]:
    """All that is there, but for evidence and what Python keeps for itself."""
    left_out = ("agentsafety-report", "__pycache__", ".pytest_cache")
    return {
        str(path.relative_to(project.root)): path.read_bytes()
        for path in sorted(project.root.rglob("*"))
        if path.is_file() and not any(part.startswith(left_out) for part in path.parts)
    }


def reader(payload: Mapping[str, Any], number: int) -> PlannedTurn:
    """Reads ticket 17 and says what it says."""
    if len(payload["messages"]) > 1:
        return PlannedTurn(text="The lamp is broken.")
    return PlannedTurn(calls=(PlannedCall(name="read_ticket", arguments={"number": 17}),))


@pytest.fixture
def api() -> Iterator[MessagesServer]:
    with MessagesServer(reader) as server:
        yield server


def env(server: MessagesServer) -> dict[str, str]:
    return {"ANTHROPIC_BASE_URL": server.url, "ANTHROPIC_API_KEY": KEY}


# -- without a key


def test_one_command_then_attacked(project: Any) -> None:
    project.file("shop/bot.py", RUNNER)
    said = project.cli("init", offline=True)
    assert said.status == 0, said.text
    assert "agent            shop.bot:answer (a function of the task, shop/bot.py:" in said.out
    assert "the agent added, 2 tools added (1 egress, 1 read)" in said.out
    assert said.out.splitlines()[-1].startswith("next             agentsafety run")
    settings = tomllib.loads((project.root / "agentsafety.toml").read_text())["tool"]["agentsafety"]
    assert settings["agent"] == "shop.bot:answer"
    lines = [line for line in (project.root / "agentsafety.toml").read_text().splitlines() if " = " in line]
    assert all("  # " in line for line in lines)
    assert set(files(project)) == {"shop/bot.py", "agentsafety.toml", "tests/test_agent_safety.py"}
    ran = project.cli("run", "-q", offline=True)
    assert ran.status == 0, ran.text
    assert len(project.rows()) >= 50
    tested = project.pytest("--agent-safety", "--agent-safety-case=none", "tests")
    assert tested.status == 0, tested.text
    assert "1 passed" in tested.out
    assert not (project.root / "really-read").exists()
    assert not (project.root / "really-sent").exists()


def test_the_first_test_can_fail(project: Any) -> None:
    project.file("bot.py", RUNNER)
    assert project.cli("init").status == 0
    tested = project.pytest("--agent-safety", "--agent-safety-case=none", "--agent-safety-guards=none", "tests")
    assert tested.status == 1, tested.text
    assert "1 failed" in tested.out


EDITS = {
    "as it is": lambda text: text,
    "CRLF": lambda text: text.replace("\n", "\r\n"),
    "reasons taken out": lambda text: re.sub(r" +#.*", "", text),
    "values changed": lambda text: text.replace('"egress"', '"pay"').replace('"untrusted"', '"trusted"'),
    "reordered": lambda text: "\n".join(reversed(re.split(r"\n(?=\[tool\.agentsafety(?:\.tools\.\w+)?\]\n)", text))),
    "inline": lambda _: (
        '[tool.agentsafety]\nagent = "bot:answer"\n'
        'tools = { read_ticket = { effect = "read" }, send_email = { effect = "egress" } }\n'
    ),
    "dotted": lambda _: (
        'tool.agentsafety.agent = "bot:answer"\ntool.agentsafety.tools.read_ticket.effect = "read"\n'
        'tool.agentsafety.tools.send_email.effect = "egress"'
    ),
}


@pytest.mark.parametrize("edit", EDITS)
def test_run_again_it_changes_nothing(call: Any, new_project: Any, edit: str, monkeypatch: pytest.MonkeyPatch) -> None:
    project = new_project()
    module = f"bot_{project.root.name}"
    monkeypatch.setattr(sys, "path", list(sys.path))
    project.file(f"{module}.py", RUNNER)
    said = call(project.root, "init")
    assert said.status == 0, said.err
    path = project.root / "agentsafety.toml"
    path.write_bytes(EDITS[edit](path.read_bytes().decode()).replace("bot:answer", f"{module}:answer").encode())
    tomllib.loads(path.read_text())
    (project.root / "tests/test_agent_safety.py").write_text("# mine now\n")
    before = files(project)
    again = call(project.root, "init")
    assert again.status == 0, again.err
    assert "nothing to add" in again.out
    assert files(project) == before
    (project.root / "tests/test_agent_safety.py").unlink()
    call(project.root, "init")
    assert not (project.root / "tests/test_agent_safety.py").exists(), "who took it out does not want it back"


def test_the_agent_goes_into_the_table_that_is_there(project: Any) -> None:
    project.file("bot.py", RUNNER)
    mine = '[project]\nname = "x"\n\n[tool.agentsafety]\nprovenance = "strict"\n\n[tool.other]\ny = 1\n'
    project.file("pyproject.toml", mine)
    assert project.cli("init").status == 0
    text = (project.root / "pyproject.toml").read_text()
    assert [line for line in text.splitlines() if line in mine.splitlines()][: len(mine.splitlines())]
    data = tomllib.loads(text)["tool"]
    assert (data["agentsafety"]["agent"], data["agentsafety"]["provenance"]) == ("bot:answer", "strict")
    assert data["other"] == {"y": 1}
    assert not (project.root / "agentsafety.toml").exists()


def test_print_writes_nothing_and_prints_the_agent(project: Any) -> None:
    project.file("bot.py", RUNNER)
    before = files(project)
    said = project.cli("init", "--print")
    assert said.status == 0, said.text
    assert files(project) == before
    table = tomllib.loads(said.out)["tool"]["agentsafety"]
    assert table["agent"] == "bot:answer"
    assert set(table["tools"]) == {"read_ticket", "send_email"}


def test_a_package_below_src(project: Any) -> None:
    project.file("src/shop/__init__.py", "")
    project.file("src/shop/bot.py", RUNNER)
    said = project.cli("init")
    assert said.status == 0, said.text
    assert "shop.bot:answer" in said.out
    listed = project.cli("list", "--mode=hijacked")
    assert listed.status == 0, listed.text
    assert "gen.read_ticket" in listed.out


def test_a_factory_without_tools_of_its_own(project: Any) -> None:
    project.file("bot.py", HEAD + "\ndef build(tools):\n    return lambda task: client.messages.create()\n")
    said = project.cli("init")
    assert said.status == 0, said.text
    assert "takes its tools from a suite" in said.out
    assert set(files(project)) == {"bot.py", "agentsafety.toml"}


FACTORY = (
    HEAD
    + """
def build(tools=(read_ticket, send_email)):
    def ask(task):
        return client.beta.messages.tool_runner(
            model="claude-sonnet-5-5", max_tokens=100, tools=[anthropic.beta_tool(one) for one in tools],
            messages=[{"role": "user", "content": task}],
        ).until_done().content[-1].text
    return ask
"""
)


def test_a_factory_gets_a_first_test_that_passes_and_can_fail(project: Any) -> None:
    project.file("shop/bot.py", FACTORY)
    project.file("ticket-bot.py", FACTORY)
    said = project.cli("init")
    assert said.status == 0, said.text
    assert "shop.bot:build" in said.out
    assert "no import can name them: ticket-bot.py. Call it ticket_bot.py, say." in said.out
    assert "UNGATED" not in said.out
    first = project.root / "tests/test_agent_safety.py"
    assert "def test_read_ticket_gives_no_orders" in first.read_text()
    options = ["--agent-safety", "--agent-safety-case=none", "tests"]
    tested = project.pytest(*options)
    assert (tested.status, "1 passed" in tested.out) == (0, True), tested.text
    unguarded = project.pytest(*options, "--agent-safety-guards=none")
    assert (unguarded.status, "1 failed" in unguarded.out) == (1, True), unguarded.text
    assert not (project.root / "really-read").exists()
    assert not (project.root / "really-sent").exists()


def test_tools_that_an_object_shows_are_tried_at_the_door(project: Any) -> None:
    source = RUNNER.replace("def answer(task: str) -> str:", "def own(task: str) -> str:")
    loop = """

class Desk:
    tools = [read_ticket, send_email]

    def invoke(self, task):
        messages = [{"role": "user", "content": task}]
        shown = [one.to_dict() for one in self.tools]
        by_name = {one.name: one for one in self.tools}
        for _ in range(20):
            reply = client.messages.create(model="claude-sonnet-5-5", max_tokens=100, messages=messages, tools=shown)
            calls = [block for block in reply.content if block.type == "tool_use"]
            if not calls:
                return reply.content[-1].text
            messages.append({"role": "assistant", "content": reply.content})
            results = []
            for call in calls:
                try:
                    result = by_name[call.name].func(**call.input)
                except TypeError as error:
                    result = str(error)
                results.append({"type": "tool_result", "tool_use_id": call.id, "content": result})
            messages.append({"role": "user", "content": results})


desk = Desk()
"""
    project.file("bot.py", source + loop)
    said = project.cli("init", "--agent=bot:desk")
    assert said.status == 0, said.text
    assert "UNGATED" in said.out


# -- when it cannot say


def test_several_are_printed_as_commands(project: Any, call: Any) -> None:
    project.file("one.py", RUNNER)
    project.file("two.py", RUNNER)
    said = call(project.root, "init")
    assert said.status == 4
    commands = [
        line.strip().partition("  #")[0].strip() for line in said.err.splitlines() if "agentsafety init" in line
    ]
    assert commands == ["agentsafety init --agent=one:answer", "agentsafety init --agent=two:answer"]
    assert set(files(project)) == {"one.py", "two.py"}
    chosen = project.cli(*commands[1].split()[1:])
    assert chosen.status == 0, chosen.text
    assert 'agent = "two:answer"' in (project.root / "agentsafety.toml").read_text()


def test_none_is_told_with_what_one_looks_like(project: Any, call: Any) -> None:
    project.file("half.py", "def (\n")
    project.file("my-bots/one.py", "pass\n")
    project.file("sub/pyproject.toml", "")
    said = call(project.root, "init")
    assert said.status == 4
    for told in (
        "no agent is configured",
        "half.py could not be read",
        "sub",
        "my-bots/one.py",
        "def answer(task: str) -> str:",
    ):
        assert told in said.err
    assert "--agent=module:attr" in said.err


def test_a_script_that_would_run_is_not_imported(project: Any, call: Any) -> None:
    project.file("bot.py", RUNNER.replace('if __name__ == "__main__":\n    print', "print"))
    said = call(project.root, "init")
    assert said.status == 4
    assert re.search(r"bot.py:\d+: asks the model as soon as the module is imported", said.err)
    assert set(files(project)) == {"bot.py"}


# -- a loop that calls its tools itself


@pytest.mark.parametrize("kind", LOOPS)
def test_a_loop_past_the_door_gets_the_fixture_that_mends_it(project: Any, kind: str) -> None:
    project.file("bot.py", loop(kind))
    said = project.cli("init")
    assert said.status == 0, said.text
    assert "UNGATED" in said.out
    assert "read_ticket, send_email" in said.out
    assert said.out.splitlines()[-1].endswith("then pytest --agent-safety")
    conftest = project.root / "conftest.py"
    drafted = conftest.read_text()
    assert all(line.startswith("#") for line in drafted.splitlines())
    before = files(project)
    assert project.cli("init").status == 0
    assert files(project) == before
    conftest.write_text("".join(line[2:] + "\n" for line in drafted.splitlines()[4:]))
    tested = project.pytest("--agent-safety")
    assert tested.status == 0, tested.text
    assert len(project.rows()) >= 50
    assert not any(row["verdict"] == "error" for row in project.rows())
    assert not (project.root / "really-sent").exists()
    again = project.cli("init")
    assert again.out.splitlines()[-1] == "next             pytest --agent-safety"


def test_a_conftest_of_the_user_s_stays_and_the_lines_are_printed(project: Any) -> None:
    project.file("bot.py", loop("dict"))
    project.file("conftest.py", "x = 1\n")
    said = project.cli("init")
    assert said.status == 0, said.text
    assert (project.root / "conftest.py").read_text() == "x = 1\n"
    assert "    # def agent_safety_agent(agent_safety, monkeypatch):" in said.out


# -- with a key


def test_nothing_is_spent_unless_it_was_said(project: Any, api: MessagesServer) -> None:
    project.file("bot.py", RUNNER)
    for options in ([], ["--no-record"], ["--print"]):
        said = project.cli("init", *options, **env(api))
        assert said.status == 0, said.text
    assert api.log == []
    assert not (project.root / "tests/agentsafety-cassettes").exists()


def test_record_plays_the_benign_runs_once(project: Any, api: MessagesServer) -> None:
    project.file("bot.py", RUNNER)
    said = project.cli("init", "--record", **env(api))
    assert said.status == 0, said.text
    assert "1 benign run of bot:answer with the real model (ANTHROPIC_API_KEY is set): costs at most $5.00" in said.out
    assert re.search(r"recorded         1 of 1 benign runs for \$0\.\d{4}, in tests/agentsafety-cassettes", said.out)
    assert api.calls == 2
    assert (project.root / "really-read").exists()
    assert not (project.root / "really-sent").exists()
    assert not any(KEY.encode() in content for content in files(project).values())
    again = project.cli("init", "--record", **env(api))
    assert again.status == 0, again.text
    assert "every benign run is recorded already" in again.out
    assert api.calls == 2
    (project.root / "really-read").unlink()

    ran = project.cli("run")
    assert ran.status == 0, ran.text
    assert "modes recorded, hijacked" in ran.out
    rows = project.rows()
    assert [row["case_id"] for row in rows if row["mode"] == "recorded"] == ["gen.read_ticket"]
    assert {row["verdict"] for row in rows if row["kind"] == "benign"} == {"completed"}
    assert not (project.root / "really-read").exists()

    path = project.root / "agentsafety.toml"  # what a person corrects afterwards makes no run fail
    path.write_text(path.read_text().replace('"egress"', '"pay"'))
    ran = project.cli("run", "--case=*read_ticket*order")
    assert ran.status == 0, ran.text
    assert "1 recordings left out, they were made under other rules" in ran.out


def test_the_run_s_budget_bounds_it(project: Any, api: MessagesServer) -> None:
    project.file("bot.py", RUNNER)
    project.file("agentsafety.toml", "[tool.agentsafety.run_budget]\nmax_cost_usd = 0.0001\n")
    said = project.cli("init", "--record", **env(api))
    assert said.status == 1, said.text
    assert "costs at most $0.00" in said.out
    assert "recorded         0 of 1" in said.out
    assert api.calls == 0


def test_record_without_a_key_writes_nothing(project: Any, call: Any) -> None:
    project.file("bot.py", RUNNER)
    said = call(project.root, "init", "--record")
    assert said.status == 4
    assert "set ANTHROPIC_API_KEY" in said.err
    assert set(files(project)) == {"bot.py"}


@pytest.mark.parametrize(("reply", "calls"), [("y\n", 2), ("\n", 0), ("no\n", 0)])
def test_at_a_terminal_it_asks(project: Any, api: MessagesServer, reply: str, calls: int) -> None:
    project.file("bot.py", RUNNER)
    controller, terminal = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "pytest_agentsafety.cli.main", "init"],
        cwd=project.root,
        env={**project.env, **env(api)},
        stdin=terminal,
        stdout=terminal,
        stderr=terminal,
    )
    os.close(terminal)
    os.write(controller, reply.encode())
    said = b""
    while True:
        try:
            more = os.read(controller, 4096)
        except OSError:
            break
        if not more:
            break
        said += more
    os.close(controller)
    assert process.wait(60) == 0, said.decode()
    assert b"costs at most $5.00" in said
    assert b"Record them now? [y/N]" in said
    assert api.calls == calls
    assert (b"agentsafety init --record does it later" in said) == (calls == 0)
    assert json.dumps(sorted(files(project))).count("gen.read_ticket") == (1 if calls else 0)
