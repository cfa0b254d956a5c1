"""A scripted API that answers slowly, and a folder with the bundled suite to record against it."""

from __future__ import annotations

import asyncio
import json
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from pytest_agentsafety.catalog.folder_suite import FolderSuite
from pytest_agentsafety.catalog.playbook import playbook_for
from pytest_agentsafety.catalog.registry import resolve_suites
from pytest_agentsafety.llm.scripted import Playbook, gullible
from pytest_agentsafety.llm.server import MessagesServer
from pytest_agentsafety.resources import data_dir

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


@pytest.fixture
def api() -> Iterator[Callable[..., SlowServer]]:
    """`api(delay=..., model=...)`: the bundled suite's scripted model as an API."""
    made: list[SlowServer] = []

    def start(*, delay: float = 0.0, wrap: Callable[[Any], Any] = lambda model: model) -> SlowServer:
        (suite,) = resolve_suites(["inbox"], place="test", root=Path.cwd())
        assert isinstance(suite, FolderSuite)
        book = playbook_for(suite)
        server = SlowServer(wrap(gullible(Playbook(tasks=book.tasks, goals=book.goals))), delay=delay)
        server.start()
        made.append(server)
        return server

    yield start
    for server in made:
        server.stop()


class Desk:
    """A project with a copy of the bundled suite and no recordings."""

    def __init__(self, project: Any) -> None:
        self.project = project
        shutil.copytree(data_dir("suites") / "inbox", project.root / "suites/inbox")
        settings = project.root / "suites/inbox/suite.yaml"
        settings.write_text(settings.read_text().replace("scripted]", "scripted, live]"))
        shutil.copytree(data_dir("fixtures") / "workspaces", project.root / "fixtures/workspaces")
        self.cassettes = project.root / "fixtures/cassettes/inbox"

    def options(self, *more: str, mode: str = "live") -> list[str]:
        return ["run", "--suite=./suites/inbox", f"--mode={mode}", *more]

    def environment(self, server: SlowServer, **more: str) -> dict[str, str]:
        return {"ANTHROPIC_BASE_URL": server.url, "ANTHROPIC_API_KEY": KEY, **more}

    def record(self, server: SlowServer, *more: str, **env: str) -> Any:
        return self.project.cli(*self.options(*more), **self.environment(server, **env))

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
        verified = self.project.cli("audit", "verify", str(self.project.folder / "audit.jsonl"))
        assert verified.status == 0, verified.text
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
    return Desk(project)


@pytest.fixture
def wait_for() -> Callable[..., None]:
    def wait(condition: Callable[[], Any], seconds: float = 60.0) -> None:
        until = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < until, "it did not happen"
            threading.Event().wait(0.01)

    return wait
