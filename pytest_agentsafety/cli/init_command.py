"""`agentsafety init`: draft a rule for each of an agent's tools and write it down for a person to correct."""

from __future__ import annotations

import argparse
import os
import tempfile
import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pytest_agentsafety.adapters.agent import load_agent
from pytest_agentsafety.adapters.toolbox import load_tools, tools_of_agent
from pytest_agentsafety.cli.output import say
from pytest_agentsafety.config import Settings, load_settings
from pytest_agentsafety.config.source import OWN_FILE
from pytest_agentsafety.config.written import header, tool_table
from pytest_agentsafety.model.errors import ConfigError
from pytest_agentsafety.model.messages import ToolSpec
from pytest_agentsafety.permissions import draft_rule, sense_of
from pytest_agentsafety.session.exit_status import ExitStatus

_INTRODUCTION = (
    "# Drafted by `agentsafety init` from the tools' own names, descriptions and parameters.\n"
    "# Read each line and correct what is wrong: what stands here counts as decided by you.\n"
)


@dataclass
class Drafts:
    """What was drafted: TOML by tool, tools by effect, words not understood by tool, tools that need no draft."""

    tables: dict[str, str] = field(default_factory=dict)
    effects: Counter[str] = field(default_factory=Counter)
    unknown: dict[str, tuple[str, ...]] = field(default_factory=dict)
    kept: list[str] = field(default_factory=list)
    nameless: dict[str, str] = field(default_factory=dict)

    @property
    def text(self) -> str:
        return _INTRODUCTION + "\n" + "\n".join(self.tables.values()) if self.tables else ""


def add(commands: Any) -> None:
    """Register the command."""
    parser = commands.add_parser(
        "init",
        help="draft a policy from the agent's own tools into agentsafety.toml",
        description=(
            "Reads the tools (nothing is called), drafts the effect of each, what its parameters mean and how far its "
            "result can be trusted, and writes the draft with its reasons into the configuration. What is written "
            "there already is never changed: run it again and it adds the tools that are missing. A tool that was "
            "not understood is written as comments and keeps asking until a person decides."
        ),
    )
    found = parser.add_mutually_exclusive_group()
    found.add_argument("--agent", metavar="MODULE:ATTR", help="the agent; default: the one of the configuration")
    found.add_argument(
        "--tools", metavar="MODULE[:ATTR]", help="a list of functions, or a module whose public functions are the tools"
    )
    parser.add_argument("--print", action="store_true", dest="only_print", help="to standard output, not into a file")
    parser.set_defaults(run=run)


def run(given: argparse.Namespace) -> int:
    """0 when the draft was written, or nothing was missing. Raises ConfigError when no tools are found."""
    settings = load_settings(Path.cwd())
    specs = _specs(given, settings)
    path = settings.path or settings.root / OWN_FILE
    written = path.read_bytes().decode() if path.is_file() else ""  # one of comments alone counts as no configuration
    drafts = draft(specs, settings.policy.tools, written)
    if given.only_print:
        print(drafts.text, end="")  # TOML whose names and reasons are escaped where it was made
        return ExitStatus.OK
    if drafts.tables:
        _append(path, written, drafts)
    _report(drafts, path)
    return ExitStatus.OK


def draft(specs: Sequence[ToolSpec], rules: Mapping[str, Any], written: str = "") -> Drafts:
    """Drafts for the tools that have no rule, and no commented draft in the text `written`, yet."""
    drafts = Drafts()
    lines = set(map(str.strip, written.splitlines()))
    for spec in specs:
        try:
            commented = f"# {header(spec.name)}" in lines
        except ValueError as error:
            drafts.nameless[spec.name] = str(error)
            continue
        sense, rule = sense_of(spec), draft_rule(spec)
        if sense.unknown and spec.name not in rules:
            drafts.unknown[spec.name] = sense.unknown
        if spec.name in rules or commented:
            drafts.kept.append(spec.name)
            continue
        drafts.effects[rule.effect] += 1
        drafts.tables[spec.name] = tool_table(spec.name, rule, sense.reasons, sense.unknown)
    return drafts


def _specs(given: argparse.Namespace, settings: Settings) -> list[ToolSpec]:
    if given.tools:
        return load_tools(given.tools, place="--tools", root=settings.root)
    reference = given.agent or settings.agent
    if reference is None:
        raise ConfigError(
            "init: no agent is configured. Name one with --agent=module:attr, or its tools with --tools=module:attr"
        )
    place = "--agent" if given.agent else str(settings.path)
    specs = tools_of_agent(load_agent(reference, place=place, root=settings.root))
    if not specs:
        raise ConfigError(
            f"{place}: agent {reference!r} does not show its tools (no attribute `tools`, no default for a parameter "
            "`tools`). Name them with --tools=module:attr, a list of functions, or --tools=module"
        )
    return specs


def _append(path: Path, written: str, drafts: Drafts) -> None:
    """Add the drafts behind what a person wrote, which stays as it is to the byte."""
    newline = "\r\n" if "\r\n" in written else "\n"
    between = "" if not written else newline if written.endswith("\n") else newline * 2
    text = written + between + drafts.text.replace("\n", newline)
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(
            f"{path}: the drafts cannot be added ({error}). If `tools` is written as one inline value, write each tool "
            "as a table of its own, [tool.agentsafety.tools.NAME]; or use --print and add the lines by hand"
        ) from error
    _replace(path.resolve(), text)


def _replace(path: Path, text: str) -> None:
    """Write the file whole or not at all; it keeps its permissions."""
    try:
        descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(descriptor, "wb") as file:
            file.write(text.encode())
        mode = path.stat().st_mode & 0o777 if path.exists() else 0o644
        os.chmod(temporary, mode)  # noqa: PTH101 - mkstemp names it as a str
        os.replace(temporary, path)  # noqa: PTH105 - as above
    except OSError as error:
        raise ConfigError(f"{path}: cannot be written: {error.strerror}") from error


def _report(drafts: Drafts, path: Path) -> None:
    if drafts.tables:
        counts = ", ".join(f"{number} {effect}" for effect, number in sorted(drafts.effects.items()))
        say(f"{path}: {len(drafts.tables)} {_tools(drafts.tables)} added ({counts})")
    else:
        say(f"{path}: nothing to add")
    if drafts.kept:
        say(f"kept as written: {', '.join(drafts.kept)}")
    for name, why in drafts.nameless.items():
        say(f"left out: tool {name!r} cannot have a rule in TOML: {why}")
    if drafts.unknown:
        say("not understood, so that every call asks until you decide (written as comments):")
        for name, words in drafts.unknown.items():
            say(f"  {name}: {', '.join(words)}")


def _tools(tables: Mapping[str, str]) -> str:
    return "tool" if len(tables) == 1 else "tools"
