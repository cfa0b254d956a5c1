"""Run code in a process that is denied system calls, as a container's own filter denies them.

    python taken_away.py CALLS NAMESPACES WEAK < code

CALLS are names with commas; each fails with EPERM from then on. Prints the result as JSON.
"""

from __future__ import annotations

import ctypes
import json
import os
import struct
import sys

from pytest_agentsafety.sandbox.bpf import ALLOW, ERRNO, assemble
from pytest_agentsafety.sandbox.limits import Limits
from pytest_agentsafety.sandbox.native import NativeSandbox
from pytest_agentsafety.sandbox.run import Program
from pytest_agentsafety.sandbox.support import namespaces_work
from pytest_agentsafety.sandbox.syscalls import machine


def take_away(names: list[str]) -> None:
    tables = machine(os.uname().machine)
    assert tables is not None
    code = assemble(tables, allowed=[], tested={}, answers=dict.fromkeys(names, ERRNO | 1), default=ALLOW)
    libc = ctypes.CDLL(None, use_errno=True)
    buffer = ctypes.create_string_buffer(code, len(code))
    assert libc.prctl(38, 1, 0, 0, 0) == 0
    program = struct.pack("@HP", len(code) // 8, ctypes.addressof(buffer))
    assert libc.syscall(ctypes.c_long(tables.numbers["seccomp"]), 1, 0, program) == 0, os.strerror(ctypes.get_errno())


def main() -> None:
    calls, namespaces, weak = sys.argv[1:4]
    take_away([name for name in calls.split(",") if name])
    wanted = namespaces_work() if namespaces == "auto" else namespaces == "yes"
    result = NativeSandbox(namespaces=wanted, weak=weak == "weak").run(Program(sys.stdin.read()), Limits(timeout=20))
    json.dump({**result.to_dict(), "namespaces": wanted}, sys.stdout)


if __name__ == "__main__":
    main()
