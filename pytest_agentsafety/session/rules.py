"""The rules each suite runs under: its own or a drafted policy, with what the options and the configuration change."""

from __future__ import annotations

from dataclasses import replace

from pytest_agentsafety.config import Settings
from pytest_agentsafety.model.messages import ToolSpec
from pytest_agentsafety.model.policy import GUARDS, ApprovalRules, BudgetLimits, GuardName, Policy, ToolRule
from pytest_agentsafety.permissions import draft_policy
from pytest_agentsafety.protocols import Suite
from pytest_agentsafety.runner.generated import as_delegate
from pytest_agentsafety.session.options import RunOptions


class SuiteRules:
    """Policies by suite, computed once each."""

    def __init__(self, options: RunOptions, settings: Settings) -> None:
        self._settings = settings
        self.guards: frozenset[GuardName] = options.checked_guards()
        self._provenance = options.checked_provenance()
        self._approver = options.checked_approver()
        self._known: dict[int, tuple[Suite, Policy]] = {}  # the suite is held so that its id stays its own

    def policy_for(self, suite: Suite) -> Policy:
        """Raises what opening the suite raises, when its tools have to be read to draft rules for them."""
        known = self._known.get(id(suite))
        if known is None:
            known = self._known[id(suite)] = (suite, self.adapted(suite.policy or self._drafted(suite)))
        return known[1]

    def _drafted(self, suite: Suite) -> Policy:
        """The user's policy, with a rule drafted from its schema for each tool the user gave none."""
        written = self._settings.policy
        drafted: dict[str, ToolRule] = draft_policy(_tools_of(suite))
        for name in getattr(suite, "delegates", ()):
            drafted[name] = as_delegate(drafted[name])
        budget = written.budget
        if "budget" not in self._settings.explicit:
            budget = getattr(suite, "budget", None) or budget
        return replace(written, tools={**drafted, **written.tools}, budget=budget)

    def adapted(self, policy: Policy) -> Policy:
        """A policy with what options and configuration change: guards, provenance mode, approver."""
        settings = self._settings
        provenance = self._provenance
        if provenance is None and "provenance" in settings.explicit:
            provenance = settings.policy.provenance
        approver = self._approver
        if approver is None and "approval.approver" in settings.explicit:
            approver = settings.policy.approval.approver
        approval = replace(
            policy.approval,
            approver=approver or policy.approval.approver,
            callback=policy.approval.callback or settings.policy.approval.callback,
            # Where and how long is asked decides nothing: it stays out of the policy's hash (see Session.asking).
            queue=None,
            timeout=ApprovalRules.timeout,
        )
        # A list of guards names those that run: the user's own are not on it.
        own = policy.guardrails if self.guards == frozenset(GUARDS) else ()
        return replace(
            policy, guards=self.guards, provenance=provenance or policy.provenance, approval=approval, guardrails=own
        )

    def raised_budgets(self, suites: list[Suite]) -> list[str]:
        """Where a suite's budget is larger than the default, in words for header and report."""
        default = BudgetLimits()
        lines = []
        for suite in suites:
            budget = self.policy_for(suite).budget
            raised = [
                f"{name} {getattr(budget, name):,g}"
                for name in default.__dataclass_fields__
                if getattr(budget, name) > getattr(default, name)
            ]
            if raised:
                lines.append(f"budget of {suite.name} raised: {', '.join(raised)}")
        return lines


def _tools_of(suite: Suite) -> list[ToolSpec]:
    own = getattr(suite, "own_tools", None)
    if own is not None:
        return [tool.spec for tool in own]
    scenario = suite.open(suite.cases()[0])
    try:
        return list(scenario.tools)
    finally:
        scenario.close()
