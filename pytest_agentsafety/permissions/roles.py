"""What a tool's parameters mean, from their names and types."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any, get_args, get_origin

from pytest_agentsafety.model.policy import Role, ToolRule
from pytest_agentsafety.permissions.words import COUNTING, KEY_KINDS, ROLE_WORDS, singular, tokens

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
_SOURCES, _TARGETS = frozenset({"source", "src", "old"}), frozenset({"destination", "dest", "dst", "target", "new"})


def _token_role(words: list[str], index: int) -> Role | None:
    word = singular(words[index])
    if word == "key" and KEY_KINDS & set(words):
        return "secret"
    role = ROLE_WORDS.get(word)
    if role == "secret" and COUNTING & set(words):
        return "other"
    return role


@lru_cache(maxsize=4096)
def role_of_name(name: str) -> Role:
    """The role a parameter's name suggests; the last known word decides ("file_content" is content)."""
    words = tokens(name)
    secrets = any(_token_role(words, index) == "secret" for index in range(len(words)))
    if secrets:
        return "secret"
    for index in reversed(range(len(words))):
        role = _token_role(words, index)
        if role is not None:
            return role
    return "destination" if words and words[-1] == "to" else "other"  # "to", "send_to", but not "to_currency"


def _schema_role(schema: Mapping[str, Any]) -> Role | None:
    """A JSON schema's word; None when the name has to decide."""
    if "enum" in schema or "const" in schema or schema.get("type") == "boolean":
        return "other"
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
        return "other"
    found = {_TYPES[word] for word in words if word in _TYPES}
    return found.pop() if len(found) == 1 else None


def _role(name: str, kind: Any) -> Role:
    stated = _schema_role(kind) if isinstance(kind, Mapping) else _annotation_role(kind)
    return stated or role_of_name(name)


def _file_pair(names: Iterable[str]) -> set[str]:
    """`copy(source, destination)` moves files about: both are paths, though each alone could be anything."""
    plain = set(names)
    sources, targets = plain & _SOURCES, plain & _TARGETS
    return sources | targets if sources and targets else set()


def infer_roles(parameters: Mapping[str, Any] | Iterable[str]) -> dict[str, Role]:
    """Roles by parameter. Values are annotations (types or text) or JSON schemas; plain names will do.

    What nothing is known about is "other".
    """
    kinds = dict(parameters) if isinstance(parameters, Mapping) else dict.fromkeys(parameters)
    roles: dict[str, Role] = {name: _role(name, kind) for name, kind in kinds.items()}
    for name in _file_pair(kinds):
        roles[name] = "path"
    return roles


def with_inferred_roles(rule: ToolRule, parameters: Mapping[str, Any] | Iterable[str]) -> ToolRule:
    """The rule with its undeclared roles filled in. What stays unknown is left out: nobody said it is harmless."""
    inferred = {name: role for name, role in infer_roles(parameters).items() if role != "other"}
    return replace(rule, roles={**inferred, **rule.roles})
