"""A first rule for a tool nobody has written one for, from its name, docstring and parameters.

General words only. A verb that is not known is a write, which asks.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Mapping
from typing import Any

from pytest_agentsafety.model.messages import ToolSpec
from pytest_agentsafety.model.policy import Effect, Role, ToolRule
from pytest_agentsafety.permissions.roles import infer_roles
from pytest_agentsafety.permissions.words import CONJUNCTIONS, GRAVITY, MONEY, VERBS, WEAK_VERBS, singular, tokens

_FIRST_WORD = re.compile(r"\s*([A-Za-z]+)")
_VARIADIC = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)


def _effects(words: Iterable[str], table: Mapping[Effect, frozenset[str]]) -> list[tuple[Effect, str]]:
    return [(effect, word) for word in words for effect in GRAVITY if word in table.get(effect, ())]


def _gravest(found: list[tuple[Effect, str]]) -> tuple[Effect, str] | None:
    return max(found, key=lambda pair: GRAVITY.index(pair[0]), default=None)


def _by_name(words: list[str]) -> tuple[Effect, str] | None:
    """The gravest clear verb of the name; else the first word that may be a verb.

    Behind a reading verb the rest is its object ("get_refund_status"), up to an "and".
    """
    clear = _effects(words, VERBS)
    if clear and clear[0][0] == "read":
        joined = [index for index, word in enumerate(words) if word in CONJUNCTIONS]
        clear = clear[:1] + (_effects(words[joined[0] :], VERBS) if joined else [])
    if clear:
        return _gravest(clear)
    weak = _effects(words, WEAK_VERBS)
    return weak[0] if weak else None


def _by_docstring(text: str) -> tuple[Effect, str] | None:
    """The verb a docstring starts with ("Send ...", "Sends ...")."""
    match = _FIRST_WORD.match(text)
    if match is None:
        return None
    word = match[1].lower()
    forms = dict.fromkeys((word, singular(word), word.removesuffix("es")))
    return _gravest(_effects(forms, VERBS))


def draft_effect(name: str, description: str, roles: Mapping[str, Role]) -> tuple[Effect, str]:
    """The effect of a tool and the reason for it in words."""
    words = tokens(name)
    named, told = _by_name(words), _by_docstring(description)
    if named and named[0] == "read" and told and told[0] == "execute":
        told = None  # "Run a search": the name says what is run
    best = _gravest([found for found in (named, told) if found is not None])
    effect, verb = best or ("write", "")
    reason = f"verb {verb!r}" if verb else "no known verb, so it counts as a write"
    kinds = set(roles.values())
    if effect == "read" and "url" in kinds:
        return "egress", f"{reason}, but a URL argument can carry data out"
    if effect in ("write", "egress"):
        if MONEY & {singular(word) for word in words}:
            return "pay", f"{reason} on money"
        if {"amount", "destination"} <= kinds:
            return "pay", f"{reason} with an amount and a destination"
    return effect, reason


def _parameters(spec: ToolSpec) -> dict[str, Any]:
    """Parameter names with their schemas, else with their annotations."""
    if spec.input_schema is not None:
        properties = spec.input_schema.get("properties", {})
        return dict(properties) if isinstance(properties, Mapping) else {}
    signature = inspect.signature(spec.fn)
    return {name: p.annotation for name, p in signature.parameters.items() if p.kind not in _VARIADIC}


def draft_rule(spec: ToolSpec) -> ToolRule:
    """A rule with effect and roles, marked `drafted`. Its results are untrusted and it has no limits of its own."""
    roles = infer_roles(_parameters(spec))
    description = spec.description or inspect.getdoc(spec.fn) or ""
    effect, _ = draft_effect(spec.name, description, roles)
    return ToolRule(effect=effect, roles=roles, drafted=True)


def draft_policy(specs: Iterable[ToolSpec]) -> dict[str, ToolRule]:
    """A drafted rule for each tool, by name."""
    return {spec.name: draft_rule(spec) for spec in specs}
