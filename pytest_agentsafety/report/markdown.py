"""Foreign text inside Markdown."""

from __future__ import annotations

from pytest_agentsafety.model.safe_text import one_line


def code(text: object, limit: int = 160) -> str:
    """Any text as a code span that stays one, also in a table: no links, mentions, markup or HTML come alive.

    Backticks and bars cannot be escaped inside a code span of a table, so look-alikes stand for them.
    """
    flat = one_line(str(text), limit).replace("`", "\u02cb").replace("|", "\u00a6").strip()
    return f"`{flat}`" if flat else "-"
