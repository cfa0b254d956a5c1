"""How long recording takes against an API that makes one wait: the same cases at 1, 16 and 50 at once.

    PYTHONPATH=. python benchmarks/recording.py [cases] [milliseconds]

Each case is one request of the bundled agent through the whole harness (gate with all guards, evidence, cassette) to a
scripted server on the loopback that takes so long for an answer. All in one process and one run; wall time, the ratio
to one at a time, and what the waiting alone would take. Every case has to leave one cassette, and the audit chain to
verify, or the benchmark fails.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from pytest_agentsafety.llm.scripted import Playbook, gullible
from pytest_agentsafety.llm.server import MessagesServer
from pytest_agentsafety.model.messages import PlannedTurn
from pytest_agentsafety.recorders import verify_audit
from pytest_agentsafety.session import RunOptions, Session
from pytest_agentsafety.session.crew import run_cases

JOBS = (1, 16, 50)
HEAD = """\
name: wait
short: wait
modes: [live, recorded]
policy:
  tools:
    read_ticket: {effect: read}
"""
TOOLS = '''\
class World:
    """A desk."""

    def __init__(self, data, base):
        self.data = data

    def tools(self):
        return [self.read_ticket]

    def state(self):
        return {}

    def read_ticket(self, number: int) -> str:
        """Read a ticket."""
        return "A refund, please."
'''


class Slow(MessagesServer):
    """Takes `delay` seconds for each answer, any number at once."""

    delay = 0.05

    async def _exchange(self, request: Any, writer: asyncio.StreamWriter) -> bool:
        await asyncio.sleep(self.delay)
        return await super()._exchange(request, writer)


def prompt(number: int) -> str:
    return f"Say hello to reader {number:04}."


def write_suite(folder: Path, cases: int) -> None:
    suite = folder / "suites/wait"
    suite.mkdir(parents=True)
    (suite / "suite.yaml").write_text(HEAD)
    (suite / "tools.py").write_text(TOOLS)
    (suite / "world.yaml").write_text("tickets: {}\n")
    (suite / "injections.yaml").write_text("vectors: []\ntasks: []\n")
    tasks = "".join(
        f"  - id: t{n:04}\n    prompt: {prompt(n)}\n    vectors: []\n    turns:\n      - text: Hello.\n"
        "    check: {answer_contains: Hello}\n"
        for n in range(cases)
    )
    (suite / "tasks.yaml").write_text(f"tasks:\n{tasks}")


def measure(folder: Path, cases: int, jobs: int) -> float:
    output = f"evidence-{jobs}"
    options = RunOptions(
        start=folder, root=folder, suites=("./suites/wait",), modes=("live",), record="all", output=output
    )
    session = Session(options)
    session.start()
    verdicts: list[str] = []
    begun = time.perf_counter()
    run_cases(session, jobs=jobs, told=lambda _, result: verdicts.append(result.verdict), tick=lambda: None)
    seconds = time.perf_counter() - begun
    session.close()
    cassettes = list((folder / "suites/wait/cassettes").glob("*.json"))
    assert verdicts == ["completed"] * cases, verdicts[:3]
    assert len(cassettes) == cases
    assert verify_audit(folder / output / "audit.jsonl").ok
    for cassette in cassettes:
        cassette.unlink()
    return seconds


def main() -> None:
    cases = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    Slow.delay = (float(sys.argv[2]) if len(sys.argv) > 2 else 50.0) / 1000
    book = Playbook(tasks={prompt(n): (PlannedTurn(text="Hello."),) for n in range(cases)})
    with tempfile.TemporaryDirectory() as name, Slow(gullible(book)) as server:
        folder = Path(name)
        os.environ |= {"ANTHROPIC_BASE_URL": server.url, "ANTHROPIC_API_KEY": "sk-benchmark-000000000001"}
        write_suite(folder, cases)
        print(f"{cases} cases, {Slow.delay * 1000:.0f} ms each")
        measure(folder, cases, 16)  # loads and builds what is built once
        first = 0.0
        for jobs in JOBS:
            seconds = measure(folder, cases, jobs)
            first = first or seconds
            waiting = cases * Slow.delay / jobs
            print(f"jobs {jobs:3}: {seconds:6.2f} s   {first / seconds:5.1f}x   waiting alone {waiting:5.2f} s")


if __name__ == "__main__":
    main()
