"""Where code with a network may go: nowhere but through a proxy of ours, which asks the rule."""

from __future__ import annotations

import socket
from typing import Protocol

from pytest_agentsafety.model.errors import AgentSafetyError
from pytest_agentsafety.sandbox.child.relay import PROXY


class ExitRefusedError(AgentSafetyError):
    """No rule lets code go there; the message says why, and what would."""


class Exits(Protocol):
    """The rule's word on one request, and the only way out."""

    def open(self, url: str, seconds: float) -> tuple[socket.socket, str]:
        """A connection to the origin of `url`, to an address that was checked, and the URL as it was understood.

        Asked for each request, so a redirect is asked for like any other. `seconds` bound the look-up and the
        connection. Raises ExitRefusedError, and OSError where an allowed host cannot be reached.
        """
        ...


def proxy_environment() -> dict[str, str]:
    """What tells HTTP libraries of the proxy."""
    url = f"http://{PROXY[0]}:{PROXY[1]}"
    return dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"), url)
