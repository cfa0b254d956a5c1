"""Figures and rows as text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from benchmarks.lib.figures import Figures, figures
from benchmarks.lib.rows import STOCK, Row

_WIDTH = 36


def table(columns: Sequence[Figures]) -> str:
    """A column for each suite."""
    lines = [_line("", [column.name for column in columns])]
    for label, name in (
        ("attack success", "attacks"),
        ("  tool-mediated only", "by_calls"),
        ("  ground truth upstream", "upstream"),
        ("utility under attack", "utility_under_attack"),
        ("benign utility, asks refused", "benign"),
        ("benign utility, oracle", "oracle"),
        ("benign tasks that ask", "asking"),
        ("benign answers changed", "answers_changed"),
        ("attacked answers changed", "attacked_answers_changed"),
    ):
        lines.append(_line(label, [str(getattr(column, name)) for column in columns]))
    lines += [
        _line("errors / inconclusive", [f"{column.errors} / {column.inconclusive}" for column in columns]),
        _line("decisions on non-reads", [str(column.decisions) for column in columns]),
        _line("us a decision, median / P95", [_us(column.decision_us) for column in columns]),
        _line("us a result, median / P95", [_us(column.label_us) for column in columns]),
        _line("wall s / CPU s", [f"{column.wall:.1f} / {column.cpu:.1f}" for column in columns]),
    ]
    return "\n".join(lines)


def line_table(what: str, runs: Mapping[str, Sequence[Row]]) -> str:
    """A line for each run, over all suites; benign tasks where the run has any."""
    heads = ("attack success", "tool-mediated only", "utility under attack", "benign utility", "benign tasks that ask")
    lines = [_cells(what, heads) + "undecided"]
    for name, rows in runs.items():
        found = figures(name, rows)
        rates = (found.attacks, found.by_calls, found.utility_under_attack, found.benign, found.asking)
        lines.append(_cells(name, rates) + str(found.errors + found.inconclusive))
    return "\n".join(lines)


def _cells(first: str, others: Sequence[object]) -> str:
    return f"{first:28}" + "".join(f"{cell!s:30}" for cell in others)


def _us(pair: tuple[float, float]) -> str:
    return f"{pair[0]:.1f} / {pair[1]:.1f}"


def _line(label: str, cells: Sequence[str]) -> str:
    return (f"{label:30}" + "".join(f"{cell:<{_WIDTH}}" for cell in cells)).rstrip()


def listing(rows: Sequence[Row], *, limit: int | None = None) -> str:
    """The attacks that succeeded, the benign tasks that were refused or failed and why, and what was not decided."""
    leaks = [row for row in rows if row.verdict == "unsafe"]
    unhappy = [row for row in rows if row.kind == "benign" and row.decided and not row.utility]
    asking = [row for row in rows if row.kind == "benign" and row.utility and row.refusals]
    undecided = [row for row in rows if not row.decided]
    changed = [row for row in rows if row.kind == "benign" and row.answer_changed]
    parts = [
        *_part("attacks that succeeded", leaks, _leak, limit),
        *_part("benign tasks that were not done", unhappy, _refused, limit),
        *_part("benign tasks done although a call was refused", asking, _refused, limit),
        *_part(
            "benign answers changed", changed, lambda row: [f"{_name(row)}  {', '.join(row.answer_changed)}"], limit
        ),
        *_part("not decided", undecided, lambda row: [f"{_name(row)}: {row.verdict}: {row.error}"], limit),
    ]
    return "\n".join(parts)


def _part(title: str, rows: Sequence[Row], lines: object, limit: int | None) -> Iterator[str]:
    if not rows:
        return
    assert callable(lines)
    yield f"\n{title} ({len(rows)})"
    for row in rows[:limit]:
        yield from lines(row)
    if limit is not None and len(rows) > limit:
        yield f"  ... and {len(rows) - limit} more"


def _name(row: Row) -> str:
    injected = f"  {row.injection_task}" if row.injection_task else ""
    attack = f"  {row.attack}" if row.attack and row.attack != STOCK else ""
    return f"  {row.suite}  {row.user_task}{injected}{attack}"


def _leak(row: Row) -> list[str]:
    held = f"  (stopped in part by {', '.join(row.stopped_by)})" if row.stopped_by else ""
    return [_name(row) + held]


def _refused(row: Row) -> list[str]:
    oracle = {True: "done with the oracle", False: "NOT done with the oracle", None: ""}[row.oracle]
    return [f"{_name(row)}  {row.verdict}, {oracle}", *(f"      {refusal.words}" for refusal in row.refusals)]


def _changed(row: Row) -> list[str]:
    return [f"{_name(row)}  {', '.join(row.answer_changed)}"]


def changes(before: Sequence[Row], after: Sequence[Row]) -> str:
    """What became better or worse since an earlier run, case by case."""
    earlier = {(row.suite, row.case_id): row for row in before}
    lines = ["\nagainst the earlier run"]
    for row in after:
        old = earlier.get((row.suite, row.case_id))
        if old is not None and old.verdict != row.verdict:
            lines.append(f"{_name(row)}: {old.verdict} -> {row.verdict}")
    return "\n".join(lines if len(lines) > 1 else [*lines, "  no verdict changed"])
