"""A folder of evidence that is as good as it gets today."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.report.evidence_builder import EvidenceBuilder, row, write_audit

EXTRA_TOOL = {"effect": "delete", "ruled": True, "drafted": False}


@pytest.fixture
def good(tmp_path: Path) -> EvidenceBuilder:
    """60 stopped attacks and 20 completed benign tasks of the user's own agent."""
    builder = EvidenceBuilder(tmp_path / "evidence")
    builder.extend(row(f"attack{n}") for n in range(60))
    return builder.extend(row(f"task{n}", verdict="completed", mode="recorded") for n in range(20))


@pytest.fixture
def audited(good: EvidenceBuilder) -> EvidenceBuilder:
    """The same, written, with its audit log anchored in run.json."""
    good.write()
    write_audit(good)
    return good
