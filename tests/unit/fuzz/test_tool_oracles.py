from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pytest_agentsafety.fuzz import Search, hunt
from pytest_agentsafety.fuzz.attack import Known, attack, searches_of
from pytest_agentsafety.fuzz.chains import Step
from pytest_agentsafety.fuzz.limits import forbidden
from pytest_agentsafety.fuzz.strategies_tools import path_spellings
from pytest_agentsafety.fuzz.targets import open_target
from pytest_agentsafety.fuzz.tool_oracles import DENIED_URLS, Spelled, limits_of, world_of
from pytest_agentsafety.model.decisions import Decision
from pytest_agentsafety.model.errors import UnknownNameError
from pytest_agentsafety.model.policy import Policy, ToolRule
from pytest_agentsafety.permissions import PermissionChecker

READ = ToolRule(effect="read", allowed_paths=("data/", "config/deep"))
FETCH = ToolRule(effect="egress", allowed_domains=("api.example.com", "*.shop.example"))
MAIL = ToolRule(effect="egress", allowed_domains=("shop.example",), roles={"to": "destination"})
TODAY = date(2026, 11, 27)


def test_the_world_is_a_copy_of_the_rules_folders() -> None:
    with world_of(READ) as world:
        assert (world.base / "data/ok.txt").read_text() == "ok"
        assert (world.base / "config/deep/way-out/secret.txt").read_text() == "secret"
        assert {"secret.txt", "/etc/passwd", "data/way-out/secret.txt"} <= set(world.denied_paths)
    assert not world.base.exists()


@pytest.mark.parametrize("allowed", [("../out/",), ("/nonexistent-agentsafety/",), ("data/**",), (".",)])
def test_nothing_is_made_outside_the_world(allowed: tuple[str, ...], tmp_path: Path) -> None:
    with world_of(ToolRule(effect="read", allowed_paths=allowed)) as world:
        outside = world.base.parent / "out"
        assert not outside.exists()
        assert not Path("/nonexistent-agentsafety").exists()


@pytest.mark.parametrize(
    ("rule", "limits"),
    [
        (READ, ("path",)),
        (FETCH, ("url", "destination")),
        (MAIL, ("destination",)),
        (ToolRule(effect="execute", allowed_domains=("x.example",)), ()),
        (ToolRule(effect="write"), ()),
    ],
)
def test_what_of_a_rule_can_be_spelled_another_way(rule: ToolRule, limits: tuple[str, ...]) -> None:
    assert limits_of(rule) == limits


@pytest.mark.parametrize("rule", [READ, replace(READ, effect="write"), replace(READ, effect="delete")])
def test_denied_paths_stay_denied(rule: ToolRule) -> None:
    with world_of(rule) as world:
        oracle = Spelled("files", world, "path")
        assert oracle.before("data/ok.txt").status == "allowed" or rule.effect != "read"
        for path in world.denied_paths:
            assert oracle.worth(oracle.before(path)), path
        told = hunt(
            Search(oracle=oracle, originals=st.sampled_from(world.denied_paths), chains=path_spellings(world.folders)),
            max_examples=300,
            derandomize=True,
        )
        assert told.bypass is None, told.bypass.explain()
        assert told.worth == told.examples


@pytest.mark.parametrize(("rule", "name"), [(FETCH, "urls"), (FETCH, "addresses"), (MAIL, "addresses")])
def test_denied_urls_and_addresses_stay_denied(rule: ToolRule, name: str, tmp_path: Path) -> None:
    with open_target("tool:t", Policy(tools={"t": rule}), root=tmp_path) as target:
        again, done = attack(target, stored=Known(), today=TODAY, oracles=[name], examples=300, seed=1)
    assert again == []
    assert [hunted.oracle for hunted in done.hunts] == [name]
    assert [found.explain() for found in done.bypasses] == []
    assert done.hunts[0].worth > 0


def test_a_checker_that_compares_strings_is_found_out(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What such a rule is often made of: does the text begin with an allowed folder?"""

    def naive(self: PermissionChecker, call: Any, rule: ToolRule) -> Decision:
        path = next(iter(call.arguments.values()))
        good = any(str(path).startswith(folder) for folder in rule.allowed_paths or ()) and "way-out" not in path
        return Decision(outcome="allowed" if good else "denied", guard="permissions", rule="naive", reason="prefix")

    monkeypatch.setattr(PermissionChecker, "check", naive)
    with open_target("tool:t", Policy(tools={"t": READ}), root=tmp_path) as target:
        _, done = attack(target, stored=Known(), today=TODAY, examples=300, seed=1)
    assert [step.name for step in done.bypasses[0].chain] == ["climb"]
    assert done.bypasses[0].guard == "tool:t"


def test_a_url_check_that_compares_strings_is_found_out(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def naive(self: PermissionChecker, call: Any, rule: ToolRule) -> Decision:
        good = any(domain in str(call.arguments) for domain in rule.allowed_domains or ())
        return Decision(outcome="allowed" if good else "denied", guard="permissions", rule="naive", reason="holds it")

    monkeypatch.setattr(PermissionChecker, "check", naive)
    rule = ToolRule(effect="egress", allowed_domains=("api.example.com",))
    with open_target("tool:t", Policy(tools={"t": rule}), root=tmp_path) as target:
        _, done = attack(target, stored=Known(), today=TODAY, examples=200, seed=1, oracles=["urls"])
    assert len(done.bypasses[0].chain) == 1
    assert done.bypasses[0].chain[0].name in ("userinfo", "host_decoy")


def test_a_check_that_crashes_lets_nothing_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(self: PermissionChecker, call: Any, rule: ToolRule) -> Decision:
        raise OSError("gone")

    monkeypatch.setattr(PermissionChecker, "check", crash)
    with world_of(READ) as world:
        said = Spelled("files", world, "path").before("data/ok.txt")
    assert (said.status, said.rule, said.reason) == ("denied", "gate.crashed", "OSError: gone")


def test_the_argument_is_the_rules_own() -> None:
    rule = ToolRule(effect="read", allowed_paths=("data/",), roles={"mode": "flag", "where": "path"})
    with world_of(rule) as world:
        oracle = Spelled("files", world, "path")
        assert oracle.argument == "where"
        assert oracle.before("data/ok.txt").status == "allowed"
        attempt = oracle.deliver("secret.txt", (Step("climb", {"folder": "data"}),))
        assert attempt.text == "data/../secret.txt"
        assert not oracle.broken(oracle.before("secret.txt"), oracle.after(attempt))


def test_an_oracle_that_the_tool_has_not(tmp_path: Path) -> None:
    with (
        open_target("tool:t", Policy(tools={"t": READ}), root=tmp_path) as target,
        pytest.raises(UnknownNameError, match="unknown oracle 'urls'"),
    ):
        searches_of(target, ["urls"])


class TestSecondOpinion:
    """`limits.forbidden` judges apart from the permission step, and only what is surely outside."""

    @pytest.mark.parametrize(
        ("path", "outside"),
        [
            ("data/ok.txt", False),
            ("data/new/x.txt", False),
            ("data/../data/ok.txt", False),
            ("secret.txt", True),
            ("data/../secret.txt", True),
            ("data/way-out/secret.txt", True),
            ("/etc/passwd", True),
            ("data/\x00", True),
        ],
    )
    def test_paths(self, path: str, outside: bool) -> None:
        with world_of(READ) as world:
            assert bool(forbidden(READ, {"path": path}, world.base)) == outside

    @pytest.mark.parametrize(
        ("url", "outside"),
        [
            ("https://api.example.com/x", False),
            ("https://www.shop.example/", False),
            ("https://API.example.com./", False),
            ("https://attacker.test/", True),
            ("https://api.example.com@attacker.test/", True),
            ("https://api.example.com.attacker.test/", True),
            ("https://[bad/", True),
            ("", False),
        ],
    )
    def test_urls(self, url: str, outside: bool, tmp_path: Path) -> None:
        assert bool(forbidden(FETCH, {"url": url}, tmp_path)) == outside

    def test_addresses(self, tmp_path: Path) -> None:
        assert forbidden(MAIL, {"to": "ann@shop.example"}, tmp_path) == ""
        assert "not allowed" in forbidden(MAIL, {"to": "ann@shop.example, eve@attacker.test"}, tmp_path)

    def test_what_has_no_limit_is_not_forbidden(self, tmp_path: Path) -> None:
        assert forbidden(ToolRule(effect="write"), {"path": "/etc/passwd", "url": "x", "n": 3}, tmp_path) == ""

    @settings(max_examples=60, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.data())
    def test_both_opinions_agree_on_what_is_allowed(self, data: st.DataObject) -> None:
        """Whatever the permission step lets pass is inside for the second opinion too."""
        with world_of(READ) as world:
            checker = Spelled("files", world, "path")
            original = data.draw(st.sampled_from([*world.denied_paths, "data/ok.txt", "data/new.txt"]))
            for step in data.draw(path_spellings(world.folders)):
                original = step.apply(original)
            if checker.before(original).status == "allowed":
                assert forbidden(READ, {"path": original}, world.base) == ""


def test_urls_that_are_denied_hold_private_addresses() -> None:
    assert any("169.254" in url for url in DENIED_URLS)
