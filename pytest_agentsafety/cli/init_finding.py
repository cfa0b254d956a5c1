"""Which agent `agentsafety init` is about: the one that is named, else the only one that the project has."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pytest_agentsafety.adapters.finding import Candidate, Found, find_agents, with_fixture
from pytest_agentsafety.config import Settings
from pytest_agentsafety.model.errors import ConfigError
from pytest_agentsafety.model.safe_text import one_line

_LOOKS_LIKE = """\
An agent is an object of a framework (Agent of Pydantic AI or the OpenAI Agents SDK, create_agent of LangChain, a
compiled graph of LangGraph, ClaudeAgentOptions), a factory with a parameter `tools`, an object with invoke or ainvoke,
or a function, sync or async, whose only required parameter is `task`:

    def answer(task: str) -> str:
        runner = client.beta.messages.tool_runner(..., messages=[{"role": "user", "content": task}])
        return runner.until_done().content[0].text

Name it with --agent=module:attr (shop.agent:answer for shop/agent.py), or its tools with --tools=module:attr."""
_SHOWN = 20


@dataclass(frozen=True, kw_only=True)
class Choice:
    """The agent, where its name stands, and why it is this one: "" where the configuration says so.

    `skipped` are files that were not looked at, since nobody could import them.
    """

    reference: str
    place: str
    reason: str = ""
    fixtures: tuple[Path, ...] = ()
    skipped: tuple[Path, ...] = ()


def choose_agent(named: str | None, settings: Settings) -> Choice:
    """Raises ConfigError where no agent is named and the project has none, or several."""
    fixtures = with_fixture(settings.root / name for name in ("conftest.py", "tests/conftest.py"))
    if named is not None:
        return Choice(reference=named, place="--agent", reason="named with --agent", fixtures=fixtures)
    if settings.agent is not None:
        return Choice(reference=settings.agent, place=f"{settings.path} agent", fixtures=fixtures)
    found = find_agents(settings.root)
    if not found.agents:
        raise ConfigError("\n".join(_none(found, settings.root)))
    if len(found.agents) > 1:
        raise ConfigError("\n".join(_several(found.agents, settings.root)))
    (agent,) = found.agents
    where = _where(agent, settings.root)
    line = found.runs_at.get(agent.reference)
    if line is not None:
        raise ConfigError(
            f"{os.path.relpath(agent.path, settings.root)}:{line}: asks the model as soon as the module is imported, "
            f'so it was not. Put it under `if __name__ == "__main__":`, and run init again. If it is harmless: '
            f"--agent={agent.reference}"
        )
    return Choice(
        reference=agent.reference,
        place=where,
        reason=f"{agent.kind}, {where}",
        fixtures=found.fixtures,
        skipped=found.unnamed,
    )


def told_of_skipped(skipped: Sequence[Path], root: Path) -> str:
    """What to do about files that no import could name."""
    first = os.path.relpath(skipped[0], root)
    names = ", ".join(os.path.relpath(path, root) for path in skipped[:_SHOWN])
    more = f" and {len(skipped) - _SHOWN} more" if len(skipped) > _SHOWN else ""
    better = "/".join(re.sub(r"\W", "_", part) or "_" for part in Path(first).with_suffix("").parts)
    return f"Not looked at, since no import can name them: {one_line(names, 600)}{more}. Call it {better}.py, say."


def _where(agent: Candidate, root: Path) -> str:
    return f"{os.path.relpath(agent.path, root)}:{agent.line}"


def _several(agents: tuple[Candidate, ...], root: Path) -> Iterator[str]:
    yield f"init: {len(agents)} objects look like an agent, so none was taken. Say which one it is:"
    commands = [f"agentsafety init --agent={agent.reference}" for agent in agents[:_SHOWN]]
    width = max(map(len, commands))
    for agent, command in zip(agents, commands, strict=False):
        yield f"    {command:{width}}  # {agent.kind}, {_where(agent, root)}"
    if len(agents) > _SHOWN:
        yield f"    ... and {len(agents) - _SHOWN} more"


def _none(found: Found, root: Path) -> Iterator[str]:
    yield f"init: no agent is configured, and none was found in the {found.looked} Python files below {root}."
    for path in found.fixtures:
        yield (
            f"{os.path.relpath(path, root)} makes one in a fixture agent_safety_agent, which only pytest can call: "
            "name its tools with --tools=module:attr."
        )
    for path, why in list(found.unread.items())[:_SHOWN]:
        yield f"{os.path.relpath(path, root)} could not be read: {why}."
    if found.unnamed:
        yield told_of_skipped(found.unnamed, root)
    if found.cut:
        yield "There were more files than were looked at: run it in the folder of the agent's own project."
    if found.nested:
        names = ", ".join(os.path.relpath(one, root) for one in found.nested[:_SHOWN])
        yield f"Not looked into, since they are projects of their own (run it there): {names}."
    yield _LOOKS_LIKE
