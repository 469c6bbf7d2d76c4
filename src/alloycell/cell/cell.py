"""A cell, and every way to make one or change one."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import tomli_w
from pydantic import PrivateAttr, ValidationError

from alloycell.alloy import active_records, particle_digest, particle_sheet, with_folder
from alloycell.cell.checks import design_faults
from alloycell.cell.design import Design
from alloycell.cell.section import drawn_section
from alloycell.declaration import (
    faults_of,
    kind_at,
    mended,
    numeric_fields,
    parse_path,
    path_text,
    replaced,
    stated_uncertainties,
    still_there,
    tree,
    value_at,
)
from alloycell.errors import DesignError, Fault, shown
from alloycell.files import DEEPEST, read_toml, write_text
from alloycell.materials import Library

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["Cell"]

_MOST_ENTRIES = 200_000
"""Most entries that the tables of a design are looked through for, dimensionless."""


class Cell(Design):
    """A lithium-ion cell: one design, or a batch of designs where fields hold arrays (SI inside).

    Make one with :meth:`load` or :meth:`of`, change it with :meth:`with_`; all three refuse what cannot be, with all
    faults at once, as DesignError. Two cells are equal when their :attr:`key` is.
    """

    _library: Library = PrivateAttr()
    _uncertainty: dict[str, float] = PrivateAttr(default_factory=dict)
    _shape: tuple[int, ...] = PrivateAttr(default=())

    @classmethod
    def load(cls, path: str | Path, *, materials: Path | None = None) -> Self:
        """The cell in a TOML design file (units as written, SI inside).

        ``materials`` is a folder of records to use beside those the file names. Raises FormatError with line and
        column, DesignError with every fault, MaterialError for a record that contradicts itself.
        """
        path = Path(path)
        return cls.of(read_toml(path), folder=path.resolve().parent, materials=materials)

    @classmethod
    def of(cls, given: Mapping[str, Any], *, folder: Path | None = None, materials: Path | None = None) -> Self:
        """The cell in nested tables as a design file has them (unit texts or SI numbers; arrays make a batch).

        ``folder`` is where ``materials = "..."`` is looked for. Raises DesignError, MaterialError.
        """
        if not isinstance(given, Mapping):
            raise DesignError(Fault("the design", f"is {shown(given)}", "the tables of a design file are needed"))
        _must_end(given)
        folders = [] if materials is None else [materials]
        own = given.get("materials")
        if isinstance(own, str):
            found = (folder or Path()) / own
            if not _is_folder(found):
                needed = "a folder with records is needed"
                missing = Fault("materials", f"is {shown(own)}", needed, f"There is no folder {shown(str(found))}")
                raise DesignError([missing, *_field_faults(cls, given)])
            folders.append(found)
        return cls._made(_with_files(given, folder), Library.of(*folders))

    @classmethod
    def _made(
        cls,
        given: dict[str, Any],
        library: Library,
        uncertainty: Mapping[str, float] | None = None,
        *,
        checked: bool = True,
    ) -> Self:
        try:
            cell = cls.model_validate(given)
        except ValidationError as problem:
            raise DesignError([*faults_of(problem, cls), *_faults_beside(cls, given, problem, library)]) from None
        except RecursionError:
            raise DesignError("The design is nested too deeply.") from None
        cell._library = library
        cell._shape = _batch_shape(cell)
        cell._uncertainty = still_there(cell, uncertainty or {}) | stated_uncertainties(cell, given, ("measured",))
        faults = design_faults(cell, library) if checked else []
        if faults:
            raise DesignError(faults)
        return cell

    @property
    def library(self) -> Library:
        """The material records this cell is made of."""
        return self._library

    @property
    def shape(self) -> tuple[int, ...]:
        """Batch shape: () for one design."""
        return self._shape

    @property
    def uncertainty(self) -> Mapping[str, float]:
        """Expanded uncertainties (coverage factor 2) [SI of each field] by dotted path."""
        return dict(self._uncertainty)

    def with_(self, path: str, value: Any) -> Self:
        """A cell with ``value`` (unit text, SI number, or an array for a batch) at ``path``; this one stays.

        Raises DesignError where the path does not exist or the changed cell cannot be.
        """
        return self.with_all({path: value})

    def with_all(self, changes: Mapping[str, Any], *, checked: bool = True) -> Self:
        """A cell with several changes made together: path -> value as in :meth:`with_` (SI or unit text).

        With ``checked=False`` the rules across fields are not asked: for searches whose answer is checked later.
        """
        given = tree(self)
        if not isinstance(changes, Mapping):
            raise DesignError(Fault("the changes", f"are {shown(changes)}", "a table of path and value is needed"))
        for path, value in changes.items():
            keys = parse_path(path)
            _must_exist(self, keys)
            given = replaced(given, keys, value)
            if keys[-1] in ("recipe", "composition", "phases") and isinstance(value, Mapping):
                rest = "phases_rest" if keys[-1] == "phases" else "rest"
                given = replaced(given, (*keys[:-1], rest), None)  # a whole new recipe says itself what is the rest
                if keys[-1] == "composition" and "basis" not in value:
                    given = replaced(given, (*keys[:-1], "basis"), None)
        return type(self)._made(given, self._library, self._uncertainty, checked=checked)

    @property
    def key(self) -> str:
        """Hash of the canonical SI text, the uncertainties, and the material records used; single designs only."""
        if self._shape:
            raise DesignError("A batch of designs has no key; ask one design at a time.")
        text = json.dumps([_without_files(tree(self)), self._uncertainty], sort_keys=True, default=str)
        text += "".join(particle_digest(particle) for particle in self.particles.values())
        records = "".join(self._library.record(name).model_dump_json() for name in self.material_names())
        return hashlib.sha256((text + records).encode()).hexdigest()[:32]

    def material_names(self) -> tuple[str, ...]:
        """Names of every material record this design uses, sorted; no units."""
        names = {self.separator.material, self.electrolyte.material, "lithium"}
        for electrode in (self.negative, self.positive):
            names.add(electrode.collector.material)
            for layer in electrode.layers:
                parts = [*layer.recipe, *([] if layer.rest is None else [layer.rest])]
                for part in parts:
                    names |= set(self._inside(part)) if part in self.particles else {part}
        return tuple(sorted(names))

    def _inside(self, particle: str) -> tuple[str, ...]:
        """The material records that the particle of that name is made of."""
        given = self.particles[particle]
        return active_records(particle_sheet(given, self._library, {})) if given.by_elements else tuple(given.shares())

    def save(self, path: str | Path) -> None:
        """Write the design as TOML (SI numbers) so that a kill leaves the old file or the new. Raises StoreError."""
        write_text(Path(path), tomli_w.dumps(_saved_tree(self)))

    def plot(self) -> Figure:
        """A matplotlib figure of the cross-section as made, to scale [um]. Raises RangeError for a batch.

        ``alloycell.study(cell).plot()`` adds the charged state, curves and lithium contents.
        """
        return drawn_section(self, self.library)

    def _repr_html_(self) -> str:
        """The fields of this design as a table for a notebook, with units."""
        rows = "".join(
            f"<tr><td><code>{escape(path_text(path))}</code></td><td>{escape(kind.text(value))}</td></tr>"
            for path, kind, value in numeric_fields(self)
        )
        return f"<h3>{escape(self.name)}</h3><p>{escape(self.question)}</p><table>{rows}</table>"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Cell) or self._shape or other._shape:
            return self is other
        return self.key == other.key

    def __hash__(self) -> int:
        return id(self) if self._shape else hash(self.key)


def _with_files(given: Mapping[str, Any], folder: Path | None) -> dict[str, Any]:
    """``given`` with the files that particles name looked for in ``folder``; no units."""
    particles = given.get("particles")
    if not isinstance(particles, Mapping):
        return dict(given)
    placed = {name: with_folder(p, folder) if isinstance(p, Mapping) else p for name, p in particles.items()}
    return {**given, "particles": placed}


def _without_files(tables: dict[str, Any]) -> dict[str, Any]:
    """``tables`` without the places of files, whose contents count instead; no units."""
    particles = {
        name: {key: value for key, value in particle.items() if key not in ("map", "powder")}
        for name, particle in tables["particles"].items()
    }
    return {**tables, "particles": particles}


def _must_end(given: Mapping[str, Any]) -> None:
    """Refuse tables that are nested without end, or far beyond any design."""
    waiting: list[tuple[Any, int]] = [(given, 1)]
    for _ in range(_MOST_ENTRIES):
        if not waiting:
            return
        here, depth = waiting.pop()
        if depth > DEEPEST:
            break
        inner = here.values() if isinstance(here, Mapping) else here if isinstance(here, list | tuple) else ()
        waiting.extend((entry, depth + 1) for entry in inner)
    found = f"is nested more than {DEEPEST} deep or has more than {_MOST_ENTRIES} entries"
    raise DesignError(Fault("the design", found, "a design needs less than 10 and a few hundred"))


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:
        return False


def _field_faults(model: type[Cell], given: Mapping[str, Any]) -> list[Fault]:
    """What is wrong with single fields of ``given``; dotted paths, units in the sentences."""
    try:
        model.model_validate(dict(given))
    except ValidationError as problem:
        return faults_of(problem, model)
    return []


def _faults_beside(
    model: type[Cell], given: Mapping[str, Any], problem: ValidationError, library: Library
) -> list[Fault]:
    """What is wrong across the fields that could be read, where others could not; those of ``problem`` are left out."""
    cell, unread = mended(given, problem, model)
    if cell is None:
        return []
    try:
        _batch_shape(cell)
        return design_faults(cell, library, unread)
    except DesignError as other:
        return list(other.faults)


def _saved_tree(cell: Cell) -> dict[str, Any]:
    """The tables of a design file for ``cell`` (SI numbers, uncertainties as text in SI); single designs only."""
    if cell.shape:
        raise DesignError("A batch of designs cannot be saved as one design file; save them one by one.")
    given: dict[str, Any] = tree(cell)
    for path, spread in cell.uncertainty.items():
        keys = parse_path(path)
        kind = kind_at(cell, keys)
        value = value_at(cell, keys)
        unit = "" if kind is None or kind.si == "1" else f" {kind.si}"
        given = replaced(given, keys, f"{float(value)!r} +- {spread!r}{unit}")
    _put_rest_back(given)
    return given


def _put_rest_back(here: Any) -> None:
    for inner in here.values() if isinstance(here, dict) else here if isinstance(here, list) else ():
        _put_rest_back(inner)
    if isinstance(here, dict) and isinstance(here.get("rest"), str):
        name = here.pop("rest")
        here["recipe" if "recipe" in here else "composition"][name] = "rest"
    if isinstance(here, dict) and isinstance(here.get("phases_rest"), str):
        here.setdefault("phases", {})[here.pop("phases_rest")] = "rest"


def _must_exist(cell: Cell, keys: tuple[str | int, ...]) -> None:
    """Refuse a path that leads nowhere; the last key may be a declared field that is not set."""
    value_at(cell, keys)


def _batch_shape(cell: Cell) -> tuple[int, ...]:
    shapes = {path_text(path): np.shape(value) for path, _, value in numeric_fields(cell) if np.ndim(value)}
    if len(set(shapes.values())) > 1:
        listed = ", ".join(f"{path} {shape}" for path, shape in shapes.items())
        raise DesignError(Fault("the batch", f"has fields of different shapes: {listed}", "all must have one shape"))
    return next(iter(shapes.values()), ())
