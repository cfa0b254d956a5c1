"""What may be hidden in a text: cheap looks that say which readings are worth making.

A reading costs another scan, so an ordinary text should need none. Ciphers and spellings are told by common words and
by words that orders to a model are made of, as they look in that cipher or spelling. The automaton of such words is one
of plain strings, so it can not grow beyond their letters; what is told by shape is only looked for where bytes of that
shape occur at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from itertools import islice
from typing import Any, NamedTuple

import re2

from pytest_agentsafety.text.automata import MAX_WORDS, Shapes, Words, options
from pytest_agentsafety.text.ciphers import ALPHABETIC, LEET, LEET_LETTERS, ROT47, apply
from pytest_agentsafety.text.tokens import (
    BASE32_HINT,
    BASE64_HINT,
    HEX_HINT,
    LOOSE_HINT,
    MOVED_HINT,
    POINTS_HINT,
    REVERSED_HINT,
    ROT13_HINT,
    WORDS_HINT,
)

# Beginnings of words that orders to a model are made of, in the languages that the rules know, and frequent words. All
# of at least five letters: shorter ones occur by chance.
_ORDER_WORDS = (  # noqa: SIM905 - a list of this length would fill a screen
    "ignor disregard forget overrid overrul bypass previous preced earlier instru directiv prompt system reveal rules "
    "guideline restrict limitation password secret pretend develop assistant confidential display repeat execut "
    "forward delete transfer jailbreak respond answer behav action persona character unfilter uncensor unrestrict "
    "programm comman configur training policies polic safety filter output message "
    "anterior sistema indica regla comando olvida muestra program formaci entrena secret "
    "anweis vorher vergiss befehl regeln geheim zeige antwort verhalt richtlinie trainier "
    "oublie contourn consigne regles montre repond comporte precedent entrain "
    "istruzion direttiv regole dimentica mostra rispondi comport formazion inizial rivela "
    "instruc esquec regras revele respond"
).split()
_COMMON_WORDS = (  # noqa: SIM905
    "about after before could every everything following from have information other people please right should their "
    "these things think this those three through using want what where which would write your question without "
    "always first until again must only tell that with will them then show make give says like when there being "
    "cual como para quiero todas todos desde esta "
    "quelle votre vous dans pour avec toutes "
    "quale tutte questo sono "
    "welche nicht alles keine jetzt alle sind"
).split()
_SHORT_WORDS = ("the", "and", "you", "all", "for", "are", "not")
_WORDS = (*_ORDER_WORDS, *(word for word in _COMMON_WORDS if len(word) >= 5))
_PLAIN_WORDS = (  # noqa: SIM905 - hardly a sentence is written without one of these
    "the and you your for with this that what are not all how can from please is in of to a de la el que los en un "
    "por y le les des et est une pour der die das und ist nicht den il di che per non e o do da os para"
).split()
_VERBS = (  # noqa: SIM905
    "ignore ignoring disregard forget override bypass reveal show print repeat display tell give output what"
).split()
_NEXT = (  # noqa: SIM905
    "all any the your my me every previous prior above instruction system hidden initial secret is"
).split()
_TURNED = (  # noqa: SIM905
    "instructions previous|instructions prior|instructions earlier|instructions your|instructions all|rules your|"
    "rules all|prompt system|guidelines your|all ignore|all disregard|previous ignore|your reveal|me tell|me give|"
    "me show|the reveal|your ignore|all forget"
).split("|")
_TURNED_WORDS = ("how to", *"your this what with the you that into make give have write".split())  # noqa: SIM905
_MORE_PLAIN = (  # noqa: SIM905
    "such found good some were been they just also than only over very here does each both much many most last next "
    "year time days week work name file line list page text data user error open done made used need help call sent "
    "read left send mail room note date order total price paid city road street email phone number folder "
    "hello thanks thank dear sorry okay"
).split()
_SAYING = frozenset(
    word.encode()
    for word in (*_ORDER_WORDS, *_COMMON_WORDS, *_SHORT_WORDS, *_MORE_PLAIN, *_PLAIN_WORDS)
    if len(word) > 2
)
_SAID = _SAYING | {word.encode() for word in _PLAIN_WORDS if len(word) == 2}
# As a cipher writes a common word, a short word is written too; longer ones are not.
_PLAIN = frozenset(word.encode() for word in (*_PLAIN_WORDS, *_COMMON_WORDS, *_MORE_PLAIN))
# Letters and digits in lower case, everything else as a blank.
_FLAT = bytes(ord(chr(c).lower()) if c < 128 and chr(c).isalnum() else 32 for c in range(256))
_LEET = bytes(range(256)).translate(LEET).translate(_FLAT)
# Letters as `a`, digits as `1`, signs that join or make up words as `-`, everything else as a blank.
_SIGNS = "-_.+*/|~,;:"
# First bytes of characters without case (`apart`) as `w`, which no shape asks for.
_WIDE = b"w"
_SHAPE = bytes(
    97 if chr(c).isalpha() else 49 if chr(c).isdigit() else 45 if chr(c) in _SIGNS else 32 for c in range(128)
) + bytes(_WIDE[0] if 0xE3 <= c <= 0xED else 32 for c in range(128, 256))
_SHAPES = {
    "letters": "(?:^|[^a1])(?:[a1][^a1]{1,12}){6}",
    "long": "[a1-]{32}",
    "token": "[a1-]{16}",
    "pairs": "(?:[a1]{2}[^a1]){20}",
    "dense": "(?:1[^1]{0,5}){10}",
    "bits": "(?:1{8}[^1a]{0,2}){6}",
    "decimals": "(?:1{1,3}[^1a]{1,2}){12}",
    "joined": "(?:a+-{1,2}){4}a",
    "solid": "a{20}",
    "mixed": "a1|1a",
    "morse": "(?:-{1,6}[ w]){8}",
}
_ESCAPE = re.compile(rb"\\[a-z]\b")
_MANY = 1 << 14
_LARGE = 1 << 16


@cache
def _words() -> Words:
    return Words(
        {
            **{name: [f" {apply(name, word)}" for word in _told_by(name)] for name in ALPHABETIC},
            "rot13 reversed": [f"{apply('rot13', word)[::-1]} " for word in _WORDS],
            "reversed": [f"{word[::-1]} " for word in _WORDS] + [f" {word[::-1]} " for word in _TURNED_WORDS],
            "glued": [verb + following for verb in _VERBS for following in _NEXT],
            "split": [cut for word in _ORDER_WORDS for cut in _cuts(word)],
            "tripled": [tripled for word in _ORDER_WORDS for tripled in _tripled(word)],
            "backwards": [f" {words} " for words in _TURNED],
        }
    )


def _told_by(name: str) -> tuple[str, ...]:
    """The ciphers that people use are also told by short words."""
    short = (f"{word} " for word in (*_SHORT_WORDS, *_COMMON_WORDS) if len(word) < 5)
    return (*_WORDS, *short) if name in ("rot13", "atbash") else _WORDS


def _cuts(word: str) -> Iterator[str]:
    """The word with a gap in it, from the second letter to the last but one."""
    return (f" {word[:place]} {word[place:]}" for place in range(2, min(len(word), 7) - 1))


def _tripled(word: str) -> Iterator[str]:
    """The word as far as its first letter that is written three times."""
    return (f" {word[: place + 1]}{word[place] * 2}" for place in range(1, 5))


@cache
def _leet() -> Any:
    words = (*_WORDS, "tell", "show", "your", "this", "what")
    return re2.compile("|".join(sorted({p for word in words for p in _disguised(word)})).encode(), options())


def _disguised(word: str) -> Iterator[str]:
    """Patterns of a word with other characters for some letters, at least one: split by where the first one is."""
    for place, letter in enumerate(word):
        if letter in LEET_LETTERS:
            rest = "".join(f"[{c}{re.escape(LEET_LETTERS.get(c, ''))}]" for c in word[place + 1 :])
            yield f"{word[:place]}[{re.escape(LEET_LETTERS[letter])}]{rest}"


@cache
def _pattern(name: str) -> Any:
    return re2.compile(_PATTERNS[name].encode(), options())


# A word or two, and what quotes the next line. Lines of data and of code hold other signs, and what ends a sentence
# or goes on behind a colon is a line of its own anyway.
_LINE_WORD = r"(?:[A-Za-z0-9@$!\x80-\xff][A-Za-z0-9@$!'\x80-\xff-]{0,22},?)"
SHORT_LINE = rf"(?:{_LINE_WORD}(?:[ \t]{_LINE_WORD})?[ \t]?\r?\n[\s>]*)"
_STRICTLY = ", strictly"
_MEANT = ("\\ reversed", "token rot13")
# Behind a backslash, so that it begins no escape as it stands.
_CUT_OFF = (*(f"u[0-9A-Fa-f]{{{digits}}}" for digits in range(4)), "x", "x[0-9A-Fa-f]")
_NO_ESCAPE = "|".join(f"{escape}(?:[^0-9A-Fa-f]|$)" for escape in _CUT_OFF)
_PATTERNS = {
    ROT47: "|".join(re.escape(apply(ROT47, word)) for word in (*_WORDS, "the ", "your", "that", "with")),
    "&": r"&(?:#[xX]?[0-9A-Fa-f]|[A-Za-z][A-Za-z0-9]{1,31};)",
    "%": r"%(?:[0-9A-Fa-f]{2}|[uU][0-9A-Fa-f]{4})",
    "\\": r"""\\(?:[nrt"'/\\]|[uU][0-9A-Fa-f{]|x[0-9A-Fa-f]{2}|[0-3][0-7]{2})""",
    "=": r"(?:=[0-9A-F]{2}){3}|[A-Za-z]=20[A-Za-z]|\w=\r?\n\w",
    "base64": BASE64_HINT,
    "loose": LOOSE_HINT,
    "words64": WORDS_HINT,
    # Encodings that were turned around, or whose letters were moved: the other reading comes first.
    "token reversed": REVERSED_HINT,
    "token rot13": ROT13_HINT,
    f"token rot13{_STRICTLY}": MOVED_HINT,
    "% reversed": "(?:^|[^%0-9A-Fa-f])(?:[0-9A-Fa-f]{2}%){3}",
    "% rot13": "%[2-7][n-sN-S]",
    "& rot13": "&#[kK][0-9n-sN-S]",
    "& reversed": ";[0-9]{2,5}#&",
    "\\ reversed": r"(?:[0-9A-Fa-f]{4}u|[0-9A-Fa-f]{2}x)\\",
    f"\\ reversed{_STRICTLY}": rf"(?:[0-9A-Fa-f]{{4}}u|[0-9A-Fa-f]{{2}}x)\\(?:[^ux]|$|{_NO_ESCAPE})",
    "\\ rot13": r"\\(?:h[0-9n-sN-S]{4}|k[0-9n-sN-S]{2})",
    "hex": HEX_HINT,
    "base32": BASE32_HINT,
    "points": POINTS_HINT,
    # Chinese, Japanese or Korean characters with something between them.
    "apart": r"(?:[\xe3-\xed][\x80-\xbf]{2}[ \t\n.*_|/\\,+~-]{1,3}){4}[\xe3-\xed]",
    "solid": r"[a-z]{20}|(?:[A-Z][a-z]+){2}(?:[A-Z][a-z]{3,}){2}|[A-Z]{24}",
    # A word or two to a line, several times.
    "lines": f"{SHORT_LINE}{{2}}",
    "tagged": r"[A-Za-z](?:<[^<>]{0,80}>)+[A-Za-z]",
}


@cache
def _shapes() -> Shapes:
    return Shapes(_SHAPES, ("mixed", "token", "long", "dense"))


class Found(NamedTuple):
    """Names of the readings that may be worth making, and where the words stand that say so, for some of them."""

    names: set[str]
    places: dict[str, list[int]]


# Hex digits of ASCII: as it stands, and so not turned around. Nothing that is written by anybody is both.
_FORWARDS = re.compile(rb"[0-9A-Fa-f]?(?:[2-7][0-9A-Fa-f])+")
_TOKEN = bytes(c for c in range(128) if chr(c).isalnum() or chr(c) in "+/")
_MAX_REVERSED, _LAST = 64, 256

_SMALL_LETTERS, _CAPITALS = re.compile(rb"[a-z]*"), re.compile(rb"[A-Z]*")

_BY_LEAD = {
    lead.encode(): [name for name in _PATTERNS if name[0] == lead and not name.endswith(_STRICTLY)] for lead in "&%\\="
}


_LEADS = "&%\\="


def _fewest(size: int) -> int:
    """How many words must be found before a text of that size is read in another way: some occur by chance."""
    return 1 if size <= 1 << 11 else 2 if size <= 1 << 16 else 3


def look(data: bytes) -> Found:
    """What may be hidden in a folded text."""
    words = _words().look(b" %b " % data.translate(_FLAT))
    shape = data.translate(_SHAPE)
    shapes = _shapes().look(shape)
    fewest = _fewest(len(data))
    names = shapes | {name for name, where in words.items() if len(where) >= fewest}
    possible = [*_possible(data, shape, shapes)]
    if b"1" in shape and _digits(shape) * 12 > len(data):
        possible.append(ROT47)
    found = _found(data, possible) if possible else []
    if len(data) > _LARGE:
        found = [name for name in found if _is_meant(name, data)]
    names.update(found)
    # What can be read as it stands was not turned around. (`%` and its like say so by where they stand.)
    names.update(
        name.partition(" ")[2] for name in found if " " in name and (name[0] in _LEADS or "base64" not in found)
    )
    places: dict[str, list[int]] = {name: words[name] for name in ("glued", "split", "tripled") if name in words}
    if "mixed" in shapes or b"@" in data or b"$" in data or b"|" in data:
        places["leet"] = [match.start() for match in islice(_leet().finditer(data.lower()), MAX_WORDS)]
    if "solid" in shapes:
        names.discard("solid")
        places["solid"] = _solid(data)
    return Found(names | {name for name, where in places.items() if where}, places)


def _solid(data: bytes) -> list[int]:
    """Where letters run on and on. The end of such a run is looked for apart: it may be that of the text."""
    places: list[int] = []
    at = 0
    while len(places) < MAX_WORDS:
        match = _pattern("solid").search(data, at)
        if match is None:
            break
        places.append(match.start())
        end = match.end()
        run = (_SMALL_LETTERS if data[end - 1 : end].islower() else _CAPITALS).match(data, end)
        at = run.end() if run else end
    return places


def _digits(shape: bytes) -> int:
    """How many there are. `count` goes from one to the next: fast where there are few."""
    if len(shape) <= _MANY:
        return shape.count(b"1")
    import numpy as np

    return int(np.count_nonzero(np.frombuffer(shape, np.uint8) == ord("1")))


# Looked for in one pass. Only these: the automaton of others together grows with the text.
_TOGETHER = ("base64", "loose", "base32", "token rot13", "words64", "lines", "tagged", "=", "% reversed", "% rot13")


@cache
def _together(names: tuple[str, ...]) -> Shapes:
    return Shapes({name: _PATTERNS[name] for name in names})


def _found(data: bytes, names: list[str]) -> list[str]:
    """Which of these patterns occur."""
    together = [name for name in _TOGETHER if name in names]
    found = _together(tuple(together)).look(data) if together else set()
    for lead in "&\\":
        turned = tuple(name for name in names if name[0] == lead and name != lead)
        if turned:
            found |= _together(turned).look(data)
            together += turned
    # What can be read as it stands was not turned around, so nobody asks.
    told = (*together, "token reversed") if "base64" in found else together
    return [name for name in names if name in found or (name not in told and _pattern(name).search(data))]


def _is_meant(name: str, data: bytes) -> bool:
    """A large text costs much to read once more: not where what tells of that reading says something as it stands."""
    if name in _MEANT:
        return _pattern(name + _STRICTLY).search(data) is not None
    return name != "token reversed" or any(
        number >= _MAX_REVERSED or not _FORWARDS.fullmatch(_run_before(data, match.end()))
        for number, match in enumerate(_pattern(name).finditer(data))
    )


def _run_before(data: bytes, end: int) -> bytes:
    """Of a run of letters and digits that ends there, or one byte before, its last ones."""
    run = data[max(0, end - _LAST) : end]
    if run[-1:] not in _TOKEN:
        run = run[:-1]
    return run[len(run.rstrip(_TOKEN)) :]


def _possible(data: bytes, shape: bytes, shapes: set[str]) -> Iterator[str]:
    """Which patterns can be in a text at all, told by its shape and by single bytes."""
    yield from (name for lead, names in _BY_LEAD.items() if lead in data for name in names)
    if "token" in shapes:
        yield from ("base64", "base32", "token reversed", "token rot13")
    if not shapes.isdisjoint(("dense", "pairs", "long")):
        yield "hex"
    if "dense" in shapes and b"U+" in data:
        yield "points"
    if "mixed" in shapes:
        yield "loose"
    if _WIDE in shape:
        yield "apart"
    if b"=" in data and (b"= " in data or b"=\n" in data):
        yield "words64"
    if data.find(b"\n") < data.rfind(b"\n"):  # two of them
        yield "lines"
    if b">" in data and b"<" in data:
        yield "tagged"


def is_plain(data: bytes) -> bool:
    """Is there a word without which hardly a sentence is written, in a language that is?"""
    # The letter of an escape is no word.
    flat = _ESCAPE.sub(b" ", data).translate(_FLAT)
    return not _PLAIN.isdisjoint(flat.split())


def says_something(data: bytes) -> bool:
    """The same for a text that was only guessed at: very short words stand in any heap of letters.

    It may be written in digits for letters.
    """
    return not (_SAYING.isdisjoint(data.translate(_FLAT).split()) and _SAYING.isdisjoint(data.translate(_LEET).split()))


def _are_said(flat: bytes) -> bool:
    """The same of a large text whose words stand between blanks."""
    first = _said_but(None).search(flat)
    return first is not None and _said_but(first.group().strip()).search(flat) is not None


@lru_cache(maxsize=32)
def _said_but(word: bytes | None) -> Any:
    """Any such word, or one that goes with the one that is there already."""
    words = _SAID if word is None else _SAID - {word} if word in _SAYING else _SAYING
    return re2.compile(b" (?:%b) " % b"|".join(sorted(words)), options())


def is_said(data: bytes) -> bool:
    """Are there two such words, one of them no very short one? Then the guess was right."""
    for letters in (_FLAT, _LEET):
        flat = data.translate(letters)
        if len(flat) > _LARGE:  # to cut it into words costs ten times as much
            if _are_said(b" %b " % flat):
                return True
            continue
        said = _SAID.intersection(flat.split())
        if len(said) > 1 and not _SAYING.isdisjoint(said):
            return True
    return False
