from __future__ import annotations

from types import SimpleNamespace

from pytest_agentsafety.guards.pii import PiiGuard
from pytest_agentsafety.guards.presidio import presidio_finder
from pytest_agentsafety.model.decisions import GuardContext


class Analyzer:
    """Answers as presidio's engine does, for one name."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, list[str] | None]] = []

    def analyze(self, text: str, language: str, entities: list[str] | None = None) -> list[SimpleNamespace]:
        self.asked.append((language, entities))
        at = text.find("Ann Lee")
        found = [SimpleNamespace(entity_type="PERSON", start=at, end=at + 7, score=0.85)] if at >= 0 else []
        return [*found, SimpleNamespace(entity_type="LOCATION", start=0, end=3, score=0.2)]


def test_the_guard_takes_presidios_findings_as_its_own() -> None:
    analyzer = Analyzer()
    guard = PiiGuard(extra_finders=[presidio_finder(analyzer, language="de", entities=["PERSON"])])
    result = guard.check("Ask Ann Lee.", GuardContext(stage="output"))
    assert result.redacted == "Ask [redacted person]."
    assert result.rule == "pii.person"
    assert analyzer.asked[0] == ("de", ["PERSON"])


def test_what_presidio_is_not_sure_of_is_left_out() -> None:
    finder = presidio_finder(Analyzer())
    assert finder("nothing") == []
    assert [f.kind for f in presidio_finder(Analyzer(), threshold=0.1)("nothing")] == ["location"]
