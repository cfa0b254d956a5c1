"""What runs by itself later is not written by a tool, however it is reached; and nothing that is written may run."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Any

import pytest

from pytest_agentsafety.model.messages import ToolCall
from pytest_agentsafety.model.policy import Policy, ToolRule
from pytest_agentsafety.permissions import HookError, PermissionChecker, SafeOpen, beneath, real_names
from pytest_agentsafety.permissions.beneath import has_openat2
from pytest_agentsafety.permissions.hooks import hook_reason

HOOKS = [
    ".git/hooks/pre-commit",
    ".git/hooks/deep/x",
    ".git/config",
    ".git/config.worktree",
    ".git/modules/sub/hooks/post-checkout",
    ".git/modules/sub/config",
    "bare.git/hooks/update",
    ".git",
    "sub/.git",
    ".GIT/Hooks/pre-commit",
    ".g\u200bit/hooks/x",
    "\uff0egit/config",
    ".git./config",
    ".gitconfig",
    ".husky/pre-push",
    ".hg/hgrc",
    ".bashrc",
    "home/anna/.bashrc",
    ".zshenv",
    ".profile",
    ".BASHRC",
    ".ssh/authorized_keys",
    ".ssh/new",
    "x/.ssh/rc",
    "evil.pth",
    "lib/site-packages/a.PTH",
    "sitecustomize.py",
    "usercustomize.py",
    ".github/workflows/ci.yml",
    ".github/actions/a/action.yml",
    ".gitlab-ci.yml",
    "Jenkinsfile",
    ".config/systemd/user/a.service",
    ".config/autostart/a.desktop",
    "etc/cron.d/job",
    "Library/LaunchAgents/a.plist",
    ".vscode/tasks.json",
    ".mcp.json",
]
PLAIN = [
    "report.txt",
    ".gitignore",
    ".gitattributes",
    ".git/description",
    "git/hooks/x",
    "hooks/x",
    "config",
    ".github/CODEOWNERS",
    "github/workflows/ci.yml",
    ".env",
    "bashrc",
    "my.bashrc",
    ".bashrc.md",
    "pth",
    "a.pth.txt",
    "sitecustomize.txt",
    "ssh/authorized_keys",
    ".config/app.toml",
    "..hidden",
    "a..b",
    "...",
]


@pytest.mark.parametrize("path", HOOKS)
def test_a_hook_is_known_by_its_name(path: str) -> None:
    reason = hook_reason(f"/srv/project/{path}", "/srv/project")
    assert reason is not None
    assert "name it in allowed_paths" in reason


@pytest.mark.parametrize("path", PLAIN)
def test_other_files_are_no_hooks(path: str) -> None:
    assert hook_reason(f"/srv/project/{path}", "/srv/project") is None


@pytest.mark.parametrize(
    ("meant", "path", "refused"),
    [
        ("/p/.git/hooks", "/p/.git/hooks/x", False),
        ("/p/.git/hooks", "/p/.git/hooks/evil.pth", True),
        ("/p/.git", "/p/.git/hooks/x", True),
        ("/p/.github/workflows", "/p/.github/workflows/ci.yml", False),
        ("/home/a/.bashrc", "/home/a/.bashrc", False),
        ("/home/a", "/home/a/.bashrc", True),
        ("/home/a/.ssh/known_hosts", "/home/a/.ssh/known_hosts", False),
    ],
)
def test_what_a_person_named_is_meant(meant: str, path: str, refused: bool) -> None:
    assert (hook_reason(path, meant) is not None) == refused


@pytest.fixture(params=["kernel", "walk"])
def _opener(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "walk":
        monkeypatch.setattr(beneath, "has_openat2", lambda: False)
    elif not has_openat2():
        pytest.skip("no openat2 on this machine")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "data"
    for folder in (".git/hooks", ".github/workflows", ".ssh", "sub"):
        (root / folder).mkdir(parents=True)
    (root / ".git/config").write_text("old")
    (root / ".git/hooks/old").write_text("old")
    (root / "sub/tool.sh").write_text("old")
    (root / "sub/tool.sh").chmod(0o744)
    (root / "sub/plain").write_text("old")
    (root / "link_hooks").symlink_to(".git/hooks")
    (root / "link_config").symlink_to(".git/config")
    (root / "sub/up").symlink_to("../.git")
    return tmp_path


REACHED = [
    ".git/hooks/new",
    ".git/hooks/old",
    ".git/config",
    ".git//./config",
    "sub/../.git/config",
    "link_hooks/new",
    "link_hooks/old",
    "link_config",
    "sub/up/hooks/new",
    "sub/up/config",
    "link_hooks/../config",
    ".github/workflows/ci.yml",
    ".ssh/authorized_keys",
    ".bashrc",
    "sub/x.pth",
    "sub/tool.sh",
]


def _snapshot(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.usefixtures("_opener")
@pytest.mark.parametrize("path", REACHED)
def test_no_way_leads_to_writing_a_hook(project: Path, path: str) -> None:
    before = _snapshot(project)
    files = SafeOpen(["data"], base=project)
    with pytest.raises(HookError) as failure:
        files.write_text(f"data/{path}", "evil")
    assert isinstance(failure.value, PermissionError)
    for flags in (os.O_WRONLY, os.O_RDWR | os.O_CREAT, os.O_WRONLY | os.O_APPEND | os.O_CREAT):
        with pytest.raises((HookError, FileNotFoundError)):
            files.descriptor(f"data/{path}", flags)
    assert _snapshot(project) == before


@pytest.mark.usefixtures("_opener")
@pytest.mark.parametrize("path", REACHED)
def test_the_checker_says_so_before(project: Path, path: str) -> None:
    decision = _check(project, {"path": f"data/{path}", "content": "x"}, effect="write", allowed_paths=("data",))
    assert (decision.outcome, decision.rule, decision.argument) == ("denied", "permissions.hook", "path")
    assert f"data/{path}" in decision.reason


def _check(base: Path, arguments: dict[str, Any], name: str = "use_file", **rule: Any) -> Any:
    return PermissionChecker(base).check(ToolCall(call_id="1", name=name, arguments=arguments), ToolRule(**rule))


@pytest.mark.usefixtures("_opener")
def test_reading_a_hook_is_reading(project: Path) -> None:
    assert SafeOpen(["data"], base=project).read_text("data/link_config") == "old"
    decision = _check(project, {"path": "data/sub/tool.sh"}, effect="read", allowed_paths=("data",))
    assert decision.outcome == "allowed"


@pytest.mark.parametrize(
    ("effect", "path", "outcome"),
    [
        ("delete", "data/.git/hooks/old", "denied"),
        ("delete", "data/link_hooks/old", "denied"),
        ("delete", "data/.git/hooks", "denied"),
        ("delete", "data/sub/tool.sh", "allowed"),
        ("delete", "data/sub/plain", "allowed"),
        ("write", "data/sub/plain", "allowed"),
        ("write", "data/.git/description", "allowed"),
        ("egress", "data/.git/config", "allowed"),
        ("execute", "data/sub/tool.sh", "allowed"),
    ],
)
def test_which_effects_a_hook_is_kept_from(project: Path, effect: str, path: str, outcome: str) -> None:
    decision = _check(project, {"path": path}, effect=effect, allowed_paths=("data",))
    assert decision.outcome == outcome, decision.reason


@pytest.mark.parametrize("path", ["data/.git/hooks/x", "data/link_hooks/x", ".bashrc", "{base}/data/link_config"])
def test_hooks_are_kept_from_tools_without_path_limits_too(project: Path, path: str) -> None:
    path = path.replace("{base}", str(project))
    assert _check(project, {"path": path}, effect="write").rule == "permissions.hook"
    assert _check(project, {"path": path}, effect="read").outcome == "allowed"
    assert _check(project, {"path": "data/sub/plain"}, effect="write").outcome == "allowed"


@pytest.mark.usefixtures("_opener")
def test_a_hook_folder_that_is_allowed_by_name_may_be_written(project: Path) -> None:
    files = SafeOpen(["data/.git/hooks", "data/.bashrc"], base=project)
    assert files.write_text("data/.git/hooks/new", "x") == 1
    assert files.write_text("data/.bashrc", "x") == 1
    for path in ("data/.git/hooks/new", "data/.bashrc"):
        assert stat.S_IMODE((project / path).stat().st_mode) == 0o600
    with pytest.raises(OSError, match="outside the allowed paths"):
        files.write_text("data/.git/config", "x")


@pytest.mark.usefixtures("_opener")
@pytest.mark.parametrize(("mode", "kept"), [(0o600, 0o600), (0o777, 0o666), (0o7755, 0o644), (0o4700, 0o600)])
def test_a_new_file_is_never_executable(project: Path, mode: int, kept: int) -> None:
    before = os.umask(0)
    try:
        os.close(SafeOpen(["data"], base=project).descriptor("data/new", os.O_WRONLY | os.O_CREAT, mode))
    finally:
        os.umask(before)
    assert stat.S_IMODE((project / "data/new").stat().st_mode) == kept


@pytest.mark.usefixtures("_opener")
@pytest.mark.parametrize("path", ["data/none/new", "data/sub/none/new", "data/sub/plain/new", "none/new"])
def test_the_folder_of_a_new_file_has_to_exist(project: Path, path: str) -> None:
    with pytest.raises(OSError):
        SafeOpen(["data"], base=project).write_text(path, "x")
    decision = _check(project, {"path": path}, effect="write", allowed_paths=("data",))
    assert (decision.outcome, decision.rule) == ("denied", "permissions.path")


@pytest.mark.usefixtures("_opener")
def test_an_exclusive_create_takes_no_existing_file(project: Path) -> None:
    files = SafeOpen(["data"], base=project)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    with pytest.raises(FileExistsError):
        files.descriptor("data/sub/plain", flags)
    os.close(files.descriptor("data/sub/fresh", flags))
    assert (project / "data/sub/fresh").read_bytes() == b""


@pytest.mark.usefixtures("_opener")
@pytest.mark.parametrize("path", ["data/new\0x", "data/sub/\0", "data/" + "x" * 5000, "data/\ud800", "data/new/"])
def test_names_that_cannot_be_are_an_os_error(project: Path, path: str) -> None:
    with pytest.raises(OSError):
        SafeOpen(["data"], base=project).write_text(path, "x")


def test_without_real_names_nothing_is_written(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_proc(path: str) -> str:
        raise FileNotFoundError(2, "no /proc", path)

    monkeypatch.setattr(real_names.os, "readlink", no_proc)
    monkeypatch.delattr(real_names.fcntl, "F_GETPATH", raising=False)
    with pytest.raises(OSError, match="does not tell the real name"):
        SafeOpen(["data"], base=project).write_text("data/new", "x")
    assert not (project / "data/new").exists()
    assert SafeOpen(["data"], base=project).read_text("data/sub/plain") == "old"


def test_a_file_that_loses_its_name_is_not_written(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The name is gone between opening and looking: the kernel then says "<name> (deleted)", which matches no rule."""
    real = real_names.os.readlink

    def racing(path: str) -> str:
        (project / "data/sub/plain").unlink(missing_ok=True)
        return real(path)

    monkeypatch.setattr(real_names.os, "readlink", racing)
    with pytest.raises(OSError, match="removed"):
        SafeOpen(["data"], base=project).descriptor("data/sub/plain", os.O_WRONLY)


@pytest.mark.usefixtures("_opener")
@pytest.mark.parametrize("allowed", ["data/sub", "data/sub/plain", "data"])
def test_an_allowed_path_that_turns_into_a_link_is_not_followed(project: Path, allowed: str) -> None:
    """A tool that may write above the allowed path of another could move it; the path is where it was at first."""
    (project / "out/sub").mkdir(parents=True)
    for name in ("out/plain", "out/sub/plain"):
        (project / name).write_text("secret")
    files, checker = SafeOpen([allowed], base=project), PermissionChecker(project)
    rule = ToolRule(effect="read", allowed_paths=(allowed,))
    checker.pin(Policy(tools={"use_file": rule}))
    call = ToolCall(call_id="1", name="use_file", arguments={"path": "data/sub/plain"})
    assert files.read_text("data/sub/plain") == "old"
    assert checker.check(call, rule).outcome == "allowed"
    (project / allowed).rename(project / "moved")
    (project / allowed).symlink_to(project / "out" / ("plain" if allowed.endswith("plain") else ""))
    with pytest.raises(OSError):
        files.read_text("data/sub/plain")
    with pytest.raises(OSError):
        files.write_text("data/sub/plain", "x")
    assert checker.check(call, rule).outcome == "denied"
    assert (project / "out/plain").read_text() == "secret"


@pytest.mark.usefixtures("_opener")
def test_an_allowed_path_may_be_a_link_or_be_made_anew(project: Path) -> None:
    (project / "mount").symlink_to("data/sub")
    files = SafeOpen(["mount", "later"], base=project)
    assert files.read_text("mount/plain") == "old"
    (project / "data/sub/plain").write_text("new")
    assert files.read_text("mount/plain") == "new"
    (project / "later").mkdir()
    assert files.write_text("later/x", "x") == 1
    (project / "later/x").unlink()
    (project / "later").rmdir()
    (project / "later").symlink_to("data/.git")
    with pytest.raises(OSError):
        files.read_text("later/config")
