"""What a tool hands back: records of the user's own, text that others may have written, or a mere value."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pytest_agentsafety.lexicon import group_result, groups_of
from pytest_agentsafety.model.policy import Effect, Role
from pytest_agentsafety.model.sense import ResultKind
from pytest_agentsafety.permissions.drafting.acting import Acting
from pytest_agentsafety.permissions.drafting.sentence import Told
from pytest_agentsafety.permissions.words import singular, word_set

_SCALARS = frozenset({"integer", "number", "boolean", "null"})
_ASKING = frozenset({"is", "has", "can", "are", "does", "exists"})
_COMPOUND = frozenset({"array", "object"})
_REACHING: frozenset[Role] = frozenset({"url", "path", "query"})
_BROWSING = frozenset({"browser", "webpage", "tab", "playwright", "puppeteer"})
_FIGURES = word_set(
    "status count stat statistic size id info permission metadata type schema option version name total number"
)
_DIRECTORIES = word_set("place travel contact person event folder path order account employee team channel device")
_NUMBERED = word_set("address addresses number numbers extension extensions")
_BY_MAIL = word_set("mail email phone telephone")
_COMPUTING = frozenset({"calculate", "compare", "check", "wait", "think"})


def draw_result(
    act: Acting,
    told: Told,
    classes: frozenset[str],
    effect: Effect,
    roles: Mapping[str, Role],
    types: frozenset[str],
    hints: Mapping[str, Any],
) -> tuple[ResultKind, str]:
    """The sort of a result and the reason in words. What nothing is known about may come from outside."""
    if types and types <= _SCALARS:
        return "value", "numbers, true or false, or nothing"
    if effect == "execute":
        return "outside", "whatever the code prints"
    if effect == "egress" and ("url" in roles.values() or act.objects & {"request", "http", "api", "web", "browser"}):
        return "outside", "whatever stands at a URL"
    if effect != "read" and _BROWSING & {singular(word) for word in act.words}:
        return "outside", "a browser shows the page as it is then"
    if effect != "read":
        return ("own", "what was written") if types & _COMPOUND else ("value", "what became of the call")
    if hints.get("openWorldHint") is True:
        return "outside", "its server says that it reaches into the open world"
    if act.words[:1] and act.words[0] in _ASKING and not types & (_COMPOUND | {"string"}):
        return "value", "a question of yes or no"
    if classes and classes <= _COMPUTING and "path" not in roles.values():
        return "value", "computed from its arguments"
    texts = types & (_COMPOUND | {"string"})
    last = act.before_particle[-1:]
    if last and singular(last[0]) in _FIGURES and last[0] != "statuses":
        return ("own" if types & _COMPOUND else "value"), f"{last[0]!r} is a mere value"
    kind, why = _by_objects(act, told, classes, roles)
    return ("own", why) if kind == "value" and texts else (kind, why)


def _is_directory(told: Told, nouns: list[str]) -> bool:
    """ "The colleagues with their mail addresses": a list of people, and of nothing that people write."""
    said = set(told.words)
    if not said & _NUMBERED or not said & _BY_MAIL:
        return False
    groups = {group for noun in nouns if noun not in _BY_MAIL for group in groups_of(noun)}
    written = {"message", "mail", "comment", "post", "review", "event", "document", "file"}
    return "person" in groups and not groups & written


def _by_objects(act: Acting, told: Told, classes: frozenset[str], roles: Mapping[str, Role]) -> tuple[ResultKind, str]:
    heads = [noun for noun in sorted(act.heads | told.heads) if groups_of(noun)]
    nouns = heads or sorted(act.objects | told.objects)
    kinds = {group_result(group): noun for noun in nouns for group in groups_of(noun)}
    if not roles and _is_directory(told, nouns):
        return "own", "people with their addresses"
    if "outside" in kinds:
        return "outside", f"{kinds['outside']!r} may be written by others"
    groups = {group for noun in act.objects | told.objects for group in groups_of(noun)}
    if "search" in classes and not groups & _DIRECTORIES:
        return "outside", "whatever a search finds"
    reaching = [name for name, role in roles.items() if role in _REACHING]
    if reaching and "own" not in kinds:
        return "outside", f"what {reaching[0]!r} leads to"
    if "own" in kinds:
        return "own", f"{kinds['own']!r} is a record of the user"
    if "value" in kinds:
        return "value", f"{kinds['value']!r} is a mere value"
    return "outside", "nothing says what it reads"
