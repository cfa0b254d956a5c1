"""Tool rules as TOML for a person to read: a line for every decision, with its reason behind it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from pytest_agentsafety.config.source import TABLE
from pytest_agentsafety.model.policy import ToolRule
from pytest_agentsafety.model.safe_text import one_line

_BARE = re.compile(r"[A-Za-z0-9_-]+")
# What TOML forbids in a string, and what would turn a line around or hide in it.
_ESCAPED = re.compile(
    r'["\\\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\U000e0000-\U000e007f]'
)
_WIDTH = 160


def tool_table(name: str, rule: ToolRule, reasons: Mapping[str, str], unknown: Sequence[str] = ()) -> str:
    """`[tool.agentsafety.tools.NAME]` with effect, trust of the result and roles.

    `reasons` are by "effect", "result_trust" and "roles.ARGUMENT". A tool with `unknown` words is written as comments:
    it counts as decided only when a person has taken the "# " away. Raises ValueError for a name TOML cannot hold.
    """
    lines = [
        header(name),
        _line("effect", rule.effect, reasons.get("effect", "")),
        _line("result_trust", rule.result_trust, reasons.get("result_trust", "")),
    ]
    if rule.roles:
        lines.append(f"[{TABLE}.tools.{key(name)}.roles]")
        lines += [_line(one, role, reasons.get(f"roles.{one}", "")) for one, role in rule.roles.items()]
    if not unknown:
        return "\n".join(lines) + "\n"
    words = one_line(", ".join(unknown), _WIDTH)
    asked = [f"# Not understood: {words}. Decide what it does, correct the lines and take the '# ' away."]
    asked += [f"# {line}" for line in lines]
    return "\n".join(asked) + "\n"


def header(name: str) -> str:
    """The heading of a tool's table. Raises ValueError for a name TOML cannot hold."""
    return f"[{TABLE}.tools.{key(name)}]"


def key(name: str) -> str:
    """A TOML key: bare where that is allowed, quoted and escaped where not. Raises ValueError."""
    if not name.strip():
        raise ValueError("an empty name")
    try:
        name.encode()
    except UnicodeEncodeError:
        raise ValueError("a name with half a character (a lone surrogate)") from None
    return name if _BARE.fullmatch(name) else quoted(name)


def quoted(text: str) -> str:
    """A TOML basic string on one line."""
    return '"' + _ESCAPED.sub(_escape, text) + '"'


def _escape(match: re.Match[str]) -> str:
    char = match[0]
    if char in '"\\':
        return "\\" + char
    return f"\\u{ord(char):04x}" if ord(char) <= 0xFFFF else f"\\U{ord(char):08x}"


def _line(name: str, value: str, reason: str) -> str:
    stated = f"{key(name)} = {quoted(value)}"
    return f"{stated}  # {one_line(reason, _WIDTH)}" if reason else stated
