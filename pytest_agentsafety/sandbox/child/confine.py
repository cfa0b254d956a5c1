"""One process gives up everything, in the only order that works, and says what it has given up."""

from __future__ import annotations

import os

from pytest_agentsafety.sandbox.child import kernel, landlock, privileges, seccomp
from pytest_agentsafety.sandbox.child.kernel import call, prctl
from pytest_agentsafety.sandbox.child.namespaces import DEVICES

TYPE_CHECKING = False
if TYPE_CHECKING:  # typing itself costs an import at every start
    from typing import Any

_OWN_FILES = ("maps", "status", "stat", "statm", "cmdline")


def close_descriptors(keep: int, *, top: int = 0) -> None:
    """Close everything but 0, 1, 2, `keep` and the `top` highest of the 256 a process may have."""
    if keep > 3:
        call("close_range", 3, keep - 1, 0)
    end = 256 - top
    if keep < end - 1:
        call("close_range", max(keep + 1, 3), end - 1, 0)
    call("close_range", 256, 0xFFFFFFFF, 0)


def confine(config: dict[str, Any], box: str, parent: int) -> tuple[list[str], int | None]:
    """Returns the layers and the listener of the filter. Raises OSError for a required layer that is missing."""
    layers: list[str] = []
    os.umask(0o077)
    ruleset = _ruleset(config, box)
    privileges.lock_privileges()
    if config["uid"] is not None:
        layers.append(privileges.become(config["uid"], config["uid"]))
    layers.append(privileges.drop_capabilities())
    layers.append(privileges.no_new_privileges())
    prctl(kernel.PR_SET_DUMPABLE, int(config["dumpable"]))
    privileges.die_with(parent)
    layers.append(privileges.limit(config["limits"]))
    os.chdir(f"{box}/files")
    if ruleset is not None:
        layers.append(landlock.enforce(ruleset))
        _must_be_closed("/")
    more: list[str] = []
    listener = None
    try:
        more, listener = seccomp.install(config["loud"], config["quiet"])
    except OSError:
        if not config["weak"]:
            raise
    return layers + more, listener


def _ruleset(config: dict[str, Any], box: str) -> int | None:
    own = f"/proc/{os.getpid()}"
    read = landlock.READ | (landlock.EXECUTE if config["processes"] else 0)
    rules = [(path, read) for path in config["reads"]]
    rules += [(f"{own}/{name}", landlock.READ_FILE) for name in _OWN_FILES]
    rules += [(f"{box}/{name}", landlock.CHANGE) for name in ("files", "tmp")]
    rules += [(path, landlock.READ_FILE | landlock.WRITE_FILE | landlock.TRUNCATE) for path in DEVICES]
    try:
        return landlock.prepare(rules)
    except OSError:
        if config["namespaces"] or config["weak"]:
            return None
        raise


def _must_be_closed(folder: str) -> None:
    try:
        os.close(os.open(folder, os.O_RDONLY | os.O_DIRECTORY))
    except PermissionError:
        return
    raise OSError("landlock: in force, and yet a folder outside opens")
