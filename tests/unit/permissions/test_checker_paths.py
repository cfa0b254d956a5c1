"""Path arguments of a call against the allowed paths of its rule."""

import os
from pathlib import Path
from typing import Any

import pytest

from pytest_agentsafety.model.decisions import Decision
from pytest_agentsafety.model.messages import ToolCall
from pytest_agentsafety.model.policy import ToolRule
from pytest_agentsafety.permissions import PermissionChecker


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    for folder in ("data/sub", "config", "output", "private", "src"):
        (root / folder).mkdir(parents=True)
    (root / "data/a.txt").write_text("a")
    (root / "data/sub/b.txt").write_text("b")
    (root / "data/big.bin").write_bytes(b"x" * 3000)
    (root / "config/app.toml").write_text("")
    (root / "config/other.toml").write_text("")
    (root / "private/key").write_text("k")
    (root / "data/out").symlink_to("../private")
    (root / "output/dangling").symlink_to("nowhere")
    (root / "output/later").symlink_to("missing/../../private/new")
    os.link(root / "private/key", root / "output/hard")
    return root


def check(base: Path | None, name: str, arguments: dict[str, Any], **rule: Any) -> Decision:
    rule.setdefault("effect", "read")
    return PermissionChecker(base).check(ToolCall(call_id="1", name=name, arguments=arguments), ToolRule(**rule))


DATA = ("data/", "config/app.toml")


@pytest.mark.parametrize(
    "path",
    [
        "data/a.txt",
        "./data/a.txt",
        "data//sub/./b.txt",
        "data/sub/../a.txt",
        "config/app.toml",
        "../project/data/a.txt",
    ],
)
def test_what_is_read_inside_is_allowed(project: Path, path: str) -> None:
    decision = check(project, "read_file", {"path": path}, allowed_paths=DATA)
    assert decision.outcome == "allowed", decision.reason
    assert decision.guard == "permissions"


@pytest.mark.parametrize(
    ("path", "rule", "why"),
    [
        ("private/key", "path", "is outside the allowed paths"),
        ("data/../private/key", "path", "leads out"),
        ("data/out/key", "path", "leads out"),
        ("src/../data/a.txt", "path", "is outside"),
        ("config/other.toml", "path", "is outside"),
        ("config/app.toml/x", "path", "no directory"),
        ("datax", "path", "is outside"),
        ("/etc/passwd", "path", "is outside"),
        ("~/.ssh/id_rsa", "path", "is outside"),
        ("data", "path", "is a directory"),
        ("data/none.txt", "not_found", "does not exist"),
        ("", "path", "is empty"),
        ("data/a.txt\0", "path", "NUL"),
        ("data/\ud800", "path", "not valid text"),
    ],
)
def test_what_is_read_outside_is_denied(project: Path, path: str, rule: str, why: str) -> None:
    decision = check(project, "read_file", {"path": path}, allowed_paths=DATA)
    assert (decision.outcome, decision.rule, decision.argument) == ("denied", f"permissions.{rule}", "path")
    assert why in decision.reason
    assert decision.reason.endswith("allowed: data/, config/app.toml")


def test_absolute_spellings_of_the_root_are_known(project: Path, tmp_path: Path) -> None:
    alias = tmp_path / "alias"
    alias.symlink_to(project)
    for base in (project, alias):
        for spelled in (project, alias):
            if base == project and spelled == alias:
                continue  # nothing ties this alias to the base
            decision = check(base, "read_file", {"path": f"{spelled}/data/a.txt"}, allowed_paths=DATA)
            assert decision.outcome == "allowed", (base, spelled, decision.reason)


def test_a_root_that_is_a_link_is_followed_because_the_rule_names_it(project: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "x").write_text("x")
    (project / "mount").symlink_to(elsewhere)
    for path in ("mount/x", str(elsewhere / "x")):
        assert check(project, "read_file", {"path": path}, allowed_paths=("mount",)).outcome == "allowed"
    assert check(project, "read_file", {"path": "mount/../secret"}, allowed_paths=("mount",)).outcome == "denied"


def test_a_root_with_dots_behind_a_link_counts_where_it_really_is(project: Path, tmp_path: Path) -> None:
    """`mount/../data` is the folder beside the link's target; the project's own data must not pass for it."""
    (tmp_path / "other/inner").mkdir(parents=True)
    (tmp_path / "other/data").mkdir()
    (tmp_path / "other/data/x").write_text("x")
    (project / "mount").symlink_to(tmp_path / "other/inner")
    allowed = ("mount/../data",)
    assert (
        check(project, "read_file", {"path": str(tmp_path / "other/data/x")}, allowed_paths=allowed).outcome
        == "allowed"
    )
    assert check(project, "read_file", {"path": "data/a.txt"}, allowed_paths=allowed).outcome == "denied"


def test_relative_paths_start_at_the_working_folder_without_a_base(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project)
    checker = PermissionChecker()
    rule = ToolRule(effect="read", allowed_paths=("data",))
    call = ToolCall(call_id="1", name="read_file", arguments={"path": "data/a.txt"})
    assert checker.check(call, rule).outcome == "allowed"
    monkeypatch.chdir(project / "src")
    assert checker.check(call, rule).outcome == "denied"


@pytest.mark.parametrize(
    ("name", "arguments", "outcome"),
    [
        ("list_files", {"path": "data"}, "allowed"),
        ("list_files", {"path": "."}, "denied"),
        ("glob", {"folder": "data/sub/"}, "allowed"),
        ("stat_path", {"directory": "data"}, "allowed"),
        ("read_file", {"path": "data/sub"}, "denied"),
    ],
)
def test_folders_are_for_tools_that_list(project: Path, name: str, arguments: dict[str, str], outcome: str) -> None:
    assert check(project, name, arguments, allowed_paths=("data",)).outcome == outcome


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("output/new.txt", None),
        ("output/new/deep/x.txt", "does not exist yet (new)"),
        ("output", None),
        ("output/new/../../private/x", "goes up"),
        ("output/../private/x", "leads out"),
        ("output/dangling", "leads nowhere"),
        ("output/dangling/x", "leads nowhere"),
        ("output/later", "leads nowhere"),
        ("output/hard", "other names"),
        ("output/hard/x", "no directory"),
        ("private/x", "is outside"),
    ],
)
def test_writes(project: Path, path: str, why: str | None) -> None:
    decision = check(project, "write_file", {"path": path, "content": "x"}, effect="write", allowed_paths=("output",))
    assert decision.outcome == ("allowed" if why is None else "denied"), decision.reason
    assert why is None or why in decision.reason


@pytest.mark.parametrize(
    ("path", "outcome"), [("made/x", "allowed"), ("made/a/b", "denied"), ("made/../private/x", "denied")]
)
def test_a_root_that_is_still_to_be_made(project: Path, path: str, outcome: str) -> None:
    assert check(project, "write_file", {"path": path}, effect="write", allowed_paths=("made",)).outcome == outcome
    assert check(project, "read_file", {"path": path}, allowed_paths=("made",)).outcome == "denied"


def test_a_single_file_as_root_may_be_created(project: Path) -> None:
    rule = {"effect": "write", "allowed_paths": ("output/report.txt",)}
    assert check(project, "write_file", {"path": "output/report.txt"}, **rule).outcome == "allowed"
    assert check(project, "write_file", {"path": "output/report.txt.bak"}, **rule).outcome == "denied"


def test_every_path_of_a_call_is_checked(project: Path) -> None:
    rule = {"effect": "write", "allowed_paths": ("data",)}
    arguments: dict[str, Any] = {"files": ["data/a.txt", ["data/sub/b.txt", "private/key"]]}
    decision = check(project, "archive", arguments, **rule)
    assert (decision.outcome, decision.argument) == ("denied", "files[1][1]")
    decision = check(project, "copy", {"src": "data/a.txt", "dst": "private/a"}, **rule)
    assert (decision.outcome, decision.argument) == ("denied", "dst")


@pytest.mark.parametrize(
    "arguments",
    [
        {"items": [{"path": "private/key", "mode": "r"}]},
        {"paths": {"body": "private/key"}},
        {"paths": {"private/key": "x"}},
        {"files": {"content": "/etc/passwd"}},
    ],
)
def test_keys_cannot_hide_a_path(project: Path, arguments: dict[str, Any]) -> None:
    assert check(project, "pack", arguments, effect="write", allowed_paths=("data",)).outcome == "denied"


def test_declared_roles_win_over_names(project: Path) -> None:
    rule = {"allowed_paths": ("data",), "roles": {"which": "path", "file": "other"}}
    assert check(project, "show", {"which": "data/a.txt", "file": "/etc/passwd"}, **rule).outcome == "allowed"
    assert check(project, "show", {"which": "private/key"}, **rule).outcome == "denied"


def test_a_call_without_a_path_that_could_be_checked_is_denied(project: Path) -> None:
    decision = check(project, "show", {"thing": "data/a.txt"}, allowed_paths=("data",))
    assert (decision.outcome, decision.rule) == ("denied", "permissions.path")
    assert "thing" in decision.reason
    assert "roles" in decision.reason
    assert check(project, "show", {"path": None}, allowed_paths=("data",)).outcome == "denied"
    assert check(project, "show", {}, allowed_paths=("data",)).outcome == "allowed"


def test_without_allowed_paths_there_is_no_limit(project: Path) -> None:
    assert check(project, "read_file", {"path": "/etc/passwd"}).outcome == "allowed"
    assert check(project, "read_file", {"path": "data/a.txt"}, allowed_paths=()).outcome == "denied"


@pytest.mark.parametrize("value", [17, 1.5, True, b"data/a.txt"])
def test_a_path_that_is_no_text_is_unreadable(project: Path, value: object) -> None:
    decision = check(project, "read_file", {"path": value}, allowed_paths=("data",))
    assert decision.rule == "permissions.unreadable_argument"
    assert repr(value) in decision.reason


def test_what_is_nested_too_deep_is_unreadable(project: Path) -> None:
    value: Any = "data/a.txt"
    for _ in range(100):
        value = [value]
    assert check(project, "read_file", {"path": value}).rule == "permissions.unreadable_argument"


def test_a_hostile_path_is_shown_on_one_safe_line(project: Path) -> None:
    decision = check(project, "read_file", {"path": "x\n::error::\x1b[2J\u202e"}, allowed_paths=("data",))
    assert "\n" not in decision.reason
    assert "\x1b" not in decision.reason
    assert "\u202e" not in decision.reason


@pytest.mark.parametrize(
    ("effect", "arguments", "outcome"),
    [
        ("read", {"path": "data/big.bin"}, "denied"),
        ("read", {"path": "data/a.txt"}, "allowed"),
        ("egress", {"path": "data/big.bin"}, "denied"),
        ("write", {"path": "data/big.bin", "content": "x"}, "allowed"),
        ("write", {"path": "data/n", "content": "x" * 2048}, "allowed"),
        ("write", {"path": "data/n", "content": "x" * 2049}, "denied"),
        ("write", {"path": "data/n", "content": "\u00e9" * 1025}, "denied"),
        ("write", {"path": "data/n", "lines": ["x" * 1025, "y" * 1025]}, "denied"),
        ("write", {"path": "data/n", "content": b"x" * 2049}, "denied"),
        ("write", {"path": "data/n", "content": "\ud800" * 700}, "denied"),
    ],
)
def test_sizes(project: Path, effect: str, arguments: dict[str, Any], outcome: str) -> None:
    decision = check(project, "use_file", arguments, effect=effect, allowed_paths=("data",), max_size_kb=2)
    assert decision.outcome == outcome, decision.reason
    if outcome == "denied":
        assert decision.rule == "permissions.size"
        assert decision.reason.endswith("allowed: 2 KB")


def test_allowed_paths_may_start_elsewhere_than_arguments(tmp_path: Path) -> None:
    work, notes = tmp_path / "src", tmp_path / "data"
    work.mkdir()
    notes.mkdir()
    (notes / "a.txt").write_text("x")
    (work / "a.txt").write_text("x")
    rule = ToolRule(effect="read", allowed_paths=("data/",), roles={"path": "path"})

    def outcome(checker: PermissionChecker, path: str) -> str:
        return checker.check(ToolCall(call_id="1", name="read_file", arguments={"path": path}), rule).outcome

    checker = PermissionChecker(work, root=tmp_path)
    assert outcome(checker, "../data/a.txt") == outcome(checker, str(notes / "a.txt")) == "allowed"
    assert outcome(checker, "a.txt") == outcome(checker, "data/a.txt") == "denied"
    assert outcome(PermissionChecker(work), "../data/a.txt") == "denied"
