"""Names and postal addresses through `presidio-analyzer`, which a user installs and sets up; this project does not.

from presidio_analyzer import AnalyzerEngine
from pytest_agentsafety.guards.presidio import presidio_finder

PiiGuard(extra_finders=[presidio_finder(AnalyzerEngine())])
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from pytest_agentsafety.guards.pii_scan import Finding


class Analyzer(Protocol):
    """What is used of `presidio_analyzer.AnalyzerEngine`: results with entity_type, start, end and score."""

    def analyze(self, text: str, language: str, entities: list[str] | None = None) -> Sequence[Any]: ...


def presidio_finder(
    analyzer: Analyzer,
    *,
    language: str = "en",
    entities: Sequence[str] = ("PERSON", "LOCATION"),
    threshold: float = 0.5,
) -> Callable[[str], list[Finding]]:
    """A finder of these entities with at least this score in 0..1. Everything else the guard finds without it."""

    def find(text: str, /) -> list[Finding]:
        results = analyzer.analyze(text=text, language=language, entities=list(entities))
        return [Finding(r.entity_type.lower(), r.start, r.end) for r in results if r.score >= threshold]

    return find
