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
    group_result,
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
from pytest_agentsafety.permissions.drafting.sentence import LIGHT, Told
from pytest_agentsafety.permissions.drafting.shape import Parameter
from pytest_agentsafety.permissions.words import word_set

_SPOKEN = frozenset({"message", "mail", "post", "comment", "review"})  # what is made of these is read by others
_UNSENT = frozenset({"draft", "template", "signature", "filter", "label", "folder", "file", "history"})
_MONEY = frozenset({"money", "payment", "fund", "refund", "purchase", "transaction", "cash", "tip", "donation"})
_MADE = word_set("create add write make post insert compose reply submit schedule")
_REPORTING = frozenset({"return", "provide", "yield", "output", "give", "answer", "print"})  # "Returns the weather"
_JUDGING = frozenset({"check", "press", "compare", "calculate", "analyse", "know"})
_PAGES = frozenset({"record", "memory", "note", "folder", "project", "contact", "order"})
_HTTP = frozenset({"http", "https", "curl", "requests"})
_RUNNING = frozenset({"run", "install"})
_RUNNABLE = frozenset(
    {"code", "container", "command", "workflow", "software", "server", "model", "package", "tool", "database"}
)
_STAGED = frozenset(  # what runs without running anything of somebody's own
    {"scene", "device", "light", "music", "video", "thermostat", "door", "game", "workout", "animal", "food"}
    | {"search", "value", "map", "weather", "news", "form", "event", "schedule", "shipment", "web", "tab"}
)
_PAID_CLASSES = frozenset({"pay", "transfer", "buy", "sell", "commit_money", "engage_for_price"})
_DONE_CLASSES: Mapping[str, frozenset[Effect]] = {  # what may be said besides, and how grave that is
    **dict.fromkeys(("pay", "transfer", "commit_money"), frozenset[Effect]({"pay"})),
    **dict.fromkeys(("remove", "destroy", "cancel", "uninstall"), frozenset[Effect]({"delete"})),
    **dict.fromkeys(("send", "tell", "publish", "share"), frozenset[Effect]({"egress"})),
}
_SELLING = frozenset({"store", "price", "bill"})  # "reorder from the merchant"
_NEAR = 16  # words of a description
_LOOKING = frozenset(
    {"get", "list", "search", "calculate", "compare", "look", "check", "analyse", "transform", "monitor"}
)
_BEGINNING = word_set("start begin initiate launch resume continue retry complete process")
_LODGING = word_set("cast lodge file submit place make raise put enter issue serve give take")
_BILLED = word_set("bill charge debit deduct pay")
_ACCESS = frozenset({"role"})
_GRANTING = word_set(
    "grant give add set assign invite share permit allow entitle empower promote enable make authorise authorize"
)
_MEMBERS = word_set("member collaborator guest reader viewer editor admin administrator owner access permission role")
_WRITTEN: frozenset[Role] = frozenset({"content", "amount", "secret"})
_FACULTIES = word_set("capability functionality support feature interface management facility")
_QUOTED = re.compile(r"['\"`]([A-Za-z][\w-]{0,30})['\"`]")
_LISTED = re.compile(r"[(:]([^():]{3,200})")
_DATES = frozenset({"event", "schedule"})
_SOLD = frozenset({"travel", "vehicle", "product", "food", "animal", "subscription"})
_FUNDS = frozenset({"money", "account", "bank", "stock", "card", "bill", "subscription", "value", "number"})
_SHOWING = frozenset({"look", "get", "list", "help"})
_VALUES = frozenset({"description", "value", "content", "body", "new_value", "new_name", "new_title"})
_ASKING = frozenset({"ask", "prompt", "handoff", "inquire", "query", "request", "hand"})
_OWN_USER = frozenset({"human", "user", "me"})
_WORDS_ONLY = frozenset({"language", "value", "number", "document", "math", "error"})
_MEDIA = frozenset({"image", "video", "music", "file", "folder", "device", "path", "code"})
_COMMITMENTS = frozenset({"loan", "subscription", "trade", "bid", "mortgage"})
_VAGUE = frozenset({"use", "do", "perform", "handle", "work", "conduct"})
_GOING = frozenset({"go", "open", "copy", "import", "get", "search"})
_CHOOSING = frozenset({"action", "operation", "op", "method", "command", "subcommand"})
_METHODS: Mapping[str, Effect] = {"POST": "egress", "PUT": "egress", "PATCH": "egress", "DELETE": "egress"}
_COMMANDS = frozenset({"command", "cmd", "shell_command", "commands"})
_PAYING = frozenset({"card", "payment", "wallet", "fare"})
_LIGHT_NAMES = word_set("perform do make run execute take carry conduct")
_CODE = word_set("code script command cmd sql statement expression javascript python function program")


@dataclass(frozen=True)
class Drawn:
    """An effect, why, the verbs it rests on, their classes, and the words that were not understood."""

    effect: Effect
    reason: str
    verbs: frozenset[str]
    classes: frozenset[str]
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Step:
    effect: Effect
    reason: str


def draw_effect(act: Acting, told: Told, roles: Mapping[str, Role], hints: Mapping[str, Any]) -> Drawn:
    """The effect of a tool and the reason for it in words."""
    verbs, where = _verbs(act, told)
    objects = act.objects | told.objects
    meant = _classes(verbs, where, objects, roles, told)
    classes = frozenset[str]().union(*meant.values())
    unknown: tuple[str, ...] = ()
    if classes:
        step = _by_verbs(meant, where)
        step = _by_parameters(_by_objects(step, act, objects, classes), act, roles, classes)
        if _says_nothing(verbs, act.objects | told.objects):
            unknown = tuple(verbs)
        if not act.clear and not told.words and not groups_of(lemma(act.words[0])):
            unknown = act.words
    elif _is_thing(act, told, roles) and not _echoes(act, told):
        step = _by_parameters(_Step("read", "its name and description only name a thing"), act, roles, classes)
    else:
        step = _not_understood(roles)
        unknown = act.words or ("?",)
    step = _by_hints(_by_what_else(step, told, classes), hints)
    return Drawn(step.effect, step.reason, frozenset(verbs), classes, unknown)


def _by_what_else(step: _Step, told: Told, classes: frozenset[str]) -> _Step:
    """What a description says is done besides: "the card is charged", "guests are notified"."""
    if classes and classes <= _LOOKING:
        return step
    for verb in sorted(told.done):
        for name in clear_classes(verb) | ({"pay"} if verb in _BILLED else frozenset()):
            for effect in _DONE_CLASSES.get(name, ()):
                if GRAVITY.index(effect) > GRAVITY.index(step.effect):
                    step = _Step(effect, f"its description says what is done besides: {verb!r}")
    return step


def _says_nothing(verbs: Iterable[str], objects: frozenset[str]) -> bool:
    """ "Use the service", "make a call": a verb for anything."""
    spoken_to = {"person", "contact", "device", "message"} & {group for noun in objects for group in groups_of(noun)}
    return set(verbs) <= (_VAGUE if spoken_to else _VAGUE | {"call"})


def _by_verbs(meant: Mapping[str, frozenset[str]], where: Mapping[str, str]) -> _Step:
    """The gravest of what any of the verbs does."""
    said = [(class_effect(name), verb) for verb, names in meant.items() for name in names]
    effect, verb = max(said, key=lambda pair: GRAVITY.index(pair[0]))
    return _Step(effect, f"verb {verb!r}{where[verb]}")


def _verbs(act: Acting, told: Told) -> tuple[list[str], dict[str, str]]:
    """The verbs that count, and where each was said. A name's doubtful verb gives way to the description's."""
    named = list(act.verbs) if act.clear else []
    spoken = list(told.verbs)
    if named:
        named = _with_action(named, act)
        lights = [verb for verb in named if verb in _LIGHT_NAMES and act.objects]
        made = [verb for verb in map(made_of, sorted(act.objects)) if verb] if lights else []
        named = [verb for verb in named if verb not in lights or not made] + made
        if act.clear and _says(named) and not told.objects & _CODE:
            spoken = [verb for verb in spoken if verb not in LIGHT]  # "Executes a create interaction"
    if named:
        spoken = [verb for verb in spoken if verb not in _REPORTING]
    if not named and not spoken and (act.clear or not told.described_thing):
        named = list(act.verbs)
    where = dict.fromkeys(spoken, " of the description") | dict.fromkeys(named, "")
    return list(dict.fromkeys([*named, *spoken])), where


def _with_action(named: list[str], act: Acting) -> list[str]:
    """ "start_transfer" transfers, "start_search" searches, "cast_vote" votes: the noun says what is done."""
    made = [verb for verb in map(made_of, sorted(act.heads)) if verb and verb_classes(verb)]
    if len(named) != 1 or not made:
        return named
    effect = gravest(class_effect(name) for name in clear_classes(made[0]))
    if named[0] in _BEGINNING and effect in ("read", "pay", "delete", "execute"):
        return made
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
    return len(told.words) > 2 and lemma(told.words[0]) == first and told.words[0] != first and not groups_of(first)


def _classes(
    verbs: list[str], where: Mapping[str, str], objects: frozenset[str], roles: Mapping[str, Role], told: Told
) -> dict[str, frozenset[str]]:
    """The classes each verb is meant in. Verbs of one tool say the same thing: a sense that they share counts."""
    inputs = frozenset(lemma(word) for name in roles for word in words(name))
    priced = frozenset(lemma(word) for name, role in roles.items() if role == "amount" for word in words(name))
    priced |= {noun for noun in map(lemma, told.words[:_NEAR]) if _SELLING & groups_of(noun)}
    meant = {
        verb: _meant(verb, objects, inputs, priced, spoken=bool(where[verb]), handing=told.handing) for verb in verbs
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
    verb: str, objects: frozenset[str], inputs: frozenset[str], priced: frozenset[str], *, spoken: bool, handing: bool
) -> frozenset[str]:
    """The classes of a verb that acts on `objects` and takes `inputs`, of which `priced` are amounts."""
    if spoken and verb in _REPORTING and not handing:
        return frozenset() if verb == "provide" and objects & _FACULTIES else frozenset({"get"})
    meant = senses(verb, objects) if verb_classes(verb) else frozenset[str]()
    run = called_for(verb, inputs) & _RUNNING  # "start(command)" runs it
    meant |= run | called_for(verb, priced) & _PAID_CLASSES  # "supply(amount)"
    acted = frozenset[str]().union(*(groups_of(noun) for noun in objects - {verb}))
    if "run" in meant and acted & _STAGED and not run and not acted & _RUNNABLE:
        return meant - {"run"} | {"start"}  # "run a scene": no code
    if verb == "generate" and acted & _WORDS_ONLY and not acted & _MEDIA:
        return frozenset({"transform"})  # "generate a title": words that are handed back
    if "transfer" in meant and acted and not (acted & _FUNDS or priced):
        moved = {"tell"} if "person" in acted else {"move"}
        milder = frozenset(name for name in verb_classes(verb) if name not in _PAID_CLASSES)
        return meant - {"transfer"} | (moved if verb == "transfer" else milder or moved)  # "transfer to a person"
    return meant


def _by_objects(step: _Step, act: Acting, objects: frozenset[str], classes: frozenset[str]) -> _Step:
    """Writing to other people is speaking to them; moving money is paying; a date of one's own costs nothing."""
    about = frozenset[str]().union(*(groups_of(noun) for noun in objects))
    if (
        step.effect == "pay"
        and _paying(classes) <= {"book"}
        and about & _DATES
        and not (about & _SOLD or objects & {"reservation", "booking"})
    ):
        return _Step("write", f"{step.reason} in one's own calendar")
    if step.effect not in ("write", "egress"):
        return step
    if _gives_access(step, act, classes):
        return _Step("egress", f"{step.reason}, which gives somebody access")
    groups = frozenset[str]().union(*(groups_of(noun) for noun in act.objects))
    if act.heads & _MONEY or (act.objects & _COMMITMENTS and classes & {"create", "request", "enrol", "claim"}):
        return _Step("pay", f"{step.reason} on money")
    if step.effect == "write" and groups & _SPOKEN and not act.objects & _UNSENT and set(act.verbs) & _MADE:
        return _Step("egress", f"{step.reason} on what others read")
    return step


def _gives_access(step: _Step, act: Acting, classes: frozenset[str]) -> bool:
    """ "add_member", "set_permission", "grant_access": a person comes to reach what is the user's."""
    if step.effect != "write" or not set(act.verbs) & _GRANTING:
        return False
    return ("permit" in classes and bool(act.objects & _MEMBERS)) or bool(act.heads & _MEMBERS)


def _by_parameters(step: _Step, act: Acting, roles: Mapping[str, Role], classes: frozenset[str]) -> _Step:
    kinds = set(roles.values())
    if step.effect == "read" and "url" in kinds:
        return _Step("egress", f"{step.reason}, but a URL argument can carry data out")
    webbed = bool({"web", "link"} & {group for noun in act.objects for group in groups_of(noun)})
    if step.effect in ("read", "write") and act.words[:1] and act.words[0] in _HTTP and len(act.words) > 1:
        return _Step("egress", f"{step.reason} over HTTP")
    if step.effect == "write" and "url" in kinds and (webbed or classes & _GOING):
        return _Step("egress", f"{step.reason} to a URL of the caller's choice")
    if step.effect == "egress" and set(act.verbs) & _ASKING and set(act.words) & _OWN_USER and not _aims(roles):
        return _Step("read", f"{step.reason} to the user at the keyboard")
    if step.effect == "read" and classes <= _SHOWING and _sets(roles):
        return _Step("write", f"{step.reason}, but it takes a new value beside an identifier")
    if step.effect == "read" and classes == {"transform"} and _alters(roles):
        return _Step("write", f"{step.reason}, on something that it names")
    if step.effect == "write" and classes <= {"open"} and _only_looks(roles, act):
        return _Step("read", f"{step.reason}, with nothing to set")
    commanded = [name for name, role in roles.items() if name.lower() in _COMMANDS and role != "flag"]
    if step.effect in ("write", "egress") and commanded:
        return _Step("execute", f"{step.reason}, and {commanded[0]!r} is run")
    if (
        step.effect == "write"
        and "book" in classes
        and ("amount" in kinds or any(_PAYING & set(words(name)) for name in roles))
    ):
        return _Step("pay", f"{step.reason}, paid for")
    if step.effect in ("write", "egress") and {"amount", "destination"} <= kinds and _moves_money(roles):
        return _Step("pay", f"{step.reason} with an amount and a destination")
    return step


def _aims(roles: Mapping[str, Role]) -> bool:
    return bool(set(roles.values()) & {"destination", "identifier", "url"})


def _sets(roles: Mapping[str, Role]) -> bool:
    """ "settings(id, description, value)": nothing that is only looked at takes those."""
    return "identifier" in roles.values() and any(name.lower() in _VALUES for name in roles)


def _alters(roles: Mapping[str, Role]) -> bool:
    """ "reverse_entry(entry_id)": nothing is handed in that could be handed back in another form."""
    kinds = set(roles.values())
    return "identifier" in kinds and not kinds & {"content", "query", "path", "url", "time", "amount"}


def _only_looks(roles: Mapping[str, Role], act: Acting) -> bool:
    """ "open_message(id)": it names a text that is looked at, and nothing that would be written."""
    texts = any(group_result(group) == "outside" for noun in act.objects for group in groups_of(noun))
    texts = texts or bool(_PAGES & {group for noun in act.objects for group in groups_of(noun)})
    return texts and "identifier" in roles.values() and not set(roles.values()) - {"identifier", "flag", "other"}


def _not_understood(roles: Mapping[str, Role]) -> _Step:
    """Without a known verb a tool does the gravest that its parameters allow for."""
    reason = "no known verb, so it counts as a write"
    coded = [name for name in roles if _CODE & set(words(name))]
    if coded:
        return _Step("execute", f"{reason}, and {coded[0]!r} may be code")
    kinds = set(roles.values())
    if {"amount", "destination"} <= kinds:
        return _Step("pay", f"{reason}, with an amount and a destination")
    if kinds & {"destination", "url"}:
        return _Step("egress", f"{reason} that may reach others")
    return _Step("write", reason)


def _paying(classes: frozenset[str]) -> frozenset[str]:
    return frozenset(name for name in classes if class_effect(name) == "pay")


def _moves_money(roles: Mapping[str, Role]) -> bool:
    return any(role == "amount" and "quantity" not in name.lower() for name, role in roles.items())


def _by_hints(step: _Step, hints: Mapping[str, Any]) -> _Step:
    """A server's hints may tighten what was drafted, never loosen it."""
    if step.effect == "read" and hints.get("readOnlyHint") is False:
        return _Step("write", f"{step.reason}, but its server says that it is not read-only")
    if step.effect == "read" and hints.get("destructiveHint") is True and hints.get("readOnlyHint") is not True:
        return _Step("write", f"{step.reason}, but its server says that it may destroy")
    return step
