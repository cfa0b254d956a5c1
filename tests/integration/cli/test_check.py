"""`agentsafety check`: one decision a line, by the policy of the folder it is called in."""

from __future__ import annotations

import io
import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

POLICY = """\
[tool.agentsafety]
agent = "no.such.module:build"

[tool.agentsafety.approval]
approver = "callback"
callback = "spy:answer"
always_approve = ["read_*", "note"]
always_ask = ["read_diary"]

[tool.agentsafety.tools]
read_file = { effect = "read", allowed_paths = ["data/"], max_size_kb = 1 }
read_diary = { effect = "read" }
note = { effect = "write" }
send_mail = { effect = "egress", allowed_domains = ["shop.example"] }
fetch = { effect = "read", allowed_domains = ["api.shop.example"] }
pay = { effect = "pay" }
run_code = { effect = "execute" }
"""
SPY = "open('imported', 'w').close()\ndef answer(request):\n    return True\n"

Judge = Callable[..., list[dict[str, Any]]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "agentsafety.toml").write_text(POLICY)
    (tmp_path / "spy.py").write_text(SPY)
    for name in ("data/deep", "elsewhere"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "data/ok.txt").write_text("x")
    (tmp_path / "data/deep/low.txt").write_text("x")
    (tmp_path / "data/big.txt").write_text("x" * 1025)
    (tmp_path / "secret.txt").write_text("x")
    return tmp_path


def feed(monkeypatch: pytest.MonkeyPatch, text: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text)))


@pytest.fixture
def judge(call: Any, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Judge:
    """`judge((tool, arguments), ..., where=".", options=[])`: the answers, when all lines were calls."""

    def ask(*calls: tuple[str, Any], where: str = ".", options: Any = ()) -> list[dict[str, Any]]:
        lines = [json.dumps({"tool": tool, "arguments": arguments}) for tool, arguments in calls]
        feed(monkeypatch, "\n".join(lines).encode())
        said = call(folder / where, "check", *options)
        assert (said.status, said.err) == (0, "")
        answers = [json.loads(line) for line in said.out.splitlines()]
        assert len(answers) == len(calls)
        assert all(list(answer) == ["decision", "rule", "reason"] for answer in answers)
        return answers

    return ask


def one(judge: Judge, tool: str, arguments: Any, **how: Any) -> tuple[str, str]:
    answer = judge((tool, arguments), **how)[0]
    return answer["decision"], answer["rule"]


@pytest.mark.parametrize(
    ("tool", "arguments", "expected"),
    [
        ("read_file", {"path": "data/ok.txt"}, ("allowed", "provenance.read")),
        ("read_file", {"path": "secret.txt"}, ("denied", "permissions.path")),
        ("read_file", {"path": "data/gone.txt"}, ("denied", "permissions.not_found")),
        ("read_file", {"path": "data/big.txt"}, ("denied", "permissions.size")),
        ("read_file", {"path": 7}, ("denied", "permissions.unreadable_argument")),
        ("read_file", {"path": "data/\ud800"}, ("denied", "permissions.path")),
        ("fetch", {"url": "https://api.shop.example/x"}, ("allowed", "provenance.read")),
        ("fetch", {"url": "https://evil.test/"}, ("denied", "permissions.domain")),
        ("send_mail", {"to": "a@shop.example", "body": "x"}, ("ask", "provenance.unendorsed")),
        ("send_mail", {"to": "a@evil.test", "body": "x"}, ("denied", "permissions.domain")),
        ("note", {"text": "x"}, ("allowed", "approval.always_approve")),
        ("read_diary", {}, ("ask", "approval.always_ask")),
        ("format_disk", {"disk": "a"}, ("denied", "policy.no_rule")),
        ("Read_File", {"path": "data/ok.txt"}, ("denied", "policy.no_rule")),
    ],
)
def test_single_calls(judge: Judge, tool: str, arguments: Any, expected: tuple[str, str]) -> None:
    assert one(judge, tool, arguments) == expected


def test_code_is_judged_by_the_sandbox_rule_and_not_run(judge: Judge, folder: Path) -> None:
    answer = judge(("run_code", {"code": "open('ran', 'w')"}))[0]
    assert answer["decision"] in ("denied", "ask")
    assert not (folder / "ran").exists()


def test_help(call: Any, tmp_path: Path) -> None:
    assert "\n    check " in call(tmp_path, "--help").out
    said = call(tmp_path, "check", "--help")
    assert (said.status, "--task TEXT" in said.out) == (0, True)


def test_a_reason_names_the_value_and_what_is_allowed(judge: Judge, folder: Path) -> None:
    answers = judge(("read_file", {"path": "secret.txt"}), ("format_disk", {}))
    assert "secret.txt" in answers[0]["reason"]
    assert str(folder / "data") in answers[0]["reason"]
    assert "[tool.agentsafety.tools.format_disk]" in answers[1]["reason"]


def test_the_task_endorses_what_it_names(judge: Judge) -> None:
    call = ("send_mail", {"to": "anna@shop.example", "body": "hello"})
    assert one(judge, *call)[0] == "ask"
    assert one(judge, *call, options=["--task", "Write to anna@shop.example"]) == ("allowed", "provenance.endorsed")
    assert one(judge, *call, options=["--task=Write to bob@shop.example"])[0] == "ask"


def test_arguments_that_no_role_was_written_for_have_the_one_their_name_says(judge: Judge) -> None:
    """As at the door, where a tool's own signature says them: the words of a note need not stand in the task."""
    call = ("pay", {"amount": 12, "note": "as agreed"})
    assert one(judge, *call, options=["--task=Pay 12 euros"]) == ("allowed", "provenance.endorsed")
    assert one(judge, *call, options=["--task=Pay 13 euros"])[0] == "ask"


@pytest.mark.parametrize(
    ("where", "path", "decision"),
    [
        ("data", "ok.txt", "allowed"),
        ("data", "deep/low.txt", "allowed"),
        ("data", "../secret.txt", "denied"),
        ("data", "data/ok.txt", "denied"),
        ("data/deep", "low.txt", "allowed"),
        ("data/deep", "../ok.txt", "allowed"),
        ("elsewhere", "../data/ok.txt", "allowed"),
        ("elsewhere", "data/ok.txt", "denied"),
    ],
)
def test_paths_start_here_and_rules_at_their_file(judge: Judge, where: str, path: str, decision: str) -> None:
    assert one(judge, "read_file", {"path": path}, where=where)[0] == decision


def test_nothing_is_executed_or_imported(judge: Judge, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(folder)
    before = sorted(folder.rglob("*"))
    assert one(judge, "pay", {"amount": 1})[0] == "ask"
    assert one(judge, "read_file", {"path": "data/ok.txt"})[0] == "allowed"
    assert sorted(folder.rglob("*")) == before
    assert "spy" not in sys.modules


def test_a_line_says_nothing_about_the_next(judge: Judge) -> None:
    """Many equal calls are no loop and no budget here, and a denial is not held against what follows."""
    calls = [("read_file", {"path": "secret.txt"}), ("read_file", {"path": "data/ok.txt"})] * 30
    assert [answer["decision"] for answer in judge(*calls)] == ["denied", "allowed"] * 30


BAD = {
    b"{": "not JSON",
    b"[1]": "found a JSON array",
    b'"read_file"': "found a JSON string",
    b"null": "found a JSON null",
    b"3": "found a JSON number",
    b'{"tool": "read_file"}': "has no 'arguments'",
    b'{"arguments": {}}': "has no 'tool'",
    b'{"tool": "read_file", "arguments": []}': "'arguments' is a JSON array",
    b'{"tool": 3, "arguments": {}}': "'tool' is a JSON number",
    b'{"tool": "", "arguments": {}}': "'tool' is empty",
    b'{"tool": "pay", "arguments": {"amount": NaN}}': "NaN is no JSON value",
    b'{"tool": "\xff", "arguments": {}}': "not UTF-8: byte 0xff at 10",
    b"[" * 200_000: "nested too deeply",
}


@pytest.mark.parametrize("line", BAD, ids=range(len(BAD)))
def test_a_malformed_line_is_an_error_and_the_others_are_answered(
    call: Any, folder: Path, monkeypatch: pytest.MonkeyPatch, line: bytes
) -> None:
    good = b'{"tool": "read_file", "arguments": {"path": "data/ok.txt"}}'
    feed(monkeypatch, b"\n".join([good, line, b"", good]))
    said = call(folder, "check")
    answers = [json.loads(text) for text in said.out.splitlines()]
    assert said.status == 4
    assert [answer.get("decision") for answer in answers] == ["allowed", None, "allowed"]
    assert list(answers[1]) == ["error"]
    assert answers[1]["error"].startswith("line 2: ")
    assert BAD[line] in answers[1]["error"]


def test_arguments_nested_deeper_than_anybody_reads_are_denied(
    call: Any, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deep = b'{"tool": "note", "arguments": {"text": ' + b"[" * 500 + b"]" * 500 + b"}}"
    feed(monkeypatch, deep)
    said = call(folder, "check")
    assert (said.status, json.loads(said.out)["decision"]) == (0, "denied")


def test_hostile_names_and_values_stay_on_their_line_and_are_ascii(judge: Judge, capsys: Any) -> None:
    hostile = "\x1b[2J\n::error::x\u202e\u2028"
    for answer in judge((hostile, {hostile: hostile}), ("read_file", {"path": hostile}), ("pay", {"to": hostile})):
        assert answer["decision"] in ("denied", "ask")
        assert json.dumps(answer).isascii()


def test_no_lines_is_no_error(call: Any, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    feed(monkeypatch, b"\n\n")
    said = call(folder, "check")
    assert (said.status, said.out, said.err) == (0, "", "")


def test_without_a_configuration_every_tool_is_denied_and_it_says_so(
    call: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    feed(monkeypatch, b'{"tool": "read_file", "arguments": {}}\n')
    said = call(tmp_path, "check")
    assert (said.status, json.loads(said.out)["rule"]) == (0, "policy.no_rule")
    assert "every tool is denied" in said.err


def test_a_wrong_configuration_is_4_before_any_line(call: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "agentsafety.toml").write_text("[tool.agentsafety.tools.read_file]\nefect = 'read'\n")
    feed(monkeypatch, b'{"tool": "read_file", "arguments": {}}\n')
    said = call(tmp_path, "check")
    assert (said.status, said.out) == (4, "")
    assert "Did you mean 'effect'?" in said.err


def test_each_line_is_answered_before_the_next_is_written(folder: Path) -> None:
    """A process that talks to it line by line is never left waiting."""
    command = [sys.executable, "-m", "pytest_agentsafety.cli.main", "check"]
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])}
    answers: queue.Queue[bytes] = queue.Queue()
    with subprocess.Popen(command, cwd=folder, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        reader = threading.Thread(target=lambda out: [answers.put(line) for line in out], args=(process.stdout,))
        reader.start()
        for path, decision in (("data/ok.txt", "allowed"), ("secret.txt", "denied")):
            process.stdin.write(json.dumps({"tool": "read_file", "arguments": {"path": path}}).encode() + b"\n")
            process.stdin.flush()
            assert json.loads(answers.get(timeout=60))["decision"] == decision
        process.stdin.close()
        assert process.wait(timeout=60) == 0
        reader.join()
