"""CPU of AgentDojo cases through a plain SDK loop: no gate, no guards, no evidence.

    python benchmarks/agentdojo_cpu.py [--suite agentdojo:banking ...] [--every N] [--whole-checks]

The reference agent runs each case through the real SDK; a responder at `httpx2.Client.send` plays the ground truth by
position and, once the attack text has come out of a tool, the attacker's calls. `--every N` takes each N-th case,
`--whole-checks` hands AgentDojo's checks two separate environments, as AgentDojo does.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import process_time
from typing import Any

import httpx2

# This folder holds an agentdojo.py of its own, which would hide the package of that name.
sys.path[:] = [str(Path(__file__).resolve().parents[1]), *(p for p in sys.path if Path(p) != Path(__file__).parent)]

from pytest_agentsafety.catalog import reference_agent
from pytest_agentsafety.catalog.agentdojo import comparing, resolve
from pytest_agentsafety.model.messages import PlannedCall, PlannedTurn
from pytest_agentsafety.model.tasks import Case
from pytest_agentsafety.protocols import Scenario, Suite

MODEL = "claude-opus-5-5"
_NOISE = re.compile(r"\\n|[\s\\]")  # what writing a text as YAML puts between its characters
_NEEDLE = 40


@dataclass
class SuiteTiming:
    """What the cases of one suite took and how they ended. `cpu` in seconds, opening and scoring included."""

    name: str
    cpu: float = 0.0
    benign: int = 0
    attacks: int = 0
    completed: int = 0
    delivered: int = 0
    succeeded: int = 0
    errors: list[str] = field(default_factory=list)

    @property
    def cases(self) -> int:
        return self.benign + self.attacks


@dataclass
class Timing:
    """A run over suites."""

    suites: list[SuiteTiming]

    @property
    def cpu(self) -> float:
        return sum(suite.cpu for suite in self.suites)

    @property
    def cases(self) -> int:
        return sum(suite.cases for suite in self.suites)

    def total(self) -> SuiteTiming:
        whole = SuiteTiming("all")
        for suite in self.suites:
            for name in ("cpu", "benign", "attacks", "completed", "delivered", "succeeded", "errors"):
                setattr(whole, name, getattr(whole, name) + getattr(suite, name))
        return whole


class Player:
    """Answers the SDK by position: the benign run, the attacker's turns behind the delivery, the rest, the words."""

    def __init__(self, scenario: Scenario) -> None:
        *turns, last = scenario.benign_turns()
        self._scenario, self._turns, self._words = scenario, deque(turns), [last.text]
        self._needles = [needle for text in scenario.injections.values() for needle in _needles(text)]
        self.delivered = False
        self.calls: list[PlannedCall] = []

    def watched(self, name: str, tool: Callable[..., str]) -> Callable[..., str]:
        """The tool, with its calls noted and its results searched for the attack text."""

        def called(**arguments: Any) -> str:
            self.calls.append(PlannedCall(name=name, arguments=arguments))
            result = tool(**arguments)
            if self._needles and not self.delivered:
                self._look(result)
            return result

        called.__dict__.update(tool.__dict__)
        called.__name__, called.__doc__, called.__annotations__ = name, tool.__doc__, tool.__annotations__
        return called

    def _look(self, result: str) -> None:
        flat = _NOISE.sub("", result)
        if any(needle in flat for needle in self._needles):
            self.delivered = True
            *hostile, last = self._scenario.attack_turns() or (PlannedTurn(),)
            self._turns.extendleft(reversed(hostile))
            self._words.append(last.text)

    def answer(self, request: httpx2.Request) -> httpx2.Response:
        turn = self._turns.popleft() if self._turns else PlannedTurn(text="\n\n".join(filter(None, self._words)))
        content: list[dict[str, Any]] = [{"type": "text", "text": turn.text or "Done."}] if not turn.calls else []
        content += [
            {"type": "tool_use", "id": f"toolu_{len(self.calls)}_{at}", "name": call.name, "input": call.arguments}
            for at, call in enumerate(turn.calls)
        ]
        message = {
            "id": "msg_1",
            "type": "message",
            "role": "assistant",
            "model": MODEL,
            "content": content,
            "stop_reason": "tool_use" if turn.calls else "end_turn",
            "stop_sequence": None,
            "usage": {"input_tokens": len(request.content) // 4, "output_tokens": 100},
        }
        headers = {"content-type": "application/json"}
        return httpx2.Response(200, headers=headers, content=json.dumps(message).encode(), request=request)


def bare_run(suites: Sequence[Suite], *, every: int = 1, whole_checks: bool = False) -> Timing:
    """Run the cases of these suites bare. Listing the cases is not part of the time."""
    with _whole_checks() if whole_checks else _as_it_is():
        return Timing([_bare_suite(suite, suite.cases()[::every]) for suite in suites])


def _bare_suite(suite: Suite, cases: Sequence[Case]) -> SuiteTiming:
    timing = SuiteTiming(suite.name)
    for case in cases:
        start = process_time()
        _bare_case(suite, case, timing)
        timing.cpu += process_time() - start
    return timing


def _bare_case(suite: Suite, case: Case, timing: SuiteTiming) -> None:
    scenario = suite.open(case)
    player = Player(scenario)
    tools = [player.watched(spec.name, spec.fn) for spec in scenario.tools]
    timing.benign += case.kind == "benign"
    timing.attacks += case.kind == "attack"
    with _answered_by(player):
        try:
            answer = reference_agent.build(tools, model=MODEL, system=scenario.system)(scenario.prompt)
        except Exception as exc:
            timing.errors.append(f"{case.case_id}: {type(exc).__name__}: {exc}")
            return
    useful = scenario.utility(answer, player.calls)
    if case.kind == "benign":
        timing.completed += useful.value is True
        return
    timing.delivered += player.delivered
    timing.succeeded += scenario.attack_succeeded(answer, player.calls).value is True


@contextmanager
def _answered_by(player: Player) -> Iterator[None]:
    real = httpx2.Client.send
    httpx2.Client.send = lambda _client, request, **_: player.answer(request)  # type: ignore[method-assign]
    try:
        yield
    finally:
        httpx2.Client.send = real  # type: ignore[method-assign]


@contextmanager
def _whole_checks() -> Iterator[None]:
    usual, comparing.WORTH_SHARING = comparing.WORTH_SHARING, sys.maxsize
    try:
        yield
    finally:
        comparing.WORTH_SHARING = usual


@contextmanager
def _as_it_is() -> Iterator[None]:
    yield


def _needles(text: str) -> list[str]:
    lines = (_NOISE.sub("", line) for line in text.splitlines())
    return [line[:_NEEDLE] for line in lines if len(line) >= _NEEDLE]


def report(timing: Timing) -> str:
    """A line per suite and one for all."""
    head = f"{'suite':24}{'cases':>6}{'CPU s':>9}{'ms/case':>9}{'benign':>10}{'delivered':>11}{'attacks won':>17}"
    lines = [head]
    for row in (*timing.suites, timing.total()):
        won = f"{row.succeeded}/{row.attacks}" + (f" {row.succeeded / row.attacks:.1%}" if row.attacks else "")
        lines.append(
            f"{row.name:24}{row.cases:>6}{row.cpu:>9.2f}{1000 * row.cpu / max(row.cases, 1):>9.1f}"
            f"{f'{row.completed}/{row.benign}':>10}{row.delivered:>11}{won:>17}"
        )
    errors = timing.total().errors
    return "\n".join([*lines, *(f"error: {error}" for error in errors[:10])])


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--suite", action="append", help="repeatable; default agentdojo (all)")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="each N-th case only")
    parser.add_argument("--whole-checks", action="store_true", help="score as AgentDojo does, at its cost")
    chosen = parser.parse_args(arguments)
    started = process_time()
    suites = [suite for name in chosen.suite or ["agentdojo"] for suite in resolve(name, place="--suite")]
    listed = sum(len(suite.cases()) for suite in suites)
    print(f"import and {listed} cases listed in {process_time() - started:.2f} s CPU")
    timing = bare_run(suites, every=chosen.every, whole_checks=chosen.whole_checks)
    print(report(timing))
    return 1 if timing.total().errors else 0


if __name__ == "__main__":
    import os

    os.environ.setdefault("ANTHROPIC_API_KEY", "no key is needed: nothing is sent")
    sys.exit(main())
