"""Hypothesis strategies for what happens at the gate: acts of an agent, conversations, model usage."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from pytest_agentsafety.fuzz.gate_play import ANSWERS, Act, argument_names
from pytest_agentsafety.fuzz.strategies import attack_texts, clean_texts
from pytest_agentsafety.fuzz.strategies_tools import addresses, paths, urls
from pytest_agentsafety.model.messages import ToolCall, Usage
from pytest_agentsafety.model.policy import Policy, ToolRule
from pytest_agentsafety.permissions import with_inferred_roles

_STRANGE = "wipe_everything"


def acts(policy: Policy, *, max_acts: int = 8) -> SearchStrategy[list[Act]]:
    """What an agent under a policy may do: calls of its tools and of one that it has no rule for, requests, the end."""
    calls = act_of(policy)
    limits = st.fixed_dictionaries(
        {"do": st.just("limits"), "max_tool_calls": st.integers(1, 4), "max_cost_usd": st.sampled_from([0.0005, 0.002])}
    )
    done = st.just({"do": "close"})
    body = st.lists(st.one_of(calls, calls, model_acts(), done), min_size=1, max_size=max_acts)
    return st.builds(lambda head, rest: [*head, *rest], st.lists(limits, max_size=1), body)


def act_of(policy: Policy) -> SearchStrategy[Act]:
    """One call: of a tool of the policy, or of one that it has no rule for."""
    calls = [_calls(name, rule) for name, rule in policy.tools.items()]
    return st.one_of([*calls, _calls(_STRANGE, ToolRule(effect="delete"))])


def act_texts(policy: Policy, *, max_acts: int = 8) -> SearchStrategy[str]:
    """Runs of acts as JSON, as the oracle `Invariants` takes them."""
    return acts(policy, max_acts=max_acts).map(json.dumps)


def _calls(name: str, rule: ToolRule) -> SearchStrategy[Act]:
    names = argument_names(rule)
    roles = with_inferred_roles(rule, names).roles
    arguments = st.fixed_dictionaries({argument: _values(rule, roles.get(argument, "other")) for argument in names})
    return st.fixed_dictionaries(
        {
            "do": st.just("call"),
            "tool": st.just(name),
            "arguments": arguments,
            "answer": st.sampled_from(ANSWERS),
            "changed": st.one_of(st.just({}), arguments),
        }
    )


def _values(rule: ToolRule, role: str) -> SearchStrategy[Any]:
    """Good and bad values for one argument."""
    if role == "path":
        good = [f"{folder.rstrip('/')}/new.txt" for folder in rule.allowed_paths or ("notes",)]
        good += [f"{folder.rstrip('/')}/ok.txt" for folder in rule.allowed_paths or ()]
        return st.one_of(st.sampled_from(good), paths())
    hosts = [domain.replace("*.", "www.") for domain in rule.allowed_domains or ("example.com",)]
    if role == "url":
        return st.one_of(st.sampled_from([f"https://{host}/" for host in hosts]), urls())
    if role == "destination":
        return st.one_of(st.sampled_from([f"ann@{host}" for host in hosts]), addresses())
    if role == "amount":
        return st.sampled_from([0, 1, 900, -1])
    return st.one_of(st.just("a note"), attack_texts())


def model_acts() -> SearchStrategy[Act]:
    """Requests of an agent: what the user said in one or more blocks, how long, and how they end."""
    return st.fixed_dictionaries(
        {
            "do": st.just("model"),
            "texts": st.lists(st.one_of(clean_texts(), attack_texts()), min_size=1, max_size=2),
            "max_tokens": st.sampled_from([1, 50, 400]),
            "ends": st.sampled_from(["ok", "lost", "refused"]),
            "used": st.sampled_from([0, 10, 400]),
        }
    )


def usages(*, most: int = 5000) -> SearchStrategy[Usage]:
    """What a provider may report for one call, cached tokens too."""
    tokens = st.one_of(st.sampled_from([0, 1, most]), st.integers(0, most))
    return st.builds(
        Usage,
        input_tokens=tokens,
        output_tokens=tokens,
        cache_creation_input_tokens=tokens,
        cache_read_input_tokens=tokens,
    )


def usage_sequences(*, max_calls: int = 10) -> SearchStrategy[list[tuple[int, str, Usage]]]:
    """Calls against a budget: `max_tokens` of the request, how it ends (settle, keep, release), what it used."""
    return st.lists(
        st.tuples(st.sampled_from([1, 50, 400, 4000]), st.sampled_from(["settle", "keep", "release"]), usages()),
        min_size=1,
        max_size=max_calls,
    )


def conversations(
    attacks: SearchStrategy[str] | None = None,
    clean: SearchStrategy[str] | None = None,
    calls: Sequence[SearchStrategy[ToolCall]] = (),
    *,
    max_turns: int = 4,
) -> SearchStrategy[list[dict[str, Any]]]:
    """Messages API conversations: a user's words, turns of the assistant with tool calls, and their results.

    Each tool_use has its tool_result with the same id. Texts of the user and of results are clean or attacks; the
    last message is the user's or a result.
    """
    words = st.one_of(clean_texts() if clean is None else clean, attack_texts() if attacks is None else attacks)
    used = st.one_of(list(calls)) if calls else st.just(ToolCall(call_id="fuzz", name="read_note", arguments={}))
    turns = st.lists(st.tuples(st.one_of(st.none(), used), words), min_size=0, max_size=max_turns)
    return st.builds(_conversation, words, turns)


def _conversation(first: str, turns: Sequence[tuple[ToolCall | None, str]]) -> list[dict[str, Any]]:
    messages: list[dict[str, Any]] = [{"role": "user", "content": first}]
    for number, (call, text) in enumerate(turns):
        if call is None:
            messages += [{"role": "assistant", "content": "Certainly."}, {"role": "user", "content": text}]
            continue
        use = {"type": "tool_use", "id": f"use_{number}", "name": call.name, "input": dict(call.arguments)}
        messages += [{"role": "assistant", "content": [use]}, {"role": "user", "content": [_result(number, text)]}]
    return messages


def _result(number: int, text: str) -> Mapping[str, Any]:
    return {"type": "tool_result", "tool_use_id": f"use_{number}", "content": [{"type": "text", "text": text}]}
