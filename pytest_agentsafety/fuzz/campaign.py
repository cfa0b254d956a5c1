"""Several hunts over one target, until the time, the examples or the patience is used up."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace

from pytest_agentsafety.fuzz.finding import Bypass
from pytest_agentsafety.fuzz.hunting import Hunted, Names, Search, hunt

MOST_PER_ORACLE = 8


@dataclass(kw_only=True)
class Campaign:
    """What came of it. `interrupted`: Ctrl-C ended it; what was found until then is here."""

    target: str
    hunts: list[Hunted] = field(default_factory=list)
    bypasses: list[Bypass] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    interrupted: bool = False

    @property
    def examples(self) -> int:
        return sum(hunted.examples for hunted in self.hunts)

    @property
    def seconds(self) -> float:
        return sum(hunted.seconds for hunted in self.hunts)


Progress = Callable[[Campaign, Hunted], None]


def run_campaign(
    name: str,
    searches: Sequence[Search],
    *,
    seconds: float | None = None,
    examples: int | None = None,
    seed: int | None = None,
    derandomize: bool = False,
    known: Collection[tuple[str, Names]] = (),
    progress: Progress | None = None,
    found: Callable[[Bypass], None] | None = None,
) -> Campaign:
    """Each search has its share of the time, or as many `examples` each; after a find it goes on for others.

    `known` are (oracle, step names) of bypasses that are no news; `found` is called for each new one at once, so that
    what was found is kept whatever comes after. Ctrl-C ends the campaign, and it is returned as far as it came.
    """
    campaign = Campaign(target=name)
    # The short ones first: what they leave of their share, the long ones have.
    began = time.monotonic()
    try:
        for place, search in enumerate(searches):
            left = None if seconds is None else seconds - (time.monotonic() - began)
            share = None if left is None else left / (len(searches) - place)
            seen = [names for oracle, names in known if oracle == search.oracle.name]
            for hunted in _hunts(campaign, search, share, examples, seed, derandomize, seen, progress):
                if hunted.bypass is not None:
                    bypass = replace(hunted.bypass, guard=name)
                    campaign.bypasses.append(bypass)
                    if found is not None:
                        found(bypass)
    except KeyboardInterrupt as stop:
        campaign.interrupted = True
        cut_off: Hunted | None = getattr(stop, "hunted", None)
        if cut_off is not None:
            campaign.hunts.append(cut_off)
            if cut_off.bypass is not None:
                campaign.bypasses.append(replace(cut_off.bypass, guard=name))
                if found is not None:
                    found(campaign.bypasses[-1])
    return campaign


def _hunts(
    campaign: Campaign,
    search: Search,
    share: float | None,
    examples: int | None,
    seed: int | None,
    derandomize: bool,
    seen: list[Names],
    progress: Progress | None,
) -> Iterator[Hunted]:
    """One hunt after the other, each for something new, in the time and the examples that are left."""
    end = None if share is None else time.monotonic() + share
    left = examples if examples is not None else (10**9 if share is not None else 2000)
    for turn in range(MOST_PER_ORACLE):
        hunted = hunt(
            search,
            max_examples=left,
            seconds=None if end is None else max(0.0, end - time.monotonic()),
            seed=None if seed is None else seed + turn,
            derandomize=derandomize,
            known=seen,
            progress=None if progress is None else lambda told: progress(campaign, told),
        )
        campaign.hunts.append(hunted)
        yield hunted
        left -= hunted.examples
        if hunted.bypass is None or not hunted.bypass.chain or left <= 0:
            return
        if end is not None and time.monotonic() >= end:
            return
        seen.append(frozenset(step.name for step in hunted.bypass.chain))
