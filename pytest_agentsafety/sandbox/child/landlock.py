"""Landlock: which files may be opened, that no port may be used, and that no signal leaves."""

from __future__ import annotations

import os
import stat
import struct

from pytest_agentsafety.sandbox.child.kernel import call

EXECUTE, WRITE_FILE, READ_FILE, READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
_REMOVE_DIR, _REMOVE_FILE, _MAKE_DIR, _MAKE_REG, _MAKE_SYM = 1 << 4, 1 << 5, 1 << 7, 1 << 8, 1 << 12
REFER, TRUNCATE, _IOCTL_DEV = 1 << 13, 1 << 14, 1 << 15
_FIRST = (1 << 13) - 1  # everything of the first version
_OF_FILES = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | _IOCTL_DEV
READ = READ_FILE | READ_DIR
CHANGE = (
    READ | WRITE_FILE | TRUNCATE | REFER | _REMOVE_DIR | _REMOVE_FILE | _MAKE_DIR | _MAKE_REG | _MAKE_SYM
)  # no devices, no sockets, no FIFOs, no execution
_PATH_BENEATH = 1


def version() -> int:
    """The kernel's Landlock version, 0 where there is none."""
    try:
        return call("landlock_create_ruleset", None, 0, 1)
    except OSError:
        return 0


def handled(abi: int) -> tuple[int, int, int]:
    """What a ruleset of this version denies unless a rule allows it: file rights, port rights, scopes."""
    files = _FIRST
    for since, right in ((2, REFER), (3, TRUNCATE), (5, _IOCTL_DEV)):
        if abi >= since:
            files |= right
    return files, 0b11 if abi >= 4 else 0, 0b11 if abi >= 6 else 0


def prepare(rules: list[tuple[str, int]]) -> int:
    """A ruleset of `rules` (path, rights), not yet in force. A path that is not there gives no right.

    Made while the paths can still be walked. Raises OSError where Landlock is missing or refuses.
    """
    abi = version()
    if not abi:
        raise OSError("landlock: not in this kernel, or switched off at boot (lsm=)")
    files, ports, scopes = handled(abi)
    size = 24 if abi >= 6 else 16 if abi >= 4 else 8
    attributes = struct.pack("<QQQ", files, ports, scopes)[:size]
    ruleset = call("landlock_create_ruleset", attributes, size, 0)
    for path, rights in rules:
        _allow(ruleset, path, rights & files)
    return ruleset


def enforce(ruleset: int) -> str:
    """Confine this thread and all it starts; returns the layer's name. Raises OSError."""
    call("landlock_restrict_self", ruleset, 0)
    os.close(ruleset)
    return f"landlock-{version()}"


def _allow(ruleset: int, path: str, rights: int) -> None:
    try:
        file = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        return
    if not stat.S_ISDIR(os.fstat(file).st_mode):
        rights &= _OF_FILES
    try:
        call("landlock_add_rule", ruleset, _PATH_BENEATH, struct.pack("<Qi", rights, file), 0)
    finally:
        os.close(file)
