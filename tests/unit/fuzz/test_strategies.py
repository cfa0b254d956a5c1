from __future__ import annotations

import pytest
from hypothesis import find, given, settings
from hypothesis import strategies as st

from pytest_agentsafety.fuzz.chains import ENCODINGS, Chain, Step, keeps_meaning
from pytest_agentsafety.fuzz.strategies import (
    CARRIERS,
    GOALS,
    HARMLESS,
    TEMPLATES,
    attack_texts,
    chains_of,
    clean_texts,
    harmless,
    obfuscations,
    splits,
    steps,
    text_steps,
)
from pytest_agentsafety.fuzz.texts import CLEAN
from pytest_agentsafety.model.errors import UnknownNameError

quick = settings(derandomize=True, database=None, deadline=None, max_examples=50)


@quick
@given(attack_texts(carriers=CARRIERS))
def test_attacks_are_a_goal_in_a_template_in_a_carrier(text: str) -> None:
    assert any(goal in text for goal in GOALS)
    assert "{" not in text


def test_users_may_bring_their_own_attacks() -> None:
    assert find(attack_texts(["G"], ["do {goal}"], ["<{attack}>"]), lambda _: True, settings=quick) == "<do G>"


def test_more_attacks_than_can_be_listed_are_built_one_by_one() -> None:
    many = attack_texts([f"g{i}" for i in range(200)], [f"t{i} {{goal}}" for i in range(200)])
    assert find(many, lambda _: True, settings=quick) == "t0 g0"


@quick
@given(clean_texts())
def test_clean_texts_are_one_or_two_of_ours(text: str) -> None:
    assert any(text.startswith(sentence) for sentence in CLEAN)


@quick
@given(obfuscations(min_steps=1, max_steps=4, max_encodings=2))
def test_chains_keep_the_meaning_and_their_bounds(chain: Chain) -> None:
    assert 1 <= len(chain) <= 4
    assert keeps_meaning(chain)
    assert sum(step.layers for step in chain) <= 2 or len(chain) == 1


@quick
@given(obfuscations(min_steps=2, max_steps=3))
def test_a_least_number_of_steps(chain: Chain) -> None:
    assert 2 <= len(chain) <= 3


def test_every_step_is_drawn_and_chains_of_every_length() -> None:
    drawn: set[str] = set()
    lengths: set[int] = set()

    @settings(quick, max_examples=300)
    @given(obfuscations())
    def collect(chain: Chain) -> None:
        drawn.update(step.name for step in chain)
        lengths.add(len(chain))

    collect()
    assert drawn == set(text_steps())
    assert lengths == {1, 2, 3, 4}


def test_hardly_a_chain_is_drawn_twice() -> None:
    seen: list[Chain] = []

    @settings(quick, max_examples=300)
    @given(obfuscations())
    def collect(chain: Chain) -> None:
        seen.append(chain)

    collect()
    assert len(set(seen)) > 0.7 * len(seen)


def test_a_choice_of_steps() -> None:
    @quick
    @given(obfuscations(names=("base64", "hex")))
    def check(chain: Chain) -> None:
        assert {step.name for step in chain} <= {"base64", "hex"}

    check()


@pytest.mark.parametrize("make", [obfuscations, steps])
def test_an_unknown_step_is_an_error(make: object) -> None:
    with pytest.raises(UnknownNameError, match="Did you mean 'base64'"):
        make(names=("base46",))  # type: ignore[operator]


@quick
@given(steps(("zero_width",)))
def test_parameters_come_from_explicit_alphabets(step: Step) -> None:
    assert set(step.params) == {"char", "every"}
    assert step.apply("ab") != "ab"


@quick
@given(harmless())
def test_harmless_changes_are_few_and_known(chain: Chain) -> None:
    assert {step.name for step in chain} <= set(HARMLESS)
    assert len(chain) <= 2
    assert sum(step.name in ENCODINGS for step in chain) <= 1


@quick
@given(splits())
def test_a_split_is_one_step(chain: Chain) -> None:
    assert [step.name for step in chain] == ["split_messages"]


def test_chains_shrink_to_the_first_single_step() -> None:
    pool = [Step("hex"), Step("base64")]
    assert find(chains_of(pool), lambda _: True, settings=quick) == (Step("hex"),)
    assert find(chains_of(pool), lambda chain: len(chain) == 1 and chain[0].name == "base64", settings=quick)


def test_strategies_compose_with_others() -> None:
    both = st.tuples(attack_texts() | st.just("mine"), obfuscations() | st.just(()))
    assert isinstance(find(both, lambda pair: pair[1] == (), settings=settings(quick, max_examples=500)), tuple)


def test_templates_are_complete() -> None:
    assert all("{goal}" in template for template in TEMPLATES)
    assert all("{attack}" in carrier for carrier in CARRIERS)
    assert isinstance(attack_texts(), st.SearchStrategy)


def test_what_is_long_is_written_short() -> None:
    """Hypothesis warns of more than that, and a warning is an error here."""
    for strategy in (attack_texts(), attack_texts(carriers=CARRIERS), clean_texts(), steps(), obfuscations(), splits()):
        assert len(repr(strategy)) < 10_000
