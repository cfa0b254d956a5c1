"""Between the two: everything goes through as it is, but calls of tools, their results, and listings of tools."""

from __future__ import annotations

import json
from collections.abc import Callable
from threading import Thread
from typing import Any, Protocol

from pytest_agentsafety.adapters import mcp_wire
from pytest_agentsafety.gate.gate import TaskGate
from pytest_agentsafety.model.errors import StopRun
from pytest_agentsafety.model.messages import RenderedText
from pytest_agentsafety.permissions import PermissionDenied
from pytest_agentsafety.session.mcp_proxy import lines
from pytest_agentsafety.session.mcp_proxy.calls import Ledger, NoAnswer, Outstanding, What
from pytest_agentsafety.session.mcp_proxy.lines import Message
from pytest_agentsafety.session.mcp_proxy.listing import ToolWatch

_WHAT: dict[str, What] = {"tools/call": "call", "tools/list": "listing", "tasks/result": "task result"}


class Server(Protocol):
    def write(self, line: bytes) -> None: ...


class ServerError(Exception):
    """The server answered a call with an error."""


class Proxy:
    """`from_client` and `from_server` take lines, each from one thread of its own; `to_client` may be called by any."""

    def __init__(
        self,
        task: TaskGate,
        watch: ToolWatch,
        server: Server,
        to_client: Callable[[bytes], None],
        say: Callable[[str], None],
    ) -> None:
        self._task, self._watch, self._server = task, watch, server
        self._to_client, self._say = to_client, say
        self._ledger = Ledger()
        self._workers: list[Thread] = []

    # -- from the client

    def from_client(self, line: bytes) -> None:
        """One line of the client. What cannot be read is answered with an error and not sent on."""
        if not line.strip():
            return
        try:
            messages = lines.read(line)
        except lines.BadLine as error:
            self._to_client(lines.failure(None, lines.PARSE_ERROR, f"agentsafety mcp-proxy: {error}"))
            return
        for message in messages:
            self._asked(message)

    def _asked(self, message: Message) -> None:
        if message.kind == "request":
            self._requested(message)
            return
        if message.kind == "notification":
            if message.method == "tools/call":  # a call that wants no answer cannot be told that it was denied
                self._say("a tools/call without an id was not sent on")
                return
            if message.method == "notifications/cancelled":
                self._ledger.cancel(json.dumps(message.params.get("requestId")))
        self._server.write(message.raw)

    def _requested(self, message: Message) -> None:
        outstanding = self._ledger.open(message, _WHAT.get(message.method, "other"))
        if outstanding is None:
            self._refuse(message, lines.INVALID_REQUEST, f"the id {message.key} is in use")
        elif outstanding.what != "call":
            self._server.write(message.raw)
        elif (problem := _problem(message)) is not None:
            self._ledger.done(outstanding)
            self._refuse(message, lines.INVALID_PARAMS, problem)
        else:
            worker = Thread(target=self._call, args=(outstanding,), daemon=True)
            self._workers = [one for one in self._workers if one.is_alive()] + [worker]
            worker.start()

    def _refuse(self, message: Message, code: int, why: str) -> None:
        self._to_client(lines.failure(message.body.get("id"), code, f"agentsafety mcp-proxy: {why}"))

    # -- a call, on a thread of its own: somebody may have to be asked

    def _call(self, outstanding: Outstanding) -> None:
        try:
            reply = self._reply(outstanding)
        except NoAnswer:
            reply = None
        except StopRun as error:
            reply = lines.answer(outstanding.request, mcp_wire.refused(f"No call is sent any more: {error}"))
        except Exception as error:  # noqa: BLE001 - the client waits for an answer
            reply = self._broken(outstanding, error)
        finally:
            self._ledger.done(outstanding)
        if reply is not None and not outstanding.cancelled:
            self._to_client(reply)

    def _reply(self, outstanding: Outstanding) -> bytes:
        request = outstanding.request
        got: list[tuple[Message, RenderedText]] = []

        def run(**given: Any) -> str:
            response = self._sent(outstanding, given)
            if "error" in response.body:
                raise ServerError(mcp_wire.rendered({"error": response.body["error"]}))
            result = response.body["result"]
            text = mcp_wire.rendered(result if isinstance(result, dict) else {"result": result})
            got.append((response, text))
            return text

        shown = self._task.call(request.params["name"], request.params.get("arguments") or {}, run)
        if not got:
            return lines.answer(request, mcp_wire.replaced(shown))
        response, text = got[-1]
        return response.raw if shown is text else lines.answer(request, _changed(shown, response))

    def _sent(self, outstanding: Outstanding, given: dict[str, Any]) -> Message:
        """Sends the call, as it came unless an approver changed it, and waits for the answer."""
        request = outstanding.request
        withheld = self._watch.withheld(request.params["name"])
        if withheld is not None:
            raise PermissionDenied(withheld)
        raw = request.raw
        if given != (request.params.get("arguments") or {}):
            raw = lines.encode({**request.body, "params": {**request.params, "arguments": given}})
        if outstanding.cancelled:
            raise NoAnswer
        outstanding.sent = True
        self._server.write(raw)
        return outstanding.wait()

    def _broken(self, outstanding: Outstanding, error: Exception) -> bytes:
        """The server's own error as it came, where the guards left its text alone; else what they made of it."""
        response = outstanding.response
        if isinstance(error, ServerError) and response is not None:
            return response.raw
        if isinstance(error, RuntimeError):
            return lines.answer(outstanding.request, mcp_wire.refused(str(error)))
        return lines.answer(outstanding.request, mcp_wire.refused(f"The call failed: {type(error).__name__}"))

    # -- from the server

    def from_server(self, line: bytes) -> None:
        """One line of the server. What is no message, or answers nothing that was asked, goes nowhere."""
        if not line.strip():
            return
        try:
            messages = lines.read(line)
        except lines.BadLine as error:
            self._say(f"a line of the server was dropped: {error}")
            return
        for message in messages:
            if message.kind != "response":
                self._to_client(message.raw)
            else:
                self._answered(message)

    def _answered(self, message: Message) -> None:
        outstanding = self._ledger.answered(message)
        if outstanding is None:
            self._say(f"an answer of the server to {message.key[:80]}, which nobody waits for, was dropped")
        elif outstanding.what == "listing":
            self._to_client(self._listed(message))
        elif outstanding.what == "task result":
            self._to_client(self._task_result(message))
        elif outstanding.what == "other":
            self._to_client(message.raw)

    def _listed(self, message: Message) -> bytes:
        result = message.body.get("result")
        tools = result.get("tools") if isinstance(result, dict) else None
        if not isinstance(result, dict) or not isinstance(tools, list):
            return message.raw
        shown, specs = self._watch.look_at(tools)
        self._task.learn(specs)
        return message.raw if len(shown) == len(tools) else lines.answer(message, {**result, "tools": shown})

    def _task_result(self, message: Message) -> bytes:
        """The result of a call that the server ran as a task; the call passed the door when it was made."""
        result = message.body.get("result")
        text = mcp_wire.rendered(result if isinstance(result, dict) else {"error": message.body.get("error")})
        shown, blocked, guard, rule = self._task.state.scan("tool_result", text, source="tasks/result")
        if blocked:
            shown = f"[the result of this call was withheld by the {guard} guard ({rule})]"
        return message.raw if shown == text else lines.answer(message, _changed(shown, message))

    # -- the end

    def finish(self, seconds: float) -> None:
        """Let calls that are under way end, for at most `seconds` together."""
        for worker in self._workers:
            worker.join(seconds / max(1, len(self._workers)))

    def server_gone(self) -> None:
        self._ledger.close()


def _problem(message: Message) -> str | None:
    if not isinstance(message.params.get("name"), str):
        return "params.name must be a string"
    if not isinstance(message.params.get("arguments"), dict | None):
        return "params.arguments must be an object"
    return None


def _changed(shown: Any, response: Message) -> dict[str, Any]:
    """A result whose text was changed. Clients check data against the tool's output schema; only errors go without."""
    original = response.body.get("result")
    original = original if isinstance(original, dict) else {}
    lost = original.get("structuredContent") is not None or "content" not in original
    return mcp_wire.replaced(shown, is_error=lost or original.get("isError") is True)
