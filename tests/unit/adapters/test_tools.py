"""Tools behind a door, and stand-ins for them."""

from __future__ import annotations

import asyncio
import functools
import inspect
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

import pytest

from pytest_agentsafety.adapters import as_spec, gated, simulated
from pytest_agentsafety.model.errors import ConfigError
from pytest_agentsafety.model.messages import ToolSpec


@dataclass
class Door:
    """An open door that keeps what passed it."""

    passed: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def call(self, name: str, arguments: Mapping[str, Any], run: Callable[..., Any]) -> Any:
        self.passed.append((name, dict(arguments)))
        return run(**arguments)

    async def acall(self, name: str, arguments: Mapping[str, Any], run: Callable[..., Any]) -> Any:
        self.passed.append((name, dict(arguments)))
        return await run(**arguments)


@pytest.fixture
def door() -> Door:
    return Door()


Amount = Annotated[int, "in cents"]


def pay(to: str, amount: Amount = 5, *, note: str | None = None) -> dict[str, int]:
    """Pay somebody.

    Args:
        to: who
    """
    return {to: amount}


def collect(first: str, *others: str, **named: str) -> list[Any]:
    return [first, others, named]


class TestSpec:
    def test_of_a_function(self):
        spec = as_spec(pay)
        assert (spec.name, spec.fn) == ("pay", pay)
        assert spec.description.startswith("Pay somebody.")

    def test_of_a_method(self):
        class Shop:
            def buy(self, item: str) -> str:
                return item

        assert as_spec(Shop().buy).name == "buy"

    def test_a_spec_stays_what_it_is(self):
        spec = ToolSpec(name="x", fn=pay)
        assert as_spec(spec) is spec

    @pytest.mark.parametrize("tool", [lambda x: x, "pay", None, functools.partial(pay, "x"), Door])
    def test_what_is_none_is_refused(self, tool):
        with pytest.raises(ConfigError, match="as a tool: expected a named function"):
            as_spec(tool)


class TestGated:
    def test_it_looks_like_the_tool(self, door):
        tool = gated(as_spec(pay), lambda: door)
        assert (tool.__name__, tool.__qualname__, tool.__module__) == ("pay", "pay", __name__)
        assert tool.__doc__ == inspect.getdoc(pay)
        assert list(inspect.signature(tool).parameters) == ["to", "amount", "note"]
        assert inspect.signature(tool).parameters["amount"].default == 5

    def test_annotations_written_as_strings_are_types(self, door):
        """This module postpones annotations: whoever derives a schema from the tool must not have to resolve them."""
        tool = gated(as_spec(pay), lambda: door)
        assert pay.__annotations__["to"] == "str"
        assert tool.__annotations__ == {"to": str, "amount": Amount, "note": str | None, "return": dict[str, int]}
        assert inspect.signature(tool).parameters["amount"].annotation == Amount
        assert typing.get_type_hints(tool, include_extras=True) == tool.__annotations__

    def test_an_annotation_nobody_can_resolve_is_left_as_it_is(self, door):
        def odd(x: Nowhere) -> None:  # type: ignore[name-defined]  # noqa: F821
            """Odd."""

        assert gated(as_spec(odd), lambda: door).__annotations__["x"] == "Nowhere"

    def test_there_is_no_attribute_that_leads_to_the_original(self, door):
        @functools.wraps(pay)
        def wrapped(*args: Any, **kwargs: Any) -> Any:
            return pay(*args, **kwargs)

        tool = gated(as_spec(wrapped), lambda: door)
        assert not hasattr(tool, "__wrapped__")
        assert pay not in vars(tool).values()
        assert inspect.unwrap(tool) is tool

    def test_a_name_and_description_of_its_own(self, door):
        tool = gated(ToolSpec(name="transfer", fn=pay, description="Moves money."), lambda: door)
        assert (tool.__name__, tool.__doc__) == ("transfer", "Moves money.")
        tool(to="anna")
        assert door.passed == [("transfer", {"to": "anna"})]

    @pytest.mark.parametrize(
        ("args", "kwargs"), [(("anna", 7), {}), (("anna",), {"amount": 7}), ((), {"amount": 7, "to": "anna"})]
    )
    def test_positional_arguments_get_their_names(self, door, args, kwargs):
        assert gated(as_spec(pay), lambda: door)(*args, **kwargs) == {"anna": 7}
        assert door.passed == [("pay", {"to": "anna", "amount": 7})]

    def test_arguments_that_fit_no_parameter_raise_before_the_door(self, door):
        with pytest.raises(TypeError):
            gated(as_spec(pay), lambda: door)("anna", 7, "x")
        assert door.passed == []

    def test_free_named_arguments_keep_their_names(self, door):
        assert gated(as_spec(collect), lambda: door)("a", b="c") == ["a", (), {"b": "c"}]
        assert door.passed == [("collect", {"first": "a", "b": "c"})]

    def test_arguments_without_a_name_are_refused(self, door):
        with pytest.raises(TypeError, match="arguments of a guarded tool have names: 2 of this call have none"):
            gated(as_spec(collect), lambda: door)("a", "b", "c")

    def test_the_door_is_asked_for_at_each_call(self):
        doors = [Door(), Door()]
        tool = gated(as_spec(pay), lambda: doors[0])
        tool("anna")
        doors.reverse()
        tool("bob")
        assert [door.passed[0][1]["to"] for door in doors] == ["bob", "anna"]

    def test_async_tools_stay_async(self, door):
        async def fetch(x: int) -> int:
            await asyncio.sleep(0)
            return x + 1

        class Fetcher:
            __name__ = "fetcher"

            async def __call__(self, x: int) -> int:
                return x + 2

        for tool, result in ((fetch, 2), (Fetcher(), 3)):
            wrapped = gated(as_spec(tool), lambda: door)
            assert inspect.iscoroutinefunction(wrapped)
            assert asyncio.run(wrapped(1)) == result
        assert door.passed == [("fetch", {"x": 1}), ("fetcher", {"x": 1})]


def returning(kind: Any) -> Callable[[], Any]:
    def tool() -> Any:
        raise AssertionError("the body ran")

    tool.__annotations__ = {"return": kind}
    return tool


class TestSimulated:
    @pytest.mark.parametrize(
        ("kind", "value"),
        [
            (str, "ok"),
            (bool, True),
            (int, 1),
            (float, 1.0),
            (None, None),
            (dict, {"status": "ok"}),
            (dict[str, Any], {"status": "ok"}),
            (list[str], []),
            (set[int], set()),
            (tuple[int, ...], ()),
            (int | None, 1),
            (typing.Optional[dict[str, str]], {"status": "ok"}),  # noqa: UP045
            (Literal["sent", "failed"], "sent"),
            (Annotated[int, "cents"], 1),
            (Door, Door(passed=[])),
            (object, "ok"),
            (Any, "ok"),
        ],
    )
    def test_a_plausible_value_and_the_body_never_runs(self, kind, value):
        assert simulated(as_spec(returning(kind))).fn() == value

    def test_nothing_promised_is_ok(self):
        def act(x):
            raise AssertionError

        assert simulated(as_spec(act)).fn(x=1) == "ok"

    def test_each_call_gets_a_value_of_its_own(self):
        tool = simulated(as_spec(returning(list[int]))).fn
        tool().append(1)
        assert tool() == []

    def test_it_looks_like_the_tool_also_behind_a_door(self, door):
        tool = gated(simulated(as_spec(pay)), lambda: door)
        assert (tool.__name__, tool.__doc__) == ("pay", inspect.getdoc(pay))
        assert tool.__annotations__["note"] == str | None
        assert list(inspect.signature(tool).parameters) == ["to", "amount", "note"]
        assert tool("anna") == {"status": "ok"}
        assert door.passed == [("pay", {"to": "anna"})]

    def test_async(self):
        async def act() -> int:
            raise AssertionError

        stand_in = simulated(as_spec(act)).fn
        assert inspect.iscoroutinefunction(stand_in)
        assert asyncio.run(stand_in()) == 1
