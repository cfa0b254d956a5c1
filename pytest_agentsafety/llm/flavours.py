"""What differs between httpx2 and httpx, looked up once per module."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from pytest_agentsafety.llm.tees import make_tees


@dataclass(frozen=True, kw_only=True)
class Flavour:
    """The parts of one HTTP client library that the model door touches."""

    module: ModuleType
    transport_error: type[Exception]
    tee: type[Any]
    async_tee: type[Any]

    @classmethod
    def of(cls, module: ModuleType) -> Flavour:
        tee, async_tee = make_tees(module.SyncByteStream, module.AsyncByteStream)
        return cls(module=module, transport_error=module.TransportError, tee=tee, async_tee=async_tee)

    def response(self, status: int, headers: Mapping[str, str], content: bytes, request: Any) -> Any:
        """A response of this library with its body read."""
        return self.module.Response(status, headers=headers, content=content, request=request)

    def with_body(self, request: Any, body: bytes) -> Any:
        """The same request with another body and its length."""
        headers = request.headers.copy()
        headers["content-length"] = str(len(body))
        extensions = request.extensions
        return self.module.Request(request.method, request.url, headers=headers, content=body, extensions=extensions)

    def unpack(self, headers: Any, raw: bytes) -> bytes:
        """Undo the content encoding of a whole body. Raises the library's DecodingError."""
        if "content-encoding" not in headers:
            return raw
        content: bytes = self.module.Response(200, headers=headers, content=raw).content
        return content
