"""What a tool shows of itself: its parameters and what it returns, from a JSON schema or a signature."""

from __future__ import annotations

import inspect
import re
import typing
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pytest_agentsafety.model.messages import ToolSpec

_VARIADIC = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
_REFERENCE = "#/"
_DEEPEST = 6
_QUOTED = re.compile(r"['\"](\w[\w .-]{0,60})['\"]")
_IDENTIFIER = re.compile(r"[^\W\d]\w*")
_PYTHON_TYPES = {
    "str": "string",
    "int": "integer",
    "float": "number",
    "Decimal": "number",
    "bool": "boolean",
    "bytes": "string",
    "list": "array",
    "List": "array",
    "Sequence": "array",
    "Iterable": "array",
    "set": "array",
    "tuple": "array",
    "dict": "object",
    "Dict": "object",
    "Mapping": "object",
    "None": "null",
    "NoneType": "null",
}


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """One parameter. `kind` is its JSON schema or annotation, `types` the JSON types of it and of its items."""

    name: str
    kind: Any
    types: frozenset[str]
    description: str
    inner: tuple[Parameter, ...] = ()

    @property
    def choices(self) -> tuple[str, ...]:
        """The values of a closed choice, as far as they are texts."""
        if isinstance(self.kind, Mapping):
            return tuple(one for part in parts(self.kind) for one in part.get("enum") or () if isinstance(one, str))
        text = str(self.kind)
        return tuple(_QUOTED.findall(text)) if "Literal[" in text else ()

    @property
    def textual(self) -> bool:
        """May it hold free text? A type nobody stated may."""
        return not self.types or "string" in self.types or self.types <= {"null", "array"}


def parameters(spec: ToolSpec) -> tuple[Parameter, ...]:
    """The parameters of a tool, from its input schema, else from its function's signature and docstring."""
    if spec.input_schema is not None:
        return tuple(_of_schema(spec.input_schema, spec.input_schema, 0))
    return tuple(_of_signature(spec))


def _of_schema(schema: Mapping[str, Any], root: Mapping[str, Any], depth: int) -> Iterator[Parameter]:
    properties = schema.get("properties")
    if not isinstance(properties, Mapping) or depth > _DEEPEST:
        return
    for name, stated in properties.items():
        kind = _resolved(stated, root)
        objects = [part for part in parts(kind) if isinstance(part.get("properties"), Mapping)]
        yield Parameter(
            name=str(name),
            kind=kind,
            types=_types(kind),
            description=str(kind.get("description") or ""),
            inner=tuple(one for part in objects for one in _of_schema(part, root, depth + 1)),
        )


def _resolved(schema: Any, root: Mapping[str, Any], depth: int = 0) -> Mapping[str, Any]:
    """The schema with its references followed, as far as the tool's own document goes."""
    if not isinstance(schema, Mapping) or depth > _DEEPEST:
        return {}
    reference = schema.get("$ref")
    if isinstance(reference, str) and reference.startswith(_REFERENCE):
        target: Any = root
        for step in reference.removeprefix(_REFERENCE).split("/"):
            target = target.get(step) if isinstance(target, Mapping) else None
        rest = {key: value for key, value in schema.items() if key != "$ref"}
        return {**_resolved(target, root, depth + 1), **rest}
    found = dict(schema)
    if isinstance(found.get("items"), Mapping):
        found["items"] = _resolved(found["items"], root, depth + 1)
    for keyword in ("anyOf", "oneOf", "allOf"):
        if isinstance(found.get(keyword), list):
            found[keyword] = [_resolved(option, root, depth + 1) for option in found[keyword]]
    return found


def parts(schema: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """A schema and what it is made of: its items and its alternatives."""
    yield schema
    if isinstance(schema.get("items"), Mapping):
        yield from parts(schema["items"])
    for keyword in ("anyOf", "oneOf", "allOf"):
        options = schema.get(keyword)
        for option in options if isinstance(options, list) else ():
            if isinstance(option, Mapping):
                yield from parts(option)


def _types(schema: Mapping[str, Any]) -> frozenset[str]:
    found: set[str] = set()
    for part in parts(schema):
        stated = part.get("type")
        found.update([stated] if isinstance(stated, str) else stated if isinstance(stated, list) else ())
    return frozenset(one for one in found if isinstance(one, str) and one != "null")


def _of_signature(spec: ToolSpec) -> Iterator[Parameter]:
    try:
        signature = inspect.signature(spec.fn)
    except (TypeError, ValueError):
        return
    told = described(spec.description or inspect.getdoc(spec.fn) or "")
    hints = _resolved_hints(spec.fn)
    for name, one in signature.parameters.items():
        if one.kind not in _VARIADIC and not (name in ("self", "cls") and one.annotation is one.empty):
            yield Parameter(
                name=name,
                kind=hints.get(name, one.annotation),
                types=annotation_types(hints.get(name, one.annotation)),
                description=told.get(name) or _annotated(hints.get(name, one.annotation)),
            )


def _resolved_hints(fn: Callable[..., Any]) -> Mapping[str, Any]:
    """Annotations as types, as far as they were written as text and can be resolved where they stand."""
    if not any(isinstance(hint, str) for hint in getattr(fn, "__annotations__", {}).values()):
        return {}
    try:
        return typing.get_type_hints(fn, include_extras=True)
    except Exception:  # noqa: BLE001 - resolving runs the text of the annotation
        return {}


def annotation_types(annotation: Any) -> frozenset[str]:
    """The JSON types that an annotation (a type or its source text) names; empty when it names none of them."""
    if annotation is inspect.Parameter.empty:
        return frozenset()
    text = (
        annotation.__name__ if isinstance(annotation, type) and not hasattr(annotation, "__args__") else str(annotation)
    )
    return frozenset(_PYTHON_TYPES[word] for word in _IDENTIFIER.findall(text) if word in _PYTHON_TYPES) - {"null"}


def _annotated(annotation: Any) -> str:
    """The words that `Annotated[...]` adds to a type: a text, or an object with a description."""
    for extra in getattr(annotation, "__metadata__", ()):
        text = extra if isinstance(extra, str) else getattr(extra, "description", None)
        if isinstance(text, str):
            return text
    return ""


_REST = re.compile(r":param\s+(?:[\w\[\], .|]+\s+)?(\w+)\s*:\s*(\S.*)")
_GOOGLE = re.compile(r"(\w+)\s*(?:\([^)\n]{0,80}\))?\s*:\s+(\S.*)")
_SECTION = re.compile(
    r"(args|arguments|parameters|params|inputs?|returns?|yields?|raises|examples?|notes?)\s*:?\s*\Z", re.IGNORECASE
)


def described(docstring: str) -> dict[str, str]:
    """What a docstring says of each parameter, in the styles of Sphinx and Google."""
    found: dict[str, str] = {}
    inside = False
    for line in docstring.splitlines():
        text = line.strip()
        section = _SECTION.match(text)
        if section:
            inside = section[1].lower()[:3] in ("arg", "par", "inp")
            continue
        match = _REST.match(text) or (_GOOGLE.match(text) if inside else None)
        if match:
            found.setdefault(match[1], match[2])
    return found


def returns(spec: ToolSpec) -> frozenset[str]:
    """The JSON types of what a tool returns; empty when nothing says so."""
    if spec.output_schema is not None:
        return _types(spec.output_schema)
    try:
        annotation = inspect.signature(spec.fn).return_annotation
    except (TypeError, ValueError):
        return frozenset()
    if annotation in (None, "None"):
        return frozenset({"null"})
    return annotation_types(annotation)


def description(spec: ToolSpec) -> str:
    """What a tool says of itself in words."""
    return spec.description or inspect.getdoc(spec.fn) or ""
