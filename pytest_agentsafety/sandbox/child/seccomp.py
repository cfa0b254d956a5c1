"""Installing the filter that the supervisor assembled."""

from __future__ import annotations

import ctypes
import os
import struct

from pytest_agentsafety.sandbox.child.kernel import PR_GET_SECCOMP, call, prctl

_SET_MODE_FILTER, _NEW_LISTENER, _WAIT_KILLABLE = 1, 1 << 3, 1 << 5
_OWN_PID = 0xFFFFFFF1  # as in bpf.py


def install(loud: bytes, quiet: bytes) -> tuple[list[str], int | None]:
    """Confine this thread and all it starts; returns layers and the listener, None where there can be none.

    A listener is refused where this process runs below one already. Raises OSError when no filter can be installed.
    """
    for flags in (_NEW_LISTENER | _WAIT_KILLABLE, _NEW_LISTENER):
        try:
            return ["seccomp", "notify"], _load(loud, flags)
        except OSError:
            continue
    _load(quiet, 0)
    return ["seccomp"], None


def _load(code: bytes, flags: int) -> int:
    own = struct.pack("<I", os.getpid())
    text = b"".join(
        code[i : i + 4] + (own if code[i + 4 : i + 8] == struct.pack("<I", _OWN_PID) else code[i + 4 : i + 8])
        for i in range(0, len(code), 8)
    )
    buffer = ctypes.create_string_buffer(text, len(text))
    program = struct.pack("@HP", len(text) // 8, ctypes.addressof(buffer))
    listener = call("seccomp", _SET_MODE_FILTER, flags, program)
    if prctl(PR_GET_SECCOMP) != 2:
        raise OSError("seccomp: the filter is not there")
    return listener
