"""Modules whose body waits until something of their own is asked for."""

from __future__ import annotations

import importlib
import inspect
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from pytest_agentsafety.catalog.agentdojo.deferred import DeferredModule, defer

HEAVY = "from deferred_pkg.light import LIGHT\nimport {imports}\nHEAVY = LIGHT + 1\nLIMIT = 7\n__all__ = ['HEAVY']\n"


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A package whose body notes that it ran, with a light submodule."""
    folder = tmp_path / "deferred_pkg"
    folder.mkdir()
    (folder / "__init__.py").write_text(HEAVY.format(imports="json"), encoding="utf-8")
    (folder / "light.py").write_text("LIGHT = 1\n", encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    yield folder
    for name in [name for name in sys.modules if name.partition(".")[0] == "deferred_pkg"]:
        del sys.modules[name]


def ran() -> bool:
    return "HEAVY" in vars(sys.modules["deferred_pkg"])


def test_a_submodule_imports_without_the_package_body(package: Path) -> None:
    defer("deferred_pkg")
    assert importlib.import_module("deferred_pkg.light").LIGHT == 1
    assert not ran()


def test_asking_for_a_name_runs_the_body_once_and_in_place(package: Path) -> None:
    defer("deferred_pkg")
    light = importlib.import_module("deferred_pkg.light")
    module = sys.modules["deferred_pkg"]
    assert module.HEAVY == 2
    module.HEAVY = 5
    assert importlib.import_module("deferred_pkg") is module
    assert module.HEAVY == 5
    assert module.light is light


def test_from_imports_and_star_imports_run_the_body(package: Path) -> None:
    defer("deferred_pkg")
    scope: dict[str, object] = {}
    exec("from deferred_pkg import *", scope)
    assert scope["HEAVY"] == 2


def test_a_constant_is_read_without_running_the_body(package: Path) -> None:
    defer("deferred_pkg")
    assert sys.modules["deferred_pkg"].LIMIT == 7
    assert not ran()


def test_inspection_does_not_run_the_body(package: Path) -> None:
    defer("deferred_pkg")
    module = sys.modules["deferred_pkg"]
    assert not hasattr(module, "__wrapped__")
    assert inspect.getsourcefile(module) == str(package / "__init__.py")
    assert not ran()


def test_a_name_that_is_not_there_is_an_attribute_error(package: Path) -> None:
    defer("deferred_pkg")
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        _ = sys.modules["deferred_pkg"].nothing
    assert ran()


def test_a_body_that_fails_says_why_and_is_tried_again(package: Path) -> None:
    body = package / "__init__.py"
    body.write_text(HEAVY.format(imports="no_such_vendor_sdk"), encoding="utf-8")
    defer("deferred_pkg")
    for _ in range(2):
        with pytest.raises(ModuleNotFoundError, match="no_such_vendor_sdk"):
            _ = sys.modules["deferred_pkg"].HEAVY
    body.write_text(HEAVY.format(imports="json, math"), encoding="utf-8")
    assert sys.modules["deferred_pkg"].HEAVY == 2


def test_a_module_that_is_imported_already_is_left_alone(package: Path) -> None:
    module = importlib.import_module("deferred_pkg")
    defer("deferred_pkg")
    assert sys.modules["deferred_pkg"] is module
    assert not isinstance(module, DeferredModule)


def test_a_submodule_can_be_deferred_and_is_bound_to_its_parent(package: Path) -> None:
    defer("deferred_pkg")
    defer("deferred_pkg.light")
    assert sys.modules["deferred_pkg"].light is sys.modules["deferred_pkg.light"]
    assert sys.modules["deferred_pkg.light"].__package__ == "deferred_pkg"


def test_a_module_that_does_not_exist_is_an_import_error() -> None:
    with pytest.raises(ModuleNotFoundError, match="no_such_package_at_all"):
        defer("no_such_package_at_all")
