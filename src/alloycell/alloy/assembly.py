"""From a composition, or from measured phases, to the phases of a particle with everything they hold.

Source: docs/theory/particle.md. :func:`alloy_phases` minimises the energy of the metals and shares out O, N, F, S and P
by the partition asked for; :func:`measured_alloy_phases` takes the phases as X-ray diffraction gives them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic_core import PydanticCustomError

from alloycell.alloy.activity import COST_THRESHOLD, Activity, Role, activity_of
from alloycell.alloy.calphad import CALPHAD, calphad_assemblage
from alloycell.alloy.composition import Composition, Shares
from alloycell.alloy.elements import ELEMENTS, atomic_mass, formula_atoms, of_family
from alloycell.alloy.equilibrium import Assemblage, equilibrium
from alloycell.alloy.partition import (
    Contents,
    Exchange,
    Process,
    Side,
    all_to,
    exchange,
    measured_masses,
    process_masses,
    process_named,
    surface_share,
    total_at_limit,
)
from alloycell.alloy.phases import AlloyPhases, PhaseAmount
from alloycell.alloy.thermochemistry import Compound, Thermochemistry, shipped_thermochemistry
from alloycell.errors import DesignError, Fault, MaterialError, RangeError, shown
from alloycell.materials import Alloying, Library
from alloycell.quantities import KINDS, FloatArray, Number, number

__all__ = [
    "Partition",
    "Settings",
    "SurfaceOxide",
    "alloy_phases",
    "measured_alloy_phases",
    "partition_limits",
    "phase_shares",
    "total_that_reaches",
]

Partition = Literal["equilibrium", "all in phase A", "all in phase B"] | str | Process | Contents

_NONMETALS: Final = of_family("non-metal")
_APPEARS: Final = 1e-14
_REPEATS: Final = 60


@dataclass(frozen=True)
class Settings:
    """What the phases rest on beside the composition.

    ``stoichiometries`` are Li per atom of active elements at full lithiation (dimensionless; the record's x_max where
    not given), ``roles`` what the user states of single phases, ``threshold`` the cost [J/mol] from which a compound is
    inactive, ``assessment`` names phases that only one assessment has (``"newer"`` for Ti2Sn3). Without ``strict``
    compositions of a batch whose phases the data do not tell come out as not a number instead of being refused.
    """

    thermochemistry: Thermochemistry = field(default_factory=shipped_thermochemistry)
    library: Library = field(default_factory=Library.of)
    stoichiometries: Mapping[str, Number] = field(default_factory=dict)
    """Lithium per atom at full lithiation, dimensionless."""
    roles: Mapping[str, Role] = field(default_factory=dict)
    threshold: float = COST_THRESHOLD
    """Cost of drawing an alloying element out of a compound from which it is inactive [J/mol]."""
    assessment: str = ""
    strict: bool = True


@dataclass(frozen=True)
class SurfaceOxide:
    """A layer of oxide around every particle: its thickness, and the lognormal sizes that give the surface."""

    thickness: Number
    """Thickness of the layer [m]."""
    diameter: Number
    """Volume median diameter D50 of the particles [m]."""
    spread: Number = 1.0
    """Geometric standard deviation of the diameters, dimensionless."""
    formula: str = "SiO2"


@dataclass(frozen=True)
class _Bulk:
    """Phases of the inside of a particle: masses without nonmetals (..., phases), nonmetals held, what was found."""

    compounds: tuple[Compound, ...]
    sides: tuple[Side, ...]
    activities: tuple[Activity, ...]
    metals: FloatArray
    held: Mapping[str, FloatArray]
    label: str
    exchanges: Mapping[str, Exchange] = field(default_factory=dict)
    unassigned: Mapping[str, Number] = field(default_factory=dict)

    def masses(self) -> FloatArray:
        return np.asarray(sum(self.held.values(), np.asarray(self.metals)))

    def density(self) -> FloatArray:
        masses = self.masses()
        densities = np.array([compound.density for compound in self.compounds], dtype=np.float64)
        return np.asarray(masses.sum(axis=-1) / (masses / densities).sum(axis=-1))


def alloy_phases(
    composition: Composition,
    partition: Partition = "equilibrium",
    surface: SurfaceOxide | None = None,
    settings: Settings | None = None,
) -> AlloyPhases:
    """The phases of a particle of ``composition`` (mass fractions, 0 to 1), capacities [C/kg] and contents (0 to 1).

    Source: docs/theory/particle.md. ``partition`` is "equilibrium", the name of a process, a :class:`Process`, measured
    :class:`Contents`, or all on one side. Raises MaterialError naming pairs without data, RangeError where contents
    contradict the composition.
    """
    chosen = settings or Settings()
    with np.errstate(all=None if chosen.strict else "ignore"):
        return _alloy_phases(composition, partition, surface, chosen)


def _alloy_phases(
    composition: Composition, partition: Partition, surface: SurfaceOxide | None, chosen: Settings
) -> AlloyPhases:
    masses = {symbol: np.asarray(share) for symbol, share in composition.masses().items()}
    whole = _sum(masses.values())
    masses = {symbol: np.asarray(share / whole) for symbol, share in masses.items() if np.any(share > 0)}
    if not chosen.strict:
        masses = _possible(masses)
    bulk = _bulk(masses, partition, chosen)
    layer = None
    if surface is not None:
        layer, bulk = _with_surface(masses, bulk, partition, surface, chosen)
    totals = {x: number(masses[x]) for x in _NONMETALS if x in masses}
    return _result(bulk, layer, surface, totals, chosen, partition == "equilibrium")


def _bulk(masses: Mapping[str, FloatArray], partition: Partition, settings: Settings) -> _Bulk:
    """The inside of a particle from masses of elements [kg/kg]; they need not add up to 1."""
    nonmetals = {x: masses[x] for x in _NONMETALS if x in masses}
    metals = tuple(symbol for symbol in masses if symbol not in nonmetals)
    if not metals:
        raise MaterialError(Fault("composition", "holds no metal", "an alloying element is needed"))
    assemblage = _minimise(masses, metals, settings)
    if partition == "equilibrium":
        return _in_equilibrium(masses, nonmetals, metals, assemblage, settings)
    amounts = assemblage.masses() * _sum(masses[symbol] for symbol in metals)[..., None]
    return _shared_out(_appearing(assemblage), amounts, nonmetals, partition, settings)


def _sum(rows: Any) -> FloatArray:
    return np.asarray(sum((np.asarray(row) for row in rows), np.zeros(())))


def _possible(masses: Mapping[str, FloatArray]) -> dict[str, FloatArray]:
    """``masses`` with every composition of the batch that cannot be as not a number."""
    rows = np.broadcast_arrays(*masses.values())
    good = np.all([np.isfinite(row) & (row >= -1e-12) for row in rows], axis=0)
    return {symbol: np.where(good, np.maximum(row, 0.0), np.nan) for symbol, row in zip(masses, rows, strict=True)}


def _minimise(masses: Mapping[str, FloatArray], elements: tuple[str, ...], settings: Settings) -> Assemblage:
    system = settings.thermochemistry.system(elements, settings.assessment)
    moles = [masses[symbol] / atomic_mass(symbol) for symbol in system.elements]
    amounts = np.stack(np.broadcast_arrays(*moles), axis=-1)
    if settings.strict and settings.assessment != CALPHAD:
        return equilibrium(system, amounts)
    if settings.assessment == CALPHAD:
        return calphad_assemblage(system, amounts)
    good = np.all(np.isfinite(amounts), axis=-1) & np.all(amounts >= 0, axis=-1) & np.any(amounts > 0, axis=-1)
    found = equilibrium(system, np.where(good[..., None], amounts, 1.0), strict=False)
    told = (good & ~found.unresolved)[..., None]
    return replace(found, fractions=np.where(told, found.fractions, np.nan))


def _appearing(assemblage: Assemblage) -> tuple[tuple[Compound, ...], NDArray[np.bool_]]:
    """The phases that appear anywhere in the batch, and their columns."""
    amounts = assemblage.fractions.reshape(-1, len(assemblage.system.phases))
    columns = np.asarray((amounts > _APPEARS).any(axis=0))
    return tuple(c for c, seen in zip(assemblage.system.phases, columns, strict=True) if seen), columns


def _in_equilibrium(
    masses: Mapping[str, FloatArray],
    nonmetals: Mapping[str, FloatArray],
    metals: tuple[str, ...],
    without: Assemblage,
    settings: Settings,
) -> _Bulk:
    """Phases with O and N in the minimisation; the exchange enthalpies say whether that decides anything."""
    outside = [x for x in nonmetals if x not in ("O", "N") and np.any(nonmetals[x] > 0)]
    if outside:
        needed = "no formation enthalpies with it are recorded, so equilibrium says nothing about it"
        remedy = "Use a process partition or measured contents"
        raise MaterialError([Fault(f"composition.{x}", "has no equilibrium", needed, remedy) for x in outside])
    bound = tuple(x for x in nonmetals if x in ("O", "N") and np.any(nonmetals[x] > 0))
    assemblage = _minimise(masses, (*metals, *bound), settings) if bound else without
    compounds, columns = _appearing(assemblage)
    amounts = (assemblage.masses() * _sum(masses.values())[..., None])[..., columns]
    held = {x: amounts * _weight(compounds, x) for x in bound}
    exchanges = {}
    shares = without.fractions @ without.system.composition.T
    for x in bound:
        found = exchange(without.system, without.potentials, shares, x, settings.thermochemistry)
        if found is not None:
            exchanges[x] = found
    activities = _activities(compounds, settings)
    inert = np.asarray(amounts - _sum(held.values()))
    label = "equilibrium partition (all or nothing, from formation enthalpies at 298 K)"
    return _Bulk(compounds, _sides(compounds, activities), activities, inert, held, label, exchanges)


def _weight(compounds: tuple[Compound, ...], element: str) -> FloatArray:
    """Mass fraction of ``element`` in each of ``compounds`` (0 to 1)."""
    return np.array([c.atoms.get(element, 0) * atomic_mass(element) / (c.size * c.mass_per_atom) for c in compounds])


def _activities(compounds: tuple[Compound, ...], settings: Settings) -> tuple[Activity, ...]:
    return tuple(activity_of(c, settings.thermochemistry, settings.threshold, settings.roles) for c in compounds)


def _sides(compounds: tuple[Compound, ...], activities: tuple[Activity, ...]) -> tuple[Side, ...]:
    alloying = set(of_family("alloying"))
    return tuple(
        "A" if activity.role == "active" or (c.elements & {"O", "N"} and c.elements - {"O", "N"} <= alloying) else "B"
        for c, activity in zip(compounds, activities, strict=True)
    )


def _shared_out(
    appearing: tuple[tuple[Compound, ...], NDArray[np.bool_]],
    amounts: FloatArray,
    nonmetals: Mapping[str, FloatArray],
    partition: Partition,
    settings: Settings,
) -> _Bulk:
    """Phases of metals with nonmetals shared out by a process, by measured contents, or all to one side."""
    compounds, columns = appearing
    metals = np.asarray(amounts[..., columns])
    activities = _activities(compounds, settings)
    sides = _sides(compounds, activities)
    if isinstance(partition, Contents):
        held, left = measured_masses(metals, nonmetals, sides, partition, strict=settings.strict)
        return _Bulk(compounds, sides, activities, metals, held, "measured contents of the phases", {}, left)
    label, factors = _factors(partition, sides, nonmetals)
    held = process_masses(metals, nonmetals, factors, strict=settings.strict)
    return _Bulk(compounds, sides, activities, metals, held, label)


def _factors(
    partition: str | Process, sides: tuple[Side, ...], nonmetals: Mapping[str, FloatArray]
) -> tuple[str, dict[str, tuple[Number, ...]]]:
    """What a partition is called, and the relative contents (dimensionless) it gives each phase."""
    if partition in ("all in phase A", "all in phase B"):
        side: Side = "A" if partition == "all in phase A" else "B"
        return f"limit: {partition}", {x: all_to(side, sides) for x in nonmetals}
    process = partition if isinstance(partition, Process) else process_named(partition)
    return process.label, {x: process.factors(x, sides) for x in nonmetals}


def _with_surface(
    masses: Mapping[str, FloatArray], bulk: _Bulk, partition: Partition, surface: SurfaceOxide, settings: Settings
) -> tuple[FloatArray, _Bulk]:
    """Mass fraction of the surface oxide, and the inside without it; repeated until the density agrees."""
    oxide = settings.thermochemistry.compound(surface.formula)
    if oxide.density is None or "O" not in oxide.atoms:
        raise MaterialError(
            Fault(f'surface oxide "{surface.formula}"', "is no oxide", "an oxide with a density is needed")
        )
    share = np.asarray(surface_share(surface.diameter, surface.spread, surface.thickness))
    weights = {x: n * atomic_mass(x) / (oxide.size * oxide.mass_per_atom) for x, n in oxide.atoms.items()}
    layer = np.zeros(())
    for _ in range(_REPEATS):
        heavy = share * oxide.density
        fresh = heavy / (heavy + (1.0 - share) * bulk.density())
        inside = {symbol: mass - fresh * weights.get(symbol, 0.0) for symbol, mass in masses.items()}
        lacking = [x for x in weights if x not in masses or np.any(inside[x] < -1e-12)]
        if lacking and (settings.strict or any(x not in masses for x in lacking)):
            held = ", ".join(f"{100 * float(np.max(fresh)) * weights[x]:.3g} wt% {x}" for x in lacking)
            raise RangeError(
                f"the surface oxide alone holds {held}, more than the composition has; check the thickness."
            )
        inside = inside if lacking else {symbol: np.maximum(mass, 0.0) for symbol, mass in inside.items()}
        bulk = _bulk(_possible(inside) if lacking else inside, partition, settings)
        if np.max(np.abs(fresh - layer), initial=0.0, where=np.isfinite(fresh - layer)) < 1e-15:
            break
        layer = fresh
    return np.asarray(fresh), bulk


def _result(
    bulk: _Bulk,
    layer: FloatArray | None,
    surface: SurfaceOxide | None,
    totals: Mapping[str, Number],
    settings: Settings,
    in_equilibrium: bool,
) -> AlloyPhases:
    masses = bulk.masses()
    phases = [_amount(bulk, masses, i, totals) for i in range(len(bulk.compounds))]
    if layer is not None and surface is not None:
        phases.append(_surface_amount(layer, surface, settings))
    active = {s for p in phases if p.activity.role == "active" for s in p.moles if s in of_family("alloying")}
    active |= {s for p in phases if p.side in ("A", "surface") for s in p.moles if s in of_family("alloying")}
    stoichiometries = {s: _stoichiometry(s, settings) for s in sorted(active)}
    return AlloyPhases(
        tuple(phases),
        MappingProxyType(dict(totals)),
        bulk.label,
        bulk.exchanges,
        bulk.unassigned,
        _assumptions(bulk, surface, settings, stoichiometries),
        MappingProxyType(stoichiometries),
        settings.library,
        in_equilibrium,
    )


def _stoichiometry(symbol: str, settings: Settings) -> Number:
    if symbol in settings.stoichiometries:
        return settings.stoichiometries[symbol]
    record = settings.library.record(ELEMENTS[symbol].name)
    if not isinstance(record, Alloying):
        raise MaterialError(f"{ELEMENTS[symbol].name} has no record of an alloying element.")
    return record.x_max.value


def _amount(bulk: _Bulk, masses: FloatArray, i: int, totals: Mapping[str, Number]) -> PhaseAmount:
    compound = bulk.compounds[i]
    held = {x: number(bulk.held[x][..., i]) for x in bulk.held}
    metals = {s: n for s, n in compound.atoms.items() if s not in _NONMETALS}
    metal_mass = sum(n * atomic_mass(s) for s, n in metals.items())
    formulas = np.asarray(bulk.metals[..., i]) / metal_mass if metal_mass else np.zeros(masses.shape[:-1])
    moles = {s: number(n * formulas) for s, n in metals.items()}
    atoms = _sum(moles.values()) + _sum(np.asarray(mass) / atomic_mass(x) for x, mass in held.items())
    return PhaseAmount(
        compound.formula,
        bulk.sides[i],
        bulk.activities[i],
        number(masses[..., i]),
        MappingProxyType({x: held.get(x, 0.0) for x in totals}),
        float(compound.density or np.nan),
        number(atoms),
        MappingProxyType(moles),
        compound.note,
    )


def _surface_amount(layer: FloatArray, surface: SurfaceOxide, settings: Settings) -> PhaseAmount:
    oxide = settings.thermochemistry.compound(surface.formula)
    formulas = layer / (oxide.size * oxide.mass_per_atom)
    held = {x: number(formulas * oxide.atoms[x] * atomic_mass(x)) for x in oxide.atoms if x in _NONMETALS}
    moles = {s: number(formulas * n) for s, n in oxide.atoms.items() if s not in _NONMETALS}
    activity = activity_of(oxide, settings.thermochemistry, settings.threshold, settings.roles)
    atoms = number(formulas * oxide.size)
    return PhaseAmount(oxide.formula, "surface", activity, number(layer), held, float(oxide.density or 0), atoms, moles)


def _assumptions(
    bulk: _Bulk, surface: SurfaceOxide | None, settings: Settings, stoichiometries: Mapping[str, Number]
) -> tuple[str, ...]:
    """Everything assumed on the way, a sentence each; no units."""
    told = [bulk.label]
    if settings.assessment == CALPHAD:
        told.append("phases from the database COST 507 through pycalphad, named by the records they are nearest to")
    for compound, activity in zip(bulk.compounds, bulk.activities, strict=True):
        if compound.level == "assumed":
            told.append(f"{compound.formula}: formation enthalpy assumed; {compound.note}")
        elif compound.note and not compound.is_element:
            told.append(f"{compound.formula}: {compound.note}")
        if compound.density_level == "assumed" and "density" not in compound.note:
            told.append(f"{compound.formula}: density assumed")
        if activity.role != "active":
            told.append(f"{compound.formula}: {activity.role}; {activity.reason}")
    if any(a.role == "undetermined" for a in bulk.activities):
        told.append("undetermined phases are counted as taking no lithium")
    if surface is not None:
        told.append(f"surface oxide: dense {surface.formula} of even thickness on spheres")
    told += [f"{s}: x_max of its record" for s in stoichiometries if s not in settings.stoichiometries]
    return tuple(told)


def partition_limits(
    composition: Composition, surface: SurfaceOxide | None = None, settings: Settings | None = None
) -> tuple[AlloyPhases, AlloyPhases]:
    """The two ends of what any partition can give (contents 0 to 1): all in phase A, all in phase B.

    Source: docs/theory/particle.md; what is shown where equilibrium is undecidable.
    """
    first = alloy_phases(composition, "all in phase A", surface, settings)
    return first, alloy_phases(composition, "all in phase B", surface, settings)


def total_that_reaches(
    composition: Composition, process: str | Process, limit: float = 0.005, settings: Settings | None = None
) -> Number:
    """Total O + N of the inside (mass fraction, 0 to 1) at which phase A reaches ``limit`` (0 to 1), at the mix given.

    Source: docs/theory/particle.md. ``process`` names the partition; O and N keep the proportion of ``composition``
    (all oxygen where it has neither). Infinite where nothing goes to phase A.
    """
    chosen = settings or Settings()
    masses = {symbol: np.asarray(share) for symbol, share in composition.masses().items()}
    metals = tuple(symbol for symbol, share in masses.items() if symbol not in _NONMETALS and np.any(share > 0))
    mix: dict[str, FloatArray] = {x: masses[x] for x in ("O", "N") if x in masses and np.all(masses[x] > 0)} or {
        "O": np.ones(())
    }
    assemblage = _minimise(masses, metals, chosen)
    compounds, columns = _appearing(assemblage)
    sides = _sides(compounds, _activities(compounds, chosen))
    _, factors = _factors(process, sides, mix)
    on_a = np.array([side == "A" for side in sides])
    return total_at_limit(assemblage.masses()[..., columns], mix, factors, on_a, limit)


def phase_shares(table: Mapping[str, Any], where: str = "phases") -> Shares:
    """Measured mass fractions of phases (0 to 1) from ``table``: formulas and texts such as ``"55 +- 3 %"``.

    One may be ``"rest"``. Raises DesignError with every fault at once; shares must add up to 1.
    """
    kind, faults = KINDS["mass fraction"], []
    stated: dict[str, Number] = {}
    uncertain: dict[str, float] = {}
    rests = [name for name, share in table.items() if isinstance(share, str) and share.strip() == "rest"]
    for formula, share in table.items():
        try:
            formula_atoms(formula)
            if formula not in rests:
                stated[formula] = kind.read(share)
                uncertain[formula] = kind.uncertainty(share) or 0.0
        except DesignError as problem:
            faults += [replace(fault, where=f"{where}.{shown(formula)}") for fault in problem.faults]
        except PydanticCustomError as problem:
            told = problem.context or {}
            faults.append(Fault(f"{where}.{formula}", told["found"], told["needed"], told["remedy"]))
    total = _sum(stated.values())
    if len(rests) > 1:
        faults.append(Fault(where, f'has "rest" {len(rests)} times', "one phase can be the rest"))
    if not faults and (np.any(np.abs(total - 1.0) > 1e-9) if not rests else np.any(total > 1.0)):
        needed = "fractions of measured phases must add up to 100 %"
        faults.append(
            Fault(where, f"adds up to {100 * float(total.max()):.6g} %", needed, 'Write one of them as "rest"')
        )
    if faults:
        raise DesignError(faults)
    if rests:
        stated[rests[0]] = number(1.0 - total)
    return Shares(MappingProxyType(stated), MappingProxyType(uncertain), rests[0] if rests else None)


def measured_alloy_phases(
    shares: Shares,
    nonmetals: Mapping[str, Number] | None = None,
    partition: Partition = "milled in argon",
    settings: Settings | None = None,
) -> AlloyPhases:
    """The particle whose phases were measured: ``shares`` are mass fractions of phases without dissolved elements.

    ``nonmetals`` are contents of the particle (mass fractions, 0 to 1) that sit dissolved in those phases, shared out
    by ``partition`` (not "equilibrium": the phases are given). Raises MaterialError for a phase without record.
    """
    chosen = settings or Settings()
    totals = {x: np.asarray(share) for x, share in (nonmetals or {}).items()}
    if partition == "equilibrium":
        raise MaterialError("measured phases have no equilibrium partition; name a process or give measured contents.")
    compounds = tuple(chosen.thermochemistry.compound(formula) for formula in shares.stated)
    ceramics = [c.formula for c in compounds if c.elements & set(_NONMETALS)]
    if ceramics:
        needed = "oxygen and nitrogen of the particle are given as contents"
        raise MaterialError([Fault(f"phases.{f}", "is an oxide or nitride", needed, "Leave it out") for f in ceramics])
    left = 1.0 - _sum(totals.values())
    rows = np.broadcast_arrays(*(np.asarray(share) * left for share in shares.stated.values()))
    everything = np.ones(len(compounds), dtype=bool)
    bulk = _shared_out((compounds, everything), np.stack(rows, axis=-1), totals, partition, chosen)
    return _result(bulk, None, None, {x: number(t) for x, t in totals.items()}, chosen, in_equilibrium=False)
