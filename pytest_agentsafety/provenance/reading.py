"""The user's task as the door reads it: what it orders, which values and things it names, how it chooses among many."""

from __future__ import annotations

import re
from collections import Counter
from functools import cached_property, lru_cache

from pytest_agentsafety import lexicon
from pytest_agentsafety.model.policy import Role
from pytest_agentsafety.provenance.choosing import takes
from pytest_agentsafety.provenance.dates import Day, clocks_in, days_in, months_in
from pytest_agentsafety.provenance.indirect import joined, together
from pytest_agentsafety.provenance.normal import normalise, words_only
from pytest_agentsafety.provenance.numbers import as_number
from pytest_agentsafety.provenance.orders import Orders, read_orders
from pytest_agentsafety.provenance.phrases import (
    ADDRESSING,
    ALL,
    BEFORE_NUMBER,
    CAPITAL,
    CHOOSING,
    COMPUTES,
    COUNTS,
    DELEGATING,
    DELEGATION,
    ENDING,
    EVERYBODY,
    EXTREMES,
    FILE,
    GATHERING,
    HANDLED,
    ID_WORDS,
    INNER,
    KIND_WORDS,
    LETTERS,
    MEASURED,
    MONEY,
    NAME,
    NUMERAL,
    OF_THEM,
    ONE,
    ORDERED_DO,
    RELATIVE,
    REPLIES,
    SAID_OF,
    SUM,
    WISHER,
    WRITER,
)
from pytest_agentsafety.provenance.sources import Spoken
from pytest_agentsafety.provenance.values import Kind, canonical, kind_of, typed_items
from pytest_agentsafety.provenance.vocabulary import ACTING, HELPING, LIGHT, LOOSE, MEASURES, STATES, STOP
from pytest_agentsafety.provenance.wishes import states, wishes

_MACHINE = re.compile(r"(?=[\w-]*\d)[A-Za-z][\w-]{2,40}")  # "node-7": a name that is no word
_TELLING_ROLES: frozenset[Role] = frozenset({"path", "url", "amount", "secret", "other"})
_REMEMBERED, _MOST = 200, 2_000  # characters of a value, and values, that are remembered as stated or not


@lru_cache(maxsize=8192)
def content_words(text: str) -> frozenset[str]:
    """The lemmas of a text's telling words."""
    found = (_bare(word) for word in lexicon.words(text))
    lemmas = (lexicon.lemma(word) for word in found if word not in STOP and len(word) > 1)
    return frozenset(lemma for lemma in lemmas if lemma not in HELPING)


def _bare(word: str) -> str:
    """Without the mark of the genitive: "Ada's" is about Ada."""
    return word.removesuffix("'s").removesuffix("\u2019s") if word[-2:-1] in ("'", "\u2019") else word


@lru_cache(maxsize=8192)
def numerals_in(text: str) -> frozenset[str]:
    """The numbers of a text as they are written, from two digits on."""
    return frozenset(NUMERAL.findall(text))


class Reading:
    """One text that counts as the user's word. Made once per text; every part when it is first asked for."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.spoken = Spoken(text)
        self._stated: dict[str | tuple[str, Role | None, frozenset[str]], bool] = {}
        self.known: dict[object, bool] = {}  # what was worked out of what it wants, by what was asked

    @cached_property
    def folded(self) -> str:
        return normalise(self.text)

    @cached_property
    def ordered(self) -> Orders:
        """What it orders."""
        return read_orders(self.text)

    @property
    def orders(self) -> frozenset[str]:
        """The verbs of what it orders."""
        return self.ordered.verbs

    @property
    def made(self) -> frozenset[str]:
        """The things it orders to be made or given."""
        return self.ordered.things

    @cached_property
    def words(self) -> frozenset[str]:
        """Lemmas of the telling words, and the things that stand there without a word for them."""
        found = set(content_words(self.text))
        found |= {name for name in self.names if f"{name}s" in found}
        if FILE.search(self.text):
            found |= {"file", "document"}
        if "url" in self.given:
            found |= {"link", "page", "website"}
        if "account" in self.given or MONEY.search(self.text):
            found |= {"money", "payment"}
        return frozenset(found)

    @cached_property
    def telling(self) -> frozenset[str]:
        """Its words and numerals."""
        return self.words | self.numerals

    @cached_property
    def things(self) -> frozenset[str]:
        """The words, with the words for the same kind of thing."""
        words = self.words | self.ordered.implied | joined(lexicon.words(self.text))
        return frozenset(word for named in words for word in lexicon.noun_group(named)) | words

    @cached_property
    def together(self) -> frozenset[str]:
        """What its verbs with a particle mean together ("she picked it up": collect)."""
        return together(lexicon.words(self.text))

    @cached_property
    def _items(self) -> frozenset[tuple[Kind, str]]:
        return frozenset((item.kind, item.value) for item in typed_items(self.text))

    @cached_property
    def given(self) -> frozenset[Kind]:
        """The kinds of typed values that stand here."""
        return frozenset(kind for kind, _ in self._items)

    @cached_property
    def plain(self) -> str:
        """Its words only, each between blanks."""
        return words_only(" ".join(token for token in self.text.split() if not INNER.search(token)))

    @cached_property
    def days(self) -> frozenset[Day]:
        return days_in(self.text)

    @cached_property
    def endings(self) -> frozenset[str]:
        """The endings of files it speaks of as a sort ("the .tmp files", "all PDFs")."""
        return frozenset(f".{(match[1] or match[2]).lower()}" for match in ENDING.finditer(self.text))

    @cached_property
    def clocks(self) -> frozenset[str]:
        """The times of day it names, as HH:MM."""
        return clocks_in(self.text)

    @cached_property
    def months(self) -> frozenset[int]:
        return months_in(self.text)

    @cached_property
    def _counts(self) -> frozenset[str]:
        """Small numbers that it writes as words, and those with a unit right behind ("6h")."""
        found = {number for word, number in COUNTS.items() if word in lexicon.words(self.text)}
        found |= set(MEASURED.findall(self.text))
        return frozenset(found | {f"{number}.0" for number in found})

    @cached_property
    def names(self) -> frozenset[str]:
        """The words with a capital, in lower case; at the start of a sentence only if no dictionary has them."""
        found = set()
        for match in CAPITAL.finditer(self.text):
            word = match[0].lower()
            first = (
                not self.text[: match.start()].rstrip(" \t\n\"'(")
                or self.text[: match.start()].rstrip()[-1:] in ".!?\n"
            )
            if word not in STOP and (not first or not lexicon.known(word)):
                found.add(word)
                if word.endswith("s") and not lexicon.known(word):
                    found.add(word[:-1])  # "the Meiers"
        return frozenset(found)

    @cached_property
    def numerals(self) -> frozenset[str]:
        """Numbers as they are written, from two digits on."""
        return numerals_in(self.text)

    @cached_property
    def replies(self) -> bool:
        """Does it speak of whoever wrote something ("reply to", "the sender")?"""
        return not self.orders.isdisjoint(REPLIES) or bool(WRITER.search(self.text))

    @cached_property
    def changes(self) -> bool:
        """Does it order a change of something?"""
        return any(
            lexicon.class_effect(name) == "write" for verb in self.orders for name in lexicon.clear_classes(verb)
        )

    @cached_property
    def acts(self) -> bool:
        """Does it order anything to be done at all, and not only told?"""
        return any(verb in ACTING or lexicon.verb_effect(verb) not in ("read", None) for verb in self.orders - STATES)

    @cached_property
    def wishes(self) -> bool:
        """Does it say that something is to become of something, without a verb for what?"""
        loose = self.orders & LOOSE
        if self.made and HANDLED.search(self.text) is None:  # "make her a code" says what is made, "make it 8" does not
            loose -= LIGHT
        return bool(loose) or wishes(self.text)

    @cached_property
    def states_something(self) -> bool:
        """Does it tell how things are, so that something is to be done about it?"""
        return not self.orders - STATES and states(self.text)

    @cached_property
    def _superlatives(self) -> tuple[tuple[str, frozenset[str], str], ...]:
        """Each superlative with the words it may go with: the two behind it, or those it is said of."""
        found = []
        for name, pattern in EXTREMES.items():
            for match in pattern.finditer(self.text):
                near = set(lexicon.words(self.text[match.end() : match.end() + 60])[:2])
                clause = re.split(r"[.,;:!?\n]", self.text[max(0, match.start() - 80) : match.start()])[-1]
                before = lexicon.words(clause)[-7:]
                if not SAID_OF.isdisjoint(before[-2:]) or not RELATIVE.isdisjoint(before):
                    near |= set(before)
                about = frozenset(lexicon.lemma(word) for word in near) | near
                found.append((name, about, self._sentence_at(match.start())))
        return tuple(found)

    def _sentence_at(self, place: int) -> str:
        before = re.split(r"[.!?\n]", self.text[:place])[-1]
        return before + re.split(r"[.!?\n](?:\s|$)", self.text[place:], maxsplit=1)[0]

    def extremes(self, things: frozenset[str]) -> dict[str, str]:
        """Which ends of a list of such things the text speaks of ("the latest invoice"), with the sentences that do."""
        return {name: sentence for name, near, sentence in self._superlatives if not near.isdisjoint(things | ONE)}

    @cached_property
    def _alls(self) -> frozenset[str]:
        """What its words for all are said of: the next words, as lemmas."""
        found: set[str] = set()
        for match in ALL.finditer(self.text):
            clause = re.split(r"[,;:!?\n]|\.(?:\s|$)", self.text[match.end() : match.end() + 60])[0]
            after = lexicon.words(clause)[:4]
            found |= {lexicon.lemma(word) for word in after} | set(after) | {match[0].lower()}
            if not after or OF_THEM.match(clause):  # "each of them": what was spoken of before
                before = lexicon.words(self.text[max(0, match.start() - 160) : match.start()])
                found |= {lexicon.lemma(word) for word in before}
        return frozenset(found)

    @cached_property
    def acts_on_all(self) -> bool:
        """Does a sentence that speaks of all also order what cannot be taken back ("pay each of them")?"""
        found = (read_orders(self._sentence_at(match.start())).grave for match in ALL.finditer(self.text))
        return any(
            lexicon.verb_effect(verb) not in ("read", "write", "egress", None) for verbs in found for verb in verbs
        )

    def says_all_of(self, things: frozenset[str]) -> bool:
        """Does it speak of all such things ("every open ticket", "everyone")?"""
        return not self._alls.isdisjoint(things | EVERYBODY)

    def chooses(self, things: frozenset[str]) -> bool:
        """Does it leave a choice among such things to whoever does it ("the best one under 100")?"""
        return bool(self.extremes(things)) or bool(CHOOSING.search(self.text))

    @cached_property
    def delegates(self) -> bool:
        """Does it order to do what some other text says? A question ("do you know what ...") orders nothing."""
        for match in DELEGATION.finditer(self.text):
            verb = match["verb"].lower()
            if verb == "do":
                ordered = any(do.end() == match.start() + 2 for do in ORDERED_DO.finditer(self.text))
            else:
                ordered = verb in DELEGATING or lexicon.lemma(verb) in self.orders
            if ordered and not self.text[: match.start()].rstrip().lower().endswith(
                ("how do i", "how to", "how do we")
            ):
                return True
        return False

    @cached_property
    def largest_sum(self) -> float:
        """The largest amount of money it names, 0 where it names none."""
        found = [match[1] or match[2] for match in SUM.finditer(self.text.replace(",", ""))]
        return max(map(float, found), default=0.0)

    @cached_property
    def computes(self) -> bool:
        """Does it leave an amount to be worked out?"""
        return bool(COMPUTES.search(self.text))

    @cached_property
    def tells_of_letters(self) -> bool:
        """Does it speak of a message that is there already: not only in what it orders to be done or made?"""
        counted = Counter(lexicon.lemma(word) for word in lexicon.words(self.text))
        wanted = self.orders | self.made
        return any(counted[thing] > (thing in wanted) for thing in LETTERS)

    def asks_for(self, kind: Kind) -> bool:
        """Does it speak of a value of this kind without giving one ("her e-mail address", "the link")?"""
        pattern = KIND_WORDS.get(kind)
        return pattern is not None and kind not in self.given and bool(pattern.search(self.text))

    def states(self, value: object, role: Role | None = None, things: frozenset[str] = frozenset()) -> bool:
        """Does the value stand here? A number that is to be an identifier needs a word that says so."""
        if not isinstance(value, str) or len(value) > _REMEMBERED:
            return self._states(value, role, things)
        # Where the role makes no difference it is remembered without one: that is asked, too.
        telling = role in _TELLING_ROLES or (role == "destination" and value.isalpha())
        telling = telling or (role == "identifier" and as_number(value) is not None)
        key = (value, role, things) if telling else value
        known = self._stated.get(key)
        if known is None:
            if len(self._stated) > _MOST:
                self._stated.clear()
            known = self._stated[key] = self._states(value, role, things)
        return known

    def _states(self, value: object, role: Role | None, things: frozenset[str]) -> bool:
        number = as_number(value)
        if role == "identifier" and number is not None:
            return self._numbered(str(value), things)
        if role == "url" and isinstance(value, str) and not any(mark in value for mark in "./:"):
            return _MACHINE.fullmatch(value) is not None and self.spoken.states(value)
        if role == "destination" and isinstance(value, str) and value.isalpha() and not self._addressed(value):
            return False
        if self.spoken.has(value, number, role) or (role in ("amount", "other") and str(value) in self._counts):
            return True
        if not isinstance(value, str) or role == "secret":
            return False
        kind = kind_of(value)
        if kind in ("url", "account", "phone"):
            return (kind, canonical(kind, value)) in self._items
        # Punctuation does not matter in a name; in an address, a link or a path it makes another one.
        if kind == "email" or not NAME.fullmatch(value) or (role in ("path", "url") and not value.isalnum()):
            return False
        plain = words_only(value)
        return len(plain) > 4 and plain in self.plain

    def asserts(self, value: object) -> bool:
        """Does the value stand in a sentence that is no question?"""
        return isinstance(value, (str, int, float)) and read(self._told).states(value)

    @cached_property
    def _told(self) -> str:
        """Its sentences without the questions."""
        parts = re.split(r"(?<=[.!?\n])\s+", self.text)
        return " ".join(part for part in parts if not part.endswith("?"))

    def _addressed(self, word: str) -> bool:
        """Is a single word meant as whom to reach: written with a capital or in quotes, or behind "to" and the like?"""
        if word.lower() in self.names:
            return True
        spot = re.compile(rf"(\w+)?([^\w\n]{{0,3}})\b{re.escape(word)}\b", re.IGNORECASE)
        return any(
            match[1] is None
            or match[1].lower() in ADDRESSING
            or any(mark in match[2] for mark in "'\"#@`")
            or bool(GATHERING.match(self.text, match.end()))
            or bool(WISHER.match(self.text, match.end()))
            for match in spot.finditer(self.text)
        )

    def _numbered(self, number: str, things: frozenset[str]) -> bool:
        """ "order 17", "#17", "id: 17", "'17'"; a bare 17 may count anything."""
        text, start = self.folded, self.folded.find(number)
        while start >= 0:
            end = start + len(number)
            whole = not text[end : end + 1].isalnum() and not (start and text[start - 1].isalnum())
            if whole and not (text[end : end + 1] in (".", ",") and text[end + 1 : end + 2].isdigit()):
                match = BEFORE_NUMBER.search(text, max(0, start - 40), start)
                word, joint = (match[1] or "", match[2]) if match is not None else ("", "")
                if len(number) > 3 or any(mark in joint for mark in "#'\""):
                    return True
                if len(number) > 2 and takes(word, text[: start - len(joint) - len(word)], text[end : end + 4]):
                    return True
                known = lexicon.groups_of(lexicon.lemma(word)) - MEASURES
                if word and (word in ID_WORDS or lexicon.lemma(word) in things or known):
                    return True
            start = text.find(number, end)
        return False


@lru_cache(maxsize=256)
def read(text: str) -> Reading:
    """The reading of a text; the same text is read once."""
    return Reading(text)
