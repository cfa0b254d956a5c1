"""A seccomp filter as classic BPF, assembled by hand."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pytest_agentsafety.sandbox.syscalls import Machine

ALLOW, ERRNO, NOTIFY = 0x7FFF0000, 0x00050000, 0x7FC00000
# Stands for the process's own id, which is known in the child alone.
OWN_PID = 0xFFFFFFF1
_NUMBER, _ARCH, _ARGUMENTS = 0, 4, 16  # offsets in struct seccomp_data
_LOAD, _AND, _RETURN = 0x20, 0x54, 0x06
_EQUAL, _AT_LEAST, _ANY_BIT = 0x15, 0x35, 0x45
_X32 = 0x40000000
_ENOSYS = 38

Instruction = tuple[int, int, int, int]


@dataclass(frozen=True)
class OneOf:
    """The argument is one of these values."""

    argument: int
    values: tuple[int, ...]

    def code(self, otherwise: int) -> list[Instruction]:
        last = len(self.values)
        tests = [(_EQUAL, last - i, 0, value) for i, value in enumerate(self.values)]
        return [*tests, (_RETURN, 0, 0, otherwise)]


@dataclass(frozen=True)
class Masked:
    """The argument has this value under the mask."""

    argument: int
    mask: int
    value: int

    def code(self, otherwise: int) -> list[Instruction]:
        return [(_AND, 0, 0, self.mask), (_EQUAL, 1, 0, self.value), (_RETURN, 0, 0, otherwise)]


Test = OneOf | Masked


def assemble(
    machine: Machine,
    *,
    allowed: Sequence[str],
    tested: Mapping[str, Sequence[Test]],
    answers: Mapping[str, int],
    default: int,
) -> bytes:
    """The filter's bytes: `allowed` calls pass, `tested` ones pass if all their tests hold, all else gets `default`.

    `answers` are actions for single calls (ALLOW, NOTIFY, ERRNO | errno). Names that the machine does not have are
    left out. Calls of another architecture than the machine's fail with ENOSYS. Tests see the low 32 bits of an
    argument: every argument that is tested is an int in the kernel.
    """
    code: list[Instruction] = [
        (_LOAD, 0, 0, _ARCH),
        (_EQUAL, 1, 0, machine.audit_arch),
        (_RETURN, 0, 0, ERRNO | _ENOSYS),
        (_LOAD, 0, 0, _NUMBER),
        (_AT_LEAST, 0, 1, _X32),
        (_RETURN, 0, 0, ERRNO | _ENOSYS),
    ]
    for name, tests in tested.items():
        if name in machine.numbers:
            code += _case(machine.numbers[name], _tests(tests, default))
    for name, action in answers.items():
        if name in machine.numbers:
            code += _case(machine.numbers[name], [(_RETURN, 0, 0, action)])
    for name in allowed:
        if name in machine.numbers:
            code += _case(machine.numbers[name], [(_RETURN, 0, 0, ALLOW)])
    code.append((_RETURN, 0, 0, default))
    return b"".join(struct.pack("<HBBI", *instruction) for instruction in code)


def _case(number: int, body: list[Instruction]) -> list[Instruction]:
    return [(_EQUAL, 0, len(body), number), *body]


def _tests(tests: Sequence[Test], otherwise: int) -> list[Instruction]:
    code: list[Instruction] = []
    for test in tests:
        code += [(_LOAD, 0, 0, _ARGUMENTS + 8 * test.argument), *test.code(otherwise)]
    return [*code, (_RETURN, 0, 0, ALLOW)]
