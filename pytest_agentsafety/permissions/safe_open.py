"""For tools: open an allowed file once and use it by descriptor, so that nothing can be swapped after the check."""

from __future__ import annotations

import errno
import os
from collections.abc import Sequence
from pathlib import Path

from pytest_agentsafety.permissions.opening import open_under
from pytest_agentsafety.permissions.roots import Root, Roots

_CREATE = os.O_WRONLY | os.O_CREAT | os.O_TRUNC


def _open(root: Root, rest: str, flags: int, mode: int) -> int:
    if rest == ".":  # the root is a single file
        return open_under(root.path.parent, root.path.name, flags | os.O_NOFOLLOW, mode, meant=root.path)
    return open_under(root.path, rest, flags, mode, meant=root.path)


class SafeOpen:
    """Files under `allowed_paths` (relative to `base`, default the working folder); sizes up to `max_size_kb`.

    The allowed paths are resolved now: one that is replaced by a link later is refused.

    Every method raises OSError when a path leads out (EXDEV), is no plain file (EINVAL), is hard linked (EMLINK), is
    too large (EFBIG), may not be changed because something runs it (HookError, EPERM), or as open(2). The folder of a
    new file has to exist; a new file has mode 0600 and is never executable.
    """

    def __init__(
        self, allowed_paths: Sequence[str], *, base: Path | None = None, max_size_kb: int | None = None
    ) -> None:
        self._roots = Roots(allowed_paths, base or Path.cwd())
        self._limit = None if max_size_kb is None else max_size_kb * 1024

    def descriptor(self, path: str, flags: int = os.O_RDONLY, mode: int = 0o600) -> int:
        """An open descriptor, `flags` as for `os.open`; the caller closes it."""
        failure = OSError(errno.EXDEV, f"outside the allowed paths ({self._roots.shown})", path)
        for root, rest in self._roots.candidates(path):
            try:
                return _open(root, rest, flags, mode)
            except OSError as error:
                failure = error
        raise failure

    def _fits(self, size: int, path: str) -> None:
        if self._limit is not None and size > self._limit:
            raise OSError(errno.EFBIG, f"{size} bytes are over the limit of {self._limit}", path)

    def read_bytes(self, path: str) -> bytes:
        with os.fdopen(self.descriptor(path), "rb") as file:
            self._fits(os.fstat(file.fileno()).st_size, path)
            data = file.read() if self._limit is None else file.read(self._limit + 1)
        self._fits(len(data), path)
        return data

    def read_text(self, path: str, encoding: str = "utf-8") -> str:
        return self.read_bytes(path).decode(encoding)

    def write_bytes(self, path: str, data: bytes) -> int:
        """Create or replace a file; the number of bytes written."""
        self._fits(len(data), path)
        with os.fdopen(self.descriptor(path, _CREATE), "wb") as file:
            return file.write(data)

    def write_text(self, path: str, text: str, encoding: str = "utf-8") -> int:
        return self.write_bytes(path, text.encode(encoding))
