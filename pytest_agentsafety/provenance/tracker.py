"""Where argument values come from, and whether that is good enough for a call.

The seam is `saw_result`, `origins` and `judge`; how a value is traced to its source may change behind it.
"""

from __future__ import annotations

from pytest_agentsafety.model.decisions import Decision, Origin, Outcome
from pytest_agentsafety.model.messages import ToolCall
from pytest_agentsafety.model.policy import ProvenanceMode, Role, ToolRule, Trust
from pytest_agentsafety.model.safe_text import one_line
from pytest_agentsafety.provenance.intent import contradiction
from pytest_agentsafety.provenance.leaves import Leaf, is_critical, leaves
from pytest_agentsafety.provenance.links import has_query, link_host, links, telling
from pytest_agentsafety.provenance.normal import normalise
from pytest_agentsafety.provenance.sources import UNKNOWN, Heard, Spoken


def _decision(
    outcome: Outcome, rule: str, reason: str, where: str | None = None, origin: str | None = None
) -> Decision:
    return Decision(
        outcome=outcome, guard="provenance", rule=f"provenance.{rule}", reason=reason, argument=where, origin=origin
    )


def _shown(leaf: Leaf) -> str:
    return f'{one_line(leaf.where)} "{one_line(str(leaf.value), 120)}"'


def _from(origin: Origin) -> str:
    if origin.source.startswith("tool:"):
        return f"comes from the result of {one_line(origin.source[5:])}, not from your task"
    return "is not in your task, and no tool result shows it: the model made it up or changed it"


class ProvenanceTracker:
    """Knows what was said in one run. `task` is the user's, `system` the developer's; everything else is a tool's."""

    def __init__(self, task: str, *, system: str | None = None, mode: ProvenanceMode = "enforce") -> None:
        self._task, self._mode = Spoken(task), mode
        self._system = Spoken(system) if system else None
        self._results: list[Heard] = []

    def saw_result(self, tool: str, text: str, trust: Trust) -> None:
        """Remember what a tool returned, as the model saw it."""
        if text:
            self._results.append(Heard(tool, text, trust))

    def origin(self, value: object, role: Role | None = None) -> Origin:
        """Where a single value comes from. The user wins over the developer, both over tools, untrusted tools over
        trusted ones; a tool's `detail` is its trust. "unknown" when it stands nowhere."""
        return self._trusted(value, role) or self._tool(value)

    def origins(self, call: ToolCall, rule: ToolRule) -> dict[str, Origin]:
        """The origin of each critical value of a call, by where it stands ("to", "cc[0]")."""
        critical = [leaf for leaf in leaves(call, rule) if is_critical(leaf, rule)]
        return {leaf.where: self.origin(leaf.value, leaf.role) for leaf in critical}

    def judge(self, call: ToolCall, rule: ToolRule) -> Decision:
        """Allowed (a read, or endorsed), ask, or (strict only) denied."""
        name = one_line(call.name)
        if not rule.is_write:
            return _decision("allowed", "off" if self._mode == "off" else "read", f"{name} only reads")
        if self._mode == "off":
            return _decision("ask", "off", f"provenance is off, so {name} (effect {rule.effect}) has to be asked about")
        found = leaves(call, rule)
        critical = [leaf for leaf in found if is_critical(leaf, rule)]
        return (
            self._critical(critical)
            or self._content([leaf for leaf in found if not is_critical(leaf, rule)], rule)
            or self._effect(name, rule, critical)
        )

    def _trusted(self, value: object, role: Role | None) -> Origin | None:
        if self._task.states(value, role):
            return Origin(source="user")
        if self._system is not None and self._system.states(value, role):
            return Origin(source="developer")
        return None

    def _known_host(self, host: str) -> bool:
        return self._task.names_host(host) or (self._system is not None and self._system.names_host(host))

    def _tool(self, value: object) -> Origin:
        found = None
        for result in tuple(self._results):
            if (found is None or result.trust == "untrusted") and result.contains(value):
                found = Origin(source=f"tool:{result.tool}", detail=result.trust)
                if result.trust == "untrusted":
                    break
        return found or UNKNOWN

    def _critical(self, critical: list[Leaf]) -> Decision | None:
        """The first value that nobody trusted named; in strict mode one from untrusted text comes first."""
        first = None
        for leaf in critical:
            if self._trusted(leaf.value, leaf.role) is not None:
                continue
            origin = self._tool(leaf.value)
            reason = f"{_shown(leaf)} {_from(origin)}"
            if self._mode == "strict" and origin.detail == "untrusted":
                return _decision("denied", "untrusted_argument", reason, leaf.where, origin.source)
            first = first or _decision("ask", "unendorsed", reason, leaf.where, origin.source)
            if self._mode != "strict":
                break
        return first

    def _content(self, content: list[Leaf], rule: ToolRule) -> Decision | None:
        for leaf in content:
            if isinstance(leaf.value, str):
                text = normalise(leaf.value)
                decision = self._smuggled(leaf, text) if self._mode == "strict" else None
                decision = decision or (self._foreign_link(leaf, text) if rule.effect == "egress" else None)
                if decision is not None:
                    return decision
        return None

    def _smuggled(self, leaf: Leaf, text: str) -> Decision | None:
        """A link, address or account number in a text that only stands in an untrusted result."""
        for item in dict.fromkeys(telling(text)):
            if self._trusted(item, None) is None:
                origin = self._tool(item)
                if origin.detail == "untrusted":
                    reason = f'{one_line(leaf.where)} carries "{one_line(item, 120)}", which {_from(origin)}'
                    return _decision("denied", "untrusted_content", reason, leaf.where, origin.source)
        return None

    def _foreign_link(self, leaf: Leaf, text: str) -> Decision | None:
        """A link that leaves with the text and could carry data: to a host nobody named, or with a query."""
        for link in dict.fromkeys(links(text)):
            if self._trusted(link, "url") is not None:
                continue
            if has_query(link) or not self._known_host(link_host(link)):
                origin = self._tool(link)
                reason = f'{one_line(leaf.where)} carries the link "{one_line(link, 120)}", which {_from(origin)}'
                return _decision("ask", "foreign_link", reason, leaf.where, origin.source)
        return None

    def _effect(self, name: str, rule: ToolRule, critical: list[Leaf]) -> Decision:
        forbidden = contradiction(self._task.folded, rule.effect)
        if forbidden is not None:
            return _decision(
                "ask",
                "contradicted",
                f'your task says "{one_line(forbidden)}", but {name} has the effect {rule.effect}',
            )
        if not critical:
            reason = f"{name} (effect {rule.effect}) has no argument that your task could have named"
            return _decision("ask", "unendorsed", reason)
        named = ", ".join(_shown(leaf) for leaf in critical[:5]) + (", ..." if len(critical) > 5 else "")
        return _decision("allowed", "endorsed", f"{named}: all given by you or the developer", None, "user")
