"""Which cases a session would run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pytest_agentsafety.model.errors import ConfigError, UnknownNameError
from pytest_agentsafety.resources import data_dir
from pytest_agentsafety.session import RunOptions, Session

MakeOptions = Callable[..., RunOptions]
AGENTS = """
def build(tools): ...
def plain(task): ...
def neither(a, b): ...
"""
TOOLS = """
class World:
    def __init__(self, data, base):
        pass

    def tools(self):
        return [self.look]

    def state(self):
        return {}

    def look(self) -> str:
        '''Look.'''
        return "nothing"
"""


@pytest.fixture
def agents(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A module with agents of each shape, under a name of its own."""
    name = f"agents_{abs(hash(tmp_path))}"
    (tmp_path / f"{name}.py").write_text(AGENTS)
    monkeypatch.syspath_prepend(tmp_path)
    return name


def names(session: Session) -> list[str]:
    return [planned.run.node_name for planned in session.cases]


class TestDefaults:
    def test_the_bundled_agent_and_suites_in_two_modes(self, options: MakeOptions) -> None:
        session = Session(options())
        assert session.agent.reference
        assert [suite.name for suite in session.plan.suites] == ["inbox", "workbench"]
        modes = [planned.run.mode for planned in session.cases]
        assert set(modes) == {"recorded", "hijacked"}
        assert modes.count("recorded") == modes.count("hijacked") == len(modes) // 2
        assert session.plan.attacks > len(modes) // 2

    def test_a_suite_whose_code_nothing_here_can_contain_is_left_out(
        self, options: MakeOptions, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("sys.platform", "darwin")
        session = Session(options())
        assert [suite.name for suite in session.plan.suites] == ["inbox"]
        (note,) = [note for note in session.plan.notes if "workbench" in note]
        assert note.startswith("suite workbench left out: it runs code, and the native backend needs Linux")
        named = Session(options(suites=("workbench",)))
        assert [suite.name for suite in named.plan.suites] == ["workbench"]

    def test_nothing_is_written(self, options: MakeOptions, tmp_path: Path) -> None:
        Session(options())
        assert list(tmp_path.iterdir()) == []

    def test_the_order_is_always_the_same(self, options: MakeOptions) -> None:
        assert names(Session(options())) == names(Session(options()))


class TestSelection:
    def test_globs(self, options: MakeOptions) -> None:
        session = Session(options(cases=("inbox/inbox.triage", "minutes", "nobody"), modes=("hijacked",)))
        assert names(session) == ["inbox/inbox.triage[hijacked]", "inbox/inbox.minutes[hijacked]"]
        assert "--agent-safety-case=nobody matches no case" in session.plan.notes
        assert session.plan.deselected + 2 == len(Session(options(modes=("hijacked",))).cases)

    def test_shards_are_a_partition_by_case(self, options: MakeOptions) -> None:
        whole = names(Session(options()))
        parts = [names(Session(options(shard=f"{index}/3"))) for index in (1, 2, 3)]
        assert sorted(name for part in parts for name in part) == sorted(whole)
        assert min(len(part) for part in parts) > len(whole) / 6
        stems = [{name.partition("[")[0] for name in part} for part in parts]
        assert not stems[0] & stems[1] | stems[1] & stems[2] | stems[0] & stems[2]

    def test_node_names(self, options: MakeOptions) -> None:
        wanted = ("inbox/inbox.triage[hijacked]",)
        assert names(Session(options(node_names=wanted))) == list(wanted)
        with pytest.raises(
            ConfigError, match=r"no case 'inbox/inbox.triag\[hijacked\]'. Did you mean inbox/inbox.triage"
        ):
            Session(options(node_names=("inbox/inbox.triag[hijacked]",)))


class TestModes:
    def test_recorded_is_left_out_when_defaulted_and_an_error_when_named(self, options: MakeOptions) -> None:
        session = Session(options(guards="none"))
        assert {planned.run.mode for planned in session.cases} == {"hijacked"}
        reason = "its cassettes were recorded with all guards on"
        assert f"inbox: mode recorded left out, {reason}" in session.plan.notes
        with pytest.raises(ConfigError, match=rf"--agent-safety-mode=recorded: {reason}"):
            Session(options(guards="none", modes=("recorded",)))

    @pytest.mark.parametrize("given", [{"provenance": "strict"}, {"approver": "oracle"}])
    def test_so_it_is_under_another_policy(self, options: MakeOptions, given: dict[str, str]) -> None:
        session = Session(options(**given))
        assert {planned.run.mode for planned in session.cases} == {"hijacked"}
        assert any("another provenance mode or approver" in note for note in session.plan.notes)

    def test_without_cassettes_the_command_that_makes_them(
        self, options: MakeOptions, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        folder = tmp_path / "suites/inbox"
        folder.mkdir(parents=True)
        for file in (data_dir("suites") / "inbox").iterdir():
            if file.is_file():
                (folder / file.name).write_bytes(file.read_bytes())
        text = (folder / "suite.yaml").read_text().replace("../../fixtures", str(data_dir("fixtures")))
        (folder / "suite.yaml").write_text(text.replace("cassettes/inbox", "cassettes/none"))
        monkeypatch.chdir(tmp_path)
        command = r"agentsafety run --suite=\./suites/inbox --mode=scripted --record=all\)"
        with pytest.raises(ConfigError, match=rf"inbox has no cassettes \(record them: {command}"):
            Session(options(suites=("./suites/inbox",), modes=("recorded",)))

    def test_a_mode_that_no_suite_has(self, options: MakeOptions) -> None:
        with pytest.raises(ConfigError, match=r"none of the suites has mode 'live': inbox has recorded, hijacked"):
            Session(options(modes=("live",)))


class TestAgents:
    def test_one_without_tools_leaves_defaulted_suites_out(self, options: MakeOptions, agents: str) -> None:
        session = Session(options(agent=f"{agents}:plain"))
        assert session.cases == []
        (note,) = session.plan.notes
        assert note.startswith("suite generated left out: agent ")
        assert "to find its tools it was called with a greeting" in note

    def test_and_is_an_error_for_named_ones(self, options: MakeOptions, agents: str, tmp_path: Path) -> None:
        with pytest.raises(ConfigError, match=r"^--agent-safety-suite: inbox: these suites bring their own tools"):
            Session(options(agent=f"{agents}:plain", suites=("inbox",)))
        (tmp_path / "agentsafety.toml").write_text('[tool.agentsafety]\nsuites = ["inbox"]\n')
        with pytest.raises(ConfigError, match=r"agentsafety.toml suites: inbox: these suites"):
            Session(options(agent=f"{agents}:plain"))

    def test_the_option_beats_the_file(self, options: MakeOptions, agents: str, tmp_path: Path) -> None:
        (tmp_path / "agentsafety.toml").write_text(f'[tool.agentsafety]\nagent = "{agents}:neither"\n')
        assert Session(options(agent=f"{agents}:build")).agent.id == f"{agents}:build"
        with pytest.raises(ConfigError, match=r"agentsafety.toml agent: cannot use neither\(a, b\) as an agent"):
            Session(options())

    @pytest.mark.parametrize(
        ("reference", "message"),
        [
            ("no-colon", "must be written as module:attr"),
            ("nowhere_at_all:build", "cannot import module 'nowhere_at_all'"),
        ],
    )
    def test_a_reference_that_leads_nowhere(self, options: MakeOptions, reference: str, message: str) -> None:
        with pytest.raises(ConfigError, match=rf"^--agent-safety-agent: .*{message}"):
            Session(options(agent=reference))

    def test_a_near_miss(self, options: MakeOptions, agents: str) -> None:
        with pytest.raises(UnknownNameError, match=r"'biuld'. Did you mean 'build'?"):
            Session(options(agent=f"{agents}:biuld"))


class TestSuites:
    @pytest.fixture
    def broken(self, tmp_path: Path) -> Path:
        folder = tmp_path / "suites/broken"
        folder.mkdir(parents=True)
        for name in ("suite.yaml", "tasks.yaml", "injections.yaml", "world.yaml"):
            (folder / name).write_text("{}\n")
        (folder / "suite.yaml").write_text("name: broken\nshort: br\nmodes: [hijacked]\n")
        (folder / "tools.py").write_text(TOOLS)
        return folder

    def test_unknown(self, options: MakeOptions) -> None:
        with pytest.raises(
            UnknownNameError, match=r"--agent-safety-suite: unknown suite 'inbx'. Did you mean 'inbox'?"
        ):
            Session(options(suites=("inbx",)))

    def test_a_path_that_is_none(self, options: MakeOptions) -> None:
        with pytest.raises(ConfigError, match=r"suite './nowhere': the folder .* does not exist"):
            Session(options(suites=("./nowhere",)))

    def test_malformed_yaml_names_file_and_line(self, options: MakeOptions, broken: Path) -> None:
        (broken / "tasks.yaml").write_text("tasks:\n  - id: [\n")
        with pytest.raises(ConfigError, match=r"tasks.yaml:\d"):
            Session(options(suites=("./suites/broken",)))

    def test_without_cases(self, options: MakeOptions, broken: Path) -> None:
        (broken / "tasks.yaml").write_text("tasks: []\n")
        with pytest.raises(ConfigError, match=r"no tasks, so the suite has no cases"):
            Session(options(suites=("./suites/broken",)))
