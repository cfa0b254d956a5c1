"""Where the scratch folders of cases stand."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from pytest_agentsafety.catalog import workspace
from pytest_agentsafety.catalog.workspace import fast_folder


@pytest.fixture(autouse=True)
def _fresh(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.delenv("TMPDIR", raising=False)
    fast_folder.cache_clear()
    yield
    fast_folder.cache_clear()


def test_the_users_own_choice_wins(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    assert fast_folder() is None


@pytest.mark.skipif(not os.access("/dev/shm", os.W_OK), reason="no writable memory file system here")
def test_memory_is_used_when_there_is_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workspace.os, "statvfs", lambda _: SimpleNamespace(f_bavail=1 << 20, f_frsize=4096))
    assert fast_folder() == Path("/dev/shm")


def test_a_nearly_full_one_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workspace.os, "statvfs", lambda _: SimpleNamespace(f_bavail=10, f_frsize=4096))
    assert fast_folder() is None
