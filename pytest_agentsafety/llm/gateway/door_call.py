"""A tool call of an agent in another process, at the tool door in two steps: the decision now, the result later."""

from __future__ import annotations

import json
from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from threading import Event, Thread
from typing import Any, Literal

from pytest_agentsafety.model.errors import StopRun
from pytest_agentsafety.protocols import ToolDoor


@dataclass(frozen=True, kw_only=True)
class Call:
    """A call in a model's reply; `call_id` is the model's."""

    call_id: str
    name: str
    arguments: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What the door said. `handed`: the agent may run it, with `arguments`. Else `text` is the call's result."""

    kind: Literal["handed", "denied", "answered"]
    arguments: Mapping[str, Any]
    text: str = ""
    is_error: bool = False


@dataclass(frozen=True, kw_only=True)
class Checked:
    """A result as the model may see it; `changed` where that is not what the agent sent."""

    text: str
    changed: bool


class ToolFailed(Exception):
    """The agent says that its tool failed; the text is the tool's."""


class ResultNeverCame(Exception):
    """The agent was given this call and sent no result until its end."""


class DoorCall:
    """Holds a thread at the door while the agent runs the tool: the door decides, runs and checks in one.

    `decided` and `checked` are set from that thread; both may end in a StopRun.
    """

    def __init__(self, door: ToolDoor, call: Call) -> None:
        self._door, self._call = door, call
        self._came = Event()
        self._result: tuple[str, bool] | None = None
        self.decided: Future[Outcome] = Future()
        self.checked: Future[Checked] = Future()
        self._thread = Thread(target=self._pass, name=f"gateway-call-{call.name}"[:60], daemon=True)

    def start(self) -> DoorCall:
        self._thread.start()
        return self

    def deliver(self, text: str, *, is_error: bool) -> None:
        """The agent's result is there: `checked` follows."""
        self._result = text, is_error
        self._came.set()

    def drop(self, *, wait: float = 1.0) -> None:
        """No result will come. Waits so many seconds until that is on record."""
        self._came.set()
        self._thread.join(wait)

    def _run(self, **arguments: Any) -> str:
        """The tool, as the door sees it."""
        if not self.decided.done():
            self.decided.set_result(Outcome(kind="handed", arguments=arguments))
        self._came.wait()
        if self._result is None:
            raise ResultNeverCame("the agent ended without a result of this call")
        text, is_error = self._result
        if is_error:
            raise ToolFailed(text)
        return text

    def _pass(self) -> None:
        try:
            value = self._door.call(self._call.name, self._call.arguments, self._run)
        except StopRun as stop:
            self._stopped(stop)
        except Exception as error:  # noqa: BLE001 - the tool boundary: what a tool or its stand-in raises is a result
            self._failed(error)
        else:
            self._returned(value)

    def _stopped(self, stop: StopRun) -> None:
        (self.checked if self.decided.done() else self.decided).set_exception(stop)

    def _failed(self, error: Exception) -> None:
        if not self.decided.done():
            text = f"{type(error).__name__}: {error}"
            self.decided.set_result(Outcome(kind="answered", arguments=self._call.arguments, text=text, is_error=True))
            return
        same = isinstance(error, ToolFailed)
        self.checked.set_result(Checked(text=str(error), changed=not same))

    def _returned(self, value: Any) -> None:
        if self.decided.done():
            given = None if self._result is None else self._result[0]
            self.checked.set_result(Checked(text=_text(value), changed=value is not given))
            return
        # A denial is a text that knows its decision (`gate.texts.DenialText`).
        kind: Literal["denied", "answered"] = "denied" if hasattr(value, "decision") else "answered"
        self.decided.set_result(Outcome(kind=kind, arguments=self._call.arguments, text=_text(value)))


def _text(value: Any) -> str:
    """A result as a model reads it."""
    if isinstance(value, str):
        return str(value)
    if value is None:
        return ""
    try:
        return json.dumps(value, ensure_ascii=False, default=str)
    except (TypeError, ValueError):
        return str(value)
