"""Tools as an agent's requests declare them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from pytest_agentsafety.llm.wire import parse_json
from pytest_agentsafety.model.canonical import canonical_json
from pytest_agentsafety.model.messages import ToolSpec


def spec_of(name: Any, description: Any, schema: Any) -> ToolSpec:
    """The tool as the door learns of it; the same object for the same declaration, which is learned only once then."""
    shown = canonical_json(schema) if isinstance(schema, Mapping) else ""
    return _spec(str(name), description if isinstance(description, str) else "", shown)


@lru_cache(maxsize=4096)
def _spec(name: str, description: str, schema: str) -> ToolSpec:
    return ToolSpec(
        name=name,
        fn=_elsewhere,
        description=description,
        input_schema=parse_json(schema.encode("utf-8", "surrogatepass")) if schema else {"type": "object"},
    )


def _elsewhere() -> None:
    """A tool of an agent in another process."""
