"""`agentsafety approvals`: what waits in the queue, and answering it."""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pytest_agentsafety.approval import ANSWERS, QUEUE_FILE, ApprovalQueue, Entry
from pytest_agentsafety.cli.output import say, say_error, say_json
from pytest_agentsafety.config import load_settings
from pytest_agentsafety.model.canonical import canonical_json
from pytest_agentsafety.model.errors import ConfigError
from pytest_agentsafety.model.safe_text import one_line
from pytest_agentsafety.session.asking import queue_file
from pytest_agentsafety.session.options import DEFAULT_OUTPUT, one_of

_SHORTEST_ID = 4
_VALUE_CHARS = 2_000


def add(commands: Any) -> None:
    """Register the command."""
    approvals = commands.add_parser("approvals", help="questions that wait for an answer (approver queue)")
    actions = approvals.add_subparsers(dest="action", metavar="ACTION", required=True)
    listing = actions.add_parser("list", help="what waits for an answer")
    listing.add_argument("--all", action="store_true", help="answered ones too")
    listing.add_argument("--json", action="store_true", help="as JSON")
    listing.set_defaults(run=run_list)
    answer = actions.add_parser("answer", help="answer a question; the next run with this queue uses it")
    answer.add_argument("id", metavar="ID", help="as listed; its first characters will do")
    answer.add_argument("answer", metavar="ANSWER", help=", ".join(ANSWERS))
    answer.add_argument("--reason", default="", help="kept in the evidence")
    answer.add_argument(
        "--arguments", metavar="JSON", help="modify: an object with the changed arguments; the others stay as asked"
    )
    answer.set_defaults(run=run_answer)
    for parser in (listing, answer):
        parser.add_argument(
            "--queue", metavar="PATH", help=f"file or evidence folder (default: configuration, else {DEFAULT_OUTPUT})"
        )


def run_list(given: argparse.Namespace) -> int:
    """0, whether anything waits or not."""
    queue = _queue(given.queue)
    entries, passed_over = _read(queue)
    shown = [entry for entry in entries.values() if given.all or not entry.settled]
    if given.json:
        say_json([_as_json(entry) for entry in shown])
    else:
        for entry in shown:
            for line in _lines(entry):
                say(line)
        waiting = sum(not entry.settled for entry in entries.values())
        say(f"{waiting} of {len(entries)} wait for an answer in {queue.path}")
    if passed_over:
        say_error(f"warning: {passed_over} lines of {queue.path} cannot be read and were passed over")
    return 0


def run_answer(given: argparse.Namespace) -> int:
    """0 when the answer is on disk."""
    queue = _queue(given.queue)
    word = one_of("answer", given.answer, ANSWERS, "agentsafety approvals answer")
    arguments = _arguments(given.arguments, word)
    entry = _find(_read(queue)[0], given.id, queue.path)
    record = {
        "type": "answer",
        "id": entry.id,
        "answer": word,
        "reason": given.reason,
        "arguments": arguments,
        "answered_at": time.time(),
    }
    try:
        with queue.locked() as locked:
            locked.append(record, durable=True)
    except OSError as error:
        raise ConfigError(f"{queue.path}: the answer could not be written: {error.strerror or error}") from None
    before = f" (was: {entry.answer})" if entry.answer is not None else ""
    say(f"{entry.id}: {word}{before}")
    return 0


def _queue(given: str | None) -> ApprovalQueue:
    if given is None:
        path = queue_file(load_settings(Path.cwd()), Path(DEFAULT_OUTPUT))
    else:
        path = Path(given)
        path = path / QUEUE_FILE if path.is_dir() else path
    if not path.is_file():
        raise ConfigError(f"{path}: no approval queue here; a run with the approver queue makes one")
    return ApprovalQueue(path)


def _read(queue: ApprovalQueue) -> tuple[dict[str, Entry], int]:
    try:
        return queue.read()
    except OSError as error:
        raise ConfigError(f"{queue.path}: cannot be read: {error.strerror}") from None


def _find(entries: Mapping[str, Entry], given: str, path: Path) -> Entry:
    if given in entries:
        return entries[given]
    found = [name for name in entries if name.startswith(given)] if len(given) >= _SHORTEST_ID else []
    if len(found) == 1:
        return entries[found[0]]
    if found:
        raise ConfigError(f"{path}: {len(found)} questions begin with {given!r}: {', '.join(found[:5])}")
    raise ConfigError(f"{path}: no question {given!r}; `agentsafety approvals list` shows the ids")


def _arguments(given: str | None, word: str) -> dict[str, Any] | None:
    place = "--arguments"
    if word != "modify":
        if given is not None:
            raise ConfigError(f"{place} goes with modify, not with {word}")
        return None
    try:
        value = json.loads(given or "")
    except ValueError as error:
        raise ConfigError(f'{place}: modify needs a JSON object, as in {{"to": "ann@example.com"}}: {error}') from None
    if not isinstance(value, dict):
        raise ConfigError(f"{place}: expected a JSON object, got {one_line(given or '')}")
    return value


def _as_json(entry: Entry) -> dict[str, Any]:
    said = {"answer": entry.answer, "answer_reason": entry.reason, "answer_arguments": entry.arguments}
    return {**entry.ask, **said, "settled": entry.settled, "problem": entry.problem}


def _lines(entry: Entry) -> Iterator[str]:
    """One question. Every line is one line, whatever the model wrote."""
    ask = entry.ask
    yield f"{one_line(entry.id)}  {_state(entry)}"
    yield f"  {_text(ask, 'tool')} (effect: {_text(ask, 'effect')}), in {_text(ask, 'task_id') or 'no named task'}"
    yield f"  task:   {_text(ask, 'user_task', 500)}"
    yield f"  reason: {_text(ask, 'rule')}: {_text(ask, 'reason', 500)}"
    for name, value in _mapping(ask.get("arguments")).items():
        yield f"    {one_line(str(name))} = {one_line(canonical_json(value), _VALUE_CHARS)}"
    for where, origin in _mapping(ask.get("origins")).items():
        trust = "trusted" if _mapping(origin).get("trusted") is True else "NOT trusted"
        yield f"    {one_line(str(where))} is from: {_text(_mapping(origin), 'source')} ({trust})"


def _state(entry: Entry) -> str:
    if entry.problem is not None:
        return f"waits: {one_line(entry.problem)}"
    if entry.answer is None:
        return "waits"
    reason = f": {one_line(entry.reason)}" if entry.reason else ""
    return f"{entry.answer}{', spent' if entry.used else ''}{reason}"


def _text(record: Mapping[str, Any], key: str, limit: int = 200) -> str:
    return one_line(str(record.get(key, "")), limit)


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
