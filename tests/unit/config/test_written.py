"""Tool rules as TOML: what is written is what is read, whatever the names are."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pytest_agentsafety.config import parse_tool_rules
from pytest_agentsafety.config.written import header, key, quoted, tool_table
from pytest_agentsafety.model.policy import EFFECTS, ROLES, ToolRule

names = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12).filter(str.strip)
hostile = st.text(st.sampled_from("a\"'\\\n\r\t#=[].\x00\x1b\x7f\u202e\u2028\U000e0041 :"), min_size=1).filter(
    str.strip
)


def read(text: str) -> dict[str, ToolRule]:
    return parse_tool_rules(tomllib.loads(text)["tool"]["agentsafety"]["tools"], place="here")


@given(
    name=names | hostile,
    effect=st.sampled_from(EFFECTS),
    trust=st.sampled_from(["trusted", "untrusted"]),
    roles=st.dictionaries(names | hostile, st.sampled_from(ROLES), max_size=3),
    reason=st.text(st.characters(exclude_categories=["Cs"])) | hostile,
)
@example(name='x"]\n[tool.agentsafety]\nagent="evil:agent"\n[a."', effect="read", trust="trusted", roles={}, reason="")
@example(name="a.b", effect="read", trust="trusted", roles={"c.d": "path"}, reason="\neffect = 'read'")
def test_what_is_written_is_what_is_read(
    name: str, effect: str, trust: str, roles: dict[str, str], reason: str
) -> None:
    rule = ToolRule(effect=effect, result_trust=trust, roles=roles)  # type: ignore[arg-type]
    reasons = dict.fromkeys(["effect", "result_trust", *(f"roles.{one}" for one in roles)], reason)
    text = tool_table(name, rule, reasons)
    assert read(text) == {name: rule}
    assert len(text.splitlines()) == len(text.split("\n")) - 1 == 3 + bool(roles) + len(roles)


@given(name=names | hostile, words=st.lists(names | hostile, min_size=1, max_size=3))
def test_a_tool_that_was_not_understood_is_comments(name: str, words: list[str]) -> None:
    rule = ToolRule(effect="write", roles={name: "path"})
    text = tool_table(name, rule, {}, words)
    assert tomllib.loads(text) == {}
    assert f"# {header(name)}" in text.splitlines()
    told, *commented = text.splitlines()
    assert "Not understood" in told
    assert read("\n".join(line.removeprefix("# ") for line in commented)) == {name: rule}


@pytest.mark.parametrize("name", ["", "  ", "\n", "\ud800", "a\udfff"])
def test_names_that_toml_cannot_hold(name: str) -> None:
    with pytest.raises(ValueError, match="name"):
        key(name)


@pytest.mark.parametrize(
    ("name", "written"),
    [("send_mail", "send_mail"), ("a-1", "a-1"), ("a.b", '"a.b"'), ('a"b', '"a\\"b"'), ("\u202e", '"\\u202e"')],
)
def test_keys(name: str, written: str) -> None:
    assert key(name) == written


def test_strings() -> None:
    assert quoted("a\nb") == '"a\\u000ab"'
    assert quoted("\U000e0041") == '"\\U000e0041"'
    assert quoted("Grüße") == '"Grüße"'


def test_it_reads_like_a_page() -> None:
    rule = ToolRule(effect="egress", result_trust="trusted", roles={"to": "destination", "body": "content"})
    reasons = {"effect": "verb 'send'", "roles.to": "its name", "result_trust": "what became of the call"}
    assert tool_table("send_mail", rule, reasons) == (
        "[tool.agentsafety.tools.send_mail]\n"
        "effect = \"egress\"  # verb 'send'\n"
        'result_trust = "trusted"  # what became of the call\n'
        "[tool.agentsafety.tools.send_mail.roles]\n"
        'to = "destination"  # its name\n'
        'body = "content"\n'
    )


def test_a_wrong_role_or_trust_is_told_with_what_is_valid() -> None:
    from pytest_agentsafety.model.errors import AgentSafetyError

    for wrong, told in (
        ("effect = 'read'\nresult_trust = 'trust'", "trusted"),
        ("effect = 'read'\nroles = { to = 'destinatoin' }", "destination"),
        ("effect = 'read'\nroles = { to = 1 }", "destination"),
        ("effect = 'read'\nroles = ['to']", "table"),
    ):
        with pytest.raises(AgentSafetyError, match=told):
            parse_tool_rules({"x": tomllib.loads(wrong)}, place="here")
