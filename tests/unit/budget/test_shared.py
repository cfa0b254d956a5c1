"""The file of the run's account: damage, replacement, locks, forks; it is never a fresh start."""

from __future__ import annotations

import fcntl
import os
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from pytest_agentsafety.budget import BudgetFileError, RunBudget
from pytest_agentsafety.budget.shared import LINE_BYTES, FileTotals, format_line, open_file, parse_line
from pytest_agentsafety.budget.totals import Totals
from pytest_agentsafety.model.errors import LimitExceededError, StopRun
from pytest_agentsafety.model.policy import RunLimits

LIMITS = RunLimits(max_cost_usd=1.0, max_tool_calls=100)
HEADER = b"head\n"
pytestmark = pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")  # under xdist the test process has threads
SOME = Totals(cost=5, held_cost=2, tokens=7, held_tokens=3, tool_calls=1, started=99)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "run.txt"


def used(path: Path) -> RunBudget:
    """An account that counted one call and holds 0.25 dollars."""
    run = RunBudget.at(path, LIMITS)
    run.count_tool_call()
    run.hold(Decimal("0.25"), 10)
    return run


# -- the line


def test_a_line_has_a_fixed_length_and_reads_back() -> None:
    line = format_line(HEADER, SOME)
    assert (len(line), line[-1:]) == (LINE_BYTES, b"\n")
    assert line.startswith(b"5 2 7 3 1 99 ")
    assert parse_line(HEADER, line) == SOME


def test_every_single_changed_byte_is_found() -> None:
    line = format_line(HEADER, SOME)
    for position in range(LINE_BYTES):
        for flip in (1, 0x10, 0x80):
            damaged = bytearray(line)
            damaged[position] ^= flip
            assert parse_line(HEADER, bytes(damaged)) is None, (position, flip)


def test_every_cut_and_every_tear_is_found() -> None:
    old, new = format_line(HEADER, SOME), format_line(HEADER, SOME._replace(cost=987_654, tool_calls=2))
    for cut in range(LINE_BYTES):
        assert parse_line(HEADER, old[:cut]) is None
        torn = new[:cut] + old[cut:]
        assert (parse_line(HEADER, torn) is None) == (torn not in (old, new))


def test_a_line_of_another_header_is_not_ours() -> None:
    assert parse_line(b"other\n", format_line(HEADER, SOME)) is None


def test_a_total_that_does_not_fit_is_an_error() -> None:
    with pytest.raises(BudgetFileError, match="too large"):
        format_line(HEADER, SOME._replace(cost=10**250))


# -- the file


def test_the_second_to_open_goes_on_where_the_first_is(path: Path) -> None:
    used(path)
    spent = RunBudget.at(path, LIMITS).spent
    assert (spent.tool_calls, spent.reserved_usd, spent.reserved_tokens) == (1, 0.25, 10)
    assert [entry.name for entry in path.parent.iterdir()] == ["run.txt"]


def test_joining_takes_the_limits_from_the_file(path: Path) -> None:
    used(path)
    joined = RunBudget.join(path)
    assert joined.limits == LIMITS
    assert joined.spent.tool_calls == 1


def test_only_the_owner_may_read_the_file(path: Path) -> None:
    used(path)
    assert path.stat().st_mode & 0o777 == 0o600


def test_the_duration_of_a_run_counts_from_its_first_process(path: Path) -> None:
    limits = RunLimits(max_seconds=5)
    RunBudget.at(path, limits, clock=lambda: 100.0)
    late = RunBudget.at(path, limits, clock=lambda: 106.0)
    with pytest.raises(LimitExceededError, match="duration of the run would reach 6 s"):
        late.check_time()


def test_a_run_from_before_a_restart_of_the_machine_is_refused(path: Path) -> None:
    limits = RunLimits(max_seconds=5)
    RunBudget.at(path, limits, clock=lambda: 5000.0)
    with pytest.raises(BudgetFileError, match="restarted"):
        RunBudget.at(path, limits, clock=lambda: 20.0).check_time()


def test_other_limits_are_refused(path: Path) -> None:
    used(path)
    with pytest.raises(BudgetFileError, match="other limits"):
        RunBudget.at(path, RunLimits(max_cost_usd=2.0, max_tool_calls=100))


@pytest.mark.parametrize("content", [b"", b"x", b"agentsafety-run-budget 1 ", b"\0" * 4096, b"[]\n", b"3\n", b"{}\n"])
def test_a_file_that_is_none_of_ours_is_refused_and_left_alone(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with pytest.raises(BudgetFileError):
        RunBudget.at(path, LIMITS)
    with pytest.raises(BudgetFileError):
        RunBudget.join(path)
    assert path.read_bytes() == content


@pytest.mark.parametrize("value", ['"5"', "[1]", "{}"])
def test_limits_of_another_type_are_refused(path: Path, value: str) -> None:
    path.write_bytes(b'agentsafety-run-budget 1 {"max_tokens": %s}\n' % value.encode())
    with pytest.raises(BudgetFileError, match="first line is damaged"):
        RunBudget.join(path)


def test_joining_what_is_not_there_is_an_error(path: Path) -> None:
    with pytest.raises(BudgetFileError, match="cannot be read"):
        RunBudget.join(path)
    assert not path.exists()


@pytest.mark.parametrize("length", [0, 1, 30, -1, -2, -200])
def test_a_cut_file_stops_a_run_that_uses_it(path: Path, length: int) -> None:
    run = used(path)
    whole = path.read_bytes()
    path.write_bytes(whole[:length])
    with pytest.raises(BudgetFileError) as caught:
        run.count_tool_call()
    assert isinstance(caught.value, StopRun)
    assert caught.value.guard == "budget"
    assert str(path) in str(caught.value)


def test_a_longer_file_is_damaged_too(path: Path) -> None:
    run = used(path)
    with path.open("ab") as file:
        file.write(b"x")
    with pytest.raises(BudgetFileError, match="damaged"):
        run.count_tool_call()


def test_an_error_is_for_good_even_if_the_file_comes_back(path: Path) -> None:
    run = used(path)
    whole = path.read_bytes()
    path.write_bytes(b"")
    with pytest.raises(BudgetFileError):
        run.count_tool_call()
    path.write_bytes(whole)
    with pytest.raises(BudgetFileError):
        run.hold(Decimal(0), 0)
    with pytest.raises(BudgetFileError):
        _ = run.spent


@pytest.mark.parametrize("how", ["deleted", "replaced", "linked"])
def test_a_file_that_is_taken_away_is_no_fresh_start(path: Path, how: str) -> None:
    run = used(path)
    fresh = path.with_name("fresh")
    RunBudget.at(fresh, LIMITS)
    if how == "deleted":
        path.unlink()
    elif how == "replaced":
        fresh.replace(path)
    else:
        path.unlink()
        path.symlink_to(fresh)
    with pytest.raises(BudgetFileError):
        run.count_tool_call()


def test_a_link_in_the_place_of_the_file_is_refused(path: Path) -> None:
    target = path.with_name("target")
    used(target)
    path.symlink_to(target)
    with pytest.raises(BudgetFileError):
        RunBudget.at(path, LIMITS)
    path.unlink()
    path.symlink_to(path.with_name("nowhere"))
    with pytest.raises(BudgetFileError):
        RunBudget.at(path, LIMITS)


def test_a_folder_that_cannot_be_made_is_an_error(path: Path) -> None:
    path.write_text("a file")
    with pytest.raises(BudgetFileError, match="cannot be made"):
        RunBudget.at(path / "below" / "run.txt", LIMITS)


def test_ending_a_call_on_a_damaged_file_keeps_it_charged_and_does_not_raise(path: Path) -> None:
    run = RunBudget.at(path, LIMITS)
    held = run.hold(Decimal("0.25"), 10)
    whole = path.read_bytes()
    path.write_bytes(whole[:-1])
    run.end(held, Decimal(0), 0)
    assert path.read_bytes() == whole[:-1]
    with pytest.raises(BudgetFileError):
        run.hold(Decimal(0), 0)


# -- locks and forks


def test_a_lock_that_is_never_freed_is_an_error_and_not_a_hang(path: Path) -> None:
    open_file(path, HEADER, SOME).close()
    with path.open("rb") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        waiting = FileTotals(path, HEADER, lock_seconds=0.0)
        with pytest.raises(BudgetFileError, match="another process held it"):
            waiting.read()
    assert FileTotals(path, HEADER).read() == SOME


def test_what_a_step_raises_changes_nothing_and_frees_the_lock(path: Path) -> None:
    totals, other = open_file(path, HEADER, SOME), FileTotals(path, HEADER, lock_seconds=0.0)

    def fail(_: Totals) -> Totals:
        raise KeyError("no")

    with pytest.raises(KeyError):
        totals.change(fail)
    assert totals.read() == other.read() == SOME


def test_two_objects_on_one_file_exclude_each_other(path: Path) -> None:
    one, other = open_file(path, HEADER, SOME), FileTotals(path, HEADER, lock_seconds=0.0)

    def look(totals: Totals) -> Totals:
        with pytest.raises(BudgetFileError, match="held it"):
            other.read()
        return totals

    one.change(look)


def in_child(work: Any) -> int:
    """Run `work` in a forked child; its exit status."""
    child = os.fork()
    if child == 0:
        try:
            status = int(work())
        except BaseException:
            status = 99
        os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def test_a_forked_child_shares_the_totals_and_has_a_lock_of_its_own(path: Path) -> None:
    run = used(path)

    def work() -> int:
        run.count_tool_call()
        return run.spent.tool_calls

    assert in_child(work) == 2
    assert run.spent.tool_calls == 2


def test_parent_and_child_exclude_each_other(path: Path) -> None:
    totals = open_file(path, HEADER, SOME)
    statuses: list[int] = []

    def work() -> int:
        with pytest.raises(BudgetFileError, match="held it"):
            FileTotals(path, HEADER, lock_seconds=0.0).read()
        totals._lock_seconds = 0.0
        with pytest.raises(BudgetFileError, match="held it"):
            totals.read()
        return 7

    def fork_inside(found: Totals) -> Totals:
        statuses.append(in_child(work))
        return found._replace(cost=1000)

    totals.change(fork_inside)
    assert statuses == [7]
    assert totals.read().cost == 1000


def test_a_child_cannot_give_back_what_its_parent_holds(path: Path) -> None:
    run = RunBudget.at(path, LIMITS)
    held = run.hold(Decimal("0.25"), 10)

    def work() -> int:
        run.end(held, Decimal(0), 0)
        return 5

    assert in_child(work) == 5
    assert run.spent.reserved_usd == 0.25
    run.end(held, Decimal("0.125"), 1)
    assert (run.spent.cost_usd, run.spent.reserved_usd) == (0.125, 0.0)
