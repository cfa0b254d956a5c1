"""`[tool.agentsafety.run_budget]`, the limits of a whole run, `prices` by model id, and the `checkpoint`'s path."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from pytest_agentsafety.config.table import Table
from pytest_agentsafety.model.errors import ConfigError
from pytest_agentsafety.model.policy import RunLimits

_RUN_KEYS = ("max_cost_usd", "max_seconds", "max_tokens", "max_tool_calls")
_CHECKPOINT_KEYS = ("path",)
_PRICE_KEYS = ("cache_read", "cache_write", "input", "output")
_MILLION = Decimal(1_000_000)


@dataclass(frozen=True, kw_only=True)
class ModelPrice:
    """One model's price as the user gave it, US dollars per token; None: not given."""

    input: float
    output: float
    cache_read: float | None = None
    cache_write: float | None = None


def read_run_limits(table: Table) -> RunLimits:
    """The table `run_budget` below `table`. Raises ConfigError."""
    limits = table.table("run_budget", _RUN_KEYS)
    return RunLimits(
        max_cost_usd=_amount(limits, "max_cost_usd"),
        max_tokens=limits.integer("max_tokens", None),
        max_tool_calls=limits.integer("max_tool_calls", None),
        max_seconds=_amount(limits, "max_seconds"),
    )


def read_checkpoint(table: Table, root: Path) -> Path | None:
    """The journal's file that the table `checkpoint` below `table` names, seen from `root`. Raises ConfigError."""
    checkpoint = table.table("checkpoint", _CHECKPOINT_KEYS)
    path = checkpoint.text("path")
    if path is None:
        return None
    if "\0" in path or path.endswith("/"):
        checkpoint.fail("path", "the path of a file", path)
    return root / path


def _amount(table: Table, key: str) -> float | None:
    return table.number(key, 0.0) if key in table else None


def read_prices(table: Table) -> dict[str, ModelPrice]:
    """The table `prices` below `table`: a table per exact model id, in US dollars per million tokens.

    Raises ConfigError, also where `input` or `output` is missing: half a price bounds nothing.
    """
    return {model: _price(entry) for model, entry in table.table("prices").tables(_PRICE_KEYS)}


def _price(table: Table) -> ModelPrice:
    for key in ("input", "output"):
        if key not in table:
            raise ConfigError(f"{table.place.at()}: {key} is required, in US dollars per million tokens")
    return ModelPrice(
        input=_per_token(table, "input"),
        output=_per_token(table, "output"),
        cache_read=_per_token(table, "cache_read") if "cache_read" in table else None,
        cache_write=_per_token(table, "cache_write") if "cache_write" in table else None,
    )


def _per_token(table: Table, key: str) -> float:
    """Divided as decimals: 0.3 a million is 3e-07 a token, and not the float next to it."""
    return float(Decimal(repr(table.number(key, 0.0, zero=True))) / _MILLION)
