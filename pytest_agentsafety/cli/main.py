"""`agentsafety ...`: the same runner and session as the pytest plugin, without pytest."""

from __future__ import annotations

import argparse
import os
import sys
import traceback
import warnings
from collections.abc import Sequence
from importlib import import_module

from pytest_agentsafety import __version__
from pytest_agentsafety.cli.output import say_error
from pytest_agentsafety.model.errors import AgentSafetyError, ConfigError
from pytest_agentsafety.model.exit_status import ExitStatus

# In the order of the help. A module is imported when the command line may mean one of its commands.
_MODULES = (
    *("init", "run", "list", "check", "scan", "fuzz", "gateway", "mcp_proxy", "approvals", "report", "audit"),
    "sandbox",
)
# Commands that stand beside another process have to be there at once: nothing else is loaded for them.
_ALONE = frozenset({"scan"})
_EPILOG = "exit status: 0 ok; 1 a failed case, a failed gate, zero cases, or NO-GO; 2 interrupted; 3 internal; 4 usage"


class _Parser(argparse.ArgumentParser):
    """argparse with the project's exit status for a wrong command line."""

    def error(self, message: str) -> None:  # type: ignore[override]
        self.print_usage(sys.stderr)
        self.exit(ExitStatus.USAGE, f"{self.prog}: error: {message}\n")


def build_parser(command: str | None = None) -> argparse.ArgumentParser:
    """The parser of all commands, or of `command` alone where that is one of those that load nothing else."""
    parser = _Parser(
        prog="agentsafety", description="What can hostile input make your agent do, and what stops it?", epilog=_EPILOG
    )
    parser.add_argument("--version", action="version", version=f"agentsafety {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True, parser_class=_Parser)
    for name in (command,) if command in _ALONE else _MODULES:
        module = import_module(f"pytest_agentsafety.cli.{name}_command")
        module.add(commands)
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit status. What a person wrote wrongly goes to stderr in words."""
    words = sys.argv[1:] if arguments is None else list(arguments)
    options = build_parser(words[0] if words else None).parse_args(words)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("always", UserWarning)
            warnings.showwarning = _show_warning
            return int(options.run(options))
    except ConfigError as error:
        say_error(str(error))
        return ExitStatus.USAGE
    except AgentSafetyError as error:
        say_error(str(error))
        return ExitStatus.INTERNAL
    except KeyboardInterrupt:
        say_error("interrupted")
        return ExitStatus.INTERRUPTED
    except BrokenPipeError:  # the reader went away: nobody can be told, and nothing may look like a pass
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ExitStatus.FAILED
    except Exception:  # noqa: BLE001 - Python's own status for a crash, 1, means a failed case here
        traceback.print_exc()
        return ExitStatus.INTERNAL


def _show_warning(message: Warning | str, *_: object, **__: object) -> None:
    say_error(f"warning: {message}")


if __name__ == "__main__":
    sys.exit(main())
