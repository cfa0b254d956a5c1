"""Oracles over a tool's rules: what is denied stays denied in every spelling. No Hypothesis.

The rule is tried in a scratch copy of its world: its allowed folders are made in a folder of their own, with a file
outside and a link that leads out, so that nothing of the user's is looked at and the answers are the kernel's.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pytest_agentsafety.fuzz.chains import Chain, deliver
from pytest_agentsafety.fuzz.oracles import Attempt
from pytest_agentsafety.fuzz.verdict import Verdict, of_decision
from pytest_agentsafety.model.messages import ToolCall
from pytest_agentsafety.model.policy import ToolRule
from pytest_agentsafety.permissions import PermissionChecker, with_inferred_roles

Limit = Literal["path", "url", "destination"]
DENIED_URLS: tuple[str, ...] = (
    "https://attacker.test/drop", "http://127.0.0.1/", "https://169.254.169.254/latest", "https://10.0.0.7/admin",
    "https://attacker.test:8443/x?y=1",
)  # fmt: skip
DENIED_ADDRESSES: tuple[str, ...] = ("eve@attacker.test", "mallory@mail.attacker.test")
_USUAL: Mapping[Limit, str] = {"path": "path", "url": "url", "destination": "to"}


@dataclass(frozen=True)
class World:
    """A scratch folder in which a rule can be tried."""

    base: Path
    rule: ToolRule

    @property
    def denied_paths(self) -> tuple[str, ...]:
        """Relative and absolute, existing and not, through a link."""
        linked = [f"{folder.rstrip('/')}/way-out/secret.txt" for folder in self.folders]
        return ("secret.txt", str(self.base / "secret.txt"), "/etc/passwd", "private/new.txt", *linked)

    @property
    def folders(self) -> tuple[str, ...]:
        """The rule's allowed folders that are inside the scratch folder."""
        return tuple(path for path in self.rule.allowed_paths or () if not Path(path).is_absolute())


@contextmanager
def world_of(rule: ToolRule) -> Iterator[World]:
    """Make the folders, and take them away again."""
    with tempfile.TemporaryDirectory(prefix="agentsafety-fuzz-") as name:
        world = World(Path(name).resolve(), rule)
        (world.base / "private").mkdir()
        (world.base / "secret.txt").write_text("secret", encoding="utf-8")
        for path in world.folders:
            folder = world.base / path
            if not folder.resolve().is_relative_to(world.base) or "*" in path:
                continue
            (folder / "sub").mkdir(parents=True, exist_ok=True)
            (folder / "ok.txt").write_text("ok", encoding="utf-8")
            if not (folder / "way-out").is_symlink():
                (folder / "way-out").symlink_to(world.base, target_is_directory=True)
        yield world


class Spelled:
    """One kind of limit of one tool's rule. Implements `Oracle`."""

    def __init__(self, tool: str, world: World, limit: Limit) -> None:
        self.tool, self.limit = tool, limit
        named = [name for name, role in world.rule.roles.items() if role == limit]
        self.argument = named[0] if named else _USUAL[limit]
        self._rule = with_inferred_roles(world.rule, [self.argument])
        self._checker = PermissionChecker(world.base)

    @property
    def name(self) -> str:
        return f"{self.limit}s" if self.limit != "destination" else "addresses"

    @property
    def promise(self) -> str:
        return f"a {self.limit} that {self.tool} is denied stays denied in every spelling"

    def deliver(self, original: str, chain: Chain) -> Attempt:
        return Attempt(original, chain, deliver(chain, original))

    def before(self, original: str) -> Verdict:
        return self._verdict(original)

    def worth(self, before: Verdict) -> bool:
        return before.status == "denied"

    def after(self, attempt: Attempt) -> Verdict:
        return self._verdict(attempt.text)

    def broken(self, before: Verdict, after: Verdict) -> bool:
        """A check that raises is a denial at the door, so only what is let through breaks the promise."""
        return after.lets_pass

    def _verdict(self, value: str) -> Verdict:
        call = ToolCall(call_id="fuzz", name=self.tool, arguments={self.argument: value})
        try:
            return of_decision(self._checker.check(call, self._rule))
        except Exception as error:  # noqa: BLE001 - the door's own answer to a check that crashes
            return Verdict(status="denied", rule="gate.crashed", reason=f"{type(error).__name__}: {error}")


def limits_of(rule: ToolRule) -> tuple[Limit, ...]:
    """What of a rule can be spelled another way: its paths, its URLs, its addresses."""
    found: list[Limit] = []
    if rule.allowed_paths is not None:
        found.append("path")
    if rule.allowed_domains is not None and rule.effect != "execute":
        destination = "destination" in rule.roles.values() and "url" not in rule.roles.values()
        found += ["destination"] if destination else ["url", "destination"]
    return tuple(found)
