"""The guard over tool calls: destructive actions. It asks; it never decides alone."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from pytest_agentsafety.guards.engine import EngineError, Hit, Rule, RuleSet
from pytest_agentsafety.guards.files import is_file
from pytest_agentsafety.guards.normalise import normalise
from pytest_agentsafety.model.decisions import Decision
from pytest_agentsafety.model.messages import ToolCall
from pytest_agentsafety.model.policy import Effect, ToolRule
from pytest_agentsafety.model.safe_text import one_line

_MAX_STRINGS = 10_000
_MAX_DEPTH = 50
_LOSES: Mapping[Effect, str] = {"delete": "deletes", "egress": "sends", "pay": "pays"}
_NO_TARGETS = frozenset({"content", "amount", "secret", "url"})
_METHOD_NAMES = frozenset({"method", "verb", "httpmethod", "requestmethod", "action"})

_WHERE = re.compile(r"\bwhere\b", re.IGNORECASE)
_WHERE_ALL = re.compile(r"\bwhere\s+(?:\(*\s*)?(?:1\s*=\s*1|true\b|'?(\w)'?\s*=\s*'?\1'?\s*$)", re.IGNORECASE)

# A statement starts a line, a string or a sub-command; English that only sounds like one does not match.
_START = r"(?:^|[\n;|&`\"'({=]|\bsudo |\bthen |\bdo |-[ce] ?[\"']?|/bin/) ?"
_NAME = r"[\w.\"`\[\]$-]+"

COMMANDS = (
    Rule(
        family="sql",
        name="drop",
        pattern=r"\bdrop (?:table|database|schema|view|index|user|role|column|function|"
        rf"trigger)s? (?:if exists )?{_NAME}",
    ),
    Rule(
        family="sql",
        name="truncate",
        pattern=rf"{_START}truncate (?:table )?{_NAME} ?(?:;|$|cascade|restart)|\btruncate table\b",
    ),
    Rule(
        family="sql",
        name="delete",
        pattern=rf"{_START}delete from {_NAME} ?(?:;|$|\)|\"|'|--|where\b|using\b|returning\b)",  # noqa: S608 - a pattern, nothing runs
    ),
    Rule(
        family="sql",
        name="update",
        pattern=rf"{_START}update {_NAME} set {_NAME} ?=[^;]*",  # noqa: S608 - a pattern, nothing runs
    ),
    Rule(family="sql", name="grant", pattern=r"\b(?:grant|revoke) (?:all(?: privileges)?|superuser|dba)\b"),
    Rule(family="sql", name="alter", pattern=rf"\balter (?:table|database) {_NAME} (?:drop|rename)\b"),
    Rule(
        family="shell",
        name="rm",
        pattern=r"\brm (?:-\S+ )*-(?:\w*[rf]\w*|-recursive|-force|-no-preserve-root)\b|"
        + _START
        + r"(?:rm|unlink|rmdir|shred|wipe|srm) [^\s;|&]+ ?(?:$|[\n;|&\"'`)])",
    ),
    Rule(
        family="shell",
        name="disk",
        pattern=r"\bmkfs(?:\.\w+)?\b|\bdd[^|;&\n]*[ =]of=\S+|\bwipefs\b|\bfdisk /dev/|> ?/dev/(?:sd|nvme|hd|vd|disk)|"
        r"\bformat [a-z]: ?(?:$|/)|\bdiskpart\b|\bcipher /w\b",
    ),
    Rule(
        family="shell",
        name="rights",
        pattern=r"\bch(?:mod|own|grp) (?:-\S+ )*(?:-\w*r\w*|--recursive)\b|\bchmod (?:-\S+ )*0?777\b",
    ),
    Rule(
        family="shell",
        name="windows",
        pattern=r"\b(?:del|erase|rd|rmdir) (?:/[sqf] ?)+|\bremove-item\b[^|;&\n]*[ =]-(?:recurse|force)\b|"
        r"\bvssadmin delete\b|\breg delete\b",
    ),
    Rule(
        family="shell",
        name="find-delete",
        pattern=r"\bfind[^|;&\n]*[ =](?:-delete\b|-exec rm\b)|\bxargs (?:-\S+ )*rm\b|\btruncate (?:-s|"
        r"--size)[ =]?0\b|\bcrontab -r\b",
    ),
    Rule(
        family="shell",
        name="git",
        pattern=r"\bgit push[^|;&\n]*[ =](?:--force\b|-f\b|--delete\b|--mirror\b)|\bgit (?:reset --hard|"
        r"clean -\w*[fdx]|branch -d|filter-branch|checkout -- \.)",
    ),
    Rule(
        family="shell",
        name="infra",
        pattern=r"\bkubectl delete\b|\bhelm (?:uninstall|delete)\b|\bterraform destroy\b|\bdocker (?:system prune|"
        r"volume rm|rm -f|rmi)\b|\b(?:aws|gcloud|az|gsutil|rclone|doctl|heroku)\b[^|;&\n]*[ =](?:rm|rb|"
        r"delete|delete-\S+|terminate-instances|destroy|purge|remove)\b|\bpulumi destroy\b",
    ),
    Rule(
        family="shell",
        name="remote-code",
        pattern=r"\b(?:curl|wget|fetch)\b[^|;\n]*\| ?(?:sudo )?(?:ba|z|da|k)?sh\b|\b(?:python|perl|ruby|"
        r"node)[\d.]*\b ~1 <\( ?curl\b|\bbase64 (?:-d|--decode)[^|\n]*\| ?(?:ba|z)?sh\b",
    ),
    Rule(
        family="shell",
        name="power",
        pattern=rf"{_START}(?:shutdown|reboot|halt|poweroff|init 0|killall|pkill|kill -9)\b",
    ),
    Rule(family="shell", name="fork-bomb", pattern=r":\(\) ?\{ ?: ?\| ?: ?& ?\} ?;"),
    Rule(
        family="http",
        name="delete",
        pattern=r"\bcurl\b[^|;\n]*(?:-x|--request)[ =]?[\"']?delete\b|\b(?:requests|httpx|axios|client|"
        r"session)\.delete ?\(|(?:^|\n)delete (?:https?:/)?/\S*|\bmethod[\"']? ?[:=] ?[\"']delete\b",
    ),
    Rule(
        family="code",
        name="delete",
        pattern=r"\bshutil\.rmtree\b|\bos\.(?:remove|unlink|rmdir|removedirs)\b|\.unlink\(|\bfs\.(?:rm|unlink|"
        r"rmdir)(?:sync)?\b|\bfile\.delete\(|\bdrop_all\(|\bdelete_many\(|\bdropdatabase\(",
    ),
)


@cache
def _commands() -> RuleSet:
    return RuleSet(COMMANDS)


class DestructiveActionGuard:
    """Asks before something is lost or gone for good: known by a tool's effect (delete, send, pay), by a command that
    deletes in an argument, and by a file that would be written over."""

    name = "destructive"

    def check_call(
        self, call: ToolCall, rule: ToolRule, *, endorsed: bool, base: Path | None = None
    ) -> Decision | None:
        """A decision "ask", or None when there is nothing to say.

        `endorsed` (provenance found that the user wants this) spares the question for a tool that is known to delete,
        send or pay, and for an existing file that the task names. A destructive command inside an argument of any
        other tool asks anyway: the user approved another kind of act. Relative paths start at `base`, by default the
        working folder.
        """
        if rule.effect in _LOSES and not endorsed:
            reason = f"{call.name} {_LOSES[rule.effect]}, and the user did not ask for it"
            return self._ask("destructive.effect", reason)
        if rule.effect == "delete":
            return None
        try:
            return self._check_arguments(call) or self._overwrite(call, rule, endorsed, base)
        except (ValueError, EngineError) as error:
            return self._ask("destructive.unreadable", f"the arguments of {call.name} could not be checked: {error}")

    def _overwrite(self, call: ToolCall, rule: ToolRule, endorsed: bool, base: Path | None) -> Decision | None:
        if not rule.is_write:
            return None
        for path, text in _strings(call.arguments):
            if _may_be_target(path, rule, endorsed) and is_file(text, base):
                name = one_line(text)
                reason = (
                    f"argument {path!r} of {call.name} is a file that exists ({name}), and the task does not name it"
                )
                return self._ask("destructive.overwrite", reason, argument=path)
        return None

    def _check_arguments(self, call: ToolCall) -> Decision | None:
        for path, text in _strings(call.arguments):
            found = _destructive(path, text)
            if found is not None:
                reason = f"argument {path!r} of {call.name} holds a destructive command ({found})"
                return self._ask(f"destructive.{found}", reason, argument=path)
        return None

    def _ask(self, rule: str, reason: str, argument: str | None = None) -> Decision:
        return Decision(outcome="ask", guard=self.name, rule=rule, reason=reason, argument=argument)


def _may_be_target(path: str, rule: ToolRule, endorsed: bool) -> bool:
    """Could this argument name a file to write to that nobody looked at?

    What is endorsed stands in the user's task, apart from values that do not decide what a call reaches.
    """
    role = rule.roles.get(path) or rule.roles.get(re.split(r"[.\[]", path, maxsplit=1)[0])
    return role == "other" if endorsed else role not in _NO_TARGETS


def _destructive(path: str, text: str) -> str | None:
    """The rule that finds something destructive in one argument."""
    name = path.rsplit(".", 1)[-1].replace("_", "").replace("-", "").casefold()
    if name in _METHOD_NAMES and normalise(text).text.strip().casefold() == "delete":
        return "http.method"
    # A shell reads ${IFS} as a space, and quotes inside a word as nothing.
    plain = text.replace("${IFS}", " ").replace("$IFS", " ")
    hits = (hit for hit in _commands().scan(normalise(plain)) if not _is_limited(hit, plain))
    return next((hit.rule.id for hit in hits), None)


def _is_limited(hit: Hit, text: str) -> bool:
    """An update of chosen rows is an ordinary write."""
    statement = text[hit.start : hit.end]
    return hit.rule.name == "update" and bool(_WHERE.search(statement)) and not _WHERE_ALL.search(statement)


def _strings(value: Any) -> Iterator[tuple[str, str]]:
    """All strings of a JSON value with their paths, keys included; a list of words is also read as one command.

    Raises ValueError beyond a bound of strings: what was not read is not known to be harmless.
    """
    pending: list[tuple[str, Any, int]] = [("", value, 0)]
    count = 0
    while pending:
        path, item, depth = pending.pop()
        count += 1
        if count > _MAX_STRINGS or depth > _MAX_DEPTH:
            raise ValueError(f"arguments hold more than {_MAX_STRINGS} values or {_MAX_DEPTH} levels")
        if isinstance(item, str):
            yield path, item
        else:
            yield from _joined(path, item)
            pending.extend(reversed([(p, v, depth + 1) for p, v in _children(path, item)]))


def _joined(path: str, item: Any) -> Iterator[tuple[str, str]]:
    if isinstance(item, list | tuple) and item and all(isinstance(part, str) for part in item):
        yield path, " ".join(item)


def _children(path: str, item: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(item, Mapping):
        yield from ((f"{path}.{key}" if path else str(key), child) for key, child in item.items())
    elif isinstance(item, list | tuple):
        yield from ((f"{path}.{i}" if path else str(i), child) for i, child in enumerate(item))
