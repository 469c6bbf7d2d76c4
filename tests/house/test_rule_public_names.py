"""``__all__`` of a module is sorted and is the list of its public names, no more and no less."""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Iterable

import pytest
from source_tree import Function, Module, nothing_wrong


def defined(module: Module) -> set[str]:
    """Names that the module makes itself on import: functions, classes, assignments."""
    names: set[str] = set()
    for node in module.body():
        if isinstance(node, Function | ast.ClassDef):
            names.add(node.name)
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        for target in targets:
            if target is not None:
                names |= {part.id for part in ast.walk(target) if isinstance(part, ast.Name)}
    return names


def fetched(module: Module) -> set[str]:
    """Names that the module imports, for type checkers only or for real."""
    statements = [node for node in module.body() if isinstance(node, ast.Import | ast.ImportFrom)]
    return {(alias.asname or alias.name).split(".")[0] for node in statements for alias in node.names}


def order(name: str) -> tuple[int, list[tuple[int, int | str]]]:
    """Where ``name`` stands in a sorted list: CONSTANTS, then Classes, then the rest, numbers by value."""
    rank = 0 if name.isupper() and len(name) > 1 else 1 if name[:1].isupper() else 2
    return rank, [(0, int(part)) if part.isdigit() else (1, part) for part in re.split(r"(\d+)", name) if part]


def faults_of(module: Module) -> list[str]:
    """What is wrong with ``__all__`` of one module."""
    listed = module.all_names
    if listed is None:
        return [f"{module.place()} has no __all__"]
    faults = [] if list(listed) == sorted(listed, key=order) else [f"{module.place()}: __all__ is not sorted"]
    faults += [f"{module.place()}: __all__ names {name} twice" for name in {n for n in listed if listed.count(n) > 1}]
    own = defined(module)
    lazy = "__getattr__" in own
    public = {name for name in own if not name.startswith("_")}
    reachable = own | (fetched(module) if module.is_package else set())
    unknown = set() if lazy and module.is_package else set(listed) - reachable
    faults += [f"{module.place()}: __all__ names {name}, which is not defined there" for name in sorted(unknown)]
    missing = public - set(listed)
    return faults + [f"{module.place()}: {name} is public and not in __all__" for name in sorted(missing)]


def name_faults(modules: Iterable[Module]) -> list[str]:
    """What is wrong with ``__all__`` anywhere."""
    return [fault for module in modules for fault in faults_of(module)]


def test_all_lists_exactly_the_public_names_of_every_module(package):
    nothing_wrong(name_faults(package))


def test_every_name_that_the_package_promises_can_be_fetched():
    root = importlib.import_module("alloycell")
    assert [name for name in root.__all__ if getattr(root, name, None) is None] == []


@pytest.mark.parametrize(
    "text",
    [
        "x = 1",
        "def f(): pass",
        "__all__ = ['b', 'a']\na = b = 1",
        "__all__ = ['a', 'a']\na = 1",
        "__all__ = ['a', 'b']\na = 1",
        "__all__ = ['a']\na = 1\ndef b(): pass",
        "__all__ = ['a']\na = 1\nclass B: pass",
        "__all__ = ['a']\na = 1\nLIMIT: int = 3",
        "__all__ = ['a']\na = 1\nif a:\n    b = 2",
        "__all__ = ['path']\nfrom os import path",
        "__all__ = [n for n in ('a',)]\na = 1",
        "__all__ = ['a2', 'a10', 'B']\na2 = a10 = B = 1",
    ],
)
def test_a_list_that_does_not_match_is_seen(made_up, text):
    assert len(name_faults(made_up({"cell/a.py": text}))) == 1


def test_a_list_that_matches_passes(made_up):
    files = {
        "cell/__init__.py": "__all__ = ['f']\nfrom alloycell.cell.b import f",
        "cell/b.py": "__all__ = ['LIMIT', 'Kind', 'f']\nimport os\nLIMIT = 1\nclass Kind: ...\ndef f(): ...",
        "__init__.py": "__all__ = ['Cell']\ndef __getattr__(name): pass",
    }
    assert name_faults(made_up(files)) == []
