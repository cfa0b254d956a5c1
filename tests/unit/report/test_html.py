"""The pages as text: what is in them, and what can never be."""

from __future__ import annotations

import base64
import json
import re
from hashlib import sha256
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest

from pytest_agentsafety.report import build_report
from pytest_agentsafety.report.html import json_island, render_checklist, render_report
from tests.unit.report.evidence_builder import EvidenceBuilder
from tests.unit.report.hostile import MARK, hostile

VOID = {"meta", "img", "input", "br", "hr", "link", "wbr", "rect"}


class Page(HTMLParser):
    """Tags with attributes, contents of style and script, and whether tags are balanced."""

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.raw: dict[str, list[str]] = {"style": [], "script": []}
        self.words: list[str] = []
        self.open: list[str] = []
        self.feed(source)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)
        if tag in self.raw:
            self.raw[tag].append("")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] in self.raw:
            self.raw[self.open[-1]][-1] += data
        else:
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())

    def attributes(self, name: str) -> list[str]:
        return [str(attrs[name]) for _, attrs in self.tags if name in attrs]


def pages(run: EvidenceBuilder, **options: int) -> dict[str, str]:
    data = build_report(run.write(), **options)
    return {"report": render_report(data), "checklist": render_checklist(data)}


@pytest.fixture
def evil(tmp_path: Path) -> EvidenceBuilder:
    return hostile(tmp_path / "evil")


@pytest.mark.parametrize("name", ["report", "checklist"])
def test_tags_are_balanced_and_ids_unique(run: EvidenceBuilder, name: str) -> None:
    page = Page(pages(run)[name])
    assert page.open == []
    ids = page.attributes("id")
    assert len(ids) == len(set(ids))
    assert set(page.attributes("aria-labelledby")) <= set(ids)
    anchors = [href[1:] for href in page.attributes("href") if href.startswith("#") and "case-" not in href]
    assert set(anchors) <= set(ids)


@pytest.mark.parametrize("name", ["report", "checklist"])
def test_hostile_strings_add_no_tag_and_no_attribute(run: EvidenceBuilder, evil: EvidenceBuilder, name: str) -> None:
    harmless, attacked = Page(pages(run)[name]), Page(pages(evil)[name])
    known = {(tag, key) for tag, attrs in harmless.tags for key in attrs}
    assert {tag for tag, _ in attacked.tags} <= {tag for tag, _ in harmless.tags}
    assert {(tag, key) for tag, attrs in attacked.tags for key in attrs} <= known | {("td", "class")}
    assert attacked.open == []
    assert MARK in attacked.text
    assert "1337" not in attacked.text.replace(" ", "")


@pytest.mark.parametrize("name", ["report", "checklist"])
def test_hostile_strings_stay_out_of_scripts_links_and_ids(evil: EvidenceBuilder, name: str) -> None:
    page = Page(pages(evil)[name])
    islands = [attrs for tag, attrs in page.tags if tag == "script" and attrs.get("type") == "application/json"]
    executable = [
        source for source, (_, attrs) in zip(page.raw["script"], scripts(page), strict=True) if not attrs.get("type")
    ]
    assert len(executable) == len(scripts(page)) - len(islands) <= 1
    assert not any(MARK in source for source in [*executable, *page.raw["style"]])
    for attribute in ("href", "src", "id", "class", "for"):
        assert not any(MARK in value for value in page.attributes(attribute))


def scripts(page: Page) -> list[tuple[str, dict[str, str | None]]]:
    return [(tag, attrs) for tag, attrs in page.tags if tag == "script"]


@pytest.mark.parametrize("name", ["report", "checklist"])
def test_control_and_bidi_characters_are_shown_as_escapes(evil: EvidenceBuilder, name: str) -> None:
    source = pages(evil)[name]
    assert not re.search(
        "[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u2028\u2029\U000e0000-\U000e007f]", source
    )
    assert "\\u202e" in source


@pytest.mark.parametrize("name", ["report", "checklist"])
def test_nothing_comes_from_elsewhere(evil: EvidenceBuilder, name: str) -> None:
    source = pages(evil)[name]
    page = Page(source)
    links = [value for attribute in ("href", "src", "action", "srcset", "data") for value in page.attributes(attribute)]
    assert {link for link in links if not link.startswith("#")} <= {"report.html", "checklist.html"}
    assert not re.search(r"url\(|@import|https?:", page.raw["style"][0])
    assert not any(re.search(r"https?:|fetch\(|XMLHttpRequest|import\(|innerHTML|eval\(", s) for s in code(page))
    assert {tag for tag, _ in page.tags} & {"link", "iframe", "img", "object", "embed", "base"} == set()


def code(page: Page) -> list[str]:
    return [s for s, (_, attrs) in zip(page.raw["script"], scripts(page), strict=True) if not attrs.get("type")]


@pytest.mark.parametrize("name", ["report", "checklist"])
def test_the_policy_allows_exactly_the_page_itself(run: EvidenceBuilder, name: str) -> None:
    page = Page(pages(run)[name])
    (content,) = [attrs["content"] for _, attrs in page.tags if attrs.get("http-equiv") == "Content-Security-Policy"]
    assert content is not None
    directives = dict(part.strip().split(" ", 1) for part in content.split(";"))
    assert directives["default-src"] == "'none'"
    assert directives["style-src"] == f"'{hashed(page.raw['style'][0])}'"
    assert directives.get("script-src") == (f"'{hashed(code(page)[0])}'" if name == "report" else None)
    assert "unsafe" not in content


def hashed(source: str) -> str:
    return "sha256-" + base64.b64encode(sha256(source.encode()).digest()).decode()


@pytest.mark.parametrize("name", ["report", "checklist"])
def test_no_inline_handler_and_no_style_attribute(evil: EvidenceBuilder, name: str) -> None:
    names = {key for _, attrs in Page(pages(evil)[name]).tags for key in attrs}
    assert not {key for key in names if key.startswith("on") or key == "style"}


@pytest.mark.parametrize("name", ["report", "checklist"])
def test_headings_language_and_tables_are_proper(run: EvidenceBuilder, name: str) -> None:
    page = Page(pages(run)[name])
    assert ("html", {"lang": "en"}) in page.tags
    levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch("h[1-6]", tag)]
    assert levels.count(1) == 1
    assert all(later - earlier <= 1 for earlier, later in pairwise(levels))
    assert all("scope" in attrs for tag, attrs in page.tags if tag == "th")


def test_the_report_says_the_headlines_without_script(run: EvidenceBuilder) -> None:
    run.run["marks"] = ["guards off: pii"]
    text = Page(pages(run)["report"]).text
    for words in (
        "Attacks got through",
        "2 of 58 attacks reached their goal.",
        "guards off: pii",
        "Task completion rate",
        "Cost per task",
        "1 of 2",
        "provenance",
        "RuntimeError: the mailbox is gone",
        "NO-GO",
        "claude-sonnet-5-5",
        "This table needs JavaScript",
    ):
        assert words in text


def test_left_out_transcripts_are_said(run: EvidenceBuilder) -> None:
    assert "transcripts of 76 cases are not in it" in Page(pages(run, transcript_bytes=0)["report"]).text


def test_an_empty_run_renders(run: EvidenceBuilder) -> None:
    run.rows = []
    assert "No cases ran" in Page(pages(run)["report"]).text


def test_the_checklist_shows_every_item_and_where_to_sign(run: EvidenceBuilder) -> None:
    run.run["agent_kind"] = "reference"
    text = Page(pages(run)["checklist"]).text
    for words in ("NO-GO", "INJ-1", "EVD-1", "NOT APPLICABLE", "not your own", "Out of scope", "ASI07", "Signature"):
        assert words in text


def test_the_index_island_is_whole(run: EvidenceBuilder) -> None:
    page = Page(pages(run)["report"])
    index = json.loads(page.raw["script"][0])
    assert len(index["rows"]) == len(index["places"]) == 76
    assert dict(zip(index["fields"], index["rows"][0], strict=True))["verdict"] == "completed"


def test_islands_hold_nothing_that_ends_them() -> None:
    value = {"</script>": "<!-- & \u2028 \u2029 ]]>"}
    encoded = json_island(value)
    assert not set("<>&\u2028\u2029") & set(encoded)
    assert json.loads(encoded) == value
