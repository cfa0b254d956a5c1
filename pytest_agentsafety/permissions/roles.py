"""What a tool's parameters mean, from their names and types."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any, get_args, get_origin

from pytest_agentsafety.model.policy import Role, ToolRule
from pytest_agentsafety.permissions.words import (
    CODED,
    COUNTING,
    KEY_KINDS,
    PLAIN,
    ROLE_WORDS,
    singular,
    tokens,
)

_FORMATS: dict[str, Role] = {
    "email": "destination",
    "idn-email": "destination",
    "uri": "url",
    "url": "url",
    "iri": "url",
    "uri-reference": "url",
    "iri-reference": "url",
    "hostname": "url",
    "idn-hostname": "url",
    "ipv4": "url",
    "ipv6": "url",
    "uuid": "identifier",
    "path": "path",
    "file-path": "path",
    "directory-path": "path",
    "password": "secret",
}
_TYPES: dict[str, Role] = {
    **dict.fromkeys(("Path", "PurePath", "PosixPath", "PathLike", "FilePath", "DirectoryPath", "NewPath"), "path"),
    **dict.fromkeys(("HttpUrl", "AnyUrl", "AnyHttpUrl"), "url"),
    **dict.fromkeys(("EmailStr", "NameEmail"), "destination"),
    **dict.fromkeys(("SecretStr", "SecretBytes"), "secret"),
    **dict.fromkeys(("UUID", "UUID4"), "identifier"),
}
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")
_IDENTIFIER = re.compile(r"[^\W\d]\w*")
_FLAG_TYPES = frozenset({"bool", "None", "NoneType", "Optional", "Union", "typing"})
_NAMING = frozenset({"name", "label", "list", "number", "no", "num"})
_LABELS = frozenset({"tags", "labels"})  # several of them describe, a single one may name
_PLACED = frozenset(
    {"page", "line", "door", "apartment", "floor", "house", "building", "row", "column", "episode", "season"}
)
_FORMS = frozenset({"color", "colour", "language", "voice", "model", "font", "theme", "style", "currency", "locale"})
_OF_PEOPLE = frozenset({"first", "last", "full", "display", "middle", "given", "family"})
_COUNTED = frozenset({"num", "max", "min", "n", "number", "maximum", "minimum", "limit"})
_SOURCES, _TARGETS = frozenset({"source", "src", "old"}), frozenset({"destination", "dest", "dst", "target", "new"})


def _token_role(words: list[str], index: int) -> Role | None:
    word = singular(words[index])
    if word == "key" and KEY_KINDS & set(words):
        return "secret"
    if word == "code" and index and CODED & {words[index - 1]}:
        return "other"
    if words[index] in _LABELS:
        return "content"
    role = ROLE_WORDS.get(word)
    if role == "secret" and COUNTING & set(words):
        return "other"
    return role or ("other" if word in PLAIN or words[index] in PLAIN else None)


@lru_cache(maxsize=4096)
def named_role(name: str) -> Role | None:
    """The role a parameter's name suggests, None when it has no word that is known.

    The last known word decides: "file_content" is content, "max_price" an amount, "page_size" a mere size. A name or
    title is that of what stands before it ("file_name"), and a limit or a filter is nothing that a call is aimed at.
    """
    words = tokens(name)
    if any(_token_role(words, index) == "secret" for index in range(len(words))):
        return "secret"
    if words and words[-1] == "to":
        return "destination"  # "to", "send_to", but not "to_currency"
    if len(words) > 1 and words[0] in ("include", "exclude"):
        return "query"
    if len(words) > 1 and words[-1] in ("any", "all", "not"):
        return "query"  # "assignee_any": a filter
    if len(words) > 1 and words[-1] in ("number", "no") and words[-2] in _PLACED:
        return "content"
    if len(words) > 1 and words[-1] in ("id", "ids") and words[-2] in _FORMS:
        return "other"  # "color_id": one of a list of forms
    if len(words) > 1 and words[-1] == "index" and words[0] in ("start", "end"):
        return "other"
    found = [(index, role) for index in range(len(words)) if (role := _token_role(words, index)) is not None]
    if not found:
        return None
    index, role = found[-1]
    if singular(words[index]) in _NAMING and len(words) > 1 and words[index - 1] not in _OF_PEOPLE:
        if len(found) == 1:
            return None  # the name of something unknown
        index, role = found[-2]
    return "other" if len(words) > 1 and words[0] in _COUNTED and role != "amount" else role


def role_of_name(name: str) -> Role:
    """The role a parameter's name suggests, "other" when it suggests none."""
    return named_role(name) or "other"


def _schema_role(schema: Mapping[str, Any]) -> Role | None:
    """A JSON schema's word; None when the name has to decide."""
    if "enum" in schema or "const" in schema or schema.get("type") == "boolean":
        return "flag"
    if schema.get("type") == "object":
        return "other"
    if "contentEncoding" in schema or "contentMediaType" in schema:
        return "content"
    role = _FORMATS.get(str(schema.get("format", "")).lower())
    if role is not None:
        return role
    inner = [schema["items"]] if isinstance(schema.get("items"), Mapping) else []
    for keyword in ("anyOf", "oneOf", "allOf"):
        options = schema.get(keyword)
        inner += [option for option in options if isinstance(option, Mapping)] if isinstance(options, list) else []
    found = {_schema_role(option) for option in inner if option.get("type") != "null"}
    return found.pop() if len(found) == 1 else None


def _annotation_role(annotation: Any) -> Role | None:
    """A Python annotation's word (a type or its source text); None when the name has to decide."""
    if hasattr(annotation, "__metadata__"):  # Annotated[...]: only the type speaks
        annotation = get_args(annotation)[0]
    if isinstance(annotation, type) and get_origin(annotation) is None:
        text = annotation.__name__
    else:
        text = _QUOTED.sub("", str(annotation))
    words = set(_IDENTIFIER.findall(text))
    if "Literal" in words or (words and words <= _FLAG_TYPES and "bool" in words):
        return "flag"
    found = {_TYPES[word] for word in words if word in _TYPES}
    return found.pop() if len(found) == 1 else None


def stated_role(kind: Any) -> Role | None:
    """What a parameter's JSON schema or annotation alone says; None when the name has to decide."""
    return _schema_role(kind) if isinstance(kind, Mapping) else _annotation_role(kind)


def _role(name: str, kind: Any) -> Role:
    return stated_role(kind) or role_of_name(name)


def file_pair(names: Iterable[str]) -> set[str]:
    """The ends of a copy, `copy(source, destination)`: both are paths, though each alone could be anything."""
    plain = set(names)
    sources, targets = plain & _SOURCES, plain & _TARGETS
    return sources | targets if sources and targets else set()


def infer_roles(parameters: Mapping[str, Any] | Iterable[str]) -> dict[str, Role]:
    """Roles by parameter. Values are annotations (types or text) or JSON schemas; plain names will do.

    What nothing is known about is "other".
    """
    kinds = dict(parameters) if isinstance(parameters, Mapping) else dict.fromkeys(parameters)
    roles: dict[str, Role] = {name: _role(name, kind) for name, kind in kinds.items()}
    for name in file_pair(kinds):
        roles[name] = "path"
    return roles


def with_inferred_roles(rule: ToolRule, parameters: Mapping[str, Any] | Iterable[str]) -> ToolRule:
    """The rule with its undeclared roles filled in. What stays unknown is left out: nobody said it is harmless."""
    inferred = {name: role for name, role in infer_roles(parameters).items() if role != "other"}
    return replace(rule, roles={**inferred, **rule.roles})
