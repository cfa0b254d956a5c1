"""What a task says, read when it is opened."""

from __future__ import annotations

from contextlib import suppress

from pytest_agentsafety.provenance.reading import Reading

_LONGEST = 20_000  # characters; of a longer text what is asked is read when it is asked
_NOTHING: frozenset[str] = frozenset()


def prepare(reading: Reading) -> None:
    """Read what nearly every decision asks of a text, so that none has to in its midst.

    Whatever goes wrong does so again where it is asked, and that decision denies.
    """
    if len(reading.text) > _LONGEST:
        return
    with suppress(Exception):
        _ = reading.things, reading.days, reading.names, reading.plain, reading.given, reading.folded
        _ = reading.acts, reading.wishes, reading.replies, reading.computes, reading.delegates
        _ = reading.acts_on_all, reading.tells_of_letters
        _ = reading.says_all_of(_NOTHING), reading.states(0.5, "amount"), reading.states(".", "identifier")
