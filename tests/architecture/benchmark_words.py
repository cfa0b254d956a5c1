"""The vocabulary of the benchmark suites: what guard code may not know.

Distinctive words, by rule:

- names of tools with an underscore, except those that the project's own documentation has as examples (`GENERAL`);
- addresses: e-mail addresses, hosts, account numbers, telephone and card numbers of nine digits or more;
- proper names: capitalised words that are never written small in the suites' prose, and that the English dictionary
  (simplemma) either does not know or itself writes with a capital; and runs of two to four capitalised words. A run of
  nothing but dictionary words ("Luxury Palace") counts in exactly this spelling only.

Generic English is what the dictionary knows in small letters. Days, months, nations and currencies, which it writes
with a capital, are listed in `CALENDAR_AND_WORLD`, set phrases in `COMMON_RUNS`.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import simplemma
import yaml

_ENDINGS = "com|org|net|io|co|ai|edu|info|biz|dev|app|shop|example|test|uk|ch"
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_HOST = re.compile(rf"(?<![\w.-])(?:[a-z0-9-]+\.)+(?:{_ENDINGS})\b")
_ACCOUNT = re.compile(r"\b[A-Z]{2}\d{8,32}\b|(?<![\w.])\+?\d[\d -]{4,}\d(?![\w.])")
_WORD = re.compile(r"(?<!['\u2019])\b[^\W\d_]+(?:-[^\W\d_]+)*")
_RUN = re.compile(r"\b[A-Z][^\W\d_]+(?:[ -][A-Z][^\W\d_]+){1,3}\b")
_IDENTIFIER = re.compile(r"\S*[@_/\\#]\S*|\S+\.\w{2,}\b\S*")
_TOOL = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)+")
_SHORT = 4  # shorter names ("Bob", "Eve") are the field's own examples

_EXAMPLES = (
    "read_file write_file web_request execute_code send_email delete_file make_purchase read_ticket read_mail send_mail"
)
_WORLD = (
    "monday tuesday wednesday thursday friday saturday sunday mon tue wed thu fri sat sun christmas easter "
    "january february march april may june july august september october november december "
    "jan feb mar apr jun jul aug sep sept oct nov dec euro dollar pound yen internet "
    "english german french italian spanish european american british swiss chinese japanese indian canadian "
    "europe france italy spain australia germany austria switzerland china japan india canada"
)
GENERAL = frozenset(_EXAMPLES.split())
CALENDAR_AND_WORLD = frozenset(_WORLD.split())
COMMON_RUNS = frozenset({"Not Found", "New Year", "Next Steps", "United Kingdom", "United States", "Hi Team"})
PUBLIC_HOSTS = frozenset({"gmail.com", "google.com", "yahoo.com", "outlook.com", "hotmail.com", "example.com"})


@dataclass
class Vocabulary:
    """`anywhere`: in any case, as whole words. `exactly`: in this spelling only."""

    anywhere: set[str] = field(default_factory=set)
    exactly: set[str] = field(default_factory=set)

    def found_in(self, text: str) -> set[str]:
        folded = text.lower()
        hits = {word for word in self.anywhere if word.lower() in folded and _stands(word.lower(), folded)}
        return hits | {word for word in self.exactly if word in text and _stands(word, text)}


def _stands(word: str, text: str) -> bool:
    return re.search(rf"(?<![^\W_]){re.escape(word)}(?![^\W_])", text) is not None


def vocabulary(texts: Iterable[str], tools: Iterable[str]) -> Vocabulary:
    """The distinctive words of these texts and tool names."""
    found = Vocabulary(anywhere={name for name in tools if _TOOL.fullmatch(name) and name not in GENERAL})
    corpus = list(texts)
    prose = (_IDENTIFIER.sub(" ", text) for text in corpus)  # in addresses and files names are written small, too
    written_small = {word for text in prose for word in _WORD.findall(text) if word.islower()}
    for text in corpus:
        found.anywhere |= set(_addresses(text))
        found.anywhere |= {w for w in _WORD.findall(text) if _is_name(w) and w.lower() not in written_small}
        for run in _RUN.findall(text):
            words = run.split()
            if run not in COMMON_RUNS and not any(word.isupper() for word in words):
                (found.anywhere if any(map(_proper, words)) else found.exactly).add(run)
    return found


def _addresses(text: str) -> Iterator[str]:
    mails = _EMAIL.findall(text)
    yield from mails
    hosts = {mail.partition("@")[2].lower() for mail in mails} | set(_HOST.findall(_EMAIL.sub(" ", text).lower()))
    yield from hosts - PUBLIC_HOSTS
    yield from filter(_telling, _ACCOUNT.findall(text))


def _telling(number: str) -> bool:
    """Is it long enough to be somebody's own, and no date and no 123456789?"""
    digits = "".join(char for char in number if char.isdigit())
    return len(digits) >= 9 and not re.match(r"(?:19|20)\d\d-\d\d", number) and digits not in "01234567890"


def _is_name(word: str) -> bool:
    """A capital and then small letters: no abbreviation, no name of a class."""
    return word[0].isupper() and word[1:].islower() and len(word) >= _SHORT and _proper(word)


@cache
def _proper(word: str) -> bool:
    """Does the dictionary not know the word, or write it with a capital?"""
    small = word.lower()
    if small in CALENDAR_AND_WORLD or word.isupper():
        return False
    return not all(map(_generic, filter(None, small.split("-"))))


def _generic(word: str) -> bool:
    return simplemma.is_known(word, lang="en") and simplemma.lemmatize(word, lang="en").islower()


def strings_in(value: Any) -> Iterator[str]:
    """All texts of a parsed YAML document."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from strings_in(key)
            yield from strings_in(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from strings_in(item)


def texts_of_folder(folder: Path) -> Iterator[str]:
    """The texts in the YAML and JSON files of a suite, and the strings in its code."""
    for file in sorted(folder.rglob("*")):
        if file.suffix in (".yaml", ".yml", ".json"):
            yield from strings_in(yaml.load(file.read_text(encoding="utf-8"), yaml.CBaseLoader))
        elif file.suffix == ".py":
            yield from _strings_in_code(ast.parse(file.read_text(encoding="utf-8")))


def _strings_in_code(tree: ast.Module) -> Iterator[str]:
    """String constants that are data; docstrings are prose of ours."""
    prose = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in prose:
            yield node.value


def tools_of_folder(folder: Path) -> Iterator[str]:
    """The public functions in a suite's modules of tools."""
    for file in sorted(folder.rglob("*tools.py")):
        for node in ast.parse(file.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                yield node.name
