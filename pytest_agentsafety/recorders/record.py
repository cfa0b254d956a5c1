"""An event on its way to the files: masked once, however many files it goes to."""

from __future__ import annotations

from hashlib import sha256
from math import isfinite
from typing import Any

from pytest_agentsafety.model.events import Event
from pytest_agentsafety.recorders.masking import (
    NULL,
    SHAPES,
    STRICT,
    Mask,
    dumps,
    encode,
    encode_ascii,
    is_list_of_texts,
    masked_content,
    masked_nested,
    shape_of,
    text_of,
)

# A record of up to this many characters stands whole in the audit log; in a longer one, long texts are digests.
SHORT_RECORD = 512
_LONG_TEXT = 256
_LONG_FIELD = 4_096
_SCALARS = frozenset({str, int, bool, type(None)})
_SMALL = frozenset({int, float, bool, type(None)})


class Record:
    """`data` is the event as plain data, `mask` applied to every string that may hold foreign text.

    What it takes in a file is made where a file asks for it.
    """

    __slots__ = ("_content", "_foreign", "_line", "_spoken", "data", "event")

    def __init__(self, event: Event, mask: Mask) -> None:
        foreign, spoken = SHAPES.get(event.__class__) or shape_of(event.__class__)
        self.event, self._foreign, self._spoken, self._content = event, foreign, spoken, b""
        self._line: bytes | None = None
        self.data = data = event.to_dict()
        for name in foreign:
            value = data[name]
            if value.__class__ is str:
                data[name] = mask(value) if value else ""
            elif name == spoken and value:
                data[name], self._content = masked_content(value, mask)
            elif value is not None:
                data[name] = masked_nested(name, value, mask)

    @property
    def text(self) -> str:
        """The masked event as a JSON object, not ASCII only. Model content comes last, encoded as it was digested."""
        if not self._content:
            return self._encoded(self.data)
        content = self._content.decode("utf-8", "surrogatepass")
        return f'{self._encoded(self._head())[:-1]},"{self._spoken}":{content}}}'

    def _head(self) -> dict[str, Any]:
        """All but the model content."""
        head = self.data.copy()
        del head[self._spoken]
        return head

    def _encoded(self, data: dict[str, Any]) -> str:
        raw = self._plain(data)
        return text_of(data, encode) if raw is None else raw.decode()

    def _plain(self, data: dict[str, Any]) -> bytes | None:
        """What the compiled encoder makes of fields; None where it may have written its own way."""
        try:
            raw = dumps(data, None, STRICT)
        except TypeError:
            return None
        nulls = raw.count(NULL)
        return raw if not nulls or nulls == [*data.values()].count(None) or self._is_finite(data) else None

    def _is_finite(self, data: dict[str, Any]) -> bool:
        """Is each null in their JSON a None, or a word? What was masked holds no NaN any more, another field might."""
        for name, value in data.items():
            kind = value.__class__
            if kind is float:
                if not isfinite(value):
                    return False
            elif kind not in _SCALARS and name not in self._foreign:
                return False
        return True

    @property
    def spoken(self) -> Any:
        """What a model was told or said, masked; None for an event that has nothing of it."""
        return self.data[self._spoken] if self._spoken else None

    def utf8_line(self) -> bytes:
        """The record with its newline; a text with lone surrogates is written in escapes."""
        content = self._content
        raw = self._plain(self._head() if content else self.data)
        if raw is not None and not content:
            self._line = raw
            return raw + b"\n"
        if raw is not None and (content.isascii() or _is_utf8(content)):
            return b'%b,"%b":%b}\n' % (raw[:-1], self._spoken.encode(), content)
        try:
            return self.text.encode() + b"\n"
        except UnicodeEncodeError:
            return text_of(self.data, encode_ascii).encode("ascii") + b"\n"

    def brief(self) -> bytes:
        """The record for the audit log, in ASCII: long texts and all model content as digest and size.

        Model content is digested as it stands in the transcript.
        """
        data, content, raw = self.data, self._content, self._line
        if content:
            data = data.copy()
            data[self._spoken] = _digest(content)
        if raw is None:  # else the transcript's line is the record
            raw = self._plain(data)
        if raw is not None and len(raw) <= SHORT_RECORD and raw.isascii():  # nearly all
            return raw
        if raw is None or len(raw) <= SHORT_RECORD:
            text = text_of(data, encode_ascii)
            if len(text) <= SHORT_RECORD:
                return text.encode("ascii")
        return text_of(self._shortened(data), encode_ascii).encode("ascii")

    def _shortened(self, data: dict[str, Any]) -> dict[str, Any]:
        short = data.copy()
        for name in self._foreign:
            value = data[name]
            kind = value.__class__
            if kind is str:
                if len(value) > _LONG_TEXT:
                    short[name] = _digest_of(value)
            elif kind is list or kind is dict:
                short[name] = _brief(value)
        return short


def _is_utf8(content: bytes) -> bool:
    try:
        content.decode()
    except UnicodeDecodeError:  # a lone surrogate
        return False
    return True


def _brief(value: Any) -> Any:
    """A nested field with its long texts as digests; one that is long all the same is a digest itself."""
    short = value if is_list_of_texts(value) and max(map(len, value), default=0) <= _LONG_TEXT else _shorten(value)
    encoded = encode_ascii(short)
    return short if len(encoded) <= _LONG_FIELD else _digest_of(encoded)


def _shorten(value: Any) -> Any:
    kind = value.__class__
    if kind is str:
        return value if len(value) <= _LONG_TEXT else _digest_of(value)
    if kind is dict:
        return {key: item if item.__class__ in _SMALL else _shorten(item) for key, item in value.items()}
    if kind is list:
        return [_shorten(item) for item in value]
    return value


def _digest_of(text: str) -> dict[str, Any]:
    return _digest(text.encode("utf-8", "surrogatepass"))


def _digest(text: bytes) -> dict[str, Any]:
    chars = len(text) if text.isascii() else len(text.decode("utf-8", "surrogatepass"))
    return {"sha256": hash_of(text), "chars": chars}


_EMPTY = sha256()


def hash_of(text: bytes) -> str:
    """Hex sha256. A copy of an empty one spares looking the algorithm up, which is most of the work on a short text."""
    made = _EMPTY.copy()
    made.update(text)
    return made.hexdigest()
