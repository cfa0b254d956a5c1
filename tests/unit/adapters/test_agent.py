"""Which agents are accepted, how they are found, called and understood."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from pytest_agentsafety.adapters import call_agent, describe_agent, load_agent
from pytest_agentsafety.adapters.call import WrongAnswerType
from pytest_agentsafety.model.errors import ConfigError, UnknownNameError


def plain(task: str) -> str:
    return f"did {task}"


def with_options(task: str, verbose: bool = False, *args: Any, **kwargs: Any) -> str:
    return f"did {task}"


def named_only(*, task: str) -> str:
    return f"did {task}"


async def coroutine(task: str) -> str:
    await asyncio.sleep(0)
    return f"did {task}"


class Invoking:
    def invoke(self, message: str) -> str:
        return f"did {message}"


class AsyncInvoking:
    async def ainvoke(self, message: str) -> str:
        return f"did {message}"


class Calling:
    def __call__(self, task: str) -> str:
        return f"did {task}"


def factory(tools: list[Any], model: str = "m", system: str | None = None) -> Any:
    def agent(task: str) -> str:
        return f"did {task} with {len(tools)} tools as {system}"

    return agent


def describe(target: Any) -> Any:
    return describe_agent(target, id="a", place="here")


AGENTS = [
    plain,
    with_options,
    named_only,
    coroutine,
    Invoking(),
    AsyncInvoking(),
    Calling(),
    lambda task: f"did {task}",
]


class TestShapes:
    @pytest.mark.parametrize("agent", AGENTS)
    def test_an_agent_with_its_own_tools(self, agent):
        handle = describe(agent)
        assert handle.shape == "callable"
        assert call_agent(handle.make([plain], system="s"), "it") == "did it"

    def test_a_factory_takes_tools_and_system(self):
        handle = describe(factory)
        assert handle.shape == "factory"
        assert call_agent(handle.make([plain], system="a clerk"), "it") == "did it with 1 tools as a clerk"
        assert call_agent(handle.make([], system=None), "it") == "did it with 0 tools as None"

    def test_a_factory_without_system_gets_none(self):
        assert call_agent(describe(lambda tools: plain).make([], system="s"), "it") == "did it"

    def test_a_factory_makes_a_fresh_agent_with_a_list_of_its_own(self):
        given: list[Any] = []

        def build(tools: list[Any]) -> Any:
            given.append(tools)
            return Invoking()

        tools = (plain,)
        handle = describe(build)
        assert handle.make(tools, system=None) is not handle.make(tools, system=None)
        assert given == [[plain], [plain]]
        assert given[0] is not given[1]

    def test_an_agent_that_may_be_given_tools_is_an_agent(self):
        def agent(task: str, tools: tuple[Any, ...] = ()) -> str:
            return f"did {task}"

        assert describe(agent).shape == "callable"

    @pytest.mark.parametrize(
        ("target", "shown"),
        [
            (Calling, "Calling()"),
            (Invoking, "Invoking()"),
            (lambda: "x", "<lambda>()"),
            (lambda task, other: "x", "<lambda>(task, other)"),
            (lambda question: "x", "<lambda>(question)"),
            (5, "int (a int)"),
            ("build", "str (a str)"),
        ],
    )
    def test_anything_else_is_shown_with_its_signature(self, target, shown):
        with pytest.raises(ConfigError, match="Accepted: a callable") as caught:
            describe(target)
        assert str(caught.value).startswith("here: cannot use ")
        assert shown in str(caught.value)

    def test_a_factory_that_needs_more(self):
        with pytest.raises(ConfigError, match=r"here: agent factory .*<lambda>\(tools, key\) also requires key"):
            describe(lambda tools, key: plain)

    @pytest.mark.parametrize("made", [None, "text", Calling, lambda: "x"])
    def test_a_factory_that_makes_something_else(self, made):
        with pytest.raises(ConfigError, match=r"agent 'a': the factory returned"):
            describe(lambda tools: made).make([], system=None)


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """`module(name, source)` writes an importable module; the path is as it was after the test."""
    import sys

    monkeypatch.setattr(sys, "path", [*sys.path])

    def write(name: str, source: str) -> Path:
        (tmp_path / f"{name}.py").write_text(source, encoding="utf-8")
        monkeypatch.delitem(sys.modules, name, raising=False)
        return tmp_path

    return write


class TestLoad:
    def load(self, reference: str, root: Path) -> Any:
        return load_agent(reference, place="--agent-safety-agent", root=root)

    def test_module_and_attribute(self, module):
        root = module("load_shop", "class Shop:\n    @staticmethod\n    def build(tools):\n        return print\n")
        handle = self.load("load_shop:Shop.build", root)
        assert (handle.id, handle.shape, handle.reference) == ("load_shop:Shop.build", "factory", False)

    @pytest.mark.parametrize("reference", ["", "shop", "shop.agent", ":build", "shop:"])
    def test_not_written_as_module_and_attribute(self, reference, tmp_path):
        with pytest.raises(ConfigError, match=r"--agent-safety-agent: agent .* must be written as module:attr"):
            self.load(reference, tmp_path)

    def test_no_such_module(self, tmp_path):
        with pytest.raises(ConfigError, match="cannot import module 'no_such_shop': ModuleNotFoundError"):
            self.load("no_such_shop:build", tmp_path)

    def test_a_typo_names_the_near_miss(self, module):
        many = "".join(f"a{n:02} = {n}\n" for n in range(60))
        root = module("load_typo", many + "def build_agent(tools):\n    return print\n")
        with pytest.raises(
            UnknownNameError, match=r"unknown attribute of load_typo 'biuld_agent'. Did you mean"
        ) as caught:
            self.load("load_typo:biuld_agent", root)
        assert "Did you mean 'build_agent'?" in str(caught.value)
        assert len(caught.value.valid) == 20

    @pytest.mark.parametrize(
        ("source", "told"),
        [
            ("raise RuntimeError('no key')", "RuntimeError: no key"),
            ("import no_such_thing", "ModuleNotFoundError: No module named 'no_such_thing'"),
            ("raise SystemExit(3)", "SystemExit: 3"),
            ("def (", "SyntaxError"),
        ],
    )
    def test_a_module_that_cannot_be_imported(self, module, source, told):
        root = module("load_broken", source)
        with pytest.raises(ConfigError, match="--agent-safety-agent: cannot import module 'load_broken'") as caught:
            self.load("load_broken:build", root)
        assert told in str(caught.value)

    def test_something_that_is_no_agent(self, module):
        root = module("load_number", "build = 5\n")
        with pytest.raises(ConfigError, match=r"--agent-safety-agent: cannot use int \(a int\) as an agent"):
            self.load("load_number:build", root)


@dataclass
class Message:
    content: Any


@dataclass
class Block:
    text: str


class TestAnswer:
    @pytest.mark.parametrize(
        ("result", "answer"),
        [
            ("words", "words"),
            ("", ""),
            ({"output": "words"}, "words"),
            ({"messages": ["first", {"role": "assistant", "content": "words"}]}, "words"),
            ({"messages": [Message("first"), Message([{"type": "text", "text": "words"}])]}, "words"),
            ({"content": "words"}, "words"),
            (Message("words"), "words"),
            (Message([Block("two"), Block("words")]), "two\nwords"),
            ([{"type": "text", "text": "two"}, {"type": "text", "text": "words"}], "two\nwords"),
            ([{"type": "thinking", "thinking": "hm"}, {"type": "text", "text": "words"}], "words"),
        ],
    )
    def test_words_are_found(self, result, answer):
        assert call_agent(lambda task: result, "it") == answer

    @pytest.mark.parametrize(
        "result", [None, 5, b"words", [], {}, {"messages": []}, {"output": 5}, [1, 2], Message(None), object()]
    )
    def test_what_holds_no_words_is_an_error(self, result):
        with pytest.raises(WrongAnswerType, match=f"the agent returned {type(result).__name__} .*expected str"):
            call_agent(lambda task: result, "it")

    def test_an_agent_that_yields_is_told_to_put_it_together(self):
        async def streaming(task: str) -> Any:
            yield task

        def stepping(task: str) -> Any:
            yield task

        for agent in (streaming, stepping):
            with pytest.raises(WrongAnswerType, match="the agent is a generator: return the answer as one text"):
                call_agent(agent, "it")

    def test_what_the_agent_raises_goes_on(self):
        def agent(task: str) -> str:
            raise KeyError(task)

        with pytest.raises(KeyError, match="it"):
            call_agent(agent, "it")

    def test_invoke_wins_over_ainvoke(self):
        class Both(Invoking, AsyncInvoking):
            """Has both."""

        assert call_agent(Both(), "it") == "did it"
