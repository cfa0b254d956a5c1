"""What a run may not write down, wherever it stands: the guards' table, the environment's keys, and what was found."""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping
from typing import Any

from pytest_agentsafety.cassettes import Scrubber, in_environment
from pytest_agentsafety.cassettes.header_secrets import in_headers
from pytest_agentsafety.cassettes.secrets import replaced
from pytest_agentsafety.guards import find_secrets
from pytest_agentsafety.guards.pii_mask import mask, mask_telling
from pytest_agentsafety.model.passage import Passage

_SHORT, _REMEMBERED, _MOST_LEARNED = 200, 8_192, 500
# A long text is written down several times in a row (result, summary, span), and cases of the same task read the same.
_LONG_CHARACTERS = 4_000_000


class RunSecrets:
    """`mask` for everything a run writes; thread-safe.

    Beyond the guards' `mask` it takes out what is known to be secret (values of the environment, and whatever was found
    earlier in the run), encoded too.
    """

    def __init__(self) -> None:
        self._scrubber = Scrubber(find_secrets, known=in_environment(os.environ, find_secrets))
        self._seen = dict(_variables())
        self._lock = threading.Lock()
        self._masked: dict[str, str] = {}
        self._long: dict[str, str] = {}
        self._room = _LONG_CHARACTERS

    def look_around(self) -> None:
        """The environment may have got keys since: a conftest or the agent's own module may load them."""
        variables = _variables()
        if variables != self._seen:
            self._seen = dict(variables)
            self._learn(in_environment(os.environ.copy(), find_secrets))

    def saw(self, passage: Passage) -> None:
        """Keys in the headers of a request, and cookies of its answer: who answers may repeat them in words."""
        self._learn({*in_headers(passage.request_headers), *in_headers(passage.headers)})

    def mask(self, text: str) -> str:
        # What is learned meanwhile puts other tables in the place of these: nothing made before gets into them.
        known = self._masked if len(text) <= _SHORT else self._long
        masked = known.get(text)
        if masked is None:
            masked = self._made(text)
            self._remember(known, text, masked)
        return masked

    def _remember(self, known: dict[str, str], text: str, masked: str) -> None:
        """Bounded by number for short texts, by characters for long ones: a full table starts anew."""
        if len(text) > _SHORT:
            self._room -= len(text) if masked is text else len(text) + len(masked)
            if self._room < 0:
                self._room = _LONG_CHARACTERS
                known.clear()
                return
        elif len(known) >= _REMEMBERED:
            known.clear()
        known[text] = masked

    def hide(self, text: str) -> str:
        """Secrets alone; personal data stays."""
        return self._scrubber.change(text)

    def _made(self, text: str) -> str:
        masked, found = mask_telling(text)
        if found:
            self._learn({text[start:end] for start, end in found})
        if self._scrubber.left_in(text) is not None:
            masked = mask(self._without_known(text))
        return self._scrubber.change(masked) if found else masked

    def _without_known(self, text: str) -> str:
        """Known values whose form does not tell them; the others keep what their mask shows of them."""
        if self._scrubber.left_in(text) is None:
            return text
        told = set(self._scrubber.found(text))
        changes = [change for change in self._scrubber.changes(text) if change[:2] not in told]
        return replaced(text, changes)

    def _learn(self, secrets: set[str]) -> None:
        if secrets <= self._scrubber.known or len(self._scrubber.known) >= _MOST_LEARNED:
            return
        with self._lock:
            self._scrubber.learn(secrets)
            self._masked, self._long = {}, {}
            self._room = _LONG_CHARACTERS


def _variables() -> Mapping[Any, Any]:
    """The environment as the interpreter holds it, where it shows that: `os.environ` decodes each name anew."""
    return getattr(os.environ, "_data", os.environ)
