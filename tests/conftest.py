"""What holds for every test here."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def _search_path() -> Iterator[None]:
    """Leave the module search path as it was: projects under test put their own folders on it."""
    before = list(sys.path)
    yield
    sys.path[:] = before
