"""The examples of README.md and docs/: what a reader is told to write and to run, written and run.

A comment before a fenced block says what it is:

    <!-- example: NAME file FILE -->    the block is FILE of example NAME
    <!-- example: NAME adds FILE -->    the block is added to FILE
    <!-- example: NAME runs -->         the commands of the block are run there, and end with status 0
    <!-- example: NAME runs, exit 1 --> and the last one ends with status 1

What a reader is taken to have already (a loop, an inbox) is in `support/NAME/`; a `check.py` there is run last.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
PAGES = (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
BLOCK = re.compile(
    r"<!-- example: (?P<name>[a-z0-9-]+) (?P<what>file|adds|runs)"
    r"(?: (?P<file>[^\s,]+))?(?:, exit (?P<status>\d+))? -->\n"
    r"```[a-z]*\n(?P<text>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)


@dataclass
class Command:
    text: str
    status: int


@dataclass
class Example:
    """One example: its parts in the order of the page."""

    name: str
    page: Path
    parts: list[tuple[Path, str, str] | Command] = field(default_factory=list)

    def lay_out(self, folder: Path) -> Iterable[Command]:
        """Write the files into `folder` up to each command, and hand the command out."""
        support = HERE / "support" / self.name.replace("-", "_")
        if support.is_dir():
            shutil.copytree(support, folder, dirs_exist_ok=True)
        for part in self.parts:
            if isinstance(part, Command):
                yield part
                continue
            path, mode, text = folder / part[0], part[1], part[2]
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open(mode, encoding="utf-8") as file:
                file.write(text)
        if (folder / "check.py").exists():
            yield Command("python check.py", 0)


def examples_of(page: Path) -> dict[str, Example]:
    """The examples of a page. Raises ValueError for a marker that stands before no block."""
    text = page.read_text(encoding="utf-8")
    found: dict[str, Example] = {}
    blocks = list(BLOCK.finditer(text))
    if len(blocks) != text.count("<!-- example:"):
        raise ValueError(f"{page.name}: an example's comment stands before no block, or is written wrongly")
    for block in blocks:
        name, what, file = block["name"], block["what"], block["file"]
        example = found.setdefault(name, Example(name, page))
        if what == "runs":
            example.parts.append(Command(block["text"], int(block["status"] or 0)))
        elif file is None:
            raise ValueError(f"{page.name}: example {name!r} has a block without a file name")
        else:
            example.parts.append((Path(file), "w" if what == "file" else "a", block["text"]))
    return found


def all_examples() -> list[Example]:
    return [example for page in PAGES for example in examples_of(page).values()]
