"""`agentsafety mcp-proxy` between a client written out line by line and a server that does what it wants."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

SERVER = Path(__file__).parent / "support" / "odd_server.py"
ROOT = Path(__file__).parents[3]
RULES = """
[tool.agentsafety.tools.look]
effect = "read"
[tool.agentsafety.tools.delete_note]
effect = "delete"
"""
WAIT = 20.0


class Client:
    """One run of the proxy."""

    def __init__(self, folder: Path, scenario: str, *options: str) -> None:
        self.folder, self.log = folder, folder / "server.log"
        command = [sys.executable, "-m", "pytest_agentsafety.cli.main", "mcp-proxy", *options, "--"]
        self.errors = (folder / "stderr").open("wb")
        self.process = subprocess.Popen(
            [*command, sys.executable, str(SERVER), str(self.log), scenario],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.errors,
        )

    def send(self, message: Any) -> None:
        assert self.process.stdin is not None
        raw = message if isinstance(message, bytes) else json.dumps(message).encode()
        self.process.stdin.write(raw + b"\n")
        self.process.stdin.flush()

    def read(self) -> Any:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, f"the proxy said no more: {self.said()}"
        return json.loads(line)

    def ask(self, method: str, params: Any = None, *, id: Any = 1) -> Any:  # noqa: A002
        self.send({"jsonrpc": "2.0", "id": id, "method": method, "params": params or {}})
        return self.read()

    def call(self, tool: str, *, id: Any = 1, **arguments: Any) -> Any:  # noqa: A002
        return self.ask("tools/call", {"name": tool, "arguments": arguments}, id=id)

    def said(self) -> str:
        return (self.folder / "stderr").read_text(encoding="utf-8")

    @property
    def seen(self) -> list[Any]:
        """What the server got, in order."""
        if not self.log.exists():
            return []
        return [json.loads(line) for line in self.log.read_text(encoding="utf-8").splitlines()]

    def seen_calls(self) -> list[Any]:
        return [message["params"]["name"] for message in self.seen if message.get("method") == "tools/call"]

    @property
    def server_pid(self) -> int:
        until(lambda: bool(self.seen))
        return int(self.seen[0]["pid"])

    def close(self) -> int:
        assert self.process.stdin is not None
        self.process.stdin.close()
        return self.process.wait(WAIT)


def until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + WAIT
    while not true():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.02)


def runs(pid: int) -> bool:
    with suppress(OSError):
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    return False


Open = Callable[..., Client]


@pytest.fixture
def proxy(tmp_path: Path) -> Iterator[Open]:
    (tmp_path / "agentsafety.toml").write_text(RULES, encoding="utf-8")
    made: list[Client] = []

    def start(scenario: str = "plain", *options: str) -> Client:
        made.append(Client(tmp_path, scenario, *options))
        return made[-1]

    yield start
    for client in made:
        client.process.kill()
        client.process.wait()
        for stream in (client.process.stdin, client.process.stdout, client.errors):
            with suppress(OSError):
                stream.close()  # type: ignore[union-attr]


def text_of(reply: Any) -> str:
    return str(reply["result"]["content"][0]["text"])


def test_allowed_calls_go_through_and_denied_ones_never_reach_the_server(proxy: Open) -> None:
    client = proxy()
    reply = client.call("look", text="Anna")
    assert reply == {
        "jsonrpc": "2.0",
        "id": 1,
        "result": {"content": [{"type": "text", "text": "looked up Anna"}], "isError": False},
    }
    held = client.call("delete_note", id="two", text="x")
    assert held["id"] == "two"
    assert held["result"]["isError"] is True
    assert "needs approval" in text_of(held)
    assert "policy.no_rule" in text_of(client.call("unheard_of", id=3))
    assert client.seen_calls() == ["look"]
    assert client.close() == 3
    assert "Traceback" not in client.said()


def test_the_task_endorses_what_it_names(proxy: Open) -> None:
    client = proxy("plain", "--task", "Delete the note drafts")
    assert text_of(client.call("delete_note", text="drafts")) == "looked up drafts"
    assert client.call("delete_note", id=2, text="invoices")["result"]["isError"] is True
    assert client.seen_calls() == ["delete_note"]


def test_the_evidence_holds_every_decision_and_is_anchored(proxy: Open, tmp_path: Path) -> None:
    client = proxy("plain", "--output", "evidence")
    client.call("look", text="Anna")
    client.call("delete_note", id=2, text="x")
    assert client.close() == 3
    records = [json.loads(line) for line in (tmp_path / "evidence" / "audit.jsonl").read_text().splitlines()]
    decided = [(record["tool"], record["outcome"]) for record in records if record["type"] == "tool_decided"]
    assert decided == [("look", "allowed"), ("delete_note", "ask")]
    command = [sys.executable, "-m", "pytest_agentsafety.cli.main", "audit", "verify", "evidence"]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, env=env, check=False)
    assert (done.returncode, done.stdout.strip().split(",")[-1]) == (0, " end anchored by run.json")


def test_unknown_methods_notifications_and_odd_ids_go_through_as_they_are(proxy: Open) -> None:
    client = proxy()
    for identity in ("a", 0, 1.5, 2**60, "1"):
        sent = {"jsonrpc": "2.0", "id": identity, "method": "x/unheard", "params": {"é": [1, {"b": None}]}}
        client.send(sent)
        assert client.read() == {"jsonrpc": "2.0", "id": identity, "result": {"echo": sent}}
    note = {"jsonrpc": "2.0", "method": "notifications/whatever", "params": {"n": 1}}
    client.send(note)
    until(lambda: client.seen[-1] == note)


def test_progress_and_requests_of_the_server_reach_the_client_while_a_call_is_open(proxy: Open) -> None:
    client = proxy("progress")
    assert client.call("look", text="x")["method"] == "notifications/progress"
    assert client.read()["method"] == "sampling/createMessage"
    client.send({"jsonrpc": "2.0", "id": "s1", "result": {"role": "assistant"}})
    assert text_of(client.read()) == "looked up x"
    assert client.seen[-1] == {"jsonrpc": "2.0", "id": "s1", "result": {"role": "assistant"}}


def test_five_megabytes_go_through(proxy: Open) -> None:
    client = proxy("large")
    assert len(text_of(client.call("look", text="y" * 1_000_000))) == 5_000_000


def test_a_cancelled_call_gets_no_answer_and_others_go_on(proxy: Open) -> None:
    client = proxy("never")
    client.send({"jsonrpc": "2.0", "id": 5, "method": "tools/call", "params": {"name": "look", "arguments": {}}})
    until(lambda: client.seen_calls() == ["look"])
    client.send({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": 5}})
    assert client.ask("ping", id=6)["id"] == 6
    assert client.seen[-2]["method"] == "notifications/cancelled"
    assert client.close() == 3


def test_many_calls_at_once_are_each_answered_with_their_own_result(proxy: Open) -> None:
    client = proxy()
    for number in range(40):
        tool = "delete_note" if number % 2 else "look"
        params = {"name": tool, "arguments": {"text": f"n{number}"}}
        client.send({"jsonrpc": "2.0", "id": number, "method": "tools/call", "params": params})
    replies = {reply["id"]: reply["result"] for reply in (client.read() for _ in range(40))}
    assert all(replies[n]["isError"] is bool(n % 2) for n in range(40))
    assert all(replies[n]["content"][0]["text"] == f"looked up n{n}" for n in range(0, 40, 2))
    assert client.seen_calls() == ["look"] * 20


def test_a_poisoned_description_withholds_the_tool_also_from_being_called(proxy: Open, tmp_path: Path) -> None:
    rules = RULES + '[tool.agentsafety.tools.help_me]\neffect = "read"\n'
    (tmp_path / "agentsafety.toml").write_text(rules, encoding="utf-8")
    client = proxy("poisoned", "--output", "evidence")
    listed = client.ask("tools/list")
    assert [tool["name"] for tool in listed["result"]["tools"]] == ["look", "delete_note"]
    assert listed["result"]["nextCursor"] == "x"
    assert "mcp.poisoned" in text_of(client.call("help_me", id=2, text="x"))
    assert client.seen_calls() == []
    assert "tool 'help_me' is withheld (mcp.poisoned)" in client.said()
    assert "tool 'calm' is withheld (mcp.poisoned)" in client.said()  # the words of a parameter are read too
    client.close()
    audit = (tmp_path / "evidence" / "audit.jsonl").read_text(encoding="utf-8")
    assert "is withheld (mcp.poisoned)" in audit


def test_a_person_who_read_a_description_may_trust_the_tool(proxy: Open) -> None:
    client = proxy("poisoned", "--trust-tool", "calm")
    names = [tool["name"] for tool in client.ask("tools/list")["result"]["tools"]]
    assert names == ["look", "delete_note", "calm"]


def test_a_description_that_changes_withholds_the_tool_until_the_proxy_is_started_anew(proxy: Open) -> None:
    client = proxy("rug pull")
    names = [[tool["name"] for tool in client.ask("tools/list", id=n)["result"]["tools"]] for n in range(3)]
    assert names == [["look", "delete_note"], ["delete_note"], ["delete_note"]]
    assert "mcp.changed" in text_of(client.call("look", id=9, text="x"))
    assert client.seen_calls() == []
    assert client.said().count("is withheld (mcp.changed)") == 1


def test_the_servers_error_reaches_the_client_as_it_is_and_a_hostile_one_does_not(proxy: Open) -> None:
    error = proxy("error").call("look", text="x")["error"]
    assert error == {"code": -32000, "message": "no such thing"}
    hostile = proxy("hostile error").call("look", text="x")
    assert "evil@attacker.test" not in json.dumps(hostile)
    assert hostile["result"]["isError"] is True


def test_a_line_that_two_parsers_read_differently_goes_on_as_it_was_checked(proxy: Open) -> None:
    client = proxy("two faces")
    assert text_of(client.call("look", text="x")) == "looked up x"
    assert client.process.stdout is not None
    client.send(b'{"jsonrpc":"2.0","id":2,"method":"ping","method":"tools/call","params":{"name":"delete_note"}}')
    assert "needs approval" in text_of(client.read())
    client.send(b'{"jsonrpc":"2.0","id":3,"method":"tools/call","Method":"ping","params":{"name":"delete_note"}}')
    assert client.read()["error"]["code"] == -32700
    assert client.seen_calls() == ["look"]


def test_an_answer_that_nobody_waits_for_is_dropped(proxy: Open) -> None:
    client = proxy("foreign answers")
    assert text_of(client.call("look", text="x")) == "looked up x"
    assert client.ask("ping", id=2)["id"] == 2  # nothing came in between
    assert client.said().count("dropped") == 4


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (b"no JSON", -32700),
        (b"[]", -32700),
        (b"\xff\xfe", -32700),
        (b"[" * 100_000, -32700),
        (b'{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":7}}', -32602),
        (b'{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"look","arguments":[]}}', -32602),
        (b'{"jsonrpc":"2.0","id":1,"method":"tools/call"}', -32602),
    ],
)
def test_what_is_no_call_is_answered_with_an_error_and_not_sent(proxy: Open, line: bytes, code: int) -> None:
    client = proxy()
    client.send(line)
    assert client.read()["error"]["code"] == code
    assert client.ask("ping", id=2)["id"] == 2
    assert [message.get("method") for message in client.seen[1:]] == ["ping"]


def test_a_call_without_an_id_and_calls_in_a_batch_are_no_way_around(proxy: Open) -> None:
    client = proxy()
    call = {"jsonrpc": "2.0", "method": "tools/call", "params": {"name": "delete_note", "arguments": {}}}
    client.send(call)
    client.send([{**call, "id": 1}, {"jsonrpc": "2.0", "id": 2, "method": "ping"}])
    replies = {reply["id"]: reply for reply in (client.read(), client.read())}
    assert "needs approval" in text_of(replies[1])
    assert "echo" in replies[2]["result"]
    assert client.seen_calls() == []


def test_the_servers_exit_status_is_the_proxys(proxy: Open) -> None:
    client = proxy()
    client.send({"jsonrpc": "2.0", "method": "exit"})
    assert client.process.wait(WAIT) == 7


def test_a_server_that_is_killed_ends_the_proxy_also_during_a_call(proxy: Open) -> None:
    client = proxy("never")
    client.send({"jsonrpc": "2.0", "id": 5, "method": "tools/call", "params": {"name": "look", "arguments": {}}})
    until(lambda: client.seen_calls() == ["look"])
    os.kill(client.server_pid, signal.SIGKILL)
    assert client.process.wait(WAIT) == 128 + signal.SIGKILL


def test_a_proxy_that_is_killed_leaves_no_server_behind_even_one_that_stays(proxy: Open) -> None:
    client = proxy("stays")
    pid = client.server_pid
    client.process.send_signal(signal.SIGKILL)
    until(lambda: not runs(pid))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_both(proxy: Open, number: signal.Signals) -> None:
    client = proxy()
    pid = client.server_pid
    client.process.send_signal(number)
    status = client.process.wait(WAIT)
    assert status in (130, 143, 1)  # a server in Python turns SIGINT into status 130 or 1
    assert not runs(pid)
    assert "Traceback" not in client.said().split("KeyboardInterrupt")[-1]


def test_a_server_that_stays_after_the_end_of_its_input_is_ended(proxy: Open) -> None:
    client = proxy("stays")
    pid = client.server_pid
    assert client.close() == 128 + signal.SIGTERM
    assert not runs(pid)


def test_a_server_that_cannot_be_started_is_a_usage_error(tmp_path: Path) -> None:
    (tmp_path / "agentsafety.toml").write_text(RULES, encoding="utf-8")
    command = [sys.executable, "-m", "pytest_agentsafety.cli.main", "mcp-proxy", "--", "no-such-server-here"]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, env=env, check=False)
    assert done.returncode == 4
    assert "cannot start the MCP server 'no-such-server-here'" in done.stderr
