"""A known weakness that somebody answers for, until a day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from pytest_agentsafety.model.errors import ConfigError, UnknownNameError

WAIVER_KEYS = ("owner", "reason", "expires")


@dataclass(frozen=True, kw_only=True)
class Waiver:
    """`owner` accepts it because of `reason`; on `expires` it counts for the last time."""

    owner: str
    reason: str
    expires: date

    def expired(self, today: date) -> bool:
        return today > self.expires

    def to_dict(self) -> dict[str, str]:
        return {**asdict(self), "expires": self.expires.isoformat()}

    def __str__(self) -> str:
        return f"waived by {self.owner} until {self.expires.isoformat()}: {self.reason}"


def read_waiver(data: object, *, place: str) -> Waiver:
    """A waiver from a case file or the configuration. `expires` is a date or its text, YYYY-MM-DD.

    Raises ConfigError without an owner, a reason or an expiry date: nobody answers for such a one.
    """
    if not isinstance(data, Mapping):
        raise ConfigError(f"{place}: a waiver must be a table with {', '.join(WAIVER_KEYS)}")
    for key in data:
        if key not in WAIVER_KEYS:
            raise UnknownNameError("key of a waiver", str(key), WAIVER_KEYS, place=place)
    owner, reason = (_text(data, key, place) for key in ("owner", "reason"))
    return Waiver(owner=owner, reason=reason, expires=_date(data.get("expires"), place))


def _text(data: Mapping[Any, Any], key: str, place: str) -> str:
    value = data.get(key)
    if not isinstance(value, str) or not value.strip():
        raise ConfigError(f"{place}: a waiver needs {key!r}, a text; a waiver that nobody answers for is none")
    return value.strip()


def _date(value: object, place: str) -> date:
    # A point in time is a date to Python, but compares with none.
    if isinstance(value, date) and type(value) is date:
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise ConfigError(
            f"{place}: a waiver needs 'expires', a day as YYYY-MM-DD, got {value!r}; no waiver is for ever"
        ) from None
