"""The rules: tables `budget`, `retry`, `models`, `approval`, `tools`, and `provenance`, `canaries`, `guardrails`.

What belongs to the text guards (`scope`, `content_policy`, `judge`) is read in `config.guards`.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_args

from pytest_agentsafety.config.guards import JUDGE_KEYS, SCOPE_KEYS, read_content, read_judge, read_scope
from pytest_agentsafety.config.table import Place, Table
from pytest_agentsafety.model.errors import ConfigError
from pytest_agentsafety.model.policy import (
    EFFECTS,
    ROLES,
    ApprovalRules,
    ApproverName,
    BudgetLimits,
    ModelRoutes,
    Policy,
    ProvenanceMode,
    RetrySettings,
    Role,
    SandboxChoice,
    ToolRule,
    Trust,
)

POLICY_KEYS = (
    "approval",
    "budget",
    "canaries",
    "content_policy",
    "guardrails",
    "judge",
    "models",
    "provenance",
    "retry",
    "scope",
    "tools",
)
AVAILABLE_APPROVERS: tuple[ApproverName, ...] = ("deny", "oracle", "console", "callback", "queue")
REFERENCE = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*:[A-Za-z_]\w*(\.[A-Za-z_]\w*)*")

_APPROVAL_KEYS = ("always_approve", "always_ask", "approver", "callback", "queue", "timeout")
_BUDGET_KEYS = (
    "max_cost_per_action_usd",
    "max_cost_usd",
    "max_identical_calls",
    "max_seconds",
    "max_tokens",
    "max_tool_calls",
)
_TOOL_KEYS = (
    "allow_subprocess",
    "allowed_domains",
    "allowed_paths",
    "cpu_seconds",
    "disk_mb",
    "effect",
    "image",
    "max_size_kb",
    "memory_mb",
    "no_network",
    "output_kb",
    "result_trust",
    "roles",
    "sandbox",
    "timeout",
)


def parse_policy(table: Mapping[str, Any], *, place: str, base: Path | None = None) -> Policy:
    """A policy from a table with the keys of POLICY_KEYS; what is absent has its default.

    `place` names the table in messages. With `base`, relative `allowed_paths` become absolute; without, they stay
    as written, so that the policy's hash does not depend on the machine. Raises ConfigError.
    """
    return read_policy(Table(table, Place(file=place), POLICY_KEYS), base)


def parse_tool_rules(table: Mapping[str, Any], *, place: str) -> dict[str, ToolRule]:
    """Rules by tool name from a table of tables. Raises ConfigError."""
    return _tools(Table(table, Place(file=place)), None)


def read_policy(table: Table, base: Path | None) -> Policy:
    return Policy(
        tools=_tools(table.table("tools"), base),
        approval=_approval(table.table("approval", _APPROVAL_KEYS), base),
        budget=_budget(table.table("budget", _BUDGET_KEYS)),
        retry=_retry(table.table("retry", ("base_delay", "max_retries"))),
        models=_models(table.table("models", ("complex", "medium", "simple"))),
        scope=read_scope(table.table("scope", SCOPE_KEYS)),
        provenance=table.choice("provenance", get_args(ProvenanceMode), "enforce"),
        canaries=_canaries(table),
        content=read_content(table.table("content_policy")),
        judge=read_judge(table.table("judge", JUDGE_KEYS)),
        guardrails=_guardrails(table),
    )


def reference(table: Table, key: str) -> str | None:
    """A `module:attr` under `key`, None when absent."""
    value = table.text(key)
    if value is not None and not REFERENCE.fullmatch(value):
        table.fail(key, "module:attr, as in myapp.agent:build", value)
    return value


def _budget(table: Table) -> BudgetLimits:
    limits = BudgetLimits()
    return BudgetLimits(
        max_cost_usd=table.number("max_cost_usd", limits.max_cost_usd),
        max_cost_per_action_usd=table.number("max_cost_per_action_usd", limits.max_cost_per_action_usd),
        max_tokens=table.integer("max_tokens", limits.max_tokens),
        max_tool_calls=table.integer("max_tool_calls", limits.max_tool_calls),
        max_seconds=table.number("max_seconds", limits.max_seconds),
        max_identical_calls=table.integer("max_identical_calls", limits.max_identical_calls),
    )


def _retry(table: Table) -> RetrySettings:
    settings = RetrySettings()
    return RetrySettings(
        max_retries=table.integer("max_retries", settings.max_retries, minimum=0),
        base_delay=table.number("base_delay", settings.base_delay, zero=True),
    )


def _models(table: Table) -> ModelRoutes:
    routes = ModelRoutes()
    return ModelRoutes(
        simple=table.text("simple") or routes.simple,
        medium=table.text("medium") or routes.medium,
        complex=table.text("complex") or routes.complex,
    )


def _approval(table: Table, base: Path | None) -> ApprovalRules:
    approver = table.choice("approver", get_args(ApproverName), "deny")
    if approver not in AVAILABLE_APPROVERS:
        valid = ", ".join(sorted(AVAILABLE_APPROVERS))
        raise ConfigError(f"{table.place.at('approver')} approver {approver!r} is not in this version. Valid: {valid}")
    callback = reference(table, "callback")
    if approver == "callback" and callback is None:
        raise ConfigError(
            f"{table.place.at('approver')} approver 'callback' needs callback = \"module:attr\" in the same table"
        )
    return ApprovalRules(
        approver=approver,
        callback=callback,
        always_approve=table.texts("always_approve") or (),
        always_ask=table.texts("always_ask") or (),
        queue=_queue(table, base),
        timeout=table.number("timeout", ApprovalRules.timeout),
    )


def _queue(table: Table, base: Path | None) -> str | None:
    path = table.text("queue")
    if path is None:
        return None
    if not path or "\0" in path or path.endswith("/"):
        table.fail("queue", "the path of a file", path)
    return path if base is None else str(base / path)


def _guardrails(table: Table) -> tuple[str, ...]:
    """Guards of the user's own; what they are is looked at when they are made."""
    names = table.texts("guardrails") or ()
    for name in names:
        if not REFERENCE.fullmatch(name):
            table.fail("guardrails", "module:Class, as in shop.guards:NoDiscounts", name)
    if len(set(names)) < len(names):
        table.fail("guardrails", "each guard once", list(names))
    return names


def _canaries(table: Table) -> tuple[str, ...]:
    """Planted secrets; a message about them never shows one."""
    value = table.data.get("canaries", ())
    if not isinstance(value, list | tuple) or not all(isinstance(c, str) and c.strip() for c in value):
        raise ConfigError(f"{table.place.at('canaries')} canaries: expected a list of non-empty strings")
    return tuple(value)


def _tools(table: Table, base: Path | None) -> dict[str, ToolRule]:
    return {name: _tool(rule, base) for name, rule in table.tables(_TOOL_KEYS)}


def _tool(table: Table, base: Path | None) -> ToolRule:
    if "effect" not in table:
        raise ConfigError(f"{table.place.at()}: effect is required. Valid: {', '.join(EFFECTS)}")
    default = ToolRule(effect="execute")
    return ToolRule(
        effect=table.choice("effect", EFFECTS, default.effect),
        allowed_paths=_paths(table, base),
        max_size_kb=table.integer("max_size_kb", None),
        allowed_domains=_domains(table),
        sandbox=table.choice("sandbox", get_args(SandboxChoice), default.sandbox),
        timeout=table.number("timeout", default.timeout),
        no_network=table.flag("no_network", default.no_network),
        memory_mb=table.integer("memory_mb", default.memory_mb),
        disk_mb=table.integer("disk_mb", default.disk_mb),
        output_kb=table.integer("output_kb", default.output_kb),
        allow_subprocess=table.flag("allow_subprocess", default.allow_subprocess),
        cpu_seconds=table.integer("cpu_seconds", None),
        image=table.text("image"),
        roles=_roles(table.table("roles")),
        result_trust=table.choice("result_trust", get_args(Trust), default.result_trust),
    )


def _roles(table: Table) -> dict[str, Role]:
    return {argument: table.choice(argument, ROLES, "other") for argument in table.data}


def _paths(table: Table, base: Path | None) -> tuple[str, ...] | None:
    paths = table.texts("allowed_paths")
    if paths is None:
        return None
    for path in paths:
        if "\0" in path:
            table.fail("allowed_paths", "paths without a NUL character", path)
    # os.path.join keeps a trailing "/", which Path would drop
    return paths if base is None else tuple(os.path.join(base, path) for path in paths)  # noqa: PTH118


def _domains(table: Table) -> tuple[str, ...] | None:
    """Hosts and whole origins; what a name may look like in full is the permission checker's matter."""
    domains = table.texts("allowed_domains")
    for domain in domains or ():
        if "/" in domain.removeprefix("https://").removeprefix("http://") or any(c.isspace() for c in domain):
            shown = "a domain or a whole origin, as in api.example.com or https://api.example.com"
            table.fail("allowed_domains", shown, domain)
    return domains
