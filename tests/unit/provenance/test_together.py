"""Many texts searched as one: what stands in one of them is found, what only stands across two is not."""

from __future__ import annotations

import random
import re
from threading import Thread

from hypothesis import example, given
from hypothesis import strategies as st

from pytest_agentsafety.provenance.normal import _ends_token, _starts_token
from pytest_agentsafety.provenance.together import SEARCHED, Together


def of(*texts: str) -> Together[int]:
    made = Together[int]()
    for number, text in enumerate(texts):
        made.add(text, number)
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


def old_places(flat: str, token: str, labelled: bool) -> list[int]:
    """One text at a time, as it is told in words: whole tokens, behind a word for an id if it is to be labelled."""
    label = re.compile(r"(?:\b(?:ids?|no|nr|number|num|index|ref|reference|code|called|named)\W{1,4}|['\"#])$")
    found, start = [], flat.find(token)
    while start >= 0 and len(found) < 200:
        end = start + len(token)
        whole = _starts_token(flat, start) and _ends_token(flat, end)
        if whole and (not labelled or label.search(flat[max(0, start - 16) : start])):
            found.append(start)
        start = flat.find(token, end)
    return found


@given(
    st.lists(st.text("13 .,:;refcdul'\"#idnoab@-\n\u4e00\u00e9$=", max_size=30), max_size=6),
    st.sampled_from(["1", "13", "13.00", "a", "id", "b@a", "no 1", "\u4e00", "3", "-1", "31.00", "1,3"]),
    st.booleans(),
)
@example(["x id", "13 here"], "13", True)
@example(["xid 13, reference---- 13, id:: #13, (ids) 13 no:13 _id 13"], "13", True)
@example(["13", "", "id 13", "#13, 13"], "13", True)
@example(["1 " * 300, "1", "#1 " * 300], "1", True)
@example(["1 " * 12_000, "13"], "1", True)
@example(["13 " * 12_000, "id 13"], "13", True)
@example(["1 " * 20_000, "1", "1 " * 300, "1"], "1", False)
def test_whole_tokens_are_where_one_search_after_the_other_finds_them(
    texts: list[str], token: str, labelled: bool
) -> None:
    flats = [" ".join(text.split()) for text in texts]
    wanted = {n: places for n, flat in enumerate(flats) if (places := old_places(flat, token, labelled))}
    assert dict(of(*flats).places(token, labelled=labelled)) == wanted


def test_what_was_not_there_is_found_once_it_is() -> None:
    made = of("a heron")
    assert not made.holds("swan")
    made.add("a swan", 1)
    assert made.holds("swan")
    made.add("x" * SEARCHED + " a duck", 2)
    assert made.holds("duck")
    assert made.holds("heron")


def test_texts_of_several_threads_are_all_found() -> None:
    made = Together[tuple[int, int]]()

    def add(number: int) -> None:
        for at in range(200):
            made.add(f"<{number}-{at}>", (number, at))

    threads = [Thread(target=add, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(made.holds(f"<{number}-{at}>") for number in range(8) for at in range(200))
