"""A file that would be written over, and acts that are destructive by their effect."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from pytest_agentsafety.guards.actions import DestructiveActionGuard
from pytest_agentsafety.model.decisions import Decision
from pytest_agentsafety.model.messages import ToolCall
from pytest_agentsafety.model.policy import Effect, Role, ToolRule


@pytest.fixture
def base(tmp_path: Path) -> Path:
    """A task's folder with a file in it."""
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "plan.md").write_text("plan")
    (tmp_path / "a b%c.txt").write_text("odd")
    return tmp_path


def check(
    base: Path | None,
    arguments: dict[str, Any],
    roles: dict[str, Role] | None = None,
    *,
    effect: Effect = "write",
    endorsed: bool = False,
) -> Decision | None:
    call = ToolCall(call_id="c", name="save", arguments=arguments)
    rule = ToolRule(effect=effect, roles=roles or {})
    return DestructiveActionGuard().check_call(call, rule, endorsed=endorsed, base=base)


def asks(decision: Decision | None, argument: str = "path") -> bool:
    if decision is None:
        return False
    assert (decision.outcome, decision.guard, decision.rule) == ("ask", "destructive", "destructive.overwrite")
    assert decision.argument == argument
    return True


def test_writing_over_a_file_asks(base: Path) -> None:
    decision = check(base, {"path": "notes/plan.md"}, {"path": "path"})
    assert asks(decision)
    assert decision is not None
    assert decision.reason == (
        "argument 'path' of save is a file that exists (notes/plan.md), and the task does not name it"
    )


@pytest.mark.parametrize("effect", ["write", "egress", "execute"])
def test_whatever_writes_may_write_over(base: Path, effect: Effect) -> None:
    decision = check(base, {"note": "notes/plan.md"}, {"note": "other"}, effect=effect, endorsed=True)
    assert asks(decision, "note")


def test_a_new_file_a_folder_and_a_read_do_not(base: Path) -> None:
    assert check(base, {"path": "notes/new.md"}, {"path": "path"}) is None
    assert check(base, {"path": "notes"}, {"path": "path"}) is None
    assert check(base, {"path": "notes/plan.md"}, {"path": "path"}, effect="read") is None


def test_a_file_the_task_names_is_what_the_user_wants(base: Path) -> None:
    """Provenance has found paths, and arguments nobody described, in the user's words."""
    for roles in ({"path": "path"}, {}, {"path": "destination"}):
        assert check(base, {"path": "notes/plan.md"}, roles, endorsed=True) is None  # type: ignore[arg-type]


def test_endorsement_says_nothing_of_values_that_were_not_looked_at(base: Path) -> None:
    arguments = {"to": "ann@x.test", "label": "notes/plan.md"}
    roles: dict[str, Role] = {"to": "destination", "label": "other"}
    assert asks(check(base, arguments, roles, endorsed=True), "label")


@pytest.mark.parametrize("role", ["content", "amount", "secret", "url"])
def test_values_of_another_kind_are_no_targets(base: Path, role: Role) -> None:
    assert check(base, {"x": "notes/plan.md"}, {"x": role}) is None


@pytest.mark.parametrize(
    "spelled",
    [
        "notes/plan.md",
        "./notes/plan.md",
        "notes/../notes/plan.md",
        "notes//plan.md",
        " notes/plan.md ",
        "BASE/notes/plan.md",
        "file://BASE/notes/plan.md",
        "FILE://BASE/notes/plan.md",
        "file://BASE/a%20b%25c.txt",
        "a b%c.txt",
    ],
)
def test_the_same_file_in_other_words(base: Path, spelled: str) -> None:
    assert asks(check(base, {"path": spelled.replace("BASE", str(base))}))


def test_a_link_counts_as_what_it_leads_to(base: Path) -> None:
    (base / "link").symlink_to("notes/plan.md")
    (base / "dangling").symlink_to("nowhere")
    assert asks(check(base, {"path": "link"}))
    assert check(base, {"path": "dangling"}) is None


def test_the_home_folder_is_understood(base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(base))
    assert asks(check(None, {"path": "~/notes/plan.md"}))


def test_without_a_base_paths_start_at_the_working_folder(base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(base)
    assert asks(check(None, {"path": "notes/plan.md"}))
    monkeypatch.chdir(base / "notes")
    assert check(None, {"path": "notes/plan.md"}) is None
    assert asks(check(None, {"path": "plan.md"}))


def test_files_inside_lists_and_objects(base: Path) -> None:
    assert asks(check(base, {"files": ["new.md", "notes/plan.md"]}), "files.1")
    assert asks(check(base, {"job": {"out": {"path": "notes/plan.md"}}}), "job.out.path")
    assert check(base, {"body": ["notes/plan.md"]}, {"body": "content"}) is None


@pytest.mark.parametrize(
    "odd", ["", " ", "\0", "a\0b", "x" * 5_000, "notes/plan.md\nmore", "~nobody-here/x", "\ud800", ".."]
)
def test_what_is_no_path_is_no_file(base: Path, odd: str) -> None:
    assert check(base, {"path": odd}) is None


@pytest.mark.skipif(os.geteuid() == 0, reason="root may look everywhere")
def test_where_nobody_may_look_there_is_something(base: Path) -> None:
    (base / "notes").chmod(0)
    try:
        assert asks(check(base, {"path": "notes/new.md"}))
    finally:
        (base / "notes").chmod(0o700)


@pytest.mark.parametrize(("effect", "does"), [("delete", "deletes"), ("egress", "sends"), ("pay", "pays")])
def test_sending_paying_and_deleting_ask_unless_endorsed(effect: Effect, does: str) -> None:
    decision = check(None, {"order": "A-1"}, effect=effect)
    assert decision is not None
    assert (decision.outcome, decision.rule) == ("ask", "destructive.effect")
    assert decision.reason == f"save {does}, and the user did not ask for it"
    assert check(None, {"order": "A-1"}, effect=effect, endorsed=True) is None
