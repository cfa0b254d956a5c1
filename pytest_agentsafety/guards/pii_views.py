"""Personal data in the readings of a text that its letters do not show: other scripts' digits, encodings, spacing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from pytest_agentsafety.guards.normalise import normalise
from pytest_agentsafety.guards.pii_scan import Finding, find_keys, find_pii, find_strong
from pytest_agentsafety.guards.spans import View


class Hidden(NamedTuple):
    """Where it stands in the text as given, and what it says there."""

    finding: Finding
    value: str


def find_hidden(text: str) -> Iterator[Hidden]:
    """What is found in the normalised readings of `text`, apart from the text itself. May repeat itself.

    Letters that stand apart are read for kinds with a form of their own alone: any row of digits is an account number
    once its gaps are closed. Backwards only keys are read.
    """
    normal = normalise(text)
    for view in normal.views:
        if view.text != text:
            yield from (_back(view, finding) for finding in find_pii(view.text))
    for view in (*normal.spaced, *normal.joined):
        yield from (_back(view, finding) for finding in find_strong(view.text))
    plain = normal.text
    for finding in find_keys(plain[::-1]):
        start, end = normal.base.origin(len(plain) - finding.end, len(plain) - finding.start)
        yield Hidden(Finding(finding.kind, start, end), plain[::-1][finding.start : finding.end])


def _back(view: View, finding: Finding) -> Hidden:
    start, end = view.origin(finding.start, finding.end)
    return Hidden(Finding(finding.kind, start, end), view.text[finding.start : finding.end])
