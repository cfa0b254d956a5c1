"""Process 1 of a container: starts the code beside itself and tells the supervisor what came of it.

Sent as source to the image's own Python (3.8 or newer), with `program.py`. Messages are lines of JSON: the supervisor
does not trust what a container says. Nothing of the code's process reaches the descriptors of this one.
"""

from __future__ import annotations

import base64
import ctypes
import json
import os
import resource
import select
import struct
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

BOX = "/box"
FOLDERS = ("files", "tmp")
_DUMPABLE, _PDEATHSIG, _SECCOMP = 4, 1, 22
_OWN_PID = 0xFFFFFFF1  # as in bpf.py


def say(kind: str, **more: object) -> None:
    os.write(1, (json.dumps({"kind": kind, **more}) + "\n").encode("ascii"))


def facts() -> dict[str, Any]:
    """What holds this container, as the kernel says it."""
    with open("/proc/self/status", encoding="ascii", errors="replace") as file:
        status = dict(line.rstrip("\n").split(":\t", 1) for line in file if ":\t" in line)
    names = ("Seccomp", "NoNewPrivs", "CapEff", "CapBnd", "CapPrm")
    found: dict[str, Any] = {name: status.get(name, "").strip() for name in names}
    with open("/proc/net/dev", encoding="ascii") as file:
        found["networks"] = [line.partition(":")[0].strip() for line in file if ":" in line]
    found["uid"], found["machine"] = os.getuid(), os.uname().machine
    found["read_only"] = bool(os.statvfs("/").f_flag & os.ST_RDONLY)
    return found


def main(config: dict[str, Any], program: str) -> None:
    libc = ctypes.CDLL(None)
    libc.prctl(_DUMPABLE, 0, 0, 0, 0)  # the code has the same user id, and may not look in here
    for name in FOLDERS:
        os.mkdir(f"{BOX}/{name}", 0o700)
    say("ready", **facts())
    given = json.loads(sys.stdin.readline() or "null")
    if given is None:
        os._exit(0)
    put(given["folders"], given["files"])
    out, err = os.pipe(), os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            become_code(libc, config, given, (out[1], err[1]), program)
        finally:
            os._exit(1)
    for pipe in (out, err):
        os.close(pipe[1])
    pump({out[0]: "out", err[0]: "err"}, pid)
    _, status, usage = os.wait4(pid, 0)
    folders, files = take(config["room"], config["files"])
    say(
        "exit",
        status=status,
        user=usage.ru_utime,
        system=usage.ru_stime,
        rss=usage.ru_maxrss,
        folders=folders,
        files=files,
    )


def put(folders: list[str], files: dict[str, str]) -> None:
    for path in folders:
        os.mkdir(f"{BOX}/files/{path}", 0o700)
    for path, data in files.items():
        with open(f"{BOX}/files/{path}", "wb") as file:
            file.write(base64.b64decode(data))


def become_code(
    libc: ctypes.CDLL, config: dict[str, Any], given: dict[str, Any], output: tuple[int, int], program: str
) -> None:
    os.setsid()
    libc.prctl(_PDEATHSIG, 9, 0, 0, 0)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(output[0], 1)
    os.dup2(output[1], 2)
    os.closerange(3, 256)
    for name, value in config["limits"].items():
        which = getattr(resource, name)
        most = resource.getrlimit(which)[1]
        hard = value + (name == "RLIMIT_CPU")  # a second between the signal and the end
        hard = hard if most == resource.RLIM_INFINITY else min(hard, most)
        resource.setrlimit(which, (min(value, hard), hard))
    os.chdir(f"{BOX}/files")
    os.environ.clear()
    os.environ.update(config["environment"])
    sys.path.insert(0, "")
    names: dict[str, Any] = {"__name__": "contained_program"}
    exec(compile(program, "<program>", "exec"), names)
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    install(libc, base64.b64decode(given["filter"]))
    names["run"](given["code"], given["filename"], given["arguments"])


def install(libc: ctypes.CDLL, code: bytes) -> None:
    """The native backend's own filter, on top of docker's. Ends the process where it cannot be installed."""
    own = struct.pack("<I", _OWN_PID)
    code = code.replace(own, struct.pack("<I", os.getpid()))
    buffer = ctypes.create_string_buffer(code, len(code))
    program = struct.pack("@HP", len(code) // 8, ctypes.addressof(buffer))
    if libc.prctl(_SECCOMP, ctypes.c_ulong(2), program, 0, 0) != 0:
        os._exit(1)


def pump(streams: dict[int, str], pid: int) -> None:
    """Pass output on; a word from the supervisor, or its end, ends the code."""
    poll = select.poll()
    for file in (*streams, 0):
        poll.register(file, select.POLLIN)
    left = set(streams)
    while left:
        for file, _ in poll.poll():
            if file == 0:
                os.kill(pid, 9)
                poll.unregister(0)
                continue
            data = os.read(file, 1 << 16)
            if data:
                say(streams[file], data=base64.b64encode(data).decode("ascii"))
            else:
                poll.unregister(file)
                left.discard(file)


def take(room: int, most: int) -> tuple[list[str] | None, dict[str, str] | None]:
    """Folders and plain files of the workspace; None, None for more than there is room for. No link is followed."""
    folders: list[str] = []
    files: dict[str, str] = {}
    top = f"{BOX}/files"
    for folder, inside, names in os.walk(top):
        here = os.path.relpath(folder, top)
        prefix = "" if here == "." else f"{here}/"
        folders += [prefix + name for name in inside if not os.path.islink(f"{folder}/{name}")]
        for name in names:
            path = f"{folder}/{name}"
            if os.path.isfile(path) and not os.path.islink(path):
                with open(path, "rb") as file:
                    data = file.read(room + 1)
                room -= len(data)
                files[prefix + name] = base64.b64encode(data).decode("ascii")
        if room < 0 or len(folders) + len(files) > most:
            return None, None
    return folders, files
