"""The name an open file really has, links resolved, as the kernel tells it."""

from __future__ import annotations

import errno
import fcntl
import os

_PATH_MAX = 1024


def real_name(descriptor: int) -> str:
    """The absolute path of an open file or folder. Raises OSError (ENOTSUP) where the system does not tell."""
    get_path: int | None = getattr(fcntl, "F_GETPATH", None)
    try:
        if get_path is not None:
            return os.fsdecode(fcntl.fcntl(descriptor, get_path, bytes(_PATH_MAX)).rstrip(b"\0"))
        return os.readlink(f"/proc/self/fd/{descriptor}")  # noqa: PTH115 -- a Path would change odd names
    except OSError as error:
        reason = "this system does not tell the real name of an open file (is /proc mounted?), so no file is written"
        raise OSError(errno.ENOTSUP, reason) from error
