"""What a text orders: its imperatives, requests and "a refund for Anna" nouns; not what it tells, forbids or quotes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from functools import lru_cache

from pytest_agentsafety import lexicon
from pytest_agentsafety.lexicon.tongues import Tongue
from pytest_agentsafety.provenance import frames, idioms
from pytest_agentsafety.provenance.indirect import asked_about, implied
from pytest_agentsafety.provenance.vocabulary import (
    AFTER_NOUN,
    AUXILIARIES,
    BETWEEN,
    DETERMINERS,
    DRAFTS,
    GERUND_AFTER,
    IS,
    JOINING,
    LIGHT,
    ME,
    NEGATIONS,
    NOT_FORBIDDEN,
    PHRASAL,
    PREPOSITIONS,
    SPOKEN_OF,
    SUBJECTS,
    SUFFIXES,
    TO_THE_USER,
    WISHES,
)

_TOKEN = re.compile(
    r"[^\W\d_]+(?:['\u2019-][^\W\d_]+)*|\d+(?:[.,]\d+)*|(?<=\s)[-\u2013\u2014]{1,2}(?=\s)|"
    r"[.,;:!?()\n$\u20ac\u00a3\u00a5]"
)
_QUOTED = re.compile(
    r"(?<!\w)'[^'\n]{1,400}'(?!\w)|\"[^\"\n]{1,400}\"|\u201c[^\u201d\n]{1,400}\u201d|\u2018[^\u2019\n]{1,400}\u2019(?!\w)|`[^`\n]{1,400}`"
)
_WORDS = re.compile(r"\S+")
_PLACE = re.compile(r"[@/\\]|\w\.\w")  # inside a word: an address, a link, a path; its parts order nothing
_NUMBER = re.compile(r"\W{0,3}\d[\d.,]{0,30}\W{0,3}")
_LET_KNOW = re.compile(r"\blet (?!me\b|us\b)(?:[^.,;:!?\n]|\.(?=\w)){1,60}? know\b", re.IGNORECASE)
_SO = frozenset({"so", "not", "yes", "possible", "necessary", "needed"})
_LEAVE = frozenset({"can", "could", "may", "might", "should", "must"})
_FAR = 14  # words between a verb and its particle
_BEHIND_PARTICLES = frozenset(
    {"to", "for", "from", "please", "and", "until", "again", "now", "today", "tomorrow", "tonight"}
)
_BREAKS = frozenset([*".,;:!?()\n-\u2013\u2014", "--"])
_STRONG_BREAKS = frozenset(".;:!?\n")
_IRREVOCABLE = frozenset({"pay", "delete", "execute"})
_CURRENCIES = frozenset(
    {"euro", "euros", "dollar", "dollars", "d\u00f3lares", "pfund", "franken", "francs", "$", "\u20ac", "eur", "usd"}
)
_PRONOUNS = frozenset({"her", "him", "them", "it", "that", "this", "these", "those", "in", "on", "at"})
_IT_IS = frozenset({"who's", "it's", "that's", "he's", "she's", "what's", "they're", "you're", "we're", "there's"})
_CARRIED_BY = 7  # words before a noun, among which the verb that carries it is looked for
_GIVING = frozenset({"send", "give", "move", "forward", "hand", "remit", "wire", "return", "pass"})


@dataclass(frozen=True, slots=True)
class _Clause:
    tokens: tuple[str, ...]
    starts: bool  # after a full stop, not a comma
    question: bool = False


def _clauses(text: str) -> Iterator[_Clause]:
    tokens: list[str] = []
    strong = True
    for match in _TOKEN.finditer(text):
        token = match.group().lower().replace("\u2019", "'")
        if token in _BREAKS:
            if tokens:
                yield _Clause(tuple(tokens), strong, match[0] == "?")
            strong = token in _STRONG_BREAKS or (strong and not tokens)
            tokens = []
        else:
            tokens.append(token)
    if tokens:
        yield _Clause(tuple(tokens), strong)


@lru_cache(maxsize=4096)
def verb_of_noun(word: str) -> str | None:
    """The verb a noun was made of ("reservation" gives reserve), None where none is known."""
    lemma = lexicon.lemma(word)
    if lexicon.verb_classes(lemma):
        return lemma
    for suffix, endings in SUFFIXES:
        if lemma.endswith(suffix) and len(lemma) > len(suffix) + 2:
            stem = lemma[: -len(suffix)]
            bare = stem[:-1] if len(stem) > 2 and stem[-1] == stem[-2] else stem
            for candidate in (*(stem + ending for ending in endings), bare):
                if lexicon.verb_classes(candidate):
                    return candidate
    return None


def _forbidden(tokens: Sequence[str], index: int) -> bool:
    """Is there a "do not" before it, with nothing in between that takes it back?"""
    for back in range(index - 1, max(-1, index - 6), -1):
        word = tokens[back]
        if word in ("not", "don't") and back and tokens[back - 1] in ("if", "why"):
            return False  # "if not move it", "why don't you move it"
        negation = word in NEGATIONS or (word == "no" and tokens[back + 1 : back + 3] == ("need", "to"))
        if negation:
            return not (NOT_FORBIDDEN & set(tokens[back + 1 : index]))
    return False


def _only_spoken_of(tokens: Sequence[str], index: int) -> bool:
    """ "How do I pay", "remind me to pay", "before you pay": it is asked about, or put off."""
    return SPOKEN_OF.search(" ".join(tokens[max(0, index - 8) : index])) is not None


def _told(tokens: Sequence[str], index: int) -> bool:
    """Is it what somebody does or did ("I usually pay"), not what is to be done?"""
    back = index - 1
    if tokens[max(0, index - 2) : index] == ("at", "it"):
        return False  # "while you are at it move ..."
    while back >= 0 and tokens[back] in BETWEEN:
        back -= 1
    return back >= 0 and tokens[back] in SUBJECTS


def _wished(tokens: Sequence[str], index: int) -> bool:
    """ "I need the meeting moved", "the bill should be paid"."""
    wished = WISHES & set(tokens[:index]) or (tokens[index - 1] == "be" and _LEAVE & set(tokens[:index]))
    return "no" not in tokens[:index] and bool(wished) and tokens[index - 1] not in SUBJECTS


def _leads(tokens: Sequence[str], index: int) -> bool:
    if index > 1 and tokens[index - 2] == "if" and tokens[index - 1] in _SO:
        return True  # "if so book it"
    if index > 1 and tokens[index - 2] == "you" and tokens[index - 1] in _LEAVE:
        return True  # "you can close it"
    return frames.leads(tokens, index)


def _for_the_user(tokens: Sequence[str], index: int) -> bool:
    """ "Tell me", "send me": the answer is meant, nobody else gets anything."""
    return tokens[index] in TO_THE_USER and index + 1 < len(tokens) and tokens[index + 1] in ME


def _nominal(tokens: Sequence[str], index: int) -> str | None:
    """The verb in "make a reservation", "a refund of 20": a noun behind a verb that only carries it."""
    return verb_of_noun(tokens[index]) if _carried(tokens, index) else None


def _carried(tokens: Sequence[str], index: int) -> bool:
    """Is it a noun that a verb like "make" or "need" carries?"""
    if tokens[index + 1 : index + 2] and tokens[index + 1] not in AFTER_NOUN:  # "their email addresses"
        return False
    if tokens[index] in _PRONOUNS:
        return False
    for back in range(index - 1, max(-1, index - _CARRIED_BY), -1):
        word = tokens[back]
        if word == "of" and back > 1 and tokens[back - 2][:1].isdigit():
            continue  # "12 kg of sand"
        if word == "as" and tokens[back + 1] in ("a", "an"):
            continue  # "give it back as a credit"
        if word in PREPOSITIONS or _for_the_user(tokens, back):
            return False
        if lexicon.lemma(word) in LIGHT and not lexicon.is_past(word):
            return not _forbidden(tokens, index) and not _only_spoken_of(tokens, index)
    return False


def _phrasal(tokens: Sequence[str], index: int) -> frozenset[str]:
    """What "set up", "get rid of" and the like mean together; the particle may stand behind a short object."""
    meanings = PHRASAL.get(lexicon.lemma(tokens[index]))
    if meanings is None:
        return frozenset()
    for word in tokens[index + 1 : index + 5]:
        if word in meanings:
            return meanings[word]
        if word in PREPOSITIONS or word in JOINING:
            break
    for at in range(index + 2, min(len(tokens), index + _FAR)):  # "turn the heating in the hall off"
        if tokens[at] in meanings and (at + 1 == len(tokens) or tokens[at + 1] in _BEHIND_PARTICLES):
            return meanings[tokens[at]]
    return frozenset()


def _to_somebody(tokens: Sequence[str], index: int) -> bool:
    """Is "write him" or "write to Anna" meant: a message, and no text for the user?"""
    after = tokens[index + 1 : index + 2]
    if not DRAFTS.isdisjoint(tokens[index + 1 : index + 4]) or tokens[index + 1 : index + 2] in (
        ("down",),
        ("up",),
        ("out",),
    ):
        return False
    return bool(after) and (after[0] in ("to", "back") or after[0] not in DETERMINERS | PREPOSITIONS | ME | BETWEEN)


def _order(tokens: Sequence[str], index: int) -> str | None:
    """The verb that the word at `index` orders, None when it orders nothing."""
    word = tokens[index]
    if _forbidden(tokens, index) or _for_the_user(tokens, index) or _only_spoken_of(tokens, index):
        return None
    lemma = lexicon.lemma(word)
    if lemma in AUXILIARIES:
        return None
    if not lexicon.verb_classes(lemma):
        if _told(tokens, index):
            return None
        return lemma if _leads(tokens, index) and _phrasal(tokens, index) else _nominal(tokens, index)
    if tokens[index + 1 : index + 2] and tokens[index + 1] in IS:  # "rent is 2200"
        return None
    leads = _leads(tokens, index)
    if index and word == lemma and (tokens[index - 1] in IS or tokens[index - 1] in _IT_IS):
        return None  # "who's free", "it is open"
    if index and tokens[index - 1] in DETERMINERS and not leads:
        return _nominal(tokens, index)
    if _told(tokens, index):
        return None
    if word.endswith("ing") and word != lemma:
        return lemma if index and tokens[index - 1] in GERUND_AFTER else None
    if lexicon.is_past(word):
        return lemma if index and _wished(tokens, index) else None
    if word != lemma and not leads:  # "emails", "it sends"
        return None
    return lemma if leads or not lexicon.often_noun(lemma) else _nominal(tokens, index)


@dataclass(frozen=True, slots=True)
class Orders:
    """What a text orders: the verbs (lemmas); which of them can mean to pay, delete or run something; the things
    (noun lemmas) to be made or given ("an offer" in "make Ada an offer"); whether money is to be handed over; things
    that are not named but implied ("wake me": an alarm)."""

    verbs: frozenset[str]
    grave: frozenset[str]
    things: frozenset[str]
    money: bool
    implied: frozenset[str] = frozenset()


def orders(text: str) -> frozenset[str]:
    """The verbs (lemmas) that a text orders to be done."""
    return read_orders(text).verbs


def _without_places(match: re.Match[str]) -> str:
    word = match[0]
    if _PLACE.search(word) is None or _NUMBER.fullmatch(word) is not None:
        return word
    return f"x{word[-1]}" if word[-1] in _BREAKS else "x"


class _Reader:
    """Collects what the clauses of one text order."""

    def __init__(self) -> None:
        self.verbs: set[str] = set()
        self.grave: set[str] = set()
        self.things: set[str] = set()
        self.money = False
        self.implied: set[str] = set()
        self._asked: set[str] = set()  # what the clauses so far ask about

    def clause(self, tokens: Sequence[str], *, question: bool = False) -> None:
        for index in range(len(tokens)):
            verb = _order(tokens, index)
            if verb is not None and frames.asked_about(verb, tokens, index, question=question):
                continue
            if verb is not None:
                self._ordered(verb, tokens, index)
            elif not _forbidden(tokens, index):
                self._asked_softly(frames.softly(tokens, index, question=question))
            if _carried(tokens, index):
                self.things.add(lexicon.lemma(tokens[index]))
        indirect = implied(tokens, self._asked)
        self.verbs |= indirect.verbs
        self.things |= indirect.things
        self.implied |= indirect.things
        self._asked |= asked_about(tokens)

    def foreign(self, tongue: Tongue, tokens: Sequence[str]) -> None:
        """A clause in another language than English."""
        for verb in lexicon.ordered_in(tongue, tokens):
            self._add({verb, "message"} if verb == "write" else {verb})
            self.money = self.money or (verb in _GIVING and any(token in _CURRENCIES for token in tokens))

    def _asked_softly(self, verb: str | None) -> None:
        if verb is not None and lexicon.verb_effect(verb) not in _IRREVOCABLE:
            self.verbs.add(verb)

    def _ordered(self, verb: str, tokens: Sequence[str], index: int) -> None:
        together = _phrasal(tokens, index)
        meant = idioms.meaning(verb, tokens, index)
        if meant is not None:
            self._add(meant | together)
            return
        self._add(together)
        if together and lexicon.verb_effect(verb) in _IRREVOCABLE:
            return  # "drop off" is no dropping
        self.verbs.add(verb)
        if idioms.grave(verb, tokens, index):
            self.grave.add(verb)
        self.money = self.money or (verb in _GIVING and idioms.of_money(tokens, index))
        if verb == "remind" and tokens[index + 1 : index + 2] and tokens[index + 1] not in ME:
            self._add({"tell"})
        if verb == "write" and _to_somebody(tokens, index):
            self._add({"message"})

    def _add(self, verbs: Set[str]) -> None:
        self.verbs |= verbs
        self.grave |= verbs


@lru_cache(maxsize=512)
def read_orders(text: str) -> Orders:
    """What a text orders, told from what it tells, forbids or quotes."""
    found = _Reader()
    if _LET_KNOW.search(text):
        found.verbs.add("tell")
    clauses = list(_clauses(_WORDS.sub(_without_places, _QUOTED.sub(" x ", text))))
    tongue = lexicon.tongue_of([token for clause in clauses for token in clause.tokens])
    for clause in clauses:
        if tongue is None:
            found.clause(clause.tokens, question=clause.question)
        else:
            found.foreign(tongue, clause.tokens)
    return Orders(
        frozenset(found.verbs), frozenset(found.grave), frozenset(found.things), found.money, frozenset(found.implied)
    )
