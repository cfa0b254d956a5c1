"""`results.jsonl`: one line per case and mode, on disk the moment the case ends."""

from __future__ import annotations

import threading
from pathlib import Path

from pytest_agentsafety.model.jsonl import dump_line, read_lines
from pytest_agentsafety.model.results import CaseResult
from pytest_agentsafety.recorders.append_file import AppendFile


class ResultsRecorder:
    """Appends rows. Opening an existing file continues it; a torn last line of a killed run is cut off first."""

    def __init__(self, path: Path) -> None:
        self._file = AppendFile(path)
        self._lock = threading.Lock()

    @property
    def torn_bytes(self) -> int:
        """Bytes of a torn last line that were removed on opening."""
        return self._file.torn_bytes

    def append(self, result: CaseResult) -> None:
        """Write the row. Raises EvidenceError when it cannot be written whole."""
        line = dump_line(result.to_dict())
        with self._lock:
            self._file.write(line)

    def close(self) -> None:
        with self._lock:
            self._file.sync()
            self._file.close()


def read_results(path: Path) -> list[CaseResult]:
    """All rows in file order. A torn last line is left out with a warning.

    Raises AgentSafetyError for a row that is damaged otherwise, FileNotFoundError when there is no file.
    """
    return [CaseResult.from_dict(row) for row in read_lines(path)]
