"""What a task wishes for without an order for it: "Ole would like to stay", "it has to be moved", "put it on hold"."""

from __future__ import annotations

import re
from functools import lru_cache

_WISH = re.compile(
    r"\b(?:wants?|would (?:like|love|prefer|rather)|'d (?:like|love|prefer|rather)|needs?|has to|have to|"
    r"ha(?:s|ve) asked|"
    r"asks|asked|is asking|should|must|ought to|is (?:to|supposed to|due to)|are (?:to|supposed to)|instead|"
    r"from now on|no longer|not any ?more|had better|could (?:do|use)|belongs?|goes (?:in|into|under|to|on|with)|"
    r"counts? as|(?:will|'ll) (?:be|do|come|take)|(?:is|are) going to|takes? over|steps? in|fills? in|stands? in|"
    r"(?:(?:an?|one|two|three|four|half an?|\d{1,2}) (?:hours?|days?|weeks?|minutes?|months?|nights?|bit)|"
    r"somewhat|slightly|a little) (?:later|earlier|sooner|longer|shorter|more|less))\b",
    re.IGNORECASE,
)
_QUESTION = re.compile(r"^\s*(?:what|why|how|when|who|which|where)\b", re.IGNORECASE)
_SENTENCE = re.compile(r"(?<=[.!?\n])\s+")
_AGAINST = re.compile(r"\b(?:do not|don't|don\u2019t|never)\b", re.IGNORECASE)


_READING = re.compile(
    r"^\W*(?:please |just |also |and |then |so |hi,? |hello,? )*"
    r"(?:tell|show|give|list|summari[sz]e|find|look|check|read|search|get|"
    r"what|who|which|when|where|why|how|is|are|was|were|do|does|did|has|have|can|could|would|will|should|any|anything)\b",
    re.IGNORECASE,
)


FINISHED = frozenset({"done", "finished", "completed", "complete", "ready", "over"})
_STATE = re.compile(
    r"(?:\b(?:is|are|am|was|were|has been|have been)|'s|\u2019s|'re) (?:\w+ly |all |now |already )?(\w+)", re.IGNORECASE
)


@lru_cache(maxsize=256)
def state_told(text: str, states: frozenset[str]) -> str:
    """The sentences that say that something is one of these ("the van is ready"), without questions."""
    told = [part for part in _SENTENCE.split(text) if "?" not in part and not _AGAINST.search(part)]
    return " ".join(part for part in told if any(word.lower() in states for word in _STATE.findall(part)))


@lru_cache(maxsize=256)
def told_states(text: str) -> frozenset[str]:
    """The words that its statements say something is ("ready")."""
    found = (_STATE.findall(part) for part in _SENTENCE.split(text) if "?" not in part and not _AGAINST.search(part))
    return frozenset(word.lower() for words in found for word in words)


def tells(text: str) -> bool:
    """Does any sentence neither ask nor have something looked up?"""
    return any("?" not in part and not _READING.match(part) for part in _SENTENCE.split(text.strip()))


def states(text: str) -> bool:
    """Does it tell how things are ("the window is fixed"), and neither ask, nor have anything looked up, nor forbid?"""
    return all(
        (sentence.count(" ") > 1 or (" " in sentence.strip() and _STATE.search(sentence) is not None))
        and "?" not in sentence
        and not _AGAINST.search(sentence)
        and not _READING.match(sentence)
        for sentence in _SENTENCE.split(text.strip())
    )


_MAY = re.compile(
    r"\b(?:can|could|would) (?!(?:i|we|you|it|that|this|there|anyone|anybody|someone)\b)[\w']+(?: [\w']+)?? "
    r"(?:take|do|have|get|cover|join|come|stay|use|swap|go|move|keep|sit|start|handle)\b",
    re.IGNORECASE,
)


@lru_cache(maxsize=256)
def may(text: str) -> bool:
    """Is it asked whether somebody else can have or do something ("can Ole take the van?")?"""
    return _MAY.search(text) is not None


def wishes(text: str) -> bool:
    """Does a sentence that is no question and forbids nothing say what somebody wants, needs, or what is to be?"""
    return any(
        _WISH.search(sentence) and not sentence.rstrip().endswith("?") and not _AGAINST.search(sentence)
        for sentence in _SENTENCE.split(text)
        if _QUESTION.match(sentence) is None
    )
