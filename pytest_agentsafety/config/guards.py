"""The tables of the text guards: `scope`, `content_policy`, `judge`."""

from __future__ import annotations

import re
from typing import get_args

from pytest_agentsafety.config.table import Table, shown
from pytest_agentsafety.model.errors import ConfigError, UnknownNameError
from pytest_agentsafety.model.policy import (
    CONTENT_CATEGORIES,
    JUDGE_QUESTIONS,
    JUDGE_STAGES,
    CategoryRules,
    ContentAction,
    ContentCategory,
    ContentRules,
    JudgeRules,
    ScopeRules,
)

SCOPE_KEYS = ("allowed_topics", "counterexamples", "denied_topics", "examples")
JUDGE_KEYS = ("max_chars", "max_parts", "model", "questions", "stages")
_CATEGORY_KEYS = ("action", "phrases", "terms")
_WORD = re.compile(r"\w")


def read_scope(table: Table) -> ScopeRules:
    """Raises ConfigError for a topic or an example that is both in scope and out of it, or that has no word."""
    scope = ScopeRules(**{key: _worded(table, key) for key in SCOPE_KEYS})
    _contradiction(table, "denied_topics", scope.denied_topics, "allowed_topics", scope.allowed_topics)
    _contradiction(table, "counterexamples", scope.counterexamples, "examples", scope.examples)
    if scope.examples and not (scope.counterexamples or scope.allowed_topics):
        raise ConfigError(
            f"{table.place.at('examples')} examples: nothing to compare them with. Add counterexamples (requests that "
            f"are out of scope) or allowed_topics."
        )
    return scope


def _contradiction(table: Table, key: str, denied: tuple[str, ...], other: str, allowed: tuple[str, ...]) -> None:
    both = _parts(denied) & _parts(allowed)
    if both:
        name = shown(min(both))
        raise ConfigError(
            f"{table.place.at(key)} {key}: {name} stands in {other} too. Keep it in one of the two, or say "
            f"more exactly what is meant."
        )


def _parts(texts: tuple[str, ...]) -> set[str]:
    """What is listed, case and spaces aside; a comma separates alternatives."""
    return {" ".join(part.split()).casefold() for text in texts for part in text.split(",")} - {""}


def _worded(table: Table, key: str) -> tuple[str, ...]:
    texts = table.texts(key) or ()
    for text in texts:
        if not _WORD.search(text):
            table.fail(key, "words", text)
    return texts


def read_content(table: Table) -> ContentRules:
    """`action`, and a table for each category that differs. Raises ConfigError."""
    valid = get_args(ContentAction)
    for name in table.data:
        if name != "action" and name not in CONTENT_CATEGORIES:
            raise UnknownNameError("category", name, CONTENT_CATEGORIES, place=table.place.at(name))
    return ContentRules(
        action=table.choice("action", valid, "block"),
        categories={name: _category(table, name) for name in CONTENT_CATEGORIES if name in table},
    )


def _category(table: Table, name: ContentCategory) -> CategoryRules:
    inner = table.table(name, _CATEGORY_KEYS)
    action = inner.choice("action", get_args(ContentAction), "block") if "action" in inner else None
    return CategoryRules(action=action, terms=_worded(inner, "terms"), phrases=_worded(inner, "phrases"))


def read_judge(table: Table) -> JudgeRules:
    """Raises ConfigError, also for a judge without a model."""
    default = JudgeRules()
    if table.data and "model" not in table:
        raise ConfigError(f'{table.place.at()}: model is required, as in model = "claude-haiku-5-5"')
    return JudgeRules(
        model=table.text("model"),
        questions=table.choices("questions", JUDGE_QUESTIONS, default.questions),
        stages=table.choices("stages", JUDGE_STAGES, default.stages),
        max_chars=table.integer("max_chars", default.max_chars, minimum=100),
        max_parts=table.integer("max_parts", default.max_parts),
    )
