"""Tools found without a run."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from pytest_agentsafety.adapters import describe_agent
from pytest_agentsafety.adapters.toolbox import load_tools, tools_of_agent
from pytest_agentsafety.model.errors import ConfigError, UnknownNameError
from pytest_agentsafety.model.messages import ToolSpec


def read_page(url: str) -> str:
    """Read a page."""
    return url


def send_page(to: str) -> None:
    """Send a page."""


SPEC = ToolSpec(name="send_it", fn=send_page)


@pytest.fixture
def shop(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """A module `toolbox_shop` of tools."""
    module = ModuleType("toolbox_shop")
    source = "def buy(sku: str): 'Buy.'\ndef _hidden(): pass\nclass Cart: pass\nlimit = 3\n"
    exec(source, module.__dict__)
    module.read_page = read_page  # type: ignore[attr-defined]
    module.tools = [read_page, SPEC]  # type: ignore[attr-defined]
    module.by_name = {"read": read_page}  # type: ignore[attr-defined]
    module.twice = [send_page, send_page, ToolSpec(name="send_page", fn=read_page)]  # type: ignore[attr-defined]
    module.empty = []  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "toolbox_shop", module)
    monkeypatch.setattr(sys, "path", list(sys.path))
    return module


def names(reference: str) -> list[str]:
    return [spec.name for spec in load_tools(reference, place="here", root=Path("/"))]


@pytest.mark.parametrize(
    ("reference", "found"),
    [
        ("toolbox_shop", ["buy"]),
        ("toolbox_shop:tools", ["read_page", "send_it"]),
        ("toolbox_shop:by_name", ["read_page"]),
        ("toolbox_shop:buy", ["buy"]),
    ],
)
def test_what_a_reference_names(shop: ModuleType, reference: str, found: list[str]) -> None:
    assert names(reference) == found


def test_all_says_what_is_public(shop: ModuleType) -> None:
    shop.__all__ = ["read_page", "limit"]  # type: ignore[attr-defined]
    assert names("toolbox_shop") == ["read_page"]


@pytest.mark.parametrize(
    ("reference", "error", "told"),
    [
        ("toolbox_shop:limit", ConfigError, "holds no tools"),
        ("toolbox_shop:Cart", ConfigError, "holds no tools"),
        ("toolbox_shop:empty", ConfigError, "no tools in it"),
        ("toolbox_shop:twice", ConfigError, "two tools are called 'send_page'"),
        ("toolbox_shop:", ConfigError, "module:attr"),
        (":tools", ConfigError, "module:attr"),
        ("", ConfigError, "module:attr"),
        ("toolbox_shop:tool", UnknownNameError, "tools"),
        ("no_such_module_at_all", ConfigError, "cannot import"),
    ],
)
def test_what_is_no_tool_is_told(shop: ModuleType, reference: str, error: type[Exception], told: str) -> None:
    with pytest.raises(error, match=told):
        names(reference)


class Agent:
    """An agent that shows its tools."""

    tools = (read_page, send_page)

    def invoke(self, task: str) -> str:
        return task


def factory(tools: Any = (read_page,)) -> Any:
    return tools


def bare_factory(tools: Any) -> Any:
    return tools


def bare(task: str) -> str:
    return task


@pytest.mark.parametrize(
    ("target", "found"),
    [(Agent(), ["read_page", "send_page"]), (factory, ["read_page"]), (bare_factory, []), (bare, [])],
)
def test_what_an_agent_shows(target: Any, found: list[str]) -> None:
    agent = describe_agent(target, id="it", place="here")
    assert [spec.name for spec in tools_of_agent(agent)] == found
