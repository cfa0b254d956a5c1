"""May a tool use this path? The answer comes from the kernel, not from comparing strings."""

from __future__ import annotations

import errno
import os
import stat
from dataclasses import dataclass

from pytest_agentsafety.model.policy import Effect
from pytest_agentsafety.permissions.beneath import look_beneath, refuse_special
from pytest_agentsafety.permissions.roots import Root, Roots

_WORDS = {
    errno.EXDEV: "leads out of the allowed paths",
    errno.ELOOP: "goes through a link loop or a magic link",
    errno.ENAMETOOLONG: "is too long",
    errno.ENOTDIR: "goes through something that is no directory",
    errno.EACCES: "cannot be looked at (no permission)",
}


@dataclass(frozen=True)
class PathVerdict:
    """`why` is None when the path may be used; `info` is what stands there, None when nothing does yet."""

    why: str | None
    info: os.stat_result | None = None
    missing: bool = False


def _refused(error: OSError) -> PathVerdict:
    if error.errno == errno.ENOENT:
        return PathVerdict("does not exist under the allowed paths", missing=True)
    return PathVerdict(_WORDS.get(error.errno or 0, str(error.strerror)))


def _look(root: Root, rest: str, *, follow: bool = True) -> os.stat_result:
    """As `look_beneath`; a root that is a single file is looked at where the rule put it."""
    if rest == ".":
        return root.path.stat()
    return look_beneath(root.path, rest, follow=follow)


def _existing_prefix(root: Root, parts: list[str]) -> tuple[int, os.stat_result | None]:
    """How many leading components exist (fewer than all), and what stands there; -1 when not even the root does."""
    for known in range(len(parts) - 1, -1, -1):
        try:
            return known, _look(root, "/".join(parts[:known]) or ".")
        except FileNotFoundError:
            continue
    return -1, None


def _may_create(root: Root, rest: str) -> PathVerdict:
    """Nothing stands at `rest`: may it come to be there? The first missing name must be free, and no `..` behind it."""
    parts = [part for part in rest.split("/") if part not in ("", ".")]
    try:
        known, folder = _existing_prefix(root, parts)
        if folder is not None and not stat.S_ISDIR(folder.st_mode):
            return PathVerdict(_WORDS[errno.ENOTDIR])
        if folder is not None:
            look_beneath(root.path, "/".join(parts[: known + 1]), follow=False)
            return PathVerdict("goes through a symbolic link that leads nowhere")
    except FileNotFoundError:
        pass
    except OSError as error:
        return _refused(error)
    if ".." in parts:
        return PathVerdict("goes up through a folder that does not exist")
    return PathVerdict(None)


def _judge(root: Root, rest: str, effect: Effect, folders: bool) -> PathVerdict:
    try:
        info = _look(root, rest)
    except FileNotFoundError as error:
        return _refused(error) if effect == "read" else _may_create(root, rest)
    except OSError as error:
        return _refused(error)
    if stat.S_ISDIR(info.st_mode):
        return PathVerdict(None if folders or effect != "read" else "is a directory", info)
    try:
        refuse_special(info, rest)
    except OSError as error:
        return PathVerdict(f"is {error.strerror}" if error.errno == errno.EINVAL else str(error.strerror))
    return PathVerdict(None, info)


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
