"""Limits, layers, paths, user ids, and what is refused before anything starts."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pytest_agentsafety.model.policy import Policy, ToolRule
from pytest_agentsafety.sandbox import WEAK, Sandbox, SandboxResult, unmet
from pytest_agentsafety.sandbox.layers import missing
from pytest_agentsafety.sandbox.limits import Limits

linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="about Linux")
RULE = ToolRule(effect="execute")
ALL = ("uid", "no_capabilities", "no_new_privs", "rlimits", "landlock-7", "seccomp", "notify")
PRIVATE = ("namespaces(mount,pid,net,ipc,uts,cgroup)", "private_root", "procfs")


# limits


def test_limits_are_the_rules() -> None:
    rule = replace(RULE, timeout=3.5, memory_mb=100, disk_mb=7, output_kb=9, cpu_seconds=2)
    limits = Limits.of(rule)
    assert (limits.timeout, limits.memory_mb, limits.disk_mb, limits.output_kb, limits.cpu) == (3.5, 100, 7, 9, 2)


@pytest.mark.parametrize(("timeout", "cpu"), [(30.0, 31), (0.5, 2), (1.2, 3)])
def test_without_a_limit_on_cpu_a_busy_loop_runs_into_the_timeout(timeout: float, cpu: int) -> None:
    assert Limits(timeout=timeout).cpu == cpu


def test_the_kernels_limits() -> None:
    limits = Limits(memory_mb=2, disk_mb=3, cpu_seconds=4).for_kernel(processes=5)
    assert limits["RLIMIT_AS"] == 2 << 20
    assert limits["RLIMIT_FSIZE"] == 3 << 20
    assert (limits["RLIMIT_CPU"], limits["RLIMIT_NPROC"], limits["RLIMIT_CORE"]) == (4, 5, 0)
    resource = pytest.importorskip("resource")
    assert all(hasattr(resource, name) for name in limits)


# layers


@pytest.mark.parametrize(
    ("layers", "namespaces", "uid"),
    [
        (ALL, False, True),
        (ALL[1:], False, False),
        ((*PRIVATE, *ALL), True, True),
        ((*PRIVATE, *(layer for layer in ALL if layer != "landlock-7")), True, True),
        (tuple(layer for layer in ALL if layer != "notify"), False, True),
    ],
)
def test_enough(layers: tuple[str, ...], namespaces: bool, uid: bool) -> None:
    assert missing(layers, namespaces=namespaces, uid=uid) == ()


@pytest.mark.parametrize(
    ("left_out", "word"),
    [
        ("uid", "CAP_SETUID"), ("no_capabilities", "capabilities"), ("no_new_privs", "no_new_privs"),
        ("rlimits", "limits"), ("landlock-7", "Landlock"), ("seccomp", "CONFIG_SECCOMP_FILTER"),
    ],
)  # fmt: skip
def test_each_layer_is_missed(left_out: str, word: str) -> None:
    lacks = missing([layer for layer in ALL if layer != left_out], namespaces=False, uid=True)
    assert len(lacks) == 1
    assert word in lacks[0]


def test_namespaces_that_were_wanted_are_missed() -> None:
    assert "namespaces" in missing(ALL, namespaces=True, uid=True)[0]
    assert len(missing((), namespaces=True, uid=True)) == 7


def test_a_weak_run_needs_its_limits() -> None:
    assert missing(("rlimits",), namespaces=False, uid=False, weak=True) == ()
    assert missing(("seccomp",), namespaces=False, uid=False, weak=True) == ("resource limits",)


# what is refused before anything starts


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"sandbox": "refuse"}, "sandbox = 'refuse'"),
        ({"sandbox": "docker"}, "needs an image of your choice"),
        ({"no_network": False}, "allowed_domains and nothing else"),
        ({"no_network": False, "allowed_domains": ()}, "none are listed"),
    ],
)
@linux
def test_what_cannot_be_had_says_how_to_go_on(change: Any, words: str) -> None:
    rule = replace(RULE, **change)
    assert words in (unmet(rule) or "")
    result = Sandbox().run("print(1)", rule)
    assert (result.status, result.backend, result.missing) == ("refused", None, (unmet(rule),))
    assert words in result.stderr
    figures = (result.exit_code, result.signal, result.wall_s, result.cpu_s, result.max_rss_kb)
    assert figures == (None,) * 5
    decision = Sandbox().refusal(rule)
    assert decision is not None
    assert (decision.outcome, decision.guard, decision.rule) == ("denied", "sandbox", "sandbox.unavailable")
    assert decision.reason == result.stderr


@linux
@pytest.mark.parametrize("choice", ["auto", "native", WEAK])
def test_what_can_be_tried_is_no_refusal(choice: Any) -> None:
    assert Sandbox().refusal(replace(RULE, sandbox=choice)) is None


@pytest.mark.parametrize("platform", ["darwin", "win32", "freebsd14"])
@pytest.mark.parametrize("choice", ["auto", "native", WEAK])
def test_elsewhere_it_is_docker_or_refused(platform: str, choice: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", platform)
    reason = unmet(replace(RULE, sandbox=choice)) or ""
    assert platform in reason
    assert ("Name an image to use docker" in reason) == (choice == "auto")


@pytest.mark.parametrize(
    ("choice", "image", "met"),
    [("auto", "i", True), ("docker", "i", True), ("native", "i", False), ("auto", None, False)],
)
def test_elsewhere_docker_needs_an_image(
    choice: Any, image: str | None, met: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    assert (unmet(replace(RULE, sandbox=choice, image=image)) is None) == met


@linux
def test_another_machine_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    class Machine:
        machine = "riscv64"

    monkeypatch.setattr(os, "uname", Machine)
    assert "this is riscv64" in (unmet(RULE) or "")


def test_a_result_writes_itself_as_plain_data() -> None:
    result = SandboxResult(status="ok", changes={"a": "removed"})
    assert result.to_dict()["changes"] == {"a": "removed"}
    assert result.to_dict()["wall_s"] is None


def test_a_rule_of_before_has_the_hash_it_had() -> None:
    """`cpu_seconds` came later: recordings made without it keep their policy."""
    assert Policy(tools={"a": RULE}).sha256 == Policy(tools={"a": replace(RULE, cpu_seconds=None)}).sha256
    assert Policy(tools={"a": RULE}).sha256 != Policy(tools={"a": replace(RULE, cpu_seconds=1)}).sha256


# paths


@linux
def test_readable_is_python_and_its_libraries_and_nothing_of_the_users(monkeypatch: pytest.MonkeyPatch) -> None:
    from pytest_agentsafety.sandbox.paths import readable

    here = str(Path(__file__).parents[3])
    monkeypatch.setattr(sys, "path", [here, *sys.path])
    readable.cache_clear()
    try:
        places = readable()
    finally:
        readable.cache_clear()
    assert str(Path(os.__file__).resolve().parent) in places.sys_path
    assert here not in places.sys_path
    for path in places.reads:
        assert path == os.path.realpath(path)
        assert not any(path.startswith(f"{other}/") for other in places.reads)
        assert path not in ("/", "/usr", "/usr/lib", "/etc", "/home", "/root", str(Path.home()))
    assert not any(path.startswith(("/etc/shadow", "/proc", "/sys", "/var")) for path in places.reads)


@linux
def test_folders_behind_a_closed_door_are_found(tmp_path: Path) -> None:
    from pytest_agentsafety.sandbox.paths import Readable

    open_one, shut = tmp_path / "open", tmp_path / "shut"
    (open_one / "in").mkdir(parents=True)
    (shut / "in").mkdir(parents=True)
    for path in (tmp_path, *tmp_path.parents):
        if path.owner() == tmp_path.owner() and path != Path("/"):
            path.chmod(path.stat().st_mode | 0o111)
    shut.chmod(0o700)
    places = Readable(reads=(), links={}, sys_path=(str(open_one / "in"), str(shut / "in"), "/nowhere"))
    (open_one / "in").chmod(0o755)
    assert places.behind_doors() == [str(shut / "in"), "/nowhere"]
    (shut / "in/deep").mkdir()
    nested = Readable(reads=(), links={}, sys_path=(str(shut / "in"), str(shut / "in/deep")))
    assert nested.behind_doors() == [str(shut / "in")]


@linux
def test_boxes_stand_where_their_user_can_walk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from pytest_agentsafety.sandbox.paths import scratch_parent

    shut = tmp_path / "shut"
    shut.mkdir(mode=0o700)
    monkeypatch.setenv("TMPDIR", str(shut))
    assert scratch_parent(fresh=False) == str(shut)
    assert scratch_parent(fresh=True) in ("/tmp", "/var/tmp", "/dev/shm")
    assert list(shut.iterdir()) == []
    for nowhere in ("relative", "/no/such/folder", ""):
        monkeypatch.setenv("TMPDIR", nowhere)
        assert scratch_parent(fresh=False) == "/tmp"


# user ids


@linux
def test_user_ids_are_high_and_new_each_time() -> None:
    from pytest_agentsafety.sandbox.uids import fresh_uid

    found = [fresh_uid() for _ in range(500)]
    assert len(set(found)) == 500
    assert min(found) >= 60_000


@linux
def test_tasks_are_counted_with_their_threads() -> None:
    import threading

    from pytest_agentsafety.sandbox.uids import tasks_of

    stop = threading.Event()
    before = tasks_of(os.getuid())
    threads = [threading.Thread(target=stop.wait) for _ in range(20)]
    for thread in threads:
        thread.start()
    during = tasks_of(os.getuid())
    stop.set()
    for thread in threads:
        thread.join()
    assert before >= 1
    assert during >= 21
    assert tasks_of(4_000_000_000) == 0
