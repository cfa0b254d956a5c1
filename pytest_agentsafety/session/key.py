"""An API key for SDK clients that want one even where nothing leaves the process."""

from __future__ import annotations

import os

_KEY = "ANTHROPIC_API_KEY"
_PLACEHOLDER = "offline-no-key-needed"


class BorrowedKey:
    """Sets a placeholder while no key is set. As a context manager it takes the placeholder back at the end.

    It is lent while an agent's module is imported, too: a client made there keeps the key it found.
    """

    def lend(self) -> None:
        if not os.environ.get(_KEY):
            os.environ[_KEY] = _PLACEHOLDER

    def take_back(self) -> None:
        """Where a request may leave, only a real key may be found."""
        if os.environ.get(_KEY) == _PLACEHOLDER:
            del os.environ[_KEY]

    def __enter__(self) -> None:
        self.lend()

    def __exit__(self, *_: object) -> None:
        self.take_back()
