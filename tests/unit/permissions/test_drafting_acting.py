"""Which words of a tool's name are its verbs."""

from __future__ import annotations

import pytest

from pytest_agentsafety.model.messages import ToolSpec
from pytest_agentsafety.permissions import draft_rule
from pytest_agentsafety.permissions.drafting.acting import acting
from pytest_agentsafety.permissions.drafting.sentence import Told, told

NOTHING = Told()


@pytest.mark.parametrize(
    ("name", "verbs"),
    [
        ("send_email", {"send"}),
        ("sendEmail", {"send"}),
        ("email_send", {"send"}),
        ("git_clone", {"clone"}),
        ("browser_navigate", {"navigate"}),
        ("cart_add_product", {"add"}),
        ("crm_list_tables", {"list"}),
        ("get_order", {"get"}),
        ("get_delete_log", {"get"}),
        ("find_and_delete", {"find", "delete"}),
        ("search_or_create", {"search", "create"}),
        ("list_create", {"create"}),
        ("take_off_list", {"remove"}),
        ("log_in", {"login"}),
        ("unit_converter", {"convert"}),
        ("getsThings", {"get"}),
        ("order_pizza", {"order"}),
        ("read_comments", {"read"}),
        ("parcel_deleted", set()),
        ("", set()),
        ("x", set()),
        ("123", set()),
        ("and_or", set()),
    ],
)
def test_verbs(name: str, verbs: set[str]) -> None:
    assert set(acting(name, NOTHING).verbs) == verbs


@pytest.mark.parametrize(
    ("name", "description", "verbs"),
    [
        ("issue_close", "Close an issue.", {"close"}),
        ("message_reply", "Replies to a message.", {"reply"}),
        ("report_email", "Sends a report.", {"email"}),
        ("post_comment", "Comments on a post.", {"comment"}),
        ("schedule", "Print the timetable.", set()),
    ],
)
def test_the_description_decides_between_nouns(name: str, description: str, verbs: set[str]) -> None:
    found = acting(name, told(description))
    assert set(found.verbs if found.clear else ()) == verbs


@pytest.mark.parametrize(
    ("name", "objects"),
    [
        ("send_email", {"email"}),
        ("get_user_tickets", {"user", "ticket"}),
        ("add_product_to_cart", {"product", "cart"}),
        ("list_all_my_files", {"file"}),
        ("delete", set()),
    ],
)
def test_objects_are_nouns_in_their_base_form(name: str, objects: set[str]) -> None:
    assert acting(name, NOTHING).objects == objects


@pytest.mark.parametrize(
    ("name", "heads"),
    [
        ("get_user_tickets", {"ticket"}),
        ("get_tickets_for_user", {"ticket"}),
        ("get_parcel_by_message_id", {"parcel"}),
        ("list_files_of_project", {"file"}),
    ],
)
def test_heads_stand_before_by_and_for(name: str, heads: set[str]) -> None:
    assert acting(name, NOTHING).heads == heads


@pytest.mark.parametrize("name", ["_" * 10_000, "a_" * 10_000, "get" * 10_000, "get_" * 10_000])
def test_long_names_take_no_time(name: str) -> None:
    assert acting(name, NOTHING).words is not None


@pytest.mark.parametrize(
    ("name", "text", "effect"),
    [
        ("moves", "Moves of a day", "read"),
        ("visits_of_week", "Visits of a week", "read"),
        ("orders", "Orders by state", "read"),
        ("stock", "Stock of the shop", "read"),
        ("moves", "Moves a boat", "write"),
        ("approves", "Approves of a request", "write"),
    ],
)
def test_the_same_noun_again_is_a_list(name: str, text: str, effect: str) -> None:
    def made() -> list:  # type: ignore[type-arg]
        ...

    made.__doc__ = text
    assert draft_rule(ToolSpec(name=name, fn=made)).effect == effect


def test_a_doer_behind_a_particle_does_nothing() -> None:
    assert acting("boxes_for_driver", told("Boxes that came in.")).verbs == ()
    assert acting("screw_driver", told("The one of the shed.")).verbs == ("drive",)
