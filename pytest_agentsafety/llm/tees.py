"""Response streams that are copied on their way to the agent."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

from pytest_agentsafety.llm.trimming import Trimmer

# Called once: with the raw bytes and None at the end, or with what came so far and the error that cut the stream.
Ending = Callable[[bytes, BaseException | None], None]


class _Copy:
    """Collects raw bytes and tells the ending once."""

    def __init__(self, inner: Any, ending: Ending) -> None:
        self._inner = inner
        self._ending = ending
        self._trimmer: Trimmer | None = None
        self._raw = bytearray()
        self._ended = False

    def trim(self, trimmer: Trimmer) -> None:
        """Take something out of what the reader gets; the copy stays whole."""
        self._trimmer = trimmer

    def __getattr__(self, name: str) -> Any:
        # The client library and the SDK keep attributes of their own on a response's stream.
        if name.startswith("_"):
            raise AttributeError(name)
        return getattr(self._inner, name)

    def _take(self, chunk: bytes) -> bytes:
        """Copy a chunk; what of it the reader gets."""
        self._raw += chunk
        return chunk if self._trimmer is None else self._trimmer.feed(chunk)

    def _rest(self) -> bytes:
        return b"" if self._trimmer is None else self._trimmer.end()

    def _end(self, error: BaseException | None) -> None:
        if not self._ended:
            self._ended = True
            self._ending(bytes(self._raw), error)


def make_tees(sync_base: type[Any], async_base: type[Any]) -> tuple[type[Any], type[Any]]:
    """The two tee classes for a client library, which checks streams by `isinstance` of its own bases."""

    class Tee(_Copy, sync_base):  # type: ignore[misc]
        def __iter__(self) -> Iterator[bytes]:
            try:
                for chunk in self._inner:
                    yield self._take(chunk)
            except GeneratorExit:
                raise  # the reader stopped reading; `close` follows
            except BaseException as exc:
                self._end(exc)
                raise
            yield self._rest()
            self._end(None)

        def close(self) -> None:
            try:
                self._inner.close()
            finally:
                self._end(None)

    class AsyncTee(_Copy, async_base):  # type: ignore[misc]
        async def __aiter__(self) -> AsyncIterator[bytes]:
            try:
                async for chunk in self._inner:
                    yield self._take(chunk)
            except GeneratorExit:
                raise
            except BaseException as exc:
                self._end(exc)
                raise
            yield self._rest()
            self._end(None)

        async def aclose(self) -> None:
            try:
                await self._inner.aclose()
            finally:
                self._end(None)

    return Tee, AsyncTee
