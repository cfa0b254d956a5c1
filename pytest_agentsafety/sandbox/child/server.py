"""Where a process of the sandbox starts: one run, or a template that forks a keeper for each run."""

from __future__ import annotations

import _socket as socket
import gc
import os
import select
import signal
import sys

from pytest_agentsafety.sandbox.child import privileges, wire
from pytest_agentsafety.sandbox.child.keeper import keep

TYPE_CHECKING = False
if TYPE_CHECKING:  # typing itself costs an import at every start
    from typing import Any


def once(config: dict[str, Any], lifeline: int, channel: int, supervisor: int) -> None:
    """Keep a single run; `supervisor` is the parent's pid. Does not return."""
    try:
        parent = _handle(supervisor)
        keep(config, socket.socket(fileno=lifeline), socket.socket(fileno=channel), parent)
    finally:
        os._exit(0)


def serve(requests: int, imports: list[str], path: list[str], supervisor: int) -> None:
    """Import, say so, then fork a keeper per request until the supervisor is gone. Does not return.

    What is imported is the user's own installation; code that was sent never runs in this process.
    """
    door = socket.socket(fileno=requests)
    try:
        parent = _handle(supervisor)
        privileges.lock_privileges()
        privileges.no_new_privileges()
        sys.path[:] = path
        for name in imports:
            __import__(name)
        gc.collect()
        gc.freeze()  # a fork that looks through all objects would copy all their pages
        wire.send(door, ("warm", os.getpid()))
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # keepers are nobody's children to wait for
        poll = select.poll()
        poll.register(door.fileno(), select.POLLIN)
        poll.register(parent, select.POLLIN)
        while parent not in {file for file, _ in poll.poll()}:
            message = wire.receive(door)
            if message is None:
                break
            config, files = message
            if os.fork() == 0:
                door.close()
                _keep_forked(config, files, parent)
            for file in files:
                os.close(file)
    except (ImportError, OSError) as error:
        wire.send(door, ("failed", str(error)))
    finally:
        os._exit(0)


def _keep_forked(config: object, files: list[int], parent: int) -> None:
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.setsid()
        lifeline, channel, out, err = files
        os.dup2(out, 1)
        os.dup2(err, 2)
        os.close(out)
        os.close(err)
        keep(config, socket.socket(fileno=lifeline), socket.socket(fileno=channel), parent)  # type: ignore[arg-type]
    finally:
        os._exit(0)


def _handle(supervisor: int) -> int:
    """A handle that becomes readable when the supervisor dies. Raises OSError when it is not our parent any more."""
    handle = os.pidfd_open(supervisor)
    if os.getppid() != supervisor:
        raise ProcessLookupError("the supervisor is gone")
    return handle
