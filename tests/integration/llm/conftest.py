"""A small honest model door that records, and the real SDK's clients."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

import anthropic
import httpx2
import pytest

from pytest_agentsafety.llm import RetryPlanner, install
from pytest_agentsafety.llm.sleeping import instant
from pytest_agentsafety.model.errors import StopRun
from pytest_agentsafety.model.messages import ModelReply, ModelRequest, ModelResponse
from pytest_agentsafety.model.policy import RetrySettings
from pytest_agentsafety.protocols import Responder


class Pass:
    """Ends exactly once, or the test that looks at `ends` fails."""

    def __init__(self, door: Door, request: ModelRequest, reply: ModelReply | None) -> None:
        self.door, self.request, self.reply = door, request, reply
        self.upstream = door.upstream
        self.planner = RetryPlanner(door.settings, seed=1).request()
        self.attempts = 1
        self.ends: list[ModelResponse | BaseException] = []

    def retry(self, *, status: int | None, error: BaseException | None, headers: Mapping[str, str]) -> float | None:
        self.door.failures.append(status if status is not None else type(error).__name__)
        delay = self.planner.next_delay(status, error, headers)
        self.attempts += 1
        return delay

    def finish(self, response: ModelResponse) -> None:
        self.ends.append(response)
        if self.door.stop_at_finish is not None:
            raise self.door.stop_at_finish

    def abandon(self, error: BaseException) -> None:
        self.ends.append(error)


@dataclass
class Door:
    """Admits everything unless `stop` is set; `responder` answers instead of the network."""

    responder: Responder | None = None
    stop: StopRun | None = None
    stop_at_finish: StopRun | None = None
    upstream: str | None = None
    settings: RetrySettings = field(default_factory=RetrySettings)
    passes: list[Pass] = field(default_factory=list)
    requests: list[ModelRequest] = field(default_factory=list)
    failures: list[int | str] = field(default_factory=list)

    def admit(self, request: ModelRequest) -> Pass:
        self.requests.append(request)
        if self.stop is not None:
            raise self.stop
        made = Pass(self, request, self.responder.respond(request) if self.responder else None)
        self.passes.append(made)
        return made

    @property
    def ends(self) -> list[ModelResponse | BaseException]:
        """How each pass ended; every one exactly once."""
        assert [len(made.ends) for made in self.passes] == [1] * len(self.passes)
        return [made.ends[0] for made in self.passes]


@pytest.fixture
def make_door() -> type[Door]:
    return Door


@pytest.fixture
def door() -> Door:
    return Door()


@pytest.fixture(autouse=True)
def patched() -> Iterator[None]:
    undo = install()
    yield
    undo()


@pytest.fixture
def waits() -> Iterator[list[float]]:
    with instant() as noted:
        yield noted


@pytest.fixture
def sdk_waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Takes the SDK's own sleeping away and notes it."""
    noted: list[float] = []
    monkeypatch.setattr("anthropic._base_client.time.sleep", noted.append)
    return noted


@pytest.fixture
def all_sdk_waits(monkeypatch: pytest.MonkeyPatch, sdk_waits: list[float]) -> list[float]:
    """As `sdk_waits`, for async clients too."""

    async def noted(seconds: float) -> None:
        sdk_waits.append(seconds)

    monkeypatch.setattr("anthropic._base_client.anyio.sleep", noted)
    return sdk_waits


@pytest.fixture
def client_for() -> Iterator[Callable[..., anthropic.Anthropic]]:
    """`client_for(url, **options)`: a sync client of the real SDK, closed at the end of the test."""
    made: list[httpx2.Client] = []

    def make(url: str, *, timeout: float = 30.0, **options: object) -> anthropic.Anthropic:
        http = httpx2.Client(timeout=timeout, trust_env=False, verify=False)
        made.append(http)
        return anthropic.Anthropic(base_url=url, api_key="key", http_client=http, **options)  # type: ignore[arg-type]

    yield make
    for http in made:
        http.close()


@pytest.fixture
def async_client_for() -> Callable[..., anthropic.AsyncAnthropic]:
    """As `client_for`; use the client as an async context manager."""

    def make(url: str, *, timeout: float = 30.0, **options: object) -> anthropic.AsyncAnthropic:
        http = httpx2.AsyncClient(timeout=timeout, trust_env=False, verify=False)
        return anthropic.AsyncAnthropic(base_url=url, api_key="key", http_client=http, **options)  # type: ignore[arg-type]

    return make
