from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from pytest_agentsafety.config import Settings, load_settings
from pytest_agentsafety.model.errors import ConfigError, UnknownNameError


def settings(folder: Path, text: str) -> Settings:
    (folder / "agentsafety.toml").write_text(f"[tool.agentsafety]\n{text}")
    return load_settings(folder)


def test_the_folder_has_a_default(tmp_path: Path) -> None:
    expected = tmp_path / "tests" / "agentsafety-cases"
    assert load_settings(tmp_path).fuzz_settings.cases == expected
    assert settings(tmp_path, "").fuzz_settings.cases == expected


def test_the_folder_starts_at_the_file(tmp_path: Path) -> None:
    settings(tmp_path, '[tool.agentsafety.fuzz]\ncases = "found"\n')
    below = tmp_path / "below"
    below.mkdir()
    assert load_settings(below).fuzz_settings.cases == tmp_path / "found"


def test_waivers_by_case_id(tmp_path: Path) -> None:
    text = '[tool.agentsafety.fuzz.waivers."words-hex-1"]\nowner = "ann"\nreason = "known"\nexpires = 2027-01-31\n'
    waivers = settings(tmp_path, text).fuzz_settings.waivers
    assert waivers["words-hex-1"].expires == date(2027, 1, 31)


@pytest.mark.parametrize("missing", ["owner", "reason", "expires"])
def test_a_waiver_without_owner_reason_or_expiry_is_an_error(tmp_path: Path, missing: str) -> None:
    keys = {"owner": '"ann"', "reason": '"known"', "expires": "2027-01-31"}
    rest = "\n".join(f"{key} = {value}" for key, value in keys.items() if key != missing)
    with pytest.raises(ConfigError, match=f"one: a waiver needs '{missing}'") as raised:
        settings(tmp_path, f"[tool.agentsafety.fuzz.waivers.one]\n{rest}\n")
    assert "agentsafety.toml:2" in str(raised.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[tool.agentsafety.fuzz]\ncase = "x"', "unknown key 'case'. Did you mean 'cases'"),
        ("[tool.agentsafety.fuzz]\ncases = 5", "expected a non-empty string"),
        ("[tool.agentsafety]\nfuzz = 5", None),
        ("[tool.agentsafety.fuzz]\nwaivers = 5", "expected a table"),
    ],
)
def test_typos(tmp_path: Path, text: str, message: str | None) -> None:
    (tmp_path / "agentsafety.toml").write_text(text)
    with pytest.raises((ConfigError, UnknownNameError), match=message or "expected a table"):
        load_settings(tmp_path)
