"""What the search found in the bundled guards and was mended: none of it may come back."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from pytest_agentsafety.fuzz import replay
from pytest_agentsafety.fuzz.casefile import read_case
from pytest_agentsafety.fuzz.targets import open_target
from pytest_agentsafety.model.policy import Policy

CASES = sorted(Path(__file__).with_name("cases").glob("*.json"))


@pytest.mark.parametrize("path", CASES, ids=[path.stem for path in CASES])
def test_a_found_bypass_stays_closed(path: Path, tmp_path: Path) -> None:
    case = read_case(path)
    with open_target(case.target, Policy(), root=tmp_path) as target:
        again = replay(case, target, today=date(2026, 11, 27))
    assert again.verdict == "safe", again.reason
