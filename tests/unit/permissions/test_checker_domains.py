"""URLs and addresses in the arguments of a call against the allowed domains of its rule."""

from typing import Any

import pytest

from pytest_agentsafety.model.decisions import Decision
from pytest_agentsafety.model.messages import ToolCall
from pytest_agentsafety.model.policy import ToolRule
from pytest_agentsafety.permissions import PermissionChecker
from pytest_agentsafety.permissions.addresses import email_domains

ALLOWED = ("api.example.com", "*.corp.example")


def check(name: str, arguments: dict[str, Any], **rule: Any) -> Decision:
    rule.setdefault("effect", "egress")
    rule.setdefault("allowed_domains", ALLOWED)
    return PermissionChecker().check(ToolCall(call_id="1", name=name, arguments=arguments), ToolRule(**rule))


@pytest.mark.parametrize(
    ("arguments", "outcome"),
    [
        ({"url": "https://api.example.com/v1"}, "allowed"),
        ({"url": "https://evil.test/"}, "denied"),
        ({"url": "api.example.com"}, "denied"),
        ({"links": ["https://api.example.com/", "https://evil.test/"]}, "denied"),
        ({"url": "https://api.example.com/", "callback": "https://evil.test/"}, "denied"),
        ({"url": "https://api.example.com/", "target": "//evil.test/"}, "denied"),
        ({"url": "https://api.example.com/", "body": "see https://evil.test/"}, "allowed"),
        ({"request": {"url": "https://evil.test/"}}, "denied"),
        ({"request": {"url": "https://api.example.com/"}}, "allowed"),
        ({"url": "https://api.example.com/", "timeout": 3, "cc": ""}, "allowed"),
        ({"to": "a@mail.corp.example"}, "allowed"),
        ({"to": "Anna <a@mail.corp.example>", "cc": ["b@x.corp.example"]}, "allowed"),
        ({"to": "a@mail.corp.example, eve@evil.test"}, "denied"),
        ({"to": "a@corp.example"}, "denied"),
        ({"to": "a@mail.corp.example", "bcc": ["eve@evil.test"]}, "denied"),
        ({"to": "a@[127.0.0.1]"}, "denied"),
        ({"to": "a@127.0.0.1"}, "denied"),
        ({"to": "https://evil.test/hook"}, "denied"),
        ({"user": "anna", "to": "a@mail.corp.example"}, "allowed"),
    ],
)
def test_where_a_call_goes(arguments: dict[str, Any], outcome: str) -> None:
    decision = check("send_request", arguments)
    assert decision.outcome == outcome, decision.reason


def test_a_denial_names_argument_value_and_what_is_allowed() -> None:
    decision = check("send_email", {"to": ["a@mail.corp.example", "eve@evil.test"]})
    assert (decision.rule, decision.argument) == ("permissions.domain", "to[1]")
    assert decision.reason == (
        'to[1] "eve@evil.test": domain evil.test is not allowed; allowed: api.example.com, *.corp.example'
    )


@pytest.mark.parametrize(
    "arguments", [{"channel": "general"}, {"query": "x"}, {"to": ""}, {"url": None}, {"to": "anna", "body": "hi"}]
)
def test_a_call_that_does_not_say_where_it_goes_is_denied(arguments: dict[str, Any]) -> None:
    decision = check("send", arguments)
    assert (decision.outcome, decision.rule) == ("denied", "permissions.domain")
    assert "says where it goes" in decision.reason


@pytest.mark.parametrize(
    "arguments", [{"url": 17}, {"url": b"https://api.example.com/"}, {"to": b"a@mail.corp.example"}, {"to": "a@b@c"}]
)
def test_what_cannot_be_read_is_denied(arguments: dict[str, Any]) -> None:
    assert check("send", arguments).rule == "permissions.unreadable_argument"


def test_when_domains_do_not_apply() -> None:
    assert check("run_code", {"code": "print(1)"}, effect="execute").outcome == "allowed"
    assert check("send", {"to": "eve@evil.test"}, allowed_domains=None).outcome == "allowed"
    assert check("refresh", {}).outcome == "allowed"
    assert check("send", {"to": "a@api.example.com"}, allowed_domains=()).outcome == "denied"


def test_an_origin_allows_requests_but_no_mail() -> None:
    rule = {"allowed_domains": ("http://127.0.0.1:8080", "https://shop.example")}
    assert check("fetch", {"url": "http://127.0.0.1:8080/x"}, **rule).outcome == "allowed"
    assert check("fetch", {"url": "http://127.0.0.1:8081/x"}, **rule).outcome == "denied"
    assert check("send", {"to": "a@shop.example"}, **rule).outcome == "denied"


@pytest.mark.parametrize(
    ("text", "domains"),
    [
        ("", []),
        ("anna", []),
        ("a@b.c", ["b.c"]),
        ("mailto:a@b.c", ["b.c"]),
        (" a@b.c ; d@e.f,\ng@h.i,", ["b.c", "e.f", "h.i"]),
        ("Anna B. <a@b.c>, d@e.f", ["b.c", "e.f"]),
        ("<a@b.c>", ["b.c"]),
        ("a@b@c", None),
        ("@b.c", None),
        ("a@", None),
        ("a b@c.d", None),
        ('"x@y.z" <a@b.c>', None),
        ("a@b.c <d@e.f>", None),
        ("a@b.c>", None),
        ("a@b.c (d@e.f)", None),
        ("a@b.c:25", None),
        ("a@b.c\\d", None),
    ],
)
def test_addresses_are_read_for_certain_or_not_at_all(text: str, domains: list[str] | None) -> None:
    assert email_domains(text) == domains
