"""What a filter asks its listener about: received, looked at in the memory of the process that asks, answered.

For the supervisor of the native backend and for process 1 of a container, whose Python may be as old as 3.8.
"""

from __future__ import annotations

import errno
import fcntl
import os
import struct

_RECEIVE, _SEND, _VALID, _SET_FLAGS = 0xC0502100, 0xC0182101, 0x40082102, 0x40082104
_NOTICE, _ANSWER = "<QIIiIQ6Q", "<QqiI"
_CONTINUE, _SYNCHRONOUS = 1, 1
_AT_CWD = -100


def be_quick(listener: int) -> None:
    """Have the two processes switch without detours, where the kernel can."""
    try:
        fcntl.ioctl(listener, _SET_FLAGS, _SYNCHRONOUS)
    except OSError:
        pass  # an older kernel: only slower


def receive(listener: int) -> tuple[int, int, int, list[int]]:
    """The next notice: its key, the process, the call's number, its six arguments. Raises OSError."""
    buffer = bytearray(struct.calcsize(_NOTICE))
    fcntl.ioctl(listener, _RECEIVE, buffer)
    key, pid, _, number, _, _, *arguments = struct.unpack(_NOTICE, buffer)
    return key, pid, number, arguments


def goes_on(error: OSError) -> bool:
    """Is there more to come after this error of `receive`? The process may have been killed while it asked."""
    return error.errno in (errno.EINTR, errno.ENOENT)


def let(listener: int, key: int) -> bool:
    """Let the call be made; False when there will be no notices any more."""
    return _sent(listener, struct.pack(_ANSWER, key, 0, 0, _CONTINUE))


def answer(listener: int, key: int, value: int | None) -> bool:
    """The call returns `value`, below 0 a negative errno, and is not made; with None it is. False as in `let`."""
    if value is None:
        return let(listener, key)
    return _sent(listener, struct.pack(_ANSWER, key, max(0, value), min(0, value), 0))


def _sent(listener: int, data: bytes) -> bool:
    try:
        fcntl.ioctl(listener, _SEND, data)
    except OSError as error:
        return error.errno == errno.ENOENT
    return True


def absolute(pid: int, arguments: list[int], place: tuple[int | None, int]) -> str | None:
    """The path that a call names; `place` says which arguments are its folder, if any, and its text. Raises OSError."""
    directory, argument = place
    found = text(pid, arguments[argument])
    if found is None:
        return None
    if not found.startswith("/"):
        found = f"{folder(pid, None if directory is None else arguments[directory])}/{found}"
    path = os.path.normpath(found)
    own = f"/proc/{pid}/"
    return f"/proc/self/{path[len(own) :]}" if path.startswith(own) else path


def folder(pid: int, descriptor: int | None) -> str:
    """The folder that a relative path starts from. Raises OSError."""
    signed = _AT_CWD if descriptor is None else (descriptor & 0xFFFFFFFF ^ 0x80000000) - 0x80000000
    return os.readlink(f"/proc/{pid}/cwd" if signed == _AT_CWD else f"/proc/{pid}/fd/{signed}")


def text(pid: int, address: int) -> str | None:
    """The string at an address of the process; None for one that is not there. Raises OSError."""
    if not address:
        return None
    data = memory(pid, address, 4096 - address % 4096)
    if b"\0" not in data:
        data += memory(pid, address + len(data), 4096)
    return os.fsdecode(data.split(b"\0", 1)[0])


def memory(pid: int, address: int, size: int) -> bytes:
    """Bytes of the process's memory. Raises OSError."""
    file = os.open(f"/proc/{pid}/mem", os.O_RDONLY | os.O_CLOEXEC)
    try:
        return os.pread(file, size, address)
    finally:
        os.close(file)


def write(listener: int, key: int, pid: int, address: int, data: bytes) -> None:
    """Bytes into the memory of the process that waits for this answer. Raises OSError, also when it waits no more."""
    file = os.open(f"/proc/{pid}/mem", os.O_WRONLY | os.O_CLOEXEC)
    try:
        fcntl.ioctl(listener, _VALID, struct.pack("<Q", key))  # else its number may be another one's by now
        os.pwrite(file, data, address)
    finally:
        os.close(file)
