"""What each parameter of a tool means: by its schema or type, its name, its description, and what the tool does."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pytest_agentsafety.lexicon import groups_of, known, words
from pytest_agentsafety.model.policy import CRITICAL_ROLES, Effect, Role
from pytest_agentsafety.permissions.drafting.shape import Parameter
from pytest_agentsafety.permissions.roles import file_pair, named_role, stated_role
from pytest_agentsafety.permissions.words import PLAIN, singular, tokens, word_set

_HEAD_END = re.compile(
    r"[.,;:()\n]|\s(?:of|to|for|that|which|where|in|from|on|by|with|used|as|whose|containing|when|if|or|you)\s"
)
_OPENING = re.compile(
    r"\A\W*(?:(?:the|a|an|your|optional|required|unique|full|list of|array of|comma[- ]separated)[.,:]?\s+)*",
    re.IGNORECASE,
)
_DATED = re.compile(r"\b(?:date|time|day|iso|timestamp)\b|\d{4}-\d{2}-\d{2}|YYYY", re.IGNORECASE)
_FLAGGED = re.compile(r"\A\W*(?:whether|if true|true (?:if|to)|set to true|boolean)\b", re.IGNORECASE)
_SEARCHING = frozenset({"search", "calculate", "transform"})
_NAMES = frozenset({"name", "names"})
_NEW = frozenset({"create", "add", "write", "schedule", "save", "import"})
_ENDS = frozenset({"from", "to", "start", "end", "since", "until", "after", "before"})
_SIZES = frozenset({"head", "base", "target", "parent", "release"})
_PLACES = frozenset({"address", "destination", "origin"})
_ENTRIES = word_set(
    "item task todo entry appointment meeting event reminder room place venue location memory goal note"
)
_NUMBERED = word_set("id ids no number nr uuid guid key code")
_NUMBERS = frozenset({"integer", "number"})
_HOLDINGS = word_set("share shares stake credit")  # a text: no sum, but one of them
_MANY = word_set("children people men women")  # plurals without an s
_SCRIPTS = word_set("sql script command cmd python javascript js bash shell kql cypher graphql lambda macro code")
_LANGUAGES = word_set("sql python javascript bash shell js lua kql")
_STATED = word_set("format version status path file name id")  # said of code, and no code
_PRICED = word_set(  # of a number: money, or how many of something
    "price cost fee value wage salary rate premium payout fare rent toll duty deductible deduction loss damage worth "
    "tip rebate discount commission allowance bonus royalty fine penalty reserve replica copy seat license licence "
    "lot pack unit quota headcount"
)
_MEASURED = word_set("sample sampling frame refresh bit learning heart error success frequency")
_FORMS = word_set(
    "format language lang locale color colour unit encoding timezone type style theme mode currency sort order"
)
_ALLOWED = word_set("spending credit budget withdrawal transfer payment purchase")
_COUNTS = word_set("max min limit page size offset width height depth timeout retry length index port")
_UNAIMED = _COUNTS | word_set(
    "color colour page line row column floor door apartment house building episode season font voice theme"
)
_REMARKS = word_set("reason comment note message description explanation justification")
_FIRMS = word_set("vendor manufacturer publisher performer artist speaker passenger author supplier")
_WHICH = word_set("a b one two first second x y")
_THINGS_TOO = word_set("field block component character story artist photo picture image video entry line")
_CODE = word_set(
    "code script command cmd sql query statement expression manifest program function shell yaml input task value "
    "argument arg javascript python template transform formula snippet macro line instruction"
)


@dataclass(frozen=True)
class Meant:
    """Roles by parameter, why, and the names that were not understood."""

    roles: Mapping[str, Role]
    reasons: Mapping[str, str]
    unknown: tuple[str, ...] = field(default=())


def draw_roles(parameters: Sequence[Parameter], classes: frozenset[str], effect: Effect) -> Meant:
    """The role of every parameter. A text that a tool with an effect takes and nobody explains counts as critical."""
    found = {one.name: _aimed(one, _role(one, classes, effect), effect) for one in parameters}
    others = [name for name in found if tokens(name)[-1:] in (["id"], ["ids"], ["key"], ["uuid"])]
    for name in _NAMES & found.keys() if others and classes & {"change", "improve"} else ():
        found[name] = ("content", f"a name beside {others[0]!r}")
    texts = [one.name for one in parameters if found[one.name][0] == "content" and one.textual]
    if effect == "execute" and len(texts) == 1 and not {singular(part) for part in tokens(texts[0])} & _REMARKS:
        found[texts[0]] = ("identifier", "the only text, so it is what is run")
    aim = _aimless(parameters, found, classes, effect)
    if aim:
        found[aim] = ("identifier", "the only text, where nothing else says what the call is aimed at")
    for name in file_pair(found):
        found[name] = ("path", "one of a pair of ends")
    unknown = tuple(
        name
        for name, (role, _) in found.items()
        if role is None and effect != "read" and not all(map(known, words(name)))
    )
    roles: dict[str, Role] = {name: role or "identifier" for name, (role, _) in found.items()}
    return Meant(roles, {name: why for name, (_, why) in found.items()}, unknown)


def _aimless(
    parameters: Sequence[Parameter],
    found: Mapping[str, tuple[Role | None, str]],
    classes: frozenset[str],
    effect: Effect,
) -> str | None:
    """A tool that does something does it to something: its only text, where no parameter is critical."""
    if effect == "read" or classes & _NEW or any(role is None or role in CRITICAL_ROLES for role, _ in found.values()):
        return None
    texts = [
        one for one in parameters if one.textual and not one.choices and found[one.name][0] not in ("flag", "time")
    ]
    if len(texts) != 1 or not (
        found[texts[0].name][0] == "other"
        or (found[texts[0].name][0] == "content" and singular(tokens(texts[0].name)[-1]) in _THINGS_TOO)
    ):
        return None
    name = texts[0].name
    return name if len(tokens(name)) == 1 and name.lower() not in _FORMS else None


def _role(one: Parameter, classes: frozenset[str], effect: Effect) -> tuple[Role | None, str]:
    parts = tokens(one.name)
    if effect == "read" and len(parts) == 1 and singular(parts[0]) in _PLACES:
        return "query", "a place that is only looked up"
    if effect == "read" and len(parts) > 1 and parts[0] in ("min", "max", "minimum", "maximum"):
        return "query", "a bound of what is looked for"
    if len(parts) > 1 and parts[0] in ("include", "exclude") and one.types != {"boolean"}:
        return "query", "a filter"
    stated = stated_role(one.kind)
    if stated is not None and stated != "other":
        return stated, "by its type"
    if one.inner:
        return _of_inner(one, classes, effect)
    if one.types == {"boolean"}:
        return "flag", "true or false"
    role = named_role(one.name)
    if role is not None:
        return _by_name(one, role, classes, effect)
    return _unnamed(one, classes, effect)


def _of_inner(one: Parameter, classes: frozenset[str], effect: Effect) -> tuple[Role | None, str]:
    """An object is as critical as the most critical of its fields."""
    outer = named_role(one.name)
    inner = [(field.name, *_role(field, classes, effect)) for field in one.inner]
    if outer == "query" and effect == "read":
        return "query", "its name"
    for name, role, _ in inner:
        if role in CRITICAL_ROLES and not (role == "identifier" and outer in ("content", "query", "other")):
            return role, f"its field {name!r}"
    return (outer or "content"), "an object of harmless fields"


def _by_name(one: Parameter, role: Role, classes: frozenset[str], effect: Effect) -> tuple[Role | None, str]:
    if one.types and one.types <= {"integer", "number"} and _is_size(one.name, role):
        return "other", "a number"
    told = _told(one.description)
    parts = tokens(one.name)
    if parts[-1] in _ENDS and (told == "time" or _DATED.search(one.description[:200])):
        return "time", "its description"
    if role == "amount" and one.types == {"string"} and len(parts) == 1 and parts[0] in _HOLDINGS:
        return "identifier", "the name of what is held"
    leads = ("url", "path", "secret") if role == "content" else ("url", "path") if role == "other" else ()
    if one.textual and told in leads:
        return told, "its description"
    if len(parts) == 1 and one.textual and classes & _NEW and effect != "pay" and parts[0] in _ENTRIES:
        return "content", "what is written down"
    if len(parts) == 1 and parts[0] in _NAMES and not classes & _NEW:
        return "identifier", "the name of what the call is aimed at"
    return role, "its name"


def _is_size(name: str, role: Role) -> bool:
    """A number that counts or measures, and names nothing: "head", "rows"."""
    last = (tokens(name) or [""])[-1]
    plural = (last != singular(last) or last in _MANY) and last != "ids" and role != "amount"
    return role in ("content", "query", "path", "flag", "url") or name.lower() in _SIZES or plural


def _aimed(one: Parameter, meant: tuple[Role | None, str], effect: Effect) -> tuple[Role | None, str]:
    """What is deleted, run or written to is what the call is aimed at, whatever it is called."""
    if effect == "egress" and meant[0] == "content" and one.textual and set(tokens(one.name)) & _FIRMS:
        return "destination", "somebody who is written to"
    return _aimed_by_effect(one, meant, effect)


def _aimed_by_effect(one: Parameter, meant: tuple[Role | None, str], effect: Effect) -> tuple[Role | None, str]:
    role, why = meant
    parts = {singular(word) for word in tokens(one.name)}
    if _is_script(one, role):
        return "identifier", "code"
    if role in ("other", "flag", "content") and _numbers_thing(one, parts):
        return "identifier", "the number of a thing"
    sums = not parts & _MEASURED and any({"bill", "money", "price"} & groups_of(word) for word in words(one.name)[-1:])
    if role == "identifier" and one.types and one.types <= _NUMBERS and sums:
        return "amount", "a sum"
    if role in ("other", "content") and one.types & _NUMBERS and one.types <= _NUMBERS | {"array"}:
        if effect in ("pay", "execute") and _is_quantity(one):
            return "amount", "how much is paid for or run"
        if effect not in ("read", "execute") and (tokens(one.name)[0] == "new" or parts & _ALLOWED):
            return "amount", "a new number"
        if effect != "read" and parts & _PRICED and not parts & (_MEASURED | _COUNTS) and one.name.lower() != "value":
            return "amount", "a number of money or of things"
    if parts & {"delete", "remove"} and role != "flag" and one.textual:
        return "identifier", "what is deleted"
    if effect == "egress" and one.name.lower() == "number" and one.textual:
        return "destination", "a number that is written to"
    if effect == "delete" and role in ("content", "query") and one.textual and not parts & _REMARKS:
        return "identifier", "what is deleted"
    if effect == "execute" and role in ("content", "query") and one.textual and parts & _CODE:
        return "identifier", "what is run"
    return role, why


def _is_script(one: Parameter, role: Role | None) -> bool:
    """ "sql", "python_script": code, whatever the tool does with it. Not "country_code"."""
    parts = tokens(one.name)
    last = singular(parts[-1]) if parts else ""
    led = bool(parts) and parts[0] in _LANGUAGES and last not in _STATED
    return role == "content" and one.textual and (last in _SCRIPTS or led)


def _numbers_thing(one: Parameter, parts: set[str]) -> bool:
    """ "batch_no", "asset_id": of a closed choice or not, it names what the call is aimed at."""
    words_of = tokens(one.name)
    if len(words_of) < 2 or words_of[-1] not in _NUMBERED - {"key", "code"} or parts & _UNAIMED:
        return False
    if one.types == {"integer"} and words_of[-1] in ("no", "nr", "number"):
        return True
    return bool(one.choices) or named_role(words_of[0]) in ("other", "content")


def _is_quantity(one: Parameter) -> bool:
    parts = {singular(word) for word in tokens(one.name)}
    return not parts & _COUNTS and not (parts <= PLAIN and parts)


def _unnamed(one: Parameter, classes: frozenset[str], effect: Effect) -> tuple[Role | None, str]:
    told = _told(one.description)
    if tokens(one.name)[-1:] and tokens(one.name)[-1] in _ENDS and _DATED.search(one.description[:200]):
        return "time", "its description"
    if told is not None and (one.textual or told not in ("content", "query", "path", "url", "secret")):
        return told, "its description"
    if not one.textual:
        parts = words(one.name)
        if len(parts) > 1 and parts[-1] in _WHICH:
            parts = parts[:-1]  # "berth_a", "berth_b"
        named = any(groups_of(word) for word in parts[-1:])
        named = named and not set(words(one.name)) & _MEASURED
        numbered = one.types <= _NUMBERS and named and effect != "read" and not _is_size(one.name, "identifier")
        return ("identifier", "the number of a thing") if numbered else ("other", "no text")
    if effect == "read" and classes & _SEARCHING:
        return "query", "not understood; the tool only searches"
    return None, "not understood, so it counts as what the call is aimed at"


def _told(description: str) -> Role | None:
    """The role of the noun a parameter's description starts with: "The URL of the page" gives url."""
    if not description:
        return None
    if _FLAGGED.match(description):
        return "flag"
    text = description[_OPENING.match(description).end() :][:200]  # type: ignore[union-attr]
    end = _HEAD_END.search(text)
    head = text[: end.start()] if end else text
    return named_role(head.strip().replace(" ", "_")) if head.strip() else None
