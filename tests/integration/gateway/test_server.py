"""The gateway in this process, over real sockets: streams, disconnects, hostile clients, proxies, authorities."""

from __future__ import annotations

import json
import shutil
import socket
import ssl
import subprocess
from collections import deque
from dataclasses import replace
from typing import Any

import anthropic
import httpx2
import pytest

from pytest_agentsafety.gate import Gate
from pytest_agentsafety.llm import Fault, activate, install
from pytest_agentsafety.llm.gateway import Gateway, Upstreams
from pytest_agentsafety.llm.sse import events_of
from pytest_agentsafety.llm.wire import encode_event
from pytest_agentsafety.model.decisions import ApprovalAnswer
from pytest_agentsafety.model.messages import PlannedCall, PlannedTurn
from pytest_agentsafety.model.policy import BudgetLimits, Policy, ToolRule
from tests.integration.gateway.conftest import READ, SEND, Script, results_in
from tests.integration.gateway.upstreams import RawServer, Trickle, read_head, tunnel

POLICY = Policy(
    tools={"read_note": ToolRule(effect="read"), "send_mail": ToolRule(effect="egress")},
    budget=replace(BudgetLimits(), max_identical_calls=50),
)
SCHEMA = {"type": "object", "properties": {"name": {"type": "string"}}}
TOOLS = [{"name": name, "description": "", "input_schema": SCHEMA} for name in ("read_note", "send_mail")]
ASK: dict[str, Any] = {
    "model": "claude-haiku-4-5",
    "max_tokens": 100,
    "tools": TOOLS,
    "messages": [{"role": "user", "content": "What does note a say?"}],
}
HEADERS = {"x-api-key": "k", "anthropic-version": "2023-06-01"}
DONE = PlannedTurn(text="At three.")


class Sink:
    def __init__(self) -> None:
        self.events: list[Any] = []

    def emit(self, event: Any) -> None:
        self.events.append(event)

    def of(self, kind: str) -> list[Any]:
        return [event for event in self.events if event.type == kind]


@pytest.fixture
def sink():
    return Sink()


@pytest.fixture
def task(sink):
    return Gate(POLICY, sink=sink).open("What does note a say?")


def gateway(task: Any, url: str) -> Gateway:
    return Gateway.for_task(task, upstreams=Upstreams.of({}, url=url))


def post(running: Gateway, payload: Any = ASK, path: str = "/v1/messages", **more: Any) -> httpx2.Response:
    return httpx2.post(running.url + path, json=payload, headers=HEADERS, trust_env=False, timeout=30, **more)


def message(*content: dict[str, Any], stop: str = "end_turn") -> dict[str, Any]:
    head = {"id": "msg_1", "type": "message", "role": "assistant", "model": "claude-haiku-4-5", "stop_sequence": None}
    return {**head, "content": list(content), "stop_reason": stop, "usage": {"input_tokens": 5, "output_tokens": 5}}


CALLING = message(
    {"type": "text", "text": "A moment."},
    {"type": "tool_use", "id": "toolu_1", "name": "read_note", "input": {"name": "a"}},
    stop="tool_use",
)
EVENTS = [encode_event(event) for event in events_of(CALLING)]
START, TEXT, CALL = EVENTS[0], b"".join(EVENTS[1:4]), b"".join(EVENTS[4:])


# -- streams


def test_words_pass_at_once_and_a_call_only_when_it_was_decided(task):
    upstream = Trickle(START, TEXT, EVENTS[4], b"".join(EVENTS[5:]))
    with RawServer(upstream) as server, gateway(task, server.url) as running:
        asked = {"json": {**ASK, "stream": True}, "headers": HEADERS, "trust_env": False, "timeout": 20}
        with httpx2.stream("POST", running.url + "/v1/messages", **asked) as got:
            pieces = got.iter_bytes()
            upstream.go.release()
            assert next(pieces) == START
            upstream.go.release()
            read = b""
            while len(read) < len(TEXT):
                read += next(pieces)
            assert read == TEXT, "the very bytes, before the upstream has gone on"
            upstream.go.release()
            assert task.tally.tool_calls == 0, "the call has only begun"
            upstream.go.release()
            rest = b"".join(pieces)
    assert rest == CALL
    assert task.tally.tool_calls == 1


def test_a_client_that_goes_away_ends_the_upstream_call(task, sink):
    upstream = Trickle(START, then="wait")
    with RawServer(upstream) as server, gateway(task, server.url) as running:
        with httpx2.Client(trust_env=False, timeout=20) as client:
            asked = {**ASK, "stream": True}
            with client.stream("POST", running.url + "/v1/messages", json=asked, headers=HEADERS) as got:
                upstream.go.release()
                assert next(got.iter_bytes()) == START
        assert upstream.gone.wait(10)
    assert [event.error for event in sink.of("model_failed")], "the outcome is unknown"
    assert sink.of("charged")[-1].kind == "kept"


@pytest.mark.parametrize("stream", [True, False])
def test_an_upstream_that_breaks_off_breaks_off_for_the_agent_too(task, sink, serve, stream):
    upstream = serve(lambda payload, number: Fault(kind="cut_stream"))
    with gateway(task, upstream.url) as running:
        task.state.retries.settings = replace(task.state.retries.settings, max_retries=0)
        client = anthropic.Anthropic(base_url=running.url, api_key="k", max_retries=0)
        with pytest.raises((anthropic.APIError, httpx2.TransportError)):
            streamed(client) if stream else client.messages.create(**ASK)
    assert sink.of("model_failed")


def streamed(client: anthropic.Anthropic) -> Any:
    with client.messages.stream(**ASK) as events:
        return events.get_final_message()


def test_a_call_whose_stream_is_cut_is_never_handed_out(task, sink):
    upstream = Trickle(START, TEXT, b"".join(EVENTS[4:7]), then="cut")
    with RawServer(upstream) as server, gateway(task, server.url) as running, httpx2.Client(trust_env=False) as client:
        for _ in range(3):
            upstream.go.release()
        asked = {**ASK, "stream": True}
        with client.stream("POST", running.url + "/v1/messages", json=asked, headers=HEADERS) as answer:
            pieces: list[bytes] = []
            with pytest.raises(httpx2.TransportError):
                deque(map(pieces.append, answer.iter_bytes()))
            got = b"".join(pieces)
    assert b"A moment." in got
    assert b"tool_use" not in got
    assert task.tally.tool_calls == 0


# -- tools


def test_two_conversations_at_once_keep_their_own(task, serve):
    upstream = serve(Script(PlannedTurn(text="I write.", calls=(SEND,)), DONE, PlannedTurn(text="Bye.")))
    with gateway(task, upstream.url) as running:
        histories = {name: [{"role": "user", "content": f"What does note {name} say?"}] for name in "ab"}
        for follow_up in ("Thanks", "Bye"):
            for history in histories.values():
                reply = post(running, {**ASK, "messages": history}).json()
                assert [block["type"] for block in reply["content"]] == ["text"]
                history += [{"role": "assistant", "content": reply["content"]}, {"role": "user", "content": follow_up}]
    last = [request.payload["messages"] for request in upstream.log[-2:]]
    assert [messages[0]["content"] for messages in last] == ["What does note a say?", "What does note b say?"]
    for messages in last:
        assert [message["role"] for message in messages] == ["user", "assistant", "user", "assistant", "user"]
        assert messages[3]["content"] == [{"type": "text", "text": "At three."}]
    assert task.tally.ungated == []


class Stage:
    """A harness: writes are played, reads are real."""

    def __init__(self) -> None:
        self.played: list[str] = []

    def cast(self, call: Any, run: Any, *, effect: str, attacker: bool, asynchronous: bool) -> Any:
        def play(**arguments: Any) -> dict[str, str]:
            self.played.append(call.name)
            return {"status": "queued"}

        return run if effect == "read" else play


def test_what_a_stand_in_answers_is_never_handed_to_the_agent(serve):
    stage = Stage()
    rules = {"read_note": ToolRule(effect="read"), "send_mail": ToolRule(effect="write")}
    policy = replace(POLICY, tools=rules, guards=frozenset())
    task = Gate(policy).open("Write to eve", stage=stage)
    upstream = serve(Script(PlannedTurn(calls=(READ, SEND)), DONE))
    with gateway(task, upstream.url) as running:
        reply = post(running).json()
        assert [block["name"] for block in reply["content"]] == ["read_note"]
        result = {"type": "tool_result", "tool_use_id": reply["content"][0]["id"], "content": "a note"}
        history = [*ASK["messages"], {"role": "assistant", "content": reply["content"]}]
        post(running, {**ASK, "messages": [*history, {"role": "user", "content": [result]}]})
    assert stage.played == ["send_mail"]
    assert results_in(upstream.log[1].payload) == ['{"status": "queued"}', "a note"]
    assert task.tally.ungated == []


class Corrects:
    name = "corrects"

    def decide(self, request: Any) -> ApprovalAnswer:
        return ApprovalAnswer(answer="modify", by="a person", arguments={"to": "anna@shop.test", "body": "hi"})


@pytest.mark.parametrize("stream", [True, False])
@pytest.mark.parametrize("path", ["/v1/messages", "/v1/chat/completions", "/v1/responses"])
def test_arguments_that_a_person_changed_are_those_the_agent_gets(serve, path, stream):
    task = Gate(POLICY, approver=Corrects()).open("Write to eve")
    upstream = serve(Script(PlannedTurn(text="I write.", calls=(SEND,)), DONE))
    with gateway(task, upstream.url) as running:
        first, second = CONVERSATIONS[path](running, stream)
    assert first == {"to": "anna@shop.test", "body": "hi"}
    assert second == "At three."
    assert "anna@shop.test" not in json.dumps(upstream.log[1].payload), "the model sees what it wrote"
    assert results_in(upstream.log[1].payload) == ["sent"]
    assert task.tally.ungated == []


def _messages(running: Gateway, stream: bool) -> tuple[Any, str]:
    client = anthropic.Anthropic(base_url=running.url, api_key="k")

    def ask(messages: list[Any]) -> Any:
        if not stream:
            return client.messages.create(**{**ASK, "messages": messages})
        with client.messages.stream(**{**ASK, "messages": messages}) as events:
            return events.get_final_message()

    reply = ask(ASK["messages"])
    call = reply.content[-1]
    result = {"type": "tool_result", "tool_use_id": call.id, "content": "sent"}
    more = [{"role": "assistant", "content": reply.content}, {"role": "user", "content": [result]}]
    return call.input, ask([*ASK["messages"], *more]).content[0].text


def _openai(running: Gateway) -> Any:
    openai = pytest.importorskip("openai")
    return openai.OpenAI(base_url=f"{running.url}/v1", api_key="k")


def _chat(running: Gateway, stream: bool) -> tuple[Any, str]:
    client = _openai(running)
    tools = [{"type": "function", "function": {"name": "send_mail", "parameters": SCHEMA}}]

    def ask(messages: list[Any]) -> Any:
        wanted = {"model": "gpt-5-mini", "tools": tools, "messages": messages}
        if not stream:
            return client.chat.completions.create(**wanted).choices[0].message
        with client.chat.completions.stream(**wanted) as events:
            return events.get_final_completion().choices[0].message

    said = ask(ASK["messages"])
    (call,) = said.tool_calls
    result = {"role": "tool", "tool_call_id": call.id, "content": "sent"}
    last = ask([*ASK["messages"], said.to_dict(), result])
    return json.loads(call.function.arguments), last.content


def _responses(running: Gateway, stream: bool) -> tuple[Any, str]:
    client = _openai(running)
    tools = [{"type": "function", "name": "send_mail", "parameters": SCHEMA}]

    def ask(items: list[Any]) -> Any:
        wanted = {"model": "gpt-5-mini", "tools": tools, "input": items}
        if not stream:
            return client.responses.create(**wanted)
        with client.responses.stream(**wanted) as events:
            return events.get_final_response()

    reply = ask(ASK["messages"])
    call = reply.output[-1]
    result = {"type": "function_call_output", "call_id": call.call_id, "output": "sent"}
    last = ask([*ASK["messages"], *(item.to_dict() for item in reply.output), result])
    return json.loads(call.arguments), last.output_text


CONVERSATIONS = {"/v1/messages": _messages, "/v1/chat/completions": _chat, "/v1/responses": _responses}


def test_a_result_that_never_comes_is_on_record(task, sink, serve):
    upstream = serve(Script(PlannedTurn(calls=(READ,)), DONE))
    with gateway(task, upstream.url) as running:
        assert post(running).json()["stop_reason"] == "tool_use"
        assert sink.of("tool_returned") == []
    (ended,) = sink.of("tool_returned")
    assert (ended.status, "ended without a result" in ended.result) == ("error", True)


def test_a_call_that_goes_on_forever_ends_by_the_gateway(serve):
    policy = replace(POLICY, budget=replace(BudgetLimits(), max_identical_calls=1000, max_tool_calls=1000))
    task = Gate(policy).open("hi")
    calls = (
        PlannedTurn(calls=(PlannedCall(name="send_mail", arguments={"to": f"x{n}@evil.test"}),)) for n in range(99)
    )
    upstream = serve(Script(*calls))
    with gateway(task, upstream.url) as running:
        answer = post(running)
    assert (answer.status_code, answer.headers["x-should-retry"]) == (403, "false")
    assert "25 replies in a row" in answer.text
    assert upstream.calls == 25


# -- hostile clients


def talk(running: Gateway, raw: bytes) -> bytes:
    host, port = running.url.split("/")[2].split(":")
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        connection.sendall(raw)
        connection.shutdown(socket.SHUT_WR)
        got = b""
        while piece := connection.recv(65536):
            got += piece
        return got


BODY = json.dumps(ASK).encode()
LENGTH = b"content-length: %d\r\n" % len(BODY)
SMUGGLED = b"POST /v1/messages HTTP/1.1\r\n\r\n"


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (LENGTH + b"content-length: 3\r\n", 400),
        (LENGTH + b"transfer-encoding: chunked\r\n", 400),
        (b"transfer-encoding: chunked, identity\r\n", 400),
        (b"transfer-encoding: xchunked\r\n", 400),
        (b"content-length: +5\r\n", 400),
        (b"content-length: -1\r\n", 400),
        (b"content-length: 99999999999\r\n", 413),
        (b"content-length : 5\r\n", 400),
        (LENGTH + b" folded: x\r\n", 400),
        (LENGTH + b"x: a\rb\r\n", 400),
        (LENGTH + b"x: a\nb: c\r\n", 400),
        (LENGTH + b"x: a\x00b\r\n", 400),
        (LENGTH + b"content-encoding: gzip\r\n", 415),
        (LENGTH + b"authorization: a\r\nauthorization: b\r\n", 400),
        (b"x: " + b"a" * 200_000 + b"\r\n", 431),
    ],
)
def test_requests_that_can_be_read_in_two_ways_are_refused(task, serve, head, status):
    upstream = serve(Script(DONE))
    with gateway(task, upstream.url) as running:
        token = running.url.rpartition("/")[2].encode()
        got = talk(running, b"POST /%s/v1/messages HTTP/1.1\r\nhost: x\r\n%s\r\n%s" % (token, head, BODY + SMUGGLED))
        assert got.startswith(b"HTTP/1.1 %d " % status), got
        assert got.count(b"HTTP/1.1 ") == 1
        assert post(running).status_code == 200, "it goes on serving"
    assert upstream.calls == 1


@pytest.mark.parametrize(
    ("line", "status"),
    [
        (b"POST /TOKEN/v1/messages HTTP/2.0", 400),
        (b"POST /TOKEN/v1/messages", 400),
        (b"POST http://evil.test/v1/messages HTTP/1.1", 400),
        (b"CONNECT evil.test:443 HTTP/1.1", 400),
        (b"POST /TOKEN/v1/../v1/messages HTTP/1.1", 404),
        (b"POST /TOKEN/v1/messages/ HTTP/1.1", 404),
        (b"POST /TOKEN/v1/messages/batches HTTP/1.1", 404),
        (b"GET /TOKEN/v1/messages HTTP/1.1", 404),
        (b"POST /TOKEN HTTP/1.1", 404),
        (b"POST / HTTP/1.1", 403),
        (b"POST /v1/messages HTTP/1.1", 403),
        (b"POST /TOKENx/v1/messages HTTP/1.1", 403),
    ],
)
def test_other_paths_and_other_tokens_are_refused(task, serve, line, status):
    upstream = serve(Script(DONE))
    with gateway(task, upstream.url) as running:
        line = line.replace(b"TOKEN", running.url.rpartition("/")[2].encode())
        got = talk(running, b"%s\r\nhost: x\r\n%s\r\n%s" % (line, LENGTH, BODY))
        assert got.startswith(b"HTTP/1.1 %d " % status), got
        assert b"x-should-retry: false" in got
    assert upstream.calls == 0


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"x"', b"\xff\xfe", b"[" * 100_000])
def test_a_body_that_is_no_object_is_refused(task, serve, body):
    upstream = serve(Script(DONE))
    with gateway(task, upstream.url) as running:
        for path in ("/v1/messages", "/v1/chat/completions", "/v1/responses"):
            got = httpx2.post(running.url + path, content=body, headers=HEADERS, trust_env=False)
            assert got.status_code == 400, got.text
            assert got.json()["error"]["message"]
    assert upstream.calls == 0


ODD: list[Any] = [
    {"messages": 5},
    {"messages": [1, {"role": 5, "content": [1, {"type": "tool_result"}]}, {"role": "assistant", "content": {"a": 1}}]},
    {"messages": [], "tools": [1, {"name": 5, "input_schema": 7}, {"function": []}]},
    {"input": [1, {"type": "function_call"}, {"role": "assistant", "content": [7]}]},
    {"messages": [{"role": "user", "content": "x" * 100}] * 500, "tools": {"a": "b"}},
]
DEEP = b'{"model":"m","tools":[{"name":"a","input_schema":' + b'{"a":' * 5000 + b"1" + b"}" * 5000 + b"}]}"


@pytest.mark.parametrize("payload", [*ODD, DEEP], ids=lambda value: str(len(str(value))))
@pytest.mark.parametrize("path", ["/v1/messages", "/v1/chat/completions", "/v1/responses"])
def test_odd_requests_get_an_answer_and_end_nothing(serve, payload, path):
    upstream = serve(Script(DONE))
    task = Gate(POLICY).open("hi")
    with gateway(task, upstream.url) as running:
        content = (
            payload if isinstance(payload, bytes) else json.dumps({"model": "claude-haiku-4-5", **payload}).encode()
        )
        got = httpx2.post(running.url + path, content=content, headers=HEADERS, trust_env=False, timeout=30)
        refused = 400 <= got.status_code < 500
        assert refused or (got.status_code, got.headers["x-should-retry"]) == (500, "false"), got.text
        assert post(running).status_code in (200, 403), "it goes on serving"


def test_nobody_gets_two_answers_over_one_connection_at_once(task, serve):
    upstream = serve(Script(DONE))
    with gateway(task, upstream.url) as running:
        token = running.url.rpartition("/")[2].encode()
        one = b"POST /%s/v1/messages HTTP/1.1\r\nhost: x\r\nx-api-key: k\r\n%s\r\n%s" % (token, LENGTH, BODY)
        got = talk(running, one + one)
    assert got.count(b"HTTP/1.1 200") == 1
    assert upstream.calls == 1


def test_chunked_bodies_and_clients_that_wait_for_the_go(task, serve):
    upstream = serve(Script(DONE))
    with gateway(task, upstream.url) as running:
        pieces = iter([BODY[:50], BODY[50:]])
        got = httpx2.post(running.url + "/v1/messages", content=pieces, headers=HEADERS, trust_env=False)
        assert got.json()["content"][0]["text"] == "At three."
        if shutil.which("curl"):
            command = ["curl", "-sS", "--noproxy", "*", "-H", "Expect: 100-continue", "-H", "x-api-key: k", "-d", "@-"]
            done = subprocess.run(
                [*command, running.url + "/v1/messages"], input=BODY, capture_output=True, check=True, timeout=30
            )
            assert json.loads(done.stdout)["content"][0]["text"] == "At three."


# -- the way out


def test_requests_go_by_the_users_proxy_and_not_to_the_gateway_by_it(task, serve, monkeypatch):
    upstream = serve(Script(DONE))

    def forward(connection: socket.socket, head: bytes) -> None:
        assert head.startswith(b"POST http://model.test/v1/messages ")
        tunnel(connection, int(upstream.url.rpartition(":")[2]), head.replace(b"http://model.test", b"", 1))

    with RawServer(forward) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        monkeypatch.delenv("NO_PROXY", raising=False)
        monkeypatch.delenv("no_proxy", raising=False)
        with gateway(task, "http://model.test") as running:
            for name, value in running.env().items():
                monkeypatch.setenv(name, value)
            reply = anthropic.Anthropic(api_key="k", max_retries=0).messages.create(**ASK)
    assert reply.content[0].text == "At three."
    assert len(proxy.heads) == 1


@pytest.fixture
def authority(tmp_path):
    """A certificate for 127.0.0.1 that signs itself: (certificate, server's context)."""
    if shutil.which("openssl") is None:
        pytest.skip("no openssl here")
    certificate, key = tmp_path / "ca.pem", tmp_path / "key.pem"
    subprocess.run(
        [*["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=test", "-addext"],
         "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(certificate)],
        check=True,
        capture_output=True,
    )  # fmt: skip
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return certificate, context


def test_the_users_certificate_authority_counts(task, serve, authority):
    certificate, context = authority
    upstream = serve(Script(DONE))
    port = int(upstream.url.rpartition(":")[2])
    with RawServer(lambda connection, head: tunnel(connection, port, head), tls=context) as front:
        for env in ({"SSL_CERT_FILE": str(certificate)}, {"REQUESTS_CA_BUNDLE": str(certificate)}):
            with Gateway.for_task(task, upstreams=Upstreams.of(env, url=front.url)) as running:
                assert post(running).status_code == 200
        task.state.retries.settings = replace(task.state.retries.settings, max_retries=0)
        with gateway(task, front.url) as running:
            refused = post(running)
            assert (refused.status_code, "could not be reached" in refused.text) == (502, True)
    assert upstream.calls == 2


def test_the_environment_leads_on_to_where_it_led_before(task, serve):
    upstream = serve(Script(DONE))
    before = {"ANTHROPIC_BASE_URL": upstream.url, "OPENAI_BASE_URL": f"{upstream.url}/v1"}
    with Gateway.for_task(task, upstreams=Upstreams.of(before)) as running:
        assert post(running).status_code == 200
        openai_ask = {"model": "gpt-5-mini", "messages": ASK["messages"]}
        assert post(running, openai_ask, "/v1/chat/completions").status_code == 200
    assert [request.path for request in upstream.log] == ["/v1/messages", "/v1/chat/completions"]


def test_an_agent_of_this_process_passes_the_doors_once(task, serve, monkeypatch):
    upstream = serve(Script(DONE))
    undo = install()
    try:
        with gateway(task, upstream.url) as running, activate(task):
            for name, value in running.env().items():
                monkeypatch.setenv(name, value)
            assert anthropic.Anthropic(api_key="k").messages.create(**ASK).content[0].text == "At three."
            assert running.requests == 0
            assert httpx2.post(running.url + "x/v1/messages", json=ASK, trust_env=False).status_code == 403
    finally:
        undo()
    assert task.tally.model_calls == 2, "the second one was let out, to a gateway that did not know its token"
    assert upstream.calls == 1


def test_without_a_task_nothing_leaves(serve):
    upstream = serve(Script(DONE))
    with Gateway(lambda: None, upstreams=Upstreams.of({}, url=upstream.url)) as running:
        assert post(running).status_code == 403
    assert upstream.calls == 0


def test_a_count_of_tokens_counts_what_would_be_sent(task, serve):
    upstream = serve(Script(DONE))
    with gateway(task, upstream.url) as running:
        counted = post(running, {k: v for k, v in ASK.items() if k != "max_tokens"}, "/v1/messages/count_tokens")
        openai_ask = {"model": "gpt-5-mini", "input": ASK["messages"]}
        other = post(running, openai_ask, "/v1/responses/input_tokens")
    assert counted.json()["input_tokens"] > 10
    assert other.json()["input_tokens"] > 10, other.text


def test_reading_a_head_needs_nothing_but_a_socket():
    left, right = socket.socketpair()
    with left, right:
        left.sendall(b"GET / HTTP/1.1\r\n\r\n")
        assert read_head(right).endswith(b"\r\n\r\n")
