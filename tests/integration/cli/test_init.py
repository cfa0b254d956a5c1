"""`agentsafety init`: rules drafted from the tools, written down once, never over what a person wrote."""

from __future__ import annotations

import os
import stat
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from pytest_agentsafety.config import load_settings

TOOLS = '''\
"""Tools of a shop."""
from os.path import join  # not a tool of this module


def send_parcel_mail(to: str, body: str) -> bool:
    """Send a mail about a parcel."""


def get_parcel(parcel_id: int) -> dict:
    """Get a parcel by its id."""


def _helper() -> None:
    """No tool."""


ALL = [send_parcel_mail, get_parcel]
'''
AGENT = """\
from {tools} import ALL, get_parcel


class Agent:
    tools = ALL

    def invoke(self, task):
        raise AssertionError("nothing is called")


agent = Agent()


def build(tools=(get_parcel,)):
    raise AssertionError("nothing is called")


def bare(task):
    raise AssertionError("nothing is called")
"""


@pytest.fixture
def folder(tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project; its modules have a name of their own, since modules outlive a test."""
    tag = f"m{abs(hash(request.node.nodeid))}"
    monkeypatch.setattr(sys, "path", list(sys.path))
    (tmp_path / f"{tag}_tools.py").write_text(TOOLS)
    (tmp_path / f"{tag}_agent.py").write_text(AGENT.format(tools=f"{tag}_tools"))
    (tmp_path / "tag").write_text(tag)
    return tmp_path


def module(folder: Path, kind: str) -> str:
    return f"{(folder / 'tag').read_text()}_{kind}"


def test_a_module_s_public_functions_are_its_tools(call: Any, folder: Path) -> None:
    said = call(folder, "init", f"--tools={module(folder, 'tools')}")
    assert said.status == 0, said.err
    assert "2 tools added (1 egress, 1 read)" in said.out
    rules = load_settings(folder).policy.tools
    assert set(rules) == {"send_parcel_mail", "get_parcel"}
    assert rules["send_parcel_mail"].effect == "egress"
    assert rules["send_parcel_mail"].roles == {"to": "destination", "body": "content"}
    assert not rules["send_parcel_mail"].drafted
    assert rules["get_parcel"].effect == "read"


def test_every_line_has_its_reason(call: Any, folder: Path) -> None:
    call(folder, "init", f"--tools={module(folder, 'tools')}:ALL")
    lines = [line for line in (folder / "agentsafety.toml").read_text().splitlines() if " = " in line]
    assert len(lines) == 7
    assert all("  # " in line for line in lines)


@pytest.mark.parametrize(("attribute", "tools"), [("agent", 2), ("build", 1)])
def test_the_tools_an_agent_shows(call: Any, folder: Path, attribute: str, tools: int) -> None:
    said = call(folder, "init", f"--agent={module(folder, 'agent')}:{attribute}")
    assert said.status == 0, said.err
    assert len(load_settings(folder).policy.tools) == tools


def test_the_agent_of_the_configuration(call: Any, folder: Path) -> None:
    (folder / "agentsafety.toml").write_text(f'[tool.agentsafety]\nagent = "{module(folder, "agent")}:agent"\n')
    assert call(folder, "init").status == 0
    settings = load_settings(folder)
    assert len(settings.policy.tools) == 2
    assert settings.agent == f"{module(folder, 'agent')}:agent"


def test_what_a_person_wrote_stays_to_the_byte(call: Any, folder: Path) -> None:
    mine = '# mine\r\n[tool.agentsafety.tools]\r\nget_parcel = { effect = "pay" }  # I know better'
    (folder / "agentsafety.toml").write_bytes(mine.encode())
    (folder / "agentsafety.toml").chmod(0o640)
    said = call(folder, "init", f"--tools={module(folder, 'tools')}")
    assert said.status == 0, said.err
    assert "1 tool added" in said.out
    assert "kept as written: get_parcel" in said.out
    written = (folder / "agentsafety.toml").read_bytes().decode()
    assert written.startswith(mine)
    assert "\n" not in written.replace("\r\n", "")
    assert load_settings(folder).policy.tools["get_parcel"].effect == "pay"
    assert stat.S_IMODE((folder / "agentsafety.toml").stat().st_mode) == 0o640


def test_again_adds_nothing(call: Any, folder: Path) -> None:
    call(folder, "init", f"--tools={module(folder, 'tools')}")
    before = (folder / "agentsafety.toml").read_bytes()
    said = call(folder, "init", f"--tools={module(folder, 'tools')}")
    assert said.status == 0
    assert "nothing to add" in said.out
    assert (folder / "agentsafety.toml").read_bytes() == before


def test_it_is_written_where_the_table_stands(call: Any, folder: Path) -> None:
    (folder / "pyproject.toml").write_text('[tool.agentsafety]\nprovenance = "strict"\n')
    said = call(folder, "init", f"--tools={module(folder, 'tools')}")
    assert said.status == 0, said.err
    assert not (folder / "agentsafety.toml").exists()
    assert len(load_settings(folder).policy.tools) == 2
    assert load_settings(folder).policy.provenance == "strict"


def test_print_writes_nothing(call: Any, folder: Path) -> None:
    said = call(folder, "init", f"--tools={module(folder, 'tools')}", "--print")
    assert said.status == 0
    assert not (folder / "agentsafety.toml").exists()
    assert set(tomllib.loads(said.out)["tool"]["agentsafety"]["tools"]) == {"send_parcel_mail", "get_parcel"}


def test_what_was_not_understood_is_left_to_a_person(call: Any, folder: Path) -> None:
    tag = module(folder, "odd")
    (folder / f"{tag}.py").write_text("def frobnicate(zxqv: str) -> str:\n    pass\n")
    said = call(folder, "init", f"--tools={tag}")
    assert said.status == 0, said.err
    assert "not understood" in said.out
    assert "frobnicate: frobnicate, zxqv" in said.out
    assert load_settings(folder).policy.tools == {}
    before = (folder / "agentsafety.toml").read_text()
    again = call(folder, "init", f"--tools={tag}")
    assert "nothing to add" in again.out
    assert "frobnicate: frobnicate, zxqv" in again.out, "it is still to be decided"
    assert (folder / "agentsafety.toml").read_text() == before
    decided = "\n".join(line.removeprefix("# ") for line in before.splitlines() if not line.startswith("# Not"))
    table = decided[decided.index("[tool.") :]
    (folder / "agentsafety.toml").write_text(table)
    assert load_settings(folder).policy.tools["frobnicate"].effect == "write"


def test_hostile_names_and_descriptions_stay_what_they_are(call: Any, folder: Path) -> None:
    tag = module(folder, "hostile")
    (folder / f"{tag}.py").write_text(
        "from pytest_agentsafety.model.messages import ToolSpec\n"
        "def f(): pass\n"
        'name = \'send_mail"]\\n[tool.agentsafety]\\nagent = "evil:agent"\\n\'\n'
        "schema = {'properties': {'to\\n[x]': {'type': 'string', 'description': 'a\\nb = 1'}}}\n"
        "ALL = [ToolSpec(name=name, fn=f, description='Sends.\\n[x]\\u202e\\x1b[31m', input_schema=schema),\n"
        "       ToolSpec(name='\\ud800', fn=f), ToolSpec(name=' ', fn=f)]\n"
    )
    said = call(folder, "init", f"--tools={tag}:ALL")
    assert said.status == 0, said.err
    settings = load_settings(folder)
    assert settings.agent is None
    assert list(settings.policy.tools) == ['send_mail"]\n[tool.agentsafety]\nagent = "evil:agent"\n']
    assert "\x1b" not in (folder / "agentsafety.toml").read_text() + said.out
    assert said.out.count("left out") == 2


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ([], "no agent is configured"),
        (["--tools=no_such_module_here"], "cannot import module"),
        (["--tools={tools}:AL"], "ALL"),
        (["--tools={tools}:__doc__"], "holds no tools"),
        (["--tools=:x"], "module:attr"),
        (["--agent={agent}:bare"], "--tools"),
        (["--agent={agent}"], "module:attr"),
        (["--tools={tools}", "--agent={agent}:agent"], "not allowed"),
    ],
)
def test_what_cannot_be_found_is_told(call: Any, folder: Path, options: list[str], told: str) -> None:
    given = [one.format(tools=module(folder, "tools"), agent=module(folder, "agent")) for one in options]
    said = call(folder, "init", *given)
    assert said.status == 4
    assert told in said.err
    assert not (folder / "agentsafety.toml").exists()


def test_an_inline_table_of_tools_is_told_and_left_alone(call: Any, folder: Path) -> None:
    mine = '[tool.agentsafety]\ntools = { x = { effect = "read" } }\n'
    (folder / "agentsafety.toml").write_text(mine)
    said = call(folder, "init", f"--tools={module(folder, 'tools')}")
    assert said.status == 4
    assert "--print" in said.err
    assert (folder / "agentsafety.toml").read_text() == mine
    assert sorted(one.name for one in folder.iterdir() if one.name.startswith(".")) == []


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written(call: Any, folder: Path) -> None:
    folder.chmod(0o500)
    said = call(folder, "init", f"--tools={module(folder, 'tools')}")
    folder.chmod(0o700)
    assert said.status == 4
    assert "cannot be written" in said.err


def test_a_linked_file_stays_a_link(call: Any, folder: Path) -> None:
    (folder / "real.toml").write_text("[tool.agentsafety]\n")
    (folder / "agentsafety.toml").symlink_to("real.toml")
    assert call(folder, "init", f"--tools={module(folder, 'tools')}").status == 0
    assert (folder / "agentsafety.toml").is_symlink()
    assert "get_parcel" in (folder / "real.toml").read_text()
