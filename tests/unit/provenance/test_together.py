"""Many texts searched as one: what stands in one of them is found, what only stands across two is not."""

from __future__ import annotations

import random
from threading import Thread

from pytest_agentsafety.provenance.together import SEARCHED, Together


def of(*texts: str) -> Together:
    made = Together()
    for text in texts:
        made.add(text)
    return made


def test_small_and_large_texts() -> None:
    large = "gull " * SEARCHED
    both = of("a heron", large + "tern", "", "two swans")
    assert all(both.holds(words) for words in ("heron", "a heron", "gull gull", "tern", "swans", "wan"))
    assert not any(both.holds(words) for words in ("heron tern", "heron two", "tern two", "duck"))


def test_the_same_as_one_search_after_the_other() -> None:
    chosen = random.Random(4)
    texts = ["".join(chosen.choices("abcd ", k=chosen.choice((0, 3, 40, 3 * SEARCHED)))) for _ in range(60)]
    made = of(*texts)
    for _ in range(2_000):
        words = "".join(chosen.choices("abcd ", k=chosen.randrange(1, 12)))
        assert made.holds(words) == any(words in text for text in texts)


def test_what_was_not_there_is_found_once_it_is() -> None:
    made = of("a heron")
    assert not made.holds("swan")
    made.add("a swan")
    assert made.holds("swan")
    made.add("x" * SEARCHED + " a duck")
    assert made.holds("duck")
    assert made.holds("heron")


def test_texts_of_several_threads_are_all_found() -> None:
    made = Together()
    threads = [Thread(target=lambda n=number: [made.add(f"<{n}-{at}>") for at in range(200)]) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(made.holds(f"<{number}-{at}>") for number in range(8) for at in range(200))
