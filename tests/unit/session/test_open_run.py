"""Patches and placeholder keys are there while a case runs, and not for whoever runs after it."""

from __future__ import annotations

import os
import threading

import httpx2
import pytest

from pytest_agentsafety.session.open_run import OpenRun

_MARK = "_agentsafety_original"


def patched() -> bool:
    return hasattr(httpx2.Client.send, _MARK)


def test_doors_are_on_inside_the_block_only() -> None:
    with OpenRun().doors():
        assert patched()
    assert not patched()


def test_doors_come_off_after_an_error() -> None:
    with pytest.raises(KeyError), OpenRun().doors():
        raise KeyError
    assert not patched()


def test_what_an_agent_left_behind_still_meets_them() -> None:
    run, let_go = OpenRun(), threading.Event()
    with run.doors():
        straggler = threading.Thread(target=let_go.wait, daemon=True)
        straggler.start()
    try:
        assert patched(), "nobody knows what the thread will do yet"
    finally:
        let_go.set()
        straggler.join()
        run.close()
    assert not patched()


def test_our_own_threads_keep_nothing_on() -> None:
    run, let_go = OpenRun(), threading.Event()
    with run.doors():
        threading.Thread(target=let_go.wait, name="agentsafety-guard", daemon=True).start()
    let_go.set()
    assert not patched()


def test_keys_are_lent_inside_the_block_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ANTHROPIC_API_KEY", raising=False)
    monkeypatch.setenv("OPENAI_API_KEY", "their own")
    with OpenRun().lending():
        assert os.environ["ANTHROPIC_API_KEY"]
        assert os.environ["OPENAI_API_KEY"] == "their own"
    assert "ANTHROPIC_API_KEY" not in os.environ
    assert os.environ["OPENAI_API_KEY"] == "their own"
