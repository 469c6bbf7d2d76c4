"""What a material record holds, by kind: one TOML file a material, every value with unit, source and level.

A record is read by :mod:`alloycell.materials.library`; curves are CSV files beside it. ``host`` is the unit
that lithium is counted against: an atom of an alloying element, C6 of a carbon, a formula unit of a positive.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from alloycell.quantities import (
    Concentration,
    Conductivity,
    Density,
    Diffusivity,
    Fraction,
    Kind,
    MolarEnergy,
    MolarMass,
    MolarVolume,
    Potential,
    Ratio,
    SpecificCapacity,
    Stoichiometry,
    kind_of,
)
from alloycell.sources import Level, Source, Sourced

__all__ = [
    "Alloying",
    "Binder",
    "Carbon",
    "CarbonClass",
    "Collector",
    "Conductive",
    "Crystalline",
    "DiffusivityCurve",
    "Electrolyte",
    "Host",
    "LithiatedPhase",
    "LithiumMetal",
    "Overlithiated",
    "OxideFamily",
    "Positive",
    "PotentialData",
    "Record",
    "Separator",
    "VolumePath",
]

CarbonClass = Literal[
    "graphite", "fullerene", "carbon nanotube", "diamond-like carbon", "amorphous carbon", "hard carbon"
]
OxideFamily = Literal[
    "lithium cobalt oxide", "lithium manganese oxide", "lithium nickel oxide", "lithium iron phosphate"
]
_PLATEAU: Kind = kind_of("potential", low=0.0, high=6.0)


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)


class PotentialData(_Table):
    """Open-circuit potential against lithium content: a table of branches, or a list of plateaus.

    ``table``: ``lithiation`` and ``delithiation`` name CSV files (x, U_V), or ``single`` one for both.
    ``plateaus``: ``steps`` of content from, content to [Li per host] and potential [V], with the ``gap`` [V]
    between the branches. ``full`` is the content at x = 1 [Li per host].
    """

    form: Literal["table", "plateaus"]
    source: str
    level: Level
    full: Sourced[Stoichiometry]
    single: str | None = None
    lithiation: str | None = None
    delithiation: str | None = None
    steps: tuple[tuple[Stoichiometry, Stoichiometry, Annotated[float, _PLATEAU]], ...] = ()
    gap: Sourced[Potential] | None = None
    valid: str = Field("", description="range of x the source states")
    formula: str = Field("", description="published formula the table was computed from, as text")
    note: str = ""


class VolumePath(_Table):
    """Volume of the host against lithium content.

    Either ``lithium``, a constant volume per mole of lithium [m3/mol], or ``path``, pairs of content
    [Li per host] and volume ratio to the state as made (dimensionless).
    """

    lithium: Sourced[MolarVolume] | None = None
    path: tuple[tuple[Stoichiometry, Ratio], ...] = ()
    source: str = ""
    level: Level | None = None
    note: str = ""


class DiffusivityCurve(_Table):
    """Diffusivity of lithium against content: ``file`` names a CSV (x, D_m2_s), x as in the potential's curves."""

    file: str
    source: str
    level: Level
    note: str = ""


class LithiatedPhase(_Table):
    """A phase of the lithiation sequence: Li per host, density [kg/m3], whether a cell reaches it."""

    name: str
    lithium_per_host: Stoichiometry
    density: Sourced[Density] | None = None
    reached: bool = Field(description="reached electrochemically at room temperature")
    source: str
    level: Level


class Crystalline(_Table):
    """First lithiation of a crystalline host: the plateau [V] at which it turns amorphous."""

    first_lithiation: Sourced[Potential]


class Record(_Table):
    """What every record has: name, title, kind, density [kg/m3], sources."""

    format: Literal[1]
    name: str = Field(min_length=1, pattern=r"^[A-Za-z0-9][A-Za-z0-9 _()-]*$")
    title: str
    aliases: tuple[str, ...] = ()
    density: Sourced[Density]
    sources: dict[str, Source] = Field(default_factory=dict)
    notes: tuple[str, ...] = ()


class Host(Record):
    """A material that takes lithium: host unit, molar mass [kg/mol], potential and volume against content.

    ``diffusivity`` lists sourced values [m2/s] from low to high; ``diffusivity_curve`` stands for the middle one
    where there is a curve; ``exchange_current`` is a note for a solver. Both grow with temperature by their activation
    energies [J/mol], where a source states them.
    """

    host: str
    host_molar_mass: Sourced[MolarMass]
    potential: PotentialData
    volume: VolumePath
    diffusivity: tuple[Sourced[Diffusivity], ...] = ()
    diffusivity_curve: DiffusivityCurve | None = None
    exchange_current: str = ""
    diffusivity_activation: Sourced[MolarEnergy] | None = None
    exchange_activation: Sourced[MolarEnergy] | None = None


class Alloying(Host):
    """An element that alloys with lithium.

    ``x_max`` [Li per atom] enters the clause formulas only; ``x_max_alternatives`` are shown beside it.
    ``first_cycle_loss`` [C per kg of element] is lithium in surface film and oxide, not trapped lithium.
    ``crystalline`` is there when the initial structure (amorphous or crystalline) must be stated.
    """

    kind: Literal["alloying"]
    element: str
    phases: tuple[LithiatedPhase, ...] = Field(min_length=1)
    x_max: Sourced[Stoichiometry]
    x_max_alternatives: tuple[Sourced[Stoichiometry], ...] = ()
    first_cycle_loss: Sourced[SpecificCapacity]
    crystalline: Crystalline | None = None


class Carbon(Host):
    """A carbon: class, reversible capacity [C/kg], first-cycle discharge/charge efficiency (0 to 1).

    The share of hosts that takes lithium is reversible capacity over the capacity of its curve, at most 1.
    """

    kind: Literal["carbon"]
    carbon: CarbonClass
    reversible_capacity: Sourced[SpecificCapacity]
    first_cycle_efficiency: Sourced[Fraction]


class Overlithiated(_Table):
    """Lithium taken beyond the curve: content reached [Li per formula unit], plateau [V vs Li/Li+]."""

    content: Sourced[Stoichiometry]
    potential: Sourced[Potential]


class Positive(Host):
    """A positive active material.

    ``as_made`` [Li per formula unit] before the first charge; ``upper_potential`` [V vs Li/Li+] at which its
    capacity is rated; ``accepts_lithium`` says whether added lithium may be put on it, and ``overlithiated``
    then says how far and at which potential.
    """

    kind: Literal["positive"]
    families: tuple[OxideFamily, ...]
    lithium_manganate: bool
    as_made: Sourced[Stoichiometry]
    upper_potential: Sourced[Potential]
    practical_capacity: Sourced[SpecificCapacity]
    accepts_lithium: bool
    overlithiated: Overlithiated | None = None


class Electrolyte(Record):
    """An electrolyte: salt, solvent, salt concentration [mol/m3], transport table (CSV)."""

    kind: Literal["electrolyte"]
    salt: str
    solvent: str
    concentration: Sourced[Concentration]
    transport: str = Field(description="CSV: T_K,c_mol_m3,kappa_S_m,D_m2_s,t_plus,TDF")
    transport_source: str
    transport_level: Level


class Binder(Record):
    """A binder and the polymer it is."""

    kind: Literal["binder"]
    polymer: str


class Conductive(Record):
    """A conductive additive that takes no lithium worth counting."""

    kind: Literal["conductive"]
    conductivity: Sourced[Conductivity] | None = None


class Collector(Record):
    """A current collector or can metal; conductivity [S/m] where sourced.

    ``electrodes`` are those it can carry, ``limit`` the reason it cannot carry the other.
    """

    kind: Literal["collector"]
    electrodes: tuple[Literal["negative", "positive"], ...] = Field(min_length=1)
    limit: str = ""
    conductivity: Sourced[Conductivity] | None = None


class Separator(Record):
    """A separator: density of the solid [kg/m3], typical porosity (0 to 1)."""

    kind: Literal["separator"]
    porosity: Sourced[Fraction]


class LithiumMetal(Record):
    """Lithium metal: molar mass [kg/mol] for dose, film thickness and plated lithium."""

    kind: Literal["lithium metal"]
    molar_mass: Sourced[MolarMass]
