"""A quick class is made as a dataclass is, and is as frozen."""

from __future__ import annotations

import copy
import inspect
import pickle
from dataclasses import FrozenInstanceError, asdict, dataclass, field, fields, replace
from typing import Any, ClassVar

import pytest

from pytest_agentsafety.model.quick import maker, quick


@dataclass(frozen=True, kw_only=True)
class Plain:
    kind: ClassVar[str] = "plain"
    name: str
    count: int = 3
    items: list[int] = field(default_factory=list)


@quick
@dataclass(frozen=True, kw_only=True)
class Quick(Plain):
    kind: ClassVar[str] = "quick"
    last: str | None = None


@quick
@dataclass(frozen=True, kw_only=True)
class Empty:
    pass


def test_it_is_made_as_any_dataclass() -> None:
    made = Quick(name="a")
    assert asdict(made) == {"name": "a", "count": 3, "items": [], "last": None}
    assert made.items is not Quick(name="a").items
    assert list(vars(made)) == [one.name for one in fields(Quick)]
    assert (made, repr(made)) == (Quick(last=None, name="a"), "Quick(name='a', count=3, items=[], last=None)")
    assert Empty() == Empty()


def test_it_is_frozen_and_can_be_copied() -> None:
    made = Quick(name="a", items=[1])
    with pytest.raises(FrozenInstanceError):
        made.name = "b"  # type: ignore[misc]
    assert replace(made, count=4) == Quick(name="a", count=4, items=[1])
    assert copy.copy(made) == made == pickle.loads(pickle.dumps(made))


@pytest.mark.parametrize(("given", "what"), [({}, "name"), ({"name": "a", "nmae": 1}, "nmae")])
def test_wrong_arguments_are_named(given: dict[str, Any], what: str) -> None:
    with pytest.raises(TypeError, match=what):
        Quick(**given)
    with pytest.raises(TypeError):
        Quick("a")  # type: ignore[misc]
    assert list(inspect.signature(Quick).parameters) == ["name", "count", "items", "last"]


def test_a_class_that_would_lose_its_post_init_is_refused() -> None:
    @dataclass(frozen=True, kw_only=True)
    class Checked:
        name: str

        def __post_init__(self) -> None:
            """Would not be called."""

    with pytest.raises(TypeError, match="Checked has a __post_init__"):
        quick(Checked)


def test_only_dataclasses() -> None:
    with pytest.raises(TypeError):
        quick(int)


def test_a_maker_makes_the_same() -> None:
    make = maker(Quick)
    made, plain = make(last="z", name="a"), Quick(last="z", name="a")
    assert (made, type(made), list(vars(made))) == (plain, Quick, list(vars(plain)))
    assert made.items is not make(name="a").items
    assert maker(Empty)() == Empty()
    with pytest.raises(FrozenInstanceError):
        made.name = "b"  # type: ignore[misc]
    assert copy.copy(made) == made == pickle.loads(pickle.dumps(made))


@pytest.mark.parametrize(("given", "what"), [({}, "name"), ({"name": "a", "nmae": 1}, "nmae")])
def test_a_maker_names_wrong_arguments_too(given: dict[str, Any], what: str) -> None:
    with pytest.raises(TypeError, match=what):
        maker(Quick)(**given)
