"""Formation enthalpies of the phases a particle may hold, which pairs of elements have data, and with which source.

Source: ``data/compounds.csv``, ``data/pairs.csv``, ``data/sources.toml``; docs/theory/particle.md. A pair of elements
has a record or it has none: "no compound" is a record with a source, and a pair without record is refused by name.
Enthalpies are at 298 K, per mole of atoms, against the stable elements; entropy is left out.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import combinations
from pathlib import Path
from types import MappingProxyType
from typing import Final, Literal, cast

from alloycell.alloy.elements import ELEMENTS, atomic_mass, formula_atoms
from alloycell.errors import Fault, MaterialError, suggestion
from alloycell.files import read_toml
from alloycell.quantities import FloatArray, frozen_array
from alloycell.sources import Level, Source

__all__ = ["Compound", "Pair", "Status", "System", "Thermochemistry", "shipped_thermochemistry"]

Status = Literal["compounds", "no compound", "solution", "undecided"]

_DATA: Final = Path(__file__).parent / "data"


@dataclass(frozen=True)
class Compound:
    """A phase of fixed composition: an element, an intermetallic, an oxide or a nitride.

    ``assessment`` is empty for phases every assessment has, else it names the assessment that has it.
    """

    formula: str
    enthalpy: float
    """Formation enthalpy [J/mol of atoms]."""
    error: float | None
    """Uncertainty or disagreement of sources [J/mol of atoms], None where none is stated."""
    source: str
    level: Level
    density: float | None
    """Density [kg/m3], None for a gas."""
    density_source: str
    density_level: Level
    assessment: str = ""
    note: str = ""

    @cached_property
    def atoms(self) -> Mapping[str, int]:
        """Atoms of each element in a formula unit; counts without unit."""
        return MappingProxyType(formula_atoms(self.formula))

    @property
    def size(self) -> int:
        """Atoms in a formula unit; a count without unit."""
        return sum(self.atoms.values())

    @property
    def elements(self) -> frozenset[str]:
        """The elements it holds; no units."""
        return frozenset(self.atoms)

    @property
    def is_element(self) -> bool:
        """Whether it is a free element; no units."""
        return len(self.atoms) == 1

    @property
    def mass_per_atom(self) -> float:
        """Mean atomic mass [kg per mol of atoms]."""
        return sum(count * atomic_mass(symbol) for symbol, count in self.atoms.items()) / self.size

    @property
    def formula_enthalpy(self) -> float:
        """Formation enthalpy [J/mol of formula units]."""
        return self.enthalpy * self.size


@dataclass(frozen=True)
class Pair:
    """What is known about two elements: compounds, none (sourced), one solution, or nothing that decides.

    ``not_free`` is an element that may not be left over beside the other, because that side has no records.
    """

    elements: tuple[str, str]
    status: Status
    not_free: str
    source: str
    level: Level
    note: str = ""

    @property
    def name(self) -> str:
        """The two symbols, such as ``Si-Ti``; no units."""
        return "-".join(self.elements)


@dataclass(frozen=True)
class System:
    """The phases that a set of elements may form, as arrays: rows are elements, columns phases.

    ``composition`` holds atom fractions, ``enthalpy`` formation enthalpies per mole of atoms.
    """

    elements: tuple[str, ...]
    phases: tuple[Compound, ...]
    pairs: tuple[Pair, ...]
    composition: FloatArray
    """Atom fraction of each element in each phase, shape (elements, phases), dimensionless."""
    enthalpy: FloatArray
    """Formation enthalpy of each phase [J/mol of atoms], shape (phases,)."""

    def index(self, formula: str) -> int:
        """The column of the phase ``formula``; raises MaterialError for one that is not in the system."""
        names = [phase.formula for phase in self.phases]
        if formula not in names:
            known = suggestion(formula, names)
            raise MaterialError(Fault(f'phase "{formula}"', "is not in this system", "a phase of it is needed", known))
        return names.index(formula)

    def free(self, symbol: str) -> int:
        """The column of the free element ``symbol`` (of the gas for O and N)."""
        return next(i for i, phase in enumerate(self.phases) if phase.elements == {symbol})


class Thermochemistry:
    """Phases and pairs with their sources; see :func:`shipped_thermochemistry`."""

    __slots__ = ("compounds", "pairs", "sources")

    def __init__(
        self, compounds: Iterable[Compound], pairs: Iterable[Pair], sources: Mapping[str, Source] | None = None
    ) -> None:
        self.compounds: tuple[Compound, ...] = tuple(compounds)
        self.pairs: Mapping[frozenset[str], Pair] = MappingProxyType({frozenset(p.elements): p for p in pairs})
        self.sources: Mapping[str, Source] = MappingProxyType(dict(sources or {}))

    def compound(self, formula: str) -> Compound:
        """The record of the phase ``formula`` [J/mol of atoms, kg/m3]; raises MaterialError naming the nearest."""
        for compound in self.compounds:
            if compound.formula == formula or compound.elements == {formula}:
                return compound
        known = suggestion(formula, [entry.formula for entry in self.compounds])
        raise MaterialError(Fault(f'phase "{formula}"', "has no record", "a recorded phase is needed", known))

    def assessments(self, elements: Iterable[str]) -> tuple[str, ...]:
        """Names of the assessments that add phases to those of ``elements``; no units."""
        held = frozenset(elements)
        return tuple(sorted({c.assessment for c in self.compounds if c.assessment and c.elements <= held}))

    def missing_pairs(self, elements: Sequence[str]) -> tuple[tuple[str, str], ...]:
        """The pairs of ``elements`` without any record, in their order; no units."""
        return tuple(pair for pair in combinations(elements, 2) if frozenset(pair) not in self.pairs)

    def system(self, elements: Sequence[str], assessment: str = "") -> System:
        """The phases of ``elements`` [J/mol of atoms], those that only ``assessment`` has included.

        Raises MaterialError naming every pair without data; nothing is mixed in silence.
        """
        held = tuple(sorted(set(elements), key=list(ELEMENTS).index))
        missing = self.missing_pairs(held)
        if missing:
            raise MaterialError([_no_data(pair) for pair in missing])
        phases = tuple(c for c in self.compounds if c.elements <= set(held) and c.assessment in ("", assessment))
        bare = [symbol for symbol in held if not any(phase.elements == {symbol} for phase in phases)]
        if bare:
            needed = "phases of elements with formation enthalpies are needed"
            remedy = "Give it a process partition or measured contents"
            raise MaterialError([Fault(f'element "{symbol}"', "has no data", needed, remedy) for symbol in bare])
        composition = [[phase.atoms.get(symbol, 0) / phase.size for phase in phases] for symbol in held]
        pairs = tuple(self.pairs[frozenset(pair)] for pair in combinations(held, 2))
        enthalpy = frozen_array([phase.enthalpy for phase in phases])
        return System(held, phases, pairs, frozen_array(composition), enthalpy)

    def source_of(self, key: str) -> Source | None:
        """The publication behind a source key, None for values from memory; no units."""
        return self.sources.get(key)


def _no_data(pair: tuple[str, str]) -> Fault:
    name = "-".join(pair)
    needed = "no formation enthalpy and no sourced 'no compound' is known for it, so its phases cannot be computed"
    return Fault(f"the pair {name}", "has no data", needed, "Give the measured phases of the particle")


@lru_cache(maxsize=1)
def shipped_thermochemistry() -> Thermochemistry:
    """The records that come with alloycell [J/mol of atoms, kg/m3], read once.

    Source: each record names its own; docs/theory/particle.md.
    """
    compounds = [_compound(row) for row in _rows("compounds.csv")]
    pairs = [_pair(row) for row in _rows("pairs.csv")]
    sources = {key: Source(**table) for key, table in read_toml(_DATA / "sources.toml").items()}
    return Thermochemistry(compounds, pairs, sources)


def _rows(name: str) -> list[dict[str, str]]:
    with (_DATA / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def _compound(row: Mapping[str, str]) -> Compound:
    error, density = row["error_kJ_per_mol_atoms"], row["density_g_cm3"]
    return Compound(
        formula=row["formula"],
        enthalpy=1000.0 * float(row["enthalpy_kJ_per_mol_atoms"]),
        error=1000.0 * float(error) if error else None,
        source=row["source"],
        level=cast(Level, row["level"]),
        density=1000.0 * float(density) if density else None,
        density_source=row["density_source"],
        density_level=cast(Level, row["density_level"] or "measured"),
        assessment=row["assessment"],
        note=row["note"],
    )


def _pair(row: Mapping[str, str]) -> Pair:
    return Pair(
        elements=(row["first"], row["second"]),
        status=cast(Status, row["status"]),
        not_free=row["not_free"],
        source=row["source"],
        level=cast(Level, row["level"]),
        note=row["note"],
    )
