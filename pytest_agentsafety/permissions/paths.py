"""May a tool use this path? The answer comes from the kernel, not from comparing strings."""

from __future__ import annotations

import errno
import os
import stat
from dataclasses import dataclass

from pytest_agentsafety.model.policy import Effect
from pytest_agentsafety.model.safe_text import one_line
from pytest_agentsafety.permissions.beneath import locate_beneath, look_beneath, refuse_special
from pytest_agentsafety.permissions.hooks import hook_reason
from pytest_agentsafety.permissions.roots import Root, Roots

_WORDS = {
    errno.EXDEV: "leads out of the allowed paths",
    errno.ELOOP: "goes through a link loop, a magic link, or an allowed path that became a link",
    errno.ENAMETOOLONG: "is too long",
    errno.ENOTDIR: "goes through something that is no directory",
    errno.EACCES: "cannot be looked at (no permission)",
}


@dataclass(frozen=True)
class PathVerdict:
    """`why` is None when the path may be used; `info` is what stands there, None when nothing does yet.

    `rule` is path, not_found or hook.
    """

    why: str | None
    info: os.stat_result | None = None
    rule: str = "path"


def _refused(error: OSError) -> PathVerdict:
    if error.errno == errno.ENOENT:
        return PathVerdict("does not exist under the allowed paths", rule="not_found")
    return PathVerdict(_WORDS.get(error.errno or 0, str(error.strerror)))


def _look(root: Root, rest: str, *, follow: bool = True) -> os.stat_result:
    """As `look_beneath`; a root that is a single file is looked at in its folder."""
    try:
        return look_beneath(root.path, rest, follow=follow)
    except NotADirectoryError:
        if rest != ".":
            raise
        return look_beneath(root.path.parent, root.path.name, follow=False)


def _existing_prefix(root: Root, parts: list[str]) -> tuple[int, os.stat_result | None]:
    """How many leading components exist (fewer than all), and what stands there; -1 when not even the root does."""
    for known in range(len(parts) - 1, -1, -1):
        try:
            return known, _look(root, "/".join(parts[:known]) or ".")
        except FileNotFoundError:
            continue
    return -1, None


def _hook(root: Root, name: str, effect: Effect, info: os.stat_result | None) -> PathVerdict:
    """May something be written at the resolved `name`? Deleting a program runs nothing; deleting a hook disarms."""
    why = hook_reason(name, str(root.path))
    if why is None and effect == "write" and info is not None and stat.S_ISREG(info.st_mode) and info.st_mode & 0o111:
        why = "is an executable file; tools may not change programs"
    return PathVerdict(None, info) if why is None else PathVerdict(why, info, rule="hook")


def _may_create(root: Root, rest: str, effect: Effect) -> PathVerdict:
    """Nothing stands at `rest`: may it come to be there? Its folder must exist, and its name must be free."""
    parts = [part for part in rest.split("/") if part not in ("", ".")]
    try:
        known, folder = _existing_prefix(root, parts)
        if folder is None:
            return _in_missing_root(root, parts, effect)
        if not stat.S_ISDIR(folder.st_mode):
            return PathVerdict(_WORDS[errno.ENOTDIR])
        here, name = "/".join(parts[:known]) or ".", parts[known]
        try:
            look_beneath(root.path, f"{here}/{name}", follow=False)
            return PathVerdict("goes through a symbolic link that leads nowhere")
        except FileNotFoundError:
            pass
        if ".." in parts[known:]:
            return PathVerdict("goes up through a folder that does not exist")
        if known < len(parts) - 1:
            return PathVerdict(f"is in a folder that does not exist yet ({one_line(name)}); make the folder first")
        return _hook(root, f"{locate_beneath(root.path, here)[1]}/{name}", effect, None)
    except OSError as error:
        return _refused(error)


def _in_missing_root(root: Root, parts: list[str], effect: Effect) -> PathVerdict:
    if ".." in parts:
        return PathVerdict("goes up through a folder that does not exist")
    if len(parts) > 1:
        return PathVerdict("is in a folder that does not exist yet; make the folder first")
    return _hook(root, "/".join([str(root.path), *parts]), effect, None)


def _judge(root: Root, rest: str, effect: Effect, folders: bool) -> PathVerdict:
    changes = effect in ("write", "delete")
    try:
        info = _look(root, rest)
    except FileNotFoundError as error:
        return _refused(error) if effect == "read" else _may_create(root, rest, effect)
    except OSError as error:
        return _refused(error)
    if not stat.S_ISDIR(info.st_mode):
        try:
            refuse_special(info, rest)
        except OSError as error:
            return PathVerdict(f"is {error.strerror}" if error.errno == errno.EINVAL else str(error.strerror))
    elif effect == "read" and not folders:
        return PathVerdict("is a directory", info)
    if not changes:
        return PathVerdict(None, info)
    try:
        return _hook(root, _real(root, rest), effect, info)
    except OSError as error:
        return _refused(error)


def _real(root: Root, rest: str) -> str:
    return str(root.path) if rest == "." else locate_beneath(root.path, rest)[1]


def judge_unlimited(path: str, base: str, effect: Effect) -> PathVerdict:
    """Judge a path of a rule without allowed paths: only hooks are refused, as written and as resolved."""
    full = os.path.join(base, path)  # noqa: PTH118 -- a Path would drop what is written
    why = None
    if effect in ("write", "delete") and "\0" not in path:
        why = hook_reason(path) or hook_reason(os.path.realpath(full))
    return PathVerdict(why, rule="hook")


def judge_path(path: str, roots: Roots, *, effect: Effect, folders: bool) -> PathVerdict:
    """Judge one path argument. `folders` says whether a read may name a directory (listing, searching).

    A read of what does not exist is refused; so is a write through a dangling link.
    """
    if not path:
        return PathVerdict("is empty")
    if "\0" in path:
        return PathVerdict("contains a NUL character")
    verdict = PathVerdict("is outside the allowed paths")
    for root, rest in roots.candidates(path):
        verdict = _judge(root, rest, effect, folders)
        if verdict.why is None:
            break
    return verdict
