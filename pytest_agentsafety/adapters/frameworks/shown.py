"""What a framework knows of its tools, as ToolSpecs; and answers of agents as text."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from typing import Any

from pytest_agentsafety.model.canonical import canonical_json
from pytest_agentsafety.model.messages import RenderedText, ToolSpec

_MOST = 4_096
# A spec that stays the same object is not read again by the rule book; it keeps the function its key is the id of.
_SPECS: dict[tuple[str, str, int, str], ToolSpec] = {}
_PLAIN = (str, int, float, bool, type(None), dict, list, tuple)


def spec_of(name: str, fn: Callable[..., Any] | None, description: str | None, schema: Mapping[str, Any]) -> ToolSpec:
    """The spec of a tool that the model is shown with this schema; `fn` None where its function is not known."""
    run = elsewhere if fn is None else fn
    key = (name, description or "", id(run), canonical_json(schema))
    found = _SPECS.get(key)
    if found is None:
        if len(_SPECS) >= _MOST:
            _SPECS.clear()
        found = _SPECS[key] = ToolSpec(name=name, fn=run, description=description or "", input_schema=dict(schema))
    return found


def elsewhere(**arguments: Any) -> str:
    """Stands for the function of a tool whose function the framework does not show."""
    raise NotImplementedError("this tool is run by its framework")


def readable(value: Any) -> Any:
    """A tool's result as guards can read it: plain data as it is, a model or a dataclass as the JSON it is shown as."""
    core = sys.modules.get("pydantic_core")
    if _is_plain(value) or core is None:
        return value
    try:
        return RenderedText(core.to_json(value).decode(), core.to_jsonable_python(value))
    except Exception:  # noqa: BLE001 - foreign objects; the guards read what `str` makes of it
        return value


def _is_plain(value: Any) -> bool:
    """One look deep: a list of models is none."""
    if not isinstance(value, _PLAIN):
        return False
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, (list, tuple)) else ()
    return all(isinstance(item, _PLAIN) for item in inner)


def answer_of(output: Any) -> str:
    """An agent's final output as text; what is structured as JSON."""
    if isinstance(output, str):
        return output
    core = sys.modules.get("pydantic_core")
    if output is None or core is None:
        return "" if output is None else str(output)
    text: str = core.to_json(output, serialize_unknown=True).decode()
    return text
