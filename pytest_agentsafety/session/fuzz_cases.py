"""Found cases that a run replays beside its suites: `fuzz.jsonl`, a row each.

They are no rows of `results.jsonl`: no agent runs, so that they have no mode, no cost and no part in any rate. They
fail a run like a case does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from hashlib import sha256
from pathlib import Path

from pytest_agentsafety.config import Settings
from pytest_agentsafety.fuzz.casefile import FoundCase, read_cases
from pytest_agentsafety.fuzz.replaying import Replayed, replay
from pytest_agentsafety.fuzz.rows import FILE, Row, append_row, by_urgency, counts, fails, row_of, word
from pytest_agentsafety.fuzz.targets import open_target
from pytest_agentsafety.model.errors import AgentSafetyError
from pytest_agentsafety.model.safe_text import one_line
from pytest_agentsafety.session.options import RunOptions

_SHOWN = 10


@dataclass(frozen=True, kw_only=True)
class FuzzRun:
    """What came of one case, and whether it fails the run."""

    case: FoundCase
    row: Row

    @property
    def fails(self) -> bool:
        return fails(self.row)

    @property
    def tolerated(self) -> bool:
        return bool(self.row["waived"])

    @property
    def told(self) -> str:
        return str(self.row["reason"])


def plan_fuzz(options: RunOptions, settings: Settings) -> tuple[list[FoundCase], list[FoundCase]]:
    """All found cases, and those that the options select. Raises ConfigError for a file that is no case."""
    known = read_cases(settings.fuzz_settings.cases)
    index, count = options.checked_shard()
    return known, [case for case in known if _selected(case, options) and _shard_of(case, count) == index]


def _selected(case: FoundCase, options: RunOptions) -> bool:
    if options.node_names and case.node_name not in options.node_names:
        return False
    return not options.cases or any(matches_case(case, pattern) for pattern in options.cases)


def matches_case(case: FoundCase, pattern: str) -> bool:
    """A glob over the id, also written as `fuzz/id`."""
    return any(fnmatchcase(name, pattern) for name in (case.id, f"fuzz/{case.id}"))


def _shard_of(case: FoundCase, count: int) -> int:
    return int.from_bytes(sha256(case.id.encode()).digest()[:8], "big") % count + 1


def stale_waivers(settings: Settings, known: Iterable[FoundCase]) -> Iterator[str]:
    """Waivers of the configuration for cases that are gone, as header lines."""
    ids = {case.id for case in known}
    for name in settings.fuzz_settings.waivers:
        if name not in ids:
            yield f"fuzz.waivers: there is no case {one_line(name)} in {settings.fuzz_settings.cases}"


def run_case(case: FoundCase, settings: Settings, *, run_id: str, folder: Path) -> FuzzRun:
    """Replay one case. Its row is on disk when this returns."""
    row = row_of(_replayed(case, settings), run_id)
    append_row(folder, row)
    return FuzzRun(case=case, row=row)


def _replayed(case: FoundCase, settings: Settings) -> Replayed:
    """A guard that cannot be found any more is an error: nobody knows whether its hole is closed."""
    waiver = settings.fuzz_settings.waivers.get(case.id)
    try:
        with open_target(
            case.target, settings.policy, root=settings.root, stage=case.stage, place=str(case.path)
        ) as target:
            return replay(case, target, waiver=waiver, today=datetime.now(tz=UTC).date())
    except (AgentSafetyError, OSError) as error:
        return Replayed(case=case, verdict="error", reason=str(error), waiver=case.waiver or waiver)


def summary(rows: Sequence[Row]) -> list[str]:
    """The found cases in words: how many, then each that is bypassed, tolerated or not."""
    if not rows:
        return []
    told = counts(rows)
    first = f"fuzz cases       {told['holds']} of {told['cases']} hold; {told['bypassed']} bypassed"
    lines = [f"{first}, {told['waived']} bypassed and waived, {told['error']} errors"]
    open_rows = [row for row in by_urgency(rows) if row["verdict"] != "safe"]
    lines += [
        f"  {word(row).upper()} {one_line(str(row['case']))}: {one_line(str(row['reason']), 300)}"
        for row in open_rows[:_SHOWN]
    ]
    if len(open_rows) > _SHOWN:
        lines.append(f"  ... and {len(open_rows) - _SHOWN} more, all in {FILE}")
    return lines
