"""The page in a real browser: its own script runs under its policy, nobody else's does."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from pytest_agentsafety.report import write_report
from tests.unit.report.evidence_builder import office
from tests.unit.report.hostile import MARK, PAYLOADS, hostile

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update", "--enable-logging=stderr"),
)


@pytest.fixture(scope="module")
def browser() -> str:
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if found is None:
        reason = f"no browser: none of {', '.join(BROWSERS)} is installed"
        if os.environ.get("AGENTSAFETY_CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return found


def dom(browser: str, path: Path, profile: Path, fragment: str = "") -> tuple[str, str]:
    """The page as the browser has it once it is idle, and what it logged."""
    command = [browser, *FLAGS, f"--user-data-dir={profile}", "--virtual-time-budget=5000", "--dump-dom"]
    done = subprocess.run(
        [*command, path.as_uri() + fragment], capture_output=True, text=True, timeout=120, check=True, errors="replace"
    )
    return done.stdout, "\n".join(line for line in done.stderr.splitlines() if "CONSOLE" in line)


def pwned(page: str) -> bool:
    return "data-pwned" in re.split(r"<head", page, maxsplit=1)[0]


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_report(office(tmp_path_factory.mktemp("office")).write())


@pytest.fixture(scope="module")
def evil_report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_report(hostile(tmp_path_factory.mktemp("evil")).write())


def test_the_table_is_drawn_under_the_policy(browser: str, report: Path, tmp_path: Path) -> None:
    page, log = dom(browser, report, tmp_path)
    assert log == ""
    rows = re.search(r'<tbody id="rows">(.*?)</tbody>', page, re.DOTALL)
    assert rows is not None
    assert rows[1].count("<tr>") == 76
    assert "Cases 1 to 76 of 76" in page


def test_a_case_opens_with_its_transcript(browser: str, report: Path, tmp_path: Path) -> None:
    page, log = dom(browser, report, tmp_path, "#case-16")
    assert log == ""
    dialog = page[page.index("<dialog") : page.index("</dialog>")]
    assert re.match(r"<dialog[^>]* open", dialog)
    for words in (
        "The user's task",
        "Injected by the attacker at mail_body",
        "untrusted-destination",
        "tool:read_mail",
    ):
        assert words in dialog
    assert "Final answer" in dialog


def test_the_checklist_page_opens_quietly(browser: str, report: Path, tmp_path: Path) -> None:
    page, log = dom(browser, report.with_name("checklist.html"), tmp_path)
    assert log == ""
    assert "Pre-deploy checklist" in page


def test_the_mark_shows_when_something_runs(browser: str, tmp_path: Path) -> None:
    """The control: without escaping and policy these payloads do execute."""
    path = tmp_path / "control.html"
    path.write_text(f"<!DOCTYPE html><html><head></head><body>{PAYLOADS[2]}</body></html>")
    assert pwned(dom(browser, path, tmp_path / "profile")[0])


def test_the_policy_alone_stops_a_payload_and_the_log_tells(browser: str, report: Path, tmp_path: Path) -> None:
    """A second control: what slipped through the escaping would still meet the policy."""
    path = tmp_path / "slipped.html"
    source = report.read_text(encoding="utf-8")
    path.write_text(source.replace("<main", f"{PAYLOADS[0]}{PAYLOADS[2]}<main", 1), encoding="utf-8")
    page, log = dom(browser, path, tmp_path / "profile")
    assert not pwned(page)
    assert "Content Security Policy" in log


@pytest.mark.parametrize("fragment", ["", "#case-20", "#case-4"])
@pytest.mark.parametrize("policy", [True, False], ids=["policy", "no-policy"])
def test_hostile_strings_do_not_execute(
    browser: str, evil_report: Path, tmp_path: Path, policy: bool, fragment: str
) -> None:
    """With the policy taken out, escaping alone has to hold."""
    path = evil_report
    if not policy:
        path = tmp_path / "bare.html"
        path.write_text(
            re.sub(r"<meta http-equiv[^>]*>", "", evil_report.read_text(encoding="utf-8")), encoding="utf-8"
        )
    page, log = dom(browser, path, tmp_path / "profile", fragment)
    assert log == ""
    assert not pwned(page)
    assert MARK in page
    if fragment:
        dialog = page[page.index("<dialog") : page.index("</dialog>")]
        assert dialog.count('class="step') >= 11


def test_a_hostile_checklist_does_not_execute(browser: str, evil_report: Path, tmp_path: Path) -> None:
    page, log = dom(browser, evil_report.with_name("checklist.html"), tmp_path)
    assert (pwned(page), log) == (False, "")
    assert MARK in page
