from __future__ import annotations

import pytest
from guards_for_tests import ATTACK, WordGuard
from hypothesis import strategies as st

from pytest_agentsafety.fuzz import Search, hunt, obfuscations
from pytest_agentsafety.fuzz.campaign import MOST_PER_ORACLE, run_campaign
from pytest_agentsafety.fuzz.chains import Chain, Step
from pytest_agentsafety.fuzz.hunting import Hunted, smallest
from pytest_agentsafety.fuzz.oracles import GuardProbe, Obfuscated
from pytest_agentsafety.model.decisions import GuardContext, GuardrailResult

CONTEXT = GuardContext(stage="input")


def search(guard: object, *names: str, chains: object = None, attacks: object = None) -> Search:
    oracle = Obfuscated(GuardProbe(guard, CONTEXT))  # type: ignore[arg-type]
    made = obfuscations(names=names) if chains is None else chains
    return Search(oracle=oracle, originals=st.just(ATTACK) if attacks is None else attacks, chains=made)  # type: ignore[arg-type]


def test_a_hunt_tells_what_it_did() -> None:
    told = hunt(search(WordGuard(str.lower), "mixed_case"), max_examples=30, seed=1)
    assert (told.oracle, told.bypass, told.first_at) == ("obfuscation", None, None)
    assert 1 <= told.examples <= 30
    assert told.worth == told.examples
    assert told.seconds > 0


def test_a_find_says_when_it_came() -> None:
    told = hunt(search(WordGuard(), "zero_width", "hex"), max_examples=300, seed=1)
    assert told.bypass is not None
    assert told.first_at == told.examples, "what shrinking tried is not counted"
    assert len(told.bypass.chain) == 1


def test_examples_that_show_nothing_are_counted_apart() -> None:
    told = hunt(search(WordGuard(str.lower), "mixed_case", attacks=st.sampled_from(["hello", ATTACK])), seed=1)
    assert 0 < told.worth < told.examples


def test_a_hunt_ends_with_its_time() -> None:
    told = hunt(search(WordGuard(str.lower), "mixed_case", "quoted"), max_examples=10**9, seconds=0.2, seed=1)
    assert told.bypass is None
    assert told.examples >= 1


def test_what_is_known_is_no_news() -> None:
    guard = WordGuard(str.lower)
    known = [frozenset({"zero_width"})]
    told = hunt(search(guard, "zero_width", "mixed_case"), max_examples=200, seed=1, known=known)
    assert told.bypass is None
    other = hunt(search(guard, "zero_width", "hex"), max_examples=200, seed=1, known=known)
    assert other.bypass is not None
    assert [step.name for step in other.bypass.chain] == ["hex"]


def test_the_same_seed_does_the_same_and_derandomised_hunts_do() -> None:
    def once(**how: object) -> tuple[int, object]:
        told = hunt(search(WordGuard(str.lower), "hex", "base64", "mixed_case"), max_examples=200, **how)  # type: ignore[arg-type]
        return told.examples, told.bypass

    assert once(seed=5) == once(seed=5)
    assert once(derandomize=True) == once(derandomize=True)


def test_progress_is_told_now_and_then() -> None:
    seen: list[int] = []
    hunt(
        search(WordGuard(str.lower), "mixed_case", "quoted", attacks=st.sampled_from([ATTACK, "x", "y"])),
        max_examples=600,
        seed=1,
        progress=lambda told: seen.append(told.examples),
    )
    assert seen[:2] == [256, 512]


def test_ctrl_c_passes_through_with_what_was_found() -> None:
    class Interrupted(WordGuard):
        def check(self, text: str, context: GuardContext) -> GuardrailResult:
            if self.calls > 6:
                raise KeyboardInterrupt
            return super().check(text, context)

    with pytest.raises(KeyboardInterrupt) as stopped:
        hunt(search(Interrupted(str.lower), "mixed_case", "quoted"), max_examples=100, seed=1)
    told: Hunted = vars(stopped.value)["hunted"]
    assert told.examples >= 2


def test_a_score_is_followed_downwards() -> None:
    """A guard that forgets one letter at a time: each bit of noise lowers its score, and only much is enough."""

    class Scoring:
        name = "scoring"
        stages = frozenset({"input"})

        def check(self, text: str, context: GuardContext) -> GuardrailResult:
            score = max(0.0, 1.0 - 0.01 * text.count("\u200b"))
            hit = score > 0.95
            return GuardrailResult(guard="scoring", status="triggered" if hit else "clean", score=score)

    chains: object = st.integers(1, 40).map(lambda every: (Step("zero_width", {"every": every}),))
    told = hunt(search(Scoring(), chains=chains), max_examples=300, seed=1)
    assert told.bypass is not None
    assert told.bypass.after.score <= 0.95


def test_strategies_of_ones_own_that_shrink_badly_are_shrunk_here() -> None:
    long: Chain = (Step("mixed_case", {"every": 3}), Step("zero_width", {"char": "\u2060", "every": 3}), Step("quoted"))
    told = hunt(search(WordGuard(str.lower), chains=st.just(long)), max_examples=20, seed=1)
    assert told.bypass is not None
    assert told.bypass.chain == (Step("zero_width", {"char": "\u200b", "every": 1}),)


def test_the_smallest_keeps_two_steps_where_both_are_needed() -> None:
    class Both(WordGuard):
        """Reads either way of writing, but not both at once."""

        def check(self, text: str, context: GuardContext) -> GuardrailResult:
            lost = text != text.lower() and "> " in text
            return super().check("" if lost else text.lower().replace("> ", ""), context)

    oracle = Obfuscated(GuardProbe(Both(), CONTEXT))
    found = smallest(oracle, ATTACK, (Step("mixed_case"), Step("paragraphs", {"gap": " "}), Step("quoted")))
    assert [step.name for step in found.chain] == ["mixed_case", "quoted"]


class TestCampaign:
    def test_it_goes_on_for_other_holes(self) -> None:
        kept: list[str] = []
        done = run_campaign(
            "words",
            [search(WordGuard(), "zero_width", "hex", "quoted")],
            examples=400,
            seed=1,
            found=lambda bypass: kept.append(bypass.chain[0].name),
        )
        assert sorted(kept) == ["hex", "zero_width"]
        assert [bypass.guard for bypass in done.bypasses] == ["words", "words"]
        assert done.examples <= 400
        assert not done.interrupted
        assert done.seconds > 0

    def test_it_does_not_go_on_for_ever(self) -> None:
        names = ("zero_width", "hex", "base64", "full_width", "homoglyph", "spacing", "leet", "rot13", "styled")
        done = run_campaign("words", [search(WordGuard(), *names, "combining")], examples=10_000, seed=1)
        assert len(done.bypasses) == MOST_PER_ORACLE

    def test_time_is_shared(self) -> None:
        both = [search(WordGuard(str.lower), "mixed_case", "quoted") for _ in range(2)]
        done = run_campaign("words", both, seconds=0.3, seed=1)
        assert len(done.hunts) == 2
        assert all(hunted.examples for hunted in done.hunts)

    def test_ctrl_c_keeps_what_was_found(self) -> None:
        class Interrupted(WordGuard):
            def check(self, text: str, context: GuardContext) -> GuardrailResult:
                if self.calls > 60:
                    raise KeyboardInterrupt
                return super().check(text, context)

        kept: list[object] = []
        done = run_campaign(
            "words", [search(Interrupted(), "hex", "zero_width", "base64")], examples=5000, seed=1, found=kept.append
        )
        assert done.interrupted
        assert len(done.bypasses) == len(kept)

    def test_known_bypasses_are_passed_over(self) -> None:
        known = [("obfuscation", frozenset({"hex"})), ("harmless", frozenset({"zero_width"}))]
        done = run_campaign("words", [search(WordGuard(), "zero_width", "hex")], examples=300, seed=1, known=known)
        assert [bypass.chain[0].name for bypass in done.bypasses] == ["zero_width"]
