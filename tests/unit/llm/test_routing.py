from __future__ import annotations

import pytest

from pytest_agentsafety.llm import select_model
from pytest_agentsafety.model.errors import UnknownNameError
from pytest_agentsafety.model.policy import ModelRoutes

ROUTES = ModelRoutes(simple="s", medium="m", complex="c")


@pytest.mark.parametrize(("complexity", "model"), [("simple", "s"), ("medium", "m"), ("complex", "c"), (None, "c")])
def test_each_complexity_has_its_model(complexity, model):
    assert select_model(complexity, ROUTES) == model


def test_unset_means_complex_of_the_default_routes():
    assert select_model() == ModelRoutes().complex


@pytest.mark.parametrize("wrong", ["simpel", "", "SIMPLE", "__class__"])
def test_a_misspelt_complexity_is_an_error(wrong):
    with pytest.raises(UnknownNameError) as caught:
        select_model(wrong, ROUTES)
    assert caught.value.value == wrong
    assert "Valid: complex, medium, simple" in str(caught.value)


def test_the_near_miss_is_named():
    with pytest.raises(UnknownNameError, match="Did you mean 'simple'"):
        select_model("simpel")  # type: ignore[arg-type]


def test_it_is_public():
    import pytest_agentsafety

    assert pytest_agentsafety.select_model is select_model
