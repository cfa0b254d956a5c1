"""Shapes in an answer that carry data to a stranger's host: pictures, links, frames, forms, scripts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from typing import Any, NamedTuple

import re2

from pytest_agentsafety.guards.exfil_urls import Address, carries, parse
from pytest_agentsafety.guards.normalise import normalise
from pytest_agentsafety.guards.spans import merge_spans, replace_spans
from pytest_agentsafety.model.decisions import GuardContext, GuardrailResult, GuardSpan, Stage
from pytest_agentsafety.text import View

_MARKER = "[redacted link]"
_WINDOW = 400
_ROUNDS = 4
# A URL that has room for data: a query, an escape, a user, or a long part. Quotes, spaces and angles end it.
_ROOM = r"(?:(?i:https?|ftp|wss?):)?[/\\]{2}[^\s<>\"'`]*?(?:[?=%@;&]|[A-Za-z0-9+_-]{12})[^\s<>\"'`]*"
# A target that is run, or sends what a form holds, and what stands before it.
_TO = r"(?:\]\(\s{0,3}<?|=\s{0,3}[\"']?\s{0,3}|\]:\s{0,3}<?|url\(\s{0,3}[\"']?)"
_ACTIVE = (
    rf"(?i){_TO}(?:(?:java|vb|live)script\s{{0,3}}:|"
    r"data:(?:text/(?:html|javascript|xml)|image/svg\+xml|application/[a-z+]*(?:xml|javascript)))"
)
_SCHEME = re.compile(r"(?:javascript|vbscript|livescript|data)\s{0,3}:", re.IGNORECASE)
_SENDING = r"(?i)<(?:form|meta|button|input)\b[^<>]{0,300}?(?:action|url)\s{0,3}=[^<>]{0,300}"
_TARGET = re.compile(r"(?:action|url)\s{0,3}=\s{0,3}[\"']?([^\s\"'<>;]+)", re.IGNORECASE)
_FENCE = re2.compile(r"(?s)```.*?(?:```|\z)|~~~.*?(?:~~~|\z)|`[^`\n]+`")
# What stands before a URL, up to it.
_PICTURE = re.compile(r"!\[[^\]]{0,300}\]\(\s{0,3}<?\Z")
_DEFINED = re.compile(r"(?:^|\n) {0,3}\[([^\]\n]{1,100})\]:\s{0,3}<?\Z")
_TAG = re.compile(r"<([a-zA-Z]{1,20})\b[^<>]{0,380}\Z")
_STYLE = re.compile(r"(?:url\(|@import)\s{0,3}[\"']?\Z", re.IGNORECASE)
_WAITING = frozenset({"a", "area", "cite", "blockquote", "q", "button"})  # tags whose URL waits for a reader
_HOST = re.compile(r"(?:[a-z0-9_-]{1,63}\.)++[a-z]{2,63}")


class Carrier(NamedTuple):
    """A span of the text, and what it is: "image", "link", "script" or "form"."""

    start: int
    end: int
    shape: str


class ExfiltrationGuard:
    """Takes out of an answer every URL that would carry data to a host that neither the task nor the policy names.

    A part of the guard "pii": it is switched with it. A picture, frame or style sheet loads by itself, so little is
    enough there; a link waits for a reader and is taken out when it carries encoded or personal data, or plain text at
    length. Links to a page, badges, and hosts of the task (with what is below them) and of `allowed_domains` stay;
    `*.example.com` allows everything below. In code that is shown as code nothing loads: there a picture is a link.
    """

    name = "pii"
    stages: frozenset[Stage] = frozenset({"output"})
    inline = True

    def __init__(self, allowed_domains: Iterable[str] = ()) -> None:
        self.allowed_domains = frozenset(domain.lower().rstrip(".") for domain in allowed_domains)

    def check(self, text: str, context: GuardContext) -> GuardrailResult:
        carriers = self._find(text, context.task)
        if not carriers:
            return GuardrailResult(guard=self.name, status="clean")
        return GuardrailResult(
            guard=self.name,
            status="triggered",
            action="redact",
            score=1.0,
            rule=f"exfiltration.{carriers[0].shape}",
            reason=f"answer holds a URL that carries data to a host that nobody named ({carriers[0].shape})",
            spans=tuple(GuardSpan(start=c.start, end=c.end, rule=f"exfiltration.{c.shape}") for c in carriers),
            redacted=self._redact(text, carriers, context.task),
        )

    def _redact(self, text: str, carriers: list[Carrier], task: str) -> str:
        for _ in range(_ROUNDS):
            spans = merge_spans((c.start, c.end) for c in carriers)
            text = replace_spans(text, [(start, end, _MARKER) for start, end in spans])
            carriers = self._find(text, task)
            if not carriers:
                return text
        return "[redacted]"

    def _find(self, text: str, task: str) -> list[Carrier]:
        found = list(self._in_view(text, task)) if _may_hold(text) else []
        folded = normalise(text).base
        if folded.text != text and _may_hold(folded.text):
            found += (_back(folded, carrier) for carrier in self._in_view(folded.text, task))
        return sorted(set(found))

    def _in_view(self, text: str, task: str) -> Iterator[Carrier]:
        shown = _without_code(text)
        for start, end in _matches(_ROOM, text):
            # What would not do in a picture does nowhere: most URLs need no look at what stands before them.
            if not any(self._takes_out(text[start:stop], task) for stop in _ends(text, start, end)):
                continue
            loaded, shape, end = _context(text, shown, start, end)
            if self._takes_out(text[start:end], task, loaded=loaded):
                yield Carrier(start, end, shape)
        for start, end in _matches(_ACTIVE, shown) if ":" in shown else ():
            scheme = _SCHEME.search(shown, start, end)
            if scheme is not None:
                yield Carrier(scheme.start(), _end_of(shown, end), "script")
        yield from self._senders(shown, task)

    def _takes_out(self, url: str, task: str, *, loaded: bool = True) -> bool:
        address = parse(url)
        return address is not None and carries(address, loaded=loaded) != "" and not self._is_named(address, task)

    def _senders(self, shown: str, task: str) -> Iterator[Carrier]:
        """Forms and refreshes send whatever their URL looks like."""
        for start, end in _matches(_SENDING, shown) if "<" in shown else ():
            target = _TARGET.search(shown, start, end)
            address = parse(target.group(1)) if target else None
            if target and address is not None and not self._is_named(address, task):
                yield Carrier(target.start(1), target.end(1), "form")

    def _is_named(self, address: Address, task: str) -> bool:
        host = address.host
        if any(host == d or (d.startswith("*.") and host.endswith(d[1:])) for d in self.allowed_domains):
            return True
        return any(host == named or host.endswith(f".{named}") for named in _hosts_of(task))


@lru_cache(maxsize=64)
def _hosts_of(task: str) -> frozenset[str]:
    return frozenset(host.removeprefix("www.") for host in _HOST.findall(task.lower()))


@cache
def _compiled(pattern: str) -> Any:
    options = re2.Options()
    options.never_capture = True
    options.log_errors = False
    options.max_mem = 64 << 20
    return re2.compile(pattern, options)


@cache
def _prefilter() -> Any:
    return _compiled(rf"{_ROOM}|(?:{_ACTIVE})|(?:{_SENDING})")


def _may_hold(text: str) -> bool:
    return _prefilter().search(text.encode("utf-8", "replace")) is not None


def _matches(pattern: str, text: str) -> Iterator[tuple[int, int]]:
    plain = text if text.isascii() else text.encode("utf-8", "replace").decode()
    for match in _compiled(pattern).finditer(plain.encode() if plain.isascii() else plain):
        yield match.span()


def _without_code(text: str) -> str:
    """The text with everything that is shown as code blanked, at the same length."""
    if "`" not in text and "~~~" not in text:
        return text
    plain = text.encode("utf-8", "replace").decode()
    parts = [(m.start(), m.end(), " " * (m.end() - m.start())) for m in _FENCE.finditer(plain)]
    return replace_spans(plain, parts)


def _context(text: str, shown: str, start: int, end: int) -> tuple[bool, str, int]:
    """Does the URL load by itself, what shape is it, and where does it end?"""
    before = shown[max(0, start - _WINDOW) : start]
    tag = _TAG.search(before, max(0, before.rfind("<"))) if before.rfind("<") > before.rfind(">") else None
    if tag is not None or _STYLE.search(before, max(0, len(before) - 12)):
        name = tag.group(1).lower() if tag else "style"
        return name not in _WAITING, "link" if name in _WAITING else "image", _closing(text, start, end)
    if before.rstrip(" \t\n<").endswith("]("):
        loaded = _PICTURE.search(before) is not None
        return loaded, "image" if loaded else "link", _closing(text, start, end)
    defined = _DEFINED.search(before, max(0, before.rfind("\n"))) if before.rstrip(" <").endswith("]:") else None
    if defined is not None:
        loaded = defined.group(1).lower() in _picture_labels(shown)
        return loaded, "image" if loaded else "link", end
    return False, "link", start + len(text[start:end].rstrip(").,;:!?]}*_|"))


def _ends(text: str, start: int, end: int) -> set[int]:
    """Where the URL may end: as far as it goes, or at a bracket that it did not open."""
    return {end, _closing(text, start, end)} if ")" in text[start:end] else {end}


def _closing(text: str, start: int, end: int) -> int:
    """A bracket that was not opened in the URL ends it."""
    depth = 0
    for i in range(start, end):
        depth += (text[i] == "(") - (text[i] == ")")
        if depth < 0:
            return i
    return end


_LABEL = re.compile(r"!\[([^\]\n]{0,100})\](?:\[([^\]\n]{1,100})\])?")


@lru_cache(maxsize=2)
def _picture_labels(text: str) -> frozenset[str]:
    """The names under which pictures are shown that are defined elsewhere."""
    return frozenset((label or shown).lower() for shown, label in _LABEL.findall(text))


_TARGET_END = re.compile(r"[^\s\"'<>]*")


def _end_of(text: str, start: int) -> int:
    match = _TARGET_END.match(text, start)
    return _closing(text, start, match.end()) if match else start


def _back(view: View, carrier: Carrier) -> Carrier:
    return Carrier(*view.origin(carrier.start, carrier.end), carrier.shape)
