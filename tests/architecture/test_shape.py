"""Sizes, output and laziness of the package."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "pytest_agentsafety"
MODULES = sorted(path for path in PACKAGE.rglob("*.py") if "_data" not in path.parts)
HEAVY = ("anthropic", "pandas", "jinja2", "vcr", "hypothesis", "yaml", "pydantic", "httpx2", "pytest")


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def test_no_module_is_over_400_lines_and_half_are_under_150() -> None:
    sizes = {str(path.relative_to(PACKAGE)): len(path.read_text(encoding="utf-8").splitlines()) for path in MODULES}
    assert {name: size for name, size in sizes.items() if size > 400} == {}
    assert median(sizes.values()) <= 150


def test_no_function_is_over_60_lines_and_half_are_short() -> None:
    sizes = {(path.name, node.name): lines(node) for path in MODULES for node in functions(path)}
    assert {name: size for name, size in sizes.items() if size > 60} == {}
    assert median(sizes.values()) <= 8


def test_only_the_command_line_prints() -> None:
    printing = {
        str(path.relative_to(PACKAGE))
        for path in MODULES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    }
    assert printing, "the check sees the command line's own"
    assert {name for name in printing if not name.startswith("cli/")} == set()


def test_the_entry_file_imports_pytest_alone() -> None:
    tree = ast.parse((PACKAGE / "plugin/entry.py").read_text(encoding="utf-8"))
    top = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    assert [ast.unparse(node) for node in top] == ["from __future__ import annotations", "import pytest"]


@pytest.mark.parametrize(
    ("code", "absent"),
    [
        ("import pytest_agentsafety", HEAVY),
        ("from pytest_agentsafety import Policy, BudgetExceededError, MaxRetriesExceeded", HEAVY),
        ("from pytest_agentsafety import Policy, Gate", ("pytest", "pandas", "hypothesis", "jinja2", "vcr")),
        ("import pytest_agentsafety.cli.main", ("pytest", "pandas", "hypothesis", "jinja2")),
    ],
)
def test_importing_brings_nothing_heavy(code: str, absent: tuple[str, ...]) -> None:
    script = f"import sys\n{code}\nprint([name for name in {absent!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_every_public_name_resolves() -> None:
    script = "import pytest_agentsafety as p; print(all(getattr(p, name) is not None for name in p.__all__)); p.nope"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "True"
    assert "module 'pytest_agentsafety' has no attribute 'nope'" in done.stderr
