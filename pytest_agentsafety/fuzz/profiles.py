"""Two Hypothesis profiles: `agentsafety-ci` repeats itself exactly, `agentsafety-long` looks longer each time anew."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

CI = "agentsafety-ci"
LONG = "agentsafety-long"


def register_profiles() -> None:
    """Make both known to Hypothesis (`settings.load_profile(CI)`, or `--hypothesis-profile=agentsafety-ci`)."""
    common = settings(deadline=None, print_blob=False, suppress_health_check=[HealthCheck.too_slow])
    settings.register_profile(CI, settings(common, max_examples=200, derandomize=True, database=None))
    settings.register_profile(LONG, settings(common, max_examples=20_000, derandomize=False))


def from_profile() -> tuple[int | None, bool]:
    """What the loaded profile says, where it is one of ours: examples, and whether to derandomise."""
    name = settings.get_current_profile_name()
    if name not in (CI, LONG):
        return None, False
    current = settings.get_profile(name)
    return current.max_examples, current.derandomize
