"""Which words of a name are its verbs: first (`send_email`), behind a prefix (`git_clone`), last (`issue_close`)."""

from __future__ import annotations

from dataclasses import dataclass, replace

from pytest_agentsafety.lexicon import (
    agent_noun,
    class_effect,
    clear_classes,
    gravest,
    groups_of,
    lemma,
    often_noun,
    phrasal,
    same_action,
    verb_classes,
    verb_effect,
    words,
)
from pytest_agentsafety.permissions.drafting.grammar import without_ciphers
from pytest_agentsafety.permissions.drafting.sentence import LIGHT, Told
from pytest_agentsafety.permissions.words import word_set

_CONJUNCTIONS = frozenset({"and", "or", "then", "plus"})
_PARTICLES = frozenset(
    {
        "off",
        "out",
        "up",
        "down",
        "away",
        "over",
        "back",
        "to",
        "by",
        "for",
        "from",
        "with",
        "in",
        "on",
        "of",
        "at",
        "all",
        "my",
        "the",
        "a",
        "an",
    }
)
_COLLECTIONS = word_set(
    "detail history list status info information summary page count number statement record log overview report book "
    "feed feedback inbox calendar profile total stat statistic result item entry archive catalog note name"
)
_RELATING = word_set("by for from with in on of to based at")
_ASKED = word_set("who what which where when why how")
_SHOWING = frozenset({"look", "get", "list", "help"})
_MANNER = word_set("batch bulk mass multi force")
_OF = word_set("to from of for by")
_WITH_OF = word_set("approve dispose inform notify warn tell think learn hear speak consist rid")
_DETERMINED = word_set("a an the this that these those all any every each some it them your my our one")
_STATE = word_set("is has have can are was exists does should get list")
_QUALITIES = word_set("open free clear empty complete clean live current present separate direct loose")  # or verbs
_READING = word_set("get list show view fetch read find search browse query retrieve display load see lookup")


@dataclass(frozen=True)
class Acting:
    """The verbs of a name (base forms), whether they clearly are verbs, and the other words' base forms."""

    verbs: tuple[str, ...]
    clear: bool
    objects: frozenset[str]
    words: tuple[str, ...]

    @property
    def before_particle(self) -> tuple[str, ...]:
        """The name up to "by", "for", "of": `get_parcel_by_id` gets a parcel."""
        cut = [index for index, word in enumerate(self.words) if index and word in _RELATING]
        return self.words[: cut[0]] if cut else self.words

    @property
    def heads(self) -> frozenset[str]:
        """The last noun of the name."""
        nouns = [lemma(word) for word in self.before_particle if lemma(word) in self.objects]
        return frozenset(nouns[-1:])


def acting(name: str, told: Told) -> Acting:
    """Read a tool's name; where a word may be verb or noun, the description's verbs decide."""
    parts = words(name)
    if (parts[1:] and parts[0] in _ASKED) or _only_shown(parts, told):  # "who_is_on_call", "free_tables"
        nouns = frozenset(base for base in map(lemma, parts[1:]) if groups_of(base))
        return Acting(("show",), True, nouns | frozenset(map(lemma, parts[-1:])), tuple(parts))
    candidates = [index for index, word in enumerate(parts) if _may_act(index, word)]
    if candidates[1:] and parts[candidates[0]] in _MANNER:
        candidates = candidates[1:]  # "batch_create_versions"
    chosen, clear = _choose(parts, candidates, told)
    if chosen and _reads_only(parts[chosen[0]]):
        joined = [index for index, word in enumerate(parts) if word in _CONJUNCTIONS]
        chosen = chosen[:1] + [index for index in candidates if joined and index > joined[0]]
    verbs = tuple(dict.fromkeys(_verb_at(parts, index) for index in chosen))
    behind = len(parts) > 2 and parts[-2] in _RELATING  # "notes_for_driver" drive nothing
    maker = agent_noun(parts[-1]) if parts and not clear and not behind else None
    if maker and (not told.verbs or all(same_action(maker, verb) for verb in told.verbs)):
        verbs, clear = (maker,), True  # "unit_converter"
    rest = [
        lemma(word)
        for index, word in enumerate(parts)
        if word not in _PARTICLES and (index not in chosen or (not clear and often_noun(lemma(word))))
    ]
    rest = without_ciphers(rest)
    return Acting(
        verbs, clear, frozenset(word for word in rest if groups_of(word)) | frozenset(rest[-1:]), tuple(parts)
    )


def _only_shown(parts: list[str], told: Told) -> bool:
    """ "rota", told as "Who works when"; "free_tables", told as "Free tables of an evening"."""
    if not told.plainly or told.verbs or not parts:
        return False
    asks = told.words[:1] != () and told.words[0] in _ASKED
    if asks and not any(verb_classes(lemma(word)) and not often_noun(lemma(word)) for word in parts):
        return True
    if told.many and len(parts) == 1:  # "queue", told as "Parcels in a state"
        return not _grave(lemma(parts[0]))
    if parts[0] in _QUALITIES:
        return list(told.words[: len(parts)]) == parts
    return parts[0].endswith(("ing", "ed")) and told.words[:1] == tuple(parts[1:2])


def listed(name: str, told: Told, types: frozenset[str]) -> Told:
    """ "Open orders of a customer": a quality of what is shown, where the name reads or a list comes back."""
    parts, first = words(name), told.words[:1]
    told = replace(told, many="array" in types)
    if _many_things(parts, told) and "array" in types:
        return replace(told, verbs=(), named=True, plainly=True)  # "get_remarks", told as "Answers to the survey"
    if _same_again(parts, told, "array" in types):
        return replace(told, verbs=(), named=True, plainly=True)
    if not (first and told.verbs[:1] == first) or len(told.words) < 2 or told.words[1] in _DETERMINED:
        return told  # "Open the door"
    reads = bool(parts) and lemma(parts[0]) in _READING
    if first[0] in _QUALITIES:
        phrase = reads or "array" in types
    else:  # "Repair requests that wait", a list: not what is done, if the name says nothing else
        many = lemma(told.words[1]) != told.words[1]
        waiting = bool(parts) and parts[0].endswith(("ing", "ed"))
        named = waiting or (parts[:1] == [told.words[1]] and not clear_classes(lemma(told.words[1])))
        phrase = many and named and (waiting or often_noun(first[0])) and "array" in types
    if not phrase:
        return told
    return replace(told, verbs=told.verbs[1:], named=True, plainly=len(told.verbs) == 1)


def _same_again(parts: list[str], told: Told, array: bool) -> bool:
    """ "visits", told as "Visits of a day": the word again, a noun, and no object that a verb would have."""
    if not parts or parts[0] != "".join(told.words[:1]) or (len(parts) > 1 and parts[1] not in _RELATING):
        return False
    base = lemma(parts[0])
    noun = often_noun(base) or bool(groups_of(base)) or not clear_classes(base)
    noun = noun or (base != parts[0] and base not in _WITH_OF)
    beside = array and len(parts) == 1 and base != parts[0]
    beside = beside and (
        told.words[1:3] in (("and", "their"), ("and", "its")) or told.words[1:2] in (("by",), ("with",))
    )
    return noun and (told.words[1:2] == ("of",) or beside)


def _many_things(parts: list[str], told: Told) -> bool:
    first = told.words[0] if told.words else ""
    plural = first.endswith("s") and lemma(first) != first and bool(groups_of(lemma(first)))
    reads = bool(parts) and lemma(parts[0]) in _READING and len(parts) > 1
    if parts[:1] != [first] and told.words[1:2] == ("from",) and often_noun(first):
        return True  # "mailbox", told as "Mail from tenants"
    return (
        reads
        and plural
        and len(told.verbs) == 1
        and told.words[1:2] in (("to",), ("from",), ("of",), ("for",), ("by",))
    )


def _verb_at(parts: list[str], index: int) -> str:
    particle = parts[index + 1] if index + 1 < len(parts) else ""
    return phrasal(lemma(parts[index]), particle) or lemma(parts[index])


def _may_act(index: int, word: str) -> bool:
    """A base form that is a verb; at the start also another form ("gets")."""
    base = lemma(word)
    if word in _CONJUNCTIONS or word in _PARTICLES or not verb_classes(base):
        return False
    return word == base or (index == 0 and word.endswith("s") and not often_noun(base))


def _reads_only(verb: str) -> bool:
    return verb in _STATE or lemma(verb) in _STATE


def _shown_thing(parts: list[str], told: Told) -> bool:
    """A name that is one noun, of a tool whose description does nothing but show."""
    name = lemma(parts[0])
    if len(parts) == 1 and told.described_thing and told.plainly and name in map(lemma, told.words[1:]):
        return not _grave(name)  # "fax", told as "The pages of faxes that came in"
    if len(parts) > 1 or not groups_of(name) or name in map(lemma, told.verbs):
        return False
    if not told.verbs:
        return told.described_thing and verb_effect(name) in ("read", "write")
    if verb_effect(name) not in ("read", "write"):
        return False
    shown = [clear_classes(verb) for verb in told.verbs]
    return all(classes and {class_effect(name) for name in classes} == {"read"} for classes in shown)


def _choose(parts: list[str], candidates: list[int], told: Told) -> tuple[list[int], bool]:
    if not candidates:
        return [], False
    agreed = [index for index in candidates if any(lemma(parts[index]) == verb for verb in told.verbs)]
    first = candidates[0]
    plain = [index for index in candidates if not often_noun(lemma(parts[index]))]
    phrased = len(parts) > 1 and phrasal(lemma(parts[first]), parts[1]) is not None
    if _shown_thing(parts, told):
        return [], False  # "timetable", told as "Lists the lessons"
    if _plainly_thing(parts, candidates, plain, told):
        return [], False  # "lift_status", told as "Which lifts are running"
    if first == 0 and (first in plain or first in agreed or phrased):
        return _with_joined(parts, candidates, first, told), True
    if agreed:
        return agreed, True
    reading = first == 0 and len(parts) > 1 and verb_effect(lemma(parts[0])) == "read"
    if reading and (len(parts) - 1 not in plain or _CONJUNCTIONS & set(parts)):
        return _with_joined(parts, candidates, first, told), True
    alike = [index for index in candidates if any(same_action(parts[index], verb) for verb in told.verbs)]
    if alike:
        return alike, True
    if plain:
        return _with_joined(parts, candidates, plain[0], told), True
    inside = [index for index in candidates if index + 1 < len(parts) and verb_effect(lemma(parts[index])) == "read"]
    if inside and inside[0]:
        return inside[:1], True  # "crm_list_tables"
    if first == 0 and parts[1:2] == ["to"] and told.verbs and groups_of(parts[0]):
        return [], False  # "text_to_speech"
    if first == 0 and not _names_thing(parts, told):
        return _with_joined(parts, candidates, first, told), True
    last = candidates[-1]
    grave = last == len(parts) - 1 and _grave(lemma(parts[last]))
    return [last], grave and not told.described_thing and lemma(parts[last]) not in _COLLECTIONS


def _plainly_thing(parts: list[str], candidates: list[int], plain: list[int], told: Told) -> bool:
    """A name of nouns, though one of them may be a verb, that the description's noun phrase is about."""
    if len(parts) < 2:
        return False
    first, last = candidates[0], lemma(parts[-1])
    if verb_effect(lemma(parts[first])) == "read":
        return False  # "list_parcels": a verb that does nothing may stay one
    if told.verbs:  # "stream_key", told as "Shows the key"; "parcel_comments", told as "Comments on a parcel"
        shown = last in told.heads and not any(same_action(parts[0], verb) for verb in told.verbs)
        reads = all(clear_classes(verb) and clear_classes(verb) <= _SHOWING for verb in told.verbs)
        return shown and reads and first == 0 and first not in plain and verb_effect(parts[0]) != "delete"
    if not (told.plainly and told.described_thing) or (first in plain and first in (0, 1)):
        return False
    if told.words[0] in _ASKED:
        return True
    if len(told.words) > 1 and lemma(told.words[0]) == lemma(parts[0]) and not groups_of(lemma(parts[0])):
        return False  # "shed_load", told as "Sheds load from a feeder"
    shared = set(map(lemma, told.words)) & set(map(lemma, parts))
    return bool(shared) or (last in _COLLECTIONS and first > 0)


def echoed(name: str, told: Told) -> Told:
    """ "parcel_comments", told as "Comments on a parcel": the name's plural again, and no verb."""
    last = words(name)[-1:]
    plural = bool(last) and lemma(last[0]) != last[0] and bool(groups_of(lemma(last[0])))
    if len(words(name)) > 1 and plural and list(told.words[:1]) == last and len(told.words) > 2:
        return replace(told, verbs=(), named=True, plainly=True)
    return told


def _names_thing(parts: list[str], told: Told) -> bool:
    """ "parcel_details", told as "The details of a parcel.": a noun, though it could be a verb."""
    if told.verbs and len(parts) == 1:  # "schedule", told as "Prints the calendar"
        mild = verb_effect(lemma(parts[0])) == "write"
        return mild and bool(groups_of(parts[0])) and not any(same_action(parts[0], verb) for verb in told.verbs)
    if told.verbs:  # "contact_list", told as "Looks somebody up"
        return bool(groups_of(parts[0])) and lemma(parts[-1]) in _COLLECTIONS and len(parts) > 1
    grave = verb_effect(lemma(parts[0])) in ("execute", "delete", "pay")
    if told.described_thing and not grave and groups_of(parts[0]) and len(parts) > 1:
        return lemma(parts[-1]) in _COLLECTIONS or parts[0] in map(lemma, told.words)
    if not told.described_thing or parts[0] not in map(lemma, told.words):
        return False
    return not grave or (len(parts) > 1 and lemma(parts[-1]) in _COLLECTIONS)


def _grave(verb: str) -> bool:
    return gravest(map(class_effect, clear_classes(verb))) in ("execute", "delete", "pay")


def _with_joined(parts: list[str], candidates: list[int], chosen: int, told: Told) -> list[int]:
    """The verb, and those that an "and" joins to it; a verb that closes the name counts too ("cart_item_delete")."""
    found = [chosen]
    found += [index for index in candidates if index > chosen and parts[index - 1] in _CONJUNCTIONS]
    last = parts[-1]
    grave = _grave(lemma(last)) and not groups_of(lemma(last))
    sure = any(same_action(parts[chosen], verb) for verb in told.verbs)
    closes = (
        len(parts) - 1 in candidates
        and (grave or (not sure and not (often_noun(lemma(last)) or groups_of(lemma(last)))))
        and not _reads_only(parts[chosen])
    )
    if closes and len(parts) - 1 not in found and clear_classes(lemma(last)):
        found.append(len(parts) - 1)
    return found


def is_light(verb: str) -> bool:
    """Whether a verb leaves it to its object to say what is done."""
    return verb in LIGHT
