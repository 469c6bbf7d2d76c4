"""A particle file: one particle by itself, with a name, a question and the specifications to hold it against."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self

from pydantic import Field, PrivateAttr, ValidationError

from alloycell.alloy.particle import Particle
from alloycell.alloy.particle_checks import particle_faults
from alloycell.alloy.particle_sheet import ParticleSheet, particle_sheet
from alloycell.alloy.recipe import recipe_faults
from alloycell.declaration import (
    NotTruth,
    faults_of,
    parse_path,
    path_text,
    replaced,
    stated_uncertainties,
    still_there,
    tree,
    value_at,
)
from alloycell.errors import DesignError, Fault, shown
from alloycell.files import read_toml
from alloycell.materials import Alloying, Library

__all__ = ["ParticleFile", "particle_digest", "with_folder"]

_FILES: Final = ("powder", "map")


def with_folder(given: Mapping[str, Any], folder: Path | None) -> dict[str, Any]:
    """The tables of a particle with its files (powder, map) looked for in ``folder``; no units."""
    told = {name: given[name] for name in _FILES if isinstance(given.get(name), str)}
    return {**given, **{name: str((folder or Path()) / text) for name, text in told.items()}}


@lru_cache(maxsize=1)
def _data_digest() -> str:
    """Hash of the shipped records that phases follow from."""
    folder = Path(__file__).parent / "data"
    return hashlib.sha256(
        b"".join(path.read_bytes() for path in sorted(folder.iterdir()) if path.is_file())
    ).hexdigest()


def particle_digest(particle: Particle) -> str:
    """Hash of what a particle rests on beside its own fields: records of phases, files it names; no units.

    Empty for a particle that names none and stands side by side as its material records do.
    """
    told = _data_digest() if particle.by_elements else ""
    for name in (particle.powder, particle.map):
        for path in [] if name is None else _files(Path(name)):
            told += hashlib.sha256(path.read_bytes()).hexdigest()
    return told


def _files(path: Path) -> list[Path]:
    return sorted(entry for entry in path.iterdir() if entry.is_file()) if path.is_dir() else [path]


class ParticleFile(Particle):
    """One particle by itself, or a batch of them, in SI: make one with :meth:`load` or :meth:`of`."""

    format: Annotated[Literal[1], NotTruth] = Field(description="version of the particle file format")
    kind: Literal["particle"] = Field(description="what the file describes")
    name: str = Field("", description="name of the particle")
    question: str = Field("", description="what this file is to answer")
    specifications: tuple[str, ...] = Field((), description="what to hold it against; the two-phase particle if empty")
    materials: str | None = Field(None, description="folder with material records of your own, beside this file")

    _library: Library = PrivateAttr()
    _uncertainty: dict[str, float] = PrivateAttr(default_factory=dict)

    @classmethod
    def load(cls, path: str | Path, *, materials: Path | None = None) -> Self:
        """The particle in a TOML file (units as written, SI inside); files it names are looked for beside it.

        Raises FormatError with line and column, DesignError with every fault.
        """
        path = Path(path)
        return cls.of(read_toml(path), folder=path.resolve().parent, materials=materials)

    @classmethod
    def of(cls, given: Mapping[str, Any], *, folder: Path | None = None, materials: Path | None = None) -> Self:
        """The particle in nested tables as a file has them (unit texts or SI numbers; arrays make a batch).

        Raises DesignError with every fault at once.
        """
        if not isinstance(given, Mapping):
            raise DesignError(Fault("the particle", f"is {shown(given)}", "the tables of a particle file are needed"))
        folders = [] if materials is None else [materials]
        own = given.get("materials")
        if isinstance(own, str):
            folders.append((folder or Path()) / own)
        return cls._made(with_folder(given, folder), Library.of(*folders), {})

    @classmethod
    def _made(cls, given: dict[str, Any], library: Library, uncertainty: Mapping[str, float]) -> Self:
        try:
            made = cls.model_validate(given)
        except ValidationError as problem:
            raise DesignError(faults_of(problem, cls)) from None
        made._library = library
        made._uncertainty = still_there(made, uncertainty) | stated_uncertainties(made, given)
        faults = _own_record_faults(made, library) + particle_faults(made, "", library)
        if faults:
            raise DesignError(faults)
        return made

    @property
    def library(self) -> Library:
        """The material records this particle is computed with."""
        return self._library

    @property
    def uncertainty(self) -> Mapping[str, float]:
        """Expanded uncertainties (coverage factor 2) [SI of each field] by dotted path."""
        return dict(self._uncertainty)

    def sheet(self) -> ParticleSheet:
        """Everything that follows from it [SI]."""
        return particle_sheet(self, self._library, self._uncertainty)

    def with_(self, path: str, value: Any) -> Self:
        """A particle with ``value`` (unit text, SI number, or an array for a batch) at ``path``; this one stays.

        Raises DesignError where the path does not exist or the changed particle cannot be.
        """
        keys = parse_path(path)
        value_at(self, keys)
        given = replaced(tree(self), keys, value)
        if keys == ("composition",):
            given |= {"rest": None, "basis": None}
        kept = {place: size for place, size in self._uncertainty.items() if place != path}
        return type(self)._made(given, self._library, kept)


def _own_record_faults(made: ParticleFile, library: Library) -> list[Fault]:
    """What is wrong with a composition by material records, which a design judges where it names the particle."""
    if made.by_elements:
        return []
    faults = recipe_faults(made.composition, made.rest, "composition")
    for name in made.shares():
        if name not in library.names():
            near = library.nearest(name)
            remedy = near if near.startswith("Did") else "Elements are named by symbol: Si, Sn, Ti"
            faults.append(
                Fault(path_text(("composition", name)), "is no element and no material", "one is needed", remedy)
            )
        elif not isinstance(library.record(name), Alloying):
            needed = "a particle is made of alloying elements"
            faults.append(Fault(path_text(("composition", name)), "is no alloying element", needed))
    return faults
