"""`agentsafety init`: find the agent and its tools, and write down what a person then corrects."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pytest_agentsafety.adapters.toolbox import load_tools
from pytest_agentsafety.cli.init_drafts import Drafts, draft
from pytest_agentsafety.cli.init_finding import Choice, choose_agent, told_of_skipped
from pytest_agentsafety.cli.init_record import check_record, record
from pytest_agentsafety.cli.output import say
from pytest_agentsafety.config import Settings, load_settings
from pytest_agentsafety.config.adding import agent_line, replace_file, with_agent, with_tables
from pytest_agentsafety.config.source import OWN_FILE, TABLE
from pytest_agentsafety.model.safe_text import one_line
from pytest_agentsafety.runner.discover import nothing_gated
from pytest_agentsafety.session.exit_status import ExitStatus
from pytest_agentsafety.session.key import BorrowedKey
from pytest_agentsafety.session.starting import Shown, first_fixture, first_test, shown_by

_TEST = Path("tests/test_agent_safety.py")
_CONFTEST = Path("conftest.py")
_DESCRIPTION = """\
Finds the agent: the one of --agent or of the configuration, else the only one in the project's own Python files,
which are read and not imported for that. Then its tools: what it shows of them, and it is asked with a model that
calls each with an argument that no function takes; no tool runs and nothing is sent.

Writes, into the file that has the table [tool.agentsafety] (else into a new agentsafety.toml), the agent, and for each
tool the effect, what its parameters mean and how far its result can be trusted, each line with its reason. A tool that
was not understood is written as comments and keeps asking until a person decides. With the first draft come a test to
start from (tests/test_agent_safety.py) and, for a loop that calls its tools past the tool door, a conftest.py with the
fixture that mends it, commented out. What exists already is never changed: run it again and it adds what is missing.

With an API key set it offers to record the agent's benign runs with the real model, says what that costs at most, and
asks; without a terminal it does so only with --record.
"""


def add(commands: Any) -> None:
    """Register the command."""
    parser = commands.add_parser(
        "init",
        help="find the agent and draft its policy, with a reason for each line",
        description=_DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    found = parser.add_mutually_exclusive_group()
    found.add_argument(
        "--agent", metavar="MODULE:ATTR", help="the agent; default: configuration, else it is looked for"
    )
    found.add_argument(
        "--tools", metavar="MODULE[:ATTR]", help="a list of functions, or a module whose public functions are the tools"
    )
    then = parser.add_mutually_exclusive_group()
    then.add_argument(
        "--print",
        action="store_true",
        dest="only_print",
        help="the configuration to standard output, nothing to a file",
    )
    then.add_argument(
        "--record", action="store_true", default=None, help="record the benign runs without asking (costs money)"
    )
    then.add_argument("--no-record", action="store_false", dest="record", help="neither record nor ask")
    parser.set_defaults(run=run)


@dataclass
class _Work:
    """What is there, and what is about to be written."""

    settings: Settings
    path: Path
    written: str
    drafts: Drafts
    choice: Choice | None = None
    shown: Shown | None = None
    files: dict[Path, str] = field(default_factory=dict)  # new ones, relative to the root
    by_hand: dict[Path, str] = field(default_factory=dict)  # what would stand in a file that a person has

    @property
    def adds_agent(self) -> bool:
        return self.choice is not None and self.settings.agent is None

    @property
    def can_record(self) -> bool:
        return self.shown is not None and not self.shown.takes and not self.all_past_the_door

    @property
    def all_past_the_door(self) -> bool:
        return self.shown is not None and 0 < len(self.shown.tools) == len(self.shown.ungated)


def run(given: argparse.Namespace) -> int:
    """0 when all is written, or nothing was missing; 1 when a recording broke. Raises ConfigError, nothing written."""
    check_record(given)
    work = _looked(given, load_settings(Path.cwd()))
    if given.only_print:
        print(_printed(work), end="")  # TOML whose names and reasons are escaped where it was made
        return ExitStatus.OK
    _write(work)
    for line in _report(work):
        say(line)
    status = ExitStatus.OK
    if work.choice is not None and work.can_record:
        configured = work.settings.agent in (None, work.choice.reference)
        status = record(given, None if configured else work.choice.reference)
    for line in _next(work):
        say(line)
    return status


def _looked(given: argparse.Namespace, settings: Settings) -> _Work:
    path = settings.path or settings.root / OWN_FILE
    written = path.read_bytes().decode() if path.is_file() else ""  # one of comments alone counts as no configuration
    if given.tools:
        with BorrowedKey():
            specs = load_tools(given.tools, place="--tools", root=settings.root)
        return _Work(settings, path, written, draft(specs, settings.policy.tools, written))
    choice = choose_agent(given.agent, settings)
    shown = shown_by(choice.reference, place=choice.place, settings=settings)
    drafts = draft(shown.tools, settings.policy.tools, written, shown.delegates)
    work = _Work(settings, path, written, drafts, choice, shown)
    _plan_files(work, shown)
    return work


def _plan_files(work: _Work, shown: Shown) -> None:
    """A test with the first draft only: whoever took it out does not want it back."""
    root = work.settings.root
    test = None if work.drafts.kept else first_test(shown, work.settings.policy)
    if test is not None and not (root / _TEST).exists():
        work.files[_TEST] = test
    fixture = first_fixture(shown)
    if fixture is None:
        return
    if not (root / _CONFTEST).exists():
        work.files[_CONFTEST] = fixture
    elif b"agent_safety_agent" not in (root / _CONFTEST).read_bytes():
        work.by_hand[_CONFTEST] = fixture


def _write(work: _Work) -> None:
    """The configuration first: where it cannot be added to, nothing is written."""
    text, place = work.written, str(work.path)
    if work.adds_agent and work.choice is not None:
        text = with_agent(text, work.choice.reference, work.choice.reason, place)
    if work.drafts.tables:
        text = with_tables(text, work.drafts.text, place)
    if text != work.written:
        replace_file(work.path, text)
    for name, content in work.files.items():
        replace_file(work.settings.root / name, content)


def _printed(work: _Work) -> str:
    agent = ""
    if work.adds_agent and work.choice is not None:
        agent = f"[{TABLE}]\n{agent_line(work.choice.reference, work.choice.reason)}\n"
    return "\n".join(part for part in (agent, work.drafts.text) if part)


# -- what is said


def _report(work: _Work) -> Iterator[str]:
    if work.choice is not None:
        reason = f" ({work.choice.reason})" if work.choice.reason else ""
        yield f"agent            {work.choice.reference}{reason}"
        if not work.adds_agent and work.choice.reference != work.settings.agent:
            yield f"                 {work.path} names {work.settings.agent}, which stays"
        if work.choice.fixtures:
            names = ", ".join(os.path.relpath(path, work.settings.root) for path in work.choice.fixtures)
            yield f"                 under pytest the fixture agent_safety_agent in {names} wins"
        if work.choice.skipped:
            yield f"                 {told_of_skipped(work.choice.skipped, work.settings.root)}"
    yield from _drafted(work)
    for name in work.files:
        yield f"{work.settings.root / name}: written, {_WHAT[name]}"
    yield from _to_decide(work)


_WHAT: Mapping[Path, str] = {
    _TEST: "a first test of your own",
    _CONFTEST: "a fixture that puts your tools behind the door, commented out",
}


def _drafted(work: _Work) -> Iterator[str]:
    drafts, number = work.drafts, len(work.drafts.tables)
    agent = "the agent added" if work.adds_agent else ""
    counts = ", ".join(f"{count} {effect}" for effect, count in sorted(drafts.effects.items()))
    tools = f"{number} {'tool' if number == 1 else 'tools'} added ({counts})" if number else ""
    yield f"{work.path}: {', '.join(part for part in (agent, tools) if part) or 'nothing to add'}"
    if drafts.kept:
        yield f"kept as written: {', '.join(drafts.kept)}"
    if work.shown is not None and work.shown.takes:
        yield (
            "no tools of its own: the agent takes its tools from a suite. To have its own attacked, give its parameter "
            "`tools` a default, the list of your functions"
        )


def _to_decide(work: _Work) -> Iterator[str]:
    for name, why in work.drafts.nameless.items():
        yield f"left out: tool {name!r} cannot have a rule in TOML: {why}"
    if work.shown is not None and work.shown.untried:
        yield f"not tried whether its tools pass the tool door: {work.shown.untried}"
    if work.drafts.unknown:
        yield "not understood, so that every call asks until you decide (written as comments):"
        for name, words in work.drafts.unknown.items():
            yield f"  {name}: {', '.join(words)}"
    ungated = work.shown.ungated if work.shown else ()
    if ungated and work.choice is not None and work.choice.fixtures:
        names = one_line(", ".join(ungated), 400)
        yield f"UNGATED          {names}: called past the tool door, unless the fixture mends it"
    elif work.all_past_the_door:
        yield f"UNGATED          {nothing_gated(ungated)}"
    elif ungated:
        yield (
            f"UNGATED          {one_line(', '.join(ungated), 400)}: did not pass the tool door when called, so that no "
            "attack asks for them. Put them behind it: agent_safety.wrap([...]), or a factory with a parameter `tools`"
        )
    for file, text in work.by_hand.items():
        yield f"{work.settings.root / file}: is yours and stays as it is. To add there, once it fits:"
        yield from (f"    {line}" for line in text.splitlines())


def _next(work: _Work) -> Iterator[str]:
    if work.drafts.tables:
        yield f"to read          the drafted lines in {work.path}: what stands there counts as decided by you"
    if work.choice is not None and work.choice.fixtures:
        yield "next             pytest --agent-safety"
    elif work.all_past_the_door:
        yield f"next             mend the tools as said above ({_CONFTEST} has the lines), then pytest --agent-safety"
    else:
        yield "next             agentsafety run" + (f"   (with {_TEST}: pytest --agent-safety)" if work.files else "")
