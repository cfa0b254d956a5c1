"""What is added to a configuration leaves what stands there as it is, to the byte."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from pytest_agentsafety.config.adding import replace_file, with_agent, with_tables
from pytest_agentsafety.model.errors import ConfigError

TABLES = '[tool.agentsafety.tools.send]\neffect = "egress"  # verb\n'


def agent_in(text: str) -> str:
    return str(tomllib.loads(text)["tool"]["agentsafety"]["agent"])


@pytest.mark.parametrize(
    "before",
    [
        "",
        "# only words\n",
        "# no end of line",
        '[tool.agentsafety]\nprovenance = "strict"\n',
        '[tool.agentsafety]\r\nprovenance = "strict"\r\n\r\n[tool.other]\r\nx = nan\r\n',
        "[tool.agentsafety]",
        '  [ tool . "agentsafety" ]  # mine\nsuites = ["a"]\n',
        '[tool.agentsafety.tools.x]\neffect = "read"\n',
        '[tool.agentsafety.tools.x]\neffect = "read"\n[tool.agentsafety]\nsuites = ["a"]\n[project]\nname = "x"\n',
        'text = """\n[tool.agentsafety]\n"""\n[tool.agentsafety]\nsuites = ["a"]\n',
        "[project]\nname = 'x'\n# a\u2028[tool.agentsafety]\n",
    ],
)
def test_the_agent_is_added_and_nothing_else_changes(before: str) -> None:
    after = with_agent(before, "shop.bot:agent", "made by X, bot.py:3", "file")
    assert agent_in(after) == "shop.bot:agent"
    added = [line for line in after.splitlines() if line.startswith("agent = ")]
    assert added == ['agent = "shop.bot:agent"  # made by X, bot.py:3']
    left = list(after)
    assert all(char in left and not left.remove(char) for char in before)
    assert ("\r\n" in before) == ("\r\n" in after)
    assert not ("\r\n" in before and "\n" in after.replace("\r\n", ""))


@pytest.mark.parametrize(
    "before",
    [
        '[tool]\nagentsafety = { provenance = "strict" }\n',
        'tool.agentsafety.provenance = "strict"\n',
        '[tool]\nagentsafety.provenance = "strict"\n',
    ],
)
def test_where_it_cannot_be_added_the_line_is_told(before: str) -> None:
    with pytest.raises(ConfigError, match=r'here.toml: .*Add it by hand, in \[tool.agentsafety\]: agent = "a:b"'):
        with_agent(before, "a:b", "why", "here.toml")


def test_hostile_reasons_stay_in_their_comment() -> None:
    after = with_agent("", 'a:b"\nx = 1', "x\n[evil]\u202e\x1b", "file")
    assert tomllib.loads(after) == {"tool": {"agentsafety": {"agent": 'a:b"\nx = 1'}}}
    assert "\x1b" not in after
    assert "\u202e" not in after


@pytest.mark.parametrize("before", ["", "x = 1", "x = 1\r\n", '[tool.agentsafety.tools.y]\neffect = "read"\n'])
def test_tables_are_added_behind(before: str) -> None:
    after = with_tables(before, TABLES, "file")
    assert after.startswith(before)
    assert tomllib.loads(after)["tool"]["agentsafety"]["tools"]["send"] == {"effect": "egress"}


@pytest.mark.parametrize("before", ["[tool.agentsafety]\ntools = {}\n", TABLES])
def test_tables_that_cannot_stand_there_are_told(before: str) -> None:
    with pytest.raises(ConfigError, match=r"^here: .*--print"):
        with_tables(before, TABLES, "here")


def test_a_file_is_written_whole_with_its_folder(tmp_path: Path) -> None:
    replace_file(tmp_path / "a/b.toml", "x = 'ü'\n")
    assert (tmp_path / "a/b.toml").read_bytes() == "x = 'ü'\n".encode()
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["b.toml"]
    (tmp_path / "file").touch()
    with pytest.raises(ConfigError, match="cannot be written"):
        replace_file(tmp_path / "file/b.toml", "")
