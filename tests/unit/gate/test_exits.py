"""Where a rule lets code go: the same checks as for a tool's own requests, and an address that was checked."""

from __future__ import annotations

import socket
from collections.abc import Iterator, Sequence

import pytest

from pytest_agentsafety.gate.exits import RuleExits
from pytest_agentsafety.model.policy import ToolRule
from pytest_agentsafety.sandbox import ExitRefusedError


class Names:
    def __init__(self, *answers: Sequence[str]) -> None:
        self.answers, self.asked = list(answers), 0

    def resolve(self, host: str, port: int) -> Sequence[str]:
        self.asked += 1
        if not self.answers:
            raise OSError("no such name")
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


def exits(*domains: str, names: Names | None = None) -> RuleExits:
    rule = ToolRule(effect="execute", no_network=False, allowed_domains=domains)
    return RuleExits(rule, names or Names(["93.184.216.34"]))


@pytest.fixture
def port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as made:
        yield made.getsockname()[1]


def test_a_whole_origin_is_reached_wherever_its_name_leads(port: int) -> None:
    out = exits(f"http://shop.test:{port}", names=Names(["127.0.0.1"]))
    connection, url = out.open(f"http://SHOP.test:{port}/a?b", 5.0)
    with connection:
        assert connection.getpeername() == ("127.0.0.1", port)
    assert url == f"http://shop.test:{port}/a?b"


def test_the_second_address_is_tried(port: int) -> None:
    out = exits(f"http://shop.test:{port}", names=Names(["127.0.0.2", "127.0.0.1"]))
    with out.open(f"http://shop.test:{port}/", 5.0)[0] as connection:
        assert connection.getpeername()[1] == port


@pytest.mark.parametrize(
    ("domains", "url", "words"),
    [
        ((), "https://a.test/", "not allowed"),
        (("a.test",), "https://b.test/", "not allowed"),
        (("a.test",), "https://x.a.test/", "not allowed"),
        (("*.a.test",), "https://a.test/", "not allowed"),
        (("a.test",), "http://a.test/", "scheme http"),
        (("a.test",), "https://a.test:8443/", "port 8443"),
        (("a.test",), "https://a.test@b.test/", "user information"),
        (("a.test",), "https://b\u0430.test/", "not allowed"),
        (("127.0.0.1",), "https://127.0.0.1/", "this machine"),
        (("169.254.169.254",), "https://169.254.169.254/", "metadata"),
        (("localhost",), "https://localhost/", "this machine"),
    ],
)
def test_elsewhere_is_refused_before_a_name_is_asked_for(domains: tuple[str, ...], url: str, words: str) -> None:
    names = Names(["93.184.216.34"])
    with pytest.raises(ExitRefusedError, match=words):
        exits(*domains, names=names).open(url, 5.0)
    assert names.asked == 0


@pytest.mark.parametrize(
    "answers",
    [(["127.0.0.1"],), (["169.254.169.254"],), (["10.0.0.1"],), (["::1"],), (["93.184.216.34", "127.0.0.1"],),
     (["93.184.216.34"], ["127.0.0.1"])],
)  # fmt: skip
def test_a_name_that_leads_inside_is_refused(answers: tuple[list[str], ...]) -> None:
    with pytest.raises(ExitRefusedError, match="resolves to"):
        exits("a.test", names=Names(*answers)).open("https://a.test/", 5.0)


def test_a_name_that_is_none_is_no_refusal() -> None:
    with pytest.raises(OSError, match="cannot be resolved"):
        exits("a.test", names=Names()).open("https://a.test/", 5.0)
