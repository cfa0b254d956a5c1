"""Evidence folders for the report."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.report.evidence_builder import EvidenceBuilder, office


@pytest.fixture
def run(tmp_path: Path) -> EvidenceBuilder:
    """The office run, not written yet."""
    return office(tmp_path / "evidence")
