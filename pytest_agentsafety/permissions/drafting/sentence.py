"""What a description's first sentence says a tool does: its verbs, and what they act on.

"Sends an email", "This tool allows you to send email", "Useful for when you need to send an email" all say `send`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from pytest_agentsafety.lexicon import (
    clear_classes,
    groups_of,
    lemma,
    often_noun,
    phrasal,
    verb_base,
    verb_classes,
    verb_effect,
    words,
)
from pytest_agentsafety.permissions.drafting.grammar import (
    ARTICLES,
    DESCRIBING,
    DETERMINERS,
    STATIVE,
    STOPS,
    is_verb,
    made_of,
    without_ciphers,
)
from pytest_agentsafety.permissions.drafting.phrases import (
    CAUSING,
    QUESTION,
    action_named,
    caused,
    hands_over,
    is_whole_phrase,
    passives,
)
from pytest_agentsafety.permissions.words import word_set

_END = re.compile(r"(?<=[^\W\d_]{2})[.!?](?:\s|\Z)|\n\s*\n|\n\s*[-*:@]|\n(?=\s*(?:Args|Parameters|Returns|Input)\b)")
_MARKUP = re.compile(r"[*`#>]+|<[^<>\n]{0,200}>|\[[^\[\]\n]{0,60}\](?!\()")
_TOKEN = re.compile(r"[^\W\d_]+(?:['\u2019_][^\W\d_]+)*|[.,;:()/&]")
_SENTENCES = 4  # that are searched for a verb
_LONGEST = 1000  # characters of a description that are read

# Words before the verb that say nothing of what is done.
_INTRODUCTION = word_set(
    "this the a an tool tools function method endpoint action operation utility wrapper around to for you "
    "your users user agent agents assistant will it that which please asynchronously quickly simply safely "
    "automatically just also always mcp server api rest client must should can may be is are of in by on "
    "async sync synchronously plugin skill node convenient interface programmatically easily directly "
    "specifically first then and if when whenever"
)
# Verbs that introduce the one that counts, when "to" or "for" and a verb follow.
_HELPERS = word_set("allow let enable help use provide support give design make intend offer expose")
_USEFUL = word_set(
    "useful used helpful handy ability able capability capable designed intended way want need wants needs "
    "needed like wish allows lets enables helps"
)
# Verbs that leave it to their object to say what is done.
LIGHT = word_set(
    "perform do make execute run conduct carry take submit process initiate give have complete finish invoke provide "
    "accomplish"
)
_PARTICLES = word_set("off away back down up out over into")  # that may stand behind the object
_RELATIVE = word_set("that which who whose")
_JUDGING = frozenset({"check", "tell", "think", "analyse", "look", "know", "search", "get", "list"})
_USAGE = word_set(
    "set use pass provide supply specify see call include omit leave choose select check refer note give try consider "
    "ensure avoid remember prefer requires require returns return"
)
_STARTING = word_set("start begin initiate launch")
_BEGINNING = word_set("start begin continue keep try stop")
_PLAIN_ARTICLES = (["the"], ["a"], ["an"], ["your"], ["our"])
_LEADING = word_set("to for from in on and or with out up")
_USERS = word_set("agent agents user users model assistant")
_WHILE = word_set("after by and then while before plus")
_JOINING = word_set("and or then & , otherwise else")
_NOBODY = word_set("something somebody someone anybody anyone thing things back out off on up")
_PRONOUNS = word_set("what who which everything everybody everyone anything how where whether")
_AFTER_NOUNS = word_set("for from under that which who with and , .")
_WH = word_set("what who which when where whether how if")


@dataclass(frozen=True)
class Told:
    """The verbs (base forms) a description's head says, and the nouns (base forms) they act on."""

    verbs: tuple[str, ...] = ()
    objects: frozenset[str] = frozenset()
    words: tuple[str, ...] = ()
    heads: frozenset[str] = frozenset()
    named: bool = False
    plainly: bool = False  # a question or a whole noun phrase: no verb was overlooked
    handing: bool = False  # "Gives a user a role": to give is to hand over, not to tell
    done: frozenset[str] = frozenset()  # what else is done ("the card is charged"), base forms
    many: bool = False  # a list comes back

    @property
    def described_thing(self) -> bool:
        """A description that says no verb, only what the tool is about: "The orders of the user"."""
        return self.named and (bool(self.objects) or self.plainly) and not self.verbs


def told(description: str) -> Told:
    """Read the first sentence that says what is done."""
    first: Told | None = None
    sentences = [
        (text, [token.lower().replace("\u2019", "'") for token in _TOKEN.findall(text)])
        for text in _sentences(description[:_LONGEST])
    ]
    done = frozenset(verb for _, tokens in sentences for verb in passives(tokens))
    for place, (text, tokens) in enumerate(sentences):
        if place and tokens and tokens[0] in _USAGE and _after_marker(tokens, 1) is None:
            continue  # "Set local=true for ...": how it is called
        asked = text.rstrip().endswith("?") and tokens[:1] != [] and tokens[0] in QUESTION
        start = None if asked else _head(tokens)
        if start is not None:
            return replace(_read(tokens, start), done=done)
        nouns, whole = _nouns(tokens[:12]), asked or is_whole_phrase(tokens)
        made = action_named(tokens) if whole and not asked else None
        if made and first is None:
            return Told((made,), nouns, tuple(tokens), nouns, done=done)
        first = first or Told((), nouns, tuple(tokens), nouns, whole or _names(tokens), whole, done=done)
        if whole and first.plainly:
            break
    return first or Told()


def _sentences(text: str) -> Iterator[str]:
    rest = _MARKUP.sub(" ", text).strip()
    for _ in range(_SENTENCES):
        end = _END.search(rest)
        yield rest[: end.start() + 1] if end else rest
        rest = rest[end.end() :].strip() if end else ""
        if not rest:
            return


def _head(tokens: list[str]) -> int | None:
    """Where the verb stands that says what is done."""
    index = tokens.index(":") + 1 if ":" in tokens[:4] else 0
    while index < len(tokens) and (tokens[index] in _INTRODUCTION or _is_adverb(tokens, index)):
        index += 1
    if tokens[index : index + 1] and tokens[index] in ("has", "have") and caused(tokens, index):
        return index  # "Has a car towed"
    if index < len(tokens) and verb_classes(lemma(tokens[index])) and verb_classes(lemma(tokens[index])) <= STATIVE:
        return None  # "This tool belongs to a system that allows you to ..."
    for made in range(index, min(len(tokens) - 1, index + 5)):
        if (
            tokens[made + 1] in ("tool", "utility", "function")
            and tokens[made].endswith("ing")
            and is_verb(tokens[made])
        ):
            return made  # "File reading tool"
    if index < len(tokens) and tokens[index] not in _USEFUL:
        if _is_phrase(tokens, index):
            return None
        if is_verb(tokens[index]) and not _is_noun_here(tokens, index):
            first = tokens[index]
            later = _after_marker(tokens, index + 1) if lemma(first) in _HELPERS else None
            return later if later is not None else index
    return _after_marker(tokens, index, far=True)


def _names(tokens: list[str]) -> bool:
    """Whether a sentence starts with a noun phrase: an article, a pronoun, a known noun, "list of". A word that may be
    a verb nobody knows ("Zaps the user") starts none."""
    index = 0
    while index < len(tokens) and tokens[index] in _INTRODUCTION:
        index += 1
    if index == len(tokens):
        return False
    before, token, following = tokens[index - 1] if index else "", tokens[index], (*tokens[index + 1 :], "")[0]
    if token.endswith("ing") and is_verb(token):
        return False  # "Running jobs": who knows
    if token in _PRONOUNS | DESCRIBING | ARTICLES - {"this"} or following == "of" or before in ARTICLES - {"this"}:
        return True
    return bool(groups_of(lemma(token))) and following not in DETERMINERS - {"that", "those"}


def _after_marker(tokens: list[str], start: int, *, far: bool = False) -> int | None:
    """The verb after "to", "for", "let you": "useful for when you need to send"."""
    limit = len(tokens) if far else min(len(tokens), start + 8)
    for index in range(start, limit - 1):
        if tokens[index] in (".", ";"):
            return None
        let = tokens[index] in _USERS and bool({"let", "lets", "help", "helps"} & set(tokens[:index]))
        marked = tokens[index] in ("to", "you") or let or (tokens[index] == "for" and tokens[index + 1].endswith("ing"))
        if far and tokens[index] == "to" and not _calls_for_verb(tokens[:index]):
            continue
        if far and {"that", "which"} & set(tokens[:index]) and not {"tool", "function"} & set(tokens[:index]):
            return None  # what something else allows for
        if marked and is_verb(tokens[index + 1]) and tokens[index + 1] not in ("need", "want", "be", "can"):
            return index + 1
    return None


def _calls_for_verb(before: list[str]) -> bool:
    return bool(set(before[-5:]) & (_USEFUL | {"tool", "function", "you", "users", "user", "utility"}))


def _is_adverb(tokens: list[str], index: int) -> bool:
    return (
        tokens[index].endswith("ly") and not is_verb(tokens[index]) and tokens[index - 1 : index] not in _PLAIN_ARTICLES
    )


def _is_phrase(tokens: list[str], index: int) -> bool:
    """ "The post of a user", "Your reports": an article makes it a noun, unless it is "This sends it"."""
    before = tokens[index - 1] if index else ""
    token = tokens[index]
    if before in _PRONOUNS or before == "around" or token in _PRONOUNS:
        return True
    third = token.endswith("s") and lemma(token) != token
    return before in ARTICLES and not (before in ("this", "it") and third)


def _is_noun_here(tokens: list[str], index: int) -> bool:
    """ "List of users", "Messages from others", "Running ads": no verb of what is done, though it could be one."""
    token, following = tokens[index], tokens[index + 1] if index + 1 < len(tokens) else ""
    if following in ("of", "is", "are"):
        return True
    if token.endswith("ing") and lemma(token) != token:
        return following not in DETERMINERS and tokens[index - 1 : index] != ["for"]
    plural = token.endswith("s") and lemma(token) != token
    if plural and index == 0 and following in _RELATIVE and not clear_classes(lemma(token)) & _JUDGING:
        return True  # "Bins that were not collected", but not "Checks that ..."
    return plural and bool(groups_of(lemma(token))) and following in _AFTER_NOUNS


def _read(tokens: list[str], start: int) -> Told:
    verbs, objects = [_verb_at(tokens, start)], _object(tokens, start)
    heads = _heads(tokens, start, objects)
    handing = verbs[0] == "give" and hands_over(tokens, start)
    made_to = caused(tokens, start) if verbs[0] in CAUSING else None
    if made_to:
        verbs = [made_to]
    if tokens[start + 1 : start + 2] and tokens[start + 1] in _WH and verb_effect(verbs[0]) == "egress":
        verbs = ["show"]  # "Say what day it is"
    if verbs[0] in LIGHT:
        made = [verb for verb in map(made_of, _before_of(tokens, start)[:1] or objects[-1:]) if verb]
        verbs = verbs if handing else made or verbs
    if verbs[0] in _STARTING and not (*tokens[start + 1 :], "")[0].endswith("ing"):
        made = [verb for verb in map(made_of, objects[-1:]) if verb and verb_effect(verb) == "read"]
        verbs = made or verbs  # "Start a search"
    following = tokens[start + 1] if start + 1 < len(tokens) else ""
    if verbs[0] in _BEGINNING and following.endswith("ing") and is_verb(following):
        verbs.append(verb_base(following))  # "Start playing a track"
    for index in range(start + 1, len(tokens) - 1):
        if tokens[index] in (".", ";"):
            break
        following = tokens[index + 1]
        if tokens[index] in _WHILE and following.endswith("ing") and is_verb(following):
            verbs.append(verb_base(following))  # "Shows a page after changing it"
        if tokens[index] in _JOINING and _is_joined(tokens, index + 1, tokens[start]):
            verbs.append(lemma(tokens[index + 1]))
            objects += _object(tokens, index + 1)
    return Told(tuple(dict.fromkeys(verbs)), _things(objects), tuple(tokens), heads, handing=handing)


def _verb_at(tokens: list[str], index: int) -> str:
    """The verb's base form; with its particle if it has one ("Takes an item off the list")."""
    base = verb_base(tokens[index])
    for particle in tokens[index + 1 : index + 6]:
        if particle in (".", ",", ";"):
            break
        meant = phrasal(base, particle)
        if meant and (particle == tokens[index + 1] or particle in _PARTICLES):
            return meant
    return base


def _is_joined(tokens: list[str], index: int, first: str) -> bool:
    """ "Create and send": a second verb in the form of the first, which acts on something."""
    token = tokens[index]
    same_form = token.endswith("s") == (first.endswith("s") and lemma(first) != first) and not token.endswith("ing")
    if not (is_verb(token) and same_form):
        return False
    following = tokens[index + 1] if index + 1 < len(tokens) else ""
    inside = bool({"with", "of"} & set(tokens[max(0, index - 5) : index]))  # "with paging and detail levels"
    return not (often_noun(lemma(token)) or inside) or following in DETERMINERS


def _object(tokens: list[str], start: int) -> list[str]:
    """The nouns of the phrase after a verb, base forms; the last is its head. "Of" leads on to what it is about."""
    found: list[str] = []
    for place, token in enumerate(_without_brackets(tokens[start + 1 : start + 20])[:9]):
        if token in DETERMINERS and not (found and token in STOPS):
            continue
        if not token[0].isalpha() or token in STOPS:
            if token != "of" and (place or token not in _LEADING):  # noqa: S105 - a word
                break
            continue
        found += [lemma(word) for word in words(token)]
    return found


def _without_brackets(tokens: list[str]) -> list[str]:
    """ "Place a GTT (good till triggered) order": what stands in brackets is left out."""
    kept, depth = [], 0
    for word in tokens:
        depth += (word == "(") - (word == ")")
        if depth <= 0 and word != ")":
            kept.append(word)
    return kept


def _before_of(tokens: list[str], start: int) -> list[str]:
    pairs = zip(tokens[start + 1 :], tokens[start + 2 : start + 9], strict=False)
    return [lemma(word) for word, after in pairs if after == "of"]


def _heads(tokens: list[str], start: int, phrase: list[str]) -> frozenset[str]:
    """The noun before "of", and the last one."""
    before = [
        lemma(word) for word, after in zip(tokens[start:], tokens[start + 1 : start + 8], strict=False) if after == "of"
    ]
    return frozenset(before) & frozenset(phrase) | frozenset(phrase[-1:])


def _things(phrase: list[str]) -> frozenset[str]:
    """The nouns of a phrase: its head, and what else is known as a noun."""
    phrase = without_ciphers(phrase)
    heads = [
        noun for noun in phrase[-1:] if (not verb_classes(noun) or often_noun(noun)) and noun not in _PRONOUNS | _NOBODY
    ]
    return frozenset(noun for noun in phrase if groups_of(noun)) | frozenset(heads)


def _nouns(tokens: list[str]) -> frozenset[str]:
    return frozenset(lemma(token) for token in tokens if groups_of(lemma(token)))
