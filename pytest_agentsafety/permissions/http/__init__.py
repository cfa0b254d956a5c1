"""An HTTP client for tools: every hop checked, every address pinned, nothing taken from the environment."""

from pytest_agentsafety.permissions.http.client import GuardedHttp
from pytest_agentsafety.permissions.http.deadline import HttpFailed
from pytest_agentsafety.permissions.http.reply import Hop, HttpReply
from pytest_agentsafety.permissions.http.resolving import Resolver, SystemResolver

__all__ = ["GuardedHttp", "Hop", "HttpFailed", "HttpReply", "Resolver", "SystemResolver"]
