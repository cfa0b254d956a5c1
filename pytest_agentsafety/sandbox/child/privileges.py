"""Giving up what a process may do: ids, capabilities, and every way to get them back."""

from __future__ import annotations

import ctypes
import os
import resource
import struct

from pytest_agentsafety.sandbox.child import kernel
from pytest_agentsafety.sandbox.child.kernel import call, prctl

_CAP_VERSION = 0x20080522
CAP_KILL, _CAP_SETPCAP, _CAP_SYS_ADMIN = 5, 8, 21
_SECURE = 0b1110_1111  # root is nobody special, keep_caps stays off, no ambient capabilities; all of it locked


def effective_capabilities() -> int:
    header, data = struct.pack("<Ii", _CAP_VERSION, 0), ctypes.create_string_buffer(24)
    call("capget", header, data)
    low, _, _, high = struct.unpack("<IIII", data.raw[:16])
    return int(low | high << 32)


def may_administer() -> bool:
    """May this process make namespaces without a user namespace of its own?"""
    return bool(effective_capabilities() >> _CAP_SYS_ADMIN & 1)


def become(uid: int, gid: int) -> str:
    """Take on fresh ids, of which no process and no file is. Raises OSError."""
    try:
        os.setgroups([])
        os.setresgid(gid, gid, gid)
        os.setresuid(uid, uid, uid)
    except PermissionError as error:
        raise OSError(f"uid: root needs CAP_SETUID and CAP_SETGID for a fresh user id ({error.strerror})") from None
    return "uid"


def lock_privileges() -> None:
    """Empty the bounding set and lock the secure bits; without CAP_SETPCAP there is nothing to be had anyway."""
    if not effective_capabilities() >> _CAP_SETPCAP & 1 or not prctl(kernel.PR_CAPBSET_READ, 0):
        return
    for capability in range(64):
        try:
            prctl(kernel.PR_CAPBSET_DROP, capability)
        except OSError:
            break  # past the last one
    prctl(kernel.PR_SET_SECUREBITS, _SECURE)


def drop_capabilities(*, but: int | None = None) -> str:
    """Empty all sets, of what is effective all but one. Raises OSError, also when something else is left."""
    prctl(kernel.PR_CAP_AMBIENT, 4)
    kept = 0 if but is None else effective_capabilities() & 1 << but
    call("capset", struct.pack("<Ii", _CAP_VERSION, 0), struct.pack("<6I", kept, kept, 0, 0, 0, 0))
    if effective_capabilities() != kept:
        raise OSError("capset: capabilities are left")
    return "no_capabilities"


def no_new_privileges() -> str:
    prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)
    if prctl(kernel.PR_GET_NO_NEW_PRIVS) != 1:
        raise OSError("no_new_privs: not set")
    return "no_new_privs"


def die_with(parent: int) -> None:
    """End this process when its parent's thread ends. Raises OSError when that has happened already."""
    prctl(kernel.PR_SET_PDEATHSIG, 9)
    if os.getppid() != parent:
        raise OSError("the supervisor is gone")


def limit(limits: dict[str, int]) -> str:
    """Set hard and soft limits by the names of `resource`, lower ones stay. Raises OSError, ValueError."""
    for name, value in limits.items():
        which = getattr(resource, name)
        most = resource.getrlimit(which)[1]
        # A second between the signal and the end: whoever ignores the one has the other.
        hard = value + 1 if name == "RLIMIT_CPU" else value
        hard = hard if most == resource.RLIM_INFINITY else min(hard, most)
        resource.setrlimit(which, (min(value, hard), hard))
    return "rlimits"
