"""The examples of README.md and docs/: what a reader is told to write and to run, written and run.

A comment before a fenced block says what it is:

    <!-- example: NAME file FILE -->    the block is FILE of example NAME
    <!-- example: NAME adds FILE -->    the block is added to FILE
    <!-- example: NAME shows FILE -->   the block stands in FILE as it is; a line `...` is what it leaves out
    <!-- example: NAME runs -->         the commands of the block are run there, and end with status 0
    <!-- example: NAME runs, exit 1 --> and the last one ends with status 1
    <!-- example: NAME prints -->       the block stands in what the command before it printed, but for lines `...`

`, needs MODULE PROGRAM` in a comment names what else the example needs; where that is not installed, it is skipped.
What a reader has already is in `docs/examples/NAME/` or, where no page shows it, in `support/NAME/`. Of the
latter `api.py` is no part of the project: its `model` answers as the API does. A `check.py` there is run last.
"""

from __future__ import annotations

import importlib.util
import re
import shutil
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
PAGES = (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
BLOCK = re.compile(
    r"<!-- example: (?P<name>[a-z0-9_-]+) (?P<what>file|adds|shows|runs|prints)(?: (?P<file>[^\s,]+))?"
    r"(?:, exit (?P<status>\d+))?(?:, needs (?P<needs>[\w. -]+?))? -->\n"
    r"```[a-z]*\n(?P<text>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
LEFT_OUT = re.compile(r"^\s*\.\.\.\s*$", re.MULTILINE)


@dataclass
class Command:
    """`prints` are texts that it prints, in this order."""

    text: str
    status: int = 0
    prints: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Block:
    """What becomes of a file: `what` is file, adds or shows."""

    what: str
    file: Path
    text: str

    def put(self, folder: Path) -> None:
        path = folder / self.file
        if self.what == "shows":
            missing = absent(pieces(self.text), path.read_text(encoding="utf-8"))
            assert missing is None, f"{self.file} does not say, or not in this order:\n{missing}"
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w" if self.what == "file" else "a", encoding="utf-8") as file:
            file.write(self.text)


@dataclass
class Example:
    """One example: its parts in the order of the page."""

    name: str
    page: Path
    parts: list[Block | Command] = field(default_factory=list)
    needs: list[str] = field(default_factory=list)

    @property
    def support(self) -> Path:
        return HERE / "support" / self.name.replace("-", "_")

    @property
    def missing(self) -> str | None:
        """What it needs and is not installed, a module or a program."""
        return next((name for name in self.needs if not _is_there(name)), None)

    def lay_out(self, folder: Path) -> Iterable[Command]:
        """Write the files into `folder` up to each command, and hand the command out."""
        for source in (ROOT / "docs" / "examples" / self.name, self.support):
            if source.is_dir():
                shutil.copytree(
                    source, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("api.py", "__pycache__")
                )
        for part in self.parts:
            if isinstance(part, Command):
                yield part
            else:
                part.put(folder)
        if (folder / "check.py").exists():
            yield Command("python check.py")


def examples_of(page: Path) -> dict[str, Example]:
    """The examples of a page. Raises ValueError for a marker that stands before no block."""
    text = page.read_text(encoding="utf-8")
    found: dict[str, Example] = {}
    blocks = list(BLOCK.finditer(text))
    if len(blocks) != text.count("<!-- example:"):
        raise ValueError(f"{page.name}: an example's comment stands before no block, or is written wrongly")
    for block in blocks:
        example = found.setdefault(block["name"], Example(block["name"], page))
        example.needs += (block["needs"] or "").split()
        _add(example, block)
    return found


def _add(example: Example, block: re.Match[str]) -> None:
    place = f"{example.page.name}: example {example.name!r}"
    if block["what"] == "runs":
        example.parts.append(Command(block["text"], int(block["status"] or 0)))
    elif block["what"] == "prints":
        command = example.parts[-1] if example.parts else None
        if not isinstance(command, Command):
            raise ValueError(f"{place} prints something, but no command stands before it")
        command.prints += pieces(block["text"])
    elif block["file"] is None:
        raise ValueError(f"{place} has a block without a file name")
    else:
        example.parts.append(Block(block["what"], Path(block["file"]), block["text"]))


def pieces(text: str) -> list[str]:
    """The text between the lines of dots."""
    return [piece.strip("\n") for piece in LEFT_OUT.split(text) if piece.strip()]


def absent(wanted: Sequence[str], text: str) -> str | None:
    """The first of the texts that does not stand in `text` behind the one before it."""
    place = 0
    for piece in wanted:
        place = text.find(piece, place)
        if place < 0:
            return piece
        place += len(piece)
    return None


def blocks(page: Path, language: str) -> list[str]:
    """Every fenced block of a language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


def all_examples() -> list[Example]:
    return [example for page in PAGES for example in examples_of(page).values()]


def _is_there(name: str) -> bool:
    if shutil.which(name, path="/usr/local/bin:/usr/bin:/bin") is not None:
        return True
    with suppress(ImportError):
        return importlib.util.find_spec(name) is not None
    return False
