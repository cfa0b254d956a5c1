"""MCP as it is on the wire, plain JSON: tools as specs, results as the text that guards look at, and back."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterator, Mapping
from typing import Any

from pytest_agentsafety.model.messages import RenderedText, ToolSpec

_HINTS = ("readOnlyHint", "destructiveHint", "idempotentHint", "openWorldHint")
# The members of a result that are read, or that no model is shown.
_PLAIN = frozenset({"content", "structuredContent", "isError", "resultType", "_meta"})


def spec_of(tool: Mapping[str, Any], *, name: str = "") -> ToolSpec:
    """A tool of a `tools/list` result. `name` is what the model calls it, where that is another name.

    Takes whatever a server sends: a field of a wrong type counts as absent.
    """
    annotations = _mapping(tool.get("annotations")) or {}
    description = tool.get("description")
    return ToolSpec(
        name=name or str(tool.get("name", "")),
        fn=_remote,
        description=description if isinstance(description, str) else "",
        input_schema=_mapping(tool.get("inputSchema")) or {"type": "object", "properties": {}},
        output_schema=_mapping(tool.get("outputSchema")),
        hints={hint: annotations[hint] for hint in _HINTS if isinstance(annotations.get(hint), bool)},
    )


def _remote(**_: Any) -> str:
    """Stands for the function of a tool that runs elsewhere. What it returns comes as text."""
    return ""


def rendered(result: Mapping[str, Any]) -> RenderedText:
    """A tool's result (or anything else a server answered) as one text. Pictures and sound are named, not shown."""
    content = result.get("content")
    texts = [_block_text(block) for block in content] if isinstance(content, list) else [_json(dict(result))]
    structured = result.get("structuredContent")
    if structured is not None and not _says(texts, structured):
        texts.append(_json(structured))
    if isinstance(content, list):  # a client may show whatever came
        texts += [f"{name}: {_json(value)}" for name, value in result.items() if name not in _PLAIN]
    return RenderedText("\n".join(texts), structured)


def refused(text: str) -> dict[str, Any]:
    """The result of a call that was not sent."""
    return _result(str(text), is_error=True)


def settled(
    shown: Any, text: str, original: Mapping[str, Any], *, schema: Mapping[str, Any] | None = None
) -> Mapping[str, Any]:
    """The result that goes on, from what the door made of `text`: the very same where it left it alone."""
    if shown is text:
        return original
    return replaced(shown, is_error=original.get("isError") is True, schema=schema)


def replaced(shown: Any, *, is_error: bool = False, schema: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """A result made of what the door gave: a denial, a stand-in's value, a text that a guard changed.

    `schema` is the tool's output schema: where the text can be what it asks for, it is the structured content too.
    """
    if is_denial(shown):
        return refused(shown)
    text = shown if isinstance(shown, str) else _json(shown)
    made = _result(str(text), is_error=is_error)
    structured = _structured(shown, schema)
    if structured is not None and not is_error:
        made["structuredContent"] = structured
    return made


def _result(text: str, *, is_error: bool) -> dict[str, Any]:
    """`resultType` is asked for since 2026-07-28; older peers ignore it."""
    return {"content": [{"type": "text", "text": text}], "isError": is_error, "resultType": "complete"}


def _structured(shown: Any, schema: Mapping[str, Any] | None) -> dict[str, Any] | None:
    value = getattr(shown, "structured", shown)
    if isinstance(value, Mapping):
        return dict(value)
    if schema is None:
        return None
    if set(_mapping(schema.get("properties")) or ()) == {"result"}:  # how servers wrap what is no object
        return {"result": value}
    return next((reading for reading in _readings(str(shown)) if isinstance(reading, dict)), None)


def is_denial(shown: Any) -> bool:
    """Is this the text of a denied or held call?"""
    return isinstance(shown, str) and getattr(shown, "status", "") in ("denied", "held")


def _block_text(block: Any) -> str:
    if not isinstance(block, Mapping):
        return _json(block)
    kind = block.get("type")
    if kind == "text" and isinstance(block.get("text"), str):
        return str(block["text"])
    if kind in ("image", "audio"):
        return _blob(str(kind), block.get("mimeType"), block.get("data"))
    resource = _mapping(block.get("resource"))
    if kind == "resource" and resource is not None:
        body = resource.get("text")
        if not isinstance(body, str):
            body = _blob("resource", resource.get("mimeType"), resource.get("blob"))
        return f"{resource.get('uri', '')}\n{body}"
    return _json(dict(block))


def _blob(kind: str, mime: Any, data: Any) -> str:
    """What is said of bytes; those that are a text are shown, whatever the server calls them."""
    try:
        raw = base64.b64decode(data if isinstance(data, str) else "", validate=False)
    except (binascii.Error, ValueError):
        return f"[{kind} {mime}] {data}"
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return f"[{kind} {mime}, {len(raw)} bytes]"


def _says(texts: list[str], structured: Any) -> bool:
    """Does a text hold the structured content already? Servers repeat it there for older clients."""
    inner = structured["result"] if isinstance(structured, dict) and set(structured) == {"result"} else structured
    whole = "\n".join(texts)
    return any(value in (inner, structured) for value in _readings(whole))


def _readings(text: str) -> Iterator[Any]:
    yield text
    try:
        yield json.loads(text)
    except (ValueError, RecursionError):
        return


def _mapping(value: Any) -> dict[str, Any] | None:
    return dict(value) if isinstance(value, Mapping) else None


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)
