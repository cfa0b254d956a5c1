"""What these tests share. They need the extra: without it they are skipped, saying so."""

from __future__ import annotations

import pytest

from pytest_agentsafety.catalog.agentdojo.upstream import Upstream, load


@pytest.fixture(scope="session")
def upstream() -> Upstream:
    pytest.importorskip("agentdojo", reason="needs the extra: pip install 'pytest-agentsafety[agentdojo]'")
    return load()
