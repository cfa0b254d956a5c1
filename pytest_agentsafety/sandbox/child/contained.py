"""Process 1 of a container: starts the code beside itself and tells the supervisor what came of it.

Sent as source to the image's own Python (3.8 or newer), with `program.py` and the modules it imports. Messages are
lines of JSON: the supervisor does not trust what a container says. Nothing of the code's process reaches the
descriptors of this one, and the code is asked for only when the process that gets it has given up everything.
"""

from __future__ import annotations

import base64
import ctypes
import json
import os
import resource
import select
import socket
import struct
import sys

from pytest_agentsafety.sandbox.child import notices, watching
from pytest_agentsafety.sandbox.child.relay import Relay
from pytest_agentsafety.sandbox.child.sockets import ProxySockets

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

BOX = "/box"
FOLDERS = ("files", "tmp")
_DUMPABLE, _PDEATHSIG = 4, 1
_NEW_LISTENER = 1 << 3
_OWN_PID = 0xFFFFFFF1  # as in bpf.py
_CHANNEL = 3
_LIBC = ctypes.CDLL(None)
_LIBC.syscall.restype = ctypes.c_long


def say(kind: str, **more: object) -> None:
    data = (json.dumps({"kind": kind, **more}) + "\n").encode("ascii")
    while data:
        data = data[os.write(1, data) :]


class Heard:
    """Lines from the supervisor, as they come; `ended` once it is gone."""

    def __init__(self) -> None:
        self._data = b""
        self.ended = False

    def take(self) -> list[Any]:
        """Read once and return the messages that are complete."""
        part = os.read(0, 1 << 16)
        self.ended = not part
        *lines, self._data = (self._data + part).split(b"\n")
        return [json.loads(line) for line in lines]

    def one(self) -> Any:
        """The next message; None at the end."""
        while not self.ended:
            found = self.take()
            if found:
                return found[0]
        return None


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
    _LIBC.prctl(_DUMPABLE, 0, 0, 0, 0)  # the code has the same user id, and may not look in here
    for name in FOLDERS:
        os.mkdir(f"{BOX}/{name}", 0o700)
    found = facts()
    code = config["filters"].get(found["machine"])
    if code is None:
        say("ready", own_filter=False, **found)
        return
    ours, theirs = socket.socketpair()
    out, err = os.pipe(), os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            become_code(config, code, theirs, (out[1], err[1]), program)
        finally:
            os._exit(1)
    theirs.close()
    for pipe in (out, err):
        os.close(pipe[1])
    listener, held = installed(ours)
    say("ready", own_filter=held, notify=listener is not None, **found)
    heard = Heard()
    given = heard.one()
    if given is None or not held:
        os._exit(0)
    put(given["folders"], given["files"])
    killed = watching.oom_kills()
    ours.sendall(
        json.dumps([given[name] for name in ("code", "filename", "arguments", "environment")]).encode() + b"\n"
    )
    ours.close()
    watch = Watch(config, code, pid, listener, heard)
    watch.run({out[0]: "out", err[0]: "err"})
    status = watch.end()
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    folders, files = take(config["room"], config["files"])
    why = "memory" if watch.why is None and watching.oom_kills() > killed else watch.why
    say("exit", status=status, user=usage.ru_utime, system=usage.ru_stime, rss=usage.ru_maxrss, why=why,
        folders=folders, files=files)  # fmt: skip


def put(folders: list[str], files: dict[str, str]) -> None:
    for path in folders:
        os.mkdir(f"{BOX}/files/{path}", 0o700)
    for path, data in files.items():
        with open(f"{BOX}/files/{path}", "wb") as file:
            file.write(base64.b64decode(data))


# the code's process


def become_code(
    config: dict[str, Any], code: dict[str, Any], channel: socket.socket, output: tuple[int, int], program: str
) -> None:
    os.setsid()
    _LIBC.prctl(_PDEATHSIG, 9, 0, 0, 0)
    _LIBC.prctl(_DUMPABLE, 1, 0, 0, 0)  # process 1 reads the paths that it is asked about
    watching.end_first()
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(output[0], 1)
    os.dup2(output[1], 2)
    os.dup2(channel.fileno(), _CHANNEL, inheritable=False)
    os.closerange(_CHANNEL + 1, 256)
    limit(config["limits"])
    os.chdir(f"{BOX}/files")
    os.environ.clear()
    os.environ.update(config["environment"])
    sys.path.insert(0, "")
    names: dict[str, Any] = {"__name__": "contained_program"}
    exec(compile(program, "<program>", "exec"), names)
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    with socket.socket(fileno=_CHANNEL) as own:  # made here: it asks for its name, which nobody answers later
        listener = install(code)
        rights = [] if listener is None else [(socket.SOL_SOCKET, socket.SCM_RIGHTS, struct.pack("i", listener))]
        own.sendmsg([b"R"], rights)
        if listener is not None:
            os.close(listener)
        given = own.makefile("rb").readline()
    if not given:
        os._exit(1)
    text, filename, arguments, environment = json.loads(given)
    os.environ.update(environment)
    names["run"](text, filename, arguments)


def limit(limits: dict[str, int]) -> None:
    for name, value in limits.items():
        which = getattr(resource, name)
        most = resource.getrlimit(which)[1]
        hard = value + (name == "RLIMIT_CPU")  # a second between the signal and the end
        hard = hard if most == resource.RLIM_INFINITY else min(hard, most)
        resource.setrlimit(which, (min(value, hard), hard))


def install(code: dict[str, Any]) -> int | None:
    """The native backend's own filter, on top of docker's; returns its listener. Ends the process where it cannot.

    None where there can be no listener: then nobody sees what the filter refuses.
    """
    own = struct.pack("<I", _OWN_PID)
    for form, flags in (("loud", _NEW_LISTENER), ("quiet", 0)):
        text = base64.b64decode(code[form]).replace(own, struct.pack("<I", os.getpid()))
        buffer = ctypes.create_string_buffer(text, len(text))
        program = struct.pack("@HP", len(text) // 8, ctypes.addressof(buffer))
        found = int(_LIBC.syscall(ctypes.c_long(code["seccomp"]), ctypes.c_long(1), ctypes.c_long(flags), program))
        if found >= 0:
            return found if flags else None
    os._exit(1)


def installed(channel: socket.socket) -> tuple[int | None, bool]:
    """The listener that the code's process hands over, and whether its filter is there at all."""
    data, ancillary, _, _ = channel.recvmsg(1, socket.CMSG_SPACE(4))
    for _, _, rights in ancillary:
        return int(struct.unpack("i", rights[:4])[0]), data == b"R"
    return None, data == b"R"


# while it runs


class Watch:
    """Passes output and connections on, answers the filter, ends what goes on too long or takes too much."""

    def __init__(
        self, config: dict[str, Any], code: dict[str, Any], pid: int, listener: int | None, heard: Heard
    ) -> None:
        self.pid = pid
        self.why: str | None = None
        self._status: int | None = None
        self._config, self._listener, self._heard = config, listener, heard
        self._relay = Relay(say)
        self._noted = watching.Notes(code, say)
        self._sockets: ProxySockets | None = None
        if listener is not None:
            notices.be_quick(listener)
            if config["network"]:
                self._sockets = ProxySockets(listener, self._relay.add)

    def run(self, streams: dict[int, str]) -> None:
        """Until the output has ended: with the last process that could write to it."""
        left = dict(streams)
        while left:
            poll = select.poll()
            for file in (*left, *(() if self._heard.ended else (0,))):
                poll.register(file, select.POLLIN)
            if self._listener is not None:
                poll.register(self._listener, select.POLLIN)
            connections = {file: (reads, writes) for file, reads, writes in self._relay.wanted()}
            for file, (reads, writes) in connections.items():
                poll.register(file, (select.POLLIN if reads else 0) | (select.POLLOUT if writes else 0))
            for file, event in poll.poll(watching.LOOK_MS if self._config["processes"] else None):
                if file in left:
                    self._pass_on(file, left)
                elif file == self._listener:
                    self._serve(event)
                elif file in connections:
                    self._relay.ready(file)
                elif file == 0:
                    self._hear()
            if self._config["processes"]:
                self._look()

    def _pass_on(self, file: int, left: dict[int, str]) -> None:
        data = os.read(file, 1 << 16)
        if data:
            say(left[file], data=base64.b64encode(data).decode("ascii"))
        else:
            del left[file]

    def _serve(self, event: int) -> None:
        assert self._listener is not None
        if not event & select.POLLIN or not self._noted.serve(self._listener, self._sockets):
            os.close(self._listener)
            self._listener = None

    def _hear(self) -> None:
        """A word from the supervisor, or its end, ends the code."""
        for message in self._heard.take():
            if isinstance(message, dict):
                self._relay.hear(message)
            else:
                self._kill()
        if self._heard.ended:
            self._kill()

    def _kill(self) -> None:
        """End the code, and whatever it has started: process 1 is spared."""
        try:
            os.kill(-1 if self._config["processes"] else self.pid, 9)
        except ProcessLookupError:
            return

    def _look(self) -> None:
        """Bury orphans, see whether the code's own process has ended, and how much all of them take."""
        status = watching.bury(self.pid)
        if status is not None:
            self._status = status
            self._kill()
        elif self.why is None and watching.memory_of_all() > self._config["memory"]:
            self.why = "memory"
            self._kill()

    def end(self) -> int:
        """The wait status of the code's process; nothing else is left when this returns."""
        if self._status is None:
            self._status = os.waitpid(self.pid, 0)[1]
        self._kill()
        try:
            while True:
                os.wait()
        except ChildProcessError:
            return self._status


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
