"""The process beside a run: makes its place, starts it, watches over it, ends it and cleans up.

It never runs foreign code and outlives the supervisor if it must: when that dies, it ends the run and removes what is
left. `lifeline` is its socket to the supervisor, `channel` the confined process's own.
"""

from __future__ import annotations

import _socket as socket
import os
import select
import signal
import sys

from pytest_agentsafety.sandbox.child import namespaces, privileges, program, scratch, wire
from pytest_agentsafety.sandbox.child.confine import close_descriptors, confine

TYPE_CHECKING = False
if TYPE_CHECKING:  # typing itself costs an import at every start
    from typing import Any

_LOOK_MS = 20
_KILL = 9
_GO = b"G"
_GRACE_MS = 500


def keep(config: dict[str, Any], lifeline: socket.socket, channel: socket.socket, supervisor: int) -> None:
    """Run once. Messages to the supervisor: ("box", path) with the folder, then ("exit", ...) or ("failed", why)."""
    box, layers, host_box = namespaces.BOX, [], None
    try:
        if config["namespaces"]:
            layers = _own_world(config)
        else:
            owner = None if config["uid"] is None else (config["uid"], config["uid"])
            box = host_box = scratch.make(config["scratch"], owner)
        if config["wants_box"]:
            folder = os.open(box, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            wire.send(lifeline, ("box", box), (folder,))
            os.close(folder)
        started = _start(config, channel, box, layers)
        channel.close()
        for file in (1, 2):
            os.dup2(0, file)  # the output ends when the code's own process does
        wire.send(lifeline, ("exit", *_watch(config, lifeline, started, host_box, supervisor)))
        while lifeline.recv(64):
            continue  # until the supervisor has taken the files
    except OSError as error:
        _tell(lifeline, ("failed", str(error)))
    finally:
        if host_box is not None:
            scratch.remove(host_box)


def _tell(lifeline: socket.socket, message: object) -> None:
    try:
        wire.send(lifeline, message)
    except OSError:
        return


def _own_world(config: dict[str, Any]) -> list[str]:
    administrator = privileges.may_administer()
    layers = [namespaces.enter(administrator=administrator)]
    inside = namespaces.INNER_ID if config["uid"] is None else config["uid"]
    layers.append(
        namespaces.private_root(
            config["reads"], config["links"], room=config["disk"], files=config["files"], owner=(inside, inside)
        )
    )
    for name in scratch.FOLDERS:
        os.mkdir(f"{namespaces.BOX}/{name}", 0o700)
        os.chown(f"{namespaces.BOX}/{name}", inside, inside)
    return layers


class _Started:
    """A run: the process that stands for it, and a pipe that says how the code's own process ended."""

    def __init__(self, pid: int, ending: int | None) -> None:
        self.pid, self.ending = pid, ending
        self.handle = os.pidfd_open(pid)


def _start(config: dict[str, Any], channel: socket.socket, box: str, layers: list[str]) -> _Started:
    keeper = os.getpid()
    if not config["namespaces"]:
        pid = os.fork()
        if pid == 0:
            _confined(config, channel, box, layers, keeper)
        return _Started(pid, None)
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(read)
        _first_process(config, channel, box, layers, write)
    os.close(write)
    return _Started(pid, read)


def _first_process(config: dict[str, Any], channel: socket.socket, box: str, layers: list[str], ending: int) -> None:
    """Process 1 of the pid namespace: everything in it ends with it. Does not return."""
    try:
        privileges.die_with(0)  # the keeper is in another pid namespace, its number there is 0
        try:
            layers.append(namespaces.own_processes())
        except OSError:
            if config["processes"]:
                raise  # their memory could not be counted
            # masked by the container: then there is no /proc at all
        pid = os.fork()
        if pid == 0:
            _confined(config, channel, box, layers, 1)
        channel.close()
        for file in (0, 1, 2):
            os.close(file)
        signal.signal(signal.SIGTERM, lambda *_: os.kill(pid, _KILL))
        privileges.lock_privileges()
        privileges.drop_capabilities(but=privileges.CAP_KILL)
        while True:
            ended, status = os.wait()
            if ended == pid:
                os.write(ending, status.to_bytes(4, "little"))
                _end_all()
                break
    finally:
        os._exit(0)


def _end_all() -> None:
    """End and bury what the code has left running in the namespace, so that its use is counted."""
    try:
        os.kill(-1, _KILL)
        while True:
            os.wait()
    except (ChildProcessError, ProcessLookupError):
        return


def _confined(config: dict[str, Any], channel: socket.socket, box: str, layers: list[str], parent: int) -> None:
    """The code's own process. Does not return."""
    try:
        os.setsid()
        paths = _held_open(config)
        close_descriptors(channel.fileno(), top=len(paths))
        try:
            found, listener = confine(config, box, parent)
        except (OSError, ValueError) as error:
            wire.send(channel, ("failed", layers, str(error)))
            os._exit(1)
        wire.send(channel, ("ready", [*layers, *found], os.getpid(), box), () if listener is None else (listener,))
        if listener is not None:
            os.close(listener)
        message = wire.receive(channel)
        channel.close()
        if message is None:
            os._exit(1)
        given: Any = message[0]
        _furnish(config, box, paths)
        os.environ.update(given[3])
        program.run(*given[:3])
    finally:
        os._exit(1)


def _held_open(config: dict[str, Any]) -> dict[str, str]:
    """Ways to Python's folders behind a closed door (root's home), where a fresh uid cannot walk: held by number."""
    ways: dict[str, str] = {}
    for path in config["behind_doors"]:
        number = 255 - len(ways)
        file = os.open(path, os.O_PATH | os.O_CLOEXEC)
        os.dup2(file, number, inheritable=False)
        os.close(file)
        ways[path] = f"/proc/self/fd/{number}"
    return ways


def _way(path: str, ways: dict[str, str]) -> str:
    """A path by the way that is held open, if it lies behind a closed door."""
    for old, new in ways.items():
        if path == old or path.startswith(f"{old}/"):
            return new + path[len(old) :]
    return path


def _furnish(config: dict[str, Any], box: str, paths: dict[str, str]) -> None:
    for module in list(sys.modules.values()) if paths else ():  # packages that are loaded know the way they came
        for i, folder in enumerate(getattr(module, "__path__", ())):
            module.__path__[i] = _way(str(folder), paths)
    sys.path[:] = ["", *(_way(path, paths) for path in config["sys_path"])]
    sys.path_importer_cache.clear()
    for name, value in (("HOME", f"{box}/tmp"), ("TMPDIR", f"{box}/tmp"), ("MPLCONFIGDIR", f"{box}/tmp")):
        os.environ[name] = value
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    random = sys.modules.get("numpy.random")
    if random is not None:  # a template's generators would give every run the same numbers
        random.seed()


def _watch(
    config: dict[str, Any], lifeline: socket.socket, run: _Started, box: str | None, supervisor: int
) -> tuple[int, float, float, int, str | None]:
    """Wait for the end. Returns (wait status, user s, system s, max RSS in KB, why it was ended or None)."""
    poll = select.poll()
    for file in (lifeline.fileno(), run.handle, supervisor):
        poll.register(file, select.POLLIN)
    why: str | None = None
    pause: int | None = None
    while True:
        ready = {file for file, _ in poll.poll(pause)}
        if run.handle in ready:
            break
        if supervisor in ready or (lifeline.fileno() in ready and lifeline.recv(1) != _GO):
            why = "told"
        elif lifeline.fileno() in ready:
            pause = _LOOK_MS if box is not None or config["processes"] else None  # the code is on its way
        elif config["processes"] and _memory_of_all() > config["memory"]:
            why = "memory"
        elif box is not None and _too_much(config, box, run.pid):
            why = "disk"
        if why is not None:
            _end(run)
            break
    _, status, usage = os.wait4(run.pid, 0)
    if run.ending is not None:
        written = os.read(run.ending, 4)
        status = int.from_bytes(written, "little") if written else _KILL
        os.close(run.ending)
    os.close(run.handle)
    return status, usage.ru_utime, usage.ru_stime, usage.ru_maxrss, why


def _end(run: _Started) -> None:
    """Kill the code's process. Process 1 of a namespace is asked first: ended with it, nobody counts what it used."""
    if run.ending is None:
        os.kill(run.pid, _KILL)
        return
    os.kill(run.pid, signal.SIGTERM)
    poll = select.poll()
    poll.register(run.handle, select.POLLIN)
    if not poll.poll(_GRACE_MS):
        os.kill(run.pid, _KILL)


def _memory_of_all() -> int:
    """Bytes of memory of all processes of the namespace, whose /proc is ours too; what they share counts for each."""
    pages = 0
    for name in os.listdir("/proc"):
        if name.isdigit() and name != "1":
            try:
                with open(f"/proc/{name}/statm", encoding="ascii") as file:
                    _, resident, shared, *_ = map(int, file.read().split())
            except (OSError, ValueError):
                continue  # it ended
            pages += resident - shared
    return pages * 4096


def _too_much(config: dict[str, Any], box: str, pid: int) -> bool:
    size, count = scratch.used(box, config["files"], pid, config["uid"])
    return bool(size > config["disk"] or count > config["files"])
