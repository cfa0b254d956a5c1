"""Find what differs from run to run in a text: clock times, uuids, temp folders, API ids."""

from __future__ import annotations

import re
import tempfile
from functools import cache, lru_cache
from pathlib import Path

Token = str | tuple[str, str]  # plain text, or (kind, value)

# Of OpenAI's, which start like words ("call_"), only what is long and has a digit is taken for an id.
_API_ID = (
    r"(?P<id>\b(?:toolu|srvtoolu|msg)_[0-9A-Za-z]{10,}\b"
    r"|\b(?:call_|fc_|ctc_|rs_|resp_|chatcmpl-)(?=[A-Za-z]{0,40}[0-9])[0-9A-Za-z]{16,}\b)"
)
_UUID = r"(?P<uuid>\b[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\b)"
_ZONE = r"(?:Z|[+-]\d\d:?\d\d)?"
# Only what a clock writes: a bare date, or "14:00", is content.
_TIME = rf"(?P<time>\b\d{{4}}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?| \d\d:\d\d:\d\d(?:\.\d+)?){_ZONE})"
# What pytest, tempfile and mktemp(1) call their folders. Other names under the temp folder are content.
_RANDOM = "|".join(
    (
        r"pytest-of-[^/\s\"']+/pytest-\d+",
        r"tmp[a-z0-9_]{8}(?![\w-])",
        r"tmp\.[A-Za-z0-9]{10}(?!\w)",
        r"[\w+.-]*[-_.][a-z0-9_]{8}(?![\w+-]|\.\w)",
    )
)
_CACHED_LENGTH = 20_000


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    system = tempfile.gettempdir()
    roots = {system, str(Path(system).resolve()), "/tmp", "/var/tmp", "/dev/shm"}  # noqa: S108 (named, not used)
    known = "|".join(re.escape(root) for root in sorted(roots, key=len, reverse=True))
    mac = r"(?:/private)?/var/folders/[^/\s\"']+/[^/\s\"']+/T"
    path = rf"(?P<tmp>(?<![\w.])(?:{known}|{mac})/(?:{_RANDOM}))"
    return re.compile("|".join((_API_ID, _UUID, path, _TIME))), re.compile("|".join((_API_ID, _UUID, path)))


def tokens(text: str, clocks: bool) -> tuple[Token, ...]:
    """Cut the text into plain parts and volatile ones. Times are volatile only with `clocks`."""
    return (_cached if len(text) <= _CACHED_LENGTH else _tokens)(text, clocks)


def _tokens(text: str, clocks: bool) -> tuple[Token, ...]:
    found: list[Token] = []
    done = 0
    for match in _patterns()[0 if clocks else 1].finditer(text):
        found += [text[done : match.start()], (match.lastgroup or "", match.group())]
        done = match.end()
    return (*found, text[done:])


_cached = lru_cache(maxsize=2048)(_tokens)  # a conversation repeats all its earlier texts in each request
