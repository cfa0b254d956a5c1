"""Tool results as the text AgentDojo shows a model, at the speed of libyaml.

AgentDojo writes results with PyYAML's Python dumper. libyaml writes the same text except where a double-quoted
scalar is wrapped, so those scalars (and only those) are written by PyYAML's own emitter and put in place. What
neither covers goes through AgentDojo unchanged.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from functools import cache, lru_cache
from io import StringIO
from typing import Any

import yaml
from yaml.emitter import Emitter

# What PyYAML can only write in double quotes: anything not printable ASCII, and a space beside a line break.
_DOUBLE_QUOTED = re.compile(r"[^\n\x20-\x7e]| \n|\n ")
_INDENT, _LONG_KEY = 2, 100
_NONCE = f"s{secrets.token_hex(8)}x"  # a result that holds a placeholder already must not be filled in
_PLACEHOLDER = re.compile(rf"{_NONCE}(\d+)x")
_LEADER = re.compile(r"(?: *- )* *")


class _NotCovered(Exception):
    """The fast dumper cannot promise the same text."""


def render(result: Any, result_to_str: Callable[..., str]) -> str:
    """The text of a tool result, equal to `result_to_str(result)`; raises what that raises."""
    dumper = _fast_dumper()
    if dumper is None:
        return result_to_str(result)
    try:
        return result_to_str(result, dumper)
    except _NotCovered:
        return result_to_str(result)


@cache
def _fast_dumper() -> Callable[[Any], str] | None:
    """A replacement for `yaml.safe_dump`, None where PyYAML was built without libyaml."""
    if not yaml.__with_libyaml__:
        return None
    dumper = _dumper_class()

    def dump(data: Any) -> str:
        out = StringIO()
        writer = dumper(out)
        try:
            writer.open()
            writer.represent(data)
            writer.close()
        finally:
            writer.dispose()
        return _fill_in(out.getvalue(), writer.held)

    return dump


def _dumper_class() -> Any:
    class HoldingDumper(yaml.CSafeDumper):
        """Writes a placeholder for each string that needs double quotes and keeps the string in `held`."""

        def __init__(self, stream: StringIO) -> None:
            super().__init__(stream, default_flow_style=False)
            self.held: list[str] = []

        def represent_mapping(self, tag: str, mapping: Any, flow_style: bool | None = None) -> Any:
            if not all(_is_plain_key(key) for key in mapping):
                raise _NotCovered
            return super().represent_mapping(tag, mapping, flow_style)

    def string(dumper: Any, value: str) -> Any:
        text = str.__str__(value)  # libyaml takes no subclass of str
        if _DOUBLE_QUOTED.search(text):
            dumper.held.append(text)
            text = f"{_NONCE}{len(dumper.held) - 1}x"
        return dumper.represent_str(text)

    def uncovered(_dumper: Any, _value: object) -> Any:
        raise _NotCovered

    # AgentDojo registers its own representers on SafeDumper, after CSafeDumper was made: take those.
    HoldingDumper.yaml_representers = dict(yaml.SafeDumper.yaml_representers)
    HoldingDumper.yaml_multi_representers = {
        kind: string if isinstance(kind, type) and issubclass(kind, str) else representer
        for kind, representer in yaml.SafeDumper.yaml_multi_representers.items()
    }
    HoldingDumper.add_representer(str, string)
    HoldingDumper.add_representer(bytes, uncovered)
    return HoldingDumper


def _is_plain_key(key: object) -> bool:
    """Whether a key stands before its colon in one line, so that its value's column follows from the line."""
    if not isinstance(key, str):
        return key is None or isinstance(key, (int, float))
    return 0 < len(key) <= _LONG_KEY and "\n" not in key and not _DOUBLE_QUOTED.search(key)


def _fill_in(text: str, held: list[str]) -> str:
    if not held:
        return text

    def quoted(match: re.Match[str]) -> str:
        before = text[text.rfind("\n", 0, match.start()) + 1 : match.start()]
        leader = _LEADER.match(before)
        assert leader is not None
        # A scalar's further lines stand one level deeper than its key, or than its dash.
        inside_mapping = leader.end() < len(before)
        indent = leader.end() if inside_mapping else before.rindex("-")
        return _double_quoted(held[int(match[1])], column=len(before), indent=indent + _INDENT)

    return _PLACEHOLDER.sub(quoted, text)


@lru_cache(maxsize=4096)  # a world mostly holds the same texts from case to case
def _double_quoted(value: str, *, column: int, indent: int) -> str:
    out = StringIO()
    emitter = Emitter(out)
    emitter.column, emitter.indent, emitter.whitespace, emitter.indention = column, indent, True, False
    emitter.write_double_quoted(value)
    return out.getvalue()
