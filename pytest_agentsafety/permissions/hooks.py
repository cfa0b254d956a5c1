"""Files that something runs or obeys by itself later. Writing one is running code, in whatever folder it stands."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

_GIT = "Git runs what it finds there"
_LOGIN = "it runs in every new shell or session"
_PYTHON = "every Python that finds it runs it at its start"
_CI = "a build server runs it, with its secrets"
_EDITOR = "a program that opens this folder runs what it says"
_TIMER = "the system runs what it says by itself"

# A folder (one or more components in a row) and everything in it.
_FOLDERS: dict[tuple[str, ...], str] = {
    (".ssh",): "it decides who may log in, and runs commands at log-in",
    (".github", "workflows"): _CI,
    (".github", "actions"): _CI,
    (".circleci",): _CI,
    (".husky",): _GIT,
    (".config", "git"): _GIT,
    (".config", "fish"): _LOGIN,
    (".config", "autostart"): _LOGIN,
    (".config", "systemd"): _TIMER,
    ("cron.d",): _TIMER,
    ("cron.hourly",): _TIMER,
    ("cron.daily",): _TIMER,
    ("crontabs",): _TIMER,
    ("launchagents",): _TIMER,
    ("launchdaemons",): _TIMER,
    (".devcontainer",): _EDITOR,
    (".vscode",): _EDITOR,
    (".idea",): _EDITOR,
}
_FILES: dict[str, str] = {
    **dict.fromkeys((".gitconfig", ".pre-commit-config.yaml"), _GIT),
    ".git": "it tells Git whose settings and hooks to use",
    ".hgrc": "Mercurial runs what it says",
    "hgrc": "Mercurial runs what it says",
    **dict.fromkeys(
        (
            *(".bashrc", ".bash_profile", ".bash_login", ".bash_logout", ".bash_aliases", ".profile", ".inputrc"),
            *(".zshrc", ".zshenv", ".zprofile", ".zlogin", ".zlogout", ".kshrc", ".mkshrc", ".cshrc", ".tcshrc"),
            *(".login", ".logout", ".envrc", ".xinitrc", ".xprofile", ".xsession", ".xsessionrc", ".pam_environment"),
            *(".vimrc", ".exrc", ".nvimrc", ".emacs", ".gdbinit", ".lldbinit", ".tmux.conf", ".screenrc", ".pythonrc"),
            *(".npmrc", ".yarnrc", ".yarnrc.yml", ".pypirc", ".netrc", ".curlrc", ".wgetrc", ".pdbrc"),
        ),
        "programs read it at their start and do what it says",
    ),
    **dict.fromkeys(("sitecustomize.py", "usercustomize.py"), _PYTHON),
    **dict.fromkeys((".gitlab-ci.yml", "azure-pipelines.yml", "jenkinsfile", ".travis.yml"), _CI),
    ".mcp.json": _EDITOR,
    "crontab": _TIMER,
}
_FIRST = frozenset(folder[0] for folder in _FOLDERS)
_SUFFIXES = {".pth": _PYTHON}
# Anywhere under a Git folder: submodules and work trees have hooks and settings of their own.
_IN_GIT = frozenset({"hooks", "config", "config.worktree"})


def _plain(name: str) -> str:
    """A name as a file system that ignores case, forms and invisible characters would compare it."""
    if name.isascii():
        return name.lower().rstrip(" .") or name
    folded = unicodedata.normalize("NFKC", name).casefold()
    return "".join(char for char in folded if unicodedata.category(char) != "Cf").rstrip(" .") or name


def _matches(parts: tuple[str, ...]) -> dict[str, str]:
    """All rules that a path breaks, with their reasons."""
    found: dict[str, str] = {}
    for folder, why in _FOLDERS.items() if not _FIRST.isdisjoint(parts) else ():
        width = len(folder)
        if any(parts[at : at + width] == folder for at in range(len(parts) - width + 1)):
            found["/".join(folder) + "/"] = why
    git = next((at for at, part in enumerate(parts) if part.endswith(".git")), len(parts))
    for part in parts[git + 1 :]:
        if part in _IN_GIT:
            found[f".git/{part}"] = _GIT
    last = parts[-1] if parts else ""
    if last in _FILES:
        found[last] = _FILES[last]
    for suffix, why in _SUFFIXES.items():
        if last.endswith(suffix):
            found[f"*{suffix}"] = why
    return found


def _parts(path: str) -> tuple[str, ...]:
    return tuple(_plain(part) for part in path.split("/") if part not in ("", "."))


@lru_cache(maxsize=1024)
def hook_reason(path: str, meant: str = "") -> str | None:
    """Why nothing may be written at `path` (links resolved), None where it may.

    `meant` is the allowed path, resolved: a rule that it already breaks was broken on purpose, by a person.
    """
    on_purpose = _matches(_parts(meant)) if meant else {}
    for rule, why in _matches(_parts(path)).items():
        if rule not in on_purpose:
            return f"may not be changed by a tool ({rule}): {why}; if it is meant, name it in allowed_paths"
    return None
