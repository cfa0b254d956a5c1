"""Put the model door into the HTTP clients: `send` of httpx2's clients, and of httpx's where it is loaded."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from threading import Lock
from types import ModuleType
from typing import Any

from pytest_agentsafety.llm import shortcuts
from pytest_agentsafety.llm.active import current
from pytest_agentsafety.llm.admitting import begin
from pytest_agentsafety.llm.calls import Target, target_of
from pytest_agentsafety.llm.driving import INSIDE, drive
from pytest_agentsafety.llm.flavours import Flavour
from pytest_agentsafety.llm.loops import settle
from pytest_agentsafety.llm.outside import lets_through, watch
from pytest_agentsafety.llm.sdk_retries import stay_out
from pytest_agentsafety.llm.sleeping import sleep
from pytest_agentsafety.llm.threads import follow

_MARK = "_agentsafety_original"
_lock = Lock()
_installed = 0


def install() -> Callable[[], None]:
    """Patch the clients there are, and return what undoes it (once). Counted: the last undo takes the patch off.

    httpx2 is imported when it is installed, httpx is patched only where something else imported it; call `install`
    again to catch a later import, it is cheap. Without an active door the patch passes every request on untouched.
    """
    global _installed
    with _lock:
        _installed += 1
        for module in _loaded():
            _patch(module)
        stay_out(True)
        follow(True)
        watch(True)
    done = False

    def undo() -> None:
        nonlocal done
        global _installed
        with _lock:
            if done:
                return
            done = True
            _installed -= 1
            if _installed == 0:
                for module in _loaded():
                    _restore(module)
                stay_out(False)
                follow(False)
                watch(False)

    return undo


def _loaded() -> list[ModuleType]:
    if "httpx2" not in sys.modules and find_spec("httpx2") is not None:
        import_module("httpx2")
    return [sys.modules[name] for name in ("httpx2", "httpx") if name in sys.modules]


def _patch(module: ModuleType) -> None:
    if hasattr(module.Client.send, _MARK):  # ours already, perhaps because one module is an alias of the other
        return
    flavour = Flavour.of(module)
    for client, wrap in ((module.Client, _gated_send), (module.AsyncClient, _gated_async_send)):
        original = client.send
        gated = wrap(flavour, original)
        setattr(gated, _MARK, original)
        client.send = gated


def _restore(module: ModuleType) -> None:
    for client in (module.Client, module.AsyncClient):
        # Somebody who patched over us later keeps their patch; ours below it stays and passes on.
        original = getattr(client.send, _MARK, None)
        if original is not None:
            client.send = original


def _gated_target(request: Any) -> Target | None:
    if request.method != "POST" or INSIDE in request.extensions:
        return None
    target = target_of(request.url)
    if target.kind is None:
        return None
    if shortcuts.ways:
        shortcuts.straighten(request)
        return target_of(request.url)._replace(kind=target.kind)
    return target


@lets_through
def _sent(original: Callable[..., Any], client: Any, request: Any, stream: bool, options: dict[str, Any]) -> Any:
    return original(client, request, stream=stream, **options)


def _gated_send(flavour: Flavour, original: Callable[..., Any]) -> Callable[..., Any]:
    def send(self: Any, request: Any, *, stream: bool = False, **options: Any) -> Any:
        door = current()
        target = _gated_target(request) if door is not None else None
        if door is None or target is None:
            return original(self, request, stream=stream, **options)
        exchange = begin(flavour, door, target, request, request.read())
        if exchange is None:
            return original(self, request, stream=stream, **options)
        request.extensions[INSIDE] = True
        try:
            while True:
                try:
                    response = exchange.attempt()
                    local = response is not None
                    if response is None:
                        response = _sent(original, self, exchange.request, stream, options)
                        if stream and response.status_code >= 400:
                            response.read()
                except flavour.transport_error as exc:
                    delay: float | None = exchange.failed(exc)
                else:
                    delay = exchange.answered(response, local=local, sync=True)
                    if delay is None:
                        return response
                sleep(delay or 0.0)
        except BaseException as exc:
            exchange.stopped(exc)
            raise
        finally:
            request.extensions.pop(INSIDE, None)

    return send


def _gated_async_send(flavour: Flavour, original: Callable[..., Any]) -> Callable[..., Any]:
    async def send(self: Any, request: Any, *, stream: bool = False, **options: Any) -> Any:
        door = current()
        target = _gated_target(request) if door is not None else None
        if door is None or target is None:
            return await original(self, request, stream=stream, **options)
        exchange = begin(flavour, door, target, request, await request.aread())
        if exchange is None:
            return await original(self, request, stream=stream, **options)
        await settle(self)
        return await drive(exchange, flavour, request, partial(original, self, stream=stream, **options), stream=stream)

    return send
