"""Everyday uses of the words that the injection rules look for: there the rule says nothing, and the model decides.

A setting overrides the default rules, a device has a developer mode, a new directive supersedes the previous ones, and
one may ask how to write "a system prompt". What speaks to the model ("you", "your", "assistant") is never everyday.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import re2

from pytest_agentsafety.guards.engine import Hit
from pytest_agentsafety.text import Normalised
from pytest_agentsafety.text.fold import fold

_AROUND = 240


def _pattern(source: str) -> Any:
    options = re2.Options()
    options.case_sensitive = False
    options.log_errors = False
    return re2.compile(source, options)


_ENDS = _pattern(r"[.!?\n]\s|\n")
# Addressed to a model, or about one: then the rule stands.
_MODEL = _pattern(
    r"\b(?:you|your|yours|ur|u|yourself|ai|a\.i\.|assistants?|chatbots?|chatgpt|gpt\w*|bots?|llms?|models?|"
    r"claude|gemini|"
    r"this (?:chat|conversation|session)|above|must|dan)\b"
)
_OF_MODEL = _pattern(
    r"\b(?:my|these?|this|following|developer|system|core|safety) (?:\w+ )?(?:instructions?|prompts?|messages?)\b"
)
_YOU = _pattern(
    r"\b(?:your|yours|ur|you(?:'re| are| were| have| got| must| should| will| can| received| see| use|"
    r" follow)|this (?:chat|conversation|session)|"
    r"verbatim|word for word|above|now|immediately|must)\b"
)
_DEVICE = (
    r"(?:phone|tablet|router|printer|tv|television|camera|car|machine|game|console|shop|store|web ?site|"
    r"server|browser|"
    r"system (?:panel|menu)|thermostat|scanner|installer|device|app|android|windows|iphone|ipad|laptop|"
    r"computer|account|"
    r"network|library|school|document|environment|panel|display|screen|firewall|wordpress|flask|stripe|kubernetes|"
    r"build|cluster|linter|compiler|parser|framework|template|theme|database|project)s?"
)
_OWN_DEVICE = _pattern(
    rf"\b(?:on|of|in|for|from|my|the|our|an?|after|if) (?:\w+ ){{0,3}}{_DEVICE}\b|\busb debugging\b|"
    rf"\b(?:says|shows|reports) "
)
# Nobody is told to do it: somebody or something does, or the asker wants to know how.
_TOLD_OF = _pattern(
    r"^\W*(?:how|why|when|where|does|do|can|may|which|what|is|are|the|these|this|those|that|our|my|a|an|"
    r"local|project|user|"
    r"later|new|some|every|each|doctors?|rules|settings)\b[^:\"'`,]*$"
)
_ASKS_HOW = _pattern(
    r"\b(?:how|where|why|when|can|may|should) (?:do|does|did|can|could|should|would|may)? ?(?:i|we|one|my|our|the)\b"
)
_GENERAL_PROMPT = _pattern(
    r"\b(?:role|purpose|point|use|function|meaning|history|size|cost|limits) of (?:an?|the) (?:system|developer) |"
    r"\b(?:difference between|best practices|compared to|as opposed to)\b|\bhow (?:[\w']+ ){1,5}works\b|"
    r"\b(?:(?:an?|any|every|each|whose|other|good|which|what) (?:[\w-]+ ){0,2}(?:system|initial|base|"
    r"starting|first|custom|"
    r"default) ?(?:prompts?|messages?|instructions?)|system (?:prompts|messages))\b|"
    r"\b(?:prompts?|instructions?|messages?|rules|configuration) (?:of|for) (?:an?|customers?|companies|vendors|new|"
    r"volunteers|guests|beginners)\b"
)
_STORY = _pattern(
    r"^\W*(?:the|this|my|her|his|our|in the|in this|in my) (?:[\w-]+ )?(?:novel|film|movie|book|story|game|"
    r"series|song|comic|"
    r"play|episode|paper|article|report|chapter|study|talk|course)\b"
)
_PLAYER = _pattern(r"\b(?:you|your|act|behave|respond|answer|pretend|become|must|now)\b")
_MAIL = _pattern(
    r"\b(?:version|draft|mail|e-?mail|message|edition|letter|page|attachment|invoice|invitation|agenda)s?\b"
)
_TASK = _pattern(
    r"^\W*(?:compare|design|write|build|suggest|plan|implement|create|describe|list|draft)\b.{0,80}\b(?:detect|"
    r"notice|prevent|block|catch|flag|log|defend|against|attempt|leak|measure)"
)

_NOTICE = _pattern(r"notice:?$|\bbypass$|directive$")
_ORDER = _pattern(
    r"\b(?:ignore|disregard|forget|reveal|override|bypass|disable|obey|comply|instructions?|prompts?|"
    r"rules?|assistant|ai|"
    r"models?|llm|chatbot|unrestricted|restrictions?|guidelines|send|forward|execute|mode|you are (?:now|"
    r"an?|no longer|free))\b"
)

_TELLING = _pattern(
    r"\b(?:tell|inform|notify|alert|mention|reveal|disclos|show|warn)|"
    r"\b(?:without|never|not|don't|need to) (?:ask|asking) (?:for )?(?:the|your)\b"
)
_ADVICE = _pattern(
    r"^you,? (?:should|need to|have to|will) (?:also |first |always |then )?(?:delete|upload|call|append|"
    r"invoke|post)$"
)
_PARTNER = _pattern(
    r"\b(?:ai|assistant|agent|model|llm|chatbot|user'?s?|immediately|account|bank|password|secret|"
    r"e-?mails?|contact)\b"
)
_COULD = _pattern(
    r"\b(?:could|may|might|can|would|did|does|not|an?|the|memory|possible|potential|to|that|"
    r"which)[ \n]*$"
)
_BUG = _pattern(
    r"\byour (?:\w+ )?(?:bug|error|crash|commit|issue|log|merge|problem)[ -]?(?:reports?|messages?|"
    r"output)$"
)

# What is forbidden is not ordered, and who is told what others try to do is not told to do it.
_FORBIDDEN = _pattern(
    r"^\W*(?:(?:please|definitely|also|and|always|under no circumstances|remember|note)\W+)*"
    r"(?:do not|don't|never|you (?:must|should|may|can|shall|will) (?:not|never)|you (?:mustn't|shouldn't|can't|won't))"
    r"(?: (?:ever|explain|tell|say|show|me|us|anyone|anybody|them|how|to|make|you|try))*[ \n]*$"
)
_OTHERS = _pattern(
    r"\b(?:users?|people|hackers?|attackers?|criminals?|scammers?|adversar(?:y|ies)|intruders?|malware|someone|somebody|"
    r"they|students|employees)(?: (?:often|might|may|could|can|would|will|sometimes|usually|also))* (?:try|tries|tried|"
    r"attempts?|uses?|used|want|wants|manage|managed|manages|has|have|had|employ|seek|seeks) ?(?:to|for)?[ \n]*$"
)
_NOUN = _pattern(r"\b(?:the|this|each|every|its|(?:^|(?:of|in|for|with|use|is|by) )an)[ \n]+$")
_ASKS_WHY = _pattern(r"\bwhy (?:revealing|sharing|showing|disclosing|giving)\b")
_HOW_MUCH = _pattern(
    r"\b(?:how (?:much|many|long|often|soon|far|late|early)|when|where|whether|if|"
    r"which \w+)[ \n]*$"
)
# A question about a text: what stands behind the colon is that text, and nothing comes after it.
_ABOUT_A_TEXT = _pattern(
    r"^\W*(?:what|how|why)\b[^:]*\b(?:make of|interpret|classify|rate|assess|assessment of|response to|respond to|"
    r"react to|reaction to|think of|thoughts on|opinion (?:of|on)|understand|parse|translate|mean by|"
    r"call)\b[^:]{0,40}:\W*$"
)
_WEB_POLICY = _pattern(r"\bsecurity policy\b")

_DROP = ("drop-earlier", "drop-adjacent", "supersedes")


def _mentioned(before: str, hit: str) -> bool:
    """Forbidden, done by others, or a question why: in each case nobody is told to do it."""
    return bool(_FORBIDDEN.search(before) or _OTHERS.search(before) or _ASKS_WHY.search(hit))


def _dropped(sentence: str, before: str, hit: str) -> bool:
    if _mentioned(before, hit):
        return True
    if _MODEL.search(sentence) or _OF_MODEL.search(sentence):
        return False
    return bool(_TOLD_OF.search(before + " ") or _MAIL.search(hit))


def _mode(sentence: str, _before: str, _hit: str) -> bool:
    return not _MODEL.search(sentence) and bool(_OWN_DEVICE.search(sentence))


def _limits(sentence: str, before: str, hit: str) -> bool:
    if _mentioned(before, hit) or (_WEB_POLICY.search(hit) and not _MODEL.search(sentence)):
        return True
    return not _MODEL.search(sentence) and bool(_OWN_DEVICE.search(sentence) and _ASKS_HOW.search(sentence))


def _prompt(sentence: str, before: str, hit: str) -> bool:
    if _mentioned(before, hit):
        return True
    return not _YOU.search(sentence) and bool(_GENERAL_PROMPT.search(sentence) or _TASK.search(sentence))


def _forbidden_leak(_sentence: str, before: str, hit: str) -> bool:
    return _mentioned(before, hit)


def _story(sentence: str, _before: str, _hit: str) -> bool:
    return not _PLAYER.search(sentence) and bool(_STORY.search(sentence))


def _notice(sentence: str, before: str, hit: str) -> bool:
    """A machine's notice, or a flaw that is named: "authorization bypass in ..."."""
    return bool(_NOTICE.search(hit)) and not _ORDER.search(sentence.replace(hit, " ")) and not _MODEL.search(before)


def _machine(sentence: str, _before: str, _hit: str) -> bool:
    return not _ORDER.search(sentence)


def _kept(_sentence: str, _before: str, hit: str) -> bool:
    """ "Never asked by the user": nobody is told to keep anything from anybody."""
    return not _TELLING.search(hit)


def _manual(sentence: str, before: str, hit: str) -> bool:
    """ "You should call close()": a manual's advice, where the model is not named and no haste is made.

    "How much you need to pay" is a question.
    """
    if _HOW_MUCH.search(before):
        return True
    return bool(_ADVICE.search(hit)) and not _PARTNER.search(sentence)


def _flaw(sentence: str, before: str, hit: str) -> bool:
    """ "This could expose the credentials": an advisory. Otherwise as for prompts."""
    return _prompt(sentence, before, hit) or bool(_COULD.search(before) and not _MODEL.search(sentence))


def _foreign_drop(sentence: str, before: str, hit: str) -> bool:
    """A rule of another language that an English noun ("the ignore directive") or a mail fulfils."""
    return bool(_NOUN.search(before) or (_MAIL.search(hit) and not _MODEL.search(sentence)))


def _foreign_prompt(sentence: str, before: str, hit: str) -> bool:
    return hit.isascii() and _prompt(sentence, before, hit)


def _own_report(_sentence: str, _before: str, hit: str) -> bool:
    return bool(_BUG.search(hit))


_KINDS: Mapping[str, Any] = {
    **dict.fromkeys(_DROP, _dropped),
    "mode": _mode,
    "mode-on": _mode,
    "safety": _limits,
    "your-limits": _limits,
    "secret-prompt": _prompt,
    "your-prompt": _forbidden_leak,
    **dict.fromkeys(("fr-drop", "es-drop", "pt-drop", "it-drop", "de-drop"), _foreign_drop),
    **dict.fromkeys(("es-prompt", "fr-prompt", "pt-prompt", "it-prompt", "de-prompt"), _foreign_prompt),
    "ready-secret": _flaw,
    "keep-from-user": _kept,
    "model-must": _manual,
    "in-your-answer": _own_report,
    "override-tag": _notice,
    "role-line": _machine,
    "no-limits": _story,
    "free-model": _story,
}


def serious(hits: Iterable[Hit], text: Normalised) -> list[Hit]:
    """The hits without those of everyday sentences. What was found in another reading only stays."""
    hits = list(hits)
    known: dict[tuple[str, int, str], bool] = {}
    everyday = {_place(hit) for hit in hits if hit.view == "plain" and _everyday(hit, text.source, known)}
    return [hit for hit in hits if _place(hit) not in everyday]


def all_plain(hits: Iterable[Hit]) -> bool:
    """Whether no reading shows anything that the plain text does not."""
    hits = list(hits)
    return {_place(hit) for hit in hits} == {_place(hit) for hit in hits if hit.view == "plain"}


def _place(hit: Hit) -> tuple[str, int, int]:
    return hit.rule.name, hit.start, hit.end


def _everyday(hit: Hit, source: str, known: dict[tuple[str, int, str], bool]) -> bool:
    """`known` is what was said of others of the same text: logs and tables say the same again and again."""
    if hit.end - hit.start > _AROUND:
        return False
    start = max(0, hit.start - _AROUND)
    key = hit.rule.name, hit.start - start, source[start : hit.end + _AROUND]
    if key not in known:
        known[key] = _is_everyday(_KINDS.get(hit.rule.name), key[2], key[1], hit.end - start)
    return known[key]


def _is_everyday(kind: Callable[[str, str, str], bool] | None, text: str, start: int, end: int) -> bool:
    before, found, after = fold(text[:start]), fold(text[start:end]), fold(text[end:])
    before = before[max((match.end() for match in _ENDS.finditer(before)), default=0) :]
    if not after.strip(" .?!\n'\"") and _ABOUT_A_TEXT.search(before):
        return True
    sentence = _ENDS.search(after)
    after = after[: sentence.start() + 1] if sentence else after
    return bool(kind is not None and kind(before + found + after, before, found))
