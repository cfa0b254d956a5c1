"""Paths, domains and sizes of a tool call against its rule; drafting a rule from a tool's own words."""

from pytest_agentsafety.permissions.checker import PermissionChecker
from pytest_agentsafety.permissions.denied import PermissionDenied
from pytest_agentsafety.permissions.drafting import draft_policy, draft_rule, explain_rule, sense_of
from pytest_agentsafety.permissions.hosts import HostError, normalise_host, refused_address
from pytest_agentsafety.permissions.http import GuardedHttp, Hop, HttpFailed, HttpReply, Resolver, SystemResolver
from pytest_agentsafety.permissions.opening import open_beneath
from pytest_agentsafety.permissions.roles import infer_roles, with_inferred_roles
from pytest_agentsafety.permissions.safe_open import SafeOpen
from pytest_agentsafety.permissions.urls import UrlCheck, check_url
from pytest_agentsafety.permissions.writing import HookError

__all__ = [
    "GuardedHttp",
    "HookError",
    "Hop",
    "HostError",
    "HttpFailed",
    "HttpReply",
    "PermissionChecker",
    "PermissionDenied",
    "Resolver",
    "SafeOpen",
    "SystemResolver",
    "UrlCheck",
    "check_url",
    "draft_policy",
    "draft_rule",
    "explain_rule",
    "infer_roles",
    "normalise_host",
    "open_beneath",
    "refused_address",
    "sense_of",
    "with_inferred_roles",
]
