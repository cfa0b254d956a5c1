"""Rules drafted from a tool's own words: the effect."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import pytest

from pytest_agentsafety.model.messages import ToolSpec
from pytest_agentsafety.permissions import draft_policy, draft_rule, explain_rule, sense_of


def _tool(**arguments: Any) -> None:
    pass


_tool.__doc__ = ""


def _effect(name: str, description: str = "", *parameters: str, **hints: bool) -> str:
    schema = {"type": "object", "properties": {one: {"type": "string"} for one in parameters}}
    spec = ToolSpec(name=name, fn=_tool, description=description, input_schema=schema, hints=hints)
    return draft_rule(spec).effect


def _make(source: str) -> Callable[..., Any]:
    space: dict[str, Any] = {"Literal": Literal}
    exec(source, space)
    return space["tool"]


@pytest.mark.parametrize(
    ("effect", "names"),
    [
        (
            "read",
            (
                "get_weather list_files search fetchOrders read_mail find_and_compare check_stock get_refund_status "
                "get_share_link get_start_time github_get_issue mcp__fs__read_file get_order view_invoice is_open "
                "count_rows lookupCustomer get_delete_log list_invites show_calendar read_comments show_queue"
            ),
        ),
        (
            "write",
            (
                "create_event update_profile write_file file_write createList list_create mark_done schedule_meeting "
                "book_meeting frobnicate calendar_add_entry run_scene save_note "
                "rename_folder cart_add_product git_clone issue_close"
            ),
        ),
        (
            "egress",
            (
                "send_email email_send forward_message invite_user post_message share_file publish "
                "notify_team reply_to_thread email_anna create_message add_comment"
            ),
        ),
        (
            "delete",
            "take_off_shelf delete_file remove_user cancel_order clear_cache find_and_delete unsubscribe purgeAll",
        ),
        (
            "pay",
            "pay_bill transfer_funds make_payment send_money buy_item order_pizza create_transaction reserve_table",
        ),
        ("execute", "execute_code run_tests eval exec_command get_and_run workflow_run install_package"),
    ],
)
def test_effects_by_name(effect: str, names: str) -> None:
    assert {name: _effect(name) for name in names.split()} == dict.fromkeys(names.split(), effect)


@pytest.mark.parametrize(
    ("name", "description", "effect"),
    [
        ("weather", "Returns the weather.", "read"),
        ("weather", "Get the weather for a city.", "read"),
        ("weather", "  Fetches the weather.", "read"),
        ("weather", "The weather of a city.", "read"),
        ("visitor_book", "The visitor book of the hotel.", "read"),
        ("parcels", "What the courier brought, newest first.", "read"),
        ("parcel_bills", "Bills for parcels.", "read"),
        ("parcel_labels", "Running labels with their text.", "read"),
        ("parcel_log", "Everything about one parcel.", "read"),
        ("today", "Say what time it is.", "read"),
        ("calendar", "The family calendar.", "read"),
        ("contact_list", "Looks somebody up.", "read"),
        ("frob", "Running parcels.", "write"),
        ("frob", "Takes a parcel off the list.", "delete"),
        ("frob", "Hands the parcel over to the neighbour.", "egress"),
        ("frob", "Fill out the form.", "write"),
        ("frob", "Deletes everything.", "delete"),
        ("frob", "Publishes the page.", "egress"),
        ("frob", "This tool allows you to send an email.", "egress"),
        ("frob", "A wrapper around mail. Useful for when you need to send an email.", "egress"),
        ("frob", "Use this tool to delete a file.", "delete"),
        ("frob", "Tool for deleting files.", "delete"),
        ("frob", "Asynchronously deletes a file.", "delete"),
        ("frob", "File deleting tool", "delete"),
        ("frob", "Note: slow. Deletes a file.", "delete"),
        ("frob", "Make a payment.", "pay"),
        ("frob", "Makes a bank transfer.", "pay"),
        ("finalize_parcel", "This tool will finalize a parcel.", "write"),
        ("dispense_parcel", "Dispense", "write"),
        ("frob_parcel", "Frob", "write"),
        ("frob_parcel", "Frobs parcels for the user.", "write"),
        ("create_payment_link", "Create a payment link.", "write"),
        ("transfer_to_person", "Transfer the user to a person.", "egress"),
        ("transfer_ownership", "Transfers ownership of a file.", "write"),
        ("transfer", "Transfer something.", "pay"),
        ("parcel_settings", "Show the settings of a parcel, after changing the ones that are given.", "write"),
        ("schedule", "Print the timetable between two days.", "read"),
        ("schedule", "Schedule a meeting.", "write"),
        ("refund", "Gives money back.", "pay"),
        ("order", "Gets goods for the user.", "pay"),
        ("timetable", "Lists the lessons of the week.", "read"),
        ("staff", "The directory of the club.", "read"),
        ("staff", "Staff a watch with somebody.", "write"),
        ("timetable", "Lists the lessons and deletes the old ones.", "delete"),
        ("generate_title", "Generates a title for the word.", "read"),
        ("generate_image", "Generates an image.", "write"),
        ("ask_human", "Ask the human a question.", "read"),
        ("ask_colleague", "Ask a colleague a question.", "egress"),
        ("apply_for_loan", "Apply for a loan.", "pay"),
        ("react_to_message", "React to a message.", "egress"),
        ("text_to_speech", "Convert text to speech.", "read"),
        ("resolve_username", "Resolve a username to an id.", "read"),
        ("resolve_ticket", "Resolve a ticket.", "write"),
        ("start_container", "Start a container.", "execute"),
        ("book_reservation", "Book a reservation.", "pay"),
        ("book_interview", "Book an interview.", "write"),
        ("frob", "Create a page and share it.", "egress"),
        ("frob", "This tool belongs to a system that allows users to read files. Deletes a file.", "delete"),
        ("get_quote", "Send the basket to the shop and return its offer.", "egress"),
        ("search_web", "Run a search.", "read"),
        ("delete_file", "Get rid of a file.", "delete"),
        ("git_checkout", "Switches branches.", "write"),
        ("stage_undo", "Unstages all staged changes.", "write"),
        ("frob", "", "write"),
        ("frob", "123", "write"),
        ("frob", "Frobs the frobnicator.", "write"),
    ],
)
def test_a_docstring_helps_where_the_name_says_nothing_and_may_only_tighten(
    name: str, description: str, effect: str
) -> None:
    assert _effect(name, description) == effect


@pytest.mark.parametrize("name", ["send_mail", "delete_file", "transfer_funds", "execute_code", "update_profile"])
@pytest.mark.parametrize("description", ["Reads a file.", "The weather.", "Get things. Harmless.", "This only looks."])
def test_a_description_never_loosens_a_clear_name(name: str, description: str) -> None:
    assert _effect(name, description) == _effect(name)


@pytest.mark.parametrize(
    ("name", "parameters", "effect"),
    [
        ("get_page", ["url"], "egress"),
        ("clone_repository", ["url"], "egress"),
        ("get_rate", ["amount", "recipient"], "read"),
        ("update_ledger", ["amount", "recipient"], "pay"),
        ("settle_up", ["amount", "recipient"], "pay"),
        ("frobnicate", ["amount", "recipient"], "pay"),
        ("frobnicate", ["recipient"], "egress"),
        ("frobnicate", ["script"], "execute"),
        ("frobnicate", ["thing"], "write"),
        ("manage_jobs", ["command"], "execute"),
        ("start_process", ["command"], "execute"),
        ("query_database", ["sql"], "execute"),
        ("book_flight", ["flight_id", "card_id"], "pay"),
        ("book_room", ["room_id"], "pay"),
        ("book_interview", ["time"], "write"),
        ("show_settings", ["id", "value"], "write"),
        ("show_settings", ["id"], "read"),
        ("ask_user", ["question"], "read"),
        ("ask_user", ["user_id", "question"], "egress"),
        ("list_parcels", ["label"], "read"),
    ],
)
def test_parameters_tighten(name: str, parameters: list[str], effect: str) -> None:
    assert _effect(name, "", *parameters) == effect


@pytest.mark.parametrize(
    ("hints", "effect"),
    [
        ({"readOnlyHint": False}, "write"),
        ({"destructiveHint": True}, "write"),
        ({"readOnlyHint": True, "destructiveHint": True}, "read"),
        ({}, "read"),
    ],
)
def test_hints_tighten(hints: dict[str, bool], effect: str) -> None:
    assert _effect("get_item", "", **hints) == effect


@pytest.mark.parametrize("name", ["send_mail", "delete_file", "frobnicate", "pay_bill", "run_code"])
def test_hints_never_loosen(name: str) -> None:
    assert _effect(name, "", readOnlyHint=True, destructiveHint=False, openWorldHint=False) == _effect(name)


def test_an_argument_that_chooses_what_is_done_counts_by_its_gravest_choice() -> None:
    chosen = _make("def tool(action: Literal['list', 'create', 'delete'], name: str): 'Get the things.'")
    assert draft_rule(ToolSpec(name="get_things", fn=chosen)).effect == "delete"
    schema = {"properties": {"method": {"type": "string", "enum": ["GET", "POST"]}}}
    assert draft_rule(ToolSpec(name="get_things", fn=_tool, input_schema=schema)).effect == "egress"
    harmless = {"properties": {"sort": {"type": "string", "enum": ["delete", "create"]}}}
    assert draft_rule(ToolSpec(name="get_things", fn=_tool, input_schema=harmless)).effect == "read"


def test_the_reason_says_what_the_effect_follows_from() -> None:
    def reason(name: str, description: str = "", *parameters: str) -> str:
        schema = {"properties": {one: {"type": "string"} for one in parameters}}
        return explain_rule(ToolSpec(name=name, fn=_tool, description=description, input_schema=schema))["effect"]

    assert reason("send_mail") == "verb 'send'"
    assert reason("frob", "Deletes it.") == "verb 'delete' of the description"
    assert "no known verb" in reason("frobnicate")
    assert "URL" in reason("get_page", "", "url")
    assert "money" in reason("add_money")
    assert "only name a thing" in reason("parcel_details", "The details of a parcel.")


def test_a_rule_names_everything_it_was_drafted_from() -> None:
    tool = _make("def tool(to: str, body: str = '', *args, loud: bool = False, **more):\n    'Send it.'")
    rule = draft_rule(ToolSpec(name="it", fn=tool))
    assert rule.effect == "egress"
    assert rule.roles == {"to": "destination", "body": "content", "loud": "flag"}
    assert rule.drafted
    assert rule.allowed_paths is None
    assert rule.allowed_domains is None


def test_a_schema_overrides_the_signature() -> None:
    tool = _make("def tool(**arguments): pass")
    schema = {"type": "object", "properties": {"where": {"type": "string", "format": "uri"}}}
    rule = draft_rule(ToolSpec(name="read_it", fn=tool, description="Read it.", input_schema=schema))
    assert rule.roles == {"where": "url"}
    assert rule.effect == "egress"
    for broken in ({}, {"properties": None}, {"properties": ["x"]}, {"properties": {"x": 1}}):
        assert draft_rule(ToolSpec(name="read_it", fn=tool, input_schema=broken)).effect == "read"


def test_a_schema_that_refers_to_itself_ends() -> None:
    node = {"type": "object", "properties": {"child": {"$ref": "#/$defs/node"}, "name": {"type": "string"}}}
    schema = {
        "properties": {"root": {"$ref": "#/$defs/node"}},
        "$defs": {"node": node, "loop": {"$ref": "#/$defs/loop"}},
    }
    rule = draft_rule(ToolSpec(name="save_tree", fn=_tool, input_schema=schema))
    assert set(rule.roles) == {"root"}


def test_a_policy_has_a_rule_for_each_tool() -> None:
    tool = _make("def tool(path: str): pass")
    drafted = draft_policy([ToolSpec(name="read_file", fn=tool), ToolSpec(name="delete_file", fn=tool)])
    assert {name: rule.effect for name, rule in drafted.items()} == {"read_file": "read", "delete_file": "delete"}
    assert all(rule.drafted and rule.roles == {"path": "path"} for rule in drafted.values())


@pytest.mark.parametrize("name", ["", "_", "\u540d\u524d", "a" * 10_000, "x\ny", "delete\u200b_file"])
def test_strange_names_are_no_reads(name: str) -> None:
    assert _effect(name) != "read"


def test_a_long_description_is_read_in_time() -> None:
    hostile = "to you need to " * 100_000 + "[" * 100_000 + "<" * 100_000
    assert sense_of(ToolSpec(name="frob", fn=_tool, description=hostile)).unknown


def test_only_the_acting_word_makes_a_tool_unknown() -> None:
    def unknown(name: str, description: str, *parameters: str) -> tuple[str, ...]:
        schema = {"properties": {one: {"type": "string"} for one in parameters}}
        return sense_of(ToolSpec(name=name, fn=_tool, description=description, input_schema=schema)).unknown

    assert unknown("frobnicate_page", "") == ("frobnicate", "page")
    assert unknown("get_frobnicator", "") == ()
    assert unknown("use_cloud", "Make a call of the cloud.") == ("use", "call")
    assert unknown("call_contact", "Call somebody.") == ()
    assert unknown("frobnicator", "Get the frobnicator.") == ()
    assert unknown("get_page", "", "zxqv") == ()
    assert unknown("set_page", "", "zxqv") == ("zxqv",)
    assert unknown("set_page", "", "effective") == ()


def test_sense() -> None:
    tool = _make("def tool(to: str, body: str): 'Sends an urgent email to the customers.'")
    sense = sense_of(ToolSpec(name="send_email", fn=tool))
    assert sense.tool == "send_email"
    assert sense.verbs == {"send"}
    assert sense.classes == {"send"}
    assert sense.objects == {"email"}
    returning = sense_of(ToolSpec(name="get_page", fn=tool, description="Returns a page."))
    assert returning.verbs == {"get"}
    assert returning.classes == {"get"}
    assert sense.result == "value"
    assert set(sense.reasons) == {"effect", "result_trust", "roles.to", "roles.body"}


def test_tools_that_differ_in_one_thing_are_read_one_by_one() -> None:
    schema = {"properties": {"path": {"type": "string"}}}
    first = ToolSpec(name="get_item", fn=_tool, input_schema=schema)
    others = (
        ToolSpec(name="get_item", fn=_tool, input_schema=schema, hints={"destructiveHint": True}),
        ToolSpec(name="get_item", fn=_tool, input_schema=schema, description="Delete the item for good."),
        ToolSpec(name="delete_item", fn=_tool, input_schema=schema),
        ToolSpec(name="get_item", fn=_tool, input_schema={"properties": {"password": {"type": "string"}}}),
    )
    assert draft_rule(first) == draft_rule(ToolSpec(name="get_item", fn=_tool, input_schema=schema))
    for other in others:
        assert (draft_rule(other), explain_rule(other)) != (draft_rule(first), explain_rule(first))
