"""Every id that is used is known, and the list is whole."""

from __future__ import annotations

from pytest_agentsafety.checklist.judges import JUDGES
from pytest_agentsafety.checklist.questions import QUESTIONS
from pytest_agentsafety.checklist.standards import OUT_OF_SCOPE, STANDARDS

IDS = [
    "INJ-1",
    "INJ-2",
    "INJ-3",
    "INJ-4",
    "JBK-1",
    "SCP-1",
    "UTL-1",
    "TOOL-1",
    "TOOL-2",
    "TOOL-3",
    "DST-1",
    "EXF-1",
    "PII-1",
    "SYS-1",
    "OUT-1",
    "MEM-1",
    "HIL-1",
    "HIL-2",
    "CST-1",
    "CST-2",
    "LAT-1",
    "REL-1",
    "AUD-1",
    "KIL-1",
    "SUP-1",
    "EVD-1",
]


def test_the_26_items_stand_in_order() -> None:
    assert [question.id for question in QUESTIONS] == IDS


def test_every_judge_has_its_question() -> None:
    assert set(JUDGES) <= set(IDS)


def test_every_mapped_id_is_known() -> None:
    used = {id_ for question in QUESTIONS for id_ in question.standards} | {id_ for id_, _ in OUT_OF_SCOPE}
    assert used <= set(STANDARDS)


def test_every_question_says_what_passes_and_what_is_missing() -> None:
    for question in QUESTIONS:
        assert question.question.endswith("?")
        assert question.rule
        assert question.untested


def test_second_hand_ids_are_marked() -> None:
    assert STANDARDS["T10"].second_hand
    assert STANDARDS["MS-2.5-001"].second_hand
    assert STANDARDS["A.6.2.8"].second_hand
    assert not STANDARDS["LLM01"].second_hand
    assert not STANDARDS["AML.T0051.001"].second_hand


def test_what_is_out_of_scope_is_named() -> None:
    assert [id_ for id_, _ in OUT_OF_SCOPE] == ["ASI07", "T12", "T13", "T14", "T16", "LLM04", "LLM08", "LLM09"]
