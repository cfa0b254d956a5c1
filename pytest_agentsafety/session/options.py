"""What was asked for, before any default: None or () where nothing was said."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar, get_args

from pytest_agentsafety.model.errors import ConfigError, UnknownNameError
from pytest_agentsafety.model.policy import GUARDS, ApproverName, GuardName, ProvenanceMode
from pytest_agentsafety.model.tasks import MODES, Mode
from pytest_agentsafety.runner.modes import RecordMode

DEFAULT_OUTPUT = "agentsafety-report"
T = TypeVar("T", bound=str)
RECORD_MODES: tuple[RecordMode, ...] = get_args(RecordMode)
PROVENANCE_MODES: tuple[ProvenanceMode, ...] = get_args(ProvenanceMode)
APPROVERS: tuple[ApproverName, ...] = ("deny", "oracle", "console", "callback", "queue")


@dataclass(frozen=True, kw_only=True)
class RunOptions:
    """`start` is the invocation folder (configuration is searched upwards from it), `root` where output goes.

    `prefix` is what option names in messages begin with ("--agent-safety-" or "--"). `agent_object` wins over `agent`;
    `node_names` (`<suite>/<case id>[<mode>]`) select exactly these. `max_cost_usd` is what the whole run may
    cost where the configuration sets no lower limit; it is no part of the policy.
    """

    start: Path
    root: Path
    prefix: str = "--agent-safety-"
    agent: str | None = None
    agent_object: Any = None
    suites: tuple[str, ...] = ()
    cases: tuple[str, ...] = ()
    node_names: tuple[str, ...] = ()
    modes: tuple[str, ...] = ()
    record: str = "none"
    record_on_command_line: bool = False
    guards: str = "all"
    provenance: str | None = None
    approver: str | None = None
    output: str = DEFAULT_OUTPUT
    shard: str = "1/1"
    ablate: bool = False
    baseline: str | None = None
    resume: bool = False
    max_cost_usd: float | None = None
    command: str = ""

    def checked_modes(self) -> tuple[Mode, ...]:
        return tuple(one_of("mode", value, MODES, f"{self.prefix}mode") for value in dict.fromkeys(self.modes))

    def checked_record(self) -> RecordMode:
        """Recording in CI changes what later runs are judged by, so it has to be said on the command line."""
        place = f"{self.prefix}record"
        mode = one_of("record mode", self.record, RECORD_MODES, place)
        if mode != "none" and os.environ.get("CI") and not self.record_on_command_line:
            raise ConfigError(
                f"{place}={mode} while CI is set must be given on the command line, not in addopts or a file"
            )
        return mode

    def checked_guards(self) -> frozenset[GuardName]:
        value = self.guards.strip()
        if value == "all":
            return frozenset(GUARDS)
        if value == "none":
            return frozenset()
        names = [part.strip() for part in value.split(",") if part.strip()]
        if not names:
            raise ConfigError(f"{self.prefix}guards: empty; give all, none, or a list of {', '.join(GUARDS)}")
        return frozenset(one_of("guard", name, (*GUARDS,), f"{self.prefix}guards") for name in names)

    def checked_provenance(self) -> ProvenanceMode | None:
        if self.provenance is None:
            return None
        return one_of("provenance mode", self.provenance, PROVENANCE_MODES, f"{self.prefix}provenance")

    def checked_approver(self) -> ApproverName | None:
        if self.approver is None:
            return None
        return one_of("approver", self.approver, APPROVERS, f"{self.prefix}approver")

    def checked_shard(self) -> tuple[int, int]:
        match = re.fullmatch(r"(\d+)/(\d+)", self.shard)
        index, count = (int(match[1]), int(match[2])) if match else (0, 0)
        if not 1 <= index <= count:
            raise ConfigError(f"{self.prefix}shard: {self.shard!r} is no I/N with 1 <= I <= N, for example 2/4")
        return index, count

    def baseline_file(self) -> Path | None:
        """Relative to the invocation folder, as a shell completes it. Raises ConfigError when it is not there."""
        if self.baseline is None:
            return None
        path = self.start / self.baseline
        path = path / "results.jsonl" if path.is_dir() else path
        if not path.is_file():
            raise ConfigError(f"{self.prefix}baseline: {path} does not exist; give an earlier results.jsonl")
        return path

    def output_folder(self) -> Path:
        return (self.root / self.output).absolute()


def one_of(what: str, value: str, valid: Iterable[T], place: str) -> T:
    """The value, if it is a valid one. Raises UnknownNameError."""
    for known in valid:
        if value == known:
            return known
    raise UnknownNameError(what, value, valid, place=place)
