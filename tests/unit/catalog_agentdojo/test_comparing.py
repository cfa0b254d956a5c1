"""Environments handed to a check: shared where they are equal, separate where a check could tell."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from pydantic import BaseModel, ConfigDict, PrivateAttr

from pytest_agentsafety.catalog.agentdojo import comparing
from pytest_agentsafety.catalog.agentdojo.comparing import compare
from pytest_agentsafety.catalog.agentdojo.environments import Snapshot


class Mail(BaseModel):
    id: str
    body: str
    read: bool = False


class Box(BaseModel):
    mails: dict[str, Mail]
    names: list[str] = []


class World(BaseModel):
    box: Box
    count: int = 0


class Secretive(BaseModel):
    model_config = ConfigDict(extra="allow")
    name: str = "x"
    _seen: int = PrivateAttr(default=0)


def world(**bodies: str) -> World:
    return World(box=Box(mails={key: Mail(id=key, body=body) for key, body in bodies.items()}, names=["a", "b"]))


@pytest.fixture(autouse=True)
def share_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comparing, "WORTH_SHARING", 0)


def run(check: Callable[[Any, Any], Any], before: Any, after: Any) -> Any:
    return compare(check, Snapshot(before), Snapshot(after), BaseModel)


def pair(before: Any, after: Any) -> tuple[Any, Any]:
    """The two environments as a check is given them."""
    given: list[tuple[Any, Any]] = []
    run(lambda one, two: given.append((one, two)), before, after)
    return given[0]


def test_equal_parts_are_one_object_and_changed_ones_are_two() -> None:
    before, after = world(x="1", y="2"), world(x="1", y="changed")
    one, two = pair(before, after)
    assert one.box.mails["x"] is two.box.mails["x"]
    assert one.box.names is two.box.names
    assert one.box.mails["y"] is not two.box.mails["y"]
    assert one is not two
    assert (one, two) == (before, after)


def test_equal_environments_are_one_object() -> None:
    one, two = pair(world(x="1"), world(x="1"))
    assert one is two


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (world(x="1"), world(x="1", y="2")),
        (world(x="1", y="2"), world(x="1")),
        (world(x="1", y="2"), world(y="2", x="1")),
        (World(box=Box(mails={}, names=["a"])), World(box=Box(mails={}, names=["a", "b"]))),
        (World(box=Box(mails={}, names=["a", "b"])), World(box=Box(mails={}, names=["b"]))),
        (World(box=Box(mails={}), count=0), World(box=Box(mails={}))),
    ],
    ids=["added", "removed", "other order", "appended", "shifted", "default or given"],
)
def test_a_check_sees_what_it_would_see_of_separate_ones(before: World, after: World) -> None:
    one, two = pair(before, after)
    assert (one.model_dump_json(), two.model_dump_json()) == (before.model_dump_json(), after.model_dump_json())
    assert list(one.box.mails) == list(before.box.mails)
    assert list(two.box.mails) == list(after.box.mails)
    assert (one.model_fields_set, two.model_fields_set) == (before.model_fields_set, after.model_fields_set)


def test_values_of_different_types_are_not_shared_though_they_are_equal() -> None:
    one, two = pair(Secretive.model_construct(name=1), Secretive.model_construct(name=True))
    assert (one.name is True, two.name is True) == (False, True)


def test_models_with_extra_or_private_parts_are_not_shared() -> None:
    for model in (Secretive(), Secretive(more=1)):
        one, two = pair(model, model)
        assert one is not two


def test_a_check_that_writes_is_asked_again_with_separate_ones() -> None:
    def check(before: World, after: World) -> list[bool]:
        for mail in after.box.mails.values():
            mail.read = True
        return [mail.read for mail in before.box.mails.values()]

    assert run(check, world(x="1", y="2"), world(x="1", y="3")) == [False, False]


def test_a_check_that_only_reads_is_asked_once() -> None:
    asked: list[int] = []
    assert run(lambda before, after: asked.append(1) or before == after, world(x="1"), world(x="1")) is True
    assert asked == [1]


def test_what_a_check_raises_comes_through() -> None:
    with pytest.raises(ZeroDivisionError):
        run(lambda before, after: 1 / 0, world(), world())


def test_a_check_that_fails_only_on_shared_parts_is_asked_again() -> None:
    def check(before: World, after: World) -> str:
        if before.box is after.box:
            raise RuntimeError("one object")
        return "separate"

    assert run(check, world(x="1"), world(x="1")) == "separate"


def test_the_environments_themselves_stay_untouched() -> None:
    before, after = world(x="1"), world(x="1", y="2")

    def check(one: World, two: World) -> bool:
        one.count = two.count = 9
        return True

    assert run(check, before, after) is True
    assert (before, after) == (world(x="1"), world(x="1", y="2"))


def test_small_environments_are_compared_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comparing, "WORTH_SHARING", 10_000_000)
    one, two = pair(world(x="1"), world(x="1"))
    assert one is not two
    assert one == two


def test_environments_that_do_not_pickle_are_compared_whole() -> None:
    class Local(BaseModel):
        text: str = "x"

    one, two = pair(Local(), Local())
    assert one is not two
    assert one == two
