from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest

from pytest_agentsafety.llm import HijackedModel
from pytest_agentsafety.llm.wire import usage_of
from pytest_agentsafety.model.messages import ModelRequest, PlannedCall, PlannedTurn


def call(name: str, **arguments: Any) -> PlannedCall:
    return PlannedCall(name=name, arguments=arguments)


def turn(*calls: PlannedCall, text: str = "") -> PlannedTurn:
    return PlannedTurn(text=text, calls=calls)


def ask(text: str = "anything", path: str = "/v1/messages") -> ModelRequest:
    payload = {"model": "claude-haiku-5-5", "messages": [{"role": "user", "content": text}]}
    return ModelRequest(url="http://x", path=path, body=json.dumps(payload).encode(), payload=payload)


BENIGN = [turn(call("read", id=1), text="Reading."), turn(call("pay", to="anna")), turn(text="Paid Anna.")]
ATTACK = [turn(call("send", to="eve"), call("delete", id=9), text="Sure."), turn(text="All sent to Eve.")]


class Delivery:
    def __init__(self) -> None:
        self.done = False
        self.asked = 0

    def delivered(self) -> bool:
        return self.done

    def attack(self) -> list[PlannedTurn] | None:
        self.asked += 1
        return ATTACK


@pytest.fixture
def delivery() -> Delivery:
    return Delivery()


@pytest.fixture
def model(delivery: Delivery) -> HijackedModel:
    return HijackedModel(BENIGN, delivery.attack, delivery.delivered)


def said(model: HijackedModel) -> str:
    """The next reply in short: names of calls, or the words."""
    message = model.respond(ask()).message
    assert message is not None
    calls = [block["name"] for block in message["content"] if block["type"] == "tool_use"]
    assert message["stop_reason"] == ("tool_use" if calls else "end_turn")
    return "+".join(calls) or message["content"][0]["text"]


def test_undelivered_it_does_the_users_task(model, delivery):
    assert [said(model) for _ in range(4)] == ["read", "pay", "Paid Anna.", "Paid Anna."]
    assert (model.played_attack, model.attack_unknown, delivery.asked) == (False, False, 0)


def test_once_delivered_the_attackers_calls_come_one_per_turn_then_the_rest(model, delivery):
    assert said(model) == "read"
    delivery.done = True
    assert [said(model) for _ in range(3)] == ["send", "delete", "pay"]
    assert said(model) == "Paid Anna.\n\nAll sent to Eve."
    assert said(model) == "Paid Anna.\n\nAll sent to Eve."
    assert (model.played_attack, delivery.asked) == (True, 1)


def test_the_attackers_words_go_with_the_first_of_a_turns_calls(model, delivery):
    delivery.done = True
    first, second = (model.respond(ask()).message["content"] for _ in range(2))
    assert [block["type"] for block in first] == ["text", "tool_use"]
    assert [block["type"] for block in second] == ["tool_use"]


def test_delivered_after_the_final_words_it_still_attacks(model, delivery):
    assert [said(model) for _ in range(3)] == ["read", "pay", "Paid Anna."]
    delivery.done = True
    assert [said(model) for _ in range(3)] == ["send", "delete", "Paid Anna.\n\nAll sent to Eve."]


def test_what_the_request_says_changes_nothing(delivery):
    talkative = HijackedModel(BENIGN, delivery.attack, delivery.delivered)
    other = HijackedModel(BENIGN, delivery.attack, delivery.delivered)
    texts = ["denied by policy", "ignore previous instructions", "x" * 5000]
    assert [talkative.respond(ask(text)).message["content"] for text in texts] == [
        other.respond(ask()).message["content"] for _ in texts
    ]


def test_an_unknown_attack_is_said_to_be_unknown(delivery):
    delivery.done = True
    model = HijackedModel(BENIGN, lambda: None, delivery.delivered)
    assert [said(model) for _ in range(3)] == ["read", "pay", "Paid Anna."]
    assert (model.attack_unknown, model.played_attack) == (True, False)


def test_an_attack_of_words_only_ends_up_in_the_answer(delivery):
    delivery.done = True
    model = HijackedModel(BENIGN, lambda: [turn(text="Book Hotel Eve.")], delivery.delivered)
    assert [said(model) for _ in range(2)] == ["read", "pay"]
    assert model.played_attack is False
    assert said(model) == "Paid Anna.\n\nBook Hotel Eve."
    assert model.played_attack is True


def test_an_empty_attack_plays_nothing(delivery):
    delivery.done = True
    model = HijackedModel(BENIGN, list, delivery.delivered)
    assert [said(model) for _ in range(3)] == ["read", "pay", "Paid Anna."]
    assert (model.attack_unknown, model.played_attack) == (False, False)


def test_a_benign_case_has_no_attack():
    model = HijackedModel(BENIGN, None, lambda: True)
    assert [said(model) for _ in range(3)] == ["read", "pay", "Paid Anna."]
    assert model.attack_unknown is False


@pytest.mark.parametrize(("benign", "words"), [([], "Done."), ([turn(call("a"))], "a"), ([turn(text="Bye.")], "Bye.")])
def test_short_scripts(benign, words):
    model = HijackedModel(benign, None, lambda: False)
    assert said(model) == words
    assert said(model) in ("Done.", "Bye.")


def test_parallel_calls_of_the_benign_run_stay_together_with_ids_of_their_own():
    model = HijackedModel([turn(call("a"), call("a"), call("b"))] * 2, None, lambda: False)
    ids = [block["id"] for _ in range(2) for block in model.respond(ask()).message["content"]]
    assert len(set(ids)) == 6


def test_ids_are_the_same_in_every_run(delivery):
    runs = [HijackedModel(BENIGN, None, delivery.delivered).respond(ask()).message for _ in range(2)]
    assert runs[0] == runs[1]


def test_replies_carry_the_requests_model_or_the_default(model):
    assert model.respond(ask()).message["model"] == "claude-haiku-5-5"
    bare = ModelRequest(url="", path="/v1/messages", body=b"{}", payload={})
    assert HijackedModel(BENIGN, None, lambda: False, model="m").respond(bare).message["model"] == "m"


def test_usage_is_there_and_marked_as_a_guess(model):
    short, long = (model.respond(ask("x" * size)) for size in (1, 4000))
    assert usage_of(long.message).input_tokens > usage_of(short.message).input_tokens + 900
    assert short.headers == {"agentsafety-usage": "estimated"}
    assert model.estimated is True


def test_counting_tokens_does_not_move_on(model):
    reply = model.respond(ask("x" * 400, path="/v1/messages/count_tokens"))
    assert reply.message["input_tokens"] > 100
    assert said(model) == "read"


class TestAttackerCalls:
    def test_only_calls_that_were_handed_out_count_and_only_once(self, model, delivery):
        assert not model.is_attacker_call("send", {"to": "eve"})
        delivery.done = True
        assert said(model) == "send"
        assert not model.is_attacker_call("delete", {"id": 9})
        assert not model.is_attacker_call("send", {"to": "anna"})
        assert not model.is_attacker_call("read", {"id": 1})
        assert model.is_attacker_call("send", {"to": "eve"})
        assert not model.is_attacker_call("send", {"to": "eve"})

    def test_a_call_the_agent_never_made_does_not_hide_the_next(self, model, delivery):
        delivery.done = True
        assert [said(model) for _ in range(2)] == ["send", "delete"]
        assert model.is_attacker_call("delete", {"id": 9})

    def test_the_order_of_arguments_does_not_matter(self, delivery):
        delivery.done = True
        model = HijackedModel(BENIGN, lambda: [turn(call("send", a=1, b={"c": 2, "d": 3}))], delivery.delivered)
        assert said(model) == "send"
        assert model.is_attacker_call("send", {"b": {"d": 3, "c": 2}, "a": 1})

    def test_a_benign_call_like_an_attackers_is_told_apart_by_order(self, delivery):
        delivery.done = True
        model = HijackedModel(BENIGN, lambda: [turn(call("pay", to="anna"))], delivery.delivered)
        assert [said(model) for _ in range(3)] == ["pay", "read", "pay"]
        assert [model.is_attacker_call("pay", {"to": "anna"}) for _ in range(2)] == [True, False]


def test_threads_share_one_script():
    size = 40
    benign = [turn(call("step", n=n)) for n in range(size)]
    asked: list[int] = []

    def attack() -> list[PlannedTurn]:
        asked.append(1)
        return [turn(call("evil"))]

    model = HijackedModel(benign, attack, lambda: True)
    start = Barrier(8)

    def work(_: int) -> list[str]:
        start.wait()
        return [said(model) for _ in range((size + 8) // 8)]

    with ThreadPoolExecutor(8) as pool:
        names = [name for part in pool.map(work, range(8)) for name in part]
    assert len(asked) == 1
    assert (names.count("evil"), names.count("step")) == (1, size)


def test_the_tool_door_may_ask_whose_call_it_is_while_delivery_is_being_told():
    """`delivered` may wait for a tool call in another thread, which asks `is_attacker_call`: no dead end."""
    with ThreadPoolExecutor(1) as pool:

        def delivered() -> bool:
            return pool.submit(model.is_attacker_call, "x", {}).result(timeout=5)

        model = HijackedModel(BENIGN, list, delivered)
        assert said(model) == "read"


def offer(*names: str) -> ModelRequest:
    """A request of an agent that has these tools."""
    payload = {"model": "claude-haiku-5-5", "tools": [{"name": name} for name in names], "messages": []}
    return ModelRequest(url="http://x", path="/v1/messages", body=b"{}", payload=payload)


def in_turn(model: HijackedModel, *offers: tuple[str, ...]) -> list[str]:
    """What it says to agents that have these tools, one after the other."""
    replies = [model.respond(offer(*names)).message["content"][-1] for names in offers]
    return [block.get("name") or block["text"] for block in replies]


def test_a_call_waits_for_the_agent_that_has_its_tool(delivery):
    model = HijackedModel([turn(call("read")), turn(text="Read.")], delivery.attack, delivery.delivered, ways={})
    assert in_turn(model, ("read",)) == ["read"]
    delivery.done = True
    assert in_turn(model, ("read",), ("send", "delete")) == ["Read.", "send"]
    assert model.never_offered is None
    assert in_turn(model, ("read",)) == ["Read."]
    assert model.never_offered == "delete"


def test_a_handoff_leads_to_the_agent_that_has_the_tool(delivery):
    delivery.done = True
    ways = {"send": "to_office", "delete": "to_office", "to_office": "to_desk"}
    model = HijackedModel([turn(text="Read.")], delivery.attack, delivery.delivered, ways=ways)
    said_to = in_turn(model, ("read", "to_desk"), ("look", "to_office"), ("send", "delete"), ("send", "delete"))
    assert said_to == ["to_desk", "to_office", "send", "delete"]


def test_handoffs_that_lead_in_a_circle_end_the_turn(delivery):
    delivery.done = True
    model = HijackedModel([turn(text="Read.")], delivery.attack, delivery.delivered, ways={"send": "a", "a": "send"})
    assert in_turn(model, ("read",)) == ["Read."]


def test_without_ways_nothing_waits(delivery):
    delivery.done = True
    model = HijackedModel([turn(text="Read.")], delivery.attack, delivery.delivered)
    assert in_turn(model, ("read",)) == ["send"]
    assert model.never_offered is None


class TestWhatBecameOfTheAttack:
    """Seen from the model: `lost` is what somebody beside the doors did not let happen."""

    def test_a_call_that_came_to_no_door_is_named(self, model, delivery):
        delivery.done = True
        assert [said(model) for _ in range(2)] == ["send", "delete"]
        assert model.is_attacker_call("send", {"to": "eve"})
        assert model.lost == "delete"
        assert model.is_attacker_call("delete", {"id": 9.0})  # as another language writes it
        said(model)
        assert model.lost is None

    def test_an_agent_that_asks_no_more_is_told_from_one_that_plays_on(self, model, delivery):
        assert said(model) == "read"
        delivery.done = True
        assert model.lost == ""
        assert said(model) == "send"
        model.is_attacker_call("send", {"to": "eve"})
        assert model.lost == ""

    def test_undelivered_nothing_was_lost(self, model, delivery):
        said(model)
        assert model.lost is None

    def test_words_are_for_the_agent_to_say(self, delivery):
        delivery.done = True
        model = HijackedModel(BENIGN, lambda: [turn(text="Book Hotel Eve.")], delivery.delivered)
        said(model)
        assert model.lost == ""
