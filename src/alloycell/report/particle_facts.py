"""What is said of one particle, in words and numbers with units: for the page and for the terminal alike.

Every text is plain (um, cm3, +-); the page sets it in type. Numbers come from the particle's sheet alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

import numpy as np

from alloycell.alloy import ParticleSheet, number_mean, particle_sheet, sauter_mean, volume_mean, volume_percentile
from alloycell.alloy.elements import ELEMENTS, of_family, symbol_of
from alloycell.alloy.phases import Interval
from alloycell.errors import AlloycellError
from alloycell.quantities import KINDS, Number, number

__all__ = [
    "ContentRow",
    "Fact",
    "PhaseRow",
    "closure_sentence",
    "composition_rows",
    "content_rows",
    "content_text",
    "expanded",
    "facts",
    "limit_sentence",
    "phase_rows",
    "phases_sentence",
    "quantity",
    "span",
    "sum_of",
]

_NONMETALS: Final = of_family("non-metal")
_PLACES: Final = MappingProxyType({"phase_a": "phase A", "phase_b": "phase B", "particle": "whole particle"})
_CORE: Final = 1e-6
_SHOWN_X_MAX: Final = MappingProxyType({"Si": (3.75, 4.4), "Sn": (4.25, 4.4)})


@dataclass(frozen=True, slots=True)
class PhaseRow:
    """One phase: formula, side, whether it takes lithium and why, shares by mass, volume, atoms (0 to 1), density."""

    formula: str
    side: str
    role: str
    reason: str
    level: str
    mass: float
    """Mass fraction of the particle, 0 to 1."""
    volume: float
    """Volume fraction, 0 to 1."""
    atoms: float
    """Share of all atoms, 0 to 1."""
    density: float
    """Density [kg/m3]."""


@dataclass(frozen=True, slots=True)
class ContentRow:
    """What one place holds: content of each element (mass fraction of it, 0 to 1; None: unknown), and by which method.

    ``uncertainties`` are expanded (0 to 1); ``total`` and ``total_uncertainty`` are those of O and N together.
    """

    place: str
    mass: float | None
    """Mass fraction of the particle, 0 to 1."""
    contents: Mapping[str, float | None]
    uncertainties: Mapping[str, float]
    total: float | None
    """Oxygen and nitrogen together, 0 to 1."""
    total_uncertainty: float
    """Expanded uncertainty of the total, 0 to 1."""
    method: str


@dataclass(frozen=True, slots=True)
class Fact:
    """One figure of a particle: its name, value as text with unit, and what it means; no units of its own."""

    name: str
    text: str
    note: str = ""


def quantity(kind: str, value: Number, digits: int = 4) -> str:
    """``value`` [SI of ``kind``] as text with unit; an infinite or missing one reads "not defined"."""
    plain = float(np.asarray(value))
    return KINDS[kind].text(plain, digits) if np.isfinite(plain) else "not defined"


def span(kind: str, interval: Interval, digits: int = 4) -> str:
    """``interval`` [SI of ``kind``] as text: both ends with the unit once, or one number where they read alike."""
    low, high = quantity(kind, interval.low, digits), quantity(kind, interval.high, digits)
    return high if low == high else f"{low.split(' ')[0]} to {high}"


def expanded(sheet: ParticleSheet, figure: Callable[[ParticleSheet], Number]) -> float:
    """Expanded uncertainty of ``figure`` of a sheet [unit of the figure]; 0 where nothing uncertain bears on it.

    Source: first-order propagation by differences, docs/theory/verdicts.md.
    """
    if sheet.moved is None:
        return 0.0
    rows = np.asarray(figure(sheet.moved), dtype=np.float64)
    if rows.ndim == 0:
        return 0.0
    halves = (rows[0::2] - rows[1::2]) / 2.0
    return float(np.sqrt(np.nansum(halves**2)))


def content_text(value: float | None, spread: float) -> str:
    """A content (0 to 1) in wt% without the unit, with its expanded uncertainty to as many decimals."""
    if value is None:
        return "not known"
    if not spread > 0 or not np.isfinite(spread):
        return f"{100 * value:.3g}"
    digits = min(max(1 - int(np.floor(np.log10(100 * spread))), 0), 6)
    return f"{100 * value:.{digits}f} +- {100 * spread:.{digits}f}"


def composition_rows(sheet: ParticleSheet) -> tuple[tuple[str, str, str], ...]:
    """Each element of the particle with its share by mass [wt%, uncertainty where stated] and by atoms [at%]."""
    found = sheet.composition
    masses, atoms = found.masses(), found.atoms()
    rest = sheet.particle.rest or ""
    rows = []
    for symbol, mass in masses.items():
        stated = sheet.uncertainty.get(f"composition.{symbol}", 0.0) if sheet.particle.basis != "atoms" else 0.0
        text = content_text(float(np.asarray(mass)), stated)
        told = f"{symbol} (rest)" if symbol_of(rest) == symbol else symbol
        rows.append((told, text, f"{100 * float(np.asarray(atoms[symbol])):.3g}"))
    return tuple(row for row in rows if row[1] != "0")


def phase_rows(sheet: ParticleSheet) -> tuple[PhaseRow, ...]:
    """The phases of the particle, phase A first (shares 0 to 1, density [kg/m3])."""
    found = sheet.phases
    volumes, atoms = found.volume_fractions(), found.atom_fractions()
    rows = []
    for phase in found.phases:
        if float(np.asarray(phase.mass)) <= 0:
            continue
        key = "surface" if phase.side == "surface" else phase.formula
        role = phase.activity
        shares = (phase.mass, volumes[key], atoms[key], phase.density)
        rows.append(
            PhaseRow(phase.formula, phase.side, role.role, role.reason, role.level, *(float(x) for x in shares))
        )
    return tuple(sorted(rows, key=lambda row: ("A", "B", "surface").index(row.side)))


def phases_sentence(sheet: ParticleSheet) -> str:
    """Where the phases come from; no units."""
    plain = sheet.inputs.particle
    if not plain.by_elements:
        return "Elements side by side, as the composition names them."
    if plain.phases is not None:
        return "Measured phases, as stated; energies are not asked."
    extra = f", with the assessment {plain.assessment}" if plain.assessment else ""
    return f"Phases of lowest energy at 298 K for this composition{extra}."


def content_rows(sheet: ParticleSheet) -> tuple[ContentRow, ...]:
    """Contents of phase A, phase B and the whole particle (mass fractions, 0 to 1) with uncertainty and method."""
    if not sheet.particle.by_elements:
        return ()
    figures = sheet.figures()
    masses = {"phase_a": sheet.phases.mass_fraction("A"), "phase_b": sheet.phases.mass_fraction("B"), "particle": 1.0}
    return tuple(_content_row(sheet, figures, part, float(mass)) for part, mass in masses.items())


def _content_row(sheet: ParticleSheet, figures: Mapping[str, Any], part: str, mass: float) -> ContentRow:
    elements = _NONMETALS if part == "particle" else ("O", "N")
    contents, spreads = {}, {}
    for x in elements:
        name = f"{part}_{ELEMENTS[x].name}"
        value = figures.get(name)
        contents[x] = None if value is None else float(np.asarray(value))
        spreads[x] = 0.0 if value is None else expanded(sheet, lambda s, n=name: _figure(s, n))  # type: ignore[misc]
    both = [contents["O"], contents["N"]]
    total = None if None in both else float(sum(x or 0.0 for x in both))
    spread = 0.0 if total is None else expanded(sheet, lambda s: sum_of(s, part))
    return ContentRow(_PLACES[part], mass, contents, spreads, total, spread, _method(sheet, part, contents))


def _figure(sheet: ParticleSheet, name: str) -> Number:
    value = sheet.figures([name]).get(name)
    return 0.0 if value is None else number(value)


def sum_of(sheet: ParticleSheet, part: str) -> Number:
    """Oxygen and nitrogen together in ``part`` (``phase_a``, ``phase_b``, ``particle``), mass fraction (0 to 1)."""
    return number(np.asarray(_figure(sheet, f"{part}_oxygen")) + np.asarray(_figure(sheet, f"{part}_nitrogen")))


def _method(sheet: ParticleSheet, part: str, contents: Mapping[str, float | None]) -> str:
    """How the contents of one place are known: each method once, with the elements it holds for; no units."""
    stated = sheet.particle.contents
    methods = (stated.methods if stated is not None else None) or {}
    own = (getattr(stated, part) if stated is not None else None) or {}
    told: dict[str, list[str]] = {}
    for x, value in contents.items():
        name = f"{part}_{ELEMENTS[x].name}"
        remark = sheet.remarks.get(name)
        if value is None and remark is None:
            how = "not known"
        elif name in methods and remark is None:
            how = methods[name]
        elif remark is not None:
            how = remark
        else:
            how = "as stated" if x in own or part == "particle" else "computed"
        told.setdefault(how, []).append(x)
    if len(told) == 1:
        return next(iter(told))
    return "; ".join(f"{', '.join(elements)}: {how}" for how, elements in told.items())


def limit_sentence(sheet: ParticleSheet) -> str:
    """Which total of O and N would put phase A over 0.5 wt%, in a sentence; empty for elements side by side."""
    if not sheet.particle.by_elements:
        return ""
    limit, ask = sheet.limit_total, "Which total of oxygen and nitrogen would put phase A over 0.5 wt%"
    if limit is None:
        return f"{ask} is not known: {_why_no_limit(sheet)}."
    value = float(np.asarray(limit))
    if not np.isfinite(value):
        return "No total of oxygen and nitrogen would put phase A over 0.5 wt%: by this partition nothing goes there."
    spread = expanded(sheet, _limit)
    text = f"{content_text(value, spread)} wt%"
    held = sum((np.asarray(phase.held.get(x, 0.0)) for phase in sheet.phases.on("A", "B") for x in ("O", "N")), 0.0)
    inside = sheet.phases.mass_fraction("A", "B")
    now = quantity("mass fraction", number(np.asarray(held) / np.asarray(inside)), 3)
    where = " (surface oxide not counted)" if sheet.phases.on("surface") else ""
    return f"Phase A would hold more than 0.5 wt% from a total of {text} oxygen and nitrogen{where}; it is {now} now."


def _limit(sheet: ParticleSheet) -> Number:
    return np.nan if sheet.limit_total is None else sheet.limit_total


def _why_no_limit(sheet: ParticleSheet) -> str:
    plain = sheet.inputs.particle
    if plain.partition == "equilibrium":
        return "equilibrium gives all or nothing to a phase, and no share"
    if plain.phases is not None:
        return "the phases are measured, and their share at another content is not"
    return "neither a partition nor the contents of both phases are stated"


def closure_sentence(sheet: ParticleSheet) -> str:
    """How well W = sum of f_k W_k closes over phases and surface oxide [share of the particle's mass], in words."""
    found = sheet.phases
    worst = max((abs(float(np.asarray(found.balance(x)))) for x in found.totals), default=0.0)
    held = [f"{100 * float(np.asarray(w)):.2g} wt% {x}" for x, w in found.unassigned.items() if abs(float(w)) > 1e-6]
    extra = f" Phases and particle, measured apart, leave {', '.join(held)} between them." if held else ""
    return f"W = sum of f_k W_k over phases and surface oxide closes to {worst:.1e} of the particle's mass.{extra}"


def facts(sheet: ParticleSheet) -> tuple[Fact, ...]:
    """Capacities, loss, density, volume change, shell, lithium fractions, sizes, in the order a person asks for them.

    Values carry their units.
    """
    return (*_capacities(sheet), *_other_readings(sheet), *_solid(sheet), *_exchanges(sheet), *_sizes(sheet))


def _capacities(sheet: ParticleSheet) -> Iterator[Fact]:
    found = sheet.phases
    used = ", ".join(f"{s} {float(np.asarray(x)):g}" for s, x in found.stoichiometries.items())
    reversible, first, loss = found.reversible_capacity(), found.first_charge_capacity(), found.oxygen_loss()
    spread = expanded(sheet, lambda s: s.phases.reversible_capacity().high)
    text = span("specific capacity", reversible)
    told = f"{text.removesuffix(' mAh/g')} +- {KINDS['specific capacity'].spread_text(spread)}" if spread else text
    lost = float(np.asarray(loss.high)) > 0
    ends = "; low end: oxygen as Li4SiO4, high end: as Li2O" if lost else ""
    yield Fact("reversible capacity", told, f"Li per atom: {used}{ends}")
    volumetric = Interval(found.per_volume(reversible.low), found.per_volume(reversible.high))
    yield Fact("reversible, per volume", span("volumetric capacity", volumetric), "volume of the particle as made")
    if not lost:
        return
    yield Fact("first charge", span("specific capacity", first), "reversible plus what oxygen takes; no surface film")
    yield Fact("lost to oxygen", span("specific capacity", loss, 3), "in phase A and on the surface, irreversible")
    locked = found.locked_capacity()
    if float(np.asarray(locked)) > 0:
        yield Fact("silicon locked up", quantity("specific capacity", locked, 3), "where oxygen ends as Li4SiO4")


def _other_readings(sheet: ParticleSheet) -> Iterator[Fact]:
    """The same capacity with other full lithiations, and with other assessments of the phases."""
    found = sheet.phases
    for symbol, values in _SHOWN_X_MAX.items():
        if symbol not in found.stoichiometries:
            continue
        texts = [f"{quantity('specific capacity', found.capacity_with({symbol: x}))} at {x:g}" for x in values]
        yield Fact(f"active phases, other {symbol}", "; ".join(texts), f"Li per {symbol} at full lithiation; no oxygen")
    plain = sheet.inputs.particle
    if not plain.by_elements or plain.phases is not None:
        return
    for name in sheet.thermochemistry.assessments(sheet.composition.elements):
        if name == plain.assessment:
            continue
        other = particle_sheet(plain.model_copy(update={"assessment": name}), sheet.library, {})
        try:
            value = other.phases.theoretical_capacity()
        except AlloycellError:
            continue
        formulas = ", ".join(row.formula for row in phase_rows(other))
        yield Fact(f"active phases, {name} assessment", quantity("specific capacity", value), f"phases {formulas}")


def _solid(sheet: ParticleSheet) -> Iterator[Fact]:
    found = sheet.phases
    yield Fact("density", quantity("density", found.density()), "mass over the volumes of the phases, no pores")
    ratio = float(np.asarray(found.volume_ratio()))
    yield Fact(
        "volume when full", f"{ratio:.3g} times", "of that as made; phases that take no lithium stay as they are"
    )
    shell = float(np.asarray(found.shell_thickness(_CORE)))
    if np.isfinite(shell) and shell > 0:
        core = quantity("length", _CORE)
        yield Fact("shell of phase B", quantity("length", shell, 3), f"closed, around a core of phase A of {core}")
    hosts = found.active_moles()
    moles = sum(float(np.asarray(n)) for n in hosts.values())
    if moles > 0:
        full = sum(float(np.asarray(n)) * float(np.asarray(found.stoichiometries[s])) for s, n in hosts.items()) / moles
        own, every = found.lithium_fractions(full)
        text = f"{quantity('atom fraction', own, 3)}; {quantity('atom fraction', every, 3)}"
        yield Fact("lithium when full", text, "of lithium and active atoms; of all atoms, inert ones counted")


def _exchanges(sheet: ParticleSheet) -> Iterator[Fact]:
    words = {1: "to phase B's side", -1: "to the side of phase A", 0: "undecidable, under 15 kJ/mol"}
    for x, found in sheet.phases.exchanges.items():
        text = f"{float(np.asarray(found.enthalpy)) / 1e3:.3g} kJ/mol {x}"
        told = f"{words[int(np.asarray(found.decision))]}: {found.host_phase} against {found.other_phase}"
        yield Fact(f"exchange of {ELEMENTS[x].name}", text, told)


def _sizes(sheet: ParticleSheet) -> Iterator[Fact]:
    powder, plain = sheet.powder, sheet.inputs.particle
    density = float(np.asarray(sheet.phases.density()))
    if powder is not None:
        found = powder.statistics()
        surface = powder.specific_surface(density)
    elif plain.diameter is not None and plain.diameter_spread is not None:
        size = (plain.diameter, plain.diameter_spread)
        found = {f"D{round(100 * q)}": float(volume_percentile(*size, q)) for q in (0.1, 0.5, 0.9)}
        found |= {"D[4,3]": float(volume_mean(*size)), "D[3,2]": float(sauter_mean(*size))}
        found |= {"D[1,0]": float(number_mean(*size))}
        surface = 6.0 / (density * found["D[3,2]"])
    elif plain.diameter is not None:
        yield Fact("diameter", quantity("length", plain.diameter), "volume median D50, as stated")
        return
    else:
        return
    text = ", ".join(f"{name} {quantity('length', size, 3)}" for name, size in found.items())
    yield Fact("sizes", text, "volume percentiles; means by name (ISO 9276-2)")
    yield Fact("specific surface", f"{surface / 1e3:.3g} m2/g", "smooth spheres of these sizes")
