"""What parameters mean, by name, annotation and schema."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal
from uuid import UUID

import pytest

from pytest_agentsafety.model.policy import ToolRule
from pytest_agentsafety.permissions import infer_roles, with_inferred_roles
from pytest_agentsafety.permissions.words import singular, tokens


@pytest.mark.parametrize(
    ("role", "names"),
    [
        ("path", "path file filename file_name filePath file_path output_dir folder src dst file_to_read directories"),
        ("url", "url uri link website page_url imageUrl webhook_urls endpoint"),
        (
            "destination",
            (
                "to recipient recipients cc bcc email user_email toAddress iban account_number username user "
                "channel_name participants attendees phoneNumber payee send_to"
            ),
        ),
        ("amount", "amount price total_cost quantity sums max_price"),
        (
            "identifier",
            "id order_id eventIds uuid invoice_reference cache_key sha branch_name issue_number tag tableName",
        ),
        (
            "content",
            "body text content subject email_body file_content messageText title notes description memo tags labels",
        ),
        ("secret", "password new_password api_key accessToken client_secret pin privateKey passwords"),
        ("time", "start_time date since due_date deadline"),
        ("query", "query q search_term keywords include_domains excludePaths"),
        (
            "other",
            "n limit page_token max_tokens colour to_currency from x _ \u540d country_code max_results page_size",
        ),
    ],
)
def test_names(role: str, names: str) -> None:
    assert infer_roles(names.split()) == dict.fromkeys(names.split(), role)


@pytest.mark.parametrize(
    ("names", "role"),
    [("source destination", "path"), ("src target", "path"), ("old new", "path")],
)
def test_a_pair_of_ends_is_a_pair_of_paths(names: str, role: str) -> None:
    assert infer_roles(names.split()) == dict.fromkeys(names.split(), role)


def test_a_destination_alone_is_somebody() -> None:
    assert infer_roles(["destination"]) == {"destination": "destination"}


@pytest.mark.parametrize(
    ("schema", "role"),
    [
        ({"type": "string", "format": "email"}, "destination"),
        ({"type": "string", "format": "URI"}, "url"),
        ({"type": "string", "format": "uuid"}, "identifier"),
        ({"type": "string", "format": "password"}, "secret"),
        ({"type": "string", "contentEncoding": "base64"}, "content"),
        ({"type": "array", "items": {"type": "string", "format": "email"}}, "destination"),
        ({"anyOf": [{"type": "string", "format": "uri"}, {"type": "null"}]}, "url"),
        ({"anyOf": [{"type": "string", "format": "uri"}, {"format": "email"}]}, "other"),
        ({"type": "string"}, "other"),
        ({"anyOf": "nonsense"}, "other"),
    ],
)
def test_schemas(schema: dict[str, Any], role: str) -> None:
    assert infer_roles({"thing": schema}) == {"thing": role}


@pytest.mark.parametrize("schema", [{"enum": ["a", "b"]}, {"const": 1}, {"type": "boolean"}, bool])
def test_a_closed_choice_is_no_recipient(schema: Any) -> None:
    assert infer_roles({"user": schema}) == {"user": "flag"}


def test_an_object_is_no_recipient() -> None:
    assert infer_roles({"user": {"type": "object"}}) == {"user": "other"}


class EmailStr(str):
    """As in the validation library that names it so."""


@pytest.mark.parametrize(
    ("annotation", "role"),
    [
        (Path, "path"),
        (Path | None, "path"),
        (list[Path], "path"),
        ("Path", "path"),
        ("os.PathLike[str]", "path"),
        (UUID, "identifier"),
        (EmailStr, "destination"),
        (list[EmailStr], "destination"),
        ("pydantic.HttpUrl | None", "url"),
        ("SecretStr", "secret"),
        (str, "other"),
        (Annotated[str, "a Path"], "other"),
        ("Annotated[str, 'a Path']", "other"),
        ("Literal['Path']", "flag"),
    ],
)
def test_annotations(annotation: Any, role: str) -> None:
    assert infer_roles({"thing": annotation}) == {"thing": role}


@pytest.mark.parametrize("annotation", [bool, "bool", "bool | None", "Optional[bool]", Literal["a", "b"]])
def test_flags_are_flags_whatever_they_are_called(annotation: Any) -> None:
    assert infer_roles({"email": annotation}) == {"email": "flag"}


def test_roles_are_filled_in_but_never_overwritten_nor_made_harmless() -> None:
    rule = ToolRule(effect="write", roles={"to": "other"})
    filled = with_inferred_roles(rule, {"to": str, "body": str, "colour": str})
    assert filled.roles == {"to": "other", "body": "content"}
    assert filled.effect == "write"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("sendHTTPMail_to", ["send", "http", "mail", "to"]),
        ("mcp__files__read-file", ["mcp", "files", "read", "file"]),
        ("getURL2", ["get", "url2"]),
        ("", []),
        ("___", []),
    ],
)
def test_tokens(name: str, words: list[str]) -> None:
    assert tokens(name) == words


@pytest.mark.parametrize(
    ("plural", "word"),
    [
        ("files", "file"),
        ("entries", "entry"),
        ("addresses", "address"),
        ("address", "address"),
        ("boxes", "box"),
        ("branches", "branch"),
        ("status", "status"),
        ("bus", "bus"),
        ("analysis", "analysis"),
        ("sms", "sms"),
    ],
)
def test_singular(plural: str, word: str) -> None:
    assert singular(plural) == word
