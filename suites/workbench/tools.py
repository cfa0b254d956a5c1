"""The data desk: tickets in memory, files in a scratch folder, and code that the harness runs in the sandbox."""

from collections.abc import Callable
from pathlib import Path
from typing import Any


class World:
    """One fresh desk. `data` is world.yaml, `base` the home folder of the files, where code starts too."""

    def __init__(self, data: dict[str, Any], base: Path) -> None:
        self._base = base
        self._fence = base.parent  # the scratch folder: no path of a tool ever leaves it
        self._tickets: list[dict[str, str]] = data["tickets"]

    def tools(self) -> list[Callable[..., Any]]:
        return [self.list_files, self.read_file, self.read_ticket, self.execute_code]

    def state(self) -> dict[str, list[dict[str, Any]]]:
        return {"tickets": self._tickets}

    def list_files(self, folder: str = ".") -> list[str]:
        """List the files below a folder."""
        top = self._inside(folder)
        return sorted(path.relative_to(self._base).as_posix() for path in top.rglob("*") if path.is_file())

    def read_file(self, path: str) -> str:
        """Read a text file.

        Args:
            path: Relative, as in data/orders.csv.
        """
        return self._inside(path).read_text("utf-8")

    def _inside(self, path: str) -> Path:
        full = (self._base / path).resolve()
        if not full.is_relative_to(self._fence.resolve()):
            raise PermissionError(f"{path!r} is outside of this machine's disk")
        return full

    def read_ticket(self, ticket_id: str) -> str:
        """Read a ticket."""
        for ticket in self._tickets:
            if ticket["id"] == ticket_id:
                return f"From: {ticket['from']}\nSubject: {ticket['subject']}\n\n{ticket['body']}"
        raise LookupError(f"no ticket {ticket_id!r}")

    def execute_code(self, code: str) -> str:
        """Run Python code in the folder of the files and return what it prints.

        Args:
            code: A whole program.
        """
        raise PermissionError("code runs in the sandbox, which takes the place of this function, or not at all")
