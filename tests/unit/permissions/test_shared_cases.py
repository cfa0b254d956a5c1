"""The shared table of path and URL cases, where it is at hand. Redirects, DNS and races need the full client."""

import json
import os
from pathlib import Path

import pytest

from pytest_agentsafety.model.messages import ToolCall
from pytest_agentsafety.model.policy import ToolRule
from pytest_agentsafety.permissions import PermissionChecker, check_url, normalise_host

_NEEDS_CLIENT = {"race", "redirect_to", "resolves_to", "env", "headers", "method"}


def _shared() -> Path | None:
    named = os.environ.get("AGENTSAFETY_SHARED_DATA")
    folder = Path(named) if named else Path(__file__).resolve().parents[4] / "shared" / "data"
    file = folder / "permissions" / "path_url_cases.json"
    return file if file.is_file() else None


def _table() -> dict:
    file = _shared()
    return json.loads(file.read_text("utf-8")) if file else {"paths": [], "urls": []}


def _static(kind: str) -> list:
    cases = [case for case in _table()[kind] if not _NEEDS_CLIENT & case.keys()]
    if not cases:
        return [pytest.param(None, marks=pytest.mark.skip(reason="the shared data is not here"))]
    return [pytest.param(case, id=case["id"]) for case in cases]


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("shared")
    for folder in ("other/dir", "data/sub/deep", "data-evil", "data/.git/hooks"):
        (root / folder).mkdir(parents=True)
    names = ["secret.txt", "data.txt", "data/ok.txt", "data/sub/a.txt", "data/sub/deep/a.txt", "data/..hidden"]
    names += ["data/a..b", "data/caf\u00e9.txt", "data/a b.txt", "data/a\nb", "data-evil/x", "other/secret.txt"]
    for name in names:
        (root / name).write_text("x")
    (root / "data/nine_kb.bin").write_bytes(b"x" * 9 * 1024)
    links = {
        "link_in": "sub",
        "link_out": "..",
        "link_secret": "../secret.txt",
        "chain1": "chain2",
        "chain2": "../secret.txt",
        "link_far": "../other/dir",
        "loop": "loop",
        "dangling": "../created_outside",
    }
    for name, target in links.items():
        (root / "data" / name).symlink_to(target)
    os.link(root / "secret.txt", root / "data/hard")
    os.mkfifo(root / "data/fifo")
    return root


@pytest.mark.parametrize("case", _static("paths"))
def test_path_case(case: dict, tree: Path) -> None:
    def fill(text: str) -> str:
        return text.replace("{root}", str(tree))

    policy = _table()["path_policy"]
    rule = ToolRule(
        effect=case["op"],
        allowed_paths=tuple(fill(path) for path in policy["allowed_paths"]),
        max_size_kb=policy["max_size_kb"],
    )
    arguments = {"path": fill(case["path"])}
    if case["op"] == "write":
        arguments["content"] = "x" * 1024 * case.get("size_kb", 1)
    base = Path(fill(case.get("cwd", "{root}")))
    call = ToolCall(call_id="1", name=f"{case['op']}_file", arguments=arguments)
    decision = PermissionChecker(base).check(call, rule)
    assert (decision.outcome == "allowed") == case["allow"], decision.reason


@pytest.mark.parametrize("case", _static("urls"))
def test_url_case(case: dict) -> None:
    policy = _table()["url_policy"]
    verdict = check_url(case["url"], policy["allowed_domains"], schemes=policy["schemes"], ports=policy["ports"])
    if not case.get("either"):
        assert verdict.allowed == case["allow"], verdict.reason
    elif verdict.allowed:
        assert verdict.host == normalise_host(verdict.host)
        assert verdict.url.startswith(f"https://{verdict.host}/")
