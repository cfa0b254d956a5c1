"""Rules drafted from a tool's own words: what its parameters mean."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

import pytest

from pytest_agentsafety.model.messages import ToolSpec
from pytest_agentsafety.model.policy import CRITICAL_ROLES
from pytest_agentsafety.permissions import draft_rule, explain_rule


def _no_tool() -> None:
    pass


def spec(name: str, properties: Mapping[str, Any], description: str = "", **more: Any) -> ToolSpec:
    schema = {"type": "object", "properties": properties, **more}
    return ToolSpec(name=name, fn=_no_tool, description=description, input_schema=schema)


def role(name: str, parameter: str, kind: str = "string", told: str = "", **others: Any) -> str:
    """The role of one parameter of the tool `name`."""
    return draft_rule(spec(name, {parameter: {"type": kind, "description": told}, **others})).roles[parameter]


@pytest.mark.parametrize(
    ("tool", "parameter", "expected"),
    [
        ("send_parcel", "to", "destination"),
        ("send_parcel", "recipient_email", "destination"),
        ("delete_branch", "branch_name", "identifier"),
        ("close_issue", "issue_number", "identifier"),
        ("upload_report", "file_name", "path"),
        ("create_page", "title", "content"),
        ("update_page", "tags", "content"),
        ("set_budget", "daily_eur", "amount"),
        ("set_budget", "price_usd", "amount"),
        ("login", "password", "secret"),
        ("create_entry", "start_date", "time"),
        ("list_parcels", "assignee_any", "query"),
        ("list_parcels", "max_price", "query"),
        ("list_parcels", "include_labels", "query"),
        ("geocode", "address", "query"),
        ("ship_parcel", "address", "destination"),
        ("get_user", "email_address", "destination"),
        ("save_address", "street", "other"),
        ("save_address", "door_number", "content"),
        ("set_colour", "country_code", "other"),
        ("move_parcel", "stage", "flag"),
        ("set_parcel", "status", "flag"),
    ],
)
def test_by_name(tool: str, parameter: str, expected: str) -> None:
    assert role(tool, parameter) == expected


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ("The URL of the page", "url"),
        ("Path to the file", "path"),
        ("ID of the parcel that moves", "identifier"),
        ("The e-mail address of the person", "destination"),
        ("Whether to shout", "flag"),
        ("If true, shouts", "flag"),
        ("Amount in euros", "amount"),
        ("Start date (ISO 8601)", "time"),
        ("Optional. The password", "secret"),
    ],
)
def test_the_description_speaks_where_the_name_says_nothing(told: str, expected: str) -> None:
    assert role("set_thing", "zxqv", told=told) == expected


def test_a_description_makes_a_harmless_name_critical_and_never_the_other_way_round() -> None:
    assert role("set_thing", "text", told="The URL of the page") == "url"
    assert role("set_thing", "recipient", told="Some text") == "destination"
    assert role("set_thing", "path", told="Whether to shout") == "path"


@pytest.mark.parametrize(
    ("name", "told"), [("to", "End date (ISO 8601)"), ("from", "On or after this day, 2026-01-31")]
)
def test_ends_of_a_time(name: str, told: str) -> None:
    assert role("list_parcels", name, told=told) == "time"
    assert role("send_parcel", "to", told="Who gets it") == "destination"


def test_what_nobody_understands_is_critical_where_something_is_done_and_a_text() -> None:
    assert role("set_thing", "zxqv") == "identifier"
    assert role("get_thing", "zxqv") == "identifier"
    assert role("search_things", "zxqv") == "query"
    assert role("set_thing", "zxqv", "number") == "other"
    assert role("set_thing", "zxqv", "boolean") == "flag"
    reasons = explain_rule(spec("set_thing", {"zxqv": {"type": "string"}}))
    assert "not understood" in reasons["roles.zxqv"]


@pytest.mark.parametrize(
    ("kind", "parameter", "expected"),
    [
        ("integer", "thread", "identifier"),
        ("integer", "number", "identifier"),
        ("integer", "stars", "other"),
        ("integer", "message", "other"),
        ("integer", "page", "other"),
        ("integer", "head", "other"),
        ("string", "head", "identifier"),
    ],
)
def test_numbers(kind: str, parameter: str, expected: str) -> None:
    assert role("hide_thing", parameter, kind) == expected


def test_a_number_that_is_written_to_is_somebody() -> None:
    assert role("send_text", "number") == "destination"
    assert role("hide_text", "number") == "identifier"


def test_a_name_is_what_the_call_is_aimed_at_unless_it_is_given() -> None:
    assert role("delete_thing", "name") == "identifier"
    assert role("get_thing", "name") == "identifier"
    assert role("create_thing", "name") == "content"
    assert role("update_thing", "name", thing_id={"type": "string"}) == "content"
    assert role("update_thing", "name") == "identifier"


def test_what_is_written_down_is_content() -> None:
    assert role("add_to_list", "item") == "content"
    assert role("move_entry", "item") == "identifier"
    assert role("buy_thing", "item") == "identifier"


def test_what_is_deleted_is_critical_whatever_it_is_called() -> None:
    assert role("remove_label", "label") == "identifier"
    assert role("delete_notes", "query") == "identifier"
    assert role("delete_note", "reason") == "content"
    assert role("edit_options", "values_to_delete") == "identifier"


@pytest.mark.parametrize("parameter", ["code", "command", "sql", "script"])
def test_what_is_run_is_critical(parameter: str) -> None:
    assert role("execute_thing", parameter) == "identifier"
    assert role("execute_thing", "comment") == "content"


def test_an_object_is_as_critical_as_its_fields() -> None:
    person = {"type": "object", "properties": {"name": {"type": "string"}, "email": {"type": "string"}}}
    pair = {"type": "object", "properties": {"key": {"type": "string"}, "value": {"type": "string"}}}
    rule = draft_rule(
        spec(
            "create_thing",
            {
                "whom": {"type": "array", "items": person},
                "attributes": {"type": "array", "items": pair},
                "where": {"$ref": "#/$defs/place"},
                "either": {"anyOf": [{"type": "null"}, person]},
                "style": {"type": "object", "properties": {"colour": {"type": "string"}}},
            },
            **{"$defs": {"place": {"type": "object", "properties": {"url": {"type": "string"}}}}},
        )
    )
    assert rule.roles == {
        "whom": "destination",
        "attributes": "content",
        "where": "url",
        "either": "destination",
        "style": "other",
    }


def test_descriptions_come_from_the_docstring_too() -> None:
    def google(zxqv: str, qvzx: str) -> None:
        """Set it.

        Args:
            zxqv (str): The URL of it
            qvzx: Whether to shout
        Returns:
            zxqv: nothing
        """

    def sphinx(zxqv: str, qvzx: str) -> None:
        """Set it.

        :param zxqv: The URL of it
        :param str qvzx: Whether to shout
        """

    for tool in (google, sphinx):
        assert draft_rule(ToolSpec(name="set_it", fn=tool)).roles == {"zxqv": "url", "qvzx": "flag"}


def test_annotations_describe() -> None:
    def tool(zxqv: Annotated[str, "The path of the file"], qvzx: Literal["a", "b"], x: list[int], *more: str) -> None:
        """Set it."""

    assert draft_rule(ToolSpec(name="set_it", fn=tool)).roles == {"zxqv": "path", "qvzx": "flag", "x": "other"}


def test_an_instance_of_a_method_is_no_parameter() -> None:
    class Shop:
        def buy(self, sku: str) -> None:
            """Buy it."""

    assert draft_rule(ToolSpec(name="buy", fn=Shop.buy)).roles == {"sku": "identifier"}
    assert draft_rule(ToolSpec(name="buy", fn=Shop().buy)).roles == {"sku": "identifier"}


def test_a_callable_without_a_signature_has_no_roles() -> None:
    assert draft_rule(ToolSpec(name="get_it", fn=type, description="Get it.")).roles == {}


def test_an_annotation_that_cannot_be_resolved_is_read_as_text() -> None:
    def tool(zxqv: str, there: str) -> None:
        """Set it."""

    tool.__annotations__["there"] = "no.such.Path"
    assert draft_rule(ToolSpec(name="set_it", fn=tool)).roles == {"zxqv": "identifier", "there": "path"}


def test_every_parameter_has_a_role_and_a_reason() -> None:
    named = ["to", "zxqv", "", "a b", "\u540d", "url"]
    drafted = spec("set_it", {one: {"type": "string"} for one in named})
    assert set(draft_rule(drafted).roles) == set(named)
    assert {f"roles.{one}" for one in named} < set(explain_rule(drafted))
    assert all(draft_rule(drafted).roles[one] in CRITICAL_ROLES for one in ("to", "zxqv", "\u540d", "url"))


@pytest.mark.parametrize("told", ["(" * 100_000, "the " * 100_000, "a" * 1_000_000, " of " * 100_000])
def test_hostile_descriptions_take_no_time(told: str) -> None:
    assert role("set_it", "zxqv", told=told) in CRITICAL_ROLES | {"content", "other"}


@pytest.mark.parametrize(
    ("tool", "parameter", "kind", "expected"),
    [
        ("explain_query", "sql", "string", "identifier"),
        ("set_thing", "python_transform", "string", "identifier"),
        ("set_thing", "country_code", "string", "other"),
        ("run_code", "line", "string", "identifier"),
        ("discard_unit", "unit_no", "string", "identifier"),
        ("get_page", "page_no", "string", "content"),
        ("buy_thing", "kilos", "number", "amount"),
        ("buy_thing", "page_size", "number", "other"),
        ("set_rent", "new_rent", "number", "amount"),
        ("report_damage", "estimated_loss", "number", "amount"),
        ("set_sensor", "sampling_rate", "number", "other"),
        ("issue_card", "spending_limit", "number", "amount"),
        ("mount_drive", "share", "string", "identifier"),
        ("add_room", "children", "integer", "other"),
        ("resolve_thing", "street", "string", "identifier"),
        ("save_address", "street", "string", "other"),
        ("connect", "cookie", "string", "secret"),
    ],
)
def test_numbers_codes_and_what_a_call_is_aimed_at(tool: str, parameter: str, kind: str, expected: str) -> None:
    assert role(tool, parameter, kind) == expected


def test_a_closed_choice_of_things_is_what_a_call_is_aimed_at() -> None:
    kinds = {"asset_id": {"type": "string", "enum": ["a", "b"]}, "unit": {"type": "string", "enum": ["a", "b"]}}
    assert dict(draft_rule(spec("lend", kinds)).roles) == {"asset_id": "identifier", "unit": "flag"}
