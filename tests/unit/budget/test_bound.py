"""The upper bound of a request, and what has none."""

from __future__ import annotations

import gzip
import json
import math
from typing import Any

import pytest

from pytest_agentsafety.budget import Budget, UnboundedRequestError, bound_of, default_prices, estimate_usage
from pytest_agentsafety.budget.bound import HIDDEN_PROMPT_TOKENS
from pytest_agentsafety.model.errors import BudgetExceededError, LimitExceededError, TokenLimitError
from pytest_agentsafety.model.messages import ModelRequest, Usage
from pytest_agentsafety.model.policy import BudgetLimits
from pytest_agentsafety.protocols import Rates

TOOL = {"name": "read", "description": "Reads.", "input_schema": {"type": "object"}}


def request(body: bytes | None = None, **fields: Any) -> ModelRequest:
    payload = {"model": "m", "max_tokens": 100, "messages": [{"role": "user", "content": "hello"}], **fields}
    payload = {key: value for key, value in payload.items() if value is not ...}
    data = json.dumps(payload, ensure_ascii=False).encode() if body is None else body
    return ModelRequest(url="http://x/v1/messages", path="/v1/messages", body=data, payload=payload)


def refused(**fields: Any) -> str:
    with pytest.raises(UnboundedRequestError) as caught:
        bound_of(request(**fields))
    return str(caught.value)


def test_the_bytes_of_the_body_bound_the_input() -> None:
    asked = request()
    bound = bound_of(asked)
    assert bound.input_tokens == len(asked.body)
    assert bound.output_tokens == 100
    assert bound.estimate == math.ceil(len(asked.body) / 3.5)
    assert not bound.long_cache


def test_input_that_does_not_stand_in_the_body_is_added() -> None:
    asked = request()._replace(unseen_tokens=700)
    bound = bound_of(asked)
    assert bound.input_tokens == len(asked.body) + 700
    assert bound.estimate == math.ceil(len(asked.body) / 3.5)


def test_bytes_are_counted_not_characters() -> None:
    plain, wide = (bound_of(request(system=text)).input_tokens for text in ("a" * 50, "\u6f22" * 50))
    assert wide - plain == 100


def test_an_empty_body_is_counted_from_the_payload() -> None:
    asked = request(body=b"")
    assert bound_of(asked).input_tokens == len(json.dumps(asked.payload, separators=(",", ":")))


@pytest.mark.parametrize("extra", [{"tools": [TOOL]}, {"output_format": {"type": "json_schema", "schema": {}}}])
def test_a_hidden_prompt_is_added(extra: dict[str, Any]) -> None:
    asked = request(**extra)
    bound = bound_of(asked)
    assert bound.input_tokens == len(asked.body) + HIDDEN_PROMPT_TOKENS
    assert bound.estimate == math.ceil(len(asked.body) / 3.5)


def test_no_tools_no_hidden_prompt() -> None:
    asked = request(tools=[])
    assert bound_of(asked).input_tokens == len(asked.body)


def test_a_whole_conversation_of_text_has_a_bound() -> None:
    asked = request(
        system=[{"type": "text", "text": "Be kind.", "cache_control": {"type": "ephemeral"}}],
        tools=[TOOL, {**TOOL, "type": "custom"}],
        thinking={"type": "enabled", "budget_tokens": 50},
        messages=[
            {"role": "user", "content": [{"type": "text", "text": "hello"}]},
            {
                "role": "assistant",
                "content": [
                    {"type": "thinking", "thinking": "hm", "signature": "s"},
                    {"type": "redacted_thinking", "data": "d"},
                    {"type": "tool_use", "id": "t", "name": "read", "input": {"type": "image", "speed": "fast"}},
                ],
            },
            {
                "role": "user",
                "content": [
                    {"type": "tool_result", "tool_use_id": "t", "content": [{"type": "text", "text": "data"}]},
                    {"type": "tool_result", "tool_use_id": "u", "content": "data"},
                    {"type": "tool_result", "tool_use_id": "v"},
                ],
            },
        ],
    )
    assert bound_of(asked).input_tokens == len(asked.body) + HIDDEN_PROMPT_TOKENS


@pytest.mark.parametrize(
    "kind", ["image", "document", "search_result", "container_upload", "server_tool_use", "web_search_tool_result", ""]
)
def test_a_block_that_is_not_text_has_no_bound(kind: str) -> None:
    text = refused(messages=[{"role": "user", "content": [{"type": "text", "text": "x"}, {"type": kind}]}])
    assert f"messages[0] has a block of type {kind!r}" in text
    assert "It was not sent." in text


def test_an_image_inside_a_tool_result_is_found() -> None:
    content = [{"type": "tool_result", "tool_use_id": "t", "content": [{"type": "image", "source": {}}]}]
    ok = {"role": "user", "content": "x"}
    assert "messages[1] has a block of type 'image'" in refused(messages=[ok, {"role": "user", "content": content}])


def test_an_image_in_the_system_prompt_is_found() -> None:
    assert "system has a block of type 'image'" in refused(system=[{"type": "image"}])


@pytest.mark.parametrize("block", ["text", 3, None, {"text": "no type"}, {"type": ["text"]}])
def test_a_block_without_a_known_type_has_no_bound(block: Any) -> None:
    assert "messages[0] has a block of type" in refused(messages=[{"role": "user", "content": [block]}])


@pytest.mark.parametrize(
    "kind", ["web_search_20250305", "web_fetch_20250910", "code_execution_20250825", "mcp_toolset", "bash_20990101"]
)
def test_a_tool_that_is_not_the_users_own_has_no_bound(kind: str) -> None:
    assert f"tools has a tool of type {kind!r}" in refused(tools=[TOOL, {"type": kind, "name": "x"}])


@pytest.mark.parametrize("kind", ["bash_20250124", "text_editor_20250728", "memory_20250818"])
def test_a_tool_that_the_provider_describes_and_the_agent_runs_has_a_hidden_description(kind: str) -> None:
    asked = request(tools=[TOOL, {"type": kind, "name": "x", "cache_control": {"type": "ephemeral", "ttl": "1h"}}])
    bound = bound_of(asked)
    assert bound.input_tokens == len(asked.body) + 2 * HIDDEN_PROMPT_TOKENS
    assert bound.long_cache


def test_a_conversation_kept_at_the_provider_is_refused_with_the_way_out() -> None:
    assert "pass thread=False to tool_runner()" in refused(thread={"type": "create"})


@pytest.mark.parametrize(
    "field",
    ["mcp_servers", "container", "previous_message_id", "context_management", "speed", "inference_geo", "requests"],
)
def test_a_field_that_may_bring_tokens_or_another_price_has_no_bound(field: str) -> None:
    assert f"field '{field}' is not known to the budget" in refused(**{field: "x"})


@pytest.mark.parametrize("value", [..., None, 0, -5, 1.5, True, "100"])
def test_max_tokens_must_bound_the_output(value: Any) -> None:
    assert "max_tokens is" in refused(max_tokens=value)


@pytest.mark.parametrize("messages", ["hello", {"role": "user"}, 3])
def test_messages_must_be_a_list(messages: Any) -> None:
    assert "messages is not a list" in refused(messages=messages)


def test_a_message_must_be_an_object() -> None:
    assert "messages[1] is not an object" in refused(messages=[{"role": "user", "content": "x"}, "y"])


def test_content_must_be_text_or_blocks() -> None:
    assert "the content of messages[0] is neither text nor a list" in refused(messages=[{"content": {"type": "text"}}])


@pytest.mark.parametrize("tools", ["x", {"name": "x"}, 3])
def test_tools_must_be_a_list(tools: Any) -> None:
    assert "tools is not a list" in refused(tools=tools)


def test_a_tool_must_be_an_object() -> None:
    assert "tools has a tool of type" in refused(tools=["web_search"])


def test_a_compressed_body_has_no_bound() -> None:
    packed = gzip.compress(json.dumps({"messages": "x" * 10_000}).encode())
    assert "the body is not plain JSON" in refused(body=packed)


def test_a_hostile_field_name_stays_printable() -> None:
    text = refused(**{"\x1b[2J\n::error::": 1})
    assert "\x1b" not in text
    assert "\n" not in text


LONG = {"type": "ephemeral", "ttl": "1h"}


@pytest.mark.parametrize(
    "fields",
    [
        {"cache_control": LONG},
        {"system": [{"type": "text", "text": "x", "cache_control": LONG}]},
        {"tools": [{**TOOL, "cache_control": LONG}]},
        {"messages": [{"role": "user", "content": [{"type": "text", "text": "x", "cache_control": LONG}]}]},
        {"cache_control": {"type": "ephemeral", "ttl": "2h"}},
    ],
)
def test_the_long_cache_is_seen_wherever_it_stands(fields: dict[str, Any]) -> None:
    assert bound_of(request(**fields)).long_cache


@pytest.mark.parametrize("control", [{"type": "ephemeral"}, {"type": "ephemeral", "ttl": "5m"}, None])
def test_the_short_cache_is_not_the_long_one(control: Any) -> None:
    assert not bound_of(request(cache_control=control)).long_cache


def test_no_bound_is_a_budget_error_with_an_infinite_figure() -> None:
    with pytest.raises(UnboundedRequestError) as caught:
        bound_of(request(speed="fast"))
    error = caught.value
    assert isinstance(error, BudgetExceededError | LimitExceededError)
    assert (error.kind, error.value, error.guard) == ("cost of the request", math.inf, "budget")
    assert error.what == "field 'speed' is not known to the budget"


def test_an_estimate_is_marked_and_counts_bytes() -> None:
    assert estimate_usage(35, "x" * 7) == Usage(input_tokens=10, output_tokens=2, estimated=True)
    assert estimate_usage(0, "") == Usage(estimated=True)
    assert estimate_usage(0, "\u6f22" * 7).output_tokens == 6


def test_an_answer_of_blocks_is_estimated_from_its_json() -> None:
    message = {"content": [{"type": "text", "text": "hello"}]}
    assert estimate_usage(0, message) == estimate_usage(0, '{"content":[{"text":"hello","type":"text"}]}')


# -- a counter for what the body does not bound


class Counter:
    """Counts what it is told to, and remembers what it was asked."""

    def __init__(self, answer: Any) -> None:
        self.answer, self.asked = answer, 0

    def count(self, request: ModelRequest) -> int:
        self.asked += 1
        if isinstance(self.answer, BaseException):
            raise self.answer
        return self.answer  # type: ignore[no-any-return]


def with_block(block: dict[str, Any]) -> ModelRequest:
    return request(messages=[{"role": "user", "content": [block]}])


@pytest.mark.parametrize(
    "block",
    [
        {"type": "image", "source": {"type": "url", "url": "https://x/a.png"}},
        {"type": "document", "source": {"type": "file", "file_id": "f1"}},
        {"type": "tool_result", "tool_use_id": "t", "content": [{"type": "image", "source": {"type": "base64"}}]},
    ],
)
def test_a_counter_bounds_images_documents_and_files(block: dict[str, Any]) -> None:
    counter = Counter(2000)
    bound = bound_of(with_block(block), counter)
    assert (bound.input_tokens, bound.output_tokens, bound.estimate) == (2200 + HIDDEN_PROMPT_TOKENS, 100, 2000)
    assert counter.asked == 1
    with pytest.raises(UnboundedRequestError, match="which only a TokenCounter can bound"):
        bound_of(with_block(block))


def test_the_counter_is_not_asked_where_the_body_is_a_bound() -> None:
    counter = Counter(1)
    assert bound_of(request(), counter) == bound_of(request())
    assert counter.asked == 0


@pytest.mark.parametrize(
    "fields",
    [
        {"tools": [{"type": "web_search_20250305", "name": "web_search"}]},
        {"container": "c1"},
        {"messages": [{"role": "user", "content": [{"type": "container_upload", "file_id": "f"}]}]},
        {"messages": [{"role": "user", "content": [{"type": "image"}, {"type": "server_tool_use"}]}]},
        {"messages": [{"role": "user", "content": [{"type": "image"}]}], "max_tokens": 0},
    ],
)
def test_a_counter_opens_nothing_else(fields: dict[str, Any]) -> None:
    counter = Counter(10)
    with pytest.raises(UnboundedRequestError):
        bound_of(request(**fields), counter)
    assert counter.asked == 0


@pytest.mark.parametrize("answer", [0, -5, True, None, 12.5, "12", math.nan, math.inf])
def test_a_count_that_is_none_is_refused(answer: Any) -> None:
    with pytest.raises(UnboundedRequestError, match="the token counter said"):
        bound_of(with_block({"type": "image"}), Counter(answer))


def test_a_counter_that_fails_fails_closed() -> None:
    with pytest.raises(UnboundedRequestError, match="could not be counted: TimeoutError") as caught:
        bound_of(with_block({"type": "image"}), Counter(TimeoutError("secret host")))
    assert "secret host" not in str(caught.value)
    assert isinstance(caught.value.__cause__, TimeoutError)


def test_a_stop_inside_the_counter_stays_a_stop() -> None:
    stop = TokenLimitError("tokens", 2, 1)
    with pytest.raises(TokenLimitError) as caught:
        bound_of(with_block({"type": "image"}), Counter(stop))
    assert caught.value is stop


def test_an_account_uses_its_counter() -> None:
    counter = Counter(1000)
    prices = default_prices({"m": Rates(input=1e-6, output=0.0, cache_read=0.0, cache_write=0.0)})
    account = Budget(BudgetLimits(), prices, counter=counter)
    held = account.reserve(with_block({"type": "image"}))
    assert float(held.cost_usd) == pytest.approx((1100 + HIDDEN_PROMPT_TOKENS) * 1e-6)
    account.release(held)
    account.reserve_again(held)
    assert counter.asked == 1
