"""What to draw for a guard: originals that it detects, clean ones, and what is done to them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from itertools import islice
from random import Random

from hypothesis import HealthCheck, Phase, find, settings
from hypothesis.errors import NoSuchExample
from hypothesis.strategies import SearchStrategy, sampled_from

from pytest_agentsafety.fuzz.chains import Chain, steps_of
from pytest_agentsafety.fuzz.hunting import Search
from pytest_agentsafety.fuzz.identities import examples
from pytest_agentsafety.fuzz.oracles import ORACLES, GuardOracle, GuardProbe
from pytest_agentsafety.fuzz.stage_oracles import Ordered, StageGuard
from pytest_agentsafety.fuzz.strategies import attack_texts, clean_texts, harmless, obfuscations, splits
from pytest_agentsafety.fuzz.targets import stage_of
from pytest_agentsafety.fuzz.texts import CARRIERS, CLEAN, HARM, attacks
from pytest_agentsafety.model.decisions import GuardContext, Stage
from pytest_agentsafety.model.errors import ConfigError, UnknownNameError
from pytest_agentsafety.protocols import Guardrail

_MOST = 400


def default_originals(guard: Guardrail) -> list[str]:
    """Texts that a guard may be meant for: injections, requests for harm, personal data, its canaries and topics."""
    own = [f"Sure, here it is: {canary}" for canary in getattr(guard, "canaries", ())]
    scope = getattr(guard, "scope", None)
    own += [f"Tell me about {topic}." for topic in getattr(scope, "denied_topics", ())]
    carried = [carrier.replace("{attack}", attacks()[0]) for carrier in CARRIERS[1:]]
    return [*own, *attacks(), *carried, *HARM, *examples()]


Texts = SearchStrategy[str] | Sequence[str]


def as_texts(given: object, place: str) -> SearchStrategy[str]:
    """A strategy, a list of texts, or a function that gives one of them, as a strategy. Raises ConfigError."""
    made = given() if callable(given) and not isinstance(given, SearchStrategy) else given
    if isinstance(made, SearchStrategy):
        return made
    if isinstance(made, Sequence) and not isinstance(made, str) and made and all(isinstance(one, str) for one in made):
        return sampled_from(list(made))
    raise ConfigError(f"{place}: expected a Hypothesis strategy of texts or a list of texts, got {type(made).__name__}")


class GuardSearches:
    """The searches for one guard. What is not given is chosen by what the guard detects plain."""

    def __init__(
        self,
        guard: Guardrail,
        *,
        stage: Stage | None = None,
        attacks: Texts | None = None,
        clean: Texts | None = None,
        chains: SearchStrategy[Chain] | None = None,
    ) -> None:
        self.guard = guard
        self.probe = GuardProbe(guard, GuardContext(stage=stage or stage_of(guard)))
        self._attacks = None if attacks is None else as_texts(attacks, "attacks")
        self._clean = None if clean is None else as_texts(clean, "clean")
        self._chains = chains
        self.notes: list[str] = []

    def order(self, names: Sequence[str]) -> list[Search]:
        """The search for an order of the guards that matters, where there are several."""
        if not isinstance(self.guard, StageGuard) or (names and "order" not in names):
            return []
        originals = sampled_from([*default_originals(self.guard), *CLEAN])
        orders = sampled_from([(step,) for step in steps_of("guard_order")])
        return [Search(oracle=Ordered(self.guard), originals=originals, chains=orders)]

    def make(self, names: Sequence[str] = ()) -> list[Search]:
        """A search per oracle; those that nothing could be learned from are left out, and `notes` say why.

        Raises UnknownNameError for an oracle that is none, ConfigError when nothing is left.
        """
        for name in names:
            if name not in (*ORACLES, "order"):
                raise UnknownNameError("oracle", name, (*ORACLES, "order"))
        made = [self._one(oracle(self.probe)) for name, oracle in ORACLES.items() if not names or name in names]
        found = [search for search in made if search is not None] + self.order(names)
        if not found:
            raise ConfigError("; ".join(self.notes))
        return found

    def _one(self, oracle: GuardOracle) -> Search | None:
        makers: dict[str, Callable[[GuardOracle], Search | None]] = {
            "obfuscation": self._obfuscation,
            "harmless": self._harmless,
            "chunking": self._chunking,
            "redaction": self._redaction,
        }
        return makers[oracle.name](oracle)

    def _detected(self, oracle: GuardOracle) -> SearchStrategy[str] | None:
        """Attacks that are worth it; a strategy of the user's is asked for a sample first."""
        if self._attacks is not None:
            if any(oracle.worth(oracle.before(text)) for text in _sample(self._attacks)):
                return self._attacks
            tried = "the plain attacks that were given"
        else:
            kept = _worth(oracle, default_originals(self.guard))
            if kept:
                return sampled_from(kept)
            tried = "our plain attacks"
        self.notes.append(f"guard {self.probe.name!r} detects none of {tried}: pass `attacks` that it is meant for")
        return None

    def _obfuscation(self, oracle: GuardOracle) -> Search | None:
        originals = self._detected(oracle)
        chains = obfuscations() if self._chains is None else self._chains
        return None if originals is None else Search(oracle=oracle, originals=originals, chains=chains)

    def _harmless(self, oracle: GuardOracle) -> Search | None:
        return self._of_clean(oracle, harmless())

    def _of_clean(self, oracle: GuardOracle, chains: SearchStrategy[Chain]) -> Search | None:
        if self._clean is not None:
            return Search(oracle=oracle, originals=self._clean, chains=chains)
        kept = _worth(oracle, CLEAN)
        if not kept:
            self.notes.append(f"guard {self.probe.name!r} lets none of our clean texts pass: pass `clean`")
            return None
        return Search(oracle=oracle, originals=sampled_from(kept), chains=chains)

    def _chunking(self, oracle: GuardOracle) -> Search | None:
        originals = clean_texts() if self._clean is None else self._clean
        attacks = attack_texts() if self._attacks is None else self._attacks
        return Search(oracle=oracle, originals=attacks | originals, chains=splits())

    def _redaction(self, oracle: GuardOracle) -> Search | None:
        originals = sampled_from(default_originals(self.guard)) if self._attacks is None else self._attacks
        texts = _sample(originals) if self._attacks is not None else default_originals(self.guard)
        if not any(self.probe.known(text).action == "redact" for text in texts):
            return None  # it takes nothing out
        return Search(oracle=oracle, originals=originals, chains=obfuscations())


def _worth(oracle: GuardOracle, texts: Iterable[str]) -> list[str]:
    return [text for text in islice(texts, _MOST) if oracle.worth(oracle.before(text))]


def _sample(strategy: SearchStrategy[str]) -> list[str]:
    """Some values of a strategy, always the same."""
    seen: list[str] = []

    def note(text: str) -> bool:
        seen.append(text)
        return False

    options = settings(
        max_examples=100,
        database=None,
        deadline=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    with suppress(NoSuchExample):
        find(strategy, note, settings=options, random=Random(0))
    return seen
