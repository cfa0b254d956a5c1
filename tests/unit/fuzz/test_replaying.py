from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from guards_for_tests import ATTACK, WordGuard

from pytest_agentsafety.fuzz import FoundCase, check_guardrail, obfuscations, replay
from pytest_agentsafety.fuzz.casefile import case_of, read_case, write_case
from pytest_agentsafety.fuzz.rows import append_row, by_urgency, counts, fails, merge_fuzz, read_fuzz, row_of, word
from pytest_agentsafety.fuzz.targets import Target, guard_target
from pytest_agentsafety.model.errors import UnknownNameError
from pytest_agentsafety.model.waiver import Waiver

TODAY = date(2026, 11, 27)
WAIVER = Waiver(owner="ann", reason="known", expires=TODAY)


def fixed(text: str) -> str:
    return text.replace("\u200b", "")


@pytest.fixture
def case(tmp_path: Path) -> FoundCase:
    from hypothesis import strategies as st

    found = check_guardrail(WordGuard(), seed=1, attacks=st.just(ATTACK), chains=obfuscations(names=("zero_width",)))
    assert found is not None
    return read_case(write_case(tmp_path, case_of(found, "mine:Guard")))


def target(*readings: object) -> Target:
    return guard_target(WordGuard(*readings), "mine:Guard")  # type: ignore[arg-type]


def test_a_case_fails_before_the_fix_and_passes_after(case: FoundCase) -> None:
    before = replay(case, target(), today=TODAY)
    assert (before.verdict, before.fails) == ("unsafe", True)
    assert before.reason.startswith("broken: an attack that is detected stays detected")
    after = replay(case, target(fixed), today=TODAY)
    assert (after.verdict, after.fails) == ("safe", False)
    assert after.reason.startswith("holds: ")


def test_the_stored_text_is_judged_not_one_made_anew(case: FoundCase) -> None:
    """A later version may write the step better; the text that got through is the one in the file."""
    other = FoundCase(**{**vars(case), "bypass": type(case.bypass)(**{**vars(case.bypass), "pieces": (ATTACK,)})})
    assert replay(other, target(), today=TODAY).verdict == "safe"


def test_a_guard_that_misses_the_original_by_now_has_not_fixed_anything(case: FoundCase) -> None:
    blind = guard_target(WordGuard(phrase="nobody says this"), "mine:Guard")
    done = replay(case, blind, today=TODAY)
    assert (done.verdict, done.fails) == ("unsafe", True)
    assert "the original itself is judged otherwise by now ('clean'" in done.reason


def test_a_waived_bypass_is_tolerated_until_its_day(case: FoundCase) -> None:
    done = replay(case, target(), waiver=WAIVER, today=TODAY)
    assert (done.verdict, done.waived, done.fails) == ("unsafe", True, False)
    assert done.reason.endswith("waived by ann until 2026-11-27: known")
    late = replay(case, target(), waiver=WAIVER, today=date(2026, 11, 28))
    assert (late.waived, late.fails) == (False, True)
    assert "the waiver has EXPIRED" in late.reason


def test_the_files_own_waiver_comes_first(case: FoundCase) -> None:
    own = FoundCase(**{**vars(case), "waiver": Waiver(owner="bob", reason="mine", expires=TODAY)})
    assert "waived by bob" in replay(own, target(), waiver=WAIVER, today=TODAY).reason


def test_a_waiver_for_what_holds_changes_nothing(case: FoundCase) -> None:
    done = replay(case, target(fixed), waiver=WAIVER, today=TODAY)
    assert (done.verdict, done.waived) == ("safe", False)
    assert "waived" not in done.reason


def test_an_oracle_that_the_target_has_not(case: FoundCase) -> None:
    odd = FoundCase(**{**vars(case), "bypass": type(case.bypass)(**{**vars(case.bypass), "oracle": "obfuscatoin"})})
    with pytest.raises(UnknownNameError, match="Did you mean 'obfuscation'"):
        replay(odd, target(), today=TODAY)


class TestRows:
    def test_a_row_says_everything_but_the_attack(self, case: FoundCase, tmp_path: Path) -> None:
        row = row_of(replay(case, target(), waiver=WAIVER, today=TODAY), "run-1")
        assert (row["case"], row["guard"], row["oracle"]) == (case.id, "words", "obfuscation")
        assert (row["verdict"], row["waived"], row["before"], row["after"]) == ("unsafe", True, "triggered", "clean")
        assert row["waiver"] == {"owner": "ann", "reason": "known", "expires": "2026-11-27"}
        assert row["steps"] == ["zero_width(char='\\u200b', every=1)"]
        assert ATTACK not in str(row)
        append_row(tmp_path, row)
        append_row(tmp_path, {**row, "verdict": "safe", "waived": False})
        assert [one["verdict"] for one in read_fuzz(tmp_path)] == ["safe"]
        assert read_fuzz(tmp_path / "elsewhere") == []

    def test_counting_and_order(self) -> None:
        rows = [
            {"case": "a", "verdict": "safe", "waived": False},
            {"case": "b", "verdict": "unsafe", "waived": True},
            {"case": "c", "verdict": "error", "waived": False},
            {"case": "d", "verdict": "unsafe", "waived": False},
        ]
        assert counts(rows) == {"cases": 4, "holds": 1, "bypassed": 1, "waived": 1, "error": 1}
        assert [word(row) for row in by_urgency(rows)] == ["bypassed", "error", "waived", "holds"]
        assert [row["case"] for row in rows if fails(row)] == ["c", "d"]

    def test_workers_are_put_together_in_order(self, tmp_path: Path) -> None:
        for worker, case in (("gw1", "a"), ("gw0", "b")):
            folder = tmp_path / "workers" / worker
            folder.mkdir(parents=True)
            append_row(folder, {"case": case, "verdict": "safe", "waived": False})
        merge_fuzz(tmp_path)
        assert [row["case"] for row in read_fuzz(tmp_path)] == ["a", "b"]
        merge_fuzz(tmp_path / "nothing")
        assert not (tmp_path / "nothing").exists()
