"""Rules drafted from a tool's own words: what it hands back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from pytest_agentsafety.model.messages import ToolSpec
from pytest_agentsafety.permissions import draft_rule, sense_of


def _returning(annotation: Any) -> Callable[..., Any]:
    def tool() -> None:
        pass

    tool.__annotations__ = {"return": annotation}
    return tool


def _untyped():  # type: ignore[no-untyped-def]
    pass


def result(name: str, description: str = "", *parameters: str, fn: Callable[..., Any] = _untyped, **more: Any) -> str:
    schema = {"properties": {one: {"type": "string"} for one in parameters}}
    return sense_of(ToolSpec(name=name, fn=fn, description=description, input_schema=schema, **more)).result


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        (
            "outside",
            (
                "read_email get_messages list_comments get_reviews search_web read_file get_webpage list_issues "
                "get_events list_tasks get_transcript search_posts get_zxqv run_code get_parcel_notes"
            ),
        ),
        ("own", "list_contacts get_balance list_projects get_profile list_folders get_cart list_users get_hotels"),
        ("value", "get_weather current_time get_status count_rows get_parcel_id calculate_sum is_open send_mail"),
    ],
)
def test_by_what_is_read(kind: str, names: str) -> None:
    assert {name: result(name) for name in names.split()} == dict.fromkeys(names.split(), kind)


def test_the_head_of_the_object_decides() -> None:
    assert result("list_email_accounts") == "own"
    assert result("list_account_emails") == "outside"
    assert result("get_parcel_by_message") != "outside" or result("get_parcel") == "outside"
    assert result("list_it", "List the accounts of the shop.") == "own"
    assert result("list_it", "List the comments of the account.") == "outside"


@pytest.mark.parametrize("annotation", [int, float, bool, None, "int", "bool | None", int | None])
def test_a_number_is_a_value(annotation: Any) -> None:
    assert result("get_messages", fn=_returning(annotation)) == "value"


@pytest.mark.parametrize("annotation", [str, dict, list[str], "dict[str, str]", list[dict[str, Any]]])
def test_what_is_read_as_text_or_record_is_no_mere_value(annotation: Any) -> None:
    assert result("get_weather", fn=_returning(annotation)) == "own"
    assert result("get_messages", fn=_returning(annotation)) == "outside"


def test_an_output_schema_speaks_before_the_function() -> None:
    assert result("get_messages", fn=_returning(str), output_schema={"type": "integer"}) == "value"
    assert result("get_weather", fn=_returning(int), output_schema={"type": "object"}) == "own"


def test_an_open_world_is_outside() -> None:
    assert result("list_contacts", hints={"openWorldHint": True}) == "outside"
    assert result("list_contacts", hints={"openWorldHint": False}) == "own"
    assert result("read_email", hints={"openWorldHint": False}) == "outside", "a hint never loosens"


def test_what_stands_at_a_url_is_outside() -> None:
    assert result("get_thing", "", "url") == "outside"
    assert result("open_thing", "", "url") == "outside"


def test_a_browser_shows_the_page_after_an_action() -> None:
    assert result("browser_click", "Click on an element.", "element") == "outside"
    assert result("click_parcel", "Click on a parcel.", "element") == "value"


def test_a_rule_says_it_in_two_words() -> None:
    assert draft_rule(ToolSpec(name="read_email", fn=_untyped)).result_trust == "untrusted"
    assert draft_rule(ToolSpec(name="list_contacts", fn=_untyped)).result_trust == "trusted"
    assert draft_rule(ToolSpec(name="get_weather", fn=_untyped)).result_trust == "trusted"


def test_comparing_files_shows_what_stands_in_them() -> None:
    assert result("compare_files", "", "path") == "outside"
    assert result("compare_numbers", "", "first") == "value"
