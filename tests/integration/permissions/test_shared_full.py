"""The shared table of path and URL cases, where it is at hand, with the parts a tool really uses: every case counts.

Paths are read and written through SafeOpen (one flips while it is written), URLs are requested from a real server.
The tests beside this one have tables of the same kinds of their own.
"""

from __future__ import annotations

import json
import os
import ssl
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from pytest_agentsafety.permissions import GuardedHttp, HttpReply, PermissionDenied, SafeOpen, beneath, normalise_host
from pytest_agentsafety.permissions.beneath import has_openat2

from .conftest import Names, Network, Route, Site
from .test_races import flipping


def _table() -> dict[str, Any]:
    named = os.environ.get("AGENTSAFETY_SHARED_DATA")
    folder = Path(named) if named else Path(__file__).resolve().parents[4] / "shared" / "data"
    file = folder / "permissions" / "path_url_cases.json"
    return json.loads(file.read_text("utf-8")) if file.is_file() else {"paths": [], "urls": []}


TABLE = _table()


def _cases(kind: str) -> list[Any]:
    if not TABLE[kind]:
        return [pytest.param(None, marks=pytest.mark.skip(reason="the shared data is not here"))]
    return [pytest.param(case, id=case["id"]) for case in TABLE[kind]]


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for folder in ("other/dir", "data/sub/deep", "data-evil", "data/.git/hooks", "out"):
        (tmp_path / folder).mkdir(parents=True)
    names = ["secret.txt", "data.txt", "data/ok.txt", "data/sub/a.txt", "data/sub/deep/a.txt", "data/..hidden"]
    names += ["data/a..b", "data/caf\u00e9.txt", "data/a b.txt", "data/a\nb", "data/\u202etxt.exe", "data-evil/x"]
    for name in [*names, "other/secret.txt"]:
        (tmp_path / name).write_text("x")
    (tmp_path / "data/nine_kb.bin").write_bytes(b"x" * 9 * 1024)
    links = {"link_in": "sub", "link_out": "..", "link_secret": "../secret.txt", "chain1": "chain2", "loop": "loop"}
    links |= {"chain2": "../secret.txt", "link_far": "../other/dir", "dangling": "../created_outside"}
    for name, target in links.items():
        (tmp_path / "data" / name).symlink_to(target)
    os.link(tmp_path / "secret.txt", tmp_path / "data/hard")
    os.mkfifo(tmp_path / "data/fifo")
    return tmp_path


@pytest.fixture(params=["kernel", "walk"])
def _opener(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "walk":
        monkeypatch.setattr(beneath, "has_openat2", lambda: False)
    elif not has_openat2():
        pytest.skip("no openat2 on this machine")


def _outside(tree: Path) -> dict[str, bytes | None]:
    paths = [path for path in tree.rglob("*") if tree / "data" not in [path, *path.parents]]
    return {str(path): path.read_bytes() if path.is_file() else None for path in paths}


@pytest.mark.usefixtures("_opener")
@pytest.mark.parametrize("case", _cases("paths"))
def test_path_case_through_a_descriptor(case: dict[str, Any], tree: Path) -> None:
    def fill(text: str) -> str:
        return text.replace("{root}", str(tree))

    policy, path = TABLE["path_policy"], fill(case["path"])
    base = Path(fill(case.get("cwd", "{root}")))
    files = SafeOpen([fill(root) for root in policy["allowed_paths"]], base=base, max_size_kb=policy["max_size_kb"])
    before = _outside(tree)
    if case.get("race"):
        (tree / "data/swapdir").mkdir()
        with flipping(Path(path).parent, "folder"):
            end = time.monotonic() + 0.3
            while time.monotonic() < end:
                _use(files, case["op"], path, b"x")
    else:
        assert _use(files, case["op"], path, b"x" * 1024 * case.get("size_kb", 1)) == case["allow"]
    assert _outside(tree) == before


def _use(files: SafeOpen, op: str, path: str, data: bytes) -> bool:
    try:
        if op == "read":
            files.read_bytes(path)
        else:
            files.write_bytes(path, data)
    except OSError:
        return False
    return True


class Turns(Names):
    """All names resolve to what the case says: one list of addresses, or one after the other."""

    def __init__(self, answers: list[Any]) -> None:
        super().__init__()
        self.turns = [list(turn) for turn in answers] if answers and isinstance(answers[0], list) else [answers]

    def resolve(self, host: str, port: int) -> list[str]:
        return self.turns.pop(0) if len(self.turns) > 1 else self.turns[0]


@pytest.mark.parametrize("case", _cases("urls"))
def test_url_case_through_the_client(
    case: dict[str, Any], site: Site, trust: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    policy, network = TABLE["url_policy"], Network(site)
    for name, value in case.get("env", {}).items():
        monkeypatch.setenv(name, value)
    if "redirect_to" in case:
        place = case["redirect_to"].encode().decode("latin-1")
        site.routes["/r"] = Route(302, (("Location", place),), b"")
    client = GuardedHttp(
        policy["allowed_domains"],
        schemes=policy["schemes"],
        ports=policy["ports"],
        max_redirects=policy["max_redirects"],
        resolver=Turns(case["resolves_to"]) if "resolves_to" in case else Names(),
        network=network,
        ssl_context=trust,
    )
    reply: HttpReply | PermissionDenied
    try:
        reply = client.request(case.get("method", "GET"), case["url"], headers=case.get("headers", {}))
    except PermissionDenied as refusal:
        reply = refusal
    if not case.get("either"):
        assert isinstance(reply, HttpReply) == case["allow"], reply
    assert set(network.dialled) <= {"93.184.216.34"}
    for seen in site.seen:
        assert seen.headers["host"] == normalise_host(seen.headers["host"])
        assert seen.headers["host"] in {*site.names}


def test_the_table_is_complete_when_it_is_there() -> None:
    if not TABLE["urls"]:
        pytest.skip("the shared data is not here")
    kinds = {key for case in TABLE["urls"] for key in case}
    assert {"redirect_to", "resolves_to", "env", "headers", "method"} <= kinds
    assert sys.getfilesystemencoding() == "utf-8"
