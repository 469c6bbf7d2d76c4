"""What the rules of the house look at: the real tree, and small packages made up to break a rule."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest
from source_tree import REPOSITORY, Module, read_package, read_scripts

__all__ = ["everything", "made_up", "package"]


@pytest.fixture(scope="session")
def package() -> tuple[Module, ...]:
    """The modules of alloycell."""
    return read_package(REPOSITORY / "src" / "alloycell")


@pytest.fixture(scope="session")
def everything(package: tuple[Module, ...]) -> tuple[Module, ...]:
    """The modules of alloycell, the tests and the benchmarks."""
    return package + read_scripts(REPOSITORY / "tests", REPOSITORY / "benchmarks")


@pytest.fixture
def made_up(tmp_path: Path) -> Callable[..., tuple[Module, ...]]:
    """Writes a package called alloycell from a mapping of file to text, and reads it back."""

    def write(files: dict[str, str]) -> tuple[Module, ...]:
        for name, text in files.items():
            path = tmp_path / "alloycell" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(textwrap.dedent(text).lstrip("\n"), encoding="utf-8")
        return read_package(tmp_path / "alloycell")

    return write
