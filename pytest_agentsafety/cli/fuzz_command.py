"""`agentsafety fuzz`: attack a guard, a tool's rules or the gate, and keep what gets through as a case."""

from __future__ import annotations

import argparse
import os
import shlex
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pytest_agentsafety import __version__
from pytest_agentsafety.adapters.agent import import_attribute
from pytest_agentsafety.cli.output import say, say_json
from pytest_agentsafety.config import FuzzSettings, Settings, load_settings
from pytest_agentsafety.model.errors import ConfigError
from pytest_agentsafety.session.exit_status import ExitStatus

if TYPE_CHECKING:
    from pytest_agentsafety.fuzz.attack import Drawn
    from pytest_agentsafety.fuzz.campaign import Campaign
    from pytest_agentsafety.fuzz.casefile import FoundCase
    from pytest_agentsafety.fuzz.finding import Bypass
    from pytest_agentsafety.fuzz.hunting import Hunted
    from pytest_agentsafety.fuzz.replaying import Replayed

_SECONDS = 20.0
_PLAIN_EVERY = 10.0
_DESCRIPTION = """\
TARGET is a guard (injection, content_policy, scope, pii, canary, or module:attr: an instance, a class or a factory),
all guards of a stage (stage:input, stage:tool_result, stage:output), a tool's rules (tool:NAME) or the whole gate
(gate). Rules come from the configuration found from the working folder, imports start there. What is found is shrunk
to its smallest form, explained, and written as a case file that suites replay from then on."""


def add(commands: Any) -> None:
    """Register the command."""
    parser = commands.add_parser(
        "fuzz",
        help="attack a guard, a tool's rules or the gate; exit 1 when something gets through",
        description=_DESCRIPTION,
        epilog="exit status: 0 nothing got through; 1 a bypass; 2 interrupted, nothing found; 4 usage",
    )
    parser.add_argument("target", nargs="?", metavar="TARGET", help="what to attack; not with --replay")
    parser.add_argument("--seconds", type=_positive, metavar="N", help=f"how long (default: {_SECONDS:g})")
    parser.add_argument("--examples", type=int, metavar="N", help="instead of --seconds: so many for each oracle")
    parser.add_argument("--seed", type=int, metavar="N", help="repeat a hunt (default: a new one, which is told)")
    parser.add_argument("--oracle", action="append", default=[], metavar="NAME", help="only this one; repeatable")
    parser.add_argument("--stage", default="", metavar="NAME", help="of a guard: input, tool_result, output")
    for name in ("attacks", "clean"):
        parser.add_argument(
            f"--{name}", metavar="module:attr", help=f"{name} texts of your own for a guard: a strategy or a list"
        )
    parser.add_argument("--replay", metavar="FILE", help="play one case file, nothing else")
    parser.add_argument("--out", metavar="DIR", help="where case files go (default: configuration, fuzz.cases)")
    parser.add_argument("--json", action="store_true", help="as JSON")
    parser.add_argument("-q", "--quiet", action="store_true", help="no progress")
    parser.set_defaults(run=run)


def _positive(text: str) -> float:
    value = float(text)
    if not 0 < value < float("inf"):
        raise argparse.ArgumentTypeError("must be a number above 0")
    return value


def run(given: argparse.Namespace) -> int:
    """0 nothing got through, 1 something did, 2 interrupted before anything was found."""
    settings = load_settings(Path.cwd())
    if given.replay is not None:
        return _replay_one(given, settings)
    if not given.target:
        raise ConfigError("agentsafety fuzz: name a TARGET (injection, module:attr, tool:NAME, gate) or --replay FILE")
    if given.examples is not None and given.examples < 1:
        raise ConfigError("--examples: must be at least 1")
    return _Attack(given, settings).run()


def _today() -> date:
    return datetime.now(tz=UTC).date()


class _Attack:
    """One call of the command."""

    def __init__(self, given: argparse.Namespace, settings: Settings) -> None:
        self._given, self._settings = given, settings
        self._fuzz: FuzzSettings = settings.fuzz_settings
        self._folder = Path(given.out) if given.out else self._fuzz.cases
        self._seed = given.seed if given.seed is not None else int.from_bytes(os.urandom(4), "big")
        self._quiet = given.quiet or given.json
        self._written: list[tuple[FoundCase, Path]] = []
        self._progress = Progress(quiet=self._quiet)

    def run(self) -> int:
        from pytest_agentsafety.fuzz.attack import Known, attack
        from pytest_agentsafety.fuzz.casefile import read_cases
        from pytest_agentsafety.fuzz.targets import open_target

        given = self._given
        folders = dict.fromkeys([self._folder.resolve(), self._fuzz.cases.resolve()])
        stored = [case for folder in folders for case in read_cases(folder) if case.target == given.target]
        place = "agentsafety fuzz"
        with open_target(
            given.target, self._settings.policy, root=Path.cwd(), stage=given.stage, place=place
        ) as target:
            again, campaign = attack(
                target,
                stored=Known(cases=stored, waivers=self._fuzz.waivers),
                today=_today(),
                oracles=given.oracle,
                seconds=None if given.examples is not None else given.seconds or _SECONDS,
                examples=given.examples,
                seed=self._seed,
                progress=self._progress.show,
                drawn=self._drawn(),
                found=self._keep,
            )
        self._progress.end()
        status = _status(again, campaign)
        if given.json:
            say_json(self._document(again, campaign, status))
        else:
            self._tell(again, campaign)
        return status

    def _drawn(self) -> Drawn:
        from pytest_agentsafety.fuzz.attack import Drawn

        given = {name: getattr(self._given, name) for name in ("attacks", "clean")}
        found = {
            name: import_attribute(reference, place=f"--{name}", root=Path.cwd())
            for name, reference in given.items()
            if reference is not None
        }
        return Drawn(**found)

    def _keep(self, bypass: Bypass) -> None:
        """Written at once: whatever comes after, it is kept."""
        from pytest_agentsafety.fuzz.casefile import case_of, write_case

        case = case_of(
            bypass,
            self._given.target,
            stage=self._given.stage,
            version=__version__,
            seed=self._seed,
            command=self._command(),
            found=_today().isoformat(),
        )
        path = write_case(self._folder, case)
        self._written.append((case, path))
        self._progress.end()
        if not self._quiet:
            say(f"BYPASS\n{bypass.explain()}\nwritten to {_near(path)}\n")

    def _command(self) -> str:
        """How to hunt again."""
        given = self._given
        arguments = ["agentsafety", "fuzz", given.target, f"--seed={self._seed}"]
        seconds = given.seconds or _SECONDS
        arguments.append(f"--examples={given.examples}" if given.examples else f"--seconds={seconds:g}")
        own = {name: getattr(given, name) for name in ("stage", "attacks", "clean")}
        arguments += [f"--{name}={value}" for name, value in own.items() if value]
        return shlex.join([*arguments, *(f"--oracle={name}" for name in given.oracle)])

    def _tell(self, again: Sequence[Replayed], campaign: Campaign) -> None:
        for one in again:
            say(_line(one))
        for note in campaign.notes:
            say(f"left out: {note}")
        for hunted in campaign.hunts:
            rate = f"{hunted.examples / hunted.seconds:,.0f}/s" if hunted.seconds else "-"
            what = "bypassed" if hunted.bypass else "nothing found"
            say(f"{hunted.oracle:<12} {hunted.examples:>8,} examples, {rate}: {what}")
        if campaign.interrupted:
            say("interrupted: what was found until then is kept")
        new, known = len(campaign.bypasses), sum(one.fails for one in again)
        waived = sum(one.waived for one in again)
        say(
            f"{campaign.target}: {new} new bypasses, {known} known and not fixed, {waived} waived; "
            f"seed {self._seed}; again: {self._command()}"
        )

    def _document(self, again: Sequence[Replayed], campaign: Campaign, status: int) -> dict[str, Any]:
        return {
            "target": self._given.target,
            "exit_status": int(status),
            "seed": self._seed,
            "command": self._command(),
            "interrupted": campaign.interrupted,
            "bypasses": [{**case.to_dict(), "file": str(path)} for case, path in self._written],
            "known": [_as_json(one) for one in again],
            "hunts": [
                {"oracle": h.oracle, "examples": h.examples, "seconds": round(h.seconds, 3), "first_at": h.first_at}
                for h in campaign.hunts
            ],
            "notes": campaign.notes,
        }


def _status(again: Sequence[Replayed], campaign: Campaign) -> ExitStatus:
    if campaign.bypasses or any(one.fails for one in again):
        return ExitStatus.FAILED
    return ExitStatus.INTERRUPTED if campaign.interrupted else ExitStatus.OK


def _replay_one(given: argparse.Namespace, settings: Settings) -> int:
    from pytest_agentsafety.fuzz.casefile import read_case
    from pytest_agentsafety.fuzz.replaying import replay
    from pytest_agentsafety.fuzz.targets import open_target

    if given.target:
        raise ConfigError("--replay: the file says what its target is; leave TARGET out")
    case = read_case(Path(given.replay))
    waiver = settings.fuzz_settings.waivers.get(case.id)
    with open_target(case.target, settings.policy, root=Path.cwd(), stage=case.stage, place=str(case.path)) as target:
        done = replay(case, target, waiver=waiver, today=_today())
    if given.json:
        say_json(_as_json(done))
    else:
        say(case.bypass.explain())
        say()
        say(_line(done))
    return ExitStatus.FAILED if done.fails else ExitStatus.OK


def _line(done: Replayed) -> str:
    word = "WAIVED" if done.waived else {"safe": "FIXED", "unsafe": "BYPASS", "error": "ERROR"}[done.verdict]
    return f"{word} {done.case.id}: {done.reason}"


def _as_json(done: Replayed) -> dict[str, Any]:
    return {
        "id": done.case.id,
        "target": done.case.target,
        "verdict": done.verdict,
        "waived": done.waived,
        "reason": done.reason,
        "before": done.before.to_dict() if done.before else None,
        "after": done.after.to_dict() if done.after else None,
        "waiver": done.waiver.to_dict() if done.waiver else None,
    }


def _near(path: Path) -> str:
    relative = os.path.relpath(path)
    return str(path) if relative.startswith("..") else relative


class Progress:
    """On a terminal one line that is rewritten; in a log a plain line every ten seconds."""

    def __init__(self, *, quiet: bool) -> None:
        self._quiet = quiet
        self._terminal = sys.stdout.isatty() and not os.environ.get("CI")
        self._last = time.monotonic()
        self._shown = False

    def show(self, campaign: Campaign, hunted: Hunted) -> None:
        """Called now and then while a hunt goes on."""
        if self._quiet:
            return
        examples = campaign.examples + hunted.examples
        line = f"{hunted.oracle}: {examples:,} examples, {len(campaign.bypasses)} bypasses"
        if self._terminal:
            with suppress(BrokenPipeError):
                print(f"\r\x1b[K{line}", end="", flush=True)
            self._shown = True
        elif time.monotonic() - self._last >= _PLAIN_EVERY:
            self._last = time.monotonic()
            say(line)

    def end(self) -> None:
        if self._shown:
            print("\r\x1b[K", end="", flush=True)
            self._shown = False
