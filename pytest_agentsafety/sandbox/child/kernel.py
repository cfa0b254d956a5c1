"""The kernel's interfaces that the standard library does not have, through ctypes."""

from __future__ import annotations

import ctypes
import os

LIBC = ctypes.CDLL(None, use_errno=True)
LIBC.syscall.restype = ctypes.c_long

_OWN_NUMBERS = {
    "x86_64": {"capget": 125, "capset": 126, "pivot_root": 155, "seccomp": 317},
    "aarch64": {"capget": 90, "capset": 91, "pivot_root": 41, "seccomp": 277},
}
NUMBERS = {
    "open_tree": 428,
    "move_mount": 429,
    "close_range": 436,
    "mount_setattr": 442,
    "landlock_create_ruleset": 444,
    "landlock_add_rule": 445,
    "landlock_restrict_self": 446,
    **_OWN_NUMBERS.get(os.uname().machine, {}),
}

PR_SET_PDEATHSIG, PR_SET_DUMPABLE = 1, 4
PR_GET_SECCOMP, PR_CAPBSET_READ, PR_CAPBSET_DROP, PR_SET_SECUREBITS = 21, 23, 24, 28
PR_SET_NO_NEW_PRIVS, PR_GET_NO_NEW_PRIVS, PR_CAP_AMBIENT = 38, 39, 47


def failed(what: str) -> OSError:
    """The error of the last call, with its words."""
    code = ctypes.get_errno()
    return OSError(code, f"{what}: {os.strerror(code)}")


def call(name: str, *arguments: object) -> int:
    """A system call by name; integers are passed as long. Raises OSError, also for a machine without a number."""
    number = NUMBERS.get(name)
    if number is None:
        raise OSError(f"{name}: no number known on {os.uname().machine}")
    given = [ctypes.c_long(one) if isinstance(one, int) else one for one in arguments]
    result = int(LIBC.syscall(ctypes.c_long(number), *given))
    if result < 0:
        raise failed(name)
    return result


def prctl(option: int, *arguments: int) -> int:
    """All five arguments are passed: some options refuse rubbish in the rest. Raises OSError."""
    rest = [ctypes.c_ulong(value) for value in (*arguments, 0, 0, 0, 0)[:4]]
    result = int(LIBC.prctl(ctypes.c_int(option), *rest))
    if result < 0:
        raise failed(f"prctl {option}")
    return result


def mount(source: str, target: str, kind: str | None, flags: int, data: str | None = None) -> None:
    texts = [None if text is None else text.encode() for text in (source, target, kind, data)]
    if LIBC.mount(texts[0], texts[1], texts[2], ctypes.c_ulong(flags), texts[3]) < 0:
        raise failed(f"mount {kind or source} on {target}")
