"""Reads Python sources as syntax trees, so that the rules of the house see them without running them."""

from __future__ import annotations

import ast
import io
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TypeAlias

__all__ = ["REPOSITORY", "Documented", "Function", "Module", "nothing_wrong", "read_package", "read_scripts"]

REPOSITORY = Path(__file__).resolve().parents[2]
"""The folder that holds pyproject.toml."""

Function: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef
Documented: TypeAlias = Function | ast.ClassDef | ast.Module

_SILENT = {
    tokenize.COMMENT,
    tokenize.NL,
    tokenize.NEWLINE,
    tokenize.INDENT,
    tokenize.DEDENT,
    tokenize.ENCODING,
    tokenize.ENDMARKER,
}


@dataclass(frozen=True)
class Module:
    """One source file: where it lies, its dotted name (empty for a script), its text and its syntax tree."""

    path: Path
    name: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        """The syntax tree."""
        return ast.parse(self.text, str(self.path))

    @property
    def is_package(self) -> bool:
        """Whether this is the ``__init__`` of a folder."""
        return self.path.name == "__init__.py"

    @property
    def room(self) -> str:
        """The part of the dotted name after ``alloycell``; empty for the root package itself."""
        return self.name.split(".")[1] if "." in self.name else ""

    @cached_property
    def public(self) -> bool:
        """Whether no part of the dotted name starts with an underscore."""
        return not any(part.startswith("_") for part in self.name.split("."))

    @cached_property
    def code_lines(self) -> frozenset[int]:
        """Numbers of the lines that hold code: no blanks, no comments, no docstrings."""
        lines: set[int] = set()
        for token in tokenize.generate_tokens(io.StringIO(self.text).readline):
            if token.type not in _SILENT:
                lines.update(range(token.start[0], token.end[0] + 1))
        written = self.text.splitlines()
        return frozenset(n for n in lines - self._told if n <= len(written) and written[n - 1].strip())

    @cached_property
    def _told(self) -> set[int]:
        told: set[int] = set()
        for node in ast.walk(self.tree):
            if (
                isinstance(node, ast.Expr)
                and isinstance(node.value, ast.Constant)
                and isinstance(node.value.value, str)
            ):
                told.update(range(node.lineno, (node.end_lineno or node.lineno) + 1))
        return told

    @cached_property
    def functions(self) -> tuple[Function, ...]:
        """Every function and method, nested ones, too."""
        return tuple(node for node in ast.walk(self.tree) if isinstance(node, Function))

    @cached_property
    def all_names(self) -> tuple[str, ...] | None:
        """The literal ``__all__``, or None where it cannot be read without running the module."""
        for node in self.tree.body:
            targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
            if any(isinstance(target, ast.Name) and target.id == "__all__" for target in targets):
                try:
                    return tuple(ast.literal_eval(node.value))  # type: ignore[attr-defined]
                except (ValueError, TypeError):
                    return None
        return None

    def place(self, node: ast.AST | None = None) -> str:
        """File and line of ``node``, as a person reads it."""
        near = self.path.relative_to(REPOSITORY) if self.path.is_relative_to(REPOSITORY) else self.path.name
        return f"{near}:{getattr(node, 'lineno', 1)}"

    def body(self) -> Iterator[ast.stmt]:
        """The statements that run on import, those inside ``if``, ``try`` and ``with`` of the module, too."""
        waiting: list[ast.stmt] = list(self.tree.body)
        while waiting:
            node = waiting.pop(0)
            yield node
            if isinstance(node, ast.If | ast.Try | ast.With | ast.For | ast.While):
                waiting.extend(child for child in ast.iter_child_nodes(node) if isinstance(child, ast.stmt))
                for handler in getattr(node, "handlers", ()):
                    waiting.extend(handler.body)


def nothing_wrong(faults: list[str]) -> None:
    """Fails with every fault on a line of its own."""
    assert not faults, "\n".join(["", *faults])


def read_package(folder: Path) -> tuple[Module, ...]:
    """Every module of the package in ``folder``, with dotted names that start with the folder's own name."""
    return tuple(
        Module(path, _dotted(path.relative_to(folder.parent)), path.read_text(encoding="utf-8"))
        for path in sorted(folder.rglob("*.py"))
    )


def read_scripts(*folders: Path) -> tuple[Module, ...]:
    """Every Python file below ``folders``, without a dotted name."""
    paths = [path for folder in folders for path in sorted(folder.rglob("*.py"))]
    return tuple(Module(path, "", path.read_text(encoding="utf-8")) for path in paths)


def _dotted(path: Path) -> str:
    parts = path.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
