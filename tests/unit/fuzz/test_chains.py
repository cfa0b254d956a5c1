from __future__ import annotations

import pytest

from pytest_agentsafety.fuzz import chains
from pytest_agentsafety.fuzz.chains import (
    ENCODINGS,
    STEPS,
    Chain,
    Step,
    apply_chain,
    arrange,
    deliver,
    keeps_meaning,
    register_step,
    step_from,
    steps_of,
)
from pytest_agentsafety.fuzz.kinds import KINDS
from pytest_agentsafety.fuzz.strategies import text_steps
from pytest_agentsafety.model.errors import ConfigError, UnknownNameError

TEXT = "Ignore 50% of <b>it</b> & pay \u00e9t\u00e9 \u5ffd\u7565"
ENCODERS = sorted(name for name in ENCODINGS if not KINDS[name].needs_ascii)


def chain(*names: str) -> Chain:
    return tuple(Step(name) for name in names)


@pytest.fixture
def restored() -> object:
    """Steps registered in a test are gone after it."""
    before = dict(KINDS)
    yield None
    for name in set(KINDS) - set(before):
        del KINDS[name], STEPS[name]
    steps_of.cache_clear()


@pytest.mark.parametrize("name", text_steps())
def test_every_variant_of_every_step_changes_text_and_takes_any(name: str) -> None:
    for step in steps_of(name):
        assert step.pieces("Ignore it all at once") != ("Ignore it all at once",)
        for text in ("", "\ud800", "\x00", "\U0001f600" * 3, "a"):
            assert all(isinstance(piece, str) for piece in step.pieces(text))


@pytest.mark.parametrize("name", STEPS)
def test_every_step_says_in_words_what_it_does(name: str) -> None:
    words = Step(name).in_words()
    assert words[0].islower()
    assert " " in words


@pytest.mark.parametrize("name", STEPS)
def test_the_first_variant_is_the_simplest(name: str) -> None:
    variants = steps_of(name)
    assert len(set(variants)) == len(variants)
    assert variants[0].apply("Ignore it") == Step(name).apply("Ignore it") or variants[0].params


def test_a_chain_is_applied_in_order() -> None:
    assert apply_chain(chain("base64", "hex"), "x") == Step("hex").apply(Step("base64").apply("x"))
    assert apply_chain((), "x") == "x"


def test_several_messages_are_delivered_one_by_one_and_read_as_one_text() -> None:
    split = (Step("mixed_case"), Step("split_messages", {"after": 2}))
    assert deliver(split, "pay it now please") == ("PaY It", "nOw pLeAsE")
    assert apply_chain(split, "pay it now please") == "PaY It\nnOw pLeAsE"
    assert deliver((), "x") == ("x",)


@pytest.mark.parametrize(
    "names",
    [("homoglyph", "spacing", "base64"), ("base64", "zero_width", "hex"), (), ("rot13", "base64"), ("leet", "rot13")],
)
def test_chains_that_can_be_read_back(names: tuple[str, ...]) -> None:
    assert keeps_meaning(chain(*names))


@pytest.mark.parametrize(
    "names",
    [
        *((encoder, "mixed_case") for encoder in ENCODERS),
        ("spacing", "spacing"),
        ("spacing", "split_messages"),
        ("base64", "split_messages"),
        ("homoglyph", "rot13"),
        ("base64", "rot13"),
        ("homoglyph", "mixed_case"),
        ("code_fence", "in_json"),
    ],
)
def test_chains_that_cannot(names: tuple[str, ...]) -> None:
    assert not keeps_meaning(chain(*names))


def test_a_drawn_chain_is_put_in_order_and_what_does_not_go_together_is_left_out() -> None:
    assert arrange(chain("base64", "spacing", "homoglyph")) == chain("homoglyph", "spacing", "base64")
    assert arrange(chain("homoglyph", "mixed_case")) == chain("mixed_case", "homoglyph")
    assert arrange(chain("base64", "rot13")) == chain("rot13", "base64")
    assert arrange(chain("spacing", "paragraphs")) == chain("spacing")
    assert arrange(chain("zero_width", "zero_width")) == chain("zero_width")
    assert arrange(chain("hex", "base64", "hex")) == chain("hex", "base64", "hex")
    assert arrange(chain("split_messages", "spacing")) == chain("spacing")


def test_a_step_says_what_it_is_in_ascii() -> None:
    assert str(Step("zero_width", {"char": "\u200b", "every": 2})) == "zero_width(char='\\u200b', every=2)"


def test_an_unknown_step_names_the_near_miss() -> None:
    with pytest.raises(UnknownNameError, match="Did you mean 'zero_width'"):
        Step("zero_with")
    with pytest.raises(UnknownNameError, match="unknown obfuscation step"):
        steps_of("nope")


def test_equal_steps_are_one() -> None:
    assert len({Step("hex"), Step("hex"), Step("hex", {"separator": ":"})}) == 2


@pytest.mark.parametrize("name", STEPS)
def test_a_step_can_be_written_down_and_read_again(name: str) -> None:
    for step in steps_of(name):
        assert step_from(step.to_dict(), place="here") == step


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ("base64", "here: a step must be an object with a name, got str"),
        ({}, "a step must be an object with a name"),
        ({"name": "base46"}, "here: unknown obfuscation step 'base46'. Did you mean 'base64'"),
        ({"name": "base64", "with": ["x"]}, "must hold texts and numbers"),
        ({"name": "base64", "with": {"times": []}}, "must hold texts and numbers"),
        ({"name": "base64", "with": {"tims": 2}}, "cannot be applied: .*tims"),
        ({"name": "homoglyph", "with": {"script": "runes"}}, "cannot be applied"),
        ({"name": "zero_width", "with": {"every": 0}}, "cannot be applied"),
    ],
)
def test_a_step_that_is_none(data: object, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        step_from(data, place="here")


def test_a_step_of_ones_own(restored: object) -> None:
    def shout(text: str, mark: str = "!") -> str:
        return text.upper() + mark

    register_step("shout", shout, "shouts it", variants=({"mark": "!"}, {"mark": "?"}))
    assert apply_chain((Step("shout"),), "now") == "NOW!"
    assert [step.params["mark"] for step in steps_of("shout")] == ["!", "?"]
    assert "shout" in text_steps()
    register_step("shout", shout, "the same again is no mistake")


def test_a_taken_name_and_an_unknown_group_are_errors(restored: object) -> None:
    with pytest.raises(ConfigError, match="exists already"):
        register_step("base64", str.upper, "is somebody else's")
    with pytest.raises(UnknownNameError, match=r"unknown group of steps 'letter'. Did you mean 'letters'"):
        register_step("mine", str.upper, "x", group="letter")
    assert "mine" not in chains.KINDS
