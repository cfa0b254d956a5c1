"""What a tool does: the gravest of what its name and its description say, made graver by its parameters and hints."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from pytest_agentsafety.lexicon import (
    GRAVITY,
    called_for,
    class_effect,
    clear_classes,
    gravest,
    groups_of,
    known,
    lemma,
    senses,
    verb_classes,
    words,
)
from pytest_agentsafety.model.policy import Effect, Role
from pytest_agentsafety.permissions.drafting.acting import Acting
from pytest_agentsafety.permissions.drafting.grammar import made_of
from pytest_agentsafety.permissions.drafting.raising import (
    CODE,
    LOOKING,
    Step,
    by_hints,
    by_objects,
    by_parameters,
    by_what_else,
    not_understood,
)
from pytest_agentsafety.permissions.drafting.sentence import LIGHT, Told
from pytest_agentsafety.permissions.drafting.shape import Parameter
from pytest_agentsafety.permissions.words import word_set

_PAPERS = word_set("reminder receipt confirmation notice notification statement history status invitation")
_PAID_FOR = word_set("payment money fee refund transfer purchase deposit")
_REPORTING = frozenset({"return", "provide", "yield", "output", "give", "answer", "print"})  # "Returns the weather"
_JUDGING = frozenset({"check", "press", "compare", "calculate", "analyse", "know"})
_RUNNING = frozenset({"run", "install"})
_RUNNABLE = frozenset(
    {"code", "container", "command", "workflow", "software", "server", "model", "package", "tool", "database"}
)
_STAGED = frozenset(  # what runs without running anything of somebody's own
    {"scene", "device", "light", "music", "video", "thermostat", "door", "game", "workout", "animal", "food"}
    | {"search", "value", "map", "weather", "news", "form", "event", "schedule", "shipment", "web", "tab"}
)
_PAID_CLASSES = frozenset({"pay", "transfer", "buy", "sell", "commit_money", "engage_for_price"})
_SAYING = word_set("report tell say state present announce explain describe reveal disclose share give")
_NEAR = 16  # words of a description
_BEGINNING = word_set("start begin initiate launch resume continue retry complete process")
_LODGING = word_set("cast lodge file submit place make raise put enter issue serve give take submit")
_OFFERS = word_set("bid stake pledge wager")
_ACCESS = frozenset({"role"})
_WRITTEN: frozenset[Role] = frozenset({"content", "amount", "secret"})
_FACULTIES = word_set("capability functionality support feature interface management facility")
_QUOTED = re.compile(r"['\"`]([A-Za-z][\w-]{0,30})['\"`]")
_LISTED = re.compile(r"[(:]([^():]{3,200})")
_FUNDS = frozenset({"money", "account", "bank", "stock", "card", "bill", "subscription", "value", "number"})
_WORDS_ONLY = frozenset({"language", "value", "number", "document", "math", "error"})
_MEDIA = frozenset({"image", "video", "music", "file", "folder", "device", "path", "code"})
_VAGUE = frozenset({"use", "do", "perform", "handle", "work", "conduct"})
_CHOOSING = frozenset({"action", "operation", "op", "method", "command", "subcommand"})
_METHODS: Mapping[str, Effect] = {"POST": "egress", "PUT": "egress", "PATCH": "egress", "DELETE": "egress"}
_LIGHT_NAMES = word_set("perform do make run execute take carry conduct")


@dataclass(frozen=True)
class Drawn:
    """An effect, why, the verbs it rests on, their classes, and the words that were not understood."""

    effect: Effect
    reason: str
    verbs: frozenset[str]
    classes: frozenset[str]
    unknown: tuple[str, ...] = ()


def draw_effect(act: Acting, told: Told, roles: Mapping[str, Role], hints: Mapping[str, Any]) -> Drawn:
    """The effect of a tool and the reason for it in words."""
    verbs, where = _verbs(act, told)
    objects = act.objects | told.objects
    if (act.heads | told.heads) & _PAPERS:
        objects -= _PAID_FOR - act.heads  # "a payment reminder" moves no money
    meant = _classes(verbs, where, objects, roles, told)
    classes = frozenset[str]().union(*meant.values())
    unknown: tuple[str, ...] = ()
    if classes:
        step = _by_verbs(meant, where)
        step = by_parameters(by_objects(step, act, objects, classes), act, roles, classes)
        if _says_nothing(verbs, act.objects | told.objects):
            unknown = tuple(verbs)
        if not act.clear and not told.words and not groups_of(lemma(act.words[0])):
            unknown = act.words
    elif _is_thing(act, told, roles) and not _echoes(act, told):
        step = by_parameters(Step("read", "its name and description only name a thing"), act, roles, classes)
    else:
        step = not_understood(roles)
        unknown = act.words or ("?",)
    step = by_hints(by_what_else(step, told, classes), hints)
    return Drawn(step.effect, step.reason, frozenset(verbs), classes, unknown)


def _says_nothing(verbs: Iterable[str], objects: frozenset[str]) -> bool:
    """ "Use the service", "make a call": a verb for anything."""
    spoken_to = {"person", "contact", "device", "message"} & {group for noun in objects for group in groups_of(noun)}
    return set(verbs) <= (_VAGUE if spoken_to else _VAGUE | {"call"})


def _by_verbs(meant: Mapping[str, frozenset[str]], where: Mapping[str, str]) -> Step:
    """The gravest of what any of the verbs does."""
    said = [(class_effect(name), verb) for verb, names in meant.items() for name in names]
    effect, verb = max(said, key=lambda pair: GRAVITY.index(pair[0]))
    return Step(effect, f"verb {verb!r}{where[verb]}")


def _verbs(act: Acting, told: Told) -> tuple[list[str], dict[str, str]]:
    """The verbs that count, and where each was said. A name's doubtful verb gives way to the description's."""
    named = list(act.verbs) if act.clear else []
    spoken = list(told.verbs)
    named = _with_action(named, act.heads)
    if not named:
        spoken = _with_action(spoken, told.heads)  # "Leaves a bid"
    if named:
        lights = [verb for verb in named if verb in _LIGHT_NAMES and act.objects]
        made = [verb for verb in map(made_of, sorted(act.objects)) if verb] if lights else []
        named = [verb for verb in named if verb not in lights or not made] + made
        if act.clear and _says(named) and not told.objects & CODE:
            spoken = [verb for verb in spoken if verb not in LIGHT]  # "Executes a create interaction"
    if named:
        spoken = [verb for verb in spoken if verb not in _REPORTING and not _only_answers(verb, named)]
    if not named and not spoken and (act.clear or not told.described_thing):
        named = list(act.verbs)
    where = dict.fromkeys(spoken, " of the description") | dict.fromkeys(named, "")
    return list(dict.fromkeys([*named, *spoken])), where


def _only_answers(spoken: str, named: Iterable[str]) -> bool:
    """ "get_top_queries" that "reports" them, "get_thread" that "builds" it: what is made is the answer."""
    looks = all(clear_classes(verb) and clear_classes(verb) <= LOOKING for verb in named)
    return looks and verb_classes(spoken) != frozenset() and (spoken in _SAYING or clear_classes(spoken) == {"create"})


def _with_action(named: list[str], heads: frozenset[str]) -> list[str]:
    """ "start_transfer" transfers, "start_search" searches, "cast_vote" votes: the noun says what is done."""
    made = [verb for verb in map(made_of, sorted(heads)) if verb and verb_classes(verb)]
    if len(named) != 1 or not made:
        return named
    effect = "pay" if made[0] in _OFFERS else gravest(class_effect(name) for name in clear_classes(made[0]))
    if named[0] in _BEGINNING and effect in ("read", "pay", "delete", "execute"):
        return made
    if named[0] in _LODGING | {"leave"} and made[0] in _OFFERS:
        return [*named, *made]
    if named[0] in _LODGING and effect in ("pay", "delete", "egress"):
        return [*named, *made]
    return named


def chosen(drawn: Drawn, parameters: Iterable[Parameter]) -> Drawn:
    """A tool whose argument chooses what is done ("action": create, delete, list) does the gravest of them."""
    if drawn.classes and drawn.classes <= _JUDGING:
        return drawn  # "check whether a user may perform an operation"
    for one in parameters:
        if not _CHOOSING & set(words(one.name)):
            continue
        for choice in one.choices or _listed(one.description):
            verb = lemma((words(choice) or [""])[0])
            effect = _METHODS.get(choice) or gravest(map(class_effect, clear_classes(verb)))
            if effect is not None and GRAVITY.index(effect) > GRAVITY.index(drawn.effect):
                reason = f"{one.name!r} may be {choice!r}"
                drawn = replace(drawn, effect=effect, reason=reason, classes=drawn.classes | clear_classes(verb))
    return drawn


def _listed(description: str) -> list[str]:
    """The choices that a description lists: "one of 'create', 'delete'", "(create, delete)", "create|delete"."""
    return _QUOTED.findall(description[:500]) + [
        part.strip() for listed in _LISTED.findall(description[:500]) for part in re.split(r"[,|/]|\bor\b", listed)
    ]


def _says(verbs: Iterable[str]) -> bool:
    return any(verb not in LIGHT for verb in verbs)


def _is_thing(act: Acting, told: Told, roles: Mapping[str, Role]) -> bool:
    """Nouns alone, in words that are known ("parcel_details", "The orders of the user."), and nothing to write with."""
    if _CHOOSING & {word for name in roles for word in words(name)}:
        return False  # an argument says what is done
    named = bool(act.words) and all(known(word) for word in act.words if len(word) > 3)
    if named and not act.clear and not told.verbs and lemma(act.words[-1]) != act.words[-1] and told.words:
        return not set(roles.values()) & _WRITTEN  # "parcel_labels": things, more than one
    told_so = told.described_thing and all(known(word) for word in told.words[:4] if word.isalpha())
    return named and told_so and not set(roles.values()) & _WRITTEN


def _echoes(act: Acting, told: Told) -> bool:
    """ "shed_load", told as "Sheds load": a verb that nobody knows, though it could be a noun."""
    first = lemma(act.words[0]) if act.words else ""
    if told.plainly and act.words[:1] == told.words[:1]:
        return False  # "visits_of_week", told as "Visits of a week"
    return len(told.words) > 2 and lemma(told.words[0]) == first and told.words[0] != first and not groups_of(first)


def _classes(
    verbs: list[str], where: Mapping[str, str], objects: frozenset[str], roles: Mapping[str, Role], told: Told
) -> dict[str, frozenset[str]]:
    """The classes each verb is meant in. Verbs of one tool say the same thing: a sense that they share counts."""
    inputs = frozenset(lemma(word) for name in roles for word in words(name))
    priced = frozenset(lemma(word) for name, role in roles.items() if role == "amount" for word in words(name))
    sellers = frozenset(noun for noun in map(lemma, told.words[:_NEAR]) if "store" in groups_of(noun))
    meant = {
        verb: _meant(verb, objects, inputs, priced, sellers, spoken=bool(where[verb]), handing=told.handing)
        for verb in verbs
    }
    named = frozenset[str]().union(*(meant[verb] for verb in verbs if not where[verb]))
    for verb in verbs:
        others = frozenset[str]().union(*(meant[other] for other in verbs if other != verb))
        shared = verb_classes(verb) & (named if where[verb] else others)
        if shared and (where[verb] or not _certain(verb, objects)):
            meant[verb] = shared
    return meant


def _certain(verb: str, objects: frozenset[str]) -> bool:
    return bool(clear_classes(verb)) or senses(verb, objects) != verb_classes(verb)


def _meant(
    verb: str,
    objects: frozenset[str],
    inputs: frozenset[str],
    priced: frozenset[str],
    sellers: frozenset[str],
    *,
    spoken: bool,
    handing: bool,
) -> frozenset[str]:
    """The classes of a verb that acts on `objects` and takes `inputs`, of which `priced` are amounts."""
    if spoken and verb in _REPORTING and not handing:
        return frozenset() if verb == "provide" and objects & _FACULTIES else frozenset({"get"})
    meant = senses(verb, objects) if verb_classes(verb) else frozenset[str]()
    run = called_for(verb, inputs) & _RUNNING  # "start(command)" runs it
    meant |= run | (verb_classes(verb) & _PAID_CLASSES if priced else frozenset())  # "supply(amount)"
    meant |= called_for(verb, sellers) & {"buy"}  # "reorder from the merchant"
    acted = frozenset[str]().union(*(groups_of(noun) for noun in objects - {verb}))
    if "run" in meant and acted & _STAGED and not run and not acted & _RUNNABLE:
        return meant - {"run"} | {"start"}  # "run a scene": no code
    if verb == "generate" and (objects == {"text"} or (acted & _WORDS_ONLY and not acted & _MEDIA)):
        return frozenset({"transform"})  # "generate a title": words that are handed back
    if "transfer" in meant and acted and not (acted & _FUNDS or priced):
        moved = {"tell"} if "person" in acted else {"move"}
        milder = frozenset(name for name in verb_classes(verb) if name not in _PAID_CLASSES)
        return meant - {"transfer"} | (moved if verb == "transfer" else milder or moved)  # "transfer to a person"
    return meant
