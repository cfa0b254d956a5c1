"""The tables of system calls, against the machine's own headers where it has them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pytest_agentsafety.sandbox.syscalls import machine, words

X86 = Path("/usr/include/x86_64-linux-gnu/asm/unistd_64.h")
GENERIC = Path("/usr/include/asm-generic/unistd.h")
# Names by which the generic header calls what has another name elsewhere.
_RENAMED = {"fstatat": "newfstatat"}
_NO_CALLS = {"syscalls", "arch_specific_syscall", "sync_file_range2"}  # the last is another name of number 84


def header(path: Path, pattern: str) -> dict[str, int]:
    if not path.is_file():
        pytest.skip(f"{path} is not on this machine")
    return {name: int(number) for name, number in re.findall(pattern, path.read_text())}


@pytest.mark.parametrize("name", ["x86_64", "aarch64"])
def test_names_and_numbers_are_each_there_once(name: str) -> None:
    tables = machine(name)
    assert tables is not None
    assert len(tables.names) == len(tables.numbers) > 300
    assert all(re.fullmatch(r"[a-z_0-9]+", call) for call in tables.numbers)
    assert max(tables.numbers.values()) < 600


def test_x86_64_is_what_the_header_says() -> None:
    tables = machine("x86_64")
    assert tables is not None
    written = header(X86, r"#define __NR_(\w+)\s+(\d+)")
    assert {name: tables.numbers.get(name) for name in written} == written


def test_aarch64_is_what_the_generic_header_says() -> None:
    tables = machine("aarch64")
    assert tables is not None
    written = header(GENERIC, r"#define __NR(?:3264)?_(\w+)\s+(\d+)")
    calls = {_RENAMED.get(name, name): number for name, number in written.items() if name not in _NO_CALLS}
    of_64_bits = {name: number for name, number in calls.items() if not 295 <= number < 424}
    assert {name: tables.numbers.get(name) for name in of_64_bits} == of_64_bits


@pytest.mark.parametrize(
    ("name", "x86_64", "aarch64"),
    [
        ("read", 0, 63), ("openat", 257, 56), ("clone", 56, 220), ("execve", 59, 221), ("socket", 41, 198),
        ("ptrace", 101, 117), ("seccomp", 317, 277), ("rseq", 334, 293), ("bpf", 321, 280), ("prctl", 157, 167),
        ("clone3", 435, 435), ("openat2", 437, 437), ("landlock_add_rule", 445, 445), ("fchmodat2", 452, 452),
        ("io_uring_setup", 425, 425), ("mseal", 462, 462), ("file_setattr", 469, 469),
    ],
)  # fmt: skip
def test_some_numbers(name: str, x86_64: int, aarch64: int) -> None:
    found = machine("x86_64"), machine("aarch64")
    assert found[0] is not None
    assert found[1] is not None
    assert (found[0].numbers[name], found[1].numbers[name]) == (x86_64, aarch64)


def test_what_only_one_machine_has() -> None:
    arm = machine("aarch64")
    assert arm is not None
    assert not {"fork", "vfork", "open", "unlink", "chmod", "arch_prctl"} & arm.numbers.keys()


@pytest.mark.parametrize("name", ["i686", "riscv64", "armv7l", "", "X86_64"])
def test_another_machine_has_no_table(name: str) -> None:
    assert machine(name) is None


def test_words() -> None:
    assert words("\na b\n  c\n") == ("a", "b", "c")
