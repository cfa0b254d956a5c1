"""The guard over tool calls: destructive actions. It asks; it never decides alone."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import Any

import re2

from pytest_agentsafety.guards.action_readings import Strings, plain_name, readings
from pytest_agentsafety.guards.action_rules import COMMANDS
from pytest_agentsafety.guards.engine import EngineError, Hit, RuleSet
from pytest_agentsafety.guards.files import is_file
from pytest_agentsafety.guards.normalise import normalise
from pytest_agentsafety.model.decisions import Decision
from pytest_agentsafety.model.messages import ToolCall
from pytest_agentsafety.model.policy import Effect, Role, ToolRule
from pytest_agentsafety.model.safe_text import one_line

_LOSES: Mapping[Effect, str] = {"delete": "deletes", "egress": "sends", "pay": "pays"}
_NO_TARGETS = frozenset({"content", "amount", "secret", "url"})
_METHOD_NAMES = frozenset({"method", "verb", "httpmethod", "requestmethod", "action", "xhttpmethodoverride"})
_URL_NAMES = frozenset({"url", "uri", "endpoint", "path", "href", "link", "resource"})
# Words of a tool's name that say that somebody executes what it is given.
_EXECUTING = frozenset(
    (  # noqa: SIM905 - a list of this length would fill a screen
        "terminal shell console bash zsh sh cmd command commands exec execute executes run runs eval evaluate "
        "sql query db database ssh script scripts keyboard keystrokes psql mysql sqlite postgres mongo redis "
        "powershell repl notebook cell code python node js stdin tmux screen cron crontab job jobs schedule "
        "process subprocess kubectl docker terraform deploy automation keys keystroke macro pipeline workflow "
        "hook admin "
    ).split()
)
_ASKING = frozenset({"query"})  # a tool of that name runs it; an argument of that name may be a search
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")
_TEXT_NAMES = frozenset(
    (  # noqa: SIM905 - as above
        "body text message content contents description comment note notes subject title summary caption html markdown "
        "reply answer question bio about details reason feedback review post caption transcript abstract"
    ).split()
)
# A file that somebody executes, or that decides what is executed.
_RUN_LATER = re2.compile(
    r"(?i)\.(?:sh|bash|zsh|ps1|psm1|bat|cmd|sql|py|rb|pl|js|mjs|php|service|timer|plist|desktop|cron|mk)$|"
    r"(?:^|[/\\])(?:"
    r"makefile|dockerfile|jenkinsfile|crontab|authorized_keys|\.?bashrc|\.?zshrc|\.?profile|\.?bash_profile|\.env|"
    r"package\.json|sudoers)$|(?:^|[/\\])(?:\.git[/\\]hooks|cron\.\w+|init\.d|systemd|\.github[/\\]workflows|"
    r"autostart|startup)[/\\]"
)
_BROAD = re2.compile(
    r"(?i)^(?:/+\*?|~/?\*?|\$home/?\*?|\.{1,2}/?\*?|\*+|[a-z]:[/\\]*\*?|%\w+%\\?\*?|file:///?|(?:/(?:etc|usr|bin|"
    r"sbin|boot|home|var|root|lib\d*|sys|proc|dev|opt|srv|mnt|users|system|library|applications)|[a-z]:[/\\](?:windows|"
    r"users|program files(?: \(x86\))?))(?:/\*{0,2}|\\\*?)?)$"
)
_SYSTEM = re2.compile(
    r"(?i)^(?:/(?:etc|usr|bin|sbin|boot|root|lib\d*|sys|proc|dev|system|library)/|[a-z]:[/\\]windows[/\\]|(?:~|/home/"
    r"[^/]+|/users/[^/]+|/root)/\.(?:ssh|bashrc|bash_profile|profile|zshrc|gnupg|aws|kube|config/autostart|gitconfig|"
    r"netrc)(?:/|$)|/var/(?:spool/cron|lib|log)/)"
)
_COLLECTION = re2.compile(r"(?i)/[a-z][a-z_-]*s/?(?:\?.*)?$")

_WHERE = re.compile(r"\bwhere\b", re.IGNORECASE)
_WHERE_ALL = re.compile(
    r"\bwhere\s+(?:\(\s*)*(?:(\d+)\s*=\s*\1\b|true\b|not\s+false\b|'(\w{0,40})'\s*=\s*'\2'|1\s*(?:or\b|;|$)|"
    r"[\w.]{1,60}\s+is\s+not\s+null\s*;?\s*$|"
    r"[\w.]{1,60}\s+like\s+'%+'|[\w.]{1,60}\s*>=?\s*0\s*;?\s*$)|\bor\s+\(?(?:(\d+)\s*=\s*\3\b|true\b|"
    r"'(\w{0,40})'\s*=\s*'\4)",
    re.IGNORECASE,
)
_BEFORE, _NAME = 400, 4_096
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?: [0-9]{2}:[0-9]{2}(?::[0-9]{2})?)?")
_SEARCHES = re2.compile(r"^\s*(?:sudo )?(?:e|f|z|git )?(?:grep|rg|ag|ack)\s")
_FUNCTION_WORDS = re2.compile(
    r"(?i)\b(?:how|what|why|when|where|who|the|an?|is|are|was|does|did|do i|please|should|could|would|can|"
    r"never|don't|not|"
    r"explain|tutorial|difference|meaning|about|command|example|guide|help|avoid|after|before|safe|undo|recover)\b"
)
_SPEAKS = re2.compile(rf"{_FUNCTION_WORDS.pattern}|(?i)\b(?:in|of|was|were|it|this|that|he|she|they|we|i)\b")


@cache
def _commands() -> RuleSet:
    return RuleSet(COMMANDS)


def _hits(text: str) -> Sequence[Hit]:
    if _MOMENT.fullmatch(text) is not None:
        return ()  # in no reading a command
    return _short_hits(text) if len(text) <= _BEFORE else _commands().scan(normalise(text))


# Arguments as they come: between them they need what is compiled when a text first needs it.
_ORDINARY = (
    "Lunch with the team",
    "anna.b-smith@mail.example.org",
    "12 Long Street, 1-3-5 Upper-Town, 75002 City, Country",
    "Room 4b is booked from 2024-05-19 16:00 to 17:30.",
    "GB00TEST00000000000000",
    "+00 20 0000 0000",
    "report_final-2.docx",
    "k3y-4x7q",
    "https://www.example.org/a/b-c?d=e&f=10%25#g",
    "Bring:\n- water\n- bread\n- a map",
    "Dear all,\n\nthe agenda-for-tomorrow-morning lies at the usual place.\n\nYours,\nA. B.\n",
    "C:\\data\\new\\report.txt",
    'She wrote: "It is $20; <b>cheap</b>."',
)


@cache
def prepare() -> None:
    """Compile what ordinary arguments are searched with: once in a process, and not in the first decisions."""
    for text in _ORDINARY:
        _is_command(text)
        _runs_later(text)
        for reading in readings(text):
            _hits(reading)


# Names, dates and accounts come again in one call after the other, and are read in every way each time.
@lru_cache(maxsize=8192)
def _short_hits(text: str) -> Sequence[Hit]:
    return tuple(_commands().scan(normalise(text)))


# Texts that hold no command in any of their readings. The same few names and dates come in one call after the other.
_HARMLESS: set[str] = set()
_MOST_HARMLESS = 8_192


def _note_harmless(text: str) -> None:
    if len(text) <= _BEFORE:
        if len(_HARMLESS) >= _MOST_HARMLESS:
            _HARMLESS.clear()
        _HARMLESS.add(text)


def _runs_later(text: str) -> bool:
    """Does it name a file that somebody executes?"""
    return _short_runs_later(text) if len(text) <= _BEFORE else _RUN_LATER.search(text.strip()) is not None


@lru_cache(maxsize=8192)
def _short_runs_later(text: str) -> bool:
    return _RUN_LATER.search(text.strip()) is not None


def _executing(name: str) -> frozenset[str]:
    """The words of a name that say that somebody executes what is given under it."""
    return _short_executing(name) if len(name) <= _BEFORE else _words_executing(name)


def _words_executing(name: str) -> frozenset[str]:
    return _EXECUTING.intersection(word.casefold() for word in _WORD.findall(name))


_short_executing = lru_cache(maxsize=1024)(_words_executing)


class DestructiveActionGuard:
    """Asks before something is lost or gone for good: known by a tool's effect (delete, send, pay), by a command that
    deletes in an argument, by what a path reaches, and by a file that would be written over."""

    name = "destructive"

    def check_call(
        self, call: ToolCall, rule: ToolRule, *, endorsed: bool, base: Path | None = None
    ) -> Decision | None:
        """A decision "ask", or None when there is nothing to say.

        `endorsed` (provenance found that the user wants this) spares the question for a tool that is known to delete,
        send or pay, and for an existing file that the task names. A destructive command inside an argument of any
        other tool asks anyway: the user approved another kind of act. Text that a tool only stores or sends may speak
        of commands: who reads it is a person. Relative paths start at `base`, by default the working folder.
        """
        if rule.effect in _LOSES and not endorsed:
            reason = f"{call.name} {_LOSES[rule.effect]}, and the user did not ask for it"
            return self._ask("destructive.effect", reason)
        try:
            texts = Strings(call.arguments)
            if rule.effect == "delete":
                return self._broad(call, texts)
            found = self._check_arguments(call, rule, texts, endorsed)
            return found or self._overwrite(call, rule, texts, endorsed, base)
        except (ValueError, EngineError) as error:
            return self._ask("destructive.unreadable", f"the arguments of {call.name} could not be checked: {error}")

    def _broad(self, call: ToolCall, texts: Strings) -> Decision | None:
        """Whoever asks for a deletion does not mean the whole disk."""
        for path, text in texts:
            if _BROAD.search(text.strip()) is not None:
                reason = f"argument {path!r} of {call.name} reaches everything ({one_line(text)})"
                return self._ask("destructive.path.broad", reason, argument=path)
        return None

    def _overwrite(
        self, call: ToolCall, rule: ToolRule, texts: Strings, endorsed: bool, base: Path | None
    ) -> Decision | None:
        if not rule.is_write:
            return None
        for path, text in texts:
            if _may_be_target(path, rule, endorsed) and is_file(text, base):
                name = one_line(text)
                reason = (
                    f"argument {path!r} of {call.name} is a file that exists ({name}), and the task does not name it"
                )
                return self._ask("destructive.overwrite", reason, argument=path)
        return None

    def _check_arguments(self, call: ToolCall, rule: ToolRule, texts: Strings, endorsed: bool) -> Decision | None:
        reader = _Reader(call, rule, texts)
        for path, text in texts:
            found = reader.finds(path, text)
            if found is not None:
                reason = f"argument {path!r} of {call.name} holds a destructive command ({found})"
                return self._ask(f"destructive.{found}", reason, argument=path)
            if rule.is_write and not endorsed and reader.role(path) == "path" and _SYSTEM.search(text.strip()):
                reason = f"argument {path!r} of {call.name} is a file of the system ({one_line(text)})"
                return self._ask("destructive.path.system", reason, argument=path)
        return None

    def _ask(self, rule: str, reason: str, argument: str | None = None) -> Decision:
        return Decision(outcome="ask", guard=self.name, rule=rule, reason=reason, argument=argument)


def _may_be_target(path: str, rule: ToolRule, endorsed: bool) -> bool:
    """Could this argument name a file to write to that nobody looked at?

    What is endorsed stands in the user's task, apart from values that do not decide what a call reaches.
    """
    role = rule.roles.get(path) or rule.roles.get(_first(path))
    return role == "other" if endorsed else role not in _NO_TARGETS


def _first(path: str) -> str:
    return path.split(".", 1)[0].split("[", 1)[0]


class _Reader:
    """Looks for commands in one call: which of its arguments somebody executes is a matter of the whole call."""

    def __init__(self, call: ToolCall, rule: ToolRule, texts: Strings) -> None:
        self._rule, self._texts = rule, texts
        self._runs_all = rule.effect == "execute" or bool(_executing(call.name))

    def role(self, path: str) -> Role | None:
        return self._rule.roles.get(path) or self._rule.roles.get(_first(path))

    def finds(self, path: str, text: str) -> str | None:
        """The rule that finds something destructive in one argument."""
        name = plain_name(path)
        if name in _METHOD_NAMES:
            method = self._method(text)
            if method:
                return method
        if len(text) <= _BEFORE and text in _HARMLESS:
            return None
        if self._is_only_read(path, name) and not self._is_bare(text):
            return None
        harmless = True
        for reading in readings(text):
            for hit in _hits(reading):
                harmless = False
                if not _is_limited(hit, reading) and not self._is_mention(path, hit, reading):
                    return hit.rule.id
        if harmless:
            _note_harmless(text)
        return None

    def _method(self, text: str) -> str | None:
        verb = normalise(text).text.strip().casefold()
        if verb == "delete":
            return "http.method"
        urls = (value for key, value in self._texts if plain_name(key) in _URL_NAMES)
        if verb == "put" and any(_COLLECTION.search(url) is not None for url in urls):
            return "http.put-collection"
        return None

    def _is_only_read(self, path: str, name: str) -> bool:
        """Text that is stored or sent for people, and that nothing in the call makes a program of."""
        if self._executes(path):
            return False
        role = self.role(path)
        nested = path != _first(path)
        if role != "content" and not (name in _TEXT_NAMES and (role is None or (nested and role == "other"))):
            return False
        return self._rule.effect in ("read", "write", "egress", "pay") and not self._is_program

    def _is_bare(self, text: str) -> bool:
        """Nothing but a command: whoever writes that to somebody may mean a machine."""
        stripped = text.strip()
        return self._rule.effect != "read" and len(stripped) <= _BEFORE and _is_command(stripped)

    def _executes(self, path: str) -> bool:
        """Is this argument something that is run, by the name of the tool or by its own?"""
        return self._runs_all or not _executing(path) <= _ASKING

    @cached_property
    def _is_program(self) -> bool:
        """A name beside the text says that it is a script, or decides what is run."""
        for _, text in self._texts:
            # The same few names come again and again.
            found = _short_runs_later(text) if len(text) <= _BEFORE else len(text) <= _NAME and _runs_later(text)
            if found:
                return True
        return False

    def _is_mention(self, path: str, hit: Hit, text: str) -> bool:
        """A search for words: by a command that only searches, or where a sentence leads up to the command."""
        if hit.view != "plain":
            return False
        before = re.split(r"[;|&`\n]|\$\(", text[max(0, hit.start - _BEFORE) : hit.start + 1])[-1]
        if _SEARCHES.search(before) is not None:
            return True
        if self._executes(path) or self.role(path) != "query":
            return False
        return _FUNCTION_WORDS.search(before) is not None


@lru_cache(maxsize=8192)
def _is_command(text: str) -> bool:
    """Is it one line with a command at its very start, and none that speaks of commands?"""
    return "\n" not in text and _SPEAKS.search(text) is None and any(hit.start == 0 for hit in _hits(text))


def _is_limited(hit: Hit, text: str) -> bool:
    """An update of chosen rows is an ordinary write."""
    statement: Any = text[hit.start : hit.end]
    return hit.rule.name == "update" and bool(_WHERE.search(statement)) and not _WHERE_ALL.search(statement)
