"""What the user's read tools returned once, so that no later run has to ask them again."""

from __future__ import annotations

import fcntl
import json
import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Any

from pytest_agentsafety.cassettes import Scrubber, in_environment
from pytest_agentsafety.guards import find_secrets
from pytest_agentsafety.model.canonical import canonical_json
from pytest_agentsafety.model.errors import ConfigError

_HEAD = b'{"schema": 1, "reads": [\n'
_END = b"\n]}\n"
_MISSING = object()


class Reads:
    """Results by tool and arguments, in one JSON file, to which any number of processes may add; plain data only,
    anything else is kept as its text.

    A file that cannot be read is a ConfigError. Secrets are replaced by markers before anything is written, by those
    that stand on cassettes, too, so that a replayed result fits the recorded request.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._lock = Lock()
        self._known: dict[str, Any] = {}
        self._own: dict[str, Any] = {}  # what this process added: the rest may be older than what the file says
        self._tools: dict[str, Any] = {}
        if path is not None and path.is_file():
            self._load(path)

    def _load(self, path: Path) -> None:
        try:
            data = json.loads(path.read_text("utf-8"))
            for row in data["reads"]:
                self._keep(str(row["tool"]), dict(row["arguments"]), row["result"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ConfigError(f"{path}: is no file of recorded reads ({type(error).__name__}: {error})") from None

    def _keep(self, tool: str, arguments: Mapping[str, Any], result: Any) -> None:
        self._known[_key(tool, arguments)] = (tool, dict(arguments), result)
        self._tools[tool] = result

    def get(self, tool: str, arguments: Mapping[str, Any]) -> Any:
        """The result recorded for this very call; `MISSING` where there is none."""
        found = self._known.get(_key(tool, arguments))
        return _MISSING if found is None else found[2]

    def any_of(self, tool: str) -> Any:
        """Some recorded result of the tool, whatever it was called with; `MISSING` where there is none."""
        return self._tools.get(tool, _MISSING)

    def add(self, tool: str, arguments: Mapping[str, Any], result: Any) -> None:
        """Remember and write down, whole or not at all. What stands there already is not written again."""
        if self._path is None:
            return
        with self._lock:
            scrubber = Scrubber(find_secrets, known=_known_secrets(frozenset(os.environ.items())))
            given = _without_secrets(_plain(dict(arguments)), scrubber)
            result = _without_secrets(_plain(result), scrubber)
            before = self._known.get(_key(tool, given))
            if before is not None and before[2] == result:
                return
            self._keep(tool, given, result)
            self._own[_key(tool, given)] = self._known[_key(tool, given)]
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with _alone(self._path.parent):
                if before is not None or not _appended(self._path, _row(tool, given, result)):
                    self._write_all(self._path)

    def _write_all(self, path: Path) -> None:
        """With what other processes have written meanwhile."""
        if path.is_file():
            self._load(path)
        self._known |= self._own
        rows = b",\n".join(_row(*read) for _, read in sorted(self._known.items()))
        descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(descriptor, "wb") as file:
            file.write(_HEAD + rows + _END)
        Path(temporary).replace(path)


MISSING = _MISSING


def _key(tool: str, arguments: Mapping[str, Any]) -> str:
    return canonical_json([tool, arguments])


def _plain(value: Any) -> Any:
    try:
        return json.loads(json.dumps(value, ensure_ascii=False))
    except (TypeError, ValueError):
        return str(value)


def _without_secrets(value: Any, scrubber: Scrubber, name: str = "") -> Any:
    """The value with each text changed, in the light of the field it stands in."""
    if isinstance(value, str):
        return scrubber.change(value, name)
    if isinstance(value, dict):
        return {scrubber.change(key): _without_secrets(one, scrubber, key) for key, one in value.items()}
    if isinstance(value, list):
        return [_without_secrets(one, scrubber, name) for one in value]
    return value


@lru_cache(maxsize=4)
def _known_secrets(environment: frozenset[tuple[str, str]]) -> frozenset[str]:
    """Looked for once in an environment: that takes longer than all the rest."""
    return frozenset(in_environment(dict(environment), find_secrets))


def _row(tool: str, arguments: Mapping[str, Any], result: Any) -> bytes:
    row = {"tool": tool, "arguments": arguments, "result": result}
    return json.dumps(row, ensure_ascii=False).encode("utf-8", "replace")


def _appended(path: Path, row: bytes) -> bool:
    """Put a row behind the others, in one write over the file's end; false for a file that ends otherwise."""
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    with os.fdopen(descriptor, "r+b", buffering=0) as file:
        at = file.seek(0, os.SEEK_END) - len(_END)
        if at < len(_HEAD):
            return False
        file.seek(at)
        if file.read(len(_END)) != _END:
            return False
        file.seek(at)
        file.write(b",\n" + row + _END)
    return True


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Among the processes that write there."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
