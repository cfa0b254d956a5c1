"""Rules drafted from a tool's own words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from pytest_agentsafety.model.messages import ToolSpec
from pytest_agentsafety.model.policy import EFFECTS, ToolRule
from pytest_agentsafety.permissions import draft_effect, draft_policy, draft_rule
from pytest_agentsafety.permissions.words import GRAVITY, ROLE_WORDS, VERBS, WEAK_VERBS, singular


@pytest.mark.parametrize(
    ("effect", "names"),
    [
        (
            "read",
            (
                "get_weather list_files search fetchOrders read_mail find_and_compare check_stock get_refund_status "
                "get_share_link get_start_time github_get_issue mcp__fs__read_file get_order view_invoice is_open "
                "count_rows lookupCustomer get_delete_log list_invites show_calendar"
            ),
        ),
        (
            "write",
            (
                "create_event update_profile write_file file_write createList list_create mark_done schedule_meeting "
                "book_room frobnicate calendar_add_entry save_note rename_folder"
            ),
        ),
        (
            "egress",
            (
                "send_email email_send forward_message invite_user post_message share_file publish web_request "
                "notify_team reply_to_thread email_anna"
            ),
        ),
        ("delete", "delete_file remove_user cancel_order clear_cache find_and_delete unsubscribe purgeAll"),
        ("pay", "pay_bill transfer_funds make_payment send_money buy_item order_pizza create_transaction refund"),
        ("execute", "execute_code run_tests eval exec_command get_and_run"),
    ],
)
def test_effects_by_name(effect: str, names: str) -> None:
    assert {name: draft_effect(name, "", {})[0] for name in names.split()} == dict.fromkeys(names.split(), effect)


@pytest.mark.parametrize(
    ("name", "description", "effect"),
    [
        ("weather", "Returns the weather.", "write"),  # "return" is no verb we know, so it asks
        ("weather", "Get the weather for a city.", "read"),
        ("weather", "  Fetches the weather.", "read"),
        ("zap", "Deletes everything.", "delete"),
        ("zap", "Publishes the page.", "egress"),
        ("get_quote", "Send the basket to the shop and return its offer.", "egress"),
        ("search_web", "Run a search.", "read"),
        ("delete_file", "Get rid of a file.", "delete"),
        ("zap", "", "write"),
        ("zap", "123", "write"),
    ],
)
def test_a_docstring_helps_where_the_name_says_nothing_and_may_only_tighten(
    name: str, description: str, effect: str
) -> None:
    assert draft_effect(name, description, {})[0] == effect


def test_the_reason_says_what_the_effect_follows_from() -> None:
    assert draft_effect("send_mail", "", {})[1] == "verb 'send'"
    assert "no known verb" in draft_effect("frobnicate", "", {})[1]
    assert "URL" in draft_effect("get_page", "", {"url": "url"})[1]
    assert "money" in draft_effect("make_payment", "", {})[1]


def test_a_read_that_takes_a_url_can_carry_data_out() -> None:
    def get_webpage(url: str) -> str:
        """Get a web page."""
        return url

    rule = draft_rule(ToolSpec(name="get_webpage", fn=get_webpage))
    assert rule == ToolRule(effect="egress", roles={"url": "url"}, drafted=True)


def test_an_amount_to_somebody_is_a_payment() -> None:
    roles = {"amount": "amount", "recipient": "destination"}
    assert draft_effect("settle", "", roles)[0] == "pay"
    assert draft_effect("get_rate", "", roles)[0] == "read"


def _make(source: str) -> Callable[..., Any]:
    space: dict[str, Any] = {}
    exec(source, space)
    return space["tool"]


def test_parameters_come_from_the_signature() -> None:
    tool = _make("def tool(to: str, body: str = '', *args, loud: bool = False, **more):\n    'Send it.'")
    rule = draft_rule(ToolSpec(name="it", fn=tool))
    assert rule.effect == "egress"
    assert rule.roles == {"to": "destination", "body": "content", "loud": "other"}
    assert rule.drafted
    assert rule.result_trust == "untrusted"
    assert rule.allowed_paths is None
    assert rule.allowed_domains is None


def test_a_schema_overrides_the_signature() -> None:
    tool = _make("def tool(**arguments): pass")
    schema = {"type": "object", "properties": {"where": {"type": "string", "format": "uri"}}}
    rule = draft_rule(ToolSpec(name="read_it", fn=tool, description="Read it.", input_schema=schema))
    assert rule.roles == {"where": "url"}
    assert rule.effect == "egress"
    for broken in ({}, {"properties": None}, {"properties": ["x"]}):
        assert draft_rule(ToolSpec(name="read_it", fn=tool, input_schema=broken)).roles == {}


def test_a_policy_has_a_rule_for_each_tool() -> None:
    tool = _make("def tool(path: str): pass")
    drafted = draft_policy([ToolSpec(name="read_file", fn=tool), ToolSpec(name="delete_file", fn=tool)])
    assert {name: rule.effect for name, rule in drafted.items()} == {"read_file": "read", "delete_file": "delete"}
    assert all(rule.drafted and rule.roles == {"path": "path"} for rule in drafted.values())


def test_the_vocabulary_is_in_order() -> None:
    assert set(GRAVITY) == set(EFFECTS) == set(VERBS)
    clear = [word for words in VERBS.values() for word in words]
    weak = [word for words in WEAK_VERBS.values() for word in words]
    assert len(clear) == len(set(clear))
    assert len(weak) == len(set(weak))
    assert not set(clear) & set(weak)
    assert [word for word in ROLE_WORDS if singular(word) != word or word != word.lower()] == []
