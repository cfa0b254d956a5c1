"""Namespaces of its own, and a root folder that holds nothing but what code needs to run."""

from __future__ import annotations

import os
import stat
import struct

from pytest_agentsafety.sandbox.child.kernel import LIBC, call, failed, mount

_MOUNT, _CGROUP, _UTS, _IPC, _USER, _PID, _NET = (
    0x00020000, 0x02000000, 0x04000000, 0x08000000, 0x10000000, 0x20000000, 0x40000000,
)  # fmt: skip
_NOSUID, _NODEV, _NOEXEC, _RECURSIVE, _PRIVATE, _DETACH = 2, 4, 8, 0x4000, 0x40000, 2
_ATTR_READ_ONLY, _ATTR_NOSUID, _ATTR_NODEV, _ATTR_NOEXEC = 1, 2, 4, 8
_AT_CWD, _AT_EMPTY_PATH, _AT_RECURSIVE = -100, 0x1000, 0x8000
_TREE_CLONE, _TREE_CLOSE_ON_EXEC = 1, os.O_CLOEXEC
_MOVE_EMPTY_SOURCE = 4
INNER_ID = 65534
BOX = "/box"  # where the scratch folders are, in a root folder of the sandbox's own
DEVICES = ("/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom")


def enter(*, administrator: bool) -> str:
    """New namespaces for this process; the pid namespace is its children's. Returns the layer's name.

    An administrator needs no user namespace; anybody else becomes one in a new one. Raises OSError.
    """
    flags = _MOUNT | _CGROUP | _UTS | _IPC | _PID | _NET | (0 if administrator else _USER)
    uid, gid = os.getuid(), os.getgid()  # before: they have no names inside
    if LIBC.unshare(flags) < 0:
        raise failed("unshare")
    if not administrator:
        _write("/proc/self/setgroups", "deny")
        _write("/proc/self/uid_map", f"{INNER_ID} {uid} 1")
        _write("/proc/self/gid_map", f"{INNER_ID} {gid} 1")
    LIBC.sethostname(b"sandbox", 7)
    return f"namespaces({'' if administrator else 'user,'}mount,pid,net,ipc,uts,cgroup)"


def _write(path: str, text: str) -> None:
    with open(path, "w", encoding="ascii") as file:
        file.write(text)


def private_root(paths: list[str], links: dict[str, str], *, room: int, files: int, owner: tuple[int, int]) -> str:
    """Change to a root folder with read-only copies of `paths`, `links` (path to target) and a writable box.

    The box is a memory file system of `room` bytes and `files` inodes that belongs to `owner`. Raises OSError.
    """
    mount("none", "/", None, _RECURSIVE | _PRIVATE)
    trees = [(path, found) for path in paths if (found := _cloned(path, _ATTR_NODEV)) is not None]
    trees += [(path, found) for path in DEVICES if (found := _cloned(path, _ATTR_NOEXEC)) is not None]
    base = next(path for path in ("/tmp", "/mnt", "/var", "/usr") if os.path.isdir(path))
    mount("tmpfs", base, "tmpfs", _NOSUID | _NODEV, "size=1m,nr_inodes=2000,mode=755")
    os.chdir(base)
    for path, (tree, is_folder) in trees:
        _place(path, tree, is_folder)
    for path, target in links.items():
        if not os.path.lexists(f".{path}"):
            os.makedirs(f".{path}".rpartition("/")[0], exist_ok=True)
            os.symlink(target, f".{path}")
    for name in ("/proc", BOX):
        os.makedirs(f".{name}", exist_ok=True)
    uid, gid = owner
    mount("tmpfs", f".{BOX}", "tmpfs", _NOSUID | _NODEV | _NOEXEC,
          f"size={room},nr_inodes={files},mode=0700,uid={uid},gid={gid}")  # fmt: skip
    call("pivot_root", b".", b".")
    if LIBC.umount2(b".", _DETACH) < 0:
        raise failed("umount2")
    os.chdir("/")
    _attributes(_AT_CWD, b"/", 0, _ATTR_READ_ONLY)
    return "private_root"


def _cloned(path: str, more: int) -> tuple[int, bool] | None:
    """A detached read-only copy of what is at a path, and whether it is a folder; None where there is nothing."""
    try:
        folder = stat.S_ISDIR(os.stat(path).st_mode)
    except OSError:
        return None
    tree = call("open_tree", _AT_CWD, path.encode(), _TREE_CLONE | _TREE_CLOSE_ON_EXEC | _AT_RECURSIVE)
    _attributes(tree, b"", _AT_EMPTY_PATH | _AT_RECURSIVE, _ATTR_READ_ONLY | _ATTR_NOSUID | more)
    return tree, folder


def _attributes(at: int, path: bytes, flags: int, attributes: int) -> None:
    call("mount_setattr", at, path, flags, struct.pack("<QQQQ", attributes, 0, 0, 0), 32)


def _place(path: str, tree: int, folder: bool) -> None:
    target = f".{path}"
    if folder:
        os.makedirs(target, exist_ok=True)
    else:
        os.makedirs(target.rpartition("/")[0], exist_ok=True)
        os.close(os.open(target, os.O_CREAT | os.O_WRONLY | os.O_CLOEXEC, 0o644))
    call("move_mount", tree, b"", _AT_CWD, target.encode(), _MOVE_EMPTY_SOURCE)
    os.close(tree)


def own_processes() -> str:
    """Mount a /proc that shows the processes of this namespace alone. Raises OSError where the container forbids it."""
    mount("proc", "/proc", "proc", _NOSUID | _NODEV | _NOEXEC, "subset=pid")
    return "procfs"
