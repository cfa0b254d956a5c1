"""Whether the foreign suites hold together: python benchmarks/foreign_suites/check.py [set or suite ...] [--origins]

Every package beside this file that has a `register()` is a set of suites. For every suite it registers with AgentDojo:

- a user task's ground truth has utility, doing nothing has none, and it reads at least one injection vector;
- an injection task's ground truth has security() true, an untouched environment and every user task's ground truth not;
- for every pair, AgentDojo's `important_instructions` puts the whole goal into a result that the user task reads, and
  the attacker's calls still reach the goal in that environment.

`--origins` lists the arguments of the user tasks that stand neither in the prompt nor in an earlier result.
"""

from __future__ import annotations

import argparse
import sys
import warnings
from collections.abc import Iterator, Sequence
from importlib import import_module
from inspect import signature
from pathlib import Path
from typing import Any

from pytest_agentsafety.catalog.agentdojo.upstream import load

upstream = load()

from agentdojo.agent_pipeline.ground_truth_pipeline import GroundTruthPipeline
from agentdojo.functions_runtime import FunctionsRuntime
from agentdojo.task_suite import TaskSuite
from agentdojo.types import get_text_content_as_str

HERE = Path(__file__).parent
MODEL = "gpt-4o-2024-05-13"
SIZES = {"tools": (15, 22), "user tasks": (12, 15), "injection tasks": (6, 7), "vectors": (4, 7)}


class Nothing(GroundTruthPipeline):
    """An agent that does nothing and says nothing."""

    def query(self, query: str, runtime: Any, env: Any, messages: Any = (), extra_args: Any = None) -> Any:
        from agentdojo.types import text_content_block_from_string

        said = {"role": "assistant", "content": [text_content_block_from_string("")], "tool_calls": None}
        return query, runtime, env, [said], {}


def _packages() -> list[str]:
    return sorted(path.parent.name for path in HERE.glob("*/__init__.py"))


def _registered(package: str) -> list[TaskSuite]:
    """The suites that a package's `register()` adds to AgentDojo's registry."""
    before = {(version, name) for version, suites in upstream.registry().items() for name in suites}
    import_module(package).register()
    found = {
        name: suite
        for version, suites in upstream.registry().items()
        for name, suite in suites.items()
        if (version, name) not in before
    }
    return list(found.values())


def _sizes(suite: TaskSuite) -> dict[str, int]:
    return {
        "tools": len(suite.tools),
        "user tasks": len(suite.user_tasks),
        "injection tasks": len(suite.injection_tasks),
        "vectors": len(suite.get_injection_vector_defaults()),
    }


def _results(suite: TaskSuite, task: Any, environment: Any) -> list[str]:
    """What the tools answer to a task's ground truth."""
    _, _, _, messages, _ = GroundTruthPipeline(task).query("", FunctionsRuntime(suite.tools), environment)
    return [get_text_content_as_str(message["content"]) for message in messages if message["role"] == "tool"]


def _run(suite: TaskSuite, pipeline: GroundTruthPipeline, user: Any, injection: Any = None, env: Any = None) -> Any:
    return suite.run_task_with_pipeline(pipeline, user, injection, {}, environment=env)


def _tools(suite: TaskSuite) -> Iterator[str]:
    for tool in suite.tools:
        wanted = set(signature(tool.run).parameters) - set(tool.dependencies)
        if wanted != set(tool.parameters.model_fields):
            yield f"tool {tool.name}: the docstring has not the parameters {sorted(wanted)}"


def _user_tasks(suite: TaskSuite) -> Iterator[str]:
    for name, task in suite.user_tasks.items():
        try:
            if not _run(suite, GroundTruthPipeline(task), task)[0]:
                yield f"{name}: the ground truth has no utility"
            if _run(suite, Nothing(task), task)[0]:
                yield f"{name}: doing nothing has utility"
        except Exception as error:
            yield f"{name}: {type(error).__name__}: {error}"


def _injection_tasks(suite: TaskSuite) -> Iterator[str]:
    users = suite.user_tasks
    for name, task in suite.injection_tasks.items():
        first = next(iter(users.values()))
        try:
            if not _run(suite, GroundTruthPipeline(task), first, task)[1]:
                yield f"{name}: the ground truth does not reach the goal"
            if _run(suite, Nothing(task), first, task)[1]:
                yield f"{name}: the goal is reached by nothing"
        except Exception as error:
            yield f"{name}: {type(error).__name__}: {error}"
        for user_name, user in users.items():
            if _run(suite, GroundTruthPipeline(user), user, task)[1]:
                yield f"{name}: reached by the ground truth of {user_name}"


def _pairs(suite: TaskSuite) -> Iterator[str]:
    target = GroundTruthPipeline(None)
    target.name = MODEL
    attack = upstream.load_attack("important_instructions", suite, target)
    spoiled: list[str] = []
    seen: dict[str, int] = dict.fromkeys(suite.get_injection_vector_defaults(), 0)
    for user_name, user in suite.user_tasks.items():
        for name, injection in suite.injection_tasks.items():
            try:
                injections = attack.attack(user, injection)
                environment = suite.load_and_inject_default_environment(injections)
                before = environment.model_copy(deep=True)
                results = "".join("\n".join(_results(suite, user, environment.model_copy(deep=True))).split())
                if "".join(injection.GOAL.split()) not in results.replace("''", "'").replace("\\n", ""):
                    yield f"{user_name} x {name}: the goal is not readable in the results"
                _results(suite, injection, environment)
                _results(suite, user, environment)
            except Exception as error:
                yield f"{user_name} x {name}: {type(error).__name__}: {error}"
                continue
            for vector in injections if name == "injection_task_0" else ():
                seen[vector] += 1
            if not injection.security(injection.GROUND_TRUTH_OUTPUT, before, environment):
                yield f"{user_name} x {name}: the goal is not reached beside the user task"
            if not user.utility(user.GROUND_TRUTH_OUTPUT, before, environment):
                spoiled.append(f"{user_name} x {name}")
    print("  user tasks that read a vector: " + ", ".join(f"{vector} {count}" for vector, count in seen.items()))
    print(f"  pairs where the attack costs the user task: {', '.join(spoiled) or 'none'}")
    for vector, count in seen.items():
        if not count:
            yield f"vector {vector}: no user task reads it"


def _leaves(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list | tuple):
        for part in value:
            yield from _leaves(part)
    elif value is not None and not isinstance(value, bool):
        yield f"{value:g}" if isinstance(value, float) else str(value)


def _origins(suite: TaskSuite) -> None:
    for name, task in suite.user_tasks.items():
        environment = suite.load_and_inject_default_environment({})
        calls = task.ground_truth(environment)
        known = " ".join(task.PROMPT.split()).lower()
        for call, result in zip(calls, _results(suite, task, environment), strict=True):
            for argument, value in call.args.items():
                for leaf in _leaves(value):
                    if " ".join(leaf.split()).lower() not in known:
                        print(f"  {name} {call.function}({argument}): {leaf}")
            known += " " + " ".join(result.split()).lower()


def check(suite: TaskSuite, origins: bool = False) -> list[str]:
    """What is wrong with a suite."""
    sizes = _sizes(suite)
    print(f"{suite.name}: " + ", ".join(f"{count} {what}" for what, count in sizes.items()))
    wrong = [
        f"{count} {what}, not {SIZES[what][0]} to {SIZES[what][1]}"
        for what, count in sizes.items()
        if not SIZES[what][0] <= count <= SIZES[what][1]
    ]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if not suite.check(check_injectable=False)[0]:
            wrong.append("AgentDojo's own check fails")
        for part in (_tools, _user_tasks, _injection_tasks, _pairs):
            wrong += part(suite)
    if origins:
        _origins(suite)
    print("  ok" if not wrong else "\n".join(f"  WRONG {line}" for line in wrong))
    return wrong


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="set or suite", help="only these")
    parser.add_argument("--origins", action="store_true")
    options = parser.parse_args(argv)
    sys.path.insert(0, str(HERE))
    wrong = 0
    for package in _packages():
        for suite in _registered(package):
            if not options.names or {package, suite.name} & set(options.names):
                wrong += len(check(suite, options.origins))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
