"""Symbolic links that flip while files are opened: nothing outside is ever read or made, whichever way is used."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from pytest_agentsafety.permissions import SafeOpen, beneath
from pytest_agentsafety.permissions.beneath import has_openat2

SECONDS = 0.3
# On a busy machine the flipping process may not run for a long while: time bounds the wait, not a count of rounds.
MAX_SECONDS = 60.0
# A process of its own, so that it also strikes between two system calls of ours.
FLIP = """
import os, sys, time
swap, kind = sys.argv[1:]
print("ready", flush=True)
while True:
    if kind == "links":
        os.symlink("../out", swap + ".1"); os.rename(swap + ".1", swap)
        os.symlink("sub", swap + ".1"); os.rename(swap + ".1", swap)
    else:
        os.rename(swap, swap + ".away"); os.symlink("../out", swap)
        os.unlink(swap); os.rename(swap + ".away", swap)
        time.sleep(0.0002)  # or an outside folder would stand there nearly all the time
"""


@contextmanager
def flipping(swap: Path, kind: str) -> Iterator[None]:
    flipper = subprocess.Popen([sys.executable, "-c", FLIP, str(swap), kind], stdout=subprocess.PIPE)
    assert flipper.stdout is not None
    try:
        assert flipper.stdout.readline() == b"ready\n"
        yield
    finally:
        flipper.kill()
        flipper.wait()
        flipper.stdout.close()


@pytest.fixture(params=["kernel", "walk"])
def _opener(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "walk":
        monkeypatch.setattr(beneath, "has_openat2", lambda: False)
    elif not has_openat2():
        pytest.skip("no openat2 on this machine")


@pytest.fixture(params=["links", "folder"])
def race(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path]:
    """A base folder whose data/swap flips between a folder inside and one outside."""
    for folder in ("data/sub", "out"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "out/x").write_text("secret")
    (tmp_path / "data/sub/x").write_text("inside")
    swap = tmp_path / "data/swap"
    if request.param == "links":
        swap.symlink_to("sub")
    else:
        swap.mkdir()
        (swap / "x").write_text("inside")
    with flipping(swap, request.param):
        yield tmp_path


def _rounds(attempt: Callable[[int], object]) -> tuple[int, int]:
    """Attempts until the time is up and both outcomes were seen: how many went through, and how many were refused."""
    done = refused = 0
    began = time.monotonic()
    while (passed := time.monotonic() - began) < SECONDS or (not (done and refused) and passed < MAX_SECONDS):
        try:
            attempt(done + refused)
            done += 1
        except OSError:
            refused += 1
    return done, refused


@pytest.mark.usefixtures("_opener")
def test_a_flipping_link_never_leads_a_read_outside(race: Path) -> None:
    files, read = SafeOpen(["data"], base=race), set()
    assert all(_rounds(lambda _: read.add(files.read_text("data/swap/x"))))
    assert read == {"inside"}


@pytest.mark.usefixtures("_opener")
def test_a_flipping_link_never_leads_a_write_outside(race: Path) -> None:
    files = SafeOpen(["data"], base=race)
    assert all(_rounds(lambda number: files.write_text(f"data/swap/new{number % 50}", "mine")))
    assert [path.name for path in (race / "out").iterdir()] == ["x"]
    assert (race / "out/x").read_text() == "secret"


def test_the_race_is_one_that_a_check_by_name_loses(race: Path) -> None:
    """The positive control: without it, the two tests above could pass because nothing flips."""
    inside = os.path.realpath(race / "data") + "/"
    seen: set[str] = set()
    end = time.monotonic() + MAX_SECONDS
    while "secret" not in seen and time.monotonic() < end:
        try:
            if os.path.realpath(race / "data/swap/x").startswith(inside):
                seen.add((race / "data/swap/x").read_text())
        except OSError:
            continue
    assert "secret" in seen
