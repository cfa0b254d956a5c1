"""Which registered suites a name stands for."""

from __future__ import annotations

from collections import defaultdict
from types import SimpleNamespace

import pytest

from pytest_agentsafety.catalog.agentdojo.names import select, version_key
from pytest_agentsafety.model.errors import UnknownNameError


def registry(**versions: str) -> dict[str, dict[str, SimpleNamespace]]:
    """A registry from `v1_2="mail bank"`; each suite remembers its version."""
    return {
        version.replace("_", "."): {name: SimpleNamespace(name=name, at=version) for name in names.split()}
        for version, names in versions.items()
    }


STOCK = registry(v1="mail bank", v1_9="mail bank", v1_10="mail bank")


def found(name: str, versions: dict[str, dict[str, SimpleNamespace]] = STOCK) -> list[tuple[str, str, bool]]:
    return [(entry.version, entry.suite.name, entry.named) for entry in select(name, versions, place="here")]


def test_the_bare_name_is_every_suite_at_its_newest_version() -> None:
    assert found("agentdojo") == [("v1.10", "mail", False), ("v1.10", "bank", False)]


def test_a_suite_that_only_an_older_version_has_is_not_lost() -> None:
    versions = registry(v1="mail bank", v2="fork")
    assert found("agentdojo", versions) == [("v2", "fork", False), ("v1", "mail", False), ("v1", "bank", False)]
    assert found("agentdojo:bank", versions) == [("v1", "bank", False)]


def test_one_suite_and_one_version() -> None:
    assert found("agentdojo:bank") == [("v1.10", "bank", False)]
    assert found("agentdojo@v1.9:bank") == [("v1.9", "bank", True)]
    assert found("agentdojo@v1") == [("v1", "mail", True), ("v1", "bank", True)]


def test_a_suite_name_may_hold_colons() -> None:
    versions = {"v1": {"a:b": SimpleNamespace(name="a:b")}}
    assert found("agentdojo:a:b", versions) == [("v1", "a:b", False)]


@pytest.mark.parametrize(
    ("older", "newer"),
    [("v1", "v1.1"), ("v1.9", "v1.10"), ("v1.2.2", "v1.10"), ("v2-beta", "v2"), ("v1.10", "v2-beta"), ("odd", "v0.1")],
)
def test_versions_are_compared_by_their_numbers(older: str, newer: str) -> None:
    assert version_key(older) < version_key(newer)


def test_trailing_zeros_do_not_make_a_version_newer() -> None:
    assert version_key("v1.2.0")[:2] == version_key("v1.2")[:2]


def test_an_unknown_suite_names_place_near_miss_and_valid_values() -> None:
    with pytest.raises(UnknownNameError) as caught:
        select("agentdojo:bnak", STOCK, place="--agent-safety-suite")
    assert str(caught.value) == (
        "--agent-safety-suite: unknown AgentDojo suite 'bnak'. Did you mean 'bank'? Valid: bank, mail"
    )


def test_a_suite_is_looked_for_in_the_named_version_only() -> None:
    versions = registry(v1="mail", v2="mail bank")
    with pytest.raises(UnknownNameError, match=r"unknown AgentDojo v1 suite 'bank'\. Valid: mail"):
        select("agentdojo@v1:bank", versions, place="")


def test_an_unknown_version_lists_the_versions() -> None:
    with pytest.raises(UnknownNameError, match=r"AgentDojo version 'v1\.8'.* Valid: v1, v1\.10, v1\.9"):
        select("agentdojo@v1.8:bank", STOCK, place="")


@pytest.mark.parametrize("name", ["agentdojo:", "agentdojo@", "agentdojo@:bank", "agentdojo@v1:"])
def test_an_empty_part_is_an_unknown_name(name: str) -> None:
    with pytest.raises(UnknownNameError, match=r"unknown AgentDojo .*''"):
        select(name, STOCK, place="")


@pytest.mark.parametrize("name", ["agentdojos", "agent", "agentdojo-x"])
def test_another_name_lists_full_names(name: str) -> None:
    with pytest.raises(UnknownNameError, match="Valid: agentdojo, agentdojo:bank, agentdojo:mail"):
        select(name, STOCK, place="")


def test_looking_creates_no_version_and_an_empty_one_does_not_count() -> None:
    versions: defaultdict[str, dict[str, SimpleNamespace]] = defaultdict(dict, STOCK)
    versions["typo"]  # what AgentDojo's own get_suites does to its registry
    assert found("agentdojo", versions)[0][0] == "v1.10"
    with pytest.raises(UnknownNameError, match="AgentDojo version 'typo'"):
        select("agentdojo@typo", versions, place="")
    with pytest.raises(UnknownNameError):
        select("agentdojo@v7", versions, place="")
    assert set(versions) == {*STOCK, "typo"}
