from __future__ import annotations

from typing import Any

import pytest
from guards_for_tests import ATTACK, Redacting, WordGuard

from pytest_agentsafety.fuzz.chains import Step
from pytest_agentsafety.fuzz.oracles import (
    ORACLES,
    Chunked,
    GuardOracle,
    GuardProbe,
    Harmless,
    Obfuscated,
    Redacted,
    guard_oracles,
)
from pytest_agentsafety.fuzz.verdict import Verdict, of_decision, verdict_from
from pytest_agentsafety.guards.pii import PiiGuard
from pytest_agentsafety.model.decisions import Decision, GuardContext, GuardrailResult, GuardSpan

CONTEXT = GuardContext(stage="input")
SPLIT = (Step("split_messages", {"after": 1}),)


def broken(oracle: GuardOracle, original: str, *chain: Step) -> bool:
    before = oracle.before(original)
    assert oracle.worth(before)
    return oracle.broken(before, oracle.after(oracle.deliver(original, chain)))


def probe(guard: Any) -> GuardProbe:
    return GuardProbe(guard, CONTEXT)


def test_detection_has_to_survive() -> None:
    oracle = Obfuscated(probe(WordGuard()))
    assert broken(oracle, ATTACK, Step("zero_width"))
    assert not broken(Obfuscated(probe(WordGuard(str.lower))), ATTACK, Step("mixed_case"))
    assert not oracle.worth(oracle.before("hello"))


def test_a_split_attack_counts_as_detected_in_one_message_or_in_all_together() -> None:
    joined = WordGuard(lambda text: text.replace("\n", " "))
    assert not broken(Obfuscated(probe(joined)), ATTACK, *SPLIT)
    assert broken(Obfuscated(probe(WordGuard())), ATTACK, *SPLIT)
    assert not broken(Obfuscated(probe(WordGuard(phrase="all previous"))), ATTACK, *SPLIT)


def test_layout_raises_no_alarm() -> None:
    oracle = Harmless(probe(WordGuard(phrase="```")))
    assert broken(oracle, "hello", Step("code_fence"))
    assert not broken(oracle, "hello", Step("quoted"))
    assert not oracle.worth(oracle.before("```"))


def test_a_crash_is_an_alarm() -> None:
    def fussy(text: str) -> str:
        if ">" in text:
            raise ValueError("no markup")
        return text

    assert broken(Harmless(probe(WordGuard(fussy))), "hello", Step("quoted"))


def test_chunks_work_both_ways() -> None:
    assert broken(Chunked(probe(WordGuard())), ATTACK, *SPLIT)
    assert broken(Chunked(probe(WordGuard(phrase="a\nb"))), "a b", *SPLIT)
    assert not broken(Chunked(probe(WordGuard())), "good morning", *SPLIT)


@pytest.mark.parametrize(
    ("how", "reason"),
    [
        ("", ""),
        ("forgets", "triggers again"),
        ("repeats", "triggers again"),
        ("nothing", "there is no redacted text"),
    ],
)
def test_redaction(how: str, reason: str) -> None:
    oracle = Redacted(probe(Redacting(how)))
    after = oracle.after(oracle.deliver("call 12345678 or 87654321", ()))
    assert (after.status == "broken") == bool(reason)
    assert reason in after.reason


def test_a_span_that_is_still_there() -> None:
    class Spanned(Redacting):
        def check(self, text: str, context: GuardContext) -> GuardrailResult:
            if "[gone]" in text:
                return GuardrailResult(guard="spanned", status="clean")
            span = GuardSpan(start=0, end=6, rule="secret")
            return GuardrailResult(
                guard="spanned", status="triggered", action="redact", spans=(span,), redacted=f"[gone] {text}"
            )

    after = Redacted(probe(Spanned())).after(Redacted(probe(Spanned())).deliver("secret word", ()))
    assert after.reason == "what secret found still stands in the redacted text"


def test_a_guard_that_returns_something_else_counts_as_crashed() -> None:
    class Odd:
        name = "odd"
        stages = frozenset({"input"})

        def check(self, text: str, context: GuardContext) -> Any:
            return True

    result = probe(Odd()).check("x")
    assert (result.status, result.reason) == ("crashed", "check() returned bool, expected GuardrailResult")


def test_what_was_asked_once_is_not_asked_again() -> None:
    guard = WordGuard()
    oracle = Obfuscated(probe(guard))
    for _ in range(3):
        oracle.before(ATTACK)
    assert guard.calls == 1


def test_oracles_by_name() -> None:
    made = guard_oracles(probe(WordGuard()))
    assert [oracle.name for oracle in made] == list(ORACLES) == ["obfuscation", "harmless", "chunking", "redaction"]
    assert all(" " in oracle.promise for oracle in made)


@pytest.mark.parametrize("status", ["clean", "skipped", "allowed", "held"])
def test_what_lets_pass(status: str) -> None:
    assert Verdict(status=status).lets_pass
    assert not any(Verdict(status=other).lets_pass for other in ("triggered", "crashed", "denied", "ask", "broken"))


def test_a_verdict_is_kept_as_it_was() -> None:
    verdict = Verdict(status="triggered", action="block", rule="r", reason="why", score=0.5)
    assert verdict_from(verdict.to_dict()) == verdict
    assert verdict_from({}) == Verdict(status="unknown")
    assert str(verdict) == "'triggered', action 'block'"
    said = of_decision(Decision(outcome="denied", guard="g", rule="r", reason="why"))
    assert (said.status, said.rule, str(said)) == ("denied", "r", "'denied'")


@pytest.mark.parametrize("value", ["ghp_eGe9FOvGJbCuT3bws7HgOWddVXLDsFw8rJce", "ES91 2100 0418 4502 0005 1332"])
def test_a_key_in_other_letters_is_another_key(value: str) -> None:
    oracle = Obfuscated(GuardProbe(PiiGuard(), GuardContext(stage="output")))
    before = oracle.before(f"it is {value} there")
    assert before.status == "triggered"
    for step in (Step("mixed_case"), Step("leet")):
        attempt = oracle.deliver(f"it is {value} there", (step,))
        assert value not in attempt.text
        assert not oracle.broken(before, oracle.after(attempt))


def test_words_in_other_letters_say_the_same() -> None:
    found = GuardrailResult(
        guard="g", status="triggered", action="block", spans=(GuardSpan(start=0, end=12, rule="g.words"),)
    )
    guard = Words(found)
    oracle = Obfuscated(GuardProbe(guard, GuardContext(stage="input")))
    attempt = oracle.deliver("ignore rules", (Step("leet"),))
    assert oracle.broken(oracle.before("ignore rules"), oracle.after(attempt))


class Words:
    name = "g"
    stages = frozenset({"input"})
    inline = True

    def __init__(self, found: GuardrailResult) -> None:
        self.found = found

    def check(self, text: str, context: GuardContext) -> GuardrailResult:
        return self.found if "ignore" in text else GuardrailResult(guard="g", status="clean")
