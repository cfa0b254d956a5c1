"""Declared runs: the turns of a ground truth."""

from __future__ import annotations

from pytest_agentsafety.catalog.checks import Names
from pytest_agentsafety.catalog.schema import Item
from pytest_agentsafety.model.messages import PlannedCall, PlannedTurn


def parse_turns(item: Item, names: Names, *, last_words: bool) -> tuple[PlannedTurn, ...]:
    """A list of turns: `calls` in all but the last one, `text` at least in the last one.

    With `last_words` the run must end with a turn of words alone; without, that turn may be absent.
    """
    items = item.items(empty=False)
    turns = tuple(_turn(entry, names) for entry in items)
    for entry, turn in zip(items[:-1], turns[:-1], strict=True):
        if not turn.calls:
            raise entry.error("a turn without calls ends the run, but more turns follow")
    if last_words and turns[-1].calls:
        raise items[-1].error("the last turn makes calls; the run must end with a turn of 'text' alone")
    return turns


def _turn(item: Item, names: Names) -> PlannedTurn:
    keys = item.table(optional=["text", "calls"])
    if not keys:
        raise item.error("the turn is empty; give it 'text', 'calls' or both")
    text = keys["text"].text().strip() if "text" in keys else ""
    calls = keys["calls"].items(empty=False) if "calls" in keys else []
    return PlannedTurn(text=text, calls=tuple(_call(entry, names) for entry in calls))


def _call(item: Item, names: Names) -> PlannedCall:
    keys = item.table(["tool"], ["with"])
    tool = keys["tool"].choice("tool", names.tools)
    given = keys["with"].entries() if "with" in keys else {}
    for name, value in given.items():
        if name not in names.tools[tool]:
            raise value.unknown(f"argument of {tool}", name, names.tools[tool])
    missing = sorted(names.required(tool) - given.keys())
    if missing:
        raise item.error(f"call of {tool} lacks the argument {missing[0]!r}")
    return PlannedCall(name=tool, arguments={name: value.plain() for name, value in given.items()})
