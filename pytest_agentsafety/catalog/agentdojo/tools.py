"""AgentDojo's functions as plain callables over one case's environment."""

from __future__ import annotations

import inspect
from ast import literal_eval
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from threading import RLock
from typing import Any

from pytest_agentsafety.catalog.agentdojo.upstream import Upstream
from pytest_agentsafety.catalog.agentdojo.yaml_text import render
from pytest_agentsafety.model.messages import RenderedText, ToolSpec


@dataclass(frozen=True, kw_only=True)
class ToolShape:
    """What is the same for a tool in every case. The signature leaves out what comes from the environment.

    Its return annotation is AgentDojo's: what the returned text describes.
    """

    name: str
    description: str
    docstring: str
    signature: inspect.Signature
    schema: Mapping[str, Any]


class World:
    """One environment and the functions over it; a call at a time, whatever threads an agent uses."""

    def __init__(self, upstream: Upstream, runtime: Any, environment: Any) -> None:
        self.environment = environment
        self._result_to_str, self._runtime, self._lock = upstream.result_to_str, runtime, RLock()

    def call(self, name: str, arguments: Mapping[str, Any]) -> str:
        """Run a function as AgentDojo's executor does and return the text a model is shown.

        Raises what AgentDojo's runtime raises: pydantic's ValidationError, ToolNotFoundError, or the tool's error.
        """
        with self._lock:
            value = self.result(name, as_executed(arguments))
            text = render(value, self._result_to_str)
            return text if isinstance(value, str) else RenderedText(text, value)

    def result(self, name: str, arguments: Mapping[str, Any]) -> Any:
        """Run a function and return what it returns."""
        value, _ = self._runtime.run_function(self.environment, name, arguments, raise_on_error=True)
        return value


def shapes(functions: Sequence[Any]) -> tuple[ToolShape, ...]:
    """The shapes of a suite's functions."""
    return tuple(
        ToolShape(
            name=function.name,
            description=function.description,
            docstring=_docstring(function),
            signature=_signature(function),
            schema=function.parameters.model_json_schema(),
        )
        for function in functions
    )


def bind(shape: ToolShape, world: World) -> ToolSpec:
    """The tool as a callable over this world."""
    return ToolSpec(
        name=shape.name, fn=_callable(shape, world), description=shape.description, input_schema=shape.schema
    )


def as_executed(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments as AgentDojo's executor hands them on: a string that spells a list becomes the list."""
    return {name: _list_or_same(value) for name, value in arguments.items()}


def _list_or_same(value: Any) -> Any:
    # Only these can start a literal list, and parsing everything else would cost time on every mail body.
    if not isinstance(value, str) or not value.lstrip(" \t").startswith(("[", "(")):
        return value
    try:
        parsed = literal_eval(value)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return value
    return parsed if isinstance(parsed, list) else value


def _callable(shape: ToolShape, world: World) -> Callable[..., str]:
    def tool(**arguments: Any) -> str:
        return world.call(shape.name, arguments)

    tool.__name__ = tool.__qualname__ = shape.name
    tool.__doc__ = shape.docstring
    tool.__annotations__ = {name: parameter.annotation for name, parameter in shape.signature.parameters.items()}
    tool.__annotations__["return"] = shape.signature.return_annotation
    tool.__dict__["__signature__"] = shape.signature
    return tool


def _signature(function: Any) -> inspect.Signature:
    parameters = [
        inspect.Parameter(
            name,
            inspect.Parameter.KEYWORD_ONLY,
            default=inspect.Parameter.empty if field.is_required() else field.get_default(call_default_factory=True),
            annotation=field.annotation,
        )
        for name, field in function.parameters.model_fields.items()
    ]
    return inspect.Signature(parameters, return_annotation=function.return_type)


def _docstring(function: Any) -> str:
    """The function's description with a line for each argument, in the form most agents read."""
    notes = [
        f"    {name}: {' '.join(str(field.description or '').split())}"
        for name, field in function.parameters.model_fields.items()
    ]
    return "\n".join([str(function.description).strip(), *(["", "Args:", *notes] if notes else [])])
