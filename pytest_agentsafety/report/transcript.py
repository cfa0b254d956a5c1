"""A transcript as steps to read: who said what, which call got which decision, and what the model saw."""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from pytest_agentsafety.model.errors import AgentSafetyError
from pytest_agentsafety.model.jsonl import read_lines
from pytest_agentsafety.model.safe_text import printable

MAX_TEXT = 8_000
MAX_CASE = 200_000
Step = dict[str, Any]


def case_steps(path: Path | None) -> list[Step]:
    """The steps of one case, at most about 200 KB of text; what was cut says so. Never raises for bad data."""
    if path is None:
        return [_note("warning", "There is no transcript of this case.")]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            events = list(read_lines(path))
    except AgentSafetyError as exc:
        return [_note("error", f"The transcript cannot be read: {exc}")]
    steps = steps_of(events)
    # Steps say less than the events, so that a small file needs no second look.
    return steps if path.stat().st_size <= MAX_CASE else _bounded(steps)


def steps_of(events: Iterable[Mapping[str, Any]]) -> list[Step]:
    """Turn events into steps; what happened to a tool call is gathered in one step."""
    steps: list[Step] = []
    calls: dict[tuple[str, str], Step] = {}
    for event in events:
        if str(event.get("type", "")) in _CALL_PARTS:
            _tool_event(event, steps, calls)
            continue
        step = _STEPS.get(str(event.get("type", "")), _other)(event)
        if step is not None:
            steps.append(step)
    return steps


def _tool_event(event: Mapping[str, Any], steps: list[Step], calls: dict[tuple[str, str], Step]) -> None:
    key = (str(event.get("task_id")), str(event.get("call_id")))
    if event["type"] == "tool_called" or key not in calls:
        calls[key] = {
            "k": "tool",
            "tool": _text(event.get("tool")),
            "effect": _text(event.get("effect")),
            "attacker": event.get("attacker") is True,
            "arguments": _json(event.get("arguments", {})),
            "decisions": [],
        }
        steps.append(calls[key])
    if event["type"] == "tool_decided":
        names = ("outcome", "guard", "rule", "reason", "argument", "origin")
        calls[key]["decisions"].append({name: _text(event.get(name)) for name in names})
    elif event["type"] == "approval_given":
        decision = {"outcome": _text(event.get("answer")), "guard": f"answered by {_text(event.get('by'))}"}
        calls[key]["decisions"].append(decision | {"rule": "", "reason": _text(event.get("reason"))})
    elif event["type"] == "tool_returned":
        calls[key]["status"] = _text(event.get("status"))
        calls[key]["result"] = _text(event.get("result"))
        calls[key]["ms"] = _number(event.get("latency_ms"))


def _started(event: Mapping[str, Any]) -> Step:
    injections = event.get("injections")
    pairs = injections.items() if isinstance(injections, Mapping) else ()
    return {
        "k": "start",
        "prompt": _text(event.get("prompt")),
        "injections": [[_text(vector), _text(value)] for vector, value in pairs],
    }


def _asked(event: Mapping[str, Any]) -> Step:
    messages = event.get("new_messages")
    shown = [_message(message) for message in _items(messages)]
    return {
        "k": "sent",
        "model": _text(event.get("model")),
        "messages": shown,
        "bytes": _number(event.get("body_bytes")),
    }


def _message(message: Any) -> dict[str, str]:
    if not isinstance(message, Mapping):
        return {"role": "", "text": _json(message)}
    content = message.get("content")
    parts = [content] if isinstance(content, str) else [_block(block) for block in _items(content)]
    return {"role": _text(message.get("role")), "text": _text("\n".join(parts))}


def _block(block: Any) -> str:
    """A content block in words: text as it is, a tool result as what the model sees."""
    if not isinstance(block, Mapping):
        return _json(block)
    if block.get("type") == "text":
        return str(block.get("text", ""))
    if block.get("type") == "tool_result":
        content = block.get("content")
        inner = content if isinstance(content, str) else "\n".join(_block(part) for part in _items(content))
        return f"[tool result] {inner}"
    if block.get("type") == "tool_use":
        return f"[tool use] {block.get('name')} {_json(block.get('input'))}"
    return _json(block)


def _replied(event: Mapping[str, Any]) -> Step:
    return {
        "k": "model",
        "model": _text(event.get("model")),
        "text": _text("\n".join(_block(block) for block in _items(event.get("content")))),
        "stop": _text(event.get("stop_reason")),
        "tokens": [_number(event.get("input_tokens")), _number(event.get("output_tokens"))],
        "cost": _number(event.get("cost_usd")),
        "ms": _number(event.get("latency_ms")),
        "source": _text(event.get("latency_source")),
    }


def _guard(event: Mapping[str, Any]) -> Step | None:
    if event.get("status") == "clean":
        return None
    names = ("stage", "guard", "status", "action", "rule", "reason", "source")
    return {"k": "guard", **{name: _text(event.get(name)) for name in names}, "score": _number(event.get("score"))}


def _answer(event: Mapping[str, Any]) -> Step:
    said, shown = _text(event.get("text")), _text(event.get("shown"))
    return {"k": "answer", "text": said, "shown": shown, "changed": said != shown}


def _model_failed(event: Mapping[str, Any]) -> Step:
    stop = " The run ends here." if event.get("stop") else ""
    return _note("error", f"Model call failed ({event.get('error')}): {event.get('message')}{stop}")


def _other(event: Mapping[str, Any]) -> Step:
    fields = {name: value for name, value in event.items() if name not in ("type", "ts", "task_id", "call_id")}
    return _note("info", f"{event.get('type', 'event')}: {_json(fields)}")


def _nothing(_event: Mapping[str, Any]) -> None:
    return None


def _unseen(event: Mapping[str, Any]) -> bool:
    return "violations" in event and event["violations"] is None and event.get("status") != "refused"


def _ran(event: Mapping[str, Any]) -> Step:
    """What the sandbox has to say beside the call's result."""
    parts = [f"Sandbox of {event.get('tool')}: {event.get('status')}"]
    layers = [str(layer) for layer in _items(event.get("layers"))]
    parts += [f"layers {', '.join(layers)}"] if layers else []
    refused = [f"{one.get('syscall')} {one.get('path') or ''}".rstrip() for one in _items(event.get("violations"))]
    parts += [f"stopped {', '.join(refused)}"] if refused else []
    parts += ["what was stopped could not be seen"] if _unseen(event) else []
    changes = event.get("changes")
    parts += [f"changed {path}:\n{text}" for path, text in changes.items()] if isinstance(changes, Mapping) else []
    return _note("warning" if refused or event.get("status") != "ok" else "info", "; ".join(parts))


_CALL_PARTS = frozenset({"tool_called", "tool_decided", "approval_given", "tool_returned"})
_STEPS: Mapping[str, Callable[[Mapping[str, Any]], Step | None]] = {
    "case_started": _started,
    "model_called": _asked,
    "model_replied": _replied,
    "model_failed": _model_failed,
    "guard_checked": _guard,
    "final_answer": _answer,
    "notice": lambda event: _note(str(event.get("level")), str(event.get("message"))),
    "ungated": lambda event: _note("error", f"Ungated: {event.get('tool')}: {event.get('reason')}"),
    "sandbox_ran": _ran,
    "case_ended": _nothing,  # the row says it
    "charged": _nothing,
    "checkpoint_marked": _nothing,
}


def _note(level: str, message: str) -> Step:
    return {"k": "note", "level": _text(level), "text": _text(message)}


def _items(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list | tuple) else ()


def _text(value: Any) -> str:
    if value is None:
        return ""
    shown = printable(str(value))
    return shown if len(shown) <= MAX_TEXT else f"{shown[:MAX_TEXT]}\u2026 [{len(shown) - MAX_TEXT:,} characters cut]"


def _json(value: Any) -> str:
    """On one line where it fits, else indented."""
    line = json.dumps(value, ensure_ascii=False, default=str)
    return _text(line if len(line) <= 100 else json.dumps(value, ensure_ascii=False, indent=2, default=str))


def _number(value: Any) -> float | int | None:
    return value if isinstance(value, int | float) and value == value else None


def _bounded(steps: list[Step]) -> list[Step]:
    """The first steps, the last ones, and a note between them where the case is huge."""
    sizes = [len(json.dumps(step)) for step in steps]
    if sum(sizes) <= MAX_CASE:
        return steps
    head, used = 0, 0
    while used + sizes[head] <= MAX_CASE * 0.7:
        used += sizes[head]
        head += 1
    tail = len(steps)
    while tail > head and used + sizes[tail - 1] <= MAX_CASE:
        tail -= 1
        used += sizes[tail]
    cut = _note("warning", f"{tail - head} steps were left out here; the transcript file has them all.")
    return [*steps[:head], cut, *steps[tail:]]
