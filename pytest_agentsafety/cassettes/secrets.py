"""Take keys and tokens out of what goes onto a cassette.

What looks like a secret is told by `find`, the guards' table, which comes from above: there is one table. Besides,
values in use (headers, environment) and whatever was once found are looked for everywhere, encoded too.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from hashlib import sha256
from urllib.parse import quote

# The places of secrets in a text, sorted, without overlaps.
Find = Callable[[str], Iterable[tuple[int, int]]]
# A place and what stands there instead.
Change = tuple[int, int, str]

MARKER = re.compile(r"\[secret removed [0-9a-f]{8}\]")
MARKER_HEAD = "[secret removed "
SHORTEST = 8
_TELLING = re.compile(r"pass|pwd|secret|token|key|auth|cred|cookie|session|signature|connection|dsn", re.IGNORECASE)
_LONGEST_NAME, _LONGEST_VALUE = 60, 4_096


def digest_of(secret: str) -> str:
    """What a marker says of the secret it stands for: equal secrets stay equal, different ones different."""
    return sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()[:8]


def marker(secret: str) -> str:
    return f"{MARKER_HEAD}{digest_of(secret)}]"


class Scrubber:
    """Finds what has to go. `change` takes a text and the name of the field it stands in, "" for none.

    `known` are values that are looked for wherever they stand; `hashed` are lengths with the digests of values that
    nobody knows here, for a replay.
    """

    def __init__(
        self, find: Find, *, known: Iterable[str] = (), hashed: Mapping[int, frozenset[str]] | None = None
    ) -> None:
        self._find, self._find_long = _remembering(find), find
        self._hashed = hashed or {}
        self.known: set[str] = set()
        self._forms: tuple[str, ...] = ()
        self.learn(known)

    def learn(self, secrets: Iterable[str]) -> None:
        """Values to look for from now on. What is too short would be found in plain words."""
        fresh = {secret for secret in secrets if len(secret) >= SHORTEST and not MARKER.search(secret)} - self.known
        if fresh:
            self.known |= fresh
            forms = {form for secret in self.known for form in forms_of(secret)}
            self._forms = tuple(sorted(forms, key=len, reverse=True))

    def found(self, text: str, name: str = "") -> list[tuple[int, int]]:
        """The places of what tells itself to be secret, by its form or by the field's name."""
        find = self._find if len(text) <= _LONGEST_VALUE else self._find_long
        places = list(find(text))
        if not places and name and len(name) <= _LONGEST_NAME and len(text) <= _LONGEST_VALUE and _TELLING.search(name):
            head = f"{name}: "
            places = [(a - len(head), b - len(head)) for a, b in find(head + text) if a >= len(head)]
        return places

    def changes(self, text: str, name: str = "") -> list[Change]:
        """All that has to go, in the order of the text."""
        places = self.found(text, name)
        if not (places or self._forms or self._hashed):
            return []
        if self._forms or self._hashed:
            places = sorted([*places, *self._elsewhere(text, places)])
        return [(start, end, marker(text[start:end])) for start, end in places]

    def change(self, text: str, name: str = "") -> str:
        changes = self.changes(text, name)
        return replaced(text, changes) if changes else text

    def _elsewhere(self, text: str, places: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
        """Known values in what lies between the places found."""
        start = 0
        for begin, end in [*places, (len(text), len(text))]:
            for a, b in self._in_use(text[start:begin]):
                yield start + a, start + b
            start = end

    def _in_use(self, text: str) -> list[tuple[int, int]]:
        taken: list[tuple[int, int]] = []
        for form in self._forms:
            at = text.find(form)
            while at >= 0:
                if not any(a < at + len(form) and at < b for a, b in taken):
                    taken.append((at, at + len(form)))
                at = text.find(form, at + len(form))
        for length, digests in self._hashed.items():
            windows = ((at, at + length) for at in range(len(text) - length + 1))
            taken += [(a, b) for a, b in windows if digest_of(text[a:b]) in digests]
        return taken

    def left_in(self, text: str) -> str | None:
        """A known value that stands in the text in any form, None when there is none."""
        return next((form for form in self._forms if form in text), None)


@lru_cache(maxsize=8)
def _remembering(find: Find) -> Callable[[str], tuple[tuple[int, int], ...]]:
    """A conversation repeats all its earlier texts in each request, and cases repeat each other's."""
    return lru_cache(maxsize=8_192)(lambda text: tuple(find(text)))


def nothing(_: str) -> tuple[tuple[int, int], ...]:
    """A `Find` that finds nothing."""
    return ()


def replaced(text: str, changes: Iterable[Change]) -> str:
    parts, done = [], 0
    for start, end, new in changes:
        parts += [text[done:start], new]
        done = end
    return "".join([*parts, text[done:]])


_PERCENT = re.compile(r"%[0-9A-F]{2}")


def forms_of(secret: str) -> set[str]:
    """The secret as it is written in texts, URLs, JSON and base64 (also amid other bytes)."""
    raw = secret.encode("utf-8", "surrogatepass")
    forms = {secret, json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1]}
    forms |= {json.dumps(form)[1:-1] for form in tuple(forms)}
    forms |= {quote(raw, safe=""), quote(raw), _PERCENT.sub(lambda found: found.group().lower(), quote(raw, safe=""))}
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        for shift in range(3):
            coded = encode(b"\0" * shift + raw).decode().rstrip("=")
            # The first letters hold bits of what stands before, the last one bits of what follows.
            core = coded[(0, 2, 3)[shift] : len(coded) - ((shift + len(raw)) % 3 > 0)]
            if len(core) >= SHORTEST:
                forms.add(core)
    return forms


_NAMED = re.compile(
    r"KEY|TOKEN|SECRET|PASSW|PASSPHRASE|\bPWD\b|_PWD|CREDENTIAL|AUTH|COOKIE|SESSION|DSN|_PAT\b|CONNECTION",
    re.IGNORECASE,
)
_PASSWORDS = re.compile(r"PASSW|PASSPHRASE|_PWD|SECRET", re.IGNORECASE)
_PLAIN = re.compile(r"[./~]|[a-z]+://[^@]*$|(?:unix|local|tcp):|\d+$")
_KEY_LENGTH = 16


def looks_like_a_key(value: str, *, shortest: int = _KEY_LENGTH) -> bool:
    """Long enough, and with a digit: what is too plain for a key ("test") stays content."""
    return len(value) >= shortest and any(map(str.isdigit, value)) and any(map(str.isalpha, value))


def in_environment(environ: Mapping[str, str], find: Find) -> set[str]:
    """The values of variables whose name says that they are secret, and the secrets that stand in any of them."""
    found: set[str] = set()
    for name, value in environ.items():
        if _NAMED.search(name) and not _PLAIN.match(value):
            shortest = SHORTEST if _PASSWORDS.search(name) else _KEY_LENGTH
            if looks_like_a_key(value, shortest=shortest):
                found.add(value)
        found |= {value[start:end] for start, end in find(value)}
    return found | {part for value in tuple(found) for part in inner(value)}


def inner(secret: str) -> Iterator[str]:
    """The password in an address: it is a secret wherever it stands."""
    _, scheme, rest = secret.partition("://")
    if scheme and "@" in rest:
        password = rest.rpartition("@")[0].partition(":")[2]
        if len(password) >= SHORTEST:
            yield password
