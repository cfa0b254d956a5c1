"""Suites by name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pytest_agentsafety.catalog.folder_suite import FolderSuite
from pytest_agentsafety.catalog.registry import bundled_names, resolve_suites
from pytest_agentsafety.model.errors import ConfigError, UnknownNameError

MakeSuite = Any
PLACE = "--agent-safety-suite"


def resolve(*names: str, root: Path = Path()) -> list[str]:
    return [suite.name for suite in resolve_suites(names, place=PLACE, root=root)]


def test_bundled_names() -> None:
    assert "inbox" in bundled_names()
    assert bundled_names() == tuple(sorted(bundled_names()))


def test_builtin_is_all_bundled() -> None:
    assert resolve("builtin") == list(bundled_names())


def test_name_and_builtin_collapse() -> None:
    assert resolve("inbox", "builtin", "inbox") == ["inbox", *(n for n in bundled_names() if n != "inbox")]


def test_path_relative_to_root(make_suite: MakeSuite, tmp_path: Path) -> None:
    make_suite()
    assert resolve("suites/shop", "./suites/shop", root=tmp_path) == ["shop"]


def test_order_is_kept(make_suite: MakeSuite, tmp_path: Path) -> None:
    make_suite()
    assert resolve("suites/shop", "inbox", root=tmp_path) == ["shop", "inbox"]
    assert resolve("inbox", "suites/shop", root=tmp_path) == ["inbox", "shop"]


def test_absolute_path(make_suite: MakeSuite, tmp_path: Path) -> None:
    assert resolve(str(make_suite())) == ["shop"]


def test_nothing_named_is_nothing_found() -> None:
    assert resolve() == []


@pytest.mark.parametrize("name", ["inbx", "generated", "", "Inbox", "agentdojos"])
def test_unknown_suite(name: str) -> None:
    with pytest.raises(UnknownNameError, match=f"{PLACE}: unknown suite {name!r}") as caught:
        resolve(name)
    assert {"inbox", "builtin", "agentdojo"} <= set(caught.value.valid)


def test_near_miss() -> None:
    with pytest.raises(UnknownNameError, match="Did you mean 'inbox'"):
        resolve("inbx")


def test_path_that_does_not_exist(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"suite 'suites/x': the folder '.*suites/x' does not exist"):
        resolve("suites/x", root=tmp_path)


def test_folder_that_is_no_suite(tmp_path: Path) -> None:
    (tmp_path / "d").mkdir()
    with pytest.raises(ConfigError, match=r"holds no suite\.yaml"):
        resolve("./d", root=tmp_path)


def test_broken_suite_says_what(make_suite: MakeSuite, tmp_path: Path) -> None:
    make_suite({"tasks.yaml": "tasks: []"})
    with pytest.raises(ConfigError, match="no tasks, so the suite has no cases"):
        resolve("suites/shop", root=tmp_path)


def test_two_suites_of_one_name(make_suite: MakeSuite, tmp_path: Path) -> None:
    make_suite()
    make_suite(name="copy")
    with pytest.raises(ConfigError, match="'shop' and 'shop' have the same name 'shop'"):
        resolve("suites/shop", "suites/copy", root=tmp_path)


def test_two_suites_with_one_short_id(make_suite: MakeSuite, tmp_path: Path) -> None:
    make_suite()
    make_suite({"suite.yaml": ("name: shop", "name: stall")}, name="stall")
    with pytest.raises(ConfigError, match="'shop' and 'stall' have the same short id 'sh'"):
        resolve("suites/shop", "suites/stall", root=tmp_path)


def test_bundled_suites_are_whole() -> None:
    for suite in resolve_suites(["builtin"], place=PLACE, root=Path()):
        assert isinstance(suite, FolderSuite)
        ids = [case.case_id for case in suite.cases()]
        assert len(ids) == len(set(ids)) > 0
        assert suite.definition.description
        assert suite.policy is not None
