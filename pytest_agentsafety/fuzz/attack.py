"""What to search for any target, and the whole of an attack on one: what is stored first, then what is new."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from hypothesis import strategies as st

from pytest_agentsafety.fuzz.campaign import Campaign, Progress, run_campaign
from pytest_agentsafety.fuzz.casefile import FoundCase
from pytest_agentsafety.fuzz.finding import Bypass
from pytest_agentsafety.fuzz.gate_play import with_arguments
from pytest_agentsafety.fuzz.hunting import Search
from pytest_agentsafety.fuzz.replaying import Replayed, replay
from pytest_agentsafety.fuzz.search import GuardSearches, Texts
from pytest_agentsafety.fuzz.strategies import attack_texts, splits
from pytest_agentsafety.fuzz.strategies_gate import act_texts
from pytest_agentsafety.fuzz.strategies_tools import address_spellings, path_spellings, url_spellings
from pytest_agentsafety.fuzz.targets import Target
from pytest_agentsafety.fuzz.tool_oracles import DENIED_ADDRESSES, DENIED_URLS, World
from pytest_agentsafety.model.errors import ConfigError, UnknownNameError
from pytest_agentsafety.model.waiver import Waiver


@dataclass(frozen=True, kw_only=True)
class Known:
    """Stored cases of a target, and the configuration's waivers by case id."""

    cases: Sequence[FoundCase] = ()
    waivers: Mapping[str, Waiver] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """Texts of the user's own for a guard; None: ours."""

    attacks: Texts | None = None
    clean: Texts | None = None


def searches_of(
    target: Target, names: Sequence[str] = (), drawn: Drawn | None = None
) -> tuple[list[Search], list[str]]:
    """The searches for a target, and what was left out and why.

    Raises UnknownNameError for an oracle it has not, ConfigError for texts where there is no guard to show them to.
    """
    own = drawn or Drawn()
    if target.guard is not None:
        probe = GuardSearches(target.guard, stage=target.stage, attacks=own.attacks, clean=own.clean)
        return probe.make(names), probe.notes
    if own != Drawn():
        raise ConfigError(f"{target.reference}: texts of your own are for guards; {target.name} is tried without any")
    for name in names:
        if name not in target.oracles:
            raise UnknownNameError("oracle", name, target.oracles, place=target.reference)
    made = _of_gate(target) if target.policy is not None else _of_tool(target)
    return [search for search in made if not names or search.oracle.name in names], []


def _of_gate(target: Target) -> list[Search]:
    assert target.policy is not None
    runs = act_texts(with_arguments(target.policy))
    return [
        Search(oracle=target.oracles["chunking"], originals=attack_texts(), chains=splits()),
        Search(oracle=target.oracles["invariants"], originals=runs, chains=st.just(())),
    ]


def _of_tool(target: Target) -> list[Search]:
    assert target.world is not None
    return [_spelled(target, name, target.world) for name in target.oracles]


def _spelled(target: Target, name: str, world: World) -> Search:
    hosts = [host.replace("*.", "www.") for host in world.rule.allowed_domains or ()] or ["example.com"]
    if name == "paths":
        originals, chains = st.sampled_from(world.denied_paths), path_spellings(world.folders or ("data",))
    elif name == "urls":
        originals, chains = st.sampled_from(DENIED_URLS), url_spellings(hosts)
    else:
        originals, chains = st.sampled_from(DENIED_ADDRESSES), address_spellings(hosts)
    return Search(oracle=target.oracles[name], originals=originals, chains=chains)


def attack(
    target: Target,
    *,
    stored: Known,
    today: date,
    oracles: Sequence[str] = (),
    seconds: float | None = None,
    examples: int | None = None,
    seed: int | None = None,
    drawn: Drawn | None = None,
    progress: Progress | None = None,
    found: Callable[[Bypass], None] | None = None,
) -> tuple[list[Replayed], Campaign]:
    """Replay the stored cases of a target, then hunt for what they do not cover."""
    again = [replay(case, target, waiver=stored.waivers.get(case.id), today=today) for case in stored.cases]
    searches, notes = searches_of(target, oracles, drawn)
    # A fixed case is no excuse: only what is still broken is no news.
    known = [
        (one.case.bypass.oracle, frozenset(step.name for step in one.case.bypass.chain))
        for one in again
        if one.verdict == "unsafe" and one.case.bypass.chain
    ]
    campaign = run_campaign(
        target.name,
        searches,
        seconds=seconds,
        examples=examples,
        seed=seed,
        known=known,
        progress=progress,
        found=found,
    )
    campaign.notes += notes
    return again, campaign
