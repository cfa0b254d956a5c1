"""What nouns name."""

from __future__ import annotations

import pytest

from pytest_agentsafety.lexicon import group_result, groups_of, noun_group
from pytest_agentsafety.lexicon.data import noun_table


@pytest.mark.parametrize(
    ("one", "other"),
    [("email", "mail"), ("meeting", "appointment"), ("document", "file"), ("bill", "invoice"), ("todo", "task")],
)
def test_synonyms(one: str, other: str) -> None:
    assert other in noun_group(one)
    assert one in noun_group(other)


def test_an_unknown_noun_is_alone() -> None:
    assert noun_group("qzxqv") == {"qzxqv"}
    assert groups_of("qzxqv") == frozenset()


def test_different_things_share_no_group() -> None:
    assert not groups_of("email") & groups_of("thermostat")


def test_results() -> None:
    assert group_result("mail") == "outside"
    assert group_result("contact") == "own"
    assert group_result("weather") == "value"
    assert {group.result for group in noun_table().values()} == {"own", "outside", "value"}


def test_nouns_are_plain_words() -> None:
    for group in noun_table().values():
        for noun in group.nouns:
            assert noun.isalnum(), (group.name, noun)
            assert noun == noun.lower()
