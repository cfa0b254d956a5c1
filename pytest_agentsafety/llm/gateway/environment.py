"""What leads an agent's process to the gateway."""

from __future__ import annotations

import os
from collections.abc import Mapping

# No key of anybody: some SDKs refuse to start without one.
LENT_KEY = "agentsafety-lends-no-key"
_KEYS = {"ANTHROPIC_API_KEY": ("ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN"), "OPENAI_API_KEY": ("OPENAI_API_KEY",)}
_LOOPBACK = ("127.0.0.1", "localhost")


def child_environment(url: str, *, lend_keys: bool, environment: Mapping[str, str] | None = None) -> dict[str, str]:
    """Variables to be set over those of this process."""
    env = os.environ if environment is None else environment
    lead = {"ANTHROPIC_BASE_URL": url, "OPENAI_BASE_URL": f"{url}/v1", "OPENAI_API_BASE": f"{url}/v1"}
    for name in ("NO_PROXY", "no_proxy"):  # a proxy of the user's is for the way out, not for the way here
        known = [part.strip() for part in env.get(name, "").split(",") if part.strip()]
        lead[name] = ",".join([*known, *(host for host in _LOOPBACK if host not in known)])
    if lend_keys:
        lead |= {key: LENT_KEY for key, known in _KEYS.items() if not any(env.get(name) for name in known)}
    return lead
