"""Runs a classic BPF program on the data of one system call, as the kernel does."""

from __future__ import annotations

import struct


def run(code: bytes, number: int, arguments: tuple[int, ...] = (), *, arch: int) -> int:
    """The action for a call. Raises AssertionError for a program the kernel would not take."""
    padded = [*arguments, 0, 0, 0, 0, 0, 0][:6]
    data = struct.pack("<IIQ6Q", number & 0xFFFFFFFF, arch, 0, *(value & 0xFFFFFFFFFFFFFFFF for value in padded))
    program = list(struct.iter_unpack("<HBBI", code))
    assert len(program) <= 4096
    accumulator, at = 0, 0
    while True:
        assert at < len(program), "the program runs off its end"
        operation, if_true, if_false, value = program[at]
        at += 1
        if operation == 0x20:
            assert value % 4 == 0
            assert value < len(data)
            (accumulator,) = struct.unpack_from("<I", data, value)
        elif operation == 0x54:
            accumulator &= value
        elif operation in (0x15, 0x35, 0x45):
            held = {0x15: accumulator == value, 0x35: accumulator >= value, 0x45: bool(accumulator & value)}
            at += if_true if held[operation] else if_false
        else:
            assert operation == 0x06, hex(operation)
            return value
