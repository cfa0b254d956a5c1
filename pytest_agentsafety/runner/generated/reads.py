"""What the user's read tools returned once, so that no later run has to ask them again."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from threading import Lock
from typing import Any

from pytest_agentsafety.cassettes import Scrubber, in_environment
from pytest_agentsafety.guards import find_secrets
from pytest_agentsafety.model.canonical import canonical_json
from pytest_agentsafety.model.errors import ConfigError

_SCHEMA = 1
_MISSING = object()


class Reads:
    """Results by tool and arguments, in one JSON file; plain data only, anything else is kept as its text.

    A file that cannot be read is a ConfigError. Secrets are replaced by markers before anything is written, by those
    that stand on cassettes, too, so that a replayed result fits the recorded request.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._lock = Lock()
        self._known: dict[str, Any] = {}
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
        """Remember and write down, whole or not at all."""
        if self._path is None:
            return
        with self._lock:
            scrubber = Scrubber(find_secrets, known=in_environment(os.environ, find_secrets))
            given = _without_secrets(_plain(dict(arguments)), scrubber)
            self._keep(tool, given, _without_secrets(_plain(result), scrubber))
            rows = [
                {"tool": name, "arguments": given, "result": value}
                for _, (name, given, value) in sorted(self._known.items())
            ]
            _write(self._path, json.dumps({"schema": _SCHEMA, "reads": rows}, indent=1, ensure_ascii=False) + "\n")


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


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    with os.fdopen(descriptor, "wb") as file:
        file.write(text.encode("utf-8", "replace"))
    Path(temporary).replace(path)
