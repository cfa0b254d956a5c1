"""Importing AgentDojo: only what a run needs, and an error that helps where it is not there."""

from __future__ import annotations

import pytest

from pytest_agentsafety.catalog.agentdojo import resolve
from pytest_agentsafety.catalog.agentdojo import upstream as module
from pytest_agentsafety.catalog.agentdojo.upstream import Upstream, load
from pytest_agentsafety.model.errors import MissingExtraError

INSTALL = r"pip install 'pytest-agentsafety\[agentdojo\]'"


@pytest.fixture
def not_loaded() -> None:
    load.cache_clear()


@pytest.mark.usefixtures("not_loaded")
def test_without_the_package_the_error_holds_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "find_spec", lambda name: None)
    with pytest.raises(MissingExtraError, match=INSTALL):
        resolve("agentdojo:banking", place="here")


@pytest.mark.usefixtures("not_loaded")
def test_without_a_package_it_needs_the_error_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("agentdojo")

    def fails(name: str) -> None:
        raise ModuleNotFoundError("No module named 'deepdiff'", name="deepdiff")

    monkeypatch.setattr(module, "import_module", fails)
    with pytest.raises(MissingExtraError, match=rf"No module named 'deepdiff'.*{INSTALL}"):
        load()


def test_the_registry_is_a_view_of_now_that_cannot_be_written_to(upstream: Upstream) -> None:
    from agentdojo.task_suite import load_suites

    seen = upstream.registry()
    seen["typo"] = {}
    next(iter(seen.values())).clear()
    assert "typo" not in load_suites._SUITES
    assert all(load_suites._SUITES.values())


def test_the_system_message_is_agentdojos(upstream: Upstream) -> None:
    assert "Emma Johnson" in upstream.system_message
