"""Why a call that nobody ordered asks, in words that say what the task would have had to say."""

from __future__ import annotations

from collections.abc import Iterable

from pytest_agentsafety.model.policy import Effect
from pytest_agentsafety.model.safe_text import one_line
from pytest_agentsafety.model.sense import ToolSense
from pytest_agentsafety.provenance.reading import Reading
from pytest_agentsafety.provenance.wants import Want, spoken_of

_FEW = 3
_DOES: dict[Effect, str] = {
    "read": "reads",
    "write": "changes something",
    "egress": "reaches others",
    "pay": "can cost money",
    "delete": "deletes",
    "execute": "runs code",
}
_SUCH_AS: dict[Effect, tuple[str, ...]] = {
    "read": ("read",),
    "write": ("change",),
    "egress": ("send",),
    "pay": ("pay", "buy"),
    "delete": ("delete",),
    "execute": ("run",),
}


def unasked(name: str, effect: Effect, sense: ToolSense, task: Reading, want: Want) -> str:
    """The reason: what the call does, what the task orders instead, which words of the task would allow it."""
    verbs = _listed(dict.fromkeys((*sorted(sense.verbs)[:_FEW], *_SUCH_AS[effect])), " or ")
    things = _listed(sorted(sense.objects)[:_FEW], " or ")
    said = f"{name} {_DOES[effect]} (effect {effect})"
    if want in ("act", "act and thing"):
        what = f" of {things}" if things and not spoken_of(task, sense) else ""
        named = f"does not speak{what}" if what else "does not give all that it needs"
        return f"{said}; your task orders such an act, but {named}"
    orders = _listed(sorted(task.orders)[:_FEW], ", ")
    instead = f"your task orders {orders}" if orders else "your task orders nothing"
    thing = f" and speak of {things}" if things and not spoken_of(task, sense) else ""
    return f"{said}, and {instead}; it would have to order {verbs}{thing}"


def _listed(words: Iterable[str], joint: str) -> str:
    return joint.join(f'"{one_line(word, 40)}"' for word in words)
