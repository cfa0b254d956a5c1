"""A scripted API that answers slowly, and a folder with the bundled suite to record against it."""

from __future__ import annotations

import asyncio
import json
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from pytest_agentsafety.catalog.folder_suite import FolderSuite
from pytest_agentsafety.catalog.playbook import playbook_for
from pytest_agentsafety.catalog.registry import resolve_suites
from pytest_agentsafety.llm.scripted import Playbook, gullible
from pytest_agentsafety.llm.server import MessagesServer
from pytest_agentsafety.recorders import verify_audit
from pytest_agentsafety.resources import data_dir

FEW = "--case=inbox.triage.*order"
KEY = "sk-ant-api03-Zq8vT1mN4xK7wR2pL9cB5aaQQ77"


class SlowServer(MessagesServer):
    """Takes `delay` seconds for each answer, any number at once; `most` is how many there were."""

    def __init__(self, model: Any, *, delay: float) -> None:
        super().__init__(model)
        self.delay, self.now, self.most = delay, 0, 0
        self.times: list[float] = []

    async def _exchange(self, request: Any, writer: asyncio.StreamWriter) -> bool:
        self.now += 1
        self.most = max(self.most, self.now)
        self.times.append(time.monotonic())
        try:
            await asyncio.sleep(self.delay)
            return await super()._exchange(request, writer)
        finally:
            self.now -= 1


@contextmanager
def apis() -> Iterator[Callable[..., SlowServer]]:
    made: list[SlowServer] = []

    def start(*, delay: float = 0.0, wrap: Callable[[Any], Any] = lambda model: model) -> SlowServer:
        (suite,) = resolve_suites(["inbox"], place="test", root=Path.cwd())
        assert isinstance(suite, FolderSuite)
        book = playbook_for(suite)
        server = SlowServer(wrap(gullible(Playbook(tasks=book.tasks, goals=book.goals))), delay=delay)
        server.start()
        made.append(server)
        return server

    try:
        yield start
    finally:
        for server in made:
            server.stop()


@pytest.fixture
def api() -> Iterator[Callable[..., SlowServer]]:
    """`api(delay=..., wrap=...)`: the bundled suite's scripted model as an API."""
    with apis() as start:
        yield start


class Desk:
    """A project with a copy of the bundled suite and no recordings."""

    def __init__(self, project: Any) -> None:
        self.project = project
        self.cassettes = project.root / "fixtures/cassettes/inbox"

    def furnish(self) -> Desk:
        root = self.project.root
        shutil.copytree(data_dir("suites") / "inbox", root / "suites/inbox")
        settings = root / "suites/inbox/suite.yaml"
        settings.write_text(settings.read_text().replace("scripted]", "scripted, live]"))
        shutil.copytree(data_dir("fixtures") / "workspaces", root / "fixtures/workspaces")
        return self

    def copied_to(self, project: Any) -> Desk:
        """The same in another folder, as after a run of its own."""
        shutil.copytree(self.project.root, project.root, dirs_exist_ok=True)
        return Desk(project)

    def options(self, *more: str, mode: str = "live") -> list[str]:
        return ["run", "--suite=./suites/inbox", f"--mode={mode}", *more]

    def environment(self, server: SlowServer, **more: str) -> dict[str, str]:
        return {"ANTHROPIC_BASE_URL": server.url, "ANTHROPIC_API_KEY": KEY, **more}

    def record(self, server: SlowServer, *more: str, **env: str) -> Any:
        return self.project.cli(*self.options(*more), **self.environment(server, **env))

    def pytest(self, server: SlowServer, *more: str) -> Any:
        """The same few cases as plugin."""
        options = ["--agent-safety", "--agent-safety-suite=./suites/inbox", "--agent-safety-mode=live"]
        return self.project.pytest(*options, f"--agent-safety-{FEW[2:]}", *more, **self.environment(server))

    def recorded(self) -> dict[str, list[Any]]:
        return {path.stem: json.loads(path.read_text())["interactions"] for path in self.cassettes.glob("*.json")}

    def check_evidence(self) -> list[str]:
        """Rows, transcripts, audit chain and cassettes belong together; returns the case ids."""
        rows = self.project.rows()
        ids = [row["case_id"] for row in rows]
        assert len(ids) == len(set(ids)), "one row a case"
        for row in rows:
            events = [json.loads(line) for line in (self.project.folder / row["transcript"]).read_text().splitlines()]
            assert {event["task_id"] for event in events} == {f"inbox/{row['case_id']}[{row['mode']}]"}
            assert (events[0]["type"], events[-1]["type"]) == ("case_started", "case_ended")
            assert [event["type"] for event in events].count("case_started") == 1
        audit = self.project.read("run.json")["audit"]
        verified = verify_audit(
            self.project.folder / "audit.jsonl", audit and {"seq": audit["records"], "hash": audit["head"]}
        )
        assert verified.ok, verified.problems
        return ids

    def check_recordings(self) -> None:
        """What was recorded is what the same conversations were when they were recorded one after another."""
        bundled = data_dir("fixtures") / "cassettes/inbox"
        for name, interactions in self.recorded().items():
            expected = json.loads((bundled / f"{name}.json").read_text())["interactions"]
            assert _content(interactions) == _content(expected), name


def _content(interactions: list[Any]) -> list[Any]:
    """Bodies alone: the headers tell the version of the client."""
    return [
        (json.loads(row["request"]["body"]), row["response"]["status"], row["response"]["body"]) for row in interactions
    ]


@pytest.fixture
def desk(project: Any) -> Desk:
    return Desk(project).furnish()


@pytest.fixture(scope="session")
def recorded_by_cli(new_project: Callable[[], Any]) -> Desk:
    """A few cases, recorded; for looking at and for copies."""
    desk = Desk(new_project()).furnish()
    with apis() as api:
        done = desk.record(api(delay=0.05), FEW)
    assert done.status == 0, done.text
    return desk


@pytest.fixture(scope="session")
def recorded_by_pytest(new_project: Callable[[], Any]) -> Desk:
    """The same cases, recorded by one process of pytest."""
    desk = Desk(new_project()).furnish()
    with apis() as api:
        done = desk.pytest(api())
    assert done.status == 0, done.text
    return desk


@pytest.fixture
def wait_for() -> Callable[..., None]:
    def wait(condition: Callable[[], Any], seconds: float = 60.0) -> None:
        until = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < until, "it did not happen"
            threading.Event().wait(0.01)

    return wait
