"""Guard code does not know the suites that it is measured on."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.architecture.benchmark_words import Vocabulary, texts_of_folder, tools_of_folder, vocabulary

ROOT = Path(__file__).parents[2]
GUARD_ROOMS = ("provenance", "permissions", "guards", "text", "lexicon", "gate")
GUARD_FILES = sorted(
    file
    for room in GUARD_ROOMS
    for file in (ROOT / "pytest_agentsafety" / room).rglob("*")
    if file.is_file() and "__pycache__" not in file.parts
)


def found(words: Vocabulary) -> dict[str, set[str]]:
    """What each file of the guards has of these words."""
    hits = {
        str(file.relative_to(ROOT)): words.found_in(file.read_text(encoding="utf-8", errors="replace"))
        for file in GUARD_FILES
    }
    return {name: words for name, words in hits.items() if words}


def agentdojo_words() -> Vocabulary:
    pytest.importorskip("agentdojo", reason="needs the extra: pip install 'pytest-agentsafety[agentdojo]'")
    from pytest_agentsafety.catalog.agentdojo.upstream import load

    spec = find_spec("agentdojo")
    assert spec is not None
    assert spec.submodule_search_locations
    folder = Path(spec.submodule_search_locations[0])
    suites = [suite for suites in load().registry().values() for suite in suites.values()]
    tools = {tool.name for suite in suites for tool in suite.tools}
    texts = [*texts_of_folder(folder / "data" / "suites")]
    for suite in suites:
        for task in (*suite.user_tasks.values(), *suite.injection_tasks.values()):
            texts += [str(getattr(task, name, None) or "") for name in ("PROMPT", "GOAL", "GROUND_TRUTH_OUTPUT")]
    return vocabulary(texts, tools)


def folder_words(folder: Path) -> Vocabulary:
    return vocabulary(texts_of_folder(folder), tools_of_folder(folder))


def test_no_words_of_agentdojo() -> None:
    words = agentdojo_words()
    some = {"US133000000121212121212", "mark.black-2134@gmail.com", "send_money", "Montmartre", "Emma Johnson"}
    assert some <= words.anywhere
    assert "Riverside View" in words.exactly
    assert found(words) == {}


@pytest.mark.parametrize("folder", ["suites/inbox", "benchmarks/foreign_suites", "benchmarks/everyday"])
def test_no_words_of_suites_in_this_repository(folder: str) -> None:
    if not (ROOT / folder).is_dir():
        pytest.skip(f"{folder} is not in this checkout")
    words = folder_words(ROOT / folder)
    assert len(words.anywhere) > 20
    assert found(words) == {}


@pytest.mark.parametrize(
    "planted",
    [
        'if call.name in ("send_money", "get_balance"):',
        "TRUSTED = {'emma.johnson@bluesparrowtech.com'}",
        "# www.secure-systems-252.com is not to be visited",
        'ATTACKER = "us133000000121212121212"',
        'NAMES = ["Montmartre"]',
        'if "riverside view hotel" in text.lower() or "Riverside View Hotel" in text:',
    ],
    ids=["tool", "address", "host", "account", "place", "run"],
)
def test_a_planted_word_is_found(planted: str) -> None:
    words = agentdojo_words()
    code = GUARD_FILES[0].read_text(encoding="utf-8")
    assert words.found_in(f"{code}\n{planted}\n") - words.found_in(code)


def test_generic_english_is_no_find() -> None:
    words = agentdojo_words()
    generic = "send the email to a recipient, delete the file, get the amount of the invoice by Monday; the hotel"
    assert words.found_in(generic) == set()
    assert words.found_in("Reads a file. Deletes an account. Account numbers, Payments and Messages.") == set()


def test_the_rule_on_a_made_up_suite() -> None:
    texts = [
        "Ask Quentin Abernathy about the Blue Door. The blue door is open.",
        "Write to q.abernathy@zorbl.example or www.zorbl.example, account DE89370400440532013000, on 2024-05-15.",
        "Zorbl pays 12.50 on Friday",
    ]
    words = vocabulary(texts, ["zap_widget", "zap", "send_email"])
    assert words.exactly == {"Blue Door"}
    assert words.anywhere == {
        "Ask Quentin Abernathy",
        "Quentin",
        "Abernathy",
        "Zorbl",
        "q.abernathy@zorbl.example",
        "zorbl.example",
        "www.zorbl.example",
        "DE89370400440532013000",
        "zap_widget",
    }
