"""Which backend a rule gets, and what is refused before anything starts."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_agentsafety.model.decisions import Decision
from pytest_agentsafety.model.policy import ToolRule
from pytest_agentsafety.sandbox.result import SandboxResult

if TYPE_CHECKING:
    from pytest_agentsafety.sandbox.exits import Exits
    from pytest_agentsafety.sandbox.limits import Limits
    from pytest_agentsafety.sandbox.workspace import Workspace

_MACHINES = ("x86_64", "aarch64")


class Sandbox:
    """Runs code as a rule says, or refuses. Nothing is started before the first run.

    `folder`, where given, is the workspace: its files are copied into each run, and what the run changed is copied
    back. With `warm` an interpreter that has `imports` loaded is kept, until `close`. `exits` makes of a rule whoever
    says where its code may go (`gate.exits.RuleExits`); without it rules with a network are refused.
    """

    def __init__(
        self,
        *,
        folder: Path | None = None,
        warm: bool = False,
        imports: Sequence[str] = (),
        exits: Callable[[ToolRule], Exits] | None = None,
    ) -> None:
        self._folder, self._exits = folder, exits
        self._warm, self._imports = warm, tuple(imports)
        self._kept: dict[tuple[bool, bool], object] = {}

    def refusal(self, rule: ToolRule) -> Decision | None:
        """The denial of a rule that cannot be met here, whatever the code; None when a run may be tried."""
        reason = unmet(rule)
        if reason is None:
            return None
        return Decision(outcome="denied", guard="sandbox", rule="sandbox.unavailable", reason=f"{_REFUSED}: {reason}")

    def run(
        self, code: str, rule: ToolRule, *, filename: str = "<sandbox>", arguments: Sequence[str] = ()
    ) -> SandboxResult:
        """Run Python source under the limits of a rule. Never raises for what the code does.

        A refused result says in `missing` what the sandbox lacks, and how to get it.
        """
        reason = unmet(rule)
        if reason is None and not rule.no_network and self._exits is None:
            reason = "this sandbox was made without exits, and so gives code no network; set no_network = true"
        if reason is not None:
            text = f"{_REFUSED}: {reason}"
            return SandboxResult(status="refused", stderr=text, reason=text, missing=(reason,))
        if _in_docker(rule):
            return self._docker(code, rule, filename, tuple(arguments))
        return self._native(code, rule, filename, tuple(arguments))

    def close(self) -> None:
        """End the warm interpreter, if there is one."""
        for kept in self._kept.values():
            kept.close()  # type: ignore[attr-defined]
        self._kept.clear()

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _docker(self, code: str, rule: ToolRule, filename: str, arguments: tuple[str, ...]) -> SandboxResult:
        from pytest_agentsafety.sandbox.docker import DockerSandbox
        from pytest_agentsafety.sandbox.limits import Limits
        from pytest_agentsafety.sandbox.run import Program

        limits = Limits.of(rule)
        program = Program(code, filename, arguments)
        return DockerSandbox(rule.image or "").run(program, limits, self._workspace(limits), self._out(rule))

    def _out(self, rule: ToolRule) -> Exits | None:
        return None if rule.no_network or self._exits is None else self._exits(rule)

    def _workspace(self, limits: Limits) -> Workspace | None:
        from pytest_agentsafety.sandbox.workspace import Workspace

        return None if self._folder is None else Workspace(self._folder, room=limits.disk_mb << 20, files=limits.files)

    def _native(self, code: str, rule: ToolRule, filename: str, arguments: tuple[str, ...]) -> SandboxResult:
        # Linux only: what is imported here does not exist elsewhere.
        from pytest_agentsafety.sandbox.limits import Limits
        from pytest_agentsafety.sandbox.native import NativeSandbox
        from pytest_agentsafety.sandbox.run import Program
        from pytest_agentsafety.sandbox.support import namespaces_work
        from pytest_agentsafety.sandbox.warm import WarmSandbox

        limits, key = Limits.of(rule), (namespaces_work(), rule.sandbox == WEAK)
        backend = self._kept.get(key)
        if not isinstance(backend, NativeSandbox):
            if self._warm:
                backend = WarmSandbox(namespaces=key[0], weak=key[1], imports=self._imports)
                self._kept[key] = backend
            else:
                backend = NativeSandbox(namespaces=key[0], weak=key[1])
        return backend.run(Program(code, filename, arguments), limits, self._workspace(limits), self._out(rule))


WEAK = "native-weak"
_REFUSED = "running code is refused"


def unmet(rule: ToolRule) -> str | None:
    """What a rule asks for and does not get here, with the way out; None when all of it can be had."""
    if rule.sandbox == "refuse":
        return "the rule says sandbox = 'refuse'"
    if rule.sandbox == "docker" and rule.image is None:
        return 'the docker backend needs an image of your choice with Python in it: image = "python:3.13-slim"'
    native = _no_native()
    if native is not None and not _in_docker(rule):
        more = ' Name an image to use docker: image = "python:3.13-slim".' if rule.sandbox == "auto" else ""
        return native + more
    if not rule.no_network and not rule.allowed_domains:
        return "no_network = false means allowed_domains and nothing else, and none are listed; list some"
    return None


def _no_native() -> str | None:
    """Why there is no native backend on this machine; None where there is one."""
    if not sys.platform.startswith("linux"):
        return f"the native backend needs Linux, this is {sys.platform}."
    machine = os.uname().machine
    return None if machine in _MACHINES else f"the native backend knows {' and '.join(_MACHINES)}, this is {machine}."


def _in_docker(rule: ToolRule) -> bool:
    """Docker by name, or where there is nothing else and an image was chosen."""
    return rule.sandbox == "docker" or (rule.sandbox == "auto" and rule.image is not None and _no_native() is not None)
