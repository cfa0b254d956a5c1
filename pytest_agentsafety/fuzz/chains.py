"""Obfuscation steps: named changes of a text that keep what it means to a reader or a model.

No Hypothesis here. A step is a value with a name and its parameters, so that a chain of them can be written down,
explained and applied again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache

from pytest_agentsafety.fuzz.kinds import KINDS, Kind
from pytest_agentsafety.fuzz.layout import SEPARATORS as SEPARATORS
from pytest_agentsafety.fuzz.letters import HOMOGLYPHS as HOMOGLYPHS
from pytest_agentsafety.fuzz.letters import ZERO_WIDTH as ZERO_WIDTH
from pytest_agentsafety.model.errors import ConfigError, UnknownNameError

Param = str | int
# All steps by name, with the function that does each.
STEPS: dict[str, Callable[..., str | tuple[str, ...]]] = {name: kind.apply for name, kind in KINDS.items()}
# Behind these, only steps that do not change the letters keep the meaning.
ENCODINGS: frozenset[str] = frozenset(name for name, kind in KINDS.items() if kind.group == "encoding")
# What may follow an encoding: invisible noise and another encoding.
NOISE: frozenset[str] = frozenset(name for name, kind in KINDS.items() if kind.group == "noise")
_ORDER = {
    "letters": 0,
    "noise": 1,
    "apart": 2,
    "carrier": 3,
    "encoding": 4,
    "delivery": 5,
    "path": 6,
    "url": 6,
    "order": 6,
}
_ONCE = ("apart", "carrier", "delivery")


@dataclass(frozen=True)
class Step:
    """One named change. Raises UnknownNameError for a name that is none."""

    name: str
    params: Mapping[str, Param] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.name not in KINDS:
            raise UnknownNameError("obfuscation step", self.name, KINDS)

    @property
    def kind(self) -> Kind:
        return KINDS[self.name]

    @property
    def layers(self) -> int:
        """How many layers of encoding it adds."""
        return int(self.params.get("times", 1)) if self.name in ENCODINGS else 0

    def apply(self, text: str) -> str:
        """The changed text; the pieces of one that is delivered in several messages are joined by new lines."""
        changed = self.kind.apply(text, **self.params)
        return changed if isinstance(changed, str) else "\n".join(changed)

    def pieces(self, text: str) -> tuple[str, ...]:
        """The changed text, message by message."""
        changed = self.kind.apply(text, **self.params)
        return (changed,) if isinstance(changed, str) else changed

    def in_words(self) -> str:
        """What the step does, for a reader who knows no code."""
        return self.kind.words

    def to_dict(self) -> dict[str, object]:
        return {"name": self.name, "with": dict(self.params)}

    def __hash__(self) -> int:
        return hash((self.name, *sorted(self.params.items())))

    def __str__(self) -> str:
        shown = ", ".join(f"{key}={value!a}" for key, value in self.params.items())
        return f"{self.name}({shown})"


Chain = tuple[Step, ...]


def step_from(data: object, *, place: str) -> Step:
    """A step as `Step.to_dict` wrote it. Raises ConfigError, also when its parameters do not fit."""
    if not isinstance(data, Mapping) or not isinstance(data.get("name"), str):
        raise ConfigError(f"{place}: a step must be an object with a name, got {type(data).__name__}")
    params = data.get("with") or {}
    if not isinstance(params, Mapping) or not all(isinstance(value, str | int) for value in params.values()):
        raise ConfigError(f"{place}: `with` of step {data['name']!r} must hold texts and numbers")
    try:
        step = Step(data["name"], {str(key): value for key, value in params.items()})
        step.pieces("probe")
    except UnknownNameError as error:
        raise UnknownNameError("obfuscation step", data["name"], error.valid, place=place) from None
    except (TypeError, ValueError, LookupError) as error:
        raise ConfigError(f"{place}: step {data['name']!r} cannot be applied: {error}") from None
    return step


def register_step(
    name: str,
    apply: Callable[..., str | tuple[str, ...]],
    words: str,
    *,
    group: str = "letters",
    variants: Iterable[Mapping[str, Param]] = ({},),
) -> None:
    """Add a step of one's own, drawn by `obfuscations()` and known to case files from then on.

    `words` say what it does; `group` (letters, noise, apart, carrier, encoding, delivery, path, url) decides where in
    a chain it stands; `variants` are the parameters it is drawn with, the simplest first. Raises ConfigError for a
    name that is taken by another function and UnknownNameError for a group that is none.
    """
    if group not in _ORDER:
        raise UnknownNameError("group of steps", group, _ORDER)
    if name in KINDS and KINDS[name].apply is not apply:
        raise ConfigError(f"obfuscation step {name!r} exists already; give yours another name")
    KINDS[name] = Kind(apply, group, words, tuple(variants))
    STEPS[name] = apply
    steps_of.cache_clear()


@cache
def steps_of(name: str) -> Chain:
    """The step with each of its sets of parameters, the simplest first. Raises UnknownNameError."""
    if name not in KINDS:
        raise UnknownNameError("obfuscation step", name, KINDS)
    return tuple(Step(name, params) for params in KINDS[name].variants)


def apply_chain(chain: Iterable[Step], text: str) -> str:
    """The text behind all steps; the pieces of one that is delivered in several messages are joined by new lines."""
    return "\n".join(deliver(chain, text))


def deliver(chain: Iterable[Step], text: str) -> tuple[str, ...]:
    """The text behind all steps, message by message (one, unless a step splits it)."""
    pieces: tuple[str, ...] = (text,)
    for step in chain:
        pieces = tuple(part for piece in pieces for part in step.pieces(piece))
    return pieces


def arrange(chain: Iterable[Step]) -> Chain:
    """The steps in an order in which they can be read back; of those that cannot go together the first is kept.

    Letters first, then noise, layout, encodings, and the delivery last: so hardly a drawn chain has to be thrown away.
    """
    arranged: list[Step] = []
    reading = _Reading()
    for step in sorted(chain, key=lambda step: (_ORDER[step.kind.group], not step.kind.needs_ascii)):
        again = step.kind.group in ("letters", "noise") and any(step.name == other.name for other in arranged)
        if not again and reading.survives(step.kind):
            arranged.append(step)
    return tuple(arranged)


def keeps_meaning(chain: Iterable[Step]) -> bool:
    """Can a chain be read back?

    Encoded text survives noise and further encoding, nothing else. Letters that are set apart are not set apart again,
    only sentences are split over messages, and what works on letters as such (case, digits for letters, rot13,
    backwards) needs plain ASCII letters.
    """
    reading = _Reading()
    return all(reading.survives(step.kind) for step in chain)


class _Reading:
    """What became of a text so far, as far as the next step has to know."""

    def __init__(self) -> None:
        self._groups: set[str] = set()
        self._plain = True

    def survives(self, kind: Kind) -> bool:
        """May this step come next? Only then it counts as done."""
        group, groups = kind.group, self._groups
        refused = (
            ("encoding" in groups and (kind.needs_ascii or group in ("letters", *_ONCE)))
            or (group in _ONCE and group in groups)
            or (group == "delivery" and not groups.isdisjoint(("apart", "carrier")))
            or (kind.needs_ascii and not self._plain)
        )
        if refused:
            return False
        groups.add(group)
        self._plain = self._plain and kind.leaves_ascii
        return True
