"""Hypothesis strategies for texts and for what can be done to them. They compose with your own.

Alphabets are explicit: blind text finds no hole that needs one certain invisible character. What is drawn is picked
from lists, which costs a fraction of building it, and shrinks towards the head of the list: the simplest.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from pytest_agentsafety.fuzz.chains import ENCODINGS, Chain, Step, arrange, steps_of
from pytest_agentsafety.fuzz.kinds import KINDS
from pytest_agentsafety.fuzz.texts import CARRIERS as CARRIERS
from pytest_agentsafety.fuzz.texts import CLEAN, GOALS, TEMPLATES, attacks, compose

# Changes under which a clean text is still clean for everybody: layout, and what programs encode by themselves.
HARMLESS: tuple[str, ...] = (
    "paragraphs", "quoted", "code_fence", "in_json", "in_prose", "mixed_case", "soft_hyphen", "variation",
    "url_encode", "html_entities", "unicode_escapes", "base64", "split_messages",
)  # fmt: skip
_PER_NAME = 24
_NUMBERS = 1 << 24
_MASK = (1 << 64) - 1
_SIZES = (1, 2, 2, 2, 3, 3, 4, 4)
_MANY = 100  # more would take long to write out, which Hypothesis does now and then
_TEXT_GROUPS = frozenset({"letters", "noise", "apart", "carrier", "encoding", "delivery"})


def text_steps() -> tuple[str, ...]:
    """The names of all steps that change texts, those of `register_step` too."""
    return tuple(name for name, kind in KINDS.items() if kind.group in _TEXT_GROUPS)


def attack_texts(
    goals: Sequence[str] = GOALS, templates: Sequence[str] = TEMPLATES, carriers: Sequence[str] = ("{attack}",)
) -> SearchStrategy[str]:
    """Goal x template x carrier. Templates hold `{goal}`, carriers `{attack}`."""
    if len(goals) * len(templates) * len(carriers) <= _MANY:
        return st.sampled_from(attacks(goals, templates, carriers))
    return st.builds(compose, st.sampled_from(templates), st.sampled_from(goals), st.sampled_from(carriers))


def clean_texts(sentences: Sequence[str] = CLEAN) -> SearchStrategy[str]:
    """Texts that no guard should mind: a sentence, or two of them."""
    one = st.sampled_from(list(sentences))
    return one | st.builds(lambda first, second: f"{first} {second}", one, one)


def steps(names: Sequence[str] = ()) -> SearchStrategy[Step]:
    """One obfuscation step with its parameters; any without `names`. Raises UnknownNameError."""
    pool = _pool(tuple(names) or text_steps())
    return st.integers(0, len(pool) - 1).map(lambda place: pool[place])


def obfuscations(
    *, min_steps: int = 1, max_steps: int = 4, names: Sequence[str] = (), max_encodings: int = 3
) -> SearchStrategy[Chain]:
    """Chains of steps that keep the meaning, at most `max_encodings` layers of encoding; shrink to fewer steps.

    `names` limits the steps (default: all, those of `register_step` too). Raises UnknownNameError.
    """
    pool = _pool(tuple(names) or text_steps())
    chains = chains_of(pool, min_steps=max(1, min_steps), max_steps=max_steps)
    usable = chains.map(lambda chain: _usable(chain, max_encodings))
    return usable.filter(lambda chain: len(chain) >= min_steps) if min_steps > 1 else usable


def chains_of(pool: Sequence[Step], *, min_steps: int = 1, max_steps: int = 3) -> SearchStrategy[Chain]:
    """Some of the steps in a row, from one drawn number: the first numbers stand for the single steps of the pool.

    Hypothesis varies what it has drawn by copying parts of it, and a row of picks from one list gives it the same few
    chains again and again. One number gives it nothing to copy, and is drawn in a fraction of the time.
    """
    steps = tuple(dict.fromkeys(pool)) if min_steps == 1 else ()
    chosen = tuple(pool)
    return st.integers(0, _NUMBERS - 1).map(lambda number: _chain(chosen, steps, min_steps, max_steps, number))


def _chain(pool: Chain, single: Chain, least: int, most: int, number: int) -> Chain:
    if number < len(single):
        return (single[number],)
    size = min(most, max(least, _SIZES[number % len(_SIZES)]))
    picked = []
    for _ in range(size):
        number = (number * 6364136223846793005 + 1442695040888963407) & _MASK
        picked.append(pool[(number >> 33) % len(pool)])
    return tuple(picked)


def harmless(*, max_steps: int = 2, names: Sequence[str] = HARMLESS) -> SearchStrategy[Chain]:
    """Chains of changes under which a clean text stays clean."""
    return obfuscations(max_steps=max_steps, names=names, max_encodings=1)


def splits() -> SearchStrategy[Chain]:
    """How a text is cut into several messages: one step."""
    return st.sampled_from([(step,) for step in steps_of("split_messages")])


def _usable(chain: Chain, max_encodings: int) -> Chain:
    arranged = arrange(chain)
    while sum(step.layers for step in arranged) > max_encodings:
        worst = max((step for step in arranged if step.name in ENCODINGS), key=lambda step: step.layers)
        rest = tuple(step for step in arranged if step is not worst)
        if not rest:  # one step of too many layers: the same with the fewest
            return (steps_of(worst.name)[0],)
        arranged = rest
    return arranged


@cache
def _pool(names: tuple[str, ...]) -> Chain:
    """Every name as often as every other, whatever the number of its variants; simple variants first."""
    variants = [steps_of(name) for name in names]
    return tuple(chain[place % len(chain)] for place in range(_PER_NAME) for chain in variants)
