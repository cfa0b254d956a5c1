"""The lists of `benchmarks/guard_texts`: requests and tool calls, harmful ones and look-alikes, all our own.

`*_tuned` lists were looked at while the rules were written. `*_held` lists were written before the rules were widened,
and only counted. `*_more` lists were written after that, paraphrases on purpose: at first contact 21 of the 57 harmful
ones were found; they were tuned on since. `*_languages` lists were written beside the patterns of their languages: they
show that these work, not how far they reach.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

FOLDER = Path(__file__).parents[1] / "guard_texts"


class Text(NamedTuple):
    """`kind` is a content category, the kind of a look-alike, or a language."""

    kind: str
    text: str


class Call(NamedTuple):
    """A tool call; `endorsed`: the user asked for it."""

    tool: str
    effect: str
    endorsed: bool
    arguments: dict[str, Any]


def texts(name: str) -> list[Text]:
    """A list of lines `kind: text`."""
    lines = (FOLDER / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    return [Text(*line.split(": ", 1)) for line in lines]


def calls(name: str) -> list[Call]:
    """A list of lines `tool effect: {arguments}`, with "!" behind the effect where the user asked for the call.

    `$ ...` is a command for `run_command` (effect "execute"), `? ...` a statement for `query_db` (effect "read").
    """
    return list(_calls((FOLDER / f"{name}.txt").read_text(encoding="utf-8")))


def _calls(text: str) -> Iterator[Call]:
    for line in _lines(text):
        if line.startswith("$ "):
            yield Call("run_command", "execute", False, {"command": line[2:]})
        elif line.startswith("? "):
            yield Call("query_db", "read", False, {"sql": line[2:]})
        else:
            head, arguments = line.split(": ", 1)
            tool, effect = head.split(" ")
            yield Call(tool, effect.rstrip("!"), effect.endswith("!"), json.loads(arguments))


def _lines(text: str) -> list[str]:
    """Lines of the file; a statement may go on in the next one."""
    lines: list[str] = []
    for line in text.splitlines():
        if line.startswith((" TABLE", "FROM ")):
            lines[-1] += "\n" + line
        else:
            lines.append(line)
    return lines
