"""Replacing in a large text piece by piece: what `re` remembers of its matches is many times the text."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import AnyStr

PIECE = 1 << 15


def replace(
    pattern: re.Pattern[AnyStr], replacement: AnyStr | Callable[[re.Match[AnyStr]], AnyStr], data: AnyStr
) -> AnyStr:
    """As `pattern.sub`, but for matches over the seams of the pieces."""
    if len(data) <= PIECE:
        return pattern.sub(replacement, data)
    return data[:0].join(pattern.sub(replacement, data[at : at + PIECE]) for at in range(0, len(data), PIECE))


def matches(pattern: re.Pattern[AnyStr], data: AnyStr) -> Iterator[tuple[int, re.Match[AnyStr]]]:
    """What `replace` replaces, each with the offset of its piece."""
    for at in range(0, max(1, len(data)), PIECE):
        for match in pattern.finditer(data[at : at + PIECE]):
            yield at, match
