"""The way from a task's processes to its model door."""

from __future__ import annotations

import urllib.request
from urllib.error import HTTPError

import pytest

from pytest_agentsafety.gate import Gate
from pytest_agentsafety.llm.hijacked import HijackedModel
from pytest_agentsafety.model.errors import ConfigError, RunTerminated
from pytest_agentsafety.model.messages import PlannedTurn
from pytest_agentsafety.model.policy import Policy


@pytest.fixture(autouse=True)
def no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "ANTHROPIC_BASE_URL", "OPENAI_API_KEY"):
        monkeypatch.delenv(name, raising=False)


def test_the_variables_lead_to_a_server_that_is_there_until_the_task_is_closed() -> None:
    task = Gate(Policy()).open("Say hello")
    env = task.child_env()
    url = env["ANTHROPIC_BASE_URL"]
    assert task.child_env() == env  # one server per upstream
    assert task.child_env({"ANTHROPIC_BASE_URL": "http://127.0.0.1:9"})["ANTHROPIC_BASE_URL"] != url
    with pytest.raises(HTTPError) as refused:
        urllib.request.urlopen(url + "/v1/models", timeout=10)
    with refused.value as answer:
        assert answer.code == 404
    task.close()
    with pytest.raises(OSError, match="refused"):
        urllib.request.urlopen(url + "/v1/models", timeout=10)
    with pytest.raises(RunTerminated):
        task.child_env()


def test_a_key_is_lent_only_where_nothing_leaves_and_there_is_none() -> None:
    played = HijackedModel([PlannedTurn(text="Hello.")], None, lambda: False)
    real, offline = Gate(Policy()).open("Hello"), Gate(Policy()).open("Hello", responder=played)
    try:
        assert "ANTHROPIC_API_KEY" not in real.child_env()
        assert offline.child_env()["ANTHROPIC_API_KEY"]
        assert "ANTHROPIC_API_KEY" not in offline.child_env({"ANTHROPIC_API_KEY": "the user's"})
    finally:
        real.close()
        offline.close()


def test_a_base_url_that_is_none_is_an_error_of_the_configuration() -> None:
    task = Gate(Policy()).open("Hello")
    with pytest.raises(ConfigError, match="ANTHROPIC_BASE_URL"):
        task.child_env({"ANTHROPIC_BASE_URL": "nowhere"})
    task.close()
