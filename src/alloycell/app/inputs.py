"""What the command line names, read: designs, specifications, quantities; every fault carries the option or file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pydantic_core import PydanticCustomError

from alloycell.cell import Cell
from alloycell.check import Specification, load, shipped
from alloycell.errors import DesignError, Fault, FormatError
from alloycell.files import read_toml
from alloycell.quantities import KINDS, Kind

__all__ = ["cell_in", "number_in", "quantity", "specifications_for"]


def cell_in(path: Path) -> Cell:
    """The cell of the design file at ``path``, SI inside; refuses measured figures and particles with what to do."""
    tables = read_toml(path)
    if tables.get("kind") == "measured":
        raise FormatError(f"{path} holds measured figures, not a design; alloycell check {path} is what it is for.")
    if tables.get("kind") == "particle":
        raise FormatError(f"{path} describes a particle, not a cell; alloycell particle {path} is what it is for.")
    return Cell.of(tables, folder=path.resolve().parent)


def quantity(option: str, text: str | None, kind: str) -> float | None:
    """The number [SI of ``kind``] that ``option`` was given as ``text`` with or without unit; None for none.

    Raises DesignError that names the option.
    """
    return None if text is None else number_in(option, text, KINDS[kind])


def number_in(option: str, text: str, kind: Kind) -> float:
    """The number [SI of ``kind``] in ``text``, with or without unit; a DesignError names the ``option``."""
    try:
        return float(kind.read(text))
    except PydanticCustomError as problem:
        told = problem.context or {}
        raise DesignError(Fault(option, str(told["found"]), str(told["needed"]), str(told["remedy"]))) from None


def specifications_for(
    asked: Sequence[str] | None, named: Sequence[str], folder: Path, otherwise: Sequence[str] | None = None
) -> tuple[Specification, ...]:
    """The specifications ``asked`` for, else those ``named`` in a file of ``folder``, else ``otherwise``, else all.

    A name in a file that no shipped specification has is a path beside that file. No units.
    """
    if asked:
        return tuple(load(name) for name in dict.fromkeys(asked))
    if named:
        known = shipped()
        return tuple(load(name if name in known else _beside(folder, name)) for name in dict.fromkeys(named))
    return tuple(load(name) for name in (shipped() if otherwise is None else otherwise))


def _beside(folder: Path, name: str) -> str:
    return str(folder / name) if name.endswith(".toml") or (folder / name).exists() else name
