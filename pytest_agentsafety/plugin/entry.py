"""What every pytest session loads, flag or no flag: options, marker, fixtures. Imports nothing but pytest."""

from __future__ import annotations

import pytest

_GROUP = "agent safety"
_HELP_ONLY = "run the agent-safety cases alone, without collecting your own tests"
_HELP_ABLATE = "run each hijacked attack again without each guard, and with each alone, into ablation.jsonl"
_HELP_RESUME = "go on with the run in the output folder: cases that have their row (and recording) are not run again"
_OPTIONS: tuple[tuple[str, dict[str, object]], ...] = (
    ("agent", {"metavar": "module:attr", "help": "the agent under test; default: configuration, else the bundled one"}),
    (
        "suite",
        {
            "metavar": "NAME",
            "action": "append",
            "help": "generated (from the agent's own tools), a bundled suite, builtin, a path (with a /), agentdojo, "
            "agentdojo:NAME, agentdojo@VERSION:NAME; repeatable; default: configuration, else generated for an agent "
            "of your own and builtin for the bundled one",
        },
    ),
    ("case", {"metavar": "GLOB", "action": "append", "help": "select cases by id; repeatable"}),
    (
        "mode",
        {
            "metavar": "NAME",
            "action": "append",
            "help": "who answers: recorded, hijacked, hijacked-exposed, scripted, live; repeatable; "
            "default: recorded and hijacked, as far as the suite has them",
        },
    ),
    ("record", {"metavar": "MODE", "help": "none, once, new_episodes, all (as vcrpy's); default: none"}),
    (
        "guards",
        {
            "metavar": "LIST",
            "help": "all, none, or a list of injection, content_policy, scope, pii, destructive, cost, permissions, "
            "provenance, approval; anything but all marks the report; default: all",
        },
    ),
    ("provenance", {"metavar": "MODE", "help": "enforce, strict, off; default: configuration, else enforce"}),
    (
        "approver",
        {"metavar": "NAME", "help": "deny, oracle, console, callback, queue; default: configuration, else deny"},
    ),
    ("output", {"metavar": "DIR", "help": "folder for the evidence, relative to rootdir; default: agentsafety-report"}),
    ("baseline", {"metavar": "FILE", "help": "an earlier results.jsonl to compare with; default: none"}),
    (
        "shard",
        {"metavar": "I/N", "help": "run the I-th of N parts, split by a stable hash of the case id; default: 1/1"},
    ),
)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.getgroup("general").addoption(
        "--agent-safety", action="store_true", default=False, help="attack your LLM agent: add the agent-safety cases"
    )
    group = parser.getgroup(_GROUP)
    group.addoption("--agent-safety-only", action="store_true", default=False, help=_HELP_ONLY)
    group.addoption("--agent-safety-ablate", action="store_true", default=False, help=_HELP_ABLATE)
    group.addoption("--agent-safety-resume", action="store_true", default=False, help=_HELP_RESUME)
    for name, keywords in _OPTIONS:
        group.addoption(f"--agent-safety-{name}", default=None, **keywords)


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers",
        "agent_safety(mode=...): a test of the agent under attack; needs --agent-safety, else it is skipped",
    )
    if config.option.agent_safety or config.option.agent_safety_only:
        from pytest_agentsafety.plugin import registration

        registration.register(config)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    if _on(item.config):
        return
    if item.get_closest_marker("agent_safety") or "agent_safety" in getattr(item, "fixturenames", ()):
        item.add_marker(pytest.mark.skip(reason="needs --agent-safety"))  # shown at the test, not here


@pytest.fixture
def agent_safety(request: pytest.FixtureRequest) -> object:
    """Run the agent under attack from a test of one's own: `agent_safety.run(task, inject={tool: text})`."""
    if not _on(request.config):
        pytest.skip("needs --agent-safety")  # asked for by name at run time
    from pytest_agentsafety.plugin.fixture import AgentSafety

    with AgentSafety.for_test(request) as tool:
        yield tool


@pytest.fixture(scope="session")
def agent_safety_agent() -> object:
    """Override it in conftest.py to return the agent under test; it may use other fixtures."""
    return None


def _on(config: pytest.Config) -> bool:
    return bool(config.option.agent_safety or config.option.agent_safety_only)
