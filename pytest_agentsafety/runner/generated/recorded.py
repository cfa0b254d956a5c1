"""A recorded benign run as turns that a hijacked model can play."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pytest_agentsafety.cassettes.file import Interaction, read_cassette
from pytest_agentsafety.llm.wire import decode
from pytest_agentsafety.model.messages import PlannedCall, PlannedTurn


def recorded_turns(path: Path) -> tuple[PlannedTurn, ...] | None:
    """The assistant's turns of a cassette, in order; None where there is no file, or no answer with words at its end.

    Raises CassetteFileError for a damaged file.
    """
    if not path.is_file():
        return None
    turns = tuple(_turn(message) for message in _messages(read_cassette(path).interactions))
    return turns if turns and not turns[-1].calls else None


def _messages(interactions: Sequence[Interaction]) -> Iterator[Mapping[str, Any]]:
    for one in interactions:
        kind = next((value for name, value in one.headers.items() if name.lower() == "content-type"), "")
        found = decode(one.body, kind).message if one.status == 200 else None
        if found is not None:
            yield found


def _turn(message: Mapping[str, Any]) -> PlannedTurn:
    blocks = [block for block in message.get("content") or () if isinstance(block, Mapping)]
    text = "\n".join(str(block["text"]) for block in blocks if block.get("type") == "text" and block.get("text"))
    calls = tuple(
        PlannedCall(name=str(block.get("name")), arguments=dict(block.get("input") or {}))
        for block in blocks
        if block.get("type") == "tool_use"
    )
    return PlannedTurn(text=text, calls=calls)
