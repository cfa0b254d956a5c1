"""Which tools only let another agent go on. A tool that does anything beside is never taken for one."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from pytest_agentsafety.adapters.frameworks.delegating import asking, asks_an_agent


class Agent:
    """Stands for a framework's: told by `is_agent` alone."""

    def run(self, task: str, **_: Any) -> Any:
        raise AssertionError(task)

    def save(self, path: str) -> None:
        raise AssertionError(path)


class Store:
    def get(self, key: str) -> str:
        raise AssertionError(key)

    def put(self, text: str) -> None:
        raise AssertionError(text)


@dataclass
class Found:
    text: str


worker = Agent()
store = Store()
box = {"worker": worker}


def words(result: Any) -> str:
    return str(result.output).strip()


def writes(result: Any) -> str:
    store.put(str(result))
    return "ok"


def plain(question: str) -> str:
    """Ask."""
    result = worker.run(question)
    return result.output


async def with_context(ctx: Any, question: str) -> str:
    result = await worker.run(f"Look up {question.strip()}", deps=ctx.deps, usage=ctx.usage)
    if not result.output:
        raise ValueError("nothing")
    return json.dumps({"said": result.output, "n": len(result.all_messages())})


def by_helper(question: str) -> Found:
    return Found(text=words(worker.run(question)))


def closed_over() -> Callable[..., Any]:
    inner = Agent()

    def tool(question: str) -> str:
        return inner.run(question).output

    return tool


@pytest.mark.parametrize("function", [asking, plain, with_context, by_helper, closed_over()])
def test_what_only_asks_an_agent(function: Any) -> None:
    assert asks_an_agent(function, lambda value: isinstance(value, Agent))


def asks_nobody(question: str) -> str:
    return question.upper()


def stores_first(question: str) -> str:
    store.put(question)
    return worker.run(question).output


def reads_past_the_door(question: str) -> str:
    return worker.run(store.get(question)).output


def in_a_helper(question: str) -> str:
    return writes(worker.run(question))


def opens_a_file(question: str) -> str:
    with open("out.txt", "w") as file:  # noqa: PTH123
        file.write(worker.run(question).output)
    return "ok"


def starts_a_process(question: str) -> str:
    subprocess.run(["true"], check=False)
    return worker.run(question).output


def imports(question: str) -> str:
    import shutil

    return str(shutil.which(worker.run(question).output))


def by_deps(ctx: Any, question: str) -> str:
    ctx.deps.get(question)
    return worker.run(question).output


def by_a_parameters_method(client: Any, question: str) -> str:
    client.post(question)
    return worker.run(question).output


def another_method(question: str) -> str:
    worker.save(question)
    return worker.run(question).output


def sets(question: str) -> str:
    worker.last = question  # type: ignore[attr-defined]
    return worker.run(question).output


def evaluates(question: str) -> str:
    return eval(worker.run(question).output)  # type: ignore[no-any-return]


def by_an_inner_function(question: str) -> str:
    def go() -> str:
        return store.get(question)

    return worker.run(go()).output


def looked_up(question: str) -> str:
    return getattr(store, "put")(worker.run(question).output)  # noqa: B009


def in_a_table(question: str) -> str:
    return box["worker"].run(question).output


@pytest.mark.parametrize(
    "function",
    [
        asks_nobody,
        stores_first,
        reads_past_the_door,
        in_a_helper,
        opens_a_file,
        starts_a_process,
        imports,
        by_deps,
        by_a_parameters_method,
        another_method,
        sets,
        evaluates,
        by_an_inner_function,
        looked_up,
        in_a_table,
        print,
        Store.put,
        lambda question: worker.run(question),
        None,
    ],
)
def test_what_does_something_beside_or_is_not_understood_is_a_tool_like_any_other(function: Any) -> None:
    assert not asks_an_agent(function, lambda value: isinstance(value, Agent))
