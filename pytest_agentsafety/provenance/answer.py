"""The final answer: sentences that only outside text wanted said are taken out, whatever words they use.

Two signs, none of them a list of promotional words: the sentence repeats what an outside text orders to be said; or it
brings up something that the user did not name and that a text about something else does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pytest_agentsafety.provenance.heard import Block, Heard, Source
from pytest_agentsafety.provenance.links import has_query
from pytest_agentsafety.provenance.normal import has_token, normalise
from pytest_agentsafety.provenance.orders import orders
from pytest_agentsafety.provenance.reading import Reading, content_words
from pytest_agentsafety.provenance.values import Item, host_of, typed_items
from pytest_agentsafety.provenance.vocabulary import REPORTED, SPEECH

_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[^\s\d])|\n+")
_IMAGE = re.compile(
    r"!\[[^\]\n]{0,400}\]\(\s*<?([^)\s>]{1,2000})|<(?:img|iframe|video|audio|embed|source|object)\b[^>]{0,400}?(?:src|data)\s*=\s*[\"']?([^\"'\s>]{1,2000})",
    re.IGNORECASE,
)
_LOCAL = ("data:image/", "#", "attachment:", "cid:")
_NOTICE = "[a sentence was taken out: only {tool} wanted it said]"
_LEAST, _SHARE, _MAX_SENTENCES = 3, 0.6, 400


class AnswerCheck:
    """Checks answers against what was heard in one run."""

    def __init__(self, user: Reading, heard: Heard, developer: Reading | None = None) -> None:
        self._user, self._heard, self._developer = user, heard, developer

    def check(self, text: str) -> tuple[str, tuple[str, ...]]:
        """The text without such sentences (a notice stands for each), and the sentences."""
        kept, held = [], []
        for sentence, gap in _sentences(text):
            tool = self._foreign(sentence)
            if tool is None:
                kept.append(sentence + gap)
            else:
                held.append(sentence)
                kept.append(_NOTICE.format(tool=tool) + gap)
        return ("".join(kept), tuple(held)) if held else (text, ())

    def _foreign(self, sentence: str) -> str | None:
        """The tool whose text alone wanted this said, None when there is none."""
        if self._loads_foreign(sentence):
            return "an unknown host"
        new = content_words(sentence) - self._user.words
        reported = REPORTED.search(sentence.lower()) is not None and not any(True for _ in typed_items(sentence))
        for source in () if reported else self._heard.sources:
            if any(
                self._may_say(flat, sentence, new) and self._dictated(sentence, new, flat) for flat in _texts(source)
            ):
                return source.tool
        return self._brought_up(sentence)

    @staticmethod
    def _may_say(flat: str, sentence: str, new: frozenset[str]) -> bool:
        """A quick look: are enough of the sentence's words in the text at all, or something typed?"""
        said = sum(word[:5] in flat for word in new)
        return said >= _SHARE * len(new) or any(True for _ in typed_items(sentence))

    def _dictated(self, sentence: str, new: frozenset[str], flat: str) -> bool:
        """Does the text order something to be said, and is this it?"""
        said = {word for word in new if word[:5] in flat}
        items = [item for item in typed_items(sentence) if self._unasked(item)]
        phrase = normalise(sentence).strip(" .,;:!?*\"'")
        short = 1 < len(new) <= _LEAST and len(said) == len(new) and phrase in flat
        if len(said) < max(_LEAST, _SHARE * len(new)) and not items and not short:
            return False
        for text, _ in _sentences(flat):
            ordered = orders(text)
            if items and ordered and any(item.text.lower() in text for item in items if item.kind == "url"):
                return True
            if not ordered & SPEECH:
                continue
            there = content_words(text)
            if short and phrase in text:
                return True
            if len(said & there) >= max(_LEAST, _SHARE * len(new)) or any(item.text.lower() in text for item in items):
                return True
        return False

    def _loads_foreign(self, sentence: str) -> bool:
        """An image, or a link with a query, at a host that neither the user nor a field of a result has."""
        images = [match[1] or match[2] for match in _IMAGE.finditer(sentence)]
        queries = [item.text for item in typed_items(sentence) if item.kind == "url" and self._leads_away(item.text)]
        return any(not self._known_host(link) for link in (*images, *queries))

    def _leads_away(self, link: str) -> bool:
        """A link with a query, unless the user asked for a link and it stands in what the user pointed to."""
        asked = self._user.asks_for("url") and any(block.source.pointed for block in self._heard.in_text(link))
        return has_query(normalise(link)) and not asked

    def _known_host(self, link: str) -> bool:
        host = host_of(link)
        if not host or link.startswith(_LOCAL):
            return link.startswith(_LOCAL)
        if self._user.spoken.names_host(host) or (
            self._developer is not None and self._developer.spoken.names_host(host)
        ):
            return True
        return any(host_of(place.field.value) == host for place in self._heard.places(link)) or any(
            item.kind == "url" and host_of(item.value) == host
            for source in self._heard.sources
            for record in source.records
            for item in record.fields
        )

    def _unasked(self, item: Item) -> bool:
        """A link or address that the user neither gave nor asked for, and that is no field of a result."""
        asked = self._user.states(item.text) or self._user.asks_for(item.kind)
        return not asked and not self._heard.places(item.text)

    def _brought_up(self, sentence: str) -> str | None:
        """Something of the user's own records that a text of another record, and nobody else, brings up."""
        plain = normalise(sentence)
        for source in self._heard.sources:
            if source.outside:
                continue
            for record in source.records:
                for item in record.fields:
                    if item.kind != "name" or len(item.spelling) < 6 or " " not in item.spelling:
                        continue
                    if has_token(plain, item.spelling) and not has_token(self._user.folded, item.spelling):
                        tool = self._elsewhere(item.spelling)
                        if tool is not None:
                            return tool
        return None

    def _texts_with(self, name: str) -> Iterator[tuple[Block, str]]:
        yield from ((block, block.record.flat) for block in self._heard.blocks if name in block.record.flat)
        for source in self._heard.sources:
            yield from ((block, text) for block, text in source.disguised if name in text)

    def _elsewhere(self, name: str) -> str | None:
        for block, flat in self._texts_with(name):
            if block.source.ours or not block.source.outside:
                continue
            family = [record for record in (block.record, block.record.parent) if record is not None]
            about = [item.spelling for record in family for item in record.fields]
            if about and name not in about and _pushed(flat, name):
                return block.source.tool
        return None


def _texts(source: Source) -> Iterator[str]:
    """The free texts of a source, as they stand and in other readings."""
    yield from (block.record.flat for block in source.blocks)
    yield from (text for _, text in source.disguised)


def _pushed(text: str, name: str) -> bool:
    """Does a sentence with this name order something, or call upon the reader?"""
    return any(name in sentence and (orders(sentence) or "!" in gap + sentence) for sentence, gap in _sentences(text))


def _sentences(text: str) -> Iterator[tuple[str, str]]:
    """The sentences of a text, each with the white space behind it."""
    start = 0
    for count, match in enumerate(_SENTENCE.finditer(text)):
        if count >= _MAX_SENTENCES:
            break
        if match.start() > start:
            yield text[start : match.start()], match.group()
        start = match.end()
    if start < len(text):
        yield text[start:], ""
