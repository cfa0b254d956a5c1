"""Keys made from the patterns of `detect-secrets` (Apache-2.0): what its plugins take for a key of a service.

`exrex` writes a string that a plugin's regular expression matches. Only expressions that describe the key itself are
used: those that describe what stands around it write no text that anybody would.
"""

from __future__ import annotations

import importlib
import pkgutil
import random
import re
import string
from collections.abc import Iterator
from typing import Any

from benchmarks.lib.pii_settings import Set, any_setting

Rng = random.Random
# Not keys, found by randomness alone, or wider than what they mean (a header without its key, a JWT that is none).
_LEFT_OUT = frozenset(
    {"IPPublicDetector", "KeywordDetector", "PrivateKeyDetector", "JwtTokenDetector", "ArtifactoryDetector"}
)


def _plugins() -> Iterator[tuple[str, re.Pattern[str]]]:
    package = importlib.import_module("detect_secrets.plugins")
    base = importlib.import_module("detect_secrets.plugins.base").RegexBasedDetector
    for info in pkgutil.iter_modules(package.__path__):
        module: Any = importlib.import_module(f"detect_secrets.plugins.{info.name}")
        for name, kind in vars(module).items():
            own = isinstance(kind, type) and issubclass(kind, base) and kind.__module__ == module.__name__
            if own and name not in _LEFT_OUT and not getattr(kind, "__abstractmethods__", None):
                yield from ((name, pattern) for pattern in kind.denylist)


def _random(rng: Rng, pattern: re.Pattern[str]) -> str:
    exrex = importlib.import_module("exrex")
    random.seed(rng.random())
    return str(exrex.getone(pattern.pattern, limit=40))


def placed(rng: Rng, each: int) -> Iterator[tuple[str, Set]]:
    """(plugin, text with the value in it)."""
    for name, pattern in _plugins():
        for _ in range(each):
            for _ in range(200):
                try:
                    text = _random(rng, pattern)
                except Exception:
                    continue
                found = pattern.search(text)
                if found is None or not text.isprintable():
                    continue
                group = next((i for i in range(1, (pattern.groups or 0) + 1) if found.group(i)), 0)
                value = found.group(group)
                if len(value) >= 12 and set(value) - set(string.punctuation):
                    break
            else:
                continue
            if group == 0 and value == text and "=" not in text:
                yield name, any_setting(rng, "key", value, named=True)
