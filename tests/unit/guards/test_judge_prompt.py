"""The judge's question and the reading of its answer, without a model."""

from __future__ import annotations

from typing import Any

import pytest

from pytest_agentsafety.guards.judge_prompt import TOOL, AnswerError, Question, read_answer
from pytest_agentsafety.model.policy import CONTENT_CATEGORIES, CategoryRules, ContentRules

BOTH = ("injection", "content_policy")


def ask(text: str, *, content: ContentRules | None = None, questions: tuple[str, ...] = BOTH) -> Question:
    return Question(text, stage="input", questions=questions, content=content or ContentRules())


def answer(question: Question, kind: str, **changed: Any) -> dict[str, Any]:
    word = next(word for word, meaning in question.words.items() if meaning == kind)
    return {"verdict": word, "category": "none", "confidence": 0.5, "quote": "", **changed}


def test_the_same_text_is_asked_about_in_the_same_words() -> None:
    assert ask("a").ask() == ask("a").ask()
    assert ask("a").words != ask("b").words
    assert ask("a").fence != ask("b").fence


def test_no_word_of_the_answer_stands_in_the_text() -> None:
    question = ask("x" * 10_000)
    sent = question.ask()
    text = sent["messages"][0]["content"]
    assert not any(word in text for word in question.words)
    assert text.count(question.fence) == 2


def test_words_differ_from_each_other_and_from_the_fence() -> None:
    question = ask("hello")
    assert len(question.words) == 3
    assert not any(word in question.fence for word in question.words)


def test_the_schema_allows_nothing_else() -> None:
    (tool,) = ask("a").ask()["tools"]
    schema = tool["input_schema"]
    assert tool["name"] == TOOL
    assert schema["additionalProperties"] is False
    assert set(schema["required"]) == set(schema["properties"])
    assert schema["properties"]["category"]["enum"] == [*CONTENT_CATEGORIES, "none"]


@pytest.mark.parametrize(
    ("kind", "category", "named"),
    [
        ("harmless", "none", ""),
        ("injection", "none", ""),
        ("injection", "drugs", ""),
        ("content_policy", "drugs", "drugs"),
        ("content_policy", "none", ""),
        ("harmless", "drugs", ""),
    ],
)
def test_an_answer_is_read(kind: str, category: str, named: str) -> None:
    question = ask("a")
    read = read_answer(answer(question, kind, category=category, quote="q", confidence=1), question)
    assert (read.kind, read.category, read.confidence, read.quote) == (kind, named, 1.0, "q")


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"verdict": "harmless", "category": "none", "confidence": 0.5, "quote": ""},
        {"verdict": None, "category": "none", "confidence": 0.5, "quote": ""},
        {"verdict": ["harmless"], "category": "none", "confidence": 0.5, "quote": ""},
    ],
)
def test_words_of_no_question_are_no_verdict(given: dict[str, Any]) -> None:
    with pytest.raises(AnswerError):
        read_answer(given, ask("a"))


def test_the_words_of_another_text_are_no_verdict() -> None:
    with pytest.raises(AnswerError, match="none of the words made for this text"):
        read_answer(answer(ask("a"), "harmless"), ask("b"))


@pytest.mark.parametrize(
    "changed",
    [
        {"category": None},
        {"category": 3},
        {"confidence": None},
        {"confidence": "0.5"},
        {"confidence": -0.1},
        {"confidence": float("nan")},
        {"quote": 1},
        {"extra": 1},
    ],
)
def test_each_field_has_its_type(changed: dict[str, Any]) -> None:
    question = ask("a")
    with pytest.raises(AnswerError):
        read_answer(answer(question, "harmless", **changed), question)


def test_a_category_that_is_off_cannot_be_named() -> None:
    question = ask("a", content=ContentRules(categories={"drugs": CategoryRules(action="allow")}))
    with pytest.raises(AnswerError, match="category"):
        read_answer(answer(question, "content_policy", category="drugs"), question)


@pytest.mark.parametrize(("questions", "kinds"), [(("injection",), 2), (("content_policy",), 2), (BOTH, 3)])
def test_only_what_is_asked_can_be_answered(questions: tuple[str, ...], kinds: int) -> None:
    assert len(ask("a", questions=questions).words) == kinds


@pytest.mark.parametrize("text", ["\ud800", "\0", "{fence}", "%s {0} {words}", "----" * 100])
def test_any_text_can_be_asked_about(text: str) -> None:
    question = ask(text)
    assert text in question.ask()["messages"][0]["content"]
