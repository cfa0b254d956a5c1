"""What verbs do."""

from __future__ import annotations

import pytest
import simplemma

from pytest_agentsafety.lexicon import (
    GRAVITY,
    action_noun,
    agent_noun,
    called_for,
    class_effect,
    clear_classes,
    gravest,
    often_noun,
    phrasal,
    same_action,
    senses,
    verb_base,
    verb_classes,
    verb_effect,
)
from pytest_agentsafety.lexicon.data import noun_table, noun_verbs, phrasal_verbs, verb_table
from pytest_agentsafety.model.policy import EFFECTS


@pytest.mark.parametrize(
    ("verbs", "effect"),
    [
        ("get read list search calculate compare verify describe summarize translate", "read"),
        ("create write update rename copy merge start stop lock approve schedule assign", "write"),
        ("send email notify forward invite publish upload share disclose tell vote react", "egress"),
        ("run execute eval install trigger deploy", "execute"),
        ("pay buy purchase transfer refund reserve withdraw sell bet donate", "pay"),
        ("delete remove erase cancel revoke uninstall ban destroy terminate", "delete"),
    ],
)
def test_effect(verbs: str, effect: str) -> None:
    assert {verb: verb_effect(verb) for verb in verbs.split()} == dict.fromkeys(verbs.split(), effect)


def test_an_unknown_verb_has_no_effect_and_no_class() -> None:
    assert verb_effect("qzxqv") is None
    assert verb_classes("qzxqv") == frozenset()


def test_only_possible_senses_count_by_the_gravest() -> None:
    assert clear_classes("boost")
    only_possible = [verb for entry in verb_table().values() for verb in entry.possible if not clear_classes(verb)]
    assert only_possible
    for verb in only_possible:
        assert verb_effect(verb) == gravest(class_effect(name) for name in verb_classes(verb))


def test_what_it_acts_on_calls_for_a_possible_sense() -> None:
    assert "transfer" in senses("send", ["money"])
    assert "transfer" not in senses("send", ["email"])
    assert senses("qzxqv", ["money"]) == frozenset()


@pytest.mark.parametrize(
    ("first", "second"),
    [("sent", "mailing"), ("book", "reserve"), ("delete", "remove"), ("purchased", "buy"), ("qzxqv", "qzxqv")],
)
def test_same_action(first: str, second: str) -> None:
    assert same_action(first, second)
    assert same_action(second, first)


@pytest.mark.parametrize(
    ("first", "second"), [("send", "read"), ("book", "order"), ("delete", "create"), ("qzxqv", "vqxzq"), ("pay", "get")]
)
def test_another_action(first: str, second: str) -> None:
    assert not same_action(first, second)


def test_often_noun() -> None:
    assert often_noun("order")
    assert often_noun("email")
    assert not often_noun("send")
    assert not often_noun("delete")


def test_a_noun_that_may_be_a_verb_is_often_a_noun() -> None:
    assert often_noun("calendar")


@pytest.mark.parametrize(
    ("verb", "effect"),
    [("resend", "egress"), ("rebuy", "pay"), ("unresolve", "write"), ("unfollow", "delete"), ("unvote", "delete")],
)
def test_a_verb_made_of_another(verb: str, effect: str) -> None:
    assert verb_effect(verb) == effect


@pytest.mark.parametrize(
    ("noun", "verb"),
    [
        ("converter", "convert"),
        ("calculator", "calculate"),
        ("runner", "run"),
        ("sender", "send"),
        ("water", None),
        ("user", None),
        ("", None),
    ],
)
def test_doers(noun: str, verb: str | None) -> None:
    assert agent_noun(noun) == verb


def test_a_verb_s_ing_form_is_a_verb() -> None:
    assert verb_base("playing") == "play"
    assert verb_base("booking") == "book"
    assert verb_base("sends") == "send"
    assert verb_base("king") == "king"


def test_phrasal() -> None:
    assert phrasal("take", "off") == "remove"
    assert phrasal("send", "off") == "send"
    assert phrasal("send", "mail") is None
    assert all(verb_classes(plain) for plain in phrasal_verbs().values())


def test_what_is_only_called_for() -> None:
    assert called_for("start", ["command"]) == {"run"}
    assert called_for("start", ["engine"]) == frozenset()


def test_gravest() -> None:
    assert gravest(["read", "execute", "write"]) == "execute"
    assert gravest([]) is None
    assert set(GRAVITY) == set(EFFECTS)


def test_the_resource_is_large_and_well_formed() -> None:
    verbs = frozenset().union(*(entry.clear | entry.possible for entry in verb_table().values()))
    assert len(verb_table()) >= 60
    assert len(verbs) >= 700
    assert len(noun_table()) >= 80
    for entry in verb_table().values():
        assert not entry.clear & entry.possible, entry.name
        assert entry.objects <= noun_table().keys(), entry.name
    for word in verbs | noun_verbs():
        assert word.isalpha()
        assert word == word.lower()


def test_it_is_english() -> None:
    verbs = frozenset().union(*(entry.clear | entry.possible for entry in verb_table().values()))
    strange = {verb for verb in verbs if not simplemma.is_known(verb, lang="en")}
    assert len(strange) < 0.06 * len(verbs), strange  # words of the trade: "upsert", "rmdir", "unstage"


@pytest.mark.parametrize(
    ("noun", "verb"),
    [
        ("removal", "remove"),
        ("termination", "terminate"),
        ("publication", "publish"),
        ("cancellation", "cancel"),
        ("modification", "modify"),
        ("revocation", "revoke"),
        ("closure", "close"),
        ("acceptance", "accept"),
        ("denial", "deny"),
        ("payment", "pay"),
        ("nation", None),
        ("document", None),
    ],
)
def test_nouns_of_actions(noun: str, verb: str | None) -> None:
    assert action_noun(noun) == verb


@pytest.mark.parametrize(("one", "other"), [("equalise", "equalize"), ("finalise", "finalize"), ("analyze", "analyse")])
def test_both_spellings_are_one_verb(one: str, other: str) -> None:
    assert verb_classes(one) & verb_classes(other)


@pytest.mark.parametrize(
    ("verb", "effect"),
    [
        ("overpay", "pay"),
        ("underpay", "pay"),
        ("repossess", "delete"),
        ("confiscate", "delete"),
        ("euthanise", "delete"),
        ("uninvite", "delete"),
        ("unlist", "delete"),
        ("subpoena", "egress"),
        ("airmail", "egress"),
        ("insure", "pay"),
        ("remortgage", "pay"),
        ("dehumidify", "write"),
        ("curtail", "write"),
        ("notarise", "write"),
        ("backdate", "write"),
        ("bisect", "read"),
        ("whois", "read"),
    ],
)
def test_classes_gone_through_as_a_whole(verb: str, effect: str) -> None:
    assert verb_effect(verb) == effect


def test_a_verb_with_no_clear_sense_is_a_noun_as_often() -> None:
    assert often_noun("batch")
    assert not often_noun("delete")
