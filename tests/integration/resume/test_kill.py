"""`kill -9` anywhere in a run of 30 tool calls: what comes out in the end is what would have come out anyway."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

import pytest_agentsafety
from pytest_agentsafety.llm.scripted import Playbook, robust
from pytest_agentsafety.llm.server import MessagesServer
from pytest_agentsafety.model.messages import PlannedCall, PlannedTurn

WORKER = Path(__file__).with_name("worker.py")
PROMPT = "Do the stock-taking."
ANSWER = "All is counted and booked."
POINTS = 100 if os.environ.get("AGENTSAFETY_LONG") == "1" else 8

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")


def _call(number: int) -> PlannedCall:
    if number % 3 == 0:
        return PlannedCall(name="read_stock", arguments={"item": f"item-{number % 6}"})
    if number % 10 == 4:
        return PlannedCall(name="pay", arguments={"order": f"order-{number}"})
    return PlannedCall(name="book", arguments={"entry": f"entry-{number}"})


CALLS = [_call(number) for number in range(30)]
WRITTEN = sorted(str(next(iter(call.arguments.values()))) for call in CALLS if call.name != "read_stock")
TURNS = [PlannedTurn(text=f"Step {at}.", calls=CALLS[at : at + 2]) for at in range(0, 30, 2)] + [
    PlannedTurn(text=ANSWER)
]


@dataclass
class Runs:
    """The worker, and the server its runs talk to."""

    worker: subprocess.Popen[str]
    url: str
    requests: list[int] = field(default_factory=list)

    def run(self, folder: Path, kill: int | None = None, *, looks: bool = True) -> int:
        """The wait status of one run."""
        folder.mkdir(exist_ok=True)
        assert self.worker.stdin is not None
        assert self.worker.stdout is not None
        command = {"folder": str(folder), "url": self.url, "kill": kill, "looks": looks}
        self.worker.stdin.write(json.dumps(command) + "\n")
        self.worker.stdin.flush()
        return int(self.worker.stdout.readline())


def result(folder: Path) -> dict[str, Any]:
    return json.loads((folder / "result.json").read_text())


def ledger(folder: Path) -> list[str]:
    lines = (folder / "ledger").read_text().splitlines()
    assert len({line.split()[0] for line in lines}) == len(lines)
    return sorted(line.split()[1] for line in lines)


def asked(folder: Path, rule: str) -> list[str]:
    path = folder / "asked"
    lines = path.read_text().splitlines() if path.exists() else []
    return [line.split()[1] for line in lines if line.split()[0] == rule]


def unknown(folder: Path) -> list[str]:
    return asked(folder, "checkpoint.unknown_outcome")


@pytest.fixture(scope="module")
def runs() -> Iterator[Runs]:
    play = robust(Playbook(tasks={PROMPT: TURNS}))
    requests: list[int] = []

    def counting(payload: Any, number: int) -> Any:
        requests.append(number)
        return play(payload, number)

    pipe, env = subprocess.PIPE, {**os.environ, "PYTHONPATH": str(Path(pytest_agentsafety.__file__).parents[1])}
    with (
        MessagesServer(counting) as server,
        subprocess.Popen([sys.executable, str(WORKER)], stdin=pipe, stdout=pipe, text=True, env=env) as worker,
    ):
        yield Runs(worker, server.url, requests)
        assert worker.stdin is not None
        worker.stdin.close()


@pytest.fixture(scope="module")
def whole(runs: Runs, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The run that nobody interrupts."""
    folder = tmp_path_factory.mktemp("whole")
    assert runs.run(folder) == 0
    assert ledger(folder) == WRITTEN
    assert len(runs.requests) == len(TURNS)
    found = result(folder)
    assert (found["answer"], found["tool_calls"], found["executed"]) == (ANSWER, 30, 30)
    return found


def _resumed(runs: Runs, folder: Path, kills: list[int], *, looks: bool) -> int:
    """Run until it ends by itself, killed at these points on the way; how many requests the server got."""
    before = len(runs.requests)
    for kill in kills:
        status = runs.run(folder, kill, looks=looks)
        if status == 0:  # the resumed run was over before this point
            break
        assert os.WIFSIGNALED(status)
        assert os.WTERMSIG(status) == signal.SIGKILL
    assert runs.run(folder, looks=looks) == 0
    return len(runs.requests) - before


def _unused(folder: Path) -> list[float]:
    """What was spent on requests whose reply never got into the journal: the process was killed over them."""
    found, last = [], None
    for line in (folder / "journal").read_bytes().splitlines()[1:]:
        record = json.loads(line.partition(b" ")[2])
        if record["kind"] == "reserve":
            found += [] if last is None else [last]
        if record["kind"] in ("reserve", "charge"):
            last = float(record["cost_usd"])
        if record["kind"] == "model":
            last = None
    return found


def _held(folder: Path) -> bool:
    """Was a write found to be done already, and so held? The model is told so in more words than the tool has."""
    records = (json.loads(line.partition(b" ")[2]) for line in (folder / "journal").read_bytes().splitlines()[1:])
    return any(record["kind"] == "tool_end" and record["status"] == "held" for record in records)


def _check_account(
    found: dict[str, Any], whole: dict[str, Any], unused: list[float], requests: int, *, held: bool
) -> None:
    """Exactly what the whole run spent, and what nobody knows the outcome of at its most."""
    expected = whole["cost_usd"] + sum(unused)
    assert len(TURNS) <= requests <= len(TURNS) + len(unused)
    if held:
        assert expected < found["cost_usd"] < 1.1 * expected
    else:
        assert found["cost_usd"] == pytest.approx(expected, rel=1e-12)
        assert unused or found["tokens"] == whole["tokens"]
    assert (found["tool_calls"], found["reserved_usd"], found["ungated"]) == (30, 0, [])


@pytest.mark.parametrize("seed", range(POINTS))
def test_the_resumed_run_equals_the_uninterrupted_one(runs: Runs, whole, tmp_path, seed):
    chance = random.Random(seed)
    kills = [int((seed + chance.random()) * whole["points"] / POINTS)]
    if seed % 3 == 0:
        kills.append(chance.randrange(whole["points"]))
    requests = _resumed(runs, tmp_path, kills, looks=True)
    found = result(tmp_path)
    assert found["answer"] == whole["answer"]
    assert ledger(tmp_path) == WRITTEN
    _check_account(found, whole, _unused(tmp_path), requests, held=_held(tmp_path))
    payments = Counter(asked(tmp_path, "approval.always_ask"))
    assert sum(payments.values()) <= len(payments) + len(kills)


@pytest.mark.parametrize("seed", range(POINTS // 4))
def test_with_a_no_to_every_question_nothing_happens_twice(runs: Runs, whole, tmp_path, seed):
    """Killed inside a write: it is asked about, and with a no it is held, whether it had happened or not."""
    inside = whole["in_writes"]
    kill = inside[seed * 7 % len(inside)]  # before the write, or after it
    folder = tmp_path / "run"
    _resumed(runs, folder, [kill], looks=False)
    (entry,) = unknown(folder)
    assert Counter(ledger(folder)) - Counter(WRITTEN) == Counter()
    missing = set() if inside.index(kill) % 2 else {entry}
    assert set(WRITTEN) - set(ledger(folder)) == missing
    assert result(folder)["answer"] == whole["answer"]
    assert runs.run(folder, looks=False) == 0  # the whole run once more: nothing is asked, nothing is done
    assert unknown(folder) == [entry]
    assert set(WRITTEN) - set(ledger(folder)) == missing
    assert Counter(ledger(folder)) - Counter(WRITTEN) == Counter()


def test_a_finished_run_is_not_run_again(runs: Runs, whole, tmp_path):
    assert runs.run(tmp_path) == 0
    first, before, requests = result(tmp_path), ledger(tmp_path), len(runs.requests)
    assert runs.run(tmp_path) == 0
    again = result(tmp_path)
    for found in (first, again):
        del found["points"], found["in_writes"]
    assert again == first
    assert ledger(tmp_path) == before
    assert len(runs.requests) == requests
