"""Token counts guessed from sizes, for answers that no tokenizer ever saw. Always marked as estimated."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_BYTES_PER_TOKEN = 4
# On a reply's headers: its usage is a guess.
USAGE_HEADER = "agentsafety-usage"
ESTIMATED = {USAGE_HEADER: "estimated"}


def estimated_tokens(size: int) -> int:
    """Tokens for `size` bytes, at least 1."""
    return max(1, -(-size // _BYTES_PER_TOKEN))


def estimated_usage(request_bytes: int, reply_bytes: int) -> dict[str, Any]:
    """A Messages API usage object."""
    return {
        "input_tokens": estimated_tokens(request_bytes),
        "output_tokens": estimated_tokens(reply_bytes),
        "cache_creation_input_tokens": 0,
        "cache_read_input_tokens": 0,
    }


def marks_estimate(headers: Mapping[str, str]) -> bool:
    """Do these response headers say that the usage is a guess?"""
    return headers.get(USAGE_HEADER) == ESTIMATED[USAGE_HEADER]
