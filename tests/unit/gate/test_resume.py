"""A task with a journal: what happened is not done again, what may have happened is asked about."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pytest_agentsafety.checkpoint import CheckpointError
from pytest_agentsafety.gate import DenialText, Gate
from pytest_agentsafety.gate.resume import CheckpointFailed
from pytest_agentsafety.model.errors import BudgetExceededError, ConfigError, LimitExceededError, RunTerminated, StopRun
from pytest_agentsafety.model.messages import ModelRequest, ModelResponse, Usage
from pytest_agentsafety.model.policy import ApprovalRules, BudgetLimits, ToolRule

MAIL = {"to": "anna@example.com", "body": "hello"}
BOB = {"to": "bob@example.com", "body": "hello"}


class PowerCut(BaseException):
    """The process ends here."""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal"


@pytest.fixture
def resume(open_task: Callable[..., Any], path: Path) -> Callable[..., Any]:
    """Open the task of the journal; the one opened before is over."""
    opened: list[Any] = []

    def make(*args: Any, **options: Any) -> Any:
        for before in opened:
            before.task.close()
        opened.append(open_task(*args, checkpoint=path, **options))
        return opened[-1]

    return make


def request(*texts: str, model: str = "claude-sonnet-5-5", system: str = "") -> ModelRequest:
    messages = [{"role": "user", "content": text} for text in texts]
    payload = {"model": model, "max_tokens": 100, "messages": messages, "system": system}
    return ModelRequest(
        url="https://x/v1/messages", path="/v1/messages", body=json.dumps(payload).encode(), payload=payload
    )


def response(text: str, output_tokens: int = 5) -> ModelResponse:
    message = {
        "id": "m",
        "type": "message",
        "role": "assistant",
        "model": "claude-sonnet-5-5",
        "content": [{"type": "text", "text": text}],
        "stop_reason": "end_turn",
    }
    return ModelResponse(
        status=200, message=message, usage=Usage(input_tokens=10, output_tokens=output_tokens), latency_ms=12.0
    )


def said(opened: Any, asked: ModelRequest, fresh: str | None = None) -> str | None:
    """The reply from the journal; where there is none, the reply `fresh` is brought and None returned."""
    passed = opened.task.admit(asked)
    if passed.reply is None:
        if fresh is not None:
            passed.finish(response(fresh))
        return None
    passed.finish(response("")._replace(message=passed.reply.message, recorded_ms=passed.reply.recorded_ms))
    return str(passed.reply.message["content"][0]["text"])


def notices(log: Any) -> str:
    return "\n".join(event.message for event in log.of("notice"))


def kinds(path: Path) -> list[str]:
    return [json.loads(line[33:])["kind"] for line in path.read_bytes().splitlines()[1:]]


# -- tools


def test_a_call_that_ended_gives_its_result_and_does_not_run(resume, log):
    assert resume()["send_mail"](**MAIL) == "sent to anna@example.com"
    again = resume()
    assert again["send_mail"](**MAIL) == "sent to anna@example.com"
    assert log.kinds.count("ran send_mail") == 1
    assert log.last_decision.rule == "checkpoint.replayed"
    assert again.task.state.budget.spent.tool_calls == 1
    assert [call.name for call in again.task.tally.executed] == ["send_mail"]


def test_the_same_call_twice_is_two_calls(resume, log):
    first = resume()
    first["send_mail"](**MAIL)
    again = resume()
    again["send_mail"](**MAIL)
    again["send_mail"](**MAIL)
    assert log.kinds.count("ran send_mail") == 2
    third = resume()
    for _ in range(2):
        third["send_mail"](**MAIL)
    assert log.kinds.count("ran send_mail") == 2
    assert third.task.state.budget.spent.tool_calls == 2


def test_the_order_of_different_calls_is_free(resume, log):
    first = resume()
    notes = [first["read_note"](name) for name in ("a", "b", "c")]
    again = resume()
    assert [again["read_note"](name) for name in ("c", "a", "b")] == [notes[2], notes[0], notes[1]]
    assert log.kinds.count("ran read_note") == 3


def test_calls_of_many_threads_are_each_run_once(resume, log):
    calls = [f"note {number % 7}" for number in range(20)]
    first = resume()
    with ThreadPoolExecutor(8) as pool:
        before = list(pool.map(first["read_note"], calls))
    again = resume()
    with ThreadPoolExecutor(8) as pool:
        after = list(pool.map(again["read_note"], reversed(calls)))
    assert after == before[::-1]
    assert log.kinds.count("ran read_note") == 20


VALUES = [{"a": [1, None, {"b": 2.5}]}, [1, "x"], 7, True, None, "text"]


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_a_json_value_comes_back_as_it_was(resume, value):
    def read_note(name: str) -> Any:
        return value if not ran and not ran.append(1) else pytest.fail("it ran again")

    ran: list[int] = []
    assert resume(more_tools=[read_note])["read_note"]("x") == value
    back = resume(more_tools=[read_note])["read_note"]("x")
    assert (back, type(back)) == (value, type(value))


@pytest.mark.parametrize("value", [(1, 2), {1: "a"}, {"s": {1}}, float("nan")], ids=repr)
def test_what_json_cannot_give_back_comes_back_as_text(resume, value):
    def read_note(name: str) -> Any:
        return value

    resume(more_tools=[read_note])["read_note"]("x")
    assert isinstance(resume(more_tools=[read_note])["read_note"]("x"), str)


@pytest.mark.parametrize("error", [KeyError("gone"), ValueError("bad"), FileNotFoundError(2, "No such file")])
def test_an_error_comes_back_as_the_same_error(resume, log, error):
    def read_note(name: str) -> str:
        log.entries.append("ran it")
        raise error

    for opened in (resume(more_tools=[read_note]) for _ in range(2)):
        with pytest.raises(type(error)) as caught:
            opened["read_note"]("x")
        assert (caught.value.args, str(caught.value)) == (error.args, str(error))
    assert log.kinds.count("ran it") == 1


def test_an_error_of_a_class_of_its_own_keeps_name_and_words(resume):
    class OutOfPaper(Exception):
        """Nobody can build it from its words alone."""

        def __init__(self, tray: object) -> None:
            super().__init__(tray)

    def read_note(name: str) -> str:
        raise OutOfPaper(object)

    with pytest.raises(OutOfPaper):
        resume(more_tools=[read_note])["read_note"]("x")
    with pytest.raises(RuntimeError, match="object") as caught:
        resume(more_tools=[read_note])["read_note"]("x")
    assert type(caught.value).__name__ == "OutOfPaper"


def test_async_tools_are_replayed_as_async(resume, log):
    async def read_note(name: str) -> str:
        log.entries.append("ran it")
        return f"note {name}"

    for opened in (resume(more_tools=[read_note]) for _ in range(2)):
        assert asyncio.run(opened["read_note"]("x")) == "note x"
    assert log.kinds.count("ran it") == 1


def test_a_tool_that_returns_an_awaitable_is_replayed_as_one(resume, log):
    def read_note(name: str) -> Any:
        async def work() -> str:
            log.entries.append("ran it")
            return f"note {name}"

        return work()

    async def take(opened: Any) -> Any:
        return await opened["read_note"]("x")

    for opened in (resume(more_tools=[read_note]) for _ in range(2)):
        assert asyncio.run(take(opened)) == "note x"
    assert log.kinds.count("ran it") == 1


def test_a_refusal_is_a_refusal_again_whatever_the_rules_would_say_now(resume, log):
    first = resume()
    refused = [first["send_mail"](**BOB), first["run_code"]("1")]
    again = resume()
    repeated = [again["send_mail"](**BOB), again["run_code"]("1")]
    assert repeated == refused
    assert [(text.status, text.decision) for text in repeated] == [(text.status, text.decision) for text in refused]
    assert (again.task.tally.held, again.task.tally.blocked_calls) == (1, 2)
    assert kinds_of_runs(log) == []


def kinds_of_runs(log: Any) -> list[str]:
    return [entry for entry in log.entries if isinstance(entry, str)]


def test_labels_are_there_again(resume, log, says):
    """What a read brought in before the interruption is as little trusted after it."""

    def untrusted(opened: Any) -> Any:
        opened["read_note"]("bob@example.com")
        return opened["send_mail"](to="bob@example.com", body="x")

    first = untrusted(resume(approver=says("reject")))
    origin = log.last_decision.origin
    resume(approver=says("reject"))["read_note"]("bob@example.com")
    person = says("approve")
    third = resume(approver=person)
    third["read_note"]("bob@example.com")
    third["send_mail"](to="bob@example.com", body="y")
    assert isinstance(first, DenialText)
    assert origin == log.of("tool_decided")[-2].origin
    assert person.asked[0].origins["to"].source == "tool:read_note"


# -- unknown outcomes


def _cut_off(opened: Any, tool: str, **arguments: Any) -> None:
    with pytest.raises(PowerCut):
        opened[tool](**arguments)


@pytest.fixture
def cutting(log: Any) -> Callable[..., Any]:
    """A tool send_mail that runs and is then cut off, as often as `times` says."""

    def make(times: int = 1) -> Any:
        left = [times]

        def send_mail(to: str, body: str) -> str:
            """Send a mail."""
            log.entries.append("ran it")
            left[0] -= 1
            if left[0] >= 0:
                raise PowerCut
            return "sent"

        return send_mail

    return make


def test_a_write_of_unknown_outcome_is_asked_about_and_held(resume, log, cutting, says):
    tool = cutting()
    _cut_off(resume(more_tools=[tool]), "send_mail", **MAIL)
    person = says("reject", reason="it is in the outbox")
    again = resume(more_tools=[tool], approver=person)
    assert "send_mail was begun and not seen to end" in notices(log)
    held = again["send_mail"](**MAIL)
    assert isinstance(held, DenialText)
    assert held.status == "held"
    (asked,) = person.asked
    assert (asked.decision.guard, asked.decision.rule) == ("checkpoint", "checkpoint.unknown_outcome")
    assert "may have happened already" in asked.decision.reason
    assert log.kinds.count("ran it") == 1
    third = resume(more_tools=[tool], approver=person)
    assert third["send_mail"](**MAIL) == held
    assert len(person.asked) == 1


def test_approved_it_runs_again_and_is_known_from_then_on(resume, log, cutting, says):
    tool, person = cutting(), says("approve")
    _cut_off(resume(more_tools=[tool]), "send_mail", **MAIL)
    assert resume(more_tools=[tool], approver=person)["send_mail"](**MAIL) == "sent"
    assert resume(more_tools=[tool], approver=person)["send_mail"](**MAIL) == "sent"
    assert (log.kinds.count("ran it"), len(person.asked)) == (2, 1)


def test_cut_off_again_it_is_asked_about_again(resume, log, cutting, says):
    tool, person = cutting(2), says("approve")
    _cut_off(resume(more_tools=[tool]), "send_mail", **MAIL)
    _cut_off(resume(more_tools=[tool], approver=person), "send_mail", **MAIL)
    last = resume(more_tools=[tool], approver=person)
    assert last["send_mail"](**MAIL) == "sent"
    assert (log.kinds.count("ran it"), len(person.asked)) == (3, 2)
    assert last.task.state.budget.spent.tool_calls == 1


def test_put_off_an_unknown_outcome_stays_unknown(resume, log, cutting, says):
    tool = cutting()
    _cut_off(resume(more_tools=[tool]), "send_mail", **MAIL)
    for answer in ("escalate", "escalate"):
        person = says(answer)
        assert isinstance(resume(more_tools=[tool], approver=person)["send_mail"](**MAIL), DenialText)
        assert len(person.asked) == 1
    assert resume(more_tools=[tool], approver=says("approve"))["send_mail"](**MAIL) == "sent"


@pytest.mark.parametrize("rules", [{"always_approve": ("*",)}, {}], ids=["always_approve", "default approver"])
def test_no_list_and_no_default_lets_it_run_again(resume, log, policy, cutting, rules):
    tool, policy = cutting(), replace(policy, approval=ApprovalRules(**rules))
    _cut_off(resume(policy, more_tools=[tool]), "send_mail", **MAIL)
    assert isinstance(resume(policy, more_tools=[tool])["send_mail"](**MAIL), DenialText)
    assert log.kinds.count("ran it") == 1


def test_it_may_not_be_changed_into_another_call(resume, log, cutting, says):
    tool = cutting()
    _cut_off(resume(more_tools=[tool]), "send_mail", **MAIL)
    changed = says("modify", arguments={"to": "anna@example.com", "body": "other"})
    assert isinstance(resume(more_tools=[tool], approver=changed)["send_mail"](**MAIL), DenialText)
    assert log.kinds.count("ran it") == 1


def test_terminate_ends_this_try_only(resume, log, cutting, says):
    tool = cutting()
    _cut_off(resume(more_tools=[tool]), "send_mail", **MAIL)
    with pytest.raises(RunTerminated):
        resume(more_tools=[tool], approver=says("terminate"))["send_mail"](**MAIL)
    assert resume(more_tools=[tool], approver=says("approve"))["send_mail"](**MAIL) == "sent"


def test_a_read_of_unknown_outcome_just_runs_again(resume, log, says):
    def read_note(name: str) -> str:
        log.entries.append("ran it")
        if log.kinds.count("ran it") == 1:
            raise PowerCut
        return "bread"

    _cut_off(resume(more_tools=[read_note]), "read_note", name="x")
    person = says("reject")
    again = resume(more_tools=[read_note], approver=person)
    assert again["read_note"]("x") == "bread"
    assert person.asked == []
    assert again.task.state.budget.spent.tool_calls == 1


# -- approvals


def test_an_approval_is_not_asked_for_again(resume, log, says, monkeypatch):
    person = says("approve")
    first = resume(approver=person)
    monkeypatch.setattr(first.task.state.resume, "begin", _cut)
    with pytest.raises(PowerCut):
        first["send_mail"](**BOB)
    nobody = says("reject")
    assert resume(approver=nobody)["send_mail"](**BOB) == "sent to bob@example.com"
    assert (len(person.asked), len(nobody.asked)) == (1, 0)
    assert log.of("approval_given")[-1].by == "tester"


def _cut(*_args: Any) -> None:
    raise PowerCut


def test_an_approval_is_for_one_call(resume, log, says):
    resume(approver=says("approve"))["send_mail"](**BOB)
    again = resume(approver=says("reject"))
    assert again["send_mail"](**BOB) == "sent to bob@example.com"
    assert isinstance(again["send_mail"](**BOB), DenialText)
    assert log.kinds.count("ran send_mail") == 1


def test_an_answer_that_was_put_off_is_asked_for_again(resume, log, says):
    first = resume(approver=says("escalate"))
    assert isinstance(first["send_mail"](**BOB), DenialText)
    assert isinstance(resume(approver=says("escalate"))["send_mail"](**BOB), DenialText)
    again = resume(approver=says("approve"))
    assert again["send_mail"](**BOB) == "sent to bob@example.com"
    assert resume(approver=says("reject"))["send_mail"](**BOB) == "sent to bob@example.com"
    assert log.kinds.count("ran send_mail") == 1


def test_a_call_that_was_put_off_keeps_its_place(resume, log, says):
    person = says("escalate")
    first = resume(approver=person)
    first["send_mail"](**BOB)
    person.answer = replace(person.answer, answer="approve")
    first["send_mail"](**BOB)
    again = resume(approver=says("reject"))
    assert isinstance(again["send_mail"](**BOB), DenialText)
    assert again["send_mail"](**BOB) == "sent to bob@example.com"
    assert log.kinds.count("ran send_mail") == 1


def test_a_modified_call_is_replayed_as_modified(resume, log, says):
    changed = {"to": "anna@example.com", "body": "shorter"}
    resume(approver=says("modify", arguments=changed))["send_mail"](**BOB)
    again = resume(approver=says("reject"))
    assert again["send_mail"](**BOB) == "sent to anna@example.com"
    assert dict(again.task.tally.executed[0].arguments) == changed
    assert log.kinds.count("ran send_mail") == 1


# -- model


def test_replies_come_from_the_journal_and_cost_nothing_twice(resume, log):
    first = resume()
    assert said(first, request("a"), "one") is None
    assert said(first, request("a", "b"), "two") is None
    spent = first.task.state.budget.spent
    again = resume()
    assert [said(again, request("a")), said(again, request("a", "b"))] == ["one", "two"]
    assert said(again, request("a", "b", "c"), "three") is None
    now = again.task.state.budget.spent
    assert now.cost_usd == pytest.approx(spent.cost_usd * 1.5)
    assert (now.tokens, now.reserved_usd) == (45, 0)
    assert again.task.tally.model_calls == 3
    replies = log.of("model_replied")
    assert [(event.latency_source, event.latency_ms) for event in replies[-3:-1]] == [("recorded", 12.0)] * 2
    assert "2 model replies, 0 tool calls" in notices(log)


def test_once_the_journal_is_used_up_nobody_answers_for_the_network(resume):
    first = resume()
    said(first, request("a"), "one")
    again = resume()
    assert again.task.state.responder is not None
    said(again, request("a"))
    assert again.task.state.responder is None


def test_a_request_under_way_counts_at_its_most_and_is_sent_again(resume, log):
    first = resume()
    said(first, request("a"), "one")
    held = first.task.state.budget.spent
    first.task.admit(request("a", "b"))
    reserved = first.task.state.budget.spent.reserved_usd
    again = resume()
    assert again.task.state.budget.spent.cost_usd == pytest.approx(held.cost_usd + reserved)
    assert said(again, request("a")) == "one"
    assert said(again, request("a", "b"), "two") is None
    assert "not deterministic" not in notices(log)
    assert "1 requests of unknown outcome" in notices(log)


def test_the_caps_hold_over_all_processes(resume, policy):
    tight = replace(policy, budget=BudgetLimits(max_cost_usd=0.003, max_tool_calls=2))
    first = resume(tight)
    first.task.admit(request("a"))
    first["read_note"]("x")
    again = resume(tight)
    again["read_note"]("x")
    again["read_note"]("y")
    with pytest.raises(LimitExceededError):
        again["read_note"]("z")
    third = resume(tight)
    third.task.admit(request("b"))
    with pytest.raises(BudgetExceededError):
        third.task.admit(request("c"))


def test_a_replay_is_never_refused_for_want_of_budget(resume, policy):
    tight = replace(policy, budget=BudgetLimits(max_cost_usd=0.0046))
    first = resume(tight)
    for number in range(4):  # each costs nearly what it reserves
        first.task.admit(request(*map(str, range(number + 1)))).finish(response(str(number), output_tokens=100))
    again = resume(tight)
    assert [said(again, request(*map(str, range(n + 1)))) for n in range(4)] == ["0", "1", "2", "3"]


@pytest.mark.parametrize("other", [{"system": "x"}, {"model": "claude-opus-5-5"}], ids=str)
def test_an_agent_that_asks_something_else_is_on_its_own(resume, log, other):
    first = resume()
    said(first, request("a"), "one")
    said(first, request("a", "b"), "two")
    first["send_mail"](**MAIL)
    again = resume()
    said(again, request("a", **other), "uno")
    assert "not deterministic" in notices(log)
    assert said(again, request("a", "b")) is None
    again["send_mail"](**MAIL)
    assert log.kinds.count("ran send_mail") == 1


def test_requests_at_the_same_time_may_change_places(resume, log):
    first = resume()
    one, two = first.task.admit(request("a")), first.task.admit(request("b"))
    two.finish(response("B"))
    del one
    again = resume()
    assert said(again, request("a"), "A") is None
    assert said(again, request("b")) == "B"
    assert "not deterministic" not in notices(log)


# -- the task as a whole


def test_a_finished_task_gives_its_answer(resume, log):
    first = resume()
    assert first.task.finished is None
    shown = first.task.check_answer("The card is 4111 1111 1111 1111.")
    again = resume()
    assert again.task.finished == shown
    assert again.task.check_answer("The card is 4111 1111 1111 1111.") == shown
    assert resume().task.check_answer("Another one.") == "Another one."


def test_other_rules_prompts_and_tools_are_refused(policy, tools, path):
    def opened(policy: Any = policy, prompt: str = "Do it", extra: Any = ()) -> None:
        gate = Gate(policy)
        gate.wrap([*tools, *extra])
        with gate.task(prompt, checkpoint=path):
            pass

    def read_more(name: str) -> str:
        return name

    opened()
    opened()
    stricter = policy.with_tools({**policy.tools, "send_mail": ToolRule(effect="pay")})
    for change, what in (
        ({"policy": stricter}, "policy"),
        ({"prompt": "x"}, "task"),
        ({"extra": [read_more]}, "tools"),
    ):
        with pytest.raises(CheckpointError, match=f"the {what} changed"):
            opened(**change)


def test_tools_wrapped_by_the_task_are_compared_too(policy, tools, path):
    def send_mail(to: str, body: str, copy: str = "") -> str:
        """Send a mail."""
        return to + body + copy

    for given in (tools, tools):
        task = Gate(policy).open("Do it", checkpoint=path)
        task.wrap(given)
        task.close()
    task = Gate(policy).open("Do it", checkpoint=path)
    with pytest.raises(CheckpointError, match="the tools changed: the journal has read_note, send_mail"):
        task.wrap([tools[0], send_mail, *tools[2:]])
    task.close()


def test_a_task_that_cannot_be_opened_lets_go_of_the_file(policy, path):
    wrong = replace(policy, approval=ApprovalRules(approver="callback"))
    for _ in range(2):
        with pytest.raises(ConfigError, match="callback"):
            Gate(wrong).open("Do it", checkpoint=path)
    Gate(policy).open("Do it", checkpoint=path).close()


def test_what_cannot_be_recorded_does_not_happen(resume, log, monkeypatch):
    opened = resume()

    def full(*_args: Any) -> int:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("pytest_agentsafety.checkpoint.journal.os.write", full)
        with pytest.raises(CheckpointFailed, match="No space left"):
            opened["send_mail"](**MAIL)
    assert kinds_of_runs(log) == []
    with pytest.raises(StopRun, match="No space left"):
        opened["read_note"]("x")


def test_a_torn_end_is_said(resume, log, path):
    resume()["read_note"]("x")
    resume().task.close()
    path.write_bytes(path.read_bytes()[:-5])
    again = resume()
    assert "a torn last record" in notices(log)
    assert again["read_note"]("x") == "The note x says: buy bread."
    assert log.kinds.count("ran read_note") == 2


def test_without_a_checkpoint_nothing_is_kept(open_task, path):
    opened = open_task()
    opened["read_note"]("x")
    assert (opened.task.state.resume, opened.task.state.on_reply, opened.task.finished) == (None, None, None)
    assert not path.exists()
