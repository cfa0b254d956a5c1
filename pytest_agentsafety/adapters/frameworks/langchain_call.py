"""One call of a LangChain tool: what the model wrote, what the door looks at, and what LangChain gets back."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import ModuleType
from typing import Any, cast

from pytest_agentsafety.model.crossing import crossing
from pytest_agentsafety.model.errors import StopRun


class Call:
    """`arguments` are the model's; what a graph injects goes around the door, to the tool alone."""

    def __init__(self, module: ModuleType, tool: Any, tool_input: Any, call_id: str | None) -> None:
        self._module, self._tool, self._id = module, tool, call_id
        self._single: str | None = None
        self._hidden: dict[str, Any] = {}
        self.arguments: dict[str, Any]
        if isinstance(tool_input, dict):
            own = set(tool._filter_injected_args(tool_input)) | set(module.FILTERED_ARGS)
            self.arguments = {name: value for name, value in tool_input.items() if name in own}
            self._hidden = {name: value for name, value in tool_input.items() if name not in own}
        else:  # tools of one text may be given it alone
            self._single = next(iter(tool.args), "tool_input")
            self.arguments = {self._single: tool_input}
        self._raw: Any = None
        self._view: Any = None
        self._ran = False
        self._error: Exception | None = None

    def parsed(self, given: Mapping[str, Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """LangChain's reading of the arguments that the door let through. Raises what it raises."""
        whole = given.get(self._single) if self._single is not None else {**given, **self._hidden}
        parsed: tuple[tuple[Any, ...], dict[str, Any]] = self._tool._to_args_and_kwargs(whole, self._id)
        return parsed

    @contextmanager
    def running(self) -> Iterator[None]:
        """Remembers the tool's own error: a guard may have another one raised in its place."""
        try:
            yield
        except Exception as error:
            self._error = error
            raise

    def seen(self, raw: Any) -> Any:
        """What the model would see of a result. The result itself waits here."""
        two = self._in_two_parts and isinstance(raw, tuple) and len(raw) == 2
        self._ran, self._raw, self._view = True, raw, _view(raw[0] if two else raw)
        return self._view

    def answer(self, shown: Any) -> Any:
        """What stands for the tool's result: itself, if the door left it as it was, or a text."""
        if self._ran and shown is self._view:
            return self._raw
        refused = isinstance(shown, str) and getattr(shown, "status", None) in ("denied", "held")
        if refused and self._id is not None:
            shown = self._failed(shown)
        if self._in_two_parts and not (isinstance(shown, tuple) and len(shown) == 2):
            return shown, None
        return shown

    @contextmanager
    def errors(self) -> Iterator[None]:
        """A stop gets through every handler of a graph. An error whose text a guard changed is of the same kind; a
        graph's own signal (an interrupt) says nothing to the model and stays what it is."""
        try:
            yield
        except StopRun as stop:
            raise crossing(stop, _bubble_up()) from None
        except Exception as error:
            if error is self._error or self._error is None:
                raise
            if isinstance(self._error, _bubble_up()):
                raise self._error from None
            raise self._of_the_same_kind(str(error)) from None

    def _of_the_same_kind(self, text: str) -> Exception:
        if isinstance(self._error, self._module.ToolException):
            return cast("Exception", self._module.ToolException(text))
        core: Any = sys.modules.get("pydantic_core")
        if core is not None and isinstance(self._error, core.ValidationError):
            problem = core.PydanticCustomError("agentsafety", "{text}", {"text": text})
            details = [{"type": problem, "loc": ("arguments",), "input": None}]
            return cast("Exception", core.ValidationError.from_exception_data(self._tool.name, details))
        return RuntimeError(text)

    @property
    def _in_two_parts(self) -> bool:
        return bool(self._tool.response_format == "content_and_artifact")

    def _failed(self, text: str) -> Any:
        """A refusal is told to the model as LangChain tells it that a person refused."""
        return self._module.ToolMessage(text, tool_call_id=self._id, name=self._tool.name, status="error")


def _bubble_up() -> tuple[type[Exception], ...]:
    found = getattr(sys.modules.get("langgraph.errors"), "GraphBubbleUp", None)
    return () if found is None else (found,)


def _view(raw: Any) -> Any:
    """A message is seen by its content, a command by its messages and what else it writes into the state."""
    if type(raw) in (list, tuple):
        views = [_view(item) for item in raw]
        return raw if all(view is item for view, item in zip(views, raw, strict=True)) else views
    if hasattr(raw, "tool_call_id") and hasattr(raw, "content"):
        return raw.content
    if hasattr(raw, "update") and hasattr(raw, "goto"):
        return _view_of_update(raw.update)
    return raw


def _view_of_update(update: Any) -> Any:
    if not isinstance(update, Mapping):
        return _view(update)
    views = {name: _view(value) for name, value in update.items()}
    messages = views.get("messages")
    return messages[0] if len(views) == 1 and isinstance(messages, list) and len(messages) == 1 else views
