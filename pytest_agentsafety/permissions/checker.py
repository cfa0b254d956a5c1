"""The permission step of the tool door: paths, domains and sizes of one call against its rule."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path

from pytest_agentsafety.model.decisions import Decision
from pytest_agentsafety.model.messages import ToolCall
from pytest_agentsafety.model.policy import Policy, ToolRule
from pytest_agentsafety.model.safe_text import one_line
from pytest_agentsafety.permissions.addresses import email_domains
from pytest_agentsafety.permissions.arguments import Leaf, TooDeepError, argument_leaves
from pytest_agentsafety.permissions.paths import judge_path, judge_unlimited
from pytest_agentsafety.permissions.roles import role_of_name
from pytest_agentsafety.permissions.roots import Roots
from pytest_agentsafety.permissions.urls import check_host, check_url
from pytest_agentsafety.permissions.words import FOLDER_WORDS, LISTING, tokens

_GUARD = "permissions"
_Step = Callable[[ToolCall, ToolRule, Sequence[Leaf]], Decision | None]


def _denied(rule: str, reason: str, leaf: Leaf | None = None) -> Decision:
    where = leaf.where if leaf is not None else None
    return Decision(outcome="denied", guard=_GUARD, rule=f"{_GUARD}.{rule}", reason=reason, argument=where)


@lru_cache(maxsize=256)  # only tools with a rule get here
def _allowed(tool: str) -> Decision:
    reason = f"{one_line(tool)} stays within its rule's paths, domains and sizes"
    return Decision(outcome="allowed", guard=_GUARD, rule=f"{_GUARD}.allowed", reason=reason)


_CHANGING = frozenset({"write", "delete"})
_FLAT = frozenset({str, int, float, bool, type(None)})
_FEW_LEVELS, _OTHER = 8, object()  # what is neither a list nor a mapping of JSON is looked at closely


def _is_unlimited(call: ToolCall, rule: ToolRule) -> bool:
    """No limit is set, no file is changed, and the arguments are not nested deeply: there is nothing to check."""
    if rule.allowed_paths is not None or rule.allowed_domains is not None:
        return False
    if rule.max_size_kb is not None and rule.effect != "read":
        return False
    changing = rule.effect in _CHANGING
    for name, value in call.arguments.items():
        if type(value) not in _FLAT and not _is_flat(value) and (changing or not _is_shallow(value)):
            return False
        if changing and (rule.roles.get(name) or role_of_name(name)) == "path":
            return False
    return True


def _is_flat(value: object) -> bool:
    return type(value) in _FLAT or (type(value) is list and _FLAT.issuperset(map(type, value)))


def _is_shallow(value: object, levels: int = _FEW_LEVELS) -> bool:
    if _is_flat(value):
        return True
    inner = value if type(value) is list else value.values() if type(value) is dict else (_OTHER,)
    return levels > 0 and all(_is_shallow(item, levels - 1) for item in inner)


def _unreadable(leaf: Leaf, wanted: str) -> Decision:
    shown = one_line(repr(leaf.value), 80)
    return _denied("unreadable_argument", f"argument {one_line(leaf.where)!r} should be {wanted}, got {shown}", leaf)


def _empty(leaf: Leaf) -> bool:
    return leaf.value is None or leaf.value == ""


def _lists_folders(call: ToolCall, leaf: Leaf) -> bool:
    return bool(LISTING & set(tokens(call.name)) or FOLDER_WORDS & set(tokens(leaf.where)))


def _kb(size: int) -> str:
    return f"{size / 1024:,.1f} KB"


class PermissionChecker:
    """Checks calls against their rules. Relative path arguments start at `base` (default: the working folder at the
    time of the call), relative allowed paths at `root` (default: the same)."""

    def __init__(self, base: Path | None = None, *, root: Path | None = None) -> None:
        self._base, self._root = base, root
        self._known_roots: dict[tuple[tuple[str, ...], Path], Roots] = {}

    def check(self, call: ToolCall, rule: ToolRule) -> Decision:
        """Allowed or denied, never ask. A denial names argument, value and what is allowed."""
        if _is_unlimited(call, rule):
            return _allowed(call.name)
        try:
            leaves = argument_leaves(call.arguments, rule.roles)
        except TooDeepError as error:
            return _denied("unreadable_argument", one_line(str(error)))
        steps: tuple[_Step, ...] = (self._paths, self._domains, self._content_size)
        for step in steps:
            denial = step(call, rule, leaves)
            if denial is not None:
                return denial
        return _allowed(call.name)

    def pin(self, policy: Policy) -> None:
        """Resolve the allowed paths of all rules now, so that no tool can move them by putting a link in their place.

        Without it this happens at the first call under each rule.
        """
        for rule in policy.tools.values():
            if rule.allowed_paths is not None:
                self._roots(rule.allowed_paths)

    def _roots(self, allowed: tuple[str, ...]) -> Roots:
        base = self._base if self._base is not None else Path.cwd()
        key = (allowed, base)
        if key not in self._known_roots:
            written = allowed if self._root is None else tuple(str(self._root / path) for path in allowed)
            self._known_roots[key] = Roots(written, base)
        return self._known_roots[key]

    def _paths(self, call: ToolCall, rule: ToolRule, leaves: Sequence[Leaf]) -> Decision | None:
        if not call.arguments:
            return None
        paths = [leaf for leaf in leaves if "path" in leaf.roles and leaf.value is not None]
        if rule.allowed_paths is None:
            return self._hooks(rule, paths)
        if not paths:
            reason = (
                f"{one_line(call.name)} may only use {', '.join(rule.allowed_paths) or 'no paths'}, but none of its "
                f"arguments ({one_line(', '.join(call.arguments))}) is known to be a path; name it in the rule's roles"
            )
            return _denied("path", reason)
        for leaf in paths:
            denial = self._path(call, rule, leaf)
            if denial is not None:
                return denial
        return None

    def _hooks(self, rule: ToolRule, paths: Sequence[Leaf]) -> Decision | None:
        """Without allowed paths there is no limit to leave, but what runs by itself is still nobody's to write."""
        for leaf in paths if rule.effect in _CHANGING else ():
            verdict = judge_unlimited(str(leaf.value), str(self._base or os.getcwd()), rule.effect)  # noqa: PTH109 - quick
            if verdict.why is not None:
                return _denied(
                    verdict.rule, f'{one_line(leaf.where)} "{one_line(str(leaf.value))}" {verdict.why}', leaf
                )
        return None

    def _path(self, call: ToolCall, rule: ToolRule, leaf: Leaf) -> Decision | None:
        path = str(leaf.value) if isinstance(leaf.value, Path) else leaf.value
        if not isinstance(path, str):
            return _unreadable(leaf, "a path")
        roots = self._roots(rule.allowed_paths or ())
        verdict = judge_path(path, roots, effect=rule.effect, folders=_lists_folders(call, leaf))
        where = f'{one_line(leaf.where)} "{one_line(path)}"'
        if verdict.why is not None:
            return _denied(verdict.rule, f"{where} {verdict.why}; allowed: {roots.shown}", leaf)
        limit = rule.max_size_kb
        if limit is not None and verdict.info is not None and rule.effect in ("read", "egress"):
            size = verdict.info.st_size
            if size > limit * 1024:
                return _denied("size", f"{where} has {_kb(size)}; allowed: {limit} KB", leaf)
        return None

    def _domains(self, call: ToolCall, rule: ToolRule, leaves: Sequence[Leaf]) -> Decision | None:
        # For a tool that runs code, the domains are the sandbox's to enforce: they are in no argument.
        if rule.allowed_domains is None or not call.arguments or rule.effect == "execute":
            return None
        seen = False
        for leaf in leaves:
            if _empty(leaf):
                continue
            checked, denial = self._domain(rule.allowed_domains, leaf)
            if denial is not None:
                return denial
            seen = seen or checked
        if seen:
            return None
        reason = (
            f"{one_line(call.name)} may only reach {', '.join(rule.allowed_domains) or 'no domain'}, but none of its "
            f"arguments ({one_line(', '.join(call.arguments))}) says where it goes"
        )
        return _denied("domain", reason)

    def _domain(self, allowed: tuple[str, ...], leaf: Leaf) -> tuple[bool, Decision | None]:
        """Was there a domain to check, and what came of it."""
        value = leaf.value
        if "url" in leaf.roles:
            return (True, self._url(allowed, leaf)) if isinstance(value, str) else (True, _unreadable(leaf, "a URL"))
        if not isinstance(value, str):
            if "destination" in leaf.roles and not isinstance(value, (bool, int, float)):
                return True, _unreadable(leaf, "an address")
            return False, None
        if "content" in leaf.roles and "destination" not in leaf.roles:
            return False, None
        if "://" in value or value.startswith("//"):
            return True, self._url(allowed, leaf)
        if "destination" in leaf.roles:
            return self._addresses(allowed, leaf)
        return False, None

    def _url(self, allowed: tuple[str, ...], leaf: Leaf) -> Decision | None:
        verdict = check_url(leaf.value, allowed)
        return None if verdict.allowed else _denied("domain", f"{one_line(leaf.where)}: {verdict.reason}", leaf)

    def _addresses(self, allowed: tuple[str, ...], leaf: Leaf) -> tuple[bool, Decision | None]:
        domains = email_domains(leaf.value)
        if domains is None:
            return True, _unreadable(leaf, "one or more plain e-mail addresses")
        for domain in domains:
            why = check_host(domain, allowed)
            if why is not None:
                shown = (
                    f'{one_line(leaf.where)} "{one_line(leaf.value)}": {why}; allowed: {", ".join(allowed) or "none"}'
                )
                return True, _denied("domain", shown, leaf)
        return bool(domains), None

    def _content_size(self, call: ToolCall, rule: ToolRule, leaves: Sequence[Leaf]) -> Decision | None:
        if rule.max_size_kb is None or not rule.is_write:
            return None
        total, largest = 0, None
        for leaf in leaves:
            # What has no known meaning may be the content; "content" in pieces still adds up.
            if isinstance(leaf.value, (str, bytes)) and leaf.roles & {"content", "other"}:
                data = leaf.value
                size = len(data) if isinstance(data, bytes) else len(data.encode("utf-8", "surrogatepass"))
                total += size
                largest = max(largest or (0, leaf), (size, leaf), key=lambda pair: pair[0])
        if largest is None or total <= rule.max_size_kb * 1024:
            return None
        where = one_line(largest[1].where)
        reason = (
            f"{one_line(call.name)} would write {_kb(total)} (most of it in {where}); allowed: {rule.max_size_kb} KB"
        )
        return _denied("size", reason, largest[1])
