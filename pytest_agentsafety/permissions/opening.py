"""Open one regular file under a root, for reading or writing, once and by descriptor."""

from __future__ import annotations

import os
from pathlib import Path

from pytest_agentsafety.permissions.beneath import CAREFUL, refuse_special, resolve_beneath
from pytest_agentsafety.permissions.writing import open_or_create, refuse_changed, writes


def open_beneath(root: Path, path: str, flags: int = os.O_RDONLY, mode: int = 0o600) -> int:
    """A descriptor for a regular file under `root`; the caller closes it and uses nothing but it.

    `path` is relative to `root`; `flags` and `mode` as for `os.open`. O_TRUNC is done after the checks, a new file is
    never executable, and the folders above it must exist. Raises OSError: EXDEV (leads out), EINVAL (no regular file),
    EMLINK (hard linked), HookError (something runs it), else as open(2).
    """
    resolved = Path(os.path.realpath(root))
    return open_under(resolved, path, flags, mode, meant=resolved)


def open_under(root: Path, path: str, flags: int, mode: int, *, meant: Path) -> int:
    """`open_beneath` for a root that was resolved before. `meant` is what a person allowed, which may be a hook."""
    if not writes(flags):
        descriptor = resolve_beneath(root, path, flags | CAREFUL, mode)
        return _checked(descriptor, path)
    allowed = str(meant)
    descriptor = _checked(open_or_create(root, path, flags, mode, allowed), path)
    try:
        refuse_changed(descriptor, path, allowed)
        if flags & os.O_TRUNC:
            os.ftruncate(descriptor, 0)
    except OSError:
        os.close(descriptor)
        raise
    return descriptor


def _checked(descriptor: int, path: str) -> int:
    try:
        refuse_special(os.fstat(descriptor), path)
    except OSError:
        os.close(descriptor)
        raise
    return descriptor
