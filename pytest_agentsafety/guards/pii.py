"""The PII guard for answers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Protocol

from pytest_agentsafety.guards.pii_mask import mask as mask
from pytest_agentsafety.guards.pii_scan import Finding, find_pii
from pytest_agentsafety.guards.pii_views import Hidden, find_hidden
from pytest_agentsafety.guards.spans import replace_spans
from pytest_agentsafety.model.decisions import GuardContext, GuardrailResult, GuardSpan, Stage

_ROUNDS = 6
_NUMBER = r"\bcontact (?:details|info\w*|data)\b"
_BANK = r"\baccount (?:numbers?|details)\b|\bbank details\b"
_ASKED = {
    "email": re.compile(rf"\be-?mail address(?:es)?\b|{_NUMBER}|\baddresses\b", re.IGNORECASE),
    "phone": re.compile(rf"\b(?:tele)?phone\b|\bmobile\b|{_NUMBER}|\bnumber of\b", re.IGNORECASE),
    "iban": re.compile(rf"\bibans?\b|{_BANK}", re.IGNORECASE),
    "bic": re.compile(rf"\bbic\b|\bswift\b|{_BANK}", re.IGNORECASE),
    "bank_account": re.compile(_BANK, re.IGNORECASE),
    "birth_date": re.compile(r"\bbirth ?(?:days?|dates?)\b|\bdates? of birth\b|\bborn\b", re.IGNORECASE),
    "ip": re.compile(r"\bip(?: address(?:es)?)?\b", re.IGNORECASE),
    "mac": re.compile(r"\bmac(?: address(?:es)?)?\b", re.IGNORECASE),
}
_ASKED["ip6"] = _ASKED["ip"]


class PiiFinder(Protocol):
    """Something that finds more kinds of personal data, such as names and postal addresses, which no pattern tells.

    It is called with the text and gives findings with offsets into it. Each kind is one word; `[redacted kind]` takes
    the place of what was found. What it raises makes the guard crash, and that blocks.
    """

    def __call__(self, text: str, /) -> Iterable[Finding]: ...


class PiiGuard:
    """Takes personal data and secrets out of an answer, also where they are written in other digits, encoded or spaced.

    What stands in the user's own task is no leak, nor is an address or number that the task asks for; keys, cards and
    the like are never given away by asking.

    extra_finders: more finders, for what needs a model: names, postal addresses (`guards.presidio.presidio_finder`).
    regions: codes like "GB", "DE" whose telephone numbers count in their national form, with no word for a telephone
    before them.
    """

    name = "pii"
    stages: frozenset[Stage] = frozenset({"output"})
    inline = True

    def __init__(self, *, extra_finders: Iterable[PiiFinder] = (), regions: Sequence[str] = ()) -> None:
        self.extra_finders = tuple(extra_finders)
        self.regions = tuple(regions)

    def check(self, text: str, context: GuardContext) -> GuardrailResult:
        findings = self._foreign(text, context.task)
        if not findings:
            return GuardrailResult(guard=self.name, status="clean")
        kinds = sorted({finding.kind for finding in findings})
        return GuardrailResult(
            guard=self.name,
            status="triggered",
            action="redact",
            score=1.0,
            rule=f"pii.{findings[0].kind}",
            reason=f"answer holds {', '.join(kinds)}",
            spans=tuple(GuardSpan(start=f.start, end=f.end, rule=f"pii.{f.kind}") for f in findings),
            redacted=self._redact(text, findings, context.task),
        )

    def _foreign(self, text: str, task: str) -> list[Finding]:
        """Sorted, without overlaps: what overlaps is one finding of the kind that starts first."""
        asked = _asked_for(task)
        found = [one for one in self._all(text) if one.finding.kind not in asked]
        known = {one.finding for one in found if one.value in task or text[one.finding.start : one.finding.end] in task}
        # What is known in one reading of a place is no leak in another one.
        return _joined([one.finding for one in found if one.finding not in known])

    def _all(self, text: str) -> Iterator[Hidden]:
        yield from (Hidden(f, text[f.start : f.end]) for f in find_pii(text, self.regions))
        yield from find_hidden(text)
        for finder in self.extra_finders:
            yield from (Hidden(f, text[f.start : f.end]) for f in finder(text))

    def _redact(self, text: str, findings: list[Finding], task: str) -> str:
        """Until nothing is found: what is taken out may leave something that was covered by it."""
        for _ in range(_ROUNDS):
            text = replace_spans(text, [(f.start, f.end, f"[redacted {f.kind}]") for f in findings])
            findings = self._foreign(text, task)
            if not findings:
                return text
        return "[redacted]"


@lru_cache(maxsize=512)
def _asked_for(task: str) -> frozenset[str]:
    """The kinds of personal data that the user asks to be told: an answer may hold those."""
    return frozenset(kind for kind, words in _ASKED.items() if words.search(task))


def _joined(findings: list[Finding]) -> list[Finding]:
    joined: list[Finding] = []
    for finding in sorted(dict.fromkeys(findings), key=lambda f: (f.start, -f.end)):
        if joined and finding.start < joined[-1].end:
            joined[-1] = joined[-1]._replace(end=max(joined[-1].end, finding.end))
        else:
            joined.append(finding)
    return joined
