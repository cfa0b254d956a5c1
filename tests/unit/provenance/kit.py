"""A run in few words: tools of a boat club and a museum, what they returned, and the decision on a call."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from pytest_agentsafety.model.decisions import Decision
from pytest_agentsafety.model.messages import ToolCall
from pytest_agentsafety.model.policy import ProvenanceMode, ToolRule
from pytest_agentsafety.model.sense import ToolSense
from pytest_agentsafety.provenance import ProvenanceTracker
from pytest_agentsafety.provenance.tracker import MECHANISMS

Tool = tuple[str, ToolRule, ToolSense]


def tool(name: str, effect: Any, verbs: str, objects: str, result: Any = "value", **roles: Any) -> Tool:
    """A tool by its name, with a rule somebody wrote and the meaning of its words."""
    trust: Any = "untrusted" if result == "outside" else "trusted"
    return (
        name,
        ToolRule(effect=effect, roles=roles, result_trust=trust),
        ToolSense(tool=name, verbs=frozenset(verbs.split()), objects=frozenset(objects.split()), result=result),
    )


TOOLS: dict[str, Tool] = {
    made[0]: made
    for made in (
        tool("read_letters", "read", "read", "letter", "outside", query="query"),
        tool("open_letter", "read", "open read", "letter", "outside", letter_id="identifier"),
        tool("list_members", "read", "list", "member", "own"),
        tool("list_berths", "read", "list", "berth", "own", pier="other"),
        tool("list_invoices", "read", "list", "invoice", "own"),
        tool("browse_market", "read", "browse", "offer", "outside", query="query"),
        tool("read_document", "read", "read", "document file", "outside", path="path"),
        tool("vault_entries", "read", "list", "entry", "own"),
        tool("visit_page", "egress", "visit fetch", "page", "outside", url="url"),
        tool("lookup", "read", "search", "article", "outside", term="query"),
        tool("search_web", "egress", "search", "article", "outside", term="query"),
        tool(
            "mail_letter",
            "egress",
            "send",
            "letter",
            to="destination",
            cc="destination",
            title="content",
            body="content",
        ),
        tool("post_notice", "egress", "post", "notice", board="destination", text="content"),
        tool("pay_invoice", "pay", "pay", "invoice", account="destination", amount="amount", note="content"),
        tool("transfer", "pay", "transfer", "money", account="destination", amount="amount", note="content"),
        tool("delete_document", "delete", "delete", "document file", path="path"),
        tool("remove_member", "delete", "remove", "member", member_id="identifier"),
        tool("add_note", "write", "add", "note", title="content", text="content"),
        tool("move_letter", "write", "move", "letter", letter_id="identifier", folder="other"),
        tool("write_document", "write", "write save", "document file", path="path", text="content"),
        tool(
            "book_berth", "write", "book reserve", "berth", berth="identifier", start="time", end="time", price="amount"
        ),
        tool("set_heating", "write", "set", "heating", room="identifier", degrees="other"),
        tool("run_script", "execute", "run", "script", path="path"),
    )
}


class Run:
    """One task and what was heard; `heard` and `call` take a tool of TOOLS, `judge` may change its rule."""

    def __init__(
        self, task: str, *, system: str | None = None, mode: ProvenanceMode = "enforce", off: Iterable[str] = ()
    ) -> None:
        self.tracker = ProvenanceTracker(task, system=system, mode=mode, off=frozenset(off))

    def heard(self, tool: str | Tool, result: Any, **arguments: Any) -> Run:
        """Text as it is; anything else as data with its JSON as text."""
        name, rule, sense = TOOLS[tool] if isinstance(tool, str) else tool
        text = result if isinstance(result, str) else json.dumps(result, ensure_ascii=False, default=str)
        data = None if isinstance(result, str) else result
        self.tracker.saw_result(ToolCall(call_id="r", name=name, arguments=arguments), rule, sense, text, data)
        return self

    def judge(self, tool: str | Tool, **arguments: Any) -> Decision:
        name, rule, sense = TOOLS[tool] if isinstance(tool, str) else tool
        return self.tracker.judge(ToolCall(call_id="c", name=name, arguments=arguments), rule, sense)

    def outcome(self, tool: str | Tool, **arguments: Any) -> str:
        return self.judge(tool, **arguments).outcome

    def rule(self, tool: str | Tool, **arguments: Any) -> str:
        return self.judge(tool, **arguments).rule.removeprefix("provenance.")


ALL_BUT = {name: frozenset({name}) for name in MECHANISMS}
