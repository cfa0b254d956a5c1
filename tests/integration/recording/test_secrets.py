"""Twenty-two kinds of secrets, planted wherever one can stand while recording: none of them reaches the disk."""

from __future__ import annotations

import base64
import gzip
import json
import threading
import zlib
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

# kind -> (what stands before it in a text, the secret)
SECRETS: dict[str, tuple[str, str]] = {
    "anthropic": ("", "sk-ant-api03-Xk29vT1mN4xK7wR2pL9cB5aQ0sD8fG6hJ3zY"),
    "openai": ("", "sk-Hq83kdLw02mNxPz7RtYvB4cJ9sQeFgUiOaTmKyWz"),
    "openai project": ("", "sk-proj-Vb71Lq0pWmZx4KtRyNcJ8hGf2DsAeUi9OkPlMjQw"),
    "google": ("", "AIzaSyB7x0Kq2Wm9Zr4TnLv8HcJd5PfGs1EuYiQ"),
    "aws id": ("", "AKIAQ7XLM2K9WPZ4RTNB"),
    "aws secret": ("aws_secret_access_key = ", "qW8eR7tY6uI5oP4aS3dF2gH1jK0lZ9xC8vB7nM6q"),
    "github": ("", "ghp_a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"),
    "github fine-grained": (
        "",
        "github_pat_11ABCDEFG0a1B2c3D4e5F6_g7H8i9J0k1L2m3N4o5P6q7R8s9T0u1V2w3X4y5Z6a7B8c9D0e1F2",
    ),
    "gitlab": ("", "glpat-xY7zW9vU5tS3rQ1pO2nM"),
    "slack": ("", "xoxb-284719305612-9283746501928-aBcDeFgHiJkLmNoPqRsTuVwX"),
    "stripe": ("", "sk_live_51Hx8KqLmWnZpRtYvBcJ7sQe9FgUi"),
    "hugging face": ("", "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"),
    "npm": ("", "npm_q1W2e3R4t5Y6u7I8o9P0a1S2d3F4g5H6j7K8"),
    "pypi": ("", "pypi-AgEIcHlwaS5vcmcCJDk4ZjE3YzQwLTNhMmItNDU2Ny04OTAxLWFiY2RlZjAxMjM0NQACKlszLCJ"),
    "jwt": ("", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI5ODc2NTQzMjEwIn0.dBjftJeZ4CVPmB92K27uhbUJU1p1rwW1gFWFOEjXk"),
    "private key": (
        "",
        (
            "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC\n"
            "BKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj\n-----END PRIVATE KEY-----"
        ),
    ),
    "sendgrid": ("", "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"),
    "twilio": ("", "SK0a1b2c3d4e5f60718293a4b5c6d7e8f9"),
    "azure": ("AccountName=shop;AccountKey=", "Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4MTIzNDU2Nzg5MA=="),
    "address": ("", "postgres://shop:Tr0ub4dor%26three@db.internal:5432/orders"),
    "bearer": ("Authorization: Bearer ", "9f8e7d6c5b4a39281706f5e4d3c2b1a0zzQ"),
    "password": ("password: ", "Corr3ct-H0rse!Battery"),
    "session": ("Set-Cookie: sessionid=", "k3j4h5g6f7d8s9a0p1o2i3u4y5t6r7e8"),
}
TEXT = "\n".join(f"{kind} {before}{secret}" for kind, (before, secret) in SECRETS.items())
ENVIRONMENT = {
    "SHOP_GATEWAY_KEY": "gw-internal-77120945-zulu",
    "DB_PASSWORD": "blue-Tractor-19",
    "CUSTOM_URL": "https://robot:Pine4pple-99x@registry.internal/simple",
}
IN_USE = [ENVIRONMENT["SHOP_GATEWAY_KEY"], ENVIRONMENT["DB_PASSWORD"], "Pine4pple-99x"]
HEADERS = {"x-team-token": "team-4471-kestrel-0093", "cookie": "sid=c00kie-5519283746-moon"}
ALL = [*(secret for _, secret in SECRETS.values()), *IN_USE, "team-4471-kestrel-0093", "c00kie-5519283746-moon"]
COOKIE = "s3rver-cookie-8827364512"

AGENT = f"""
import json, os, urllib.parse
import anthropic

HEADERS = {HEADERS!r}
TEXT = {TEXT!r}


def build(tools, system=None):
    client = anthropic.Anthropic(default_headers=HEADERS)
    by_name = {{tool.__name__: tool for tool in tools}}
    schema = {{"type": "object", "properties": {{"number": {{"type": "integer"}}, "note": {{"type": "string"}}}}}}
    ask = dict(
        model="claude-sonnet-5-5",
        max_tokens=500,
        system=TEXT,
        tools=[dict(name="read_ticket", description="Reads. " + TEXT, input_schema=schema)],
    )

    def agent(task):
        shell = dict(os.environ)
        about = f"{{task}} key {{shell['SHOP_GATEWAY_KEY']}} pass {{shell['DB_PASSWORD']}} at {{shell['CUSTOM_URL']}}"
        messages = [dict(role="user", content=[dict(type="text", text=about), dict(type="text", text=TEXT)])]
        try:
            client.messages.create(messages=[dict(role="user", content="fail " + TEXT)], **ask)
        except anthropic.BadRequestError:
            pass
        reply = client.messages.create(messages=messages, **ask)
        calls = [block for block in reply.content if block.type == "tool_use"]
        messages.append(dict(role="assistant", content=reply.content))
        results = []
        for call in calls:
            told = by_name["read_ticket"](**call.input) + json.dumps(TEXT)
            results.append(dict(type="tool_result", tool_use_id=call.id, content=told))
        messages.append(dict(role="user", content=results))
        with client.messages.stream(messages=messages, **ask) as stream:
            said = "".join(stream.text_stream)
        assert TEXT in said, "the agent itself gets what the model said"
        return "It asks for a refund. " + said

    return agent
"""


def forms(secret: str) -> list[str]:
    raw = secret.encode()
    return [
        secret,
        json.dumps(secret)[1:-1],
        json.dumps(json.dumps(secret)[1:-1])[1:-1],
        base64.b64encode(raw).decode().rstrip("="),
        base64.urlsafe_b64encode(raw).decode().rstrip("="),
        quote(secret, safe=""),
        quote(secret),
    ]


def message(*content: Any) -> dict[str, Any]:
    return {
        "id": "msg_01AbCdEfGhIjKlMn",
        "type": "message",
        "role": "assistant",
        "model": "claude-sonnet-5-5",
        "content": list(content),
        "stop_reason": "tool_use" if content[-1]["type"] == "tool_use" else "end_turn",
        "stop_sequence": None,
        "usage": {"input_tokens": 10, "output_tokens": 10},
    }


def stream_of(text: str, size: int) -> bytes:
    """The text in deltas of `size` characters: every secret is split over many events."""
    start = {**message({"type": "text", "text": ""}), "content": [], "stop_reason": None}
    events: list[dict[str, Any]] = [
        {"type": "message_start", "message": start},
        {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
    ]
    for at in range(0, len(text), size):
        delta = {"type": "text_delta", "text": text[at : at + size]}
        events.append({"type": "content_block_delta", "index": 0, "delta": delta})
    events += [
        {"type": "content_block_stop", "index": 0},
        {
            "type": "content_block_start",
            "index": 1,
            "content_block": {"type": "tool_use", "id": "toolu_01AbCdEfGhIj", "name": "read_ticket", "input": {}},
        },
    ]
    arguments = json.dumps({"number": 7, "note": text})
    for at in range(0, len(arguments), size):
        delta = {"type": "input_json_delta", "partial_json": arguments[at : at + size]}
        events.append({"type": "content_block_delta", "index": 1, "delta": delta})
    events += [
        {"type": "content_block_stop", "index": 1},
        {
            "type": "message_delta",
            "delta": {"stop_reason": "end_turn", "stop_sequence": None},
            "usage": {"output_tokens": 9},
        },
        {"type": "message_stop"},
    ]
    return "".join(f"event: {event['type']}\ndata: {json.dumps(event)}\n\n" for event in events).encode()


class Api:
    """Answers with every secret in every kind of answer, packed as asked for."""

    def __init__(self) -> None:
        self.requests: list[str] = []
        self.packing = iter(["gzip", "deflate"] * 50)
        api = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *args: Any) -> None:
                pass

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"])).decode()
                api.requests.append(body)
                self._send(*api.answer(json.loads(body)))

            def _send(self, status: int, kind: str, body: bytes) -> None:
                packing = next(api.packing)
                packed = gzip.compress(body) if packing == "gzip" else zlib.compress(body)
                self.send_response(status)
                for name, value in {
                    "content-type": kind,
                    "content-encoding": packing,
                    "set-cookie": f"sid={COOKIE}; Path=/; HttpOnly",
                    "x-debug-token": HEADERS["x-team-token"],
                    "request-id": f"req_1 {SECRETS['github'][1]}",
                    "content-length": str(len(packed)),
                }.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(packed)

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        self.url = f"http://proxy:Pine4pple-99x@127.0.0.1:{self._http.server_port}"

    def answer(self, payload: dict[str, Any]) -> tuple[int, str, bytes]:
        if payload.get("stream"):
            return 200, "text/event-stream", stream_of(f"said {TEXT} {COOKIE} {HEADERS['cookie']}", 7)
        if str(payload["messages"][0]["content"]).startswith("fail"):
            error = {
                "type": "error",
                "error": {"type": "invalid_request_error", "message": f"bad key: {TEXT} {COOKIE}"},
            }
            return 400, "application/json", json.dumps(error).encode()
        said = {"type": "text", "text": f"I use {TEXT} and {' '.join(map(coded, ALL))}"}
        call = {
            "type": "tool_use",
            "id": "toolu_01AbCdEfGhIj",
            "name": "read_ticket",
            "input": {"number": 7, "note": TEXT},
        }
        return 200, "application/json", json.dumps(message(said, call)).encode()

    def close(self) -> None:
        self._http.shutdown()
        self._http.server_close()


def coded(secret: str) -> str:
    return f"{base64.b64encode(secret.encode()).decode()} {quote(secret, safe='')}"


@pytest.fixture
def planted_api() -> Iterator[Api]:
    api = Api()
    yield api
    api.close()


@pytest.fixture
def planted(project: Any, write_desk: Any, tmp_path: Path) -> Any:
    project.suite = write_desk(project, attacked=False, modes="hijacked, live, recorded")
    (tools,) = (project.root / "suites/desk").glob("*.py")
    tools.write_text(tools.read_text().replace("number: int", "number: int, note: str = ''"))
    project.file("agents.py", AGENT)
    project.env |= {**ENVIRONMENT, "TMPDIR": str(tmp_path)}
    return project


def found_on_disk(*folders: Path) -> list[tuple[str, str]]:
    found = []
    for folder in folders:
        for path in folder.rglob("*"):
            if path.is_file():
                text = path.read_bytes().decode("utf-8", "replace")
                found += [(path.name, secret) for secret in [*ALL, COOKIE] for form in forms(secret) if form in text]
    return sorted(set(found))


def test_no_secret_reaches_the_disk_and_the_recording_replays(planted: Any, planted_api: Api, tmp_path: Path) -> None:
    env = {"ANTHROPIC_BASE_URL": planted_api.url, "ANTHROPIC_API_KEY": SECRETS["anthropic"][1]}
    options = ["run", f"--suite={planted.suite}", "--agent=agents:build", "--guards=all"]
    done = planted.cli(*options, "--mode=live", **env)
    rows = planted.rows()
    assert [row["verdict"] for row in rows] == ["completed"], done.text
    assert len(planted_api.requests) == 3
    sent = "\n".join(planted_api.requests)
    assert all(json.dumps(secret)[1:-1] in sent for _, secret in SECRETS.values()), "the model itself got them"
    cassettes = planted.root / "suites/desk/cassettes"
    (cassette,) = cassettes.rglob("*.json")
    assert not found_on_disk(planted.folder, cassettes, tmp_path)
    assert cassette.read_text().count("[secret removed ") > 100

    replayed = planted.cli(*options, "--mode=recorded")
    assert [row["verdict"] for row in planted.rows()] == ["completed"], replayed.text
    assert len(planted_api.requests) == 3, "nothing was asked again"
    assert not found_on_disk(planted.folder, cassettes, tmp_path)


def test_the_masks_of_the_terminal_hold_too(planted: Any, planted_api: Api) -> None:
    env = {"ANTHROPIC_BASE_URL": planted_api.url, "ANTHROPIC_API_KEY": SECRETS["anthropic"][1]}
    done = planted.cli("run", f"--suite={planted.suite}", "--agent=agents:build", "--mode=live", **env)
    assert not [secret for secret in ALL for form in forms(secret) if form in done.text]
