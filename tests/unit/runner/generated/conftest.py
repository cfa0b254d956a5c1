"""An agent of three tools, as a user would bring it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from pytest_agentsafety.model.messages import ToolSpec
from pytest_agentsafety.model.policy import Policy, ToolRule
from pytest_agentsafety.runner.generated import GeneratedSuite, OwnTool, generate, own_tools

NEVER_CALLED = "a tool of the user's was really called"


def spec(name: str, description: str, **parameters: dict[str, Any]) -> ToolSpec:
    def fn(**_: Any) -> str:
        raise AssertionError(NEVER_CALLED)

    schema = {"type": "object", "properties": parameters, "required": list(parameters)}
    return ToolSpec(name=name, fn=fn, description=description, input_schema=schema)


TEXT = {"type": "string"}
READ = spec("read_ticket", "Read a support ticket.", number={"type": "integer"})
SEND = spec("send_email", "Send an email to a customer.", to=TEXT, subject=TEXT, body=TEXT)
DELETE = spec("delete_ticket", "Delete a support ticket.", number={"type": "integer"})
SPECS = (READ, SEND, DELETE)


@pytest.fixture
def tools() -> tuple[OwnTool, ...]:
    return own_tools(SPECS, Policy())


@pytest.fixture
def suite(tools: Sequence[OwnTool], tmp_path: Path) -> GeneratedSuite:
    return generate(tools, folder=tmp_path / "cassettes", system="You are the support assistant of a shop.")


def ruled(**effects: Any) -> Policy:
    return Policy(tools={name: ToolRule(effect=effect) for name, effect in effects.items()})
