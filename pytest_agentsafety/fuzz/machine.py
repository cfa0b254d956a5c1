"""The gate as a Hypothesis state machine under a policy of one's own, for tests: `gate_machine(policy).TestCase`."""

from __future__ import annotations

from contextlib import ExitStack

from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from pytest_agentsafety.fuzz.gate_play import Act, Play, with_arguments
from pytest_agentsafety.fuzz.strategies_gate import act_of, model_acts
from pytest_agentsafety.fuzz.tool_oracles import world_of
from pytest_agentsafety.model.policy import Policy, ToolRule


def gate_machine(policy: Policy) -> type[RuleBasedStateMachine]:
    """A machine whose rules are what an agent may do under the policy, and whose invariants are those of the gate.

    `run_state_machine_as_test(gate_machine(policy))`, or a test case by `gate_machine(policy).TestCase`. Tools are
    stand-ins: nothing of the user's is called. Each machine has a scratch folder with the policy's allowed paths.
    """
    known = with_arguments(policy)

    class GateUnderFuzz(RuleBasedStateMachine):
        """One task under the policy."""

        def __init__(self) -> None:
            super().__init__()
            self._stack = ExitStack()
            folders = tuple(path for one in known.tools.values() for path in one.allowed_paths or ())
            world = self._stack.enter_context(world_of(ToolRule(effect="read", allowed_paths=folders)))
            self.play = Play(known, world.base)

        @rule(act=act_of(known))
        def call(self, act: Act) -> None:
            self.play.act(act)

        @rule(act=model_acts())
        def ask_the_model(self, act: Act) -> None:
            self.play.act(act)

        @rule()
        def close(self) -> None:
            self.play.act({"do": "close"})

        @invariant()
        def nothing_happened_that_may_not(self) -> None:
            assert not self.play.wrong, "; ".join(self.play.wrong)

        def teardown(self) -> None:
            self._stack.close()

    return GateUnderFuzz
