"""What came back, and over which hops."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Hop:
    """One request that was sent: its URL, the address it was sent to, and the status of the answer."""

    method: str
    url: str
    address: str
    status: int


@dataclass(frozen=True, kw_only=True)
class HttpReply:
    """The last answer. `headers` in order with lower-case names, `body` decoded; all of it may be hostile."""

    status: int
    url: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    hops: tuple[Hop, ...]

    def header(self, name: str) -> str | None:
        """The first value of a header."""
        return next((value for key, value in self.headers if key == name.lower()), None)

    @property
    def text(self) -> str:
        """The body as UTF-8, with what is none replaced."""
        return self.body.decode("utf-8", "replace")
