"""The rules an agent runs under. Built by `pytest_agentsafety.config` or by hand; used unchanged in production."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, asdict, dataclass, field, fields, is_dataclass, replace
from functools import cached_property
from typing import Any, Literal, get_args

from pytest_agentsafety.model.canonical import digest

Effect = Literal["read", "write", "egress", "execute", "pay", "delete"]
Role = Literal[
    "path", "url", "destination", "amount", "identifier", "content", "secret", "time", "query", "flag", "other"
]
Trust = Literal["trusted", "untrusted"]
ProvenanceMode = Literal["enforce", "strict", "off"]
ApproverName = Literal["deny", "oracle", "console", "callback", "queue"]
ContentCategory = Literal[
    "crime",
    "drugs",
    "extremism",
    "fraud",
    "harassment",
    "hate",
    "malware",
    "minors",
    "misinformation",
    "privacy",
    "self-harm",
    "sexual",
    "trafficking",
    "violence",
    "weapons",
]
ContentAction = Literal["block", "escalate", "allow"]
JudgeQuestion = Literal["injection", "content_policy"]
JudgeStage = Literal["input", "tool_result", "output"]
SandboxChoice = Literal["auto", "native", "docker", "refuse", "native-weak"]
GuardName = Literal[
    "injection", "content_policy", "scope", "pii", "destructive", "cost", "permissions", "provenance", "approval"
]

EFFECTS: tuple[Effect, ...] = get_args(Effect)
ROLES: tuple[Role, ...] = get_args(Role)
GUARDS: tuple[GuardName, ...] = get_args(GuardName)
CONTENT_CATEGORIES: tuple[ContentCategory, ...] = get_args(ContentCategory)
JUDGE_QUESTIONS: tuple[JudgeQuestion, ...] = get_args(JudgeQuestion)
JUDGE_STAGES: tuple[JudgeStage, ...] = get_args(JudgeStage)
# Metadata of a field that came after the first recordings: the policy's hash leaves it out while it has its default.
LATER: Mapping[str, bool] = {"later": True}
CRITICAL_ROLES: frozenset[Role] = frozenset({"path", "url", "destination", "amount", "identifier", "secret"})


@dataclass(frozen=True, kw_only=True)
class ToolRule:
    """What one tool may do. A tool without a rule may not run.

    Sizes in the unit their name says (`kb` = 1024 bytes), `timeout` in seconds. `roles` maps an argument to what
    it means; `drafted` marks a rule that was derived from the tool's schema and read by nobody.
    """

    effect: Effect
    allowed_paths: tuple[str, ...] | None = None
    max_size_kb: int | None = None
    allowed_domains: tuple[str, ...] | None = None
    sandbox: SandboxChoice = "auto"
    timeout: float = 30.0
    no_network: bool = True
    memory_mb: int = 512
    disk_mb: int = 64
    output_kb: int = 1024
    allow_subprocess: bool = False
    roles: Mapping[str, Role] = field(default_factory=dict)
    result_trust: Trust = "untrusted"
    drafted: bool = False
    cpu_seconds: int | None = field(default=None, metadata=LATER)
    image: str | None = field(default=None, metadata=LATER)

    @property
    def is_write(self) -> bool:
        """Everything but a plain read changes or leaves the user's world."""
        return self.effect != "read"


@dataclass(frozen=True, kw_only=True)
class BudgetLimits:
    """Limits per task: US dollars, tokens (input + output), calls, wall seconds.

    `max_identical_calls` is how often the same tool call, or the same cycle of two or three, may come in a row.
    """

    max_cost_usd: float = 1.00
    max_cost_per_action_usd: float = 0.50
    max_tokens: int = 100_000
    max_tool_calls: int = 25
    max_seconds: float = 120.0
    max_identical_calls: int = field(default=6, metadata=LATER)


@dataclass(frozen=True, kw_only=True)
class RunLimits:
    """Limits of a whole run, over all its tasks and processes, in the units of BudgetLimits. None: no limit."""

    max_cost_usd: float | None = None
    max_tokens: int | None = None
    max_tool_calls: int | None = None
    max_seconds: float | None = None

    @property
    def is_set(self) -> bool:
        return any(value is not None for value in vars(self).values())


@dataclass(frozen=True, kw_only=True)
class RetrySettings:
    """`max_retries` after the first attempt; waits start at `base_delay` seconds."""

    max_retries: int = 3
    base_delay: float = 1.0


@dataclass(frozen=True, kw_only=True)
class ModelRoutes:
    """Model ids by complexity of the subtask."""

    simple: str = "claude-haiku-5-5"
    medium: str = "claude-sonnet-5-5"
    complex: str = "claude-opus-5-5"


@dataclass(frozen=True, kw_only=True)
class ApprovalRules:
    """Glob patterns over tool names; `always_ask` wins over `always_approve`.

    `queue` is the file of the approver "queue"; `timeout` how many seconds "console" and "callback" have to answer.
    """

    approver: ApproverName = "deny"
    callback: str | None = None
    always_approve: tuple[str, ...] = ()
    always_ask: tuple[str, ...] = ()
    queue: str | None = field(default=None, metadata=LATER)
    timeout: float = field(default=60.0, metadata=LATER)


@dataclass(frozen=True, kw_only=True)
class ScopeRules:
    """Topics the agent is for and not for; empty means everything is in scope.

    `examples` and `counterexamples` are requests that are in scope and out of it: a text nearer to the latter is out.
    """

    allowed_topics: tuple[str, ...] = ()
    denied_topics: tuple[str, ...] = ()
    examples: tuple[str, ...] = field(default=(), metadata=LATER)
    counterexamples: tuple[str, ...] = field(default=(), metadata=LATER)

    @property
    def is_set(self) -> bool:
        return bool(self.allowed_topics or self.denied_topics or self.counterexamples)


@dataclass(frozen=True, kw_only=True)
class CategoryRules:
    """What is done about one content category: None is the action of all; "allow" switches the category off.

    `terms` are more things that nobody may ask for ("how to make <term>"), `phrases` count wherever they stand.
    """

    action: ContentAction | None = None
    terms: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ContentRules:
    """The content policy: one action for all categories, and what differs by category."""

    action: ContentAction = "block"
    categories: Mapping[ContentCategory, CategoryRules] = field(default_factory=dict)

    def action_of(self, category: str) -> ContentAction:
        rules = self.categories.get(category)  # type: ignore[call-overload]
        return (rules.action if rules else None) or self.action


@dataclass(frozen=True, kw_only=True)
class JudgeRules:
    """A model that is asked about texts beside the rules; `model` None means nobody is asked.

    Texts longer than `max_chars` are asked about in parts, at most `max_parts`; a longer one counts as not judged.
    """

    model: str | None = None
    questions: tuple[JudgeQuestion, ...] = JUDGE_QUESTIONS
    stages: tuple[JudgeStage, ...] = ("input",)
    max_chars: int = 20_000
    max_parts: int = 4


@dataclass(frozen=True, kw_only=True)
class Policy:
    """The whole rule set. Immutable; `with_*` give changed copies.

    `guardrails` names guards of the user's own, `module:Class`; they run beside those of `guards`.
    """

    tools: Mapping[str, ToolRule] = field(default_factory=dict)
    approval: ApprovalRules = field(default_factory=ApprovalRules)
    budget: BudgetLimits = field(default_factory=BudgetLimits)
    retry: RetrySettings = field(default_factory=RetrySettings)
    models: ModelRoutes = field(default_factory=ModelRoutes)
    scope: ScopeRules = field(default_factory=ScopeRules)
    provenance: ProvenanceMode = "enforce"
    guards: frozenset[GuardName] = frozenset(GUARDS)
    canaries: tuple[str, ...] = ()
    run_budget: RunLimits = field(default_factory=RunLimits, metadata=LATER)
    content: ContentRules = field(default_factory=ContentRules, metadata=LATER)
    judge: JudgeRules = field(default_factory=JudgeRules, metadata=LATER)
    guardrails: tuple[str, ...] = field(default=(), metadata=LATER)

    def with_guards(self, guards: frozenset[GuardName]) -> Policy:
        return replace(self, guards=guards)

    def with_tools(self, tools: Mapping[str, ToolRule]) -> Policy:
        return replace(self, tools=dict(tools))

    @cached_property
    def sha256(self) -> str:
        """Hash of everything that decides what is allowed (canaries included, as their own hash)."""
        data = asdict(self)
        data["guards"] = sorted(self.guards)
        data["canaries"] = sorted(digest(c) for c in self.canaries)
        _leave_out(data, self)
        return digest(data)


def _leave_out(data: dict[str, Any], value: Any) -> None:
    """Take the LATER fields that have their default out of `data`, the dict of the dataclass `value`."""
    for one in fields(value):
        part = getattr(value, one.name)
        if "later" in one.metadata and part == _default(one):
            del data[one.name]
        elif is_dataclass(part):
            _leave_out(data[one.name], part)
        elif isinstance(part, Mapping):
            for key, entry in part.items():
                if is_dataclass(entry):
                    _leave_out(data[one.name][key], entry)


def _default(one: Any) -> Any:
    return one.default if one.default_factory is MISSING else one.default_factory()
