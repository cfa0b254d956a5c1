"""What an option may say."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pytest_agentsafety.model.errors import ConfigError, UnknownNameError
from pytest_agentsafety.model.policy import GUARDS
from pytest_agentsafety.session import RunOptions

MakeOptions = Callable[..., RunOptions]


@pytest.mark.parametrize(
    ("given", "check", "message"),
    [
        (
            {"modes": ("hijackd",)},
            "checked_modes",
            "--agent-safety-mode: unknown mode 'hijackd'. Did you mean 'hijacked'?",
        ),
        ({"record": "new"}, "checked_record", "--agent-safety-record: unknown record mode 'new'."),
        ({"guards": "pii,provenence"}, "checked_guards", "--agent-safety-guards: unknown guard 'provenence'."),
        ({"provenance": "on"}, "checked_provenance", "--agent-safety-provenance: unknown provenance mode 'on'."),
        ({"approver": "oracel"}, "checked_approver", "--agent-safety-approver: unknown approver 'oracel'."),
    ],
)
def test_an_unknown_value_names_place_value_and_valid_ones(
    options: MakeOptions, given: dict[str, object], check: str, message: str
) -> None:
    with pytest.raises(UnknownNameError) as caught:
        getattr(options(**given), check)()
    assert str(caught.value).startswith(message)
    assert "Valid: " in str(caught.value)


@pytest.mark.parametrize("text", ["", "1", "0/2", "3/2", "a/b", "1/2/3", "-1/2", " 1/2"])
def test_a_shard_is_i_of_n(options: MakeOptions, text: str) -> None:
    with pytest.raises(ConfigError, match=r"is no I/N"):
        options(shard=text).checked_shard()
    assert options(shard="2/3").checked_shard() == (2, 3)


def test_guards(options: MakeOptions) -> None:
    assert options().checked_guards() == frozenset(GUARDS)
    assert options(guards="none").checked_guards() == frozenset()
    assert options(guards=" pii , cost,").checked_guards() == {"pii", "cost"}
    with pytest.raises(ConfigError, match=r"guards: empty; give all, none, or a list of"):
        options(guards=" , ").checked_guards()


def test_modes_each_once_in_the_order_given(options: MakeOptions) -> None:
    assert options(modes=("live", "hijacked", "live")).checked_modes() == ("live", "hijacked")


class TestRecordingInCi:
    def test_has_to_be_said_on_the_command_line(self, options: MakeOptions, monkeypatch: pytest.MonkeyPatch) -> None:
        given = options(record="once")
        assert given.checked_record() == "once"
        monkeypatch.setenv("CI", "true")
        with pytest.raises(ConfigError, match=r"--agent-safety-record=once while CI is set"):
            given.checked_record()
        assert options(record="once", record_on_command_line=True).checked_record() == "once"
        assert options().checked_record() == "none"


def test_the_prefix_is_the_one_of_the_command(options: MakeOptions) -> None:
    with pytest.raises(UnknownNameError, match=r"^--mode: unknown"):
        options(prefix="--", modes=("x",)).checked_modes()


def test_output_is_below_the_root_unless_absolute(options: MakeOptions, tmp_path: Path) -> None:
    assert options(output="a/b").output_folder() == tmp_path / "a/b"
    assert options(output="/x/y").output_folder() == Path("/x/y")
