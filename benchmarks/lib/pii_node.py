"""Generators of made-up data that run in node, from a folder of the reader's own (`FAKER_JS`)."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.lib.pii_mimesis import Value


@dataclass(frozen=True)
class NodeSource:
    """Scripts over `package`. Each prints a JSON list a line, and is given the folder, how many of each, and a seed."""

    package: str
    script: str
    clean_script: str

    def installed(self) -> bool:
        return shutil.which("node") is not None and self._folder() is not None

    def values(self, rng: random.Random, each: int) -> Iterator[Value]:
        return (Value(*row) for row in self._run(self.script, each, rng))

    def clean(self, rng: random.Random, each: int) -> Iterator[tuple[str, str]]:
        return ((kind, text) for kind, text in self._run(self.clean_script, each, rng))

    def _folder(self) -> Path | None:
        folder = os.environ.get("FAKER_JS")
        return Path(folder) if folder and (Path(folder) / "node_modules" / self.package).is_dir() else None

    def _run(self, script: str, each: int, rng: random.Random) -> Iterator[list[str]]:
        folder = self._folder()
        assert folder is not None, f"set FAKER_JS to the folder that has node_modules/{self.package}"
        command = ["node", "-e", script, str(folder), str(each), str(rng.randrange(10**6))]
        made = subprocess.run(command, capture_output=True, text=True, check=True, timeout=300)
        return map(json.loads, made.stdout.splitlines())
