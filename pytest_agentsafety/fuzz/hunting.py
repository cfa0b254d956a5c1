"""The hunt: draw examples until an oracle is broken, then shrink to the smallest one."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random

from hypothesis import HealthCheck, Phase, find, settings, target
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample
from hypothesis.strategies import SearchStrategy

from pytest_agentsafety.fuzz.chains import Chain, steps_of
from pytest_agentsafety.fuzz.finding import Bypass
from pytest_agentsafety.fuzz.interrupt import insisting
from pytest_agentsafety.fuzz.oracles import Oracle
from pytest_agentsafety.fuzz.verdict import Verdict

_SHRINK_CALLS = 400
Names = frozenset[str]


@dataclass(frozen=True, kw_only=True, repr=False)
class Search:
    """What is drawn for one oracle. `guided`: follow the guard's score downwards where it has one."""

    oracle: Oracle
    originals: SearchStrategy[str]
    chains: SearchStrategy[Chain]
    guided: bool = True


@dataclass(kw_only=True)
class Hunted:
    """How a hunt went: `examples` were tried, of which `worth` could show something; seconds."""

    oracle: str
    examples: int = 0
    worth: int = 0
    first_at: int | None = None
    seconds: float = 0.0
    bypass: Bypass | None = None


class Stopped(BaseException):
    """The time is up. No Exception: Hypothesis would take it for what it looks for."""


@dataclass(kw_only=True, repr=False)  # Hypothesis writes it out, and what is drawn from is long
class _Trying:
    """One run of `find`: counts, keeps the smallest broken example, and stops at the deadline."""

    search: Search
    told: Hunted
    deadline: float
    known: Collection[Names]
    progress: Callable[[Hunted], None] | None
    scores: set[float] = field(default_factory=set)
    best: tuple[tuple[int, int, int], str, Chain] | None = None
    shrinking: int = 0
    asked: Callable[[], None] = lambda: None

    def __call__(self, pair: tuple[str, Chain]) -> bool:
        self.asked()
        self._count()
        original, chain = pair
        oracle = self.search.oracle
        before = oracle.before(original)
        if not oracle.worth(before):
            return False
        self.told.worth += 1
        after = oracle.after(oracle.deliver(original, chain))
        if not oracle.broken(before, after):
            self._guide(after)
            return False
        names = frozenset(step.name for step in chain)
        if any(seen <= names for seen in self.known):
            return False
        self._keep(original, chain)
        return True

    def _count(self) -> None:
        if self.best is None:
            self.told.examples += 1
        else:
            self.shrinking += 1
        if self.progress is not None and not self.told.examples % 256:
            self.progress(self.told)
        if time.monotonic() > self.deadline or self.shrinking > _SHRINK_CALLS:
            raise Stopped

    def _guide(self, after: Verdict) -> None:
        """Towards lower scores, as soon as the guard has shown that it has more than one."""
        if self.search.guided and after.score:
            self.scores.add(after.score)
            if len(self.scores) > 2:
                target(-after.score, label="score")

    def _keep(self, original: str, chain: Chain) -> None:
        if self.best is None:
            self.told.first_at = self.told.examples
        size = (len(chain), sum(len(step.params) for step in chain), len(original))
        if self.best is None or size < self.best[0]:
            self.best = (size, original, chain)


def hunt(
    search: Search,
    *,
    max_examples: int = 1000,
    seconds: float | None = None,
    seed: int | None = None,
    derandomize: bool = False,
    known: Collection[Names] = (),
    progress: Callable[[Hunted], None] | None = None,
) -> Hunted:
    """Look for one bypass. Ends at the first of `max_examples`, `seconds` and a find, which is shrunk.

    `known` are the step names of bypasses that are found already: a chain that holds all names of one is no news.
    `seed` repeats a hunt, as far as it is not cut off by time. `progress` is called now and then.
    Ctrl-C (KeyboardInterrupt) passes through, with what was found so far in its attribute `hunted`.
    """
    told = Hunted(oracle=search.oracle.name)
    began = time.monotonic()
    trying = _Trying(
        search=search,
        told=told,
        deadline=began + seconds if seconds is not None else float("inf"),
        known=known,
        progress=progress,
    )
    random = None if seed is None else Random(seed)
    pairs = st.tuples(search.originals, search.chains)
    try:
        with insisting() as asked:
            trying.asked = asked
            with suppress(NoSuchExample, Stopped):
                find(pairs, trying, settings=_options(max_examples, derandomize and seed is None), random=random)
            asked()
    except KeyboardInterrupt as stop:
        vars(stop)["hunted"] = _done(told, trying, began)
        raise
    return _done(told, trying, began)


def _options(max_examples: int, derandomize: bool) -> settings:
    return settings(
        max_examples=max_examples,
        derandomize=derandomize,
        database=None,
        deadline=None,
        phases=(Phase.generate, Phase.target, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )


def _done(told: Hunted, trying: _Trying, began: float) -> Hunted:
    if trying.best is not None:
        _, original, chain = trying.best
        told.bypass = smallest(trying.search.oracle, original, chain)
    told.seconds = time.monotonic() - began
    return told


def smallest(oracle: Oracle, original: str, chain: Chain) -> Bypass:
    """Leave out every step that is not needed, and give the others their simplest parameters.

    Hypothesis shrinks the numbers that chains are made of, which says little about the chains.
    """
    original = _smaller(oracle, original, chain)
    before = oracle.before(original)

    def breaks(steps: Chain) -> bool:
        return bool(steps) and oracle.broken(before, oracle.after(oracle.deliver(original, steps)))

    chain = _simpler(_shorter(chain, breaks), breaks)
    attempt = oracle.deliver(original, chain)
    return Bypass(
        oracle=oracle.name,
        promise=oracle.promise,
        attack=original,
        chain=chain,
        pieces=attempt.pieces,
        before=before,
        after=oracle.after(attempt),
    )


def _smaller(oracle: Oracle, original: str, chain: Chain) -> str:
    """An original that is made of parts (a run of acts) without those that are not needed."""
    parts: Callable[[str], Iterable[str]] = getattr(oracle, "smaller", lambda _: ())

    def breaks(shorter: str) -> bool:
        before = oracle.before(shorter)
        return oracle.worth(before) and oracle.broken(before, oracle.after(oracle.deliver(shorter, chain)))

    while (shorter := next(filter(breaks, parts(original)), None)) is not None:
        original = shorter
    return original


def _shorter(chain: Chain, breaks: Callable[[Chain], bool]) -> Chain:
    place = 0
    while place < len(chain):
        without = chain[:place] + chain[place + 1 :]
        if breaks(without):
            chain, place = without, 0
        else:
            place += 1
    return chain


def _simpler(chain: Chain, breaks: Callable[[Chain], bool]) -> Chain:
    for place, step in enumerate(chain):
        for simple in steps_of(step.name):
            if simple == step:
                break
            changed = (*chain[:place], simple, *chain[place + 1 :])
            if breaks(changed):
                chain = changed
                break
    return chain
