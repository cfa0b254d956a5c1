"""One look for everything finds what separate looks find, and the first look misses nothing that a pattern matches."""

from __future__ import annotations

import random
import re

from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.lib.pii_data import clean_rows, rows
from pytest_agentsafety.guards.pii_mask import mask, mask_telling
from pytest_agentsafety.guards.pii_patterns import KINDS
from pytest_agentsafety.guards.pii_scan import find_both, find_pii, find_secrets, has_nothing

TEXTS = [
    *(row.text for row in rows(random.Random(5), 1, persons=False)),
    *(row.text for row in clean_rows(random.Random(5), 2)),
    "-----BEGIN RSA PRIVATE KEY-----\nMIIEow",  # without an end: no finding, but a secret
    "Cookie: session=8f14e45fceea167a5a36dedd4bea2543",
    "postgres://app:hunter2x@db.test/shop",
]
joined = st.lists(st.sampled_from(TEXTS) | st.text(max_size=12), max_size=5).flatmap(
    lambda parts: st.sampled_from(["\n", " ", ", ", ""]).map(lambda between: between.join(parts))
)


def kind_of(name: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    (kind,) = (kind for kind in KINDS if kind.name == name and kind.hint)
    return re.compile(kind.pattern), re.compile(kind.hint)


@given(joined)
@settings(deadline=None)
def test_one_look_finds_what_two_looks_find(text: str) -> None:
    assert find_both(text) == (find_secrets(text), find_pii(text))
    assert mask_telling(text) == (mask(text), find_secrets(text))
    if has_nothing(text):
        assert find_pii(text) == []


def test_both_looks_have_something_to_find() -> None:
    found = [find_both(text) for text in TEXTS]
    assert sum(bool(secrets) for secrets, _ in found) > 20
    assert sum(bool(findings) for _, findings in found) > 60
    assert any(secrets and not findings for secrets, findings in found)


@given(st.from_regex(kind_of("connection")[0], fullmatch=True))
@settings(deadline=None)
def test_each_connection_string_is_seen_at_the_first_look(text: str) -> None:
    assert kind_of("connection")[1].search(text)


@given(st.ip_addresses(v=6), st.ip_addresses(v=4), st.booleans())
def test_each_address_is_seen_at_the_first_look(address: object, tail: object, mapped: bool) -> None:
    written = [str(address), address.exploded]  # type: ignore[attr-defined]
    if mapped:
        written += [f"64:ff9b::{tail}", f"2001:db8:1:2:3:4:{tail}"]
    assert all(kind_of("ip6")[1].search(text) for text in written)
    assert not kind_of("ip6")[1].search("from 10:00:00 to 23:59:59")
