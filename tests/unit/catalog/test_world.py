"""tools.py: the World class, its tools, and code that fails."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pytest_agentsafety.catalog.world import load_world_class, probe, tool_specs
from pytest_agentsafety.model.errors import ConfigError

HEAD = "class World:\n    def __init__(self, data, base): self.data = data\n    def state(self): return {'a': []}\n"


@pytest.fixture
def write(tmp_path: Path) -> Any:
    def write(text: str) -> Path:
        file = tmp_path / "tools.py"
        file.write_text(text, "utf-8")
        return file

    return write


def names(file: Path, data: Any = None) -> Any:
    return probe(load_world_class(file), data, None, file=file)


def test_tools_with_their_arguments(write: Any) -> None:
    file = write(
        HEAD + "    def tools(self): return [self.f]\n"
        "    def f(self, a: int, b: str = 'x') -> str:\n        '''Does it.'''\n        return b * a\n"
    )
    found = names(file)
    assert found.tools == {"f": {"a", "b"}}
    assert found.required("f") == {"a"}
    assert found.collections == {"a"}
    assert found.files is False
    (spec,) = tool_specs(load_world_class(file)(None, None))
    assert (spec.name, spec.description, spec.fn(a=2)) == ("f", "Does it.", "xx")


def test_whole_docstring_is_the_description(write: Any) -> None:
    """What is put behind the door shows a model the notes on the arguments too."""
    file = write(
        HEAD + "    def tools(self): return [self.f]\n"
        "    def f(self, a: int) -> str:\n        '''Do.\n\n        Args:\n            a: Number.\n        '''\n"
    )
    (spec,) = tool_specs(load_world_class(file)(None, None))
    assert spec.description == "Do.\n\nArgs:\n    a: Number."


def test_dataclasses_and_lazy_annotations_work_in_tools(write: Any) -> None:
    file = write(
        "from __future__ import annotations\nfrom dataclasses import dataclass\n@dataclass\nclass P:\n    x: int\n"
        + HEAD
        + "    def tools(self): return [self.f]\n"
        "    def f(self, p: int) -> str:\n        'Do.'\n        return str(P(p))\n"
    )
    assert names(file).tools == {"f": {"p"}}


def test_two_folders_do_not_share_a_module(tmp_path: Path) -> None:
    classes = []
    for name in ("a", "b"):
        file = tmp_path / name / "tools.py"
        file.parent.mkdir()
        file.write_text(HEAD + f"    mark = {name!r}\n    def tools(self): return []\n", "utf-8")
        classes.append(load_world_class(file))
    assert [vars(found)["mark"] for found in classes] == ["a", "b"]


TOOL = "    def tools(self): return [self.f]\n    def f(self, {0}):\n        {1}\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("def (:\n", r"tools\.py: cannot be imported: SyntaxError"),
        ("1 / 0\n", "cannot be imported: ZeroDivisionError: division by zero"),
        ("import no_such_module_at_all\n", "cannot be imported: ModuleNotFoundError"),
        ("x = 1\n", "defines no class World"),
        ("World = 3\n", "defines no class World"),
        ("class World: pass\n", r"class World has no method tools\(\)"),
        ("class World:\n    def tools(self): return []\n", r"class World has no method state\(\)"),
        (HEAD + "    def tools(self): return []\n", r"World\.tools\(\) gives no tools"),
        (HEAD + TOOL.format("a: int", "'Do.'").replace("[self.f]", "[self.f, self.f]"), "gives a name twice"),
        (HEAD + TOOL.format("a: int", "pass"), "tool 'f' has no docstring"),
        (HEAD + TOOL.format("a", "'Do.'"), "parameter 'a' of tool 'f' has no type"),
        (HEAD + TOOL.format("*a: int", "'Do.'"), "parameter 'a' of tool 'f' cannot be given by keyword"),
        (HEAD + TOOL.format("a: int, /", "'Do.'"), "parameter 'a' of tool 'f' cannot be given by keyword"),
        (HEAD + "    def tools(self): return self.data['mail']\n", "World cannot be made from world.yaml: TypeError"),
    ],
)
def test_unusable_code(write: Any, text: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        names(write(text))


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"gone\.py: cannot be read"):
        load_world_class(tmp_path / "gone.py")


def test_a_failure_does_not_leave_half_a_module(write: Any) -> None:
    import sys

    before = {name for name in sys.modules if name.startswith("_agentsafety_suite_")}
    with pytest.raises(ConfigError):
        load_world_class(write("1 / 0\n"))
    assert {name for name in sys.modules if name.startswith("_agentsafety_suite_")} == before
