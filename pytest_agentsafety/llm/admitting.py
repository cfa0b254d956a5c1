"""A request at the door, before anything is done with it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pytest_agentsafety.llm.calls import Target, UnsupportedModelCall, read_payload
from pytest_agentsafety.llm.dialects.messages import refuse_hosted
from pytest_agentsafety.llm.exchange import Exchange
from pytest_agentsafety.llm.flavours import Flavour
from pytest_agentsafety.llm.sdk_retries import Failure, last_failure
from pytest_agentsafety.llm.stops import raise_through_sdk
from pytest_agentsafety.llm.translated import TRANSLATED, TranslatedExchange
from pytest_agentsafety.llm.wire import parse_json
from pytest_agentsafety.model.errors import StopRun
from pytest_agentsafety.model.guard_call import asked_by
from pytest_agentsafety.model.messages import ModelRequest
from pytest_agentsafety.protocols import ModelDoor

# The SDKs' count of their own retries, on each of their requests.
_new = tuple.__new__
_SDK_RETRIES = "x-stainless-retry-count"


def begin(flavour: Flavour, door: ModelDoor, target: Target, request: Any, body: bytes) -> Exchange | None:
    """Admit a request. None when a look into its body shows that it is no model call.

    Raises a StopRun (as an error the SDK lets through), or the error the same request ended with before, when it is
    only the SDK that tries again: our retries are over then, and nothing more may leave.
    """
    url, path, kind = target
    if kind is None:
        return None
    try:
        # A door that sees a whole conversation has a reader for it.
        payload = read_payload(kind, path, body, getattr(door, "read", parse_json))
        if payload is None:
            return None
        failure = last_failure.get()
        if failure is not None:
            _refuse_repetition(failure, door, request, body)
        if kind in TRANSLATED:
            return TranslatedExchange.of(flavour, door, kind, request, body, payload)
        if kind == "messages":
            refuse_hosted(payload)
        streaming = payload.get("stream") is True
        ask = _new(ModelRequest, (url, path, body, payload, streaming, asked_by.get(), None, 0))
        return Exchange(flavour, door, kind, ask, request)
    except UnsupportedModelCall as stop:
        _tell(door, request, body, stop)
        raise_through_sdk(stop)
    except StopRun as stop:
        raise_through_sdk(stop)


def _refuse_repetition(failure: Failure, door: ModelDoor, request: Any, body: bytes) -> None:
    if request.headers.get(_SDK_RETRIES, "0") == "0":
        last_failure.set(None)
    elif failure[0] is door and failure[1] == body:
        raise failure[2].with_traceback(None)


def _tell(door: ModelDoor, request: Any, body: bytes, stop: UnsupportedModelCall) -> None:
    """What was never admitted is told to a door that has a method `refused(request, stop)`."""
    told = getattr(door, "refused", None)
    if told is not None:
        payload: Mapping[str, Any] = {}
        told(ModelRequest(url=str(request.url), path=request.url.path, body=body, payload=payload), stop)
