"""`Gate` for an application, `TaskGate` for one task: both doors, one policy, one budget."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from pytest_agentsafety.adapters import as_spec, gated
from pytest_agentsafety.approval import make_approver
from pytest_agentsafety.budget import Budget, RunBudget, default_prices
from pytest_agentsafety.checkpoint import Journal
from pytest_agentsafety.gate.hearing import said_for_others
from pytest_agentsafety.gate.installing import install_doors
from pytest_agentsafety.gate.instructions import instructions_kept
from pytest_agentsafety.gate.model_door import ModelSide
from pytest_agentsafety.gate.resume import JournalBudget, JournalResponder, Resume
from pytest_agentsafety.gate.rule_book import RuleBook, tools_sha256
from pytest_agentsafety.gate.state import NullObserver, NullSink, TaskState
from pytest_agentsafety.gate.tally import Tally
from pytest_agentsafety.gate.tool_door import ToolSide
from pytest_agentsafety.guards import StageRunner, check_shape, default_guardrails
from pytest_agentsafety.guards.actions import prepare as prepare_actions
from pytest_agentsafety.llm import activate, current
from pytest_agentsafety.llm.circuit import CircuitBreaker
from pytest_agentsafety.llm.reading import Reader
from pytest_agentsafety.llm.retry import RetryPlanner
from pytest_agentsafety.llm.routing import Rerouting, Router
from pytest_agentsafety.model.canonical import digest
from pytest_agentsafety.model.errors import AgentSafetyError, StopRun
from pytest_agentsafety.model.events import FinalAnswer, Notice
from pytest_agentsafety.model.messages import ToolSpec
from pytest_agentsafety.model.passage import Passage
from pytest_agentsafety.model.policy import Policy
from pytest_agentsafety.model.safe_text import one_line
from pytest_agentsafety.permissions import PermissionChecker
from pytest_agentsafety.protocols import (
    Approver,
    EventSink,
    Guardrail,
    Observer,
    PriceSource,
    Responder,
    ToolDoor,
    ToolStage,
)
from pytest_agentsafety.provenance import ProvenanceTracker


class Gate:
    """Enforces one policy. Make it once; open a task for every user request.

    ```python
    gate = Gate(policy)
    tools = gate.wrap([read_mail, send_mail])
    with gate.task("Summarise the mail from Anna") as task:
        answer = task.check_answer(agent("Summarise the mail from Anna"))
    ```

    Requests keep their model unless rerouting is switched on: `router` says how complex a request's subtask is and so
    picks the model, `fall_back` goes on at the next cheaper model of the policy when one stays overloaded. `circuit`
    is shared by all tasks; `request_seconds` caps one model request with all its attempts and waits.
    Code that a tool with the effect "execute" is called with runs in the sandbox, on a copy of the folder `workspace`
    where one is given; what it changes there is copied back. `provenance_off` takes mechanisms of the provenance out,
    for measurements (`provenance.MECHANISMS`).
    """

    def __init__(
        self,
        policy: Policy,
        *,
        sink: EventSink | None = None,
        approver: Approver | None = None,
        guardrails: Sequence[Guardrail] | None = None,
        prices: PriceSource | None = None,
        run_budget: RunBudget | None = None,
        base: Path | None = None,
        workspace: Path | None = None,
        router: Router | None = None,
        fall_back: bool = False,
        circuit: CircuitBreaker | None = None,
        request_seconds: float = 600.0,
        provenance_off: frozenset[str] = frozenset(),
    ) -> None:
        self.policy = policy
        self._sink = NullSink() if sink is None else sink
        self._approver = approver
        self._prices = default_prices() if prices is None else prices
        for guard in guardrails or ():
            check_shape(guard, place="Gate(guardrails=...)")
        if "destructive" in policy.guards:
            prepare_actions()
        self._stages = StageRunner(default_guardrails(policy, root=base) if guardrails is None else guardrails)
        self._base = base
        self._workspace = workspace
        self._run_budget = run_budget
        self._rules = RuleBook(policy.tools, sensed="provenance" in policy.guards and policy.provenance != "off")
        self._rerouting = Rerouting(policy.models, self._prices, router=router, fall_back=fall_back)
        self._circuit = CircuitBreaker() if circuit is None else circuit
        self._request_seconds = request_seconds
        self._provenance_off = provenance_off

    def wrap(self, tools: Sequence[Any]) -> list[Callable[..., Any]]:
        """The tools behind the door of whichever task is active when they are called."""
        specs = [as_spec(tool) for tool in tools]
        self._rules.learn(specs)
        return [gated(spec, _active_door) for spec in specs]

    @contextmanager
    def task(self, prompt: str, *, system: str | None = None, checkpoint: Path | None = None) -> Iterator[TaskGate]:
        """Both doors are open for this task inside the block, and closed for good after it.

        `checkpoint` is the file of the task's journal: a task that it holds goes on where it was cut off. Raises
        CheckpointError where the file is damaged or belongs to another policy, other tools or another task.
        """
        task = self.open(prompt, system=system, checkpoint=checkpoint)
        uninstall = install_doors()
        try:
            with activate(task):
                yield task
        finally:
            task.close()
            uninstall()

    def open(
        self,
        prompt: str,
        *,
        system: str | None = None,
        task_id: str | None = None,
        sink: EventSink | None = None,
        observer: Observer | None = None,
        responder: Responder | None = None,
        upstream: str | None = None,
        approver: Approver | None = None,
        is_attacker: Callable[[str, Mapping[str, Any]], bool] | None = None,
        stage: ToolStage | None = None,
        on_passage: Callable[[Passage], None] | None = None,
        base: Path | None = None,
        root: Path | None = None,
        checkpoint: Path | None = None,
    ) -> TaskGate:
        """A task whose doors are not active yet: the harness activates it where the agent runs.

        Relative path arguments start at `base`, relative allowed paths at `root`, by default the same folder. A `base`
        given here is the task's own, and the workspace of its code. `on_passage` is told each answer from upstream.
        """
        policy = self.policy
        approver = approver or self._approver or make_approver(policy.approval)
        permissions = self._permissions(base or self._base, root)
        # Last of what may fail: it holds a lock on the file.
        resume = None if checkpoint is None else self._resumed(checkpoint, prompt, system)
        state = TaskState(
            task_id=task_id or uuid.uuid4().hex[:12],
            prompt=prompt,
            policy=policy,
            sink=self._sink if sink is None else sink,
            budget=self._budget(resume),
            approver=approver,
            stages=self._stages,
            tracker=self._tracker(prompt, system),
            permissions=permissions,
            retries=RetryPlanner(policy.retry, max_total=self._request_seconds),
            observer=NullObserver() if observer is None else observer,
            responder=responder,
            upstream=upstream,
            is_attacker=is_attacker,
            stage=stage,
            on_passage=on_passage,
            base=base or self._base,
            workspace=base or self._workspace,
            rules=self._rules,
            rerouting=self._rerouting,
            circuit=self._circuit,
        )
        if resume is not None:
            _attach(state, resume)
        return TaskGate(state)

    def _tracker(self, prompt: str, system: str | None) -> Callable[[], ProvenanceTracker]:
        asked = "provenance" in self.policy.guards
        mode, off = self.policy.provenance, self._provenance_off
        return partial(ProvenanceTracker, prompt, system=system, mode=mode, off=off, asked=asked)

    def _resumed(self, path: Path, prompt: str, system: str | None) -> Resume:
        journal = Journal(
            path,
            policy_sha256=self.policy.sha256,
            tools_sha256=self._rules.tools_sha256,
            task_sha256=digest([prompt, system]),
        )
        try:
            return Resume(journal)
        except BaseException:
            journal.close()
            raise

    def _budget(self, resume: Resume | None) -> Budget:
        policy = self.policy
        make = Budget if resume is None else partial(JournalBudget, resume)
        return make(policy.budget, self._prices, per_action="cost" in policy.guards, parent=self._run_budget)

    def _permissions(self, base: Path | None, root: Path | None) -> PermissionChecker:
        """Roots are looked up before the agent can move them."""
        checker = PermissionChecker(base, root=root)
        checker.pin(self.policy)
        return checker


def _attach(state: TaskState, resume: Resume) -> None:
    """Let both doors of a task use its journal."""
    state.resume, state.on_reply = resume, resume.replied
    resume.stop = state.stop
    resume.notice = lambda level, message: state.emit(Notice(task_id=state.task_id, level=level, message=message))
    if resume.replay.replies:
        inner = state.responder
        state.responder = JournalResponder(resume, inner, drained=lambda: setattr(state, "responder", inner))
    resume.introduce()


class TaskGate:
    """One task: a `ModelDoor` and a `ToolDoor`."""

    def __init__(self, state: TaskState) -> None:
        self.state = state
        state.door = self
        tools = ToolSide(state)
        # The doors themselves, not methods around them: one step less at every call.
        model_side = ModelSide(state)
        self.admit, self.refused = model_side.admit, model_side.refused
        self.read = Reader().read  # of request bodies
        self.call, self.acall = tools.call, tools.acall
        self._children: Any = None

    @property
    def tally(self) -> Tally:
        return self.state.tally

    @property
    def stopped(self) -> StopRun | None:
        return self.state.stopped

    @property
    def finished(self) -> str | None:
        """The answer of a task whose journal holds one already: its agent need not be run. None elsewhere."""
        return None if self.state.resume is None else self.state.resume.finished

    def connected(self, address: str) -> None:
        """Something connected while this task was active, and past both doors: said once for each address."""
        self.state.passed_by(address)

    @property
    def waited(self) -> float:
        """Seconds that somebody has taken to answer this task's approvals."""
        return self.state.budget.waited

    def learn(self, specs: Sequence[ToolSpec]) -> None:
        """What tools that come through an adapter say of themselves."""
        self.state.adapted.update(spec.name for spec in specs)
        self.state.rules.learn(specs)

    def child_env(self, given: Mapping[str, str] | None = None) -> dict[str, str]:
        """Variables that lead the model requests of a process, which this task starts, to its model door.

        For a process that asks the tool door before it runs a tool (by hooks), as all its tools are then taken to do.
        To be set over this process's environment and `given`, what the process would get beside it: a base URL named
        there is where its requests go on to. Until the task is closed. Raises ConfigError for one that is no URL.
        """
        from pytest_agentsafety.gate.child import ChildGateways

        self.state.check_open()
        with self.state.lock:
            if self._children is None:
                self._children = ChildGateways(self, lambda opening: self._learn_new(opening.tools))
            children = self._children
        env: dict[str, str] = children.env(given or {}, lend_keys=self.state.responder is not None)
        return env

    def _learn_new(self, specs: Sequence[ToolSpec]) -> None:
        """Tools that such a process declares; what an adapter said of a tool is better known."""
        self.state.hooked.update(spec.name for spec in specs)
        self.state.adapted |= self.state.hooked
        self.state.rules.learn([spec for spec in specs if not self.state.rules.knows(spec.name)])

    def answered(self, name: str, arguments: Mapping[str, Any] | str) -> None:
        """A call that a framework answers by itself: its result is accounted for, on the record, and not UNGATED."""
        state = self.state
        state.passes.add(name, arguments if isinstance(arguments, str) else dict(arguments))
        message = f"the framework answered the model's call of {one_line(name)} itself; no tool ran for it"
        state.emit(Notice(task_id=state.task_id, level="info", message=message))

    def hands_over(self, names: Iterable[str]) -> None:
        """Tools by which the framework lets another agent go on: calling one runs nothing of the user's."""
        self.state.handoffs.update(names)

    def answers_by(self, names: Iterable[str]) -> None:
        """Tools by which an agent gives its final answer: their arguments are the answer, nothing runs."""
        self.state.answers.update(names)

    def wrap(self, tools: Sequence[Any]) -> list[Callable[..., Any]]:
        """The tools behind the door of this task, whatever is active when they are called."""
        specs = [as_spec(tool) for tool in tools]
        self.state.rules.learn(specs)
        if self.state.resume is not None:
            self.state.resume.check_tools(tools_sha256(specs), [spec.name for spec in specs])
        return [gated(spec, self._self) for spec in specs]

    def _self(self) -> ToolDoor:
        return self

    def check_answer(self, text: str) -> str:
        """The output guardrails' version of the agent's final words: as they are, redacted, or a held notice."""
        state = self.state
        shown, blocked, guard, rule = state.scan("output", text, source="agent")
        if blocked:
            shown = f"[the answer was held by the {guard} guard ({rule})]"
        if shown != text:
            state.note_stop(guard, attacker=False, answer=True)
        if not blocked:
            shown = said_for_others(state, instructions_kept(state, shown))
        if state.resume is not None:
            shown = state.resume.shown(text, shown)
        state.emit(FinalAnswer(task_id=state.task_id, text=text, shown=shown))
        return shown

    def close(self) -> None:
        """Stragglers of this task are refused from now on."""
        self.state.close()
        if self._children is not None:
            self._children.close()


def _active_door() -> ToolDoor:
    door = current()
    if isinstance(door, TaskGate):
        return door
    raise AgentSafetyError("a guarded tool was called outside a task: call it inside `with gate.task(prompt):`")
