"""A tiny Messages API on a real socket, and the real SDK against it."""

from __future__ import annotations

import gzip
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from pytest_agentsafety import cassettes
from pytest_agentsafety.cassettes import Recording
from pytest_agentsafety.guards import find_secrets
from pytest_agentsafety.llm import activate, install
from pytest_agentsafety.model.messages import ModelReply, ModelRequest, ModelResponse

KEY = "sk-ant-api03-Zq8vT1mN4xK7wR2pL9cB5"


class Server:
    """Answers with `reply <n>`; `script` may give (status, headers, body) for a request instead."""

    def __init__(self) -> None:
        self.requests: list[dict[str, Any]] = []
        self.script: Callable[[dict[str, Any]], tuple[int, dict[str, str], bytes] | None] = lambda payload: None
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._http.server_port}"

    def close(self) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    def answer(self, payload: dict[str, Any]) -> tuple[int, dict[str, str], bytes]:
        self.requests.append(payload)
        scripted = self.script(payload)
        if scripted is not None:
            return scripted
        number = len(self.requests)
        if payload.get("stream"):
            return 200, {"content-type": "text/event-stream"}, stream(f"reply {number}")
        return 200, {"content-type": "application/json"}, json.dumps(message(f"reply {number}")).encode()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *args: Any) -> None:
                pass

            def do_POST(self) -> None:
                raw = self.rfile.read(int(self.headers["content-length"]))
                self._send(*server.answer(json.loads(raw) if raw.startswith(b"{") else {"raw": raw.decode()}))

            def do_GET(self) -> None:
                self._send(*server.answer({"get": self.path}))

            def _send(self, status: int, headers: dict[str, str], body: bytes) -> None:
                self.send_response(status)
                extra = {"set-cookie": "session=s3cret", "request-id": "req_1", "content-length": str(len(body))}
                for name, value in {**headers, **extra}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

        return Handler


def message(text: str) -> dict[str, Any]:
    return {
        "id": "msg_01AbCdEfGhIjKlMn",
        "type": "message",
        "role": "assistant",
        "model": "m",
        "stop_sequence": None,
        "content": [{"type": "text", "text": text}],
        "stop_reason": "end_turn",
        "usage": {"input_tokens": 3, "output_tokens": 2},
    }


def stream(text: str) -> bytes:
    whole = message(text)
    events: list[dict[str, Any]] = [
        {"type": "message_start", "message": {**whole, "content": [], "stop_reason": None}},
        {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
        {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": text}},
        {"type": "content_block_stop", "index": 0},
        {
            "type": "message_delta",
            "delta": {"stop_reason": "end_turn", "stop_sequence": None},
            "usage": {"output_tokens": 2},
        },
        {"type": "message_stop"},
    ]
    return "".join(f"event: {e['type']}\ndata: {json.dumps(e)}\n\n" for e in events).encode()


class Door:
    """A model door that lets everything through, and tells the recording of it."""

    def __init__(self, log: Recording) -> None:
        self.log = log
        self.abandoned: list[BaseException] = []

    def admit(self, request: ModelRequest) -> Pass:
        return Pass(self, self.log.respond(request))


class Pass:
    def __init__(self, door: Door, reply: ModelReply | None) -> None:
        self.reply, self.recorded, self._door = reply, door.log.recorded, door

    def retry(self, **failure: Any) -> float | None:
        return None

    def finish(self, response: ModelResponse) -> None:
        pass

    def abandon(self, error: BaseException) -> None:
        self._door.abandoned.append(error)


@pytest.fixture
def recording() -> Callable[..., Any]:
    """Record what passes the model door inside the block."""

    @contextmanager
    def record(path: Path, *, mode: Any, metadata: dict[str, Any], secrets: Any = ()) -> Iterator[Recording]:
        uninstall = install()
        try:
            with (
                cassettes.recording(path, mode=mode, metadata=metadata, find=find_secrets, secrets=secrets) as log,
                activate(Door(log)),
            ):
                yield log
        finally:
            uninstall()

    return record


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()
    yield made
    made.close()


@pytest.fixture
def client(server: Server) -> Iterator[Any]:
    import anthropic

    with anthropic.Anthropic(base_url=server.url, api_key=KEY, max_retries=0) as made:
        yield made


@pytest.fixture
def ask(client: Any) -> Callable[..., str]:
    """One request through the SDK; returns the text of the answer."""

    def send(text: str, **more: Any) -> str:
        reply = client.messages.create(model="m", max_tokens=9, messages=[{"role": "user", "content": text}], **more)
        return str(reply.content[0].text)

    return send


@pytest.fixture
def request_for() -> Callable[..., ModelRequest]:
    """The same request as it reaches the model door."""

    def make(text: str, *, path: str = "/v1/messages", **more: Any) -> ModelRequest:
        payload = {"model": "m", "max_tokens": 9, "messages": [{"role": "user", "content": text}], **more}
        body = json.dumps(payload).encode()
        return ModelRequest(url=f"http://127.0.0.1:1{path}", path=path, body=body, payload=payload)

    return make


@pytest.fixture
def zipped() -> Callable[[bytes], tuple[int, dict[str, str], bytes]]:
    return lambda body: (200, {"content-type": "application/json", "content-encoding": "gzip"}, gzip.compress(body))
