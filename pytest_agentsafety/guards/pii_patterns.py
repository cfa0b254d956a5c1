"""All kinds of personal data and secrets, in the order in which they win over each other.

Formats are the issuers' published ones. Checked on the development set `pii` (its own generator and
presidio-research prose), and measured on the project's own generator (`benchmarks/lib/pii_data.py`).
"""

from __future__ import annotations

from pytest_agentsafety.guards import pii_ids_europe, pii_ids_world, pii_keys, pii_numbers, pii_phones, pii_wallets
from pytest_agentsafety.guards.pii_kinds import Kind
from pytest_agentsafety.guards.pii_secrets import ASSIGNED, PRIVATE_KEYS

# First comes first: a card inside a key is the key's.
KINDS: tuple[Kind, ...] = (
    *PRIVATE_KEYS,
    *pii_keys.KINDS,
    *ASSIGNED,
    *pii_numbers.PAPERS,
    *pii_wallets.KINDS,
    *pii_numbers.ACCOUNTS,
    *pii_ids_europe.KINDS,
    *pii_ids_world.KINDS,
    *pii_phones.KINDS,
    *pii_numbers.NETWORK,
)
