"""`agentsafety approvals`: list and answer."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pytest_agentsafety.approval import ApprovalQueue, QueueApprover
from pytest_agentsafety.cli.main import main
from pytest_agentsafety.model.decisions import ApprovalRequest, Decision, Origin
from pytest_agentsafety.model.messages import ToolCall
from pytest_agentsafety.model.policy import ToolRule

HOSTILE = "\x1b[2J\n::error::pwned\u202e"


def request(tool: str = "send_mail", to: str = "ann@x.test") -> ApprovalRequest:
    return ApprovalRequest(
        call=ToolCall(call_id="t1", name=tool, arguments={"to": to}),
        rule=ToolRule(effect="egress"),
        decision=Decision(outcome="ask", guard="provenance", rule="provenance.unendorsed", reason="not in the task"),
        user_task="Mail Ann",
        origins={"to": Origin(source="tool:read_mail")},
    )


@pytest.fixture
def queue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ApprovalQueue:
    """Two questions where a run in the working folder leaves them."""
    monkeypatch.chdir(tmp_path)
    made = ApprovalQueue(tmp_path / "agentsafety-report" / "approvals.jsonl")
    approver = QueueApprover(made, task="case")
    approver.decide(request())
    approver.decide(request("pay"))
    return made


def ids(queue: ApprovalQueue) -> list[str]:
    return list(queue.read()[0])


def decide(queue: ApprovalQueue, tool: str = "send_mail") -> str:
    return QueueApprover(queue, task="case").decide(request(tool)).answer


def test_the_list_shows_what_a_person_needs(queue: ApprovalQueue, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["approvals", "list"]) == 0
    first, second = ids(queue)
    lines = capsys.readouterr().out.splitlines()
    assert lines[:6] == [
        f"{first}  waits",
        "  send_mail (effect: egress), in case",
        "  task:   Mail Ann",
        "  reason: provenance.unendorsed: not in the task",
        '    to = "ann@x.test"',
        "    to is from: tool:read_mail (NOT trusted)",
    ]
    assert lines[6].startswith(second)
    assert lines[-1] == "2 of 2 wait for an answer in agentsafety-report/approvals.jsonl"


def test_an_answer_is_found_by_the_next_run(queue: ApprovalQueue, capsys: pytest.CaptureFixture[str]) -> None:
    first, second = ids(queue)
    assert main(["approvals", "answer", first[:6], "approve", "--reason", "known"]) == 0
    assert capsys.readouterr().out == f"{first}: approve\n"
    assert (decide(queue), decide(queue, "pay")) == ("approve", "escalate")
    assert main(["approvals", "answer", first, "reject"]) == 0
    assert capsys.readouterr().out == f"{first}: reject (was: approve)\n"
    assert decide(queue) == "reject"
    assert main(["approvals", "list"]) == 0
    shown = capsys.readouterr().out
    assert first not in shown
    assert second in shown
    assert main(["approvals", "list", "--all"]) == 0
    assert f"{first}  reject" in capsys.readouterr().out


def test_modify_takes_the_changed_arguments(queue: ApprovalQueue) -> None:
    assert main(["approvals", "answer", ids(queue)[0], "modify", "--arguments", '{"to": "bob@x.test"}']) == 0
    answer = QueueApprover(queue, task="case").decide(request())
    assert (answer.answer, answer.arguments) == ("modify", {"to": "bob@x.test"})


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["ID", "aprove"], "unknown answer 'aprove'. Did you mean 'approve'?"),
        (["0123456789", "approve"], "no question '0123456789'"),
        (["", "approve"], "no question ''"),
        (["ID", "modify"], "--arguments: modify needs a JSON object"),
        (["ID", "modify", "--arguments", "[1]"], "--arguments: expected a JSON object, got [1]"),
        (["ID", "approve", "--arguments", "{}"], "--arguments goes with modify, not with approve"),
        (["ID", "approve", "--queue", "nowhere.jsonl"], "nowhere.jsonl: no approval queue here"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_written(
    queue: ApprovalQueue, capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    before = queue.path.read_bytes()
    given = [ids(queue)[0] if part == "ID" else part for part in arguments]
    assert main(["approvals", "answer", *given]) == 4
    assert message in capsys.readouterr().err
    assert queue.path.read_bytes() == before
    assert not Path("nowhere.jsonl").exists()


def test_a_beginning_that_fits_two_is_refused(queue: ApprovalQueue, capsys: pytest.CaptureFixture[str]) -> None:
    with queue.locked() as locked:
        for name in ("abcd1", "abcd2"):
            locked.append({"type": "ask", "id": name, "tool": "t"})
    assert main(["approvals", "answer", "abcd", "approve"]) == 4
    assert "2 questions begin with 'abcd': abcd1, abcd2" in capsys.readouterr().err


def test_the_configured_queue_is_the_one_that_is_meant(
    queue: ApprovalQueue, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "agentsafety.toml").write_text('[tool.agentsafety.approval]\nqueue = "asks/open.jsonl"\n')
    assert main(["approvals", "list"]) == 4
    assert "open.jsonl: no approval queue here" in capsys.readouterr().err
    QueueApprover(ApprovalQueue(tmp_path / "asks" / "open.jsonl"), task="x").decide(request())
    assert main(["approvals", "list"]) == 0
    assert "1 of 1 wait" in capsys.readouterr().out
    assert main(["approvals", "list", "--queue", "agentsafety-report"]) == 0
    assert "2 of 2 wait" in capsys.readouterr().out


def test_hostile_text_moves_no_cursor(queue: ApprovalQueue, capsys: pytest.CaptureFixture[str]) -> None:
    QueueApprover(queue, task=HOSTILE).decide(request(HOSTILE, HOSTILE))
    with queue.locked() as locked:
        locked.append({"type": "answer", "id": ids(queue)[0], "answer": HOSTILE, "reason": HOSTILE})
        locked.append({"type": "ask", "id": HOSTILE, "arguments": [HOSTILE], "origins": {"a": HOSTILE}})
    assert main(["approvals", "list", "--all"]) == 0
    shown = capsys.readouterr().out
    assert "pwned" in shown
    assert shown.replace("\n", "").isprintable()
    assert not [line for line in shown.splitlines() if line.lstrip().startswith("::")]


def test_as_json(queue: ApprovalQueue, capsys: pytest.CaptureFixture[str]) -> None:
    main(["approvals", "answer", ids(queue)[0], "approve"])
    capsys.readouterr()
    assert main(["approvals", "list", "--json", "--all"]) == 0
    first, second = json.loads(capsys.readouterr().out)
    assert (first["answer"], first["settled"], second["answer"], second["settled"]) == ("approve", True, None, False)
    assert first["arguments"] == {"to": "ann@x.test"}


def test_lines_that_cannot_be_read_are_counted(queue: ApprovalQueue, capsys: pytest.CaptureFixture[str]) -> None:
    with queue.path.open("ab") as stream:
        stream.write(b'{"torn')
    assert main(["approvals", "list"]) == 0
    assert "1 lines of" in capsys.readouterr().err
