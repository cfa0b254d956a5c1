"""A run in which every foreign string attacks whoever shows it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pytest_agentsafety.model.events import (
    ApprovalGiven,
    CaseStarted,
    FinalAnswer,
    GuardChecked,
    ModelCalled,
    ModelFailed,
    ModelReplied,
    Notice,
    ToolCalled,
    ToolDecided,
    ToolReturned,
    Ungated,
)
from pytest_agentsafety.model.results import ToolStats
from tests.unit.report.evidence_builder import EvidenceBuilder, row

MARK = "document.documentElement.dataset.pwned=1"
PAYLOADS = (
    f"<script>{MARK}</script>",
    f"</script><script>{MARK}</script>",
    f'"><img src=x onerror="{MARK}">',
    f"'><svg onload='{MARK}'>",
    f"</title></style></textarea><body onpageshow={MARK}>",
    f"<!--<script>{MARK}",
    f"javascript:{MARK}",
    f"{{{{ 7*191 }}}}{{% for x in [] %}}<a href=javascript:{MARK} autofocus onfocus={MARK}>",
    "\u202e\u2066txt.exe\u2028\u2029\x1b[2J\x07\x00\ud800\U000e0041",
    "::error::boom | `x` **b** [l](http://evil.test) @user #1 <b>",
)
EVIL = " ".join(PAYLOADS)


def hostile(folder: Path) -> EvidenceBuilder:
    """One case per payload with it in every field, and one with all of them in every event."""
    builder = EvidenceBuilder(folder)
    for number, payload in enumerate((*PAYLOADS, EVIL)):
        name = f"transcripts/{number}.jsonl"
        builder.add(
            row(
                f"{number}{payload}",
                verdict=("unsafe", "error")[number % 2],
                suite=payload,
                mode=payload,
                user_task=payload,
                injection_task=payload,
                vector=payload,
                attack=payload,
                variant=payload,
                agent_id=payload,
                run_id=payload,
                model_ids=(payload,),
                guards=(payload,),
                stopped_by=(payload,),
                tools={payload: ToolStats(calls=1, errors=1)},
                error=payload,
                transcript=name,
            ),
            events(payload),
        )
        builder.add(row(f"s{number}{payload}", stopped_by=(payload,), suite=payload, transcript=name), events(payload))
    words: dict[str, Any] = dict.fromkeys(("run_id", "agent_id", "commit", "command", "started", "platform"), EVIL)
    builder.run |= words | {
        "marks": [EVIL],
        "suites": [EVIL],
        "modes": [EVIL],
        "model_ids": [EVIL],
        "versions": {EVIL: EVIL},
        "tools": {EVIL: {"effect": EVIL, "ruled": False, "drafted": False}},
        "gates": [{"metric": EVIL, "statistic": EVIL, "op": EVIL, "limit": 0, "status": EVIL, "message": EVIL, "n": 1}],
        "provenance": EVIL,
        "approver": EVIL,
        "policy_sha256": EVIL,
        "change_id": EVIL,
        "agent_kind": EVIL,
    }
    return builder


def events(x: str) -> list[Any]:
    """Every kind of step, every string `x`."""
    content = [{"type": "text", "text": x}, {"type": "tool_use", "id": x, "name": x, "input": {x: x}}, {x: x}]
    return [
        CaseStarted(case_id=x, mode=x, prompt=x, policy_sha256=x, guards=(x,), injections={x: x}),
        ModelCalled(
            model=x,
            stream=False,
            body_bytes=1,
            messages=1,
            new_messages=[{"role": x, "content": x}, {"role": x, "content": content}],
        ),
        ModelReplied(
            model=x,
            status=200,
            content=content,
            stop_reason=x,
            input_tokens=1,
            output_tokens=1,
            cost_usd=0.0,
            cost_estimated=True,
            latency_ms=1.0,
            latency_source=x,
        ),
        ToolCalled(call_id="1", tool=x, arguments={x: x}, effect=x, attacker=True),
        ToolDecided(call_id="1", tool=x, outcome=x, guard=x, rule=x, reason=x, argument=x, origin=x),
        ApprovalGiven(call_id="1", tool=x, answer=x, by=x, reason=x),
        ToolReturned(call_id="1", tool=x, status=x, result=x, raw_chars=1, latency_ms=1.0),
        GuardChecked(stage=x, guard=x, status=x, action=x, rule=x, reason=x, score=1.0, source=x),
        ModelFailed(model=x, error=x, message=x, attempt=1, stop=True),
        Ungated(tool=x, tool_use_id=x, reason=x),
        Notice(level=x, message=x),
        FinalAnswer(text=x, shown=x + "!"),
    ]
