"""A text that still knows the data it was rendered from."""

from __future__ import annotations

import copy
import json
import pickle

import pytest

from pytest_agentsafety.gate.texts import as_text, structure
from pytest_agentsafety.model.messages import RenderedText

DATA = [{"boat": "Heron", "berth": "A4"}]


def test_it_is_a_text_like_any_other() -> None:
    text = RenderedText("- Heron: A4", DATA)
    assert text == "- Heron: A4"
    assert isinstance(text, str)
    assert hash(text) == hash("- Heron: A4")
    assert json.dumps({"result": text}) == '{"result": "- Heron: A4"}'
    assert as_text(text) is text


def test_it_knows_its_data() -> None:
    assert RenderedText("- Heron: A4", DATA).structured is DATA
    assert structure(RenderedText("x", None)) is None


def test_what_is_made_of_it_is_a_plain_text() -> None:
    text = RenderedText(" Heron ", DATA)
    for made in (text.strip(), text + "x", text[1:], text.upper(), str(text)[:], f"{text}"):
        assert structure(made) is None


@pytest.mark.parametrize("value", [DATA, {"a": 1}, 3, None, 1.5, True])
def test_data_is_its_own_structure(value: object) -> None:
    assert structure(value) is value


@pytest.mark.parametrize("value", ["", "plain", '{"a": 1}'])
def test_a_plain_text_has_none(value: str) -> None:
    assert structure(value) is None


def test_copies_keep_text_and_data() -> None:
    text = RenderedText("x", DATA)
    for made in (copy.copy(text), copy.deepcopy(text), pickle.loads(pickle.dumps(text))):
        assert (made, structure(made)) == ("x", DATA)
