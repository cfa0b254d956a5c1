"""Events as masked plain data, and plain data as JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import fields
from functools import lru_cache
from typing import Any, NamedTuple

from pytest_agentsafety.model.events import Event
from pytest_agentsafety.model.leaves import MAX_DEPTH, plain

try:
    import orjson
    from orjson import dumps as dumps

    # Whatever is no plain data is refused instead of written in orjson's own way.
    STRICT = orjson.OPT_PASSTHROUGH_SUBCLASS | orjson.OPT_PASSTHROUGH_DATACLASS | orjson.OPT_PASSTHROUGH_DATETIME
except ImportError:  # no build of it for this machine: everything is written the other way
    STRICT = 0

    def dumps(*_: object) -> bytes:  # type: ignore[misc]
        raise TypeError("no compiled encoder")


Mask = Callable[[str], str]

# Fields the harness fills itself. Masking an id that looks like a phone number would break the evidence apart.
_OURS = frozenset(
    {"type", "ts", "task_id", "call_id", "case_id", "mode", "policy_sha256", "guards", "outcome", "guard", "rule"}
    | {"status", "stage", "action", "effect", "kind", "level", "latency_source", "charge"}
)
SPOKEN = frozenset({"new_messages", "content"})
# A key that is longer, or no name, could carry data: see `plain`.
PLAIN_KEY = 16


def _encoder(*, ascii_only: bool) -> Callable[[Any], str]:
    """What writes everything JSON can hold, and by `str` what it cannot. Raises ValueError for NaN and infinities."""
    compiled = getattr(json.encoder, "c_make_encoder", None)
    if compiled is None:  # not CPython
        plain_encoder = json.JSONEncoder(ensure_ascii=ascii_only, separators=(",", ":"), allow_nan=False, default=str)
        return plain_encoder.encode
    # JSONEncoder.encode makes this anew for every call, and the making costs as much as the call. No check for
    # cycles: what comes here is a copy made of plain data.
    quote = json.encoder.encode_basestring_ascii if ascii_only else json.encoder.encode_basestring
    make = compiled(None, str, quote, None, ":", ",", False, False, False)
    return lambda value: "".join(make(value, 0))


_any, _any_ascii = _encoder(ascii_only=False), _encoder(ascii_only=True)
# Has orjson written a null, it may stand for a NaN. Most nulls are words of a text, and stand elsewhere.
NULL = b"null"
_BEFORE, _AFTER = b":,[", b",]}"


def _has_null(text: bytes) -> bool:
    at = text.find(NULL)
    while at >= 0:
        end = at + len(NULL)
        if (at == 0 or text[at - 1] in _BEFORE) and (end == len(text) or text[end] in _AFTER):
            return True
        at = text.find(NULL, end)
    return False


def encode(value: Any) -> str:
    """`value` as JSON, in a quarter of the time where it is plain data. Raises ValueError for NaN and infinities."""
    try:
        text = dumps(value, None, STRICT)
    except TypeError:  # a large int, another key than text, a lone surrogate, a foreign object, nested deeply
        return _any(value)
    return _any(value) if _has_null(text) else text.decode()


def encode_ascii(value: Any) -> str:
    """As `encode`, what is not ASCII in escapes."""
    try:
        text = dumps(value, None, STRICT)
    except TypeError:
        return _any_ascii(value)
    return text.decode() if text.isascii() and not _has_null(text) else _any_ascii(value)


class Shape(NamedTuple):
    """What is to be known of an event class: its fields that may hold foreign text, and the one with model content."""

    foreign: tuple[str, ...]
    spoken: str


_TEXTS = frozenset({str})
_NUMBERS = frozenset({int, float, bool, "int", "float", "bool", "float | None", "int | None"})
_PLAINLY = frozenset({str, int, bool, type(None)})
SHAPES: dict[type[Event], Shape] = {}


def shape_of(cls: type[Event]) -> Shape:
    shape = SHAPES.get(cls)
    if shape is None:
        foreign = tuple(one.name for one in fields(cls) if one.name not in _OURS and one.type not in _NUMBERS)
        spoken = next((name for name in foreign if name in SPOKEN), "")
        shape = SHAPES[cls] = Shape(foreign, spoken)
    return shape


# No mask cares for what stands around a string, but for what follows this: a private key may end with its string.
_OPEN_ENDED, _OPEN = "-----", b"-----"


def masked_content(value: Any, mask: Mask) -> tuple[Any, bytes]:
    """Model content, masked, and its JSON in UTF-8 (lone surrogates as "surrogatepass" writes them).

    Nearly always there is nothing to mask in it. Then the mask leaves its JSON alone, if every string stands there as
    it is (no escapes), and the walk from string to string is saved. A mask may have `leaves`, which says so of bytes.
    """
    leaves: Callable[[bytes], bool] | None = getattr(mask, "leaves", None)
    if leaves is not None:
        try:
            raw = dumps(value, None, STRICT)
        except TypeError:
            raw = NULL
        odd = b"\\" in raw or _OPEN in raw or NULL in raw or raw.count(b"{") + raw.count(b"[") > MAX_DEPTH
        if not odd and leaves(raw):
            return value, raw
    masked, text = _masked_by_strings(value, mask)
    return masked, text.encode("utf-8", "surrogatepass")


def _masked_by_strings(value: Any, mask: Mask) -> tuple[Any, str]:
    try:
        text = encode(value)
    except (ValueError, TypeError, RecursionError):
        text = ""
    plainly = text and "\\" not in text and _OPEN_ENDED not in text and text.count("{") + text.count("[") <= MAX_DEPTH
    whole = mask(text) if plainly else ""
    if plainly and whole == text:
        return value, text
    masked = plain(value, mask)
    text = encode(masked)
    # Masked from string to string it is mostly what it is masked as a whole, and that is masked no further.
    return _named_masked(masked, text, mask) if plainly and text != whole else (masked, text)


def _named_masked(masked: Any, text: str, mask: Mask) -> tuple[Any, str]:
    """What the name of a field tells and no leaf by itself: nine digits under `ssn`. Only where it leaves JSON."""
    again = mask(text)
    if again == text:
        return masked, text
    try:
        return json.loads(again), again
    except ValueError:
        return masked, text


def text_of(data: Mapping[str, Any], encoder: Callable[[Any], str]) -> str:
    """Masked fields as JSON. What only a wrong type can bring, a number that JSON has not, becomes text."""
    try:
        return encoder(data)
    except ValueError:
        return encoder(plain(data, str))


def masked_nested(name: str, value: Any, mask: Mask) -> Any:
    if name == "result" and isinstance(value, Mapping):  # a result row: ids and hashes of ours, and an error text
        row = {**value, "error": _masked_error(value.get("error"), mask)}
        return {key: item if item.__class__ in _PLAINLY else plain(item, str) for key, item in row.items()}
    if isinstance(value, str):  # of a class of its own, as rendered results are
        return mask(str.__str__(value))
    if is_list_of_texts(value):  # the names of tools, the same in each request
        together = "\n".join(value)
        alone = _OPEN_ENDED in together or mask(together) != together
        return list(map(mask, value)) if alone else value
    if not _is_simple(value):
        return plain(value, mask)
    return {key: _masked_field(key, item, mask) if _tells(key) else mask(item) for key, item in value.items()}


def is_list_of_texts(value: Any) -> bool:
    return value.__class__ is list and _TEXTS.issuperset(map(type, value))


_TELLING = re.compile(
    "pass|pwd|secret|token|key|auth|cred|ssn|social|licen|account|acct|routing|aba|bic|swift|dob|birth|born|phone|mobile|"
    "cell|fax|tel|tax|tin|nhs|nino|bsn|pesel|nip|cpf|cnpj|aadhaar|tfn|sin|ein|card|pan",
    re.IGNORECASE,
)


@lru_cache(maxsize=1024)
def _tells(key: str) -> bool:
    """Does the name of a field say what its value is?"""
    return _TELLING.search(key) is not None


def _masked_field(key: str, item: str, mask: Mask) -> str:
    """The value, masked as what the name of its field makes of it."""
    masked, head = mask(item), f"{key}: "
    if masked != item:
        return masked
    named = mask(head + item)
    return named[len(head) :] if named.startswith(head) else masked


def _is_simple(value: Any) -> bool:
    """Texts under plain names, as most tools' arguments are: what `plain` would give needs no walk."""
    if value.__class__ is not dict:
        return False
    for key, item in value.items():
        if item.__class__ is not str or key.__class__ is not str or len(key) > PLAIN_KEY or not key.isidentifier():
            return False
    return True


def _masked_error(value: Any, mask: Mask) -> Any:
    return mask(value) if isinstance(value, str) else value
