"""Where a run's questions go."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from pytest_agentsafety.approval import QUEUE_FILE, Asking
from pytest_agentsafety.config import Settings


def asking_for(settings: Settings, folder: Path, mask: Callable[[str], str]) -> Asking:
    """What the configuration says; `folder` is the run's output folder, where the queue is unless it is configured."""
    return Asking(queue=queue_file(settings, folder), mask=mask, timeout=settings.policy.approval.timeout)


def queue_file(settings: Settings, folder: Path) -> Path:
    """The configured queue, relative to the configuration file's folder; else the one in `folder`."""
    configured = settings.policy.approval.queue
    return folder / QUEUE_FILE if configured is None else settings.root / configured


def keep_queue(folder: Path) -> None:
    """A run moves the one before aside; its questions and answers stay, so that they are found again.

    The file itself is moved: somebody who is just answering has the same one open.
    """
    with suppress(FileNotFoundError):
        (folder.with_name(folder.name + ".previous") / QUEUE_FILE).replace(folder / QUEUE_FILE)
