"""The user's task as the door reads it: what it orders, which values and things it names, how it chooses among many."""

from __future__ import annotations

import re
from functools import cached_property, lru_cache

from pytest_agentsafety import lexicon
from pytest_agentsafety.model.policy import Role
from pytest_agentsafety.provenance.dates import Day, days_in, months_in
from pytest_agentsafety.provenance.normal import has_token, normalise, words_only
from pytest_agentsafety.provenance.numbers import as_number
from pytest_agentsafety.provenance.orders import made, orders
from pytest_agentsafety.provenance.sources import Spoken
from pytest_agentsafety.provenance.values import Kind, canonical, kind_of, typed_items
from pytest_agentsafety.provenance.vocabulary import STOP

_BEFORE_NUMBER = re.compile(r"([^\W\d_]{1,40})?(\W{0,4})$")
_CAPITAL = re.compile(r"\b[A-Z][^\W\d_]+")
_NAME = re.compile(r"[\w \-'\u2019&,]{1,200}")
_NUMERAL = re.compile(r"(?<![\w.,])\d{2,12}(?![\w]|[.,]\d)")
_FILE = re.compile(r"\w\.[a-z0-9]{2,5}\b", re.IGNORECASE)
_MONEY = re.compile(r"[$€£¥]\s?\d|\d\s?(?:[$€£¥]|usd|eur|gbp|dollars?|euros?|bucks|pounds)\b", re.IGNORECASE)
_SUM = re.compile(
    r"(?:[$\u20ac\u00a3\u00a5]\s?)(\d+(?:\.\d+)?)|\b(\d+\.\d+|\d+(?=\s?(?:[$\u20ac\u00a3\u00a5]|usd|eur|gbp|dollars?|euros?)))"
)
_COMPUTES = re.compile(
    r"\b(?:sum|total|altogether|half|thirds?|quarters?|split|shares?|average|difference|each|rest|remaining|per ?cent|"
    r"percent|times|double|twice|plus|minus|more|less|increase[ds]?|decrease[ds]?|raise[ds]?|vat|tax|tip|fees?|convert|"
    r"calculate|work out|compute|add up|accordingly|too (?:much|little)|additional|extra|difference|same amount|above|below"
    r")\b|%",
    re.IGNORECASE,
)
_ALL = re.compile(r"\b(?:each|every|all|everyone|everybody|both|everything|whatever|whichever)\b", re.IGNORECASE)
_CHOOSING = re.compile(
    r"\b(?:under|over|above|below|more than|less than|at least|at most|cheap\w*|best|better|rated|rating|available|"
    r"unread|nearest|closest|suitable|matching|most|least)\b",
    re.IGNORECASE,
)
_EXTREMES = {
    "max number": re.compile(
        r"\b(?:largest|biggest|most|highest|longest|best|top|greatest|max(?:imum)?|heaviest|priciest|dearest|oldest|strongest)\b",
        re.IGNORECASE,
    ),
    "min number": re.compile(
        r"\b(?:smallest|least|lowest|cheapest|shortest|worst|fewest|min(?:imum)?|lightest|weakest|youngest)\b",
        re.IGNORECASE,
    ),
    "max time": re.compile(r"\b(?:newest|latest|last|most recent|recent|furthest|farthest)\b", re.IGNORECASE),
    "min time": re.compile(r"\b(?:oldest|earliest|first|next|soonest|upcoming|nearest|closest)\b", re.IGNORECASE),
}
_DELEGATION = re.compile(
    r"\b(?P<verb>do|follow|perform|execute|complete|carry out|handle|take care of|finish|work through|implement|act on|"
    r"apply|go through|deal with)\b(?! (?:i|you|we|they|not|so)\b)(?![^.?!\n]{0,20}\bfollowing\b)[^.?!\n]{0,60}?\b(?:"
    r"(?:actions?|instructions?|tasks?|steps?|to-?dos?|everything|guidelines?|requirements?|checklists?|orders|directions|"
    r"rest|it)\b|what\b[^.?!\n]{1,60}\b(?:says?|asks?|wants?|tells?|needs?|lists?|recommends?|happens?|to happen|done)\b)",
    re.IGNORECASE,
)
_SAID_OF = frozenset({"is", "was", "are", "were", "be", "with", "has", "have"})
_RELATIVE = frozenset({"who", "that", "which", "whose"})
_ONE = frozenset({"one", "ones"})
_COUNTS = {
    word: str(number)
    for number, word in enumerate(
        ["two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"], 2
    )
} | {"dozen": "12", "twenty": "20", "pair": "2"}
_DELEGATING = frozenset({"carry out", "take care of", "work through", "act on", "go through", "deal with"})
_ORDERED_DO = re.compile(r"(?:^|[.!?,;:\n]\s*|\b(?:please|then|and|to|also|just|you)\s+)do\b", re.IGNORECASE)
_KIND_WORDS: dict[Kind, re.Pattern[str]] = {
    "email": re.compile(
        r"\be-?mail address(?:es)?\b|\b(?:her|his|their|its|whose) (?:e-?mails?|address)\b(?! from)", re.IGNORECASE
    ),
    "url": re.compile(r"\b(?:links?|urls?|web ?sites?|web ?pages?|sites?|pages?|blogs?|articles?)\b", re.IGNORECASE),
    "account": re.compile(r"\b(?:iban|account|bank details)\b", re.IGNORECASE),
    "phone": re.compile(r"\b(?:phone|telephone|mobile|cell|number|call|text|sms|whatsapp)\b", re.IGNORECASE),
}


@lru_cache(maxsize=8192)
def content_words(text: str) -> frozenset[str]:
    """The lemmas of a text's telling words."""
    return frozenset(lexicon.lemma(word) for word in lexicon.words(text) if word not in STOP and len(word) > 1)


@lru_cache(maxsize=8192)
def numerals_in(text: str) -> frozenset[str]:
    """The numbers of a text as they are written, from two digits on."""
    return frozenset(_NUMERAL.findall(text))


class Reading:
    """One text that counts as the user's word. Made once per text; every part when it is first asked for."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.spoken = Spoken(text)

    @cached_property
    def folded(self) -> str:
        return normalise(self.text)

    @cached_property
    def orders(self) -> frozenset[str]:
        return orders(self.text)

    @cached_property
    def made(self) -> frozenset[str]:
        """The things it orders to be made or given."""
        return made(self.text)

    @cached_property
    def words(self) -> frozenset[str]:
        """Lemmas of the telling words, and the things that stand there without a word for them."""
        found = set(content_words(self.text))
        if _FILE.search(self.text):
            found |= {"file", "document"}
        if "url" in self.given:
            found |= {"link", "page", "website"}
        if "account" in self.given or _MONEY.search(self.text):
            found |= {"money", "payment"}
        return frozenset(found)

    @cached_property
    def things(self) -> frozenset[str]:
        """The words, with the words for the same kind of thing."""
        return frozenset(word for named in self.words for word in lexicon.noun_group(named)) | self.words

    @cached_property
    def _items(self) -> frozenset[tuple[Kind, str]]:
        return frozenset((item.kind, item.value) for item in typed_items(self.text))

    @cached_property
    def given(self) -> frozenset[Kind]:
        """The kinds of typed values that stand here."""
        return frozenset(kind for kind, _ in self._items)

    @cached_property
    def _plain(self) -> str:
        return words_only(self.text)

    @cached_property
    def days(self) -> frozenset[Day]:
        return days_in(self.text)

    @cached_property
    def months(self) -> frozenset[int]:
        return months_in(self.text)

    @cached_property
    def _counts(self) -> frozenset[str]:
        """Small numbers that it writes as words."""
        found = {number for word, number in _COUNTS.items() if word in lexicon.words(self.text)}
        return frozenset(found | {f"{number}.0" for number in found})

    @cached_property
    def names(self) -> frozenset[str]:
        """The words with a capital, in lower case; at the start of a sentence only if no dictionary has them."""
        found = set()
        for match in _CAPITAL.finditer(self.text):
            word = match[0].lower()
            first = (
                not self.text[: match.start()].rstrip(" \t\n\"'(")
                or self.text[: match.start()].rstrip()[-1:] in ".!?\n"
            )
            if word not in STOP and (not first or not lexicon.known(word)):
                found.add(word)
        return frozenset(found)

    @cached_property
    def numerals(self) -> frozenset[str]:
        """Numbers as they are written, from two digits on."""
        return numerals_in(self.text)

    @cached_property
    def changes(self) -> bool:
        """Does it order a change of something?"""
        return any(
            lexicon.class_effect(name) == "write" for verb in self.orders for name in lexicon.clear_classes(verb)
        )

    @cached_property
    def _superlatives(self) -> tuple[tuple[str, frozenset[str]], ...]:
        """Each superlative with the words it may go with: the two behind it, or those it is said of ("that is the ...")."""
        found = []
        for name, pattern in _EXTREMES.items():
            for match in pattern.finditer(self.text):
                near = set(lexicon.words(self.text[match.end() : match.end() + 60])[:2])
                before = lexicon.words(self.text[max(0, match.start() - 80) : match.start()])[-7:]
                if not _SAID_OF.isdisjoint(before[-2:]) or not _RELATIVE.isdisjoint(before[-4:]):
                    near |= set(before)
                found.append((name, frozenset(lexicon.lemma(word) for word in near) | near))
        return tuple(found)

    def extremes(self, things: frozenset[str]) -> frozenset[str]:
        """Which ends of a list of such things the text speaks of ("the latest invoice", "the cheapest one")."""
        return frozenset(name for name, near in self._superlatives if not near.isdisjoint(things | _ONE))

    @cached_property
    def says_all(self) -> bool:
        return bool(_ALL.search(self.text))

    def chooses(self, things: frozenset[str]) -> bool:
        """Does it leave a choice among such things to whoever does it ("the best one under 100")?"""
        return bool(self.extremes(things)) or bool(_CHOOSING.search(self.text))

    @cached_property
    def delegates(self) -> bool:
        """Does it order to do what some other text says? A question ("do you know what ...") orders nothing."""
        for match in _DELEGATION.finditer(self.text):
            verb = match["verb"].lower()
            if verb == "do":
                ordered = any(do.end() == match.start() + 2 for do in _ORDERED_DO.finditer(self.text))
            else:
                ordered = verb in _DELEGATING or lexicon.lemma(verb) in self.orders
            if ordered and not self.text[: match.start()].rstrip().lower().endswith(
                ("how do i", "how to", "how do we")
            ):
                return True
        return False

    @cached_property
    def largest_sum(self) -> float:
        """The largest amount of money it names, 0 where it names none."""
        found = [match[1] or match[2] for match in _SUM.finditer(self.text.replace(",", ""))]
        return max(map(float, found), default=0.0)

    @cached_property
    def computes(self) -> bool:
        """Does it leave an amount to be worked out?"""
        return bool(_COMPUTES.search(self.text))

    def asks_for(self, kind: Kind) -> bool:
        """Does it speak of a value of this kind without giving one ("her e-mail address", "the link")?"""
        pattern = _KIND_WORDS.get(kind)
        return pattern is not None and kind not in self.given and bool(pattern.search(self.text))

    def states(self, value: object, role: Role | None = None, things: frozenset[str] = frozenset()) -> bool:
        """Does the value stand here? A number that is to be an identifier needs a word that says so."""
        if role == "identifier" and as_number(value) is not None:
            return self._numbered(str(value), things)
        if self.spoken.states(value, role) or (role == "amount" and str(value) in self._counts):
            return True
        if not isinstance(value, str) or role == "secret":
            return False
        kind = kind_of(value)
        if kind in ("url", "account", "phone"):
            return (kind, canonical(kind, value)) in self._items
        # Punctuation does not matter in a name; in an address, a link or a path it makes another one.
        if kind == "email" or not _NAME.fullmatch(value) or (role in ("path", "url") and not value.isalnum()):
            return False
        plain = words_only(value)
        return len(plain) > 4 and plain in self._plain

    def _numbered(self, number: str, things: frozenset[str]) -> bool:
        """ "order 17", "#17", "id: 17", "'17'"; a bare 17 may count anything."""
        text, start = self.folded, self.folded.find(number)
        while start >= 0:
            end = start + len(number)
            whole = not text[end : end + 1].isalnum() and not (start and text[start - 1].isalnum())
            if whole and not (text[end : end + 1] in (".", ",") and text[end + 1 : end + 2].isdigit()):
                match = _BEFORE_NUMBER.search(text, max(0, start - 40), start)
                word, joint = (match[1], match[2]) if match is not None else ("", "")
                if len(number) > 3 or any(mark in joint for mark in "#'\""):
                    return True
                if word and (word in _ID_WORDS or lexicon.lemma(word) in things):
                    return True
            start = text.find(number, end)
        return False


_ID_WORDS = frozenset({"id", "ids", "no", "nr", "number", "num", "index", "ref", "reference", "code"})


@lru_cache(maxsize=256)
def read(text: str) -> Reading:
    """The reading of a text; the same text is read once."""
    return Reading(text)


def mentions(reading: Reading, value: str) -> bool:
    """Does the value stand in the text as a whole token?"""
    return has_token(reading.folded, normalise(value))
