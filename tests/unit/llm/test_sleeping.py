from __future__ import annotations

import asyncio
import subprocess
import sys

import pytest

from pytest_agentsafety.llm import sleeping


def test_instant_notes_waits_and_returns():
    with sleeping.instant() as waits:
        sleeping.sleep(3600)
        asyncio.run(sleeping.asleep(7200))
        assert waits == [3600, 7200]


def test_instant_nests_and_every_level_sees_its_waits():
    with sleeping.instant() as outer:
        with sleeping.instant() as inner:
            sleeping.sleep(60)
        sleeping.sleep(61)
    assert (outer, inner) == ([60, 61], [60])


def test_otherwise_it_waits(monkeypatch: pytest.MonkeyPatch):
    waited: list[float] = []
    monkeypatch.setattr("time.sleep", waited.append)
    sleeping.sleep(2.5)
    with sleeping.instant():
        sleeping.sleep(9)
    assert waited == [2.5]


def test_async_waiting_works_with_and_without_anyio():
    code = (
        "import asyncio, sys\n"
        "from pytest_agentsafety.llm.sleeping import asleep\n"
        "assert 'anyio' not in sys.modules\n"
        "asyncio.run(asleep(0))\n"
        "import anyio\n"
        "asyncio.run(asleep(0))\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, env={"PYTHONPATH": ":".join(filter(None, sys.path))})
