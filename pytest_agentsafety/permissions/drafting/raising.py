"""What makes a drafted effect graver or milder: what is acted on, the parameters, asides, a server's hints."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pytest_agentsafety.lexicon import (
    GRAVITY,
    class_effect,
    clear_classes,
    group_result,
    groups_of,
    lemma,
    verb_classes,
    words,
)
from pytest_agentsafety.model.policy import Effect, Role
from pytest_agentsafety.permissions.drafting.acting import Acting
from pytest_agentsafety.permissions.drafting.sentence import Told
from pytest_agentsafety.permissions.words import word_set

LOOKING = frozenset(
    {"get", "list", "search", "calculate", "compare", "look", "check", "analyse", "transform", "monitor"}
)
CODE = word_set("code script command cmd sql statement expression javascript python function program")
_SPOKEN = frozenset({"message", "mail", "post", "comment", "review"})  # what is made of these is read by others
_UNSENT = frozenset({"draft", "template", "signature", "filter", "label", "folder", "file", "history"})
_MONEY = frozenset(
    {"money", "payment", "fund", "refund", "purchase", "transaction", "cash", "tip", "donation"}
    | {"payout", "disbursement", "remittance", "reimbursement", "withdrawal", "topup", "transfer"}
)
_ISSUING = frozenset({"assign", "address", "start"})  # "issue a notice", "serve a summons"
_PLACES_TO_TALK = word_set("channel chat conversation chatroom subreddit forum thread")
_MADE = word_set("create add write make post insert compose reply submit schedule")
_PAGES = frozenset({"record", "memory", "note", "folder", "project", "contact", "order"})
_HTTP = frozenset({"http", "https", "curl", "requests"})
_DONE_CLASSES: Mapping[str, frozenset[Effect]] = {  # what may be said besides, and how grave that is
    **dict.fromkeys(("pay", "transfer", "commit_money"), frozenset[Effect]({"pay"})),
    **dict.fromkeys(("remove", "destroy", "cancel", "uninstall"), frozenset[Effect]({"delete"})),
    **dict.fromkeys(("send", "tell", "publish", "share"), frozenset[Effect]({"egress"})),
}
_RECORDING = frozenset({"write", "mark", "save", "archive", "export", "import"})
_SOLD_BY_ONESELF = word_set(
    "invoice quote estimate price product listing plan link expense coupon series invoicing template"
)
_MAKING = frozenset({"create", "change", "write", "add", "configure", "save", "improve"})
_WEAK_URL = word_set("domain domains site sites subdomain homepage permalink server servers")
_VISITING = word_set("crawl scrape visit browse fetch navigate open download ping probe request load render")
_CALLED = word_set("operation function tool procedure action routine")
_CALLING = word_set("call invoke use run execute make do perform trigger proxy")
_BILLED = word_set("bill charge debit deduct pay")
_GRANTING = word_set(
    "grant give add set assign invite share permit allow entitle empower promote enable make authorise authorize"
)
_MEMBERS = word_set("member collaborator guest reader viewer editor admin administrator owner access permission role")
_DATES = frozenset({"event", "schedule"})
_SOLD = frozenset({"travel", "vehicle", "product", "food", "animal", "subscription"})
_SHOWING = frozenset({"look", "get", "list", "help"})
_VALUES = frozenset({"description", "value", "content", "body", "new_value", "new_name", "new_title"})
_ASKING = frozenset({"ask", "prompt", "handoff", "inquire", "query", "request", "hand"})
_OWN_USER = frozenset({"human", "user", "me"})
_COMMITMENTS = frozenset({"loan", "subscription", "trade", "bid", "mortgage"})
_GOING = frozenset({"go", "open", "copy", "import", "get", "search"})
_COMMANDS = frozenset({"command", "cmd", "shell_command", "commands"})
_PAYING = frozenset({"card", "payment", "wallet", "fare"})


@dataclass(frozen=True)
class Step:
    effect: Effect
    reason: str


def by_what_else(step: Step, told: Told, classes: frozenset[str]) -> Step:
    """What a description says is done besides: "the card is charged", "guests are notified"."""
    if classes and classes <= LOOKING:
        return step
    for verb in sorted(told.done):
        for name in clear_classes(verb) | ({"pay"} if verb in _BILLED else frozenset()):
            for effect in _DONE_CLASSES.get(name, ()):
                if GRAVITY.index(effect) > GRAVITY.index(step.effect):
                    step = Step(effect, f"its description says what is done besides: {verb!r}")
    return step


def by_objects(step: Step, act: Acting, objects: frozenset[str], classes: frozenset[str]) -> Step:
    """Writing to other people is speaking to them; moving money is paying; a date of one's own costs nothing."""
    about = frozenset[str]().union(*(groups_of(noun) for noun in objects))
    if (
        step.effect == "pay"
        and _paying(classes) <= {"book"}
        and about & _DATES
        and not (about & _SOLD or objects & {"reservation", "booking"})
    ):
        return Step("write", f"{step.reason} in one's own calendar")
    if step.effect not in ("write", "egress") and set(act.verbs) != {"capture"}:
        return step
    if _gives_access(step, act, classes):
        return Step("egress", f"{step.reason}, which gives somebody access")
    groups = frozenset[str]().union(*(groups_of(noun) for noun in act.objects))
    if (act.heads & _MONEY and not about & {"file", "folder"} and not classes <= _RECORDING) or (
        (act.heads | {lemma(act.words[-1])}) & _COMMITMENTS and classes & {"create", "request", "enrol", "claim"}
    ):
        return Step("pay", f"{step.reason} on money")
    if classes & _ISSUING and about & {"notification", "mail"} and step.effect == "write":
        return Step("egress", f"{step.reason} to those whom it is for")
    if step.effect == "write" and groups & _SPOKEN and not act.objects & _UNSENT and set(act.verbs) & _MADE:
        return Step("egress", f"{step.reason} on what others read")
    return step


def _gives_access(step: Step, act: Acting, classes: frozenset[str]) -> bool:
    """ "add_member", "set_permission", "grant_access": a person comes to reach what is the user's."""
    if step.effect != "write" or not set(act.verbs) & _GRANTING:
        return False
    if set(act.verbs) <= {"assign"}:
        return bool(act.heads & {"access", "permission", "role"})  # a task is no access
    return ("permit" in classes and bool(act.objects & _MEMBERS)) or bool(act.heads & _MEMBERS)


def by_parameters(step: Step, act: Acting, roles: Mapping[str, Role], classes: frozenset[str]) -> Step:
    """What the parameters add: a URL, a command, a sum and whom it goes to."""
    called = [name for name, role in roles.items() if role != "flag" and (words(name) or [""])[0] in _CALLED]
    if step.effect != "pay" and called and classes and set(act.verbs) & _CALLING:
        return Step("execute", f"{step.reason}, and {called[0]!r} says what is called")
    if step.effect in ("read", "write") and act.words[:1] and act.words[0] in _HTTP and len(act.words) > 1:
        return Step("egress", f"{step.reason} over HTTP")
    if step.effect == "read":
        return _of_read(step, act, roles, classes)
    if step.effect == "egress" and classes and _asks_user(act) and not _aims(roles):
        return Step("read", f"{step.reason} to the user at the keyboard")
    commanded = [name for name, role in roles.items() if name.lower() in _COMMANDS and role != "flag"]
    if step.effect in ("write", "egress") and commanded:
        return Step("execute", f"{step.reason}, and {commanded[0]!r} is run")
    if step.effect in ("write", "egress") and _pays(step, act, roles, classes):
        return Step("pay", f"{step.reason} with an amount or a means to pay")
    return _of_write(step, act, roles, classes) if step.effect == "write" else step


def _of_read(step: Step, act: Acting, roles: Mapping[str, Role], classes: frozenset[str]) -> Step:
    if _leads_out(act, roles):
        return Step("egress", f"{step.reason}, but a URL argument can carry data out")
    if classes <= _SHOWING and _sets(roles):
        return Step("write", f"{step.reason}, but it takes a new value beside an identifier")
    if classes == {"transform"} and _alters(act, roles):
        return Step("write", f"{step.reason}, on something that it names")
    return step


def _of_write(step: Step, act: Acting, roles: Mapping[str, Role], classes: frozenset[str]) -> Step:
    webbed = bool({"web", "link"} & {group for noun in act.objects for group in groups_of(noun)})
    if "url" in roles.values() and (webbed or classes & _GOING):
        return Step("egress", f"{step.reason} to a URL of the caller's choice")
    if classes <= {"open"} and _only_looks(roles, act):
        return Step("read", f"{step.reason}, with nothing to set")
    if set(act.verbs) & _MADE and _told_to(roles) and not act.heads & _PLACES_TO_TALK:
        return Step("egress", f"{step.reason} where others read it")
    return step


def _pays(step: Step, act: Acting, roles: Mapping[str, Role], classes: frozenset[str]) -> bool:
    """A booking that is paid for, or a sum and somebody whom it goes to; not a seller's own invoice."""
    kinds = set(roles.values())
    if step.effect == "write" and "book" in classes:
        return "amount" in kinds or any(_PAYING & set(words(name)) for name in roles)
    billed = bool(act.heads & _SOLD_BY_ONESELF) and classes <= _MAKING
    return {"amount", "destination"} <= kinds and _moves_money(roles) and not billed


def _leads_out(act: Acting, roles: Mapping[str, Role]) -> bool:
    """A URL leads a read outside; a mere domain may be a filter, unless the tool goes there."""
    urls = [words(name) for name, role in roles.items() if role == "url"]
    webbed = any({"web", "link"} & groups_of(noun) for noun in act.objects) or bool(set(act.verbs) & _VISITING)
    return any(webbed or not set(name) <= _WEAK_URL for name in urls)


def _told_to(roles: Mapping[str, Role]) -> bool:
    """A channel beside some words: "create_poll(channel, question)"."""
    return bool({"content", "query"} & set(roles.values())) and any(
        role == "destination" and _PLACES_TO_TALK & set(words(name)) for name, role in roles.items()
    )


def _aims(roles: Mapping[str, Role]) -> bool:
    return bool(set(roles.values()) & {"destination", "identifier", "url"})


def _asks_user(act: Acting) -> bool:
    """ "ask_user", "human": a question to whoever sits at the keyboard."""
    return bool(set(act.words) & _OWN_USER) and (bool(set(act.verbs) & _ASKING) or not set(act.words) - _OWN_USER)


def _sets(roles: Mapping[str, Role]) -> bool:
    """ "settings(id, description, value)": nothing that is only looked at takes those."""
    return "identifier" in roles.values() and any(name.lower() in _VALUES for name in roles)


def _alters(act: Acting, roles: Mapping[str, Role]) -> bool:
    """ "reverse_entry(entry_id)": nothing is handed in that could be handed back in another form."""
    kinds = set(roles.values())
    if not any(class_effect(name) == "write" for verb in act.verbs for name in verb_classes(verb)):
        return False
    return "identifier" in kinds and not kinds & {"content", "query", "path", "url", "time", "amount"}


def _only_looks(roles: Mapping[str, Role], act: Acting) -> bool:
    """ "open_message(id)": it names a text that is looked at, and nothing that would be written."""
    texts = any(group_result(group) == "outside" for noun in act.objects for group in groups_of(noun))
    texts = texts or bool(_PAGES & {group for noun in act.objects for group in groups_of(noun)})
    return texts and "identifier" in roles.values() and not set(roles.values()) - {"identifier", "flag", "other"}


def not_understood(roles: Mapping[str, Role]) -> Step:
    """Without a known verb a tool does the gravest that its parameters allow for."""
    reason = "no known verb, so it counts as a write"
    coded = [name for name in roles if CODE & set(words(name))]
    if coded:
        return Step("execute", f"{reason}, and {coded[0]!r} may be code")
    kinds = set(roles.values())
    if {"amount", "destination"} <= kinds:
        return Step("pay", f"{reason}, with an amount and a destination")
    if kinds & {"destination", "url"}:
        return Step("egress", f"{reason} that may reach others")
    return Step("write", reason)


def _paying(classes: frozenset[str]) -> frozenset[str]:
    return frozenset(name for name in classes if class_effect(name) == "pay")


def _moves_money(roles: Mapping[str, Role]) -> bool:
    return any(role == "amount" and "quantity" not in name.lower() for name, role in roles.items())


def by_hints(step: Step, hints: Mapping[str, Any]) -> Step:
    """A server's hints may tighten what was drafted, never loosen it."""
    if step.effect == "read" and hints.get("readOnlyHint") is False:
        return Step("write", f"{step.reason}, but its server says that it is not read-only")
    if step.effect == "read" and hints.get("destructiveHint") is True and hints.get("readOnlyHint") is not True:
        return Step("write", f"{step.reason}, but its server says that it may destroy")
    return step
