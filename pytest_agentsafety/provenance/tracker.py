"""Where the values of a call come from, and whether the user's task wants it: the provenance step of the tool door."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import Any

from pytest_agentsafety import lexicon
from pytest_agentsafety.model.decisions import Decision, Origin, Outcome
from pytest_agentsafety.model.messages import ToolCall
from pytest_agentsafety.model.policy import ProvenanceMode, ToolRule
from pytest_agentsafety.model.safe_text import one_line
from pytest_agentsafety.model.sense import ToolSense
from pytest_agentsafety.provenance.asking import unasked
from pytest_agentsafety.provenance.content import Carriage, Finding
from pytest_agentsafety.provenance.dates import days_in, far_from, ordinals_in, speaks_relatively
from pytest_agentsafety.provenance.endorse import Endorser
from pytest_agentsafety.provenance.flags import asks_for, switches
from pytest_agentsafety.provenance.heard import Heard, Source
from pytest_agentsafety.provenance.intent import contradiction
from pytest_agentsafety.provenance.leaves import Leaf, deciding, is_critical, is_filter, is_moment, leaves
from pytest_agentsafety.provenance.naming import marks
from pytest_agentsafety.provenance.opening import prepare
from pytest_agentsafety.provenance.picks import Picks
from pytest_agentsafety.provenance.reading import content_words, read
from pytest_agentsafety.provenance.records import Record, parsed, plain, records_of
from pytest_agentsafety.provenance.said import led_to
from pytest_agentsafety.provenance.saying import MAX_NAMES as _MAX_NAMES
from pytest_agentsafety.provenance.saying import decision as _decision
from pytest_agentsafety.provenance.saying import endorsed as _endorsed
from pytest_agentsafety.provenance.saying import shown as _shown
from pytest_agentsafety.provenance.saying import shown_name as _shown_name
from pytest_agentsafety.provenance.sources import UNKNOWN
from pytest_agentsafety.provenance.values import kind_of
from pytest_agentsafety.provenance.vocabulary import word_set
from pytest_agentsafety.provenance.voices import Verdict, Voices
from pytest_agentsafety.provenance.wants import things_of, wanted
from pytest_agentsafety.provenance.willing import Will, only_fetches

# What can be switched off to measure what it is worth (benchmarks); everything is on in use.
MECHANISMS = word_set(
    "intent arguments pointing structured trusted freetext delegation derived dates content confidential "
    "egress_reads made_up ordered output widened "
)


class ProvenanceTracker:
    """Knows what was said in one run. `task` is the user's, `system` the developer's; everything else is a tool's.

    `off` switches mechanisms off by name, for measurements. Raises ValueError for a name that is none. `asked`: there
    will be decisions, for which the task is read now.
    """

    def __init__(
        self,
        task: str,
        *,
        system: str | None = None,
        mode: ProvenanceMode = "enforce",
        off: frozenset[str] = frozenset(),
        asked: bool = True,
    ) -> None:
        unknown = off - MECHANISMS
        if unknown:
            raise ValueError(
                f"no such mechanism: {', '.join(sorted(unknown))}; there are {', '.join(sorted(MECHANISMS))}"
            )
        self._mode, self._off, self._ahead = mode, off, asked and mode != "off"
        self._user = read(task)
        self._developer = read(system) if system else None
        self._delegated: list[str] = []
        self._heard = Heard()
        self._told: dict[Record, set[str]] = {}
        self._lost: str | None = None
        self._build()
        if self._ahead:
            prepare(self._user)

    def _build(self) -> None:
        delegated = read("\n".join(self._delegated)) if self._delegated else None
        if delegated is not None and self._ahead:
            prepare(delegated)
        self._voices = Voices(self._user, delegated, self._developer)
        self._endorser = Endorser(self._voices, self._heard, self._mode, self._off)
        self._carriage = Carriage(self._voices, self._heard, self._off, self._told)
        self._picks = Picks(self._endorser, self._user, self._heard, self._mode)
        self._will = Will(self._voices, self._carriage, self._heard, self._mode)

    # -- what is heard

    def saw_result(self, call: ToolCall, rule: ToolRule, sense: ToolSense, text: str, data: Any = None) -> None:
        """Remember what a tool returned: its text as the model saw it, and the data the text was made of, if known."""
        if not text and data is None:
            return
        outside = sense.result == "outside" if rule.drafted else rule.result_trust == "untrusted"
        shown = [leaf for leaf in leaves(call, rule) if leaf.role in ("path", "url")]
        document = bool(shown)
        # A document that is JSON from end to end is still somebody's text.
        content = plain(data if data is not None else None if document else parsed(text))
        records = records_of(text if content is None else content, own=not outside)
        source = Source(
            tool=call.name,
            outside=outside,
            pointed="pointing" not in self._off and self._points(call, rule, sense),
            ours=rule.is_write and not only_fetches(rule, sense),
            arguments=call.arguments,
            records=records,
        )
        source.things = things_of(sense.objects)
        source.whole = content is None and any(self._user.states(leaf.value, leaf.role) for leaf in shown)
        source.followed = only_fetches(rule, sense) and not any(
            self._user.states(leaf.value, leaf.role) for leaf in leaves(call, rule) if leaf.role == "url"
        )
        source.looked_up = source.pointed and self._looked_up(call, rule, sense)
        source.marks = marks(records, self._user, sense.objects)
        if self._voices.delegated is not None:
            source.told = marks(records, self._voices.delegated, sense.objects)
        if "pointing" not in self._off:  # however it was found: the user speaks of something in it
            named = any(mark.surely or (mark.extreme and not outside) for mark in source.marks.values())
            source.pointed = source.pointed or named
        self._heard.add(source)
        self._delegate(source)

    def _points(self, call: ToolCall, rule: ToolRule, sense: ToolSense) -> bool:
        """Do the user's words lead to this call? Its arguments are theirs or endorsed; without any, its object is."""
        checked = False
        for leaf in leaves(call, rule):
            if days_in(str(leaf.value)) & self._user.days and (
                leaf.role == "time" or kind_of(str(leaf.value)) == "date"
            ):
                checked = True
                continue
            if leaf.role in ("time", "flag") or isinstance(leaf.value, (int, float)) or is_filter(leaf):
                continue
            checked = True
            if not self._led(leaf, rule, sense):
                return False
        if checked or any(lexicon.noun_group(name) & self._user.things for name in sense.objects):
            return True
        called = content_words(" ".join(lexicon.words(call.name))) - sense.verbs
        return not call.arguments and not called.isdisjoint(self._user.words)

    def _looked_up(self, call: ToolCall, rule: ToolRule, sense: ToolSense) -> bool:
        """Was it read by an id under which nothing stands but what the task means?"""
        ids = [leaf for leaf in leaves(call, rule) if leaf.role == "identifier"]
        as_write = replace(rule, effect="write") if ids else rule
        return bool(ids) and all(self._endorser.judge(leaf, as_write, things_of(sense.objects)).good for leaf in ids)

    def _led(self, leaf: Leaf, rule: ToolRule, sense: ToolSense) -> bool:
        if self._endorser.judge(leaf, rule, things_of(sense.objects)).good:
            return True
        return isinstance(leaf.value, str) and led_to([leaf.value], self._user)

    def _delegate(self, source: Source) -> None:
        """A text that the user told to follow speaks for the user, within limits."""
        if not self._user.delegates or "delegation" in self._off or self._mode == "strict":
            return
        if not (source.outside and source.pointed):
            return
        texts = [
            text for record in source.records if source.whole or source.mark(record).surely for text in record.texts
        ]
        if texts:
            self._delegated += texts
            self._build()

    def lose_track(self, reason: str) -> None:
        """Something was returned that could not be understood: from now on every write asks."""
        self._lost = self._lost or reason

    # -- where a value comes from

    def origin(self, value: object) -> Origin:
        """Where a single value comes from: the user before the developer, both before tools, outside text before the
        user's own data. "unknown" when it stands nowhere."""
        if self._user.states(value):
            return Origin(source="user")
        if self._developer is not None and self._developer.states(value):
            return Origin(source="developer")
        return self._heard.origin(value) or UNKNOWN

    def origins(self, call: ToolCall, rule: ToolRule) -> dict[str, Origin]:
        """The origin of each critical value of a call, by where it stands ("to", "cc[0]")."""
        return {leaf.where: self.origin(leaf.value) for leaf in leaves(call, rule) if is_critical(leaf, rule)}

    # -- the decision

    def judge(self, call: ToolCall, rule: ToolRule, sense: ToolSense) -> Decision:
        """Allowed (a read, or endorsed), ask, or (strict only) denied."""
        found = leaves(call, rule)
        if rule.effect == "read":
            return self._read(_shown_name(call.name), found, rule, sense)
        if self._mode == "off" or self._lost is not None:
            return self._untraced(one_line(call.name), rule)
        critical: list[Leaf] = []
        texts: list[Leaf] = []
        decides = deciding(rule.drafted, rule.effect)
        for leaf in found:
            role = leaf.role
            if is_critical(leaf, rule) if (known := decides.get(role, False)) is None else known:
                critical.append(leaf)
            elif isinstance(leaf.value, str):
                texts.append(leaf)
        verdicts = self._verdicts(critical, rule, sense)
        return (
            self._unendorsed(critical, verdicts)
            or self._picked(found, rule)
            or self._switched(call)
            or self._content(texts, rule)
            or self._ordered(texts, rule, sense, verdicts)
            or self._dates(found, rule)
            or self._effect(_shown_name(call.name), rule, sense, found, critical, verdicts)
        )

    def _untraced(self, name: str, rule: ToolRule) -> Decision:
        """Nobody knows where anything comes from."""
        if self._mode == "off":
            return _decision("ask", "off", f"provenance is off, so {name} (effect {rule.effect}) has to be asked about")
        why = f"where the values of {name} come from is not known: {one_line(self._lost or '')}"
        return _decision("ask", "lost_track", why)

    def _verdicts(self, critical: list[Leaf], rule: ToolRule, sense: ToolSense) -> list[Verdict]:
        """A verdict for each critical value; up to the first bad one where that alone decides."""
        verdicts: list[Verdict] = []
        things = things_of(sense.objects)
        for leaf in () if "arguments" in self._off else critical:
            verdict = self._endorser.judge(leaf, rule, things)
            verdicts.append(verdict)
            if not verdict.good and self._mode != "strict":
                break
        return verdicts

    def _read(self, name: str, found: list[Leaf], rule: ToolRule, sense: ToolSense) -> Decision:
        if self._mode != "off" and "egress_reads" not in self._off:
            for leaf in found:
                if not isinstance(leaf.value, str) or leaf.role == "path":
                    continue
                listed = rule.allowed_domains is not None  # the developer said where it may read, and that was checked
                if (
                    leaf.role == "url"
                    and not listed
                    and not self._endorser.judge(leaf, rule, things_of(sense.objects)).good
                ):
                    origin = self.origin(leaf.value)
                    reason = f"{_shown(leaf)} is an address that you neither gave nor pointed to"
                    return _decision("ask", "unendorsed", reason, leaf.where, origin.source)
                finding = self._carriage.query(leaf.value)
                if finding is not None:
                    return self._finding(leaf, finding)
        return _decision("allowed", "off" if self._mode == "off" else "read", f"{name} only reads")

    def _unendorsed(self, critical: list[Leaf], verdicts: list[Verdict]) -> Decision | None:
        """The first value that nobody trusted gave; in strict mode one from outside text is a no."""
        first = None
        for leaf, verdict in zip(critical, verdicts, strict=False):
            if verdict.good:
                continue
            origin = self.origin(leaf.value)
            reason = f"{_shown(leaf)} {verdict.by}"
            if self._mode == "strict" and origin.detail.startswith("untrusted"):
                return _decision("denied", "untrusted_argument", reason, leaf.where, origin.source)
            first = first or _decision("ask", "unendorsed", reason, leaf.where, origin.source)
            if self._mode != "strict":
                break
        return first

    def _picked(self, found: list[Leaf], rule: ToolRule) -> Decision | None:
        """A choice or a figure that nobody calls critical, and that the task does not give."""
        doubt = self._picks.doubt(found, rule)
        if doubt is None:
            return None
        return _decision("ask", "unendorsed", f"{_shown(doubt.leaf)} {doubt.why}", doubt.leaf.where, doubt.origin)

    def _switched(self, call: ToolCall) -> Decision | None:
        """A switch that opens something up or lets a check be skipped, of which the task says nothing."""
        for switch in () if "widened" in self._off else switches(call):
            asked = asks_for(self._user.text, switch.asked_by)
            if not asked and not (self._developer is not None and asks_for(self._developer.text, switch.asked_by)):
                where = one_line(switch.where)
                reason = (
                    f'{where} "{switch.value}" widens what the call does; your task says nothing of "{switch.word}"'
                )
                return _decision("ask", "widened", reason, switch.where, self.origin(switch.value).source)
        return None

    def _content(self, texts: list[Leaf], rule: ToolRule) -> Decision | None:
        """What leaves with the content, where the content leaves."""
        if rule.effect not in ("egress", "pay", "execute") and self._mode != "strict":
            return None
        for leaf in texts:
            searched = self._carriage.query(leaf.value) if leaf.role == "query" else None
            finding = searched or self._carriage.header(leaf.where, leaf.value) or self._carriage.look(leaf.value)
            if finding is not None:
                return self._finding(leaf, finding)
        return None

    def _ordered(self, texts: list[Leaf], rule: ToolRule, sense: ToolSense, verdicts: list[Verdict]) -> Decision | None:
        """Content that stands word for word in a text which orders this very act."""
        if "ordered" in self._off or not texts:
            return None
        if rule.effect == "write" and verdicts and all(verdict.user for verdict in verdicts):
            return None  # the user said where it goes
        for leaf in texts:
            block = self._carriage.dictated(leaf.value, sense, rule.effect)
            if block is not None:
                reason = f"{_shown(leaf)} stands in the result of {one_line(block)}, which orders this very call"
                return _decision("ask", "ordered_elsewhere", reason, leaf.where, f"tool:{block}")
        return None

    def _finding(self, leaf: Leaf, finding: Finding) -> Decision:
        outcome: Outcome = "denied" if self._mode == "strict" and finding.source.startswith("tool:") else "ask"
        reason = f'{one_line(leaf.where)} carries "{one_line(finding.words, 120)}", which {finding.why}'
        return _decision(outcome, finding.rule, reason, leaf.where, finding.source)

    def _dates(self, found: list[Leaf], rule: ToolRule) -> Decision | None:
        """Where the task names days, a day in a write is one of them or a field of what the task points to."""
        if not self._user.days or "dates" in self._off:
            return None
        text = self._user.text
        for leaf in found:
            if not isinstance(leaf.value, str) or not (leaf.role == "time" or is_moment(leaf, rule)):
                continue
            days = days_in(leaf.value)
            if not days or self._seen_day(leaf.value) or (days & self._user.days and not far_from(leaf.value, text)):
                continue
            if not far_from(leaf.value, text) and ordinals_in(text) & {day.day for day in days}:
                continue
            if (
                not far_from(leaf.value, text)
                and speaks_relatively(text)
                and self._heard.mentioned(leaf.value[:10]) is None
            ):
                continue  # reckoned by the agent, and no text has it
            reason = f"{_shown(leaf)} is a day that your task does not name"
            return _decision("ask", "date", reason, leaf.where, self.origin(leaf.value).source)
        return None

    def _seen_day(self, value: str) -> bool:
        days = days_in(value)
        return any(source.pointed and not days.isdisjoint(source.days) for source in self._heard.sources)

    # -- does the user want it

    def _effect(
        self,
        name: str,
        rule: ToolRule,
        sense: ToolSense,
        found: list[Leaf],
        critical: list[Leaf],
        verdicts: list[Verdict],
    ) -> Decision:
        forbidden = contradiction(self._user.folded, rule.effect)
        if forbidden is not None:
            reason = f'your task says "{one_line(forbidden)}", but {name} has the effect {rule.effect}'
            return _decision("ask", "contradicted", reason)
        if sense.unknown and rule.drafted:
            words = ", ".join(one_line(word) for word in sense.unknown[:_MAX_NAMES])
            return _decision(
                "ask", "unknown_words", f"nobody said what {name} does, and its words are not known: {words}"
            )
        if "intent" not in self._off and not self._will.wants(rule, sense, verdicts, found):
            want = wanted(rule, sense, self._user, self._voices.delegated)
            return _decision("ask", "not_asked_for", unasked(name, rule.effect, sense, self._user, want))
        return _decision("allowed", "endorsed", _endorsed(critical, verdicts), None, "user")

    @cached_property
    def _answering(self) -> Any:
        from pytest_agentsafety.provenance.answer import AnswerCheck

        return AnswerCheck(self._user, self._heard, self._developer)

    def check_answer(self, text: str) -> tuple[str, tuple[str, ...]]:
        """The final answer without what only outside text wanted said, and the sentences that were taken out.

        Raises RuntimeError where a result could not be read: nobody knows what it wanted said.
        """
        if self._mode == "off" or "output" in self._off:
            return text, ()
        if self._lost is not None:
            raise RuntimeError(self._lost)
        held: tuple[str, tuple[str, ...]] = self._answering.check(text)
        return held
