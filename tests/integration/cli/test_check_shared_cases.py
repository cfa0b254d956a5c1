"""The shared table of path and URL cases, where it is at hand, through `agentsafety check`: static cases only."""

from __future__ import annotations

import io
import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest

_NEEDS_CLIENT = {"race", "strict", "redirect_to", "resolves_to", "env", "headers", "method"}


def _table() -> dict[str, Any]:
    named = os.environ.get("AGENTSAFETY_SHARED_DATA")
    folder = Path(named) if named else Path(__file__).resolve().parents[4] / "shared" / "data"
    file = folder / "permissions" / "path_url_cases.json"
    return json.loads(file.read_text("utf-8")) if file.is_file() else {"paths": [], "urls": []}


TABLE = _table()
PATHS, URLS = ([case for case in TABLE[kind] if not _NEEDS_CLIENT & case.keys()] for kind in ("paths", "urls"))
pytestmark = pytest.mark.skipif(not PATHS, reason="the shared data is not here")


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("check")
    for folder in ("other/dir", "data/sub/deep", "data-evil", "data/.git/hooks"):
        (root / folder).mkdir(parents=True)
    names = ["secret.txt", "data.txt", "data/ok.txt", "data/sub/a.txt", "data/sub/deep/a.txt", "data/..hidden"]
    names += ["data/a..b", "data/caf\u00e9.txt", "data/a b.txt", "data/a\nb", "data/\u202etxt.exe", "data-evil/x"]
    for name in [*names, "other/secret.txt"]:
        (root / name).write_text("x")
    (root / "data/nine_kb.bin").write_bytes(b"x" * 9 * 1024)
    links = {"link_in": "sub", "link_out": "..", "link_secret": "../secret.txt", "chain1": "chain2", "loop": "loop"}
    links |= {"chain2": "../secret.txt", "link_far": "../other/dir", "dangling": "../created_outside"}
    for name, target in links.items():
        (root / "data" / name).symlink_to(target)
    os.link(root / "secret.txt", root / "data/hard")
    os.mkfifo(root / "data/fifo")
    (root / "agentsafety.toml").write_text(_policy())
    return root


def _policy() -> str:
    paths = [path.replace("{root}/", "") for path in TABLE["path_policy"]["allowed_paths"]]
    size, domains = TABLE["path_policy"]["max_size_kb"], TABLE["url_policy"]["allowed_domains"]
    rules = f"allowed_paths = {json.dumps(paths)}\nmax_size_kb = {size}\n"
    return (
        '[tool.agentsafety.approval]\nalways_approve = ["write_file"]\n'
        f'[tool.agentsafety.tools.read_file]\neffect = "read"\n{rules}'
        f'[tool.agentsafety.tools.write_file]\neffect = "write"\n{rules}'
        f'[tool.agentsafety.tools.fetch]\neffect = "read"\nallowed_domains = {json.dumps(domains)}\n'
    )


def _answers(
    calls: list[tuple[str, dict[str, str]]], call: Any, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> list[dict[str, str]]:
    lines = [json.dumps({"tool": tool, "arguments": arguments}) for tool, arguments in calls]
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO("\n".join(lines).encode())))
    said = call(folder, "check")
    assert said.status == 0
    return [json.loads(line) for line in said.out.splitlines()]


@pytest.mark.parametrize("cwd", ["{root}", "{root}/data"])
def test_paths(cwd: str, root: Path, call: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Absolute paths mean the same from everywhere, so they are asked from both folders."""
    here = [case for case in PATHS if case.get("cwd", cwd) == cwd]
    calls = []
    for case in here:
        arguments = {"path": case["path"].replace("{root}", str(root))}
        if case["op"] == "write":
            arguments["content"] = "x" * 1024 * case.get("size_kb", 1)
        calls.append((f"{case['op']}_file", arguments))
    answers = _answers(calls, call, Path(cwd.replace("{root}", str(root))), monkeypatch)
    wrong = {
        case["id"]: answer
        for case, answer in zip(here, answers, strict=True)
        if answer["decision"] != ("allowed" if case["allow"] else "denied") and not case.get("either")
    }
    assert wrong == {}
    assert len(here) >= 30


def test_urls(root: Path, call: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = _answers([("fetch", {"url": case["url"]}) for case in URLS], call, root, monkeypatch)
    wrong = {
        case["id"]: answer
        for case, answer in zip(URLS, answers, strict=True)
        if answer["decision"] != ("allowed" if case["allow"] else "denied") and not case.get("either")
    }
    assert wrong == {}
    assert len(URLS) >= 50
