"""Fresh environments, fast: parsed and validated once with markers in them, then filled in per case.

AgentDojo formats the injections into a suite's YAML text, parses it and validates it, for each case. Here that is
done once with a marker for each injection. Per case the environment is unpickled with the marked strings replaced,
each by what its own YAML scalar parses to with the injections in it, and every object that holds one is validated
again with its real values. Whatever this cannot promise to equal goes through AgentDojo's own loader.
"""

from __future__ import annotations

import pickle
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from string import Formatter
from typing import Any

import yaml

from pytest_agentsafety.catalog.agentdojo.upstream import Upstream

_MARK = "agentsafety-marker-"
# Long, of many lines and full of YAML's own characters: what a check of the template is made with.
_PROBE = "\n\n  probe: 'text' # of\n\n\n- {many}: lines,\t[with] \u00e9 & *marks* ~ %s\n" * 4


class _NotCovered(Exception):
    """The fast way cannot promise the same environment."""


@dataclass(frozen=True, kw_only=True)
class _Scalar:
    """One quoted scalar of the suite's text, with placeholders in it; `vectors` are those it names."""

    source: str
    vectors: frozenset[str]

    def value(self, texts: Mapping[str, str]) -> str:
        return _parse_quoted(self.source.format(**texts))


class _Pickler(pickle.Pickler):
    def __init__(self, file: BytesIO, marked: Mapping[str, int]) -> None:
        super().__init__(file, protocol=pickle.HIGHEST_PROTOCOL)
        self._marked = marked

    def persistent_id(self, obj: object) -> int | None:
        if not isinstance(obj, str) or _MARK not in obj:
            return None
        if type(obj) is not str or obj not in self._marked:
            raise _NotCovered  # a validator has changed the string
        return self._marked[obj]


class _Unpickler(pickle.Unpickler):
    def __init__(self, file: BytesIO, values: list[str]) -> None:
        super().__init__(file)
        self._values = values

    def persistent_load(self, pid: int) -> str:
        return self._values[pid]


class _Marked:
    """A pickled environment that has markers in it, and the scalars they stand in."""

    def __init__(self, environment: Any, scalars: list[_Scalar], texts: Mapping[str, str], base: type[Any]) -> None:
        self._scalars = scalars
        out = BytesIO()
        pickler = _Pickler(out, {scalar.value(texts): number for number, scalar in enumerate(scalars)})
        pickler.dump((environment, _holders(environment, base)))
        self._blob = out.getvalue()

    def fill(self, texts: Mapping[str, str]) -> Any:
        values = [scalar.value(texts) for scalar in self._scalars]
        environment, holders = _Unpickler(BytesIO(self._blob), values).load()
        for holder in holders:
            _validate_again(holder)
        return environment


class _Template:
    """A suite's environment with markers in it. Building one raises _NotCovered where filling in might differ."""

    def __init__(self, upstream: Upstream, suite: Any) -> None:
        self._base = upstream.base_model
        text = upstream.read_suite_file(suite.name, "environment.yaml", suite.data_path)
        self._defaults: dict[str, str] = suite.get_injection_vector_defaults()
        self._marks = {vector: f"{_MARK}{number}-" for number, vector in enumerate(self._defaults)}
        self._scalars = _scalars(text, self._defaults)

        def parsed(texts: Mapping[str, str]) -> Any:
            data = yaml.load(text.format(**texts), yaml.CSafeLoader)
            return suite.environment_type.model_validate(data)

        self._whole = _Marked(parsed(self._marks), self._scalars, self._marks, self._base)
        self._by_vectors: dict[frozenset[str], _Marked] = {}
        for injections in ({}, dict.fromkeys(self._defaults, _PROBE)):
            if self.fill(injections) != parsed({**self._defaults, **injections}):
                raise _NotCovered

    def fill(self, injections: Mapping[str, str]) -> Any:
        """A new environment. Raises _NotCovered for a text that does not stay inside its scalar."""
        vectors = frozenset(injections)
        if not vectors <= self._defaults.keys():
            raise _NotCovered
        if vectors not in self._by_vectors:
            self._by_vectors[vectors] = self._marked_at(vectors)
        return self._by_vectors[vectors].fill({**self._defaults, **injections})

    def _marked_at(self, vectors: frozenset[str]) -> _Marked:
        """Markers at these vectors and defaults elsewhere, so that a case fills in no more than it injects."""
        texts = {**self._defaults, **{vector: self._marks[vector] for vector in vectors}}
        scalars = [scalar for scalar in self._scalars if scalar.vectors & vectors]
        return _Marked(self._whole.fill(texts), scalars, texts, self._base)


class Environments:
    """Makes the environments of one suite; a new one for each call."""

    def __init__(self, upstream: Upstream, suite: Any) -> None:
        self._upstream, self._suite = upstream, suite
        self._template: _Template | None = None
        self._tried = False

    @property
    def fast(self) -> bool:
        """Whether the suite has a template; building it happens on first use."""
        if not self._tried:
            self._tried = True
            self._template = self._build()
        return self._template is not None

    def load(self, injections: Mapping[str, str]) -> Any:
        """The environment with these injections, defaults elsewhere. Raises what AgentDojo's loader raises."""
        if self.fast:
            assert self._template is not None
            try:
                return self._template.fill(injections)
            except (_NotCovered, ValueError):
                pass  # AgentDojo's own loader has the last word, and its own error
        return self._suite.load_and_inject_default_environment(dict(injections))

    def _build(self) -> _Template | None:
        loader = type(self._suite).load_and_inject_default_environment
        if not yaml.__with_libyaml__ or loader is not self._upstream.task_suite.load_and_inject_default_environment:
            return None
        try:
            return _Template(self._upstream, self._suite)
        # Any failure to build means no more than that the slow way is taken, which reports what is wrong.
        except (_NotCovered, yaml.YAMLError, pickle.PicklingError, ValueError, TypeError, AttributeError, LookupError):
            return None


class Snapshot:
    """An environment as it was when this was made; calling it gives a new copy. `size` in bytes, None if unknown."""

    def __init__(self, environment: Any) -> None:
        self._kept, self._blob = None, b""
        try:
            self._blob = pickle.dumps(environment, protocol=pickle.HIGHEST_PROTOCOL)
        except (pickle.PicklingError, TypeError, AttributeError):
            self._kept = environment.model_copy(deep=True)

    @property
    def size(self) -> int | None:
        return len(self._blob) if self._kept is None else None

    def __call__(self) -> Any:
        if self._kept is not None:
            return self._kept.model_copy(deep=True)
        return pickle.loads(self._blob)  # noqa: S301 (our own bytes, never stored)


def _scalars(text: str, vectors: Mapping[str, str]) -> list[_Scalar]:
    """The quoted scalars of `text` that name a vector, each source once. Raises _NotCovered for anything else."""
    found: dict[str, _Scalar] = {}
    named = 0
    for event in yaml.parse(text, yaml.CSafeLoader):
        if not isinstance(event, yaml.ScalarEvent) or "{" not in event.value:
            continue
        start, end = _span(event)
        source = text[start:end]
        fields = list(_fields(source))
        if not fields:
            continue
        is_key = re.match(r"\s*:(?:\s|$)", text[end:]) is not None  # a key may not break over lines
        if event.style != '"' or is_key or not vectors.keys() >= set(fields):
            raise _NotCovered
        named += len(fields)
        found[source] = _Scalar(source=source, vectors=frozenset(fields))
    if named != len(list(_fields(text))):
        raise _NotCovered
    return list(found.values())


def _fields(text: str) -> Iterator[str]:
    return (name for _, name, _, _ in Formatter().parse(text) if name is not None)


def _parse_quoted(source: str) -> str:
    """The value of YAML source that must be one double-quoted scalar from end to end."""
    loader = yaml.CSafeLoader(source)
    try:
        node = loader.get_single_node()
    except yaml.YAMLError:
        raise _NotCovered from None
    finally:
        loader.dispose()
    if not isinstance(node, yaml.ScalarNode) or node.style != '"' or _span(node) != (0, len(source)):
        raise _NotCovered
    return str(node.value)


def _span(part: Any) -> tuple[int, int]:
    """Where a YAML node or event stands in its text, end exclusive."""
    return part.start_mark.index, part.end_mark.index


def _holders(environment: Any, base_model: type[Any]) -> list[Any]:
    """The models that hold a marked string in a field of their own, or in plain containers below it."""
    found: dict[int, Any] = {}
    seen: set[int] = set()

    def walk(value: Any, owner: Any) -> None:
        if isinstance(value, str):
            if _MARK in value:
                found[id(owner)] = owner
            return
        if id(value) in seen:
            return
        if isinstance(value, base_model):
            seen.add(id(value))
            for child in value.__dict__.values():
                walk(child, value)
        elif isinstance(value, Mapping):
            for key, child in value.items():
                walk(key, owner)
                walk(child, owner)
        elif isinstance(value, (list, tuple, set, frozenset)):
            for child in value:
                walk(child, owner)

    walk(environment, environment)
    if any(_has_alias(type(holder)) for holder in found.values()):
        raise _NotCovered
    return list(found.values())


def _has_alias(model: type[Any]) -> bool:
    return any(field.alias or field.validation_alias for field in model.model_fields.values())


def _validate_again(model: Any) -> None:
    """Run the model's validation over its own values, in place, so that derived fields follow the filled-in text."""
    values = {name: value for name, value in model.__dict__.items() if name in model.model_fields_set}
    model.__init__(**values)
