"""The judge: a model that is asked whether a text is an attack or asks for harm. It is asked through the Gate.

Its request passes the model door like any other (recorded, in the budget, in cassettes), marked as the guard's. What it
reads is hostile, so nothing it could have been told to say is believed: the text stands between lines that it cannot
know, an answer counts only as one of words made for this very text, and a text that speaks to its judge is a finding
without asking. No answer, another answer or a refusal is a crash, and a crash blocks.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from threading import Lock
from typing import Any

from pytest_agentsafety.guards.engine import Rule, RuleSet
from pytest_agentsafety.guards.judge_prompt import TOOL, Question, read_answer
from pytest_agentsafety.guards.normalise import normalise
from pytest_agentsafety.guards.verdicts import clean, skipped, triggered
from pytest_agentsafety.model.decisions import GuardContext, GuardrailResult, Stage
from pytest_agentsafety.model.guard_call import asking
from pytest_agentsafety.model.policy import ContentRules, JudgeRules

MAX_TOKENS = 512
_OVERLAP = 200
_HIDDEN = frozenset({"decoded", "tags", "bidi"})
_SECONDS = 25.0

_TO_WHOM = (
    r"(?:judge|classifier|moderator|moderation (?:model|system)|evaluator|guard ?rail|content filter|safety filter)"
)
_SAFE = (
    r"(?:safe|harmless|benign|clean|allowed|acceptable|approved|compliant|no violation|"
    r"not (?:an? )?(?:attack|injection|harmful))"
)
SPOKEN_TO = (
    Rule(
        family="judge",
        name="spoken-to",
        pattern=rf"\b(?:dear |hey |note to (?:the )?|message (?:to|for) (?:the )?|attention,? |instructions? (?:to|"
        rf"for) (?:the )?)(?:\w+ )?{_TO_WHOM}\b|\b{_TO_WHOM}s?,? ~3 (?:must|should|shall|please|has to|have to|needs? "
        rf"to|will) ~3 (?:answer|say|report|return|label|mark|rate|output|respond|reply|classify|treat)\b",
    ),
    Rule(
        family="judge",
        name="dictated",
        pattern=rf"\b(?:classify|label|mark|report|rate|treat|flag|judge|consider|return|answer|output) ~3 "
        rf"(?:this|the|my|following|above|entire|whole) (?:\w+ )?(?:text|message|input|prompt|content|request|document|"
        rf"conversation) ~2 (?:as|to be|is|being) ~2 {_SAFE}\b|"
        rf"\b(?:your|the) (?:verdict|classification|judge?ment|label) ~2 (?:is|must be|should be|has to be|will be)?"
        rf" ?[:=]? ?(?:that )?(?:\S+ )?{_SAFE}\b|"
        rf"[\"'](?:verdict|injection|harmful|is_safe|violation)[\"'] ?[:=] ?[\"']?(?:false|true|safe|"
        rf"harmless|clean|none|no)\b",
    ),
)


@cache
def _spoken_to() -> RuleSet:
    return RuleSet(SPOKEN_TO)


class JudgeError(RuntimeError):
    """The judge gave no answer that can be used."""


class JudgeGuard:
    """Asks `model` about a text: is it an injection, does it ask for what the content policy forbids?

    `client` is an `anthropic.Anthropic` (or a function that makes one at the first question); without one the SDK's own
    defaults count. Blocks what the model finds, escalates where the content policy says so for the category.
    """

    name = "judge"

    def __init__(
        self,
        model: str,
        *,
        client: Any = None,
        rules: JudgeRules | None = None,
        content: ContentRules | None = None,
    ) -> None:
        self.model = model
        self.rules = JudgeRules(model=model) if rules is None else rules
        self.content = ContentRules() if content is None else content
        self.stages: frozenset[Stage] = frozenset(self.rules.stages)
        self._client, self._lock = client, Lock()

    def check(self, text: str, context: GuardContext) -> GuardrailResult:
        """Raises JudgeError, or what the SDK raises: both are a crash, and block."""
        if not context.may_ask:
            return skipped(self, "no model answers a guard here")
        if not text.strip():
            return clean(self)
        hits = _spoken_to().scan(normalise(text))
        if hits:
            return triggered(self, "block", hits[0].rule.id, "text speaks to its judge", found=hits, severity=0.8)
        for part in self._parts(text):
            result = self._judged(text, part, context)
            if result is not None:
                return result
        return clean(self)

    def _parts(self, text: str) -> list[str]:
        """What is asked about: the text, and what is hidden in it, in pieces that overlap. Raises JudgeError."""
        hidden = [view.text for view in normalise(text).views if view.name in _HIDDEN]
        size = self.rules.max_chars
        parts = [
            whole[start : start + size + _OVERLAP]
            for whole in dict.fromkeys((text, *hidden))
            for start in range(0, max(1, len(whole)), size)
        ]
        if len(parts) > self.rules.max_parts:
            most = size * self.rules.max_parts
            raise JudgeError(
                f"the text is too long to be judged: more than {self.rules.max_parts} parts, {most} characters"
            )
        return parts

    def _judged(self, text: str, part: str, context: GuardContext) -> GuardrailResult | None:
        question = Question(part, stage=context.stage, questions=self.rules.questions, content=self.content)
        with asking(self.name):
            message = self._messages().create(
                model=self.model, max_tokens=MAX_TOKENS, timeout=_SECONDS, **question.ask()
            )
        answer = read_answer(_answer_of(message), question)
        if answer.kind == "harmless":
            return None
        action = self.content.action_of(answer.category) if answer.kind == "content_policy" else "block"
        if action == "allow":
            return None
        start = text.find(answer.quote) if answer.quote else -1
        found = ((start, start + len(answer.quote)) if start >= 0 else (0, len(text)),)
        about = f"{answer.kind}.{answer.category}" if answer.category else answer.kind
        return triggered(
            self, action, about, f"{self.model} says: {answer.kind}", found=found, score=max(answer.confidence, 0.5)
        )

    def _messages(self) -> Any:
        with self._lock:
            if self._client is None:
                import anthropic

                self._client = anthropic.Anthropic()
            elif callable(self._client) and not hasattr(self._client, "messages"):
                self._client = self._client()
        return self._client.messages


def _answer_of(message: Any) -> Mapping[str, Any]:
    """The arguments of the one tool call that the answer has to be. Raises JudgeError."""
    stop = getattr(message, "stop_reason", None)
    calls = [block for block in getattr(message, "content", None) or () if getattr(block, "type", None) == "tool_use"]
    if stop in ("refusal", "max_tokens") or len(calls) != 1 or calls[0].name != TOOL:
        raise JudgeError(f"the judge gave no verdict (stop reason {stop!r}, {len(calls)} calls)")
    given = calls[0].input
    if not isinstance(given, Mapping):
        raise JudgeError(f"the judge's verdict is a {type(given).__name__}")
    return given
