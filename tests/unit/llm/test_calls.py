from __future__ import annotations

import pytest

from pytest_agentsafety.llm.calls import UnsupportedModelCall, call_kind, read_payload
from pytest_agentsafety.model.errors import StopRun


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/v1/messages", "messages"),
        ("/v1/messages/", "messages"),
        ("/proxy/anthropic/v1/messages", "messages"),
        ("/v1/messages/count_tokens", "count_tokens"),
        ("/v1/messages/batches", "unsupported"),
        ("/v1/complete", "unsupported"),
        ("/openai/deployments/x/chat/completions", "chat"),
        ("/v1/responses", "responses"),
        ("/openai/v1/responses/", "responses"),
        ("/v1/responses/input_tokens", "count_tokens"),
        ("/v1/responses/compact", "maybe_unsupported"),
        ("/v1/completions", "maybe_unsupported"),
        ("/v1/threads/t/runs", "maybe_unsupported"),
        ("/v1beta/models/x:streamGenerateContent", "unsupported"),
        ("/v1/projects/p/models/claude:rawPredict", "unsupported"),
    ],
)
def test_model_calls_are_told_by_their_path(path, kind):
    assert call_kind("POST", path) == kind


@pytest.mark.parametrize(
    "path", ["/", "", "/v1/models", "/messages", "/v1/messages/abc", "/v1/orders", "/xv1/messages2"]
)
def test_other_paths_are_none(path):
    assert call_kind("POST", path) is None


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "HEAD"])
def test_only_post_calls_a_model(method):
    assert call_kind(method, "/v1/messages") is None


def test_a_payload_is_read():
    assert read_payload("messages", "/v1/messages", b'{"model": "m"}') == {"model": "m"}


@pytest.mark.parametrize("body", [b"", b"x", b"[]", b"5", b"null"])
@pytest.mark.parametrize("kind", ["messages", "count_tokens", "chat"])
def test_what_cannot_be_read_is_refused(kind, body):
    with pytest.raises(StopRun, match="must be a JSON object, found"):
        read_payload(kind, "/v1/messages", body)


@pytest.mark.parametrize("body", [b"", b"\xff", b'{"model": "m"}'])
def test_another_provider_is_refused_whatever_it_sends(body):
    with pytest.raises(UnsupportedModelCall, match="/v1/complete are not supported") as caught:
        read_payload("unsupported", "/v1/complete", body)
    assert caught.value.guard == "model_door"


@pytest.mark.parametrize("body", [b"", b"[]", b'{"answer": 1}', b'{"prompt": "Say something"}'])
@pytest.mark.parametrize(("kind", "path"), [("responses", "/survey/responses"), ("maybe_unsupported", "/ci/runs")])
def test_a_web_service_with_a_like_path_is_no_model_call(kind, path, body):
    assert read_payload(kind, path, body) is None


@pytest.mark.parametrize("body", [b'{"model": "m"}', b'{"previous_response_id": "r"}', b'{"prompt": {"id": "p"}}'])
def test_with_the_fields_of_one_in_its_body_it_is_one(body):
    assert read_payload("responses", "/v1/responses", body) is not None


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/completions", b'{"model": "m"}'),
        ("/v1/responses/compact", b'{"model": "m"}'),
        ("/v1/threads/t/runs", b'{"assistant_id": "a"}'),
        ("/v1/batches/", b'{"input_file_id": "f"}'),
    ],
)
def test_models_that_are_asked_otherwise_are_refused(path, body):
    with pytest.raises(UnsupportedModelCall, match="not supported"):
        read_payload(call_kind("POST", path), path, body)
