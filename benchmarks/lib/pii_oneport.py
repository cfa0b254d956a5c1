"""Keys made from the patterns of `oneport-secretscan` (Apache-2.0), by `exrex`, as in `pii_detect_secrets`."""

from __future__ import annotations

import importlib
import random
import re
from collections.abc import Iterator

from benchmarks.lib.pii_settings import Set, any_setting

Rng = random.Random


def placed(rng: Rng, each: int) -> Iterator[tuple[str, Set]]:
    """(pattern, text with the value in it). Patterns that ask for what stands around a key are left out."""
    exrex = importlib.import_module("exrex")
    for name, _, _, regex in importlib.import_module("secretscan.detectors.patterns").SECRET_PATTERNS:
        if re.search(r"[\"']|PRIVATE KEY|@", regex):
            continue
        pattern = re.compile(regex)
        for _ in range(each):
            random.seed(rng.random())
            text = str(exrex.getone(re.sub(r"\\b|\(\?i\)", "", regex), limit=60))
            found = pattern.search(text)
            if found is not None and found.group() == text and text.isprintable() and len(text) >= 12:
                yield name, any_setting(rng, "key", text, named=rng.random() < 0.5)
