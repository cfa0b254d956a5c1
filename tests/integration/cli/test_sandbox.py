"""`agentsafety sandbox run | check`."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from pytest_agentsafety.sandbox import SandboxResult
from tests.integration.cli.conftest import Call

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the native backend is Linux only")

RULES = """
[tool.agentsafety.tools.execute_code]
effect = "execute"
timeout = 20
memory_mb = 256
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "agentsafety.toml").write_text(RULES)
    return tmp_path


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> Any:
    def type_in(text: str | bytes) -> None:
        data = text if isinstance(text, bytes) else text.encode()
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(data)))

    return type_in


def test_a_file_runs_and_its_result_is_printed(call: Call, folder: Path) -> None:
    (folder / "job.py").write_text("import sys\nprint('hello', sys.argv)\n")
    said = call(folder, "sandbox", "run", "job.py", "one", "two")
    assert said.status == 0
    result = said.json
    assert set(result) == set(SandboxResult(status="ok").to_dict())
    assert (result["status"], result["exit_code"], result["stdout"]) == ("ok", 0, "hello ['job.py', 'one', 'two']\n")
    assert result["backend"] == "native"
    assert result["cpu_s"] > 0
    assert result["wall_s"] > 0
    assert result["max_rss_kb"] > 0
    assert "seccomp" in result["layers"]


def test_standard_input_runs(call: Call, folder: Path, typed: Any) -> None:
    typed("1 / 0\n")
    said = call(folder, "sandbox", "run", "-")
    assert (said.status, said.json["status"]) == (1, "error")
    assert 'File "<stdin>", line 1' in said.json["stderr"]


def test_the_policys_limits_count(call: Call, folder: Path, typed: Any) -> None:
    typed("x = bytearray(300 << 20)")
    said = call(folder, "sandbox", "run", "-")
    assert (said.status, said.json["status"]) == (1, "memory")


def test_violations_are_in_the_result(call: Call, folder: Path, typed: Any) -> None:
    typed("try: open('/etc/passwd')\nexcept OSError: print('no')")
    result = call(folder, "sandbox", "run", "-").json
    assert result["stdout"] == "no\n"
    assert {"syscall": "openat", "path": "/etc/passwd"} in result["violations"]


def test_without_a_configuration_the_defaults_count(call: Call, tmp_path: Path, typed: Any) -> None:
    typed("print(1)")
    assert call(tmp_path, "sandbox", "run", "-").json["status"] == "ok"


def test_a_workspace_is_read_and_changed(call: Call, folder: Path, typed: Any) -> None:
    (folder / "data").mkdir()
    (folder / "data/in.txt").write_text("7")
    typed("open('out.txt', 'w').write(open('in.txt').read() * 2)")
    said = call(folder, "sandbox", "run", "-", "--workspace", "data")
    assert (said.status, (folder / "data/out.txt").read_text()) == (0, "77")
    assert set(said.json["changes"]) == {"out.txt"}


@pytest.mark.parametrize(("choice", "words"), [("refuse", "sandbox = 'refuse'"), ("docker", "needs an image")])
def test_a_rule_that_cannot_be_met_is_a_refusal(call: Call, folder: Path, typed: Any, choice: str, words: str) -> None:
    (folder / "agentsafety.toml").write_text(f'{RULES}sandbox = "{choice}"\n')
    typed("open('ran', 'w')")
    said = call(folder, "sandbox", "run", "-")
    assert (said.status, said.json["status"], said.json["exit_code"]) == (1, "refused", None)
    assert words in said.json["missing"][0]
    assert not (folder / "ran").exists()


def test_a_sandbox_that_is_weak_by_name_says_so(call: Call, folder: Path, typed: Any) -> None:
    (folder / "agentsafety.toml").write_text(f'{RULES}sandbox = "native-weak"\n')
    typed("print(1)")
    said = call(folder, "sandbox", "run", "-")
    assert (said.status, said.json["stdout"]) == (0, "1\n")
    assert "weak by name" in said.err


def test_another_tools_rule(call: Call, folder: Path, typed: Any) -> None:
    more = '[tool.agentsafety.tools.quick]\neffect = "execute"\ntimeout = 0.5\n'
    (folder / "agentsafety.toml").write_text(RULES + more)
    typed("import time; time.sleep(30)")
    assert call(folder, "sandbox", "run", "-", "--tool", "quick").json["status"] == "timeout"
    said = call(folder, "sandbox", "run", "-", "--tool", "slow")
    assert said.status == 4
    assert "Valid: execute_code, quick" in said.err


def test_two_tools_and_none_of_the_usual_name(call: Call, folder: Path, typed: Any) -> None:
    rule = '[tool.agentsafety.tools.{}]\neffect = "execute"\n'
    (folder / "agentsafety.toml").write_text(rule.format("a") + rule.format("b"))
    typed("print(1)")
    said = call(folder, "sandbox", "run", "-")
    assert (said.status, "choose one with --tool: a, b" in said.err) == (4, True)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("run", "nowhere.py"), "nowhere.py: No such file or directory"),
        (("run", "."), "Is a directory"),
        (("run", "bad.py"), "bad.py: not UTF-8: byte 0xff at 0"),
        (("run", "bad.py", "--workspace", "nowhere"), "not UTF-8"),
        (("check", "--output", "nowhere"), "'nowhere' is no folder"),
        (("jump",), "invalid choice"),
        ((), "required"),
    ],
)
def test_usage_errors(call: Call, folder: Path, arguments: tuple[str, ...], words: str) -> None:
    (folder / "bad.py").write_bytes(b"\xff")
    said = call(folder, "sandbox", *arguments)
    assert (said.status, words in said.err) == (4, True), said.err


def test_hostile_output_cannot_act_on_the_terminal(call: Call, folder: Path, typed: Any) -> None:
    typed(r"print('\x1b]0;owned\x07 \u202e \x9b31m')")
    out = call(folder, "sandbox", "run", "-").out
    assert out.isascii()
    assert "\x1b" not in out


def test_check_tells_and_leaves_evidence(call: Call, tmp_path: Path) -> None:
    said = call(tmp_path, "sandbox", "check", "--json", "--output", ".")
    report = said.json
    assert (said.status, report["holds"], report["counts"]["escaped"]) == (0, True, 0)
    assert report["counts"]["probes"] > 60
    assert report["counts"]["void"] < 20
    assert json.loads((tmp_path / "sandbox.json").read_text()) == report
    assert {row["kind"] for row in report["rows"]} == {"H", "L", "S"}
    assert all(row["control"] or row["void"] for row in report["rows"])


def test_check_fails_on_an_escape(call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from pytest_agentsafety.sandbox import check
    from pytest_agentsafety.sandbox.probes import Probe

    holes = (Probe("open_door", "H", "escaped()"), Probe("shut_door", "H", "raise OSError"))
    monkeypatch.setattr(check.check, "__defaults__", (holes,))
    said = call(tmp_path, "sandbox", "check")
    assert said.status == 1
    lines = said.out.splitlines()
    assert lines[0].split()[:4] == ["H", "open_door", "without:", "escapes"]
    assert lines[1].split()[:4] == ["H", "shut_door", "without:", "VOID"]
    assert lines[-1] == "THE SANDBOX DOES NOT HOLD: 2 probes, 1 not stopped (open_door), 1 void"


def test_a_machine_without_a_backend_has_nothing_to_check(
    call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.platform", "darwin")
    said = call(tmp_path, "sandbox", "check")
    assert said.status == 1
    assert "the native backend needs Linux, this is darwin" in said.err
