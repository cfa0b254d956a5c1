"""Connections of a container's code, carried as lines: both halves back to back, over real sockets."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import queue
import select
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest

if sys.platform == "win32":
    pytest.skip("a container's half needs poll", allow_module_level=True)

from pytest_agentsafety.sandbox.carried import Carried
from pytest_agentsafety.sandbox.child.relay import Relay
from pytest_agentsafety.sandbox.exits import ExitRefusedError
from pytest_agentsafety.sandbox.proxy import AT_ONCE, Proxy


class Straight:
    """Exits to one server of this test."""

    def __init__(self, address: Any) -> None:
        self.address, self.asked = address, []  # type: tuple[Any, list[str]]

    def open(self, url: str, seconds: float) -> tuple[socket.socket, str]:
        self.asked.append(url)
        if "refused" in url:
            raise ExitRefusedError("not there")
        return socket.create_connection(self.address, seconds), url


class Container:
    """A container's loop with its relay in a thread; what it says and hears goes through JSON, as over its streams."""

    def __init__(self, proxy: Proxy) -> None:
        self._heard: queue.Queue[str] = queue.Queue()
        self._wake = os.pipe()
        self._new: queue.Queue[socket.socket] = queue.Queue()
        self.said = 0
        self.carried = Carried(proxy, self._told)
        self.relay = Relay(self._say)
        self._going = True
        self._thread = threading.Thread(target=self._loop, daemon=True)
        self._thread.start()

    def connect(self) -> socket.socket:
        ours, theirs = socket.socketpair()
        self._new.put(theirs)
        os.write(self._wake[1], b"x")
        ours.settimeout(20)
        return ours

    def close(self) -> None:
        self.carried.close()
        self._going = False
        os.write(self._wake[1], b"x")
        self._thread.join(10)
        for file in self._wake:
            os.close(file)
        left = [one.end for one in self.relay._all.values()]
        while not self._new.empty():
            left.append(self._new.get())
        for end in left:  # a container's process 1 ends with them
            end.close()

    def _told(self, message: object) -> None:
        self._heard.put(json.dumps(message))
        os.write(self._wake[1], b"x")

    def _say(self, kind: str, **more: Any) -> None:
        self.said += 1
        message = json.loads(json.dumps({"kind": kind, **more}))
        self.carried.take(kind, message.get("id"), base64.b64decode(message.get("data", "")))

    def _loop(self) -> None:
        while self._going:
            poll = select.poll()
            poll.register(self._wake[0], select.POLLIN)
            for file, reads, writes in self.relay.wanted():
                poll.register(file, (select.POLLIN if reads else 0) | (select.POLLOUT if writes else 0))
            for file, _ in poll.poll():
                if file != self._wake[0]:
                    self.relay.ready(file)
                    continue
                os.read(file, 1)
                while not self._new.empty():
                    self.relay.add(self._new.get())
                while not self._heard.empty():
                    self.relay.hear(json.loads(self._heard.get()))


@pytest.fixture
def server() -> Iterator[Any]:
    """Answers with the digest of what it got, and then with all of it."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def answer(one: socket.socket) -> None:
            with one:
                data = b""
                while part := one.recv(65536):
                    data += part
                with suppress(OSError):  # who asked is gone
                    one.sendall(hashlib.sha256(data).hexdigest().encode() + data)

        def loop() -> None:
            while True:
                try:
                    one, _ = listener.accept()
                except OSError:
                    return
                threading.Thread(target=answer, args=(one,), daemon=True).start()

        threading.Thread(target=loop, daemon=True).start()
        yield listener.getsockname()


@pytest.fixture
def container(server: Any) -> Iterator[Container]:
    proxy = Proxy(Straight(server), 30.0)
    made = Container(proxy)
    made.proxy = proxy  # type: ignore[attr-defined]
    yield made
    proxy.close()
    made.close()


def tunnelled(container: Container, data: bytes) -> bytes:
    """The server's answer to `data` through a tunnel."""
    with container.connect() as one:
        one.sendall(b"CONNECT a.test:443 HTTP/1.1\r\n\r\n")
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            head += one.recv(1)
        assert head.startswith(b"HTTP/1.1 200 ")
        sender = threading.Thread(target=lambda: (one.sendall(data), one.shutdown(socket.SHUT_WR)))
        sender.start()
        answer = b""
        while part := one.recv(65536):
            answer += part
        sender.join()
    return answer


@pytest.mark.parametrize("size", [0, 1, 100_000, 3_000_000])
def test_everything_arrives_in_order(container: Container, size: int) -> None:
    data = os.urandom(size)
    assert tunnelled(container, data) == hashlib.sha256(data).hexdigest().encode() + data


def test_many_at_once(container: Container) -> None:
    found: dict[int, bool] = {}

    def ask(i: int) -> None:
        data = bytes([i]) * 50_000
        found[i] = tunnelled(container, data).endswith(data)

    threads = [threading.Thread(target=ask, args=(i,)) for i in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert found == dict.fromkeys(range(20), True)


def test_a_refusal_is_heard_and_noted(container: Container) -> None:
    with container.connect() as one:
        one.sendall(b"CONNECT refused.test:443 HTTP/1.1\r\n\r\n")
        assert one.recv(1000).startswith(b"HTTP/1.1 403 Forbidden: not there\r\n")
    assert [each.path for each in container.proxy.violations] == ["refused.test:443"]  # type: ignore[attr-defined]


def test_one_who_is_not_read_does_not_hold_the_others_up(container: Container) -> None:
    with container.connect() as slow:
        slow.sendall(b"CONNECT a.test:443 HTTP/1.1\r\n\r\n" + bytes(2_000_000))
        slow.shutdown(socket.SHUT_WR)
        assert tunnelled(container, b"x").endswith(b"x")


def test_a_connection_that_breaks_off_is_let_go(container: Container) -> None:
    for _ in range(AT_ONCE * 2):
        with container.connect() as one, suppress(OSError):  # one too many is closed
            one.sendall(b"CONNECT a.test:443 HTTP/1.1\r\n\r\n")
    until(lambda: tunnelled(container, b"x").endswith(b"x"))


def until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while time.monotonic() < end:
        try:
            if true():
                return
        except (OSError, AssertionError):
            time.sleep(0.1)
    raise AssertionError("not in time")


@pytest.mark.parametrize(
    ("kind", "number", "data"),
    [
        ("data", 7, b"x"),
        ("more", 7, b""),
        ("open", None, b""),
        ("open", "1", b""),
        ("data", [1], b"x"),
        ("more", {}, b""),
    ],
)
def test_what_a_container_makes_up_is_passed_over(server: Any, kind: str, number: Any, data: bytes) -> None:
    told: list[object] = []
    proxy = Proxy(Straight(server), 5.0)
    carried = Carried(proxy, told.append)
    carried.take(kind, number, data)
    carried.close()
    proxy.close()
    assert told == []


def test_a_container_that_does_not_wait_loses_its_own_data(server: Any) -> None:
    proxy = Proxy(Straight(server), 5.0)
    carried = Carried(proxy, lambda _: time.sleep(0.01))
    carried.take("open", 1, b"")
    started = time.monotonic()
    for _ in range(5000):
        carried.take("data", 1, bytes(60_000))
    assert time.monotonic() - started < 4, "the supervisor waits for nobody"
    proxy.close()
    carried.close()
