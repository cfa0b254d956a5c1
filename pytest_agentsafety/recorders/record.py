"""An event on its way to the files: masked once and encoded once, however many files it goes to."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import Any, NamedTuple

from pytest_agentsafety.model.events import Event
from pytest_agentsafety.recorders.masking import Mask, encode_ascii, masked_text

# A record of up to this many characters stands whole in the audit log; in a longer one, long texts are digests.
SHORT_RECORD = 512
_LONG_TEXT = 256
_LONG_FIELD = 4_096


class Record(NamedTuple):
    """`text` is the event as a JSON object, masked, not ASCII only; `spoken` the part of it that is model content."""

    event: Event
    text: str
    spoken: str

    @classmethod
    def of(cls, event: Event, mask: Mask) -> Record:
        return cls(event, *masked_text(event, mask))

    def fields(self) -> dict[str, Any]:
        """The masked event as plain data; costs a parse."""
        fields: dict[str, Any] = json.loads(self.text)
        return fields

    def utf8_line(self) -> bytes:
        """The record with its newline; a text with lone surrogates is written in escapes."""
        try:
            return self.text.encode() + b"\n"
        except UnicodeEncodeError:
            return encode_ascii(self.fields()).encode("ascii") + b"\n"

    def brief(self) -> str:
        """The record for the audit log, in ASCII: long texts and all model content as digest and size.

        Model content is digested as it stands in the transcript.
        """
        text = self.text
        if len(self.spoken) > 2:  # more than []
            # The fields before it hold no objects, so that this is the first place where it can stand.
            text = text.replace(f":{self.spoken}", f":{encode_ascii(_digest(self.spoken))}", 1)
        if len(text) <= SHORT_RECORD:
            return text if text.isascii() else encode_ascii(json.loads(text))
        return encode_ascii({name: _brief(value) for name, value in json.loads(text).items()})


def _brief(value: Any) -> Any:
    short = _shorten(value)
    if value.__class__ is not list and value.__class__ is not dict:
        return short
    encoded = encode_ascii(short)
    return short if len(encoded) <= _LONG_FIELD else _digest(encoded)


def _shorten(value: Any) -> Any:
    kind = value.__class__
    if kind is str:
        return value if len(value) <= _LONG_TEXT else _digest(value)
    if kind is dict:
        return {key: _shorten(item) for key, item in value.items()}
    if kind is list:
        return [_shorten(item) for item in value]
    return value


def _digest(text: str) -> dict[str, Any]:
    return {"sha256": sha256(text.encode("utf-8", "surrogatepass")).hexdigest(), "chars": len(text)}
