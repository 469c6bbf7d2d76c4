"""Rooms import only rooms to their left, nothing imports in a circle, and slow imports alone may wait.

The order of the rooms is in ``RANKS``; ``CONTRIBUTING.md`` draws it.
"""

from __future__ import annotations

import ast
import graphlib
import tomllib
from collections.abc import Iterable, Iterator

import pytest
from source_tree import REPOSITORY, Module, nothing_wrong

RANKS = (
    ("quantities", "errors", "sources", "figure", "pictures", "declaration", "files"),
    ("materials",),
    ("alloy",),
    ("electrode",),
    ("cell",),
    ("simulate", "check", "measure", "exchange"),
    ("studies",),
    ("explore",),
    ("report",),
    ("app",),
    ("__main__",),
)
RANK = {room: rank for rank, rooms in enumerate(RANKS) for room in rooms}
SLOW = {"scipy", "matplotlib", "pint", "jinja2"}


def extras() -> set[str]:
    """Import names of the optional dependencies that people install, as pyproject.toml lists them."""
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    groups = project["optional-dependencies"]
    wanted = [line for name, lines in groups.items() if name != "dev" for line in lines]
    named = {line.split("[")[0].split(">")[0].split("=")[0].strip().replace("-", "_") for line in wanted}
    return {"skimage" if name == "scikit_image" else name for name in named}


def imported(module: Module, node: ast.AST, names: set[str]) -> Iterator[str]:
    """Dotted names of what an import statement asks for, down to the file where it is in ``names``."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        start = node.module or ""
        if node.level:
            parts = module.name.split(".")
            kept = parts[: len(parts) - node.level + (1 if module.is_package else 0)]
            start = ".".join([*kept, *([node.module] if node.module else [])])
        for alias in node.names:
            longer = f"{start}.{alias.name}"
            yield longer if longer in names and start != "alloycell" else start


def direction_faults(modules: Iterable[Module]) -> list[str]:
    """Imports that go to the right, sideways between rooms of one rank, or to the package root."""
    faults, names = [], {module.name for module in modules}
    for module in modules:
        if module.room and module.room not in RANK:
            faults.append(f"{module.place()} is in a room without a place in the order: {module.room}")
            continue
        for node in ast.walk(module.tree):
            for target in imported(module, node, names):
                if target.split(".")[0] != "alloycell" or not module.room:
                    continue
                if target == "alloycell":
                    faults.append(f"{module.place(node)} imports the package root")
                elif not _may(module.room, target.split(".")[1]):
                    faults.append(f"{module.place(node)}: {module.room} imports {target}")
    return faults


def _may(room: str, other: str) -> bool:
    if room == other or (RANK[room] == 0 and RANK.get(other) == 0):
        return True
    return other in RANK and RANK[other] < RANK[room]


def cycle_faults(modules: Iterable[Module]) -> list[str]:
    """A circle of modules that import one another on import, where there is one."""
    names = {module.name for module in modules}
    graph: dict[str, set[str]] = {}
    for module in modules:
        targets = {target for node in module.body() for target in imported(module, node, names)}
        parents = {".".join(target.split(".")[:n]) for target in targets for n in range(2, target.count(".") + 2)}
        mine = {".".join(module.name.split(".")[:n]) for n in range(1, module.name.count(".") + 1)}
        graph[module.name] = ((targets | parents) & names) - (mine - targets) - {module.name}
    try:
        graphlib.TopologicalSorter(graph).prepare()
    except graphlib.CycleError as problem:
        return [" -> ".join(problem.args[1])]
    return []


def lazy_faults(modules: Iterable[Module], allowed: set[str]) -> list[str]:
    """Imports inside a function of anything but ``allowed``; app and the root package may fetch rooms."""
    faults = []
    for module in modules:
        mine = allowed | ({"alloycell"} if module.room in ("app", "__main__", "") else set())
        for function in module.functions:
            for node in ast.walk(function):
                if isinstance(node, ast.Import | ast.ImportFrom):
                    for target in imported(module, node, set()):
                        if target.split(".")[0] not in mine:
                            faults.append(f"{module.place(node)}: {target} is imported inside {function.name}")
    return list(dict.fromkeys(faults))


def test_rooms_import_only_rooms_to_their_left(package):
    nothing_wrong(direction_faults(package))


def test_no_modules_import_in_a_circle(package):
    nothing_wrong(cycle_faults(package))


def test_only_slow_packages_are_imported_inside_functions(package):
    nothing_wrong(lazy_faults(package, SLOW | extras()))


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("materials/library.py", "from alloycell.cell.design import Cell"),
        ("materials/library.py", "import alloycell.report.page"),
        ("materials/library.py", "from ..cell import design"),
        ("check/verdict.py", "from alloycell.simulate import run"),
        ("check/verdict.py", "def late():\n    from alloycell.studies import study"),
        ("cell/design.py", "from alloycell import Cell"),
        ("cell/design.py", "import alloycell"),
        ("quantities.py", "from alloycell.materials.record import Record"),
        ("cell/design.py", "from alloycell.nowhere import thing"),
        ("attic/box.py", "x = 1"),
    ],
)
def test_an_import_to_the_right_is_seen(made_up, file, text):
    assert len(direction_faults(made_up({file: text}))) == 1


@pytest.mark.parametrize(
    ("file", "text"),
    [
        (
            "cell/design.py",
            "from alloycell.materials.library import Library\nfrom alloycell.quantities import Length",
        ),
        ("cell/design.py", "from . import balance\nfrom .balance import curve"),
        ("studies.py", "from alloycell.check.verdict import Verdict\nfrom alloycell.simulate.run import run"),
        ("figure.py", "from alloycell.quantities import Kind"),
        ("__init__.py", "def __getattr__(name):\n    from alloycell.studies import study\n    return study"),
    ],
)
def test_an_import_to_the_left_passes(made_up, file, text):
    modules = made_up({file: text})
    assert direction_faults(modules) == []
    assert lazy_faults(modules, SLOW) == []


@pytest.mark.parametrize(
    "files",
    [
        {"cell/a.py": "from alloycell.cell.b import x", "cell/b.py": "from alloycell.cell import a"},
        {
            "cell/a.py": "import alloycell.cell.b",
            "cell/b.py": "try:\n    from . import a\nexcept ImportError:\n    a = 1",
        },
        {"cell/__init__.py": "from alloycell.cell.a import x", "cell/a.py": "from alloycell.cell import y"},
        {
            "materials/__init__.py": "from alloycell.materials.a import x",
            "materials/a.py": "from alloycell.alloy.b import z",
            "alloy/b.py": "import alloycell.materials.c",
            "materials/c.py": "z = 1",
        },
    ],
)
def test_a_circle_is_seen(made_up, files):
    assert len(cycle_faults(made_up(files))) == 1


def test_a_room_that_gathers_its_own_modules_is_no_circle(made_up):
    files = {
        "cell/__init__.py": "from alloycell.cell.a import x\nfrom alloycell.cell import b",
        "cell/a.py": "from alloycell.cell.b import x",
        "cell/b.py": "x = 1",
        "studies.py": "from alloycell.cell import a",
    }
    assert cycle_faults(made_up(files)) == []


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("cell/design.py", "def f():\n    import json"),
        ("cell/design.py", "def f():\n    from alloycell.materials.library import Library"),
        ("cell/design.py", "class A:\n    def f(self):\n        if 1:\n            from numpy import array"),
    ],
)
def test_an_import_that_should_not_wait_is_seen(made_up, file, text):
    assert len(lazy_faults(made_up({file: text}), SLOW)) == 1


def test_slow_packages_and_rooms_of_the_app_may_wait(made_up):
    files = {
        "cell/a.py": "def f():\n    from scipy.optimize import brentq\n    import matplotlib.pyplot as plt",
        "app/commands/b.py": "def f():\n    from alloycell.studies import study",
    }
    assert lazy_faults(made_up(files), SLOW) == []
