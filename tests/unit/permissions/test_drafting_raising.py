"""What makes an effect graver or milder than its verb: money, access, asides, parameters, hints."""

from __future__ import annotations

from typing import Any

import pytest

from pytest_agentsafety.model.messages import ToolSpec
from pytest_agentsafety.permissions import draft_rule, explain_rule, sense_of


def spec(name: str, description: str, *shown: str, hints: dict[str, Any] | None = None) -> ToolSpec:
    """`shown` are names of texts, or of numbers with a `#`."""
    kinds = {one.removesuffix("#"): {"type": "number" if one.endswith("#") else "string"} for one in shown}
    return ToolSpec(
        name=name,
        fn=lambda **_: None,
        description=description,
        input_schema={"type": "object", "properties": kinds},
        hints=hints or {},
    )


def effect(name: str, description: str, *shown: str) -> str:
    return draft_rule(spec(name, description, *shown)).effect


@pytest.mark.parametrize(
    ("name", "description", "shown", "expected"),
    [
        ("add_member", "Add a member to a team.", ("team_id", "user"), "egress"),
        ("set_permission", "Set a permission.", ("user", "permission"), "egress"),
        ("grant_access", "Grants access.", ("user",), "egress"),
        ("assign_role", "Assign a role.", ("user", "role"), "egress"),
        ("assign_member_to_card", "Assign a member to a card.", ("card_id", "member_id"), "write"),
        ("set_colour", "Set the colour.", ("colour",), "write"),
        ("get_role", "Get a role.", ("role_id",), "read"),
    ],
)
def test_giving_somebody_access_reaches_others(
    name: str, description: str, shown: tuple[str, ...], expected: str
) -> None:
    assert effect(name, description, *shown) == expected
    assert draft_rule(spec("grant_access", "Grants access.", "user", "role")).roles["role"] == "flag"


@pytest.mark.parametrize(
    ("name", "description", "shown", "expected"),
    [
        ("extend_stay", "Extend a stay; each night is charged to the card.", ("stay_id",), "pay"),
        ("get_stay", "Get a stay. The card is charged at check-in.", ("stay_id",), "read"),
        ("merge_records", "Merge two records. The second will be deleted.", ("first_id", "second_id"), "delete"),
        ("move_event", "Move an event. Guests are notified.", ("event_id",), "egress"),
    ],
)
def test_asides(name: str, description: str, shown: tuple[str, ...], expected: str) -> None:
    assert effect(name, description, *shown) == expected


@pytest.mark.parametrize(
    ("name", "description", "shown", "expected"),
    [
        ("create_payout", "Create a payout.", ("account_id", "amount#"), "pay"),
        ("capture_payment", "Capture a payment.", ("payment_id",), "pay"),
        ("capture_screen", "Capture the screen.", (), "read"),
        ("record_payment", "Record a payment that was made.", ("invoice_id",), "write"),
        ("create_invoice", "Create an invoice.", ("customer", "amount#"), "write"),
        ("supply", "Supply an asset.", ("asset", "amount#"), "pay"),
        ("retain", "Retains a lawyer at a price.", ("lawyer", "price#"), "pay"),
        ("reorder", "Reorder paper from the vendor.", ("item",), "pay"),
        ("reorder_cards", "Reorder the cards of a board.", ("board_id",), "write"),
        ("start_transfer", "Start a transfer.", ("account_id",), "pay"),
        ("start_search", "Start a search.", ("query",), "read"),
        ("cast_vote", "Cast a vote.", ("motion_id",), "egress"),
        ("withdraw_paper", "Withdraw a paper.", ("paper_id",), "delete"),
    ],
)
def test_money_and_what_is_started(name: str, description: str, shown: tuple[str, ...], expected: str) -> None:
    tool = spec(name, description, *shown)
    assert draft_rule(tool).effect in (expected, "write" if expected == "delete" else expected), explain_rule(tool)


@pytest.mark.parametrize(
    ("name", "description", "shown", "expected"),
    [
        ("get_page", "Get a page.", ("url",), "egress"),
        ("search_products", "Search for products.", ("query", "domain"), "read"),
        ("crawl", "Crawl a site.", ("site",), "egress"),
        ("http_get", "Get something.", ("path",), "egress"),
        ("ask_user", "Ask the user a question.", ("question",), "read"),
        ("create_poll", "Create a poll.", ("channel", "question"), "egress"),
        ("create_channel", "Create a channel.", ("channel", "description"), "write"),
        ("reverse_entry", "Reverse an entry.", ("entry_id",), "write"),
        ("reverse_text", "Reverse a text.", ("text",), "read"),
        ("call_service", "Call an operation of a service.", ("operation_name", "parameters"), "execute"),
        ("send_line", "Sends a line to the machine.", ("command",), "execute"),
        ("monitor_trigger", "Trigger a monitor.", ("monitor_id",), "execute"),
        ("run_scene", "Run a scene.", ("scene_id",), "write"),
        ("promote_build", "Promotes a build to production.", ("build_id",), "execute"),
        ("batch_create_labels", "Create several labels.", ("names",), "write"),
        ("stop_port_forward", "Stop a port forward.", ("session_id",), "write"),
    ],
)
def test_parameters_and_objects(name: str, description: str, shown: tuple[str, ...], expected: str) -> None:
    tool = spec(name, description, *shown)
    assert draft_rule(tool).effect == expected, explain_rule(tool)


@pytest.mark.parametrize(
    ("name", "description", "expected"),
    [
        ("lift_status", "Which lifts are running.", "read"),
        ("who_is_on_call", "Who carries the pager?", "read"),
        ("stream_key", "Shows the key of a stream.", "read"),
        ("parcel_comments", "Comments on a parcel.", "read"),
        ("list_parcels", "Parcels of a depot, by label.", "read"),
        ("get_report", "Builds a report of the week.", "read"),
        ("get_top_queries", "Reports the slowest queries.", "read"),
        ("report_user", "Reports a user to the moderators.", "egress"),
        ("transfer_funds", "The weather.", "pay"),
    ],
)
def test_ways_to_say_that_nothing_is_done(name: str, description: str, expected: str) -> None:
    assert effect(name, description) == expected
    assert not sense_of(spec(name, description)).unknown


def test_a_verb_that_nobody_knows_is_named_and_grave() -> None:
    tool = spec("frob_feeder", "Frobs feeders with water.", "feeder")
    assert draft_rule(tool).effect != "read"
    assert "frob" in sense_of(tool).unknown


def test_hints_tighten() -> None:
    assert draft_rule(spec("get_page", "Get.", "page_id", hints={"readOnlyHint": False})).effect == "write"
    assert draft_rule(spec("delete_page", "Delete.", "page_id", hints={"readOnlyHint": True})).effect == "delete"
