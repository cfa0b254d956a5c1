"""One file of source: what its top level defines, and which names each definition leads to."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass
class Source:
    """A parsed file. Names are dotted, as an import statement would have them: "shop.agent.build".

    `leads` maps a top-level name to the names its definition uses (annotations apart), `values` one that is assigned
    to what it is given, `statements` are those that run at import and define nothing.
    """

    module: str
    path: Path
    functions: dict[str, Function] = field(default_factory=dict)
    classes: dict[str, ast.ClassDef] = field(default_factory=dict)
    values: dict[str, ast.expr] = field(default_factory=dict)
    leads: dict[str, set[str]] = field(default_factory=dict)
    statements: list[ast.stmt] = field(default_factory=list)
    _imports: dict[str, str] = field(default_factory=dict)

    def full(self, name: str) -> str:
        """The dotted name that a name or attribute chain of this file stands for."""
        first, dot, rest = name.partition(".")
        return self._imports.get(first, f"{self.module}.{first}") + dot + rest

    def called(self, node: ast.AST) -> str:
        """The dotted name of what is called: of `Agent[int](...)` "pydantic_ai.Agent"; "" where it has none."""
        function = node.func if isinstance(node, ast.Call) else node
        function = function.value if isinstance(function, ast.Subscript) else function
        name = dotted(function)
        return self.full(name) if name else ""

    def names_in(self, *nodes: ast.AST | None) -> set[str]:
        """Dotted names that the nodes use, also by an import of their own."""
        found: set[str] = set()
        for node in (one for root in nodes if root is not None for one in _without_annotations(root)):
            if isinstance(node, ast.Attribute | ast.Name) and (name := dotted(node)):
                found.add(self.full(name))
            elif isinstance(node, ast.Import | ast.ImportFrom):
                found.update(self._imported(node).values())
        return found

    # -- reading

    def read(self, body: list[ast.stmt]) -> None:
        for statement in body:
            if isinstance(statement, ast.Import | ast.ImportFrom):
                self._learn_imports(statement)
        for statement in body:
            self._take(statement)

    def _take(self, statement: ast.stmt) -> None:
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
            self._take_function(statement)
        elif isinstance(statement, ast.ClassDef):
            self.classes[statement.name] = statement
            self._lead(statement.name, self.names_in(*statement.bases, *statement.body))
        elif isinstance(statement, ast.Assign | ast.AnnAssign) and statement.value is not None:
            self._take_value(statement, statement.value)
        elif isinstance(statement, ast.If | ast.Try | ast.With) and not _is_main(statement):
            for part in ("body", "handlers", "orelse", "finalbody"):
                for one in getattr(statement, part, ()):
                    self.read(one.body if isinstance(one, ast.ExceptHandler) else [one])
        elif isinstance(statement, ast.Expr | ast.For | ast.While | ast.AugAssign):
            self._take_statement(statement)

    def _take_function(self, node: Function) -> None:
        self.functions[node.name] = node
        defaults = [*node.args.defaults, *(one for one in node.args.kw_defaults if one)]
        self._lead(node.name, self.names_in(*defaults, *node.body))
        for decorator in node.decorator_list:  # `@agent.tool` makes the function a part of `agent`
            root = dotted(decorator.func if isinstance(decorator, ast.Call) else decorator).partition(".")[0]
            if root in self.values:
                self._lead(root, {self.full(node.name)})

    def _take_value(self, statement: ast.Assign | ast.AnnAssign, value: ast.expr) -> None:
        self.statements.append(statement)
        names = self.names_in(value)
        targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
        for target in targets:
            if isinstance(target, ast.Name):
                self.values[target.id] = value
            root = dotted(target).partition(".")[0]
            for name in [root] if root else [one.id for one in ast.walk(target) if isinstance(one, ast.Name)]:
                self._lead(name, names)

    def _take_statement(self, statement: ast.stmt) -> None:
        """`builder.add_node("tools", run_tools)` makes the function a part of `builder`."""
        self.statements.append(statement)
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
            root = dotted(statement.value.func).partition(".")[0]
            if root in self.values:
                self._lead(root, self.names_in(statement.value))

    def _lead(self, name: str, names: set[str]) -> None:
        self.leads.setdefault(name, set()).update(names)

    def _learn_imports(self, node: ast.Import | ast.ImportFrom) -> None:
        for local, full in self._imported(node).items():
            self._imports[local] = full
            self._lead(local, {full})

    def _imported(self, node: ast.Import | ast.ImportFrom) -> dict[str, str]:
        """Dotted names by the local names an import gives them."""
        if isinstance(node, ast.Import):
            return {
                one.asname or one.name.partition(".")[0]: one.name if one.asname else one.name.partition(".")[0]
                for one in node.names
            }
        package = self.module.split(".") if self.path.name == "__init__.py" else self.module.split(".")[:-1]
        above = package[: len(package) - node.level + 1] if node.level else []
        start = ".".join([*above, *([node.module] if node.module else [])])
        return {one.asname or one.name: f"{start}.{one.name}".strip(".") for one in node.names}


def read_source(module: str, path: Path) -> Source:
    """Parse a file. Raises SyntaxError or ValueError for one that is no Python, OSError for one that cannot be read."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of somebody else's escapes
        try:
            tree = ast.parse(path.read_bytes(), filename=path.name)
        except (RecursionError, MemoryError) as error:
            raise ValueError("nested too deeply") from error
    source = Source(module, path)
    source.read(tree.body)
    return source


def dotted(node: ast.AST) -> str:
    """`a.b.c` of an attribute chain on a name; of a chain of calls (`a.b().c`) as far as it goes; else ""."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute | ast.Call | ast.Subscript):
        if isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
        else:
            parts.clear()  # what a call or a look-up gives has no name
            node = node.func if isinstance(node, ast.Call) else node.value
    return ".".join([node.id, *reversed(parts)]) if isinstance(node, ast.Name) else ""


def _is_main(statement: ast.stmt) -> bool:
    """`if __name__ == "__main__":` is not run at import."""
    return isinstance(statement, ast.If) and any(
        isinstance(one, ast.Name) and one.id == "__name__" for one in ast.walk(statement.test)
    )


def _without_annotations(root: ast.AST) -> Iterator[ast.AST]:
    waiting = [root]
    while waiting:
        node = waiting.pop()
        yield node
        for name, value in ast.iter_fields(node):
            if name not in ("annotation", "returns"):
                waiting += [one for one in (value if isinstance(value, list) else [value]) if isinstance(one, ast.AST)]
