"""API keys for SDK clients that want one even where nothing leaves the process."""

from __future__ import annotations

import os

from pytest_agentsafety.runner.modes import MODEL_KEYS

_PLACEHOLDER = "offline-no-key-needed"


class BorrowedKey:
    """Sets a placeholder for each key that is not set. As a context manager it takes them back at the end.

    They are lent while an agent's module is imported, too: a client made there keeps the key it found.
    """

    def lend(self) -> None:
        for key in MODEL_KEYS:
            if not os.environ.get(key):
                os.environ[key] = _PLACEHOLDER

    def take_back(self) -> None:
        """Where a request may leave, only real keys may be found."""
        for key in MODEL_KEYS:
            if os.environ.get(key) == _PLACEHOLDER:
                del os.environ[key]

    def __enter__(self) -> None:
        self.lend()

    def __exit__(self, *_: object) -> None:
        self.take_back()
