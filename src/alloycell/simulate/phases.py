"""The phases of a layer for the kernel: one for each population of the spine, with its curves and its particles.

A crystalline population has the curve of its first lithiation; hosts that turned amorphous are a population of their
own. Numbers have one entry a design, SI.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from alloycell.cell import Datasheet
from alloycell.cell.balance import Flags, Population
from alloycell.cell.provenance import Assumption
from alloycell.electrode import Coating, Constituent
from alloycell.materials import Alloying, Branch, Host, Hysteresis
from alloycell.quantities import GAS_CONSTANT, FloatArray, frozen_array
from alloycell.simulate.arrays import FlatPhase
from alloycell.simulate.arrhenius import REFERENCE, activation_of, growth
from alloycell.simulate.curves import (
    PRISTINE,
    WALL_WIDTH,
    branch_table,
    diffusivity_table,
    exchange_table,
    grid,
    rise_to,
    sampled,
)
from alloycell.simulate.kinetics import ASSUMED_DECAY, diffusivity_of, radius_of, rate_of
from alloycell.simulate.options import Options
from alloycell.simulate.radial import MOST_FACED, SHELLS_PER_MODE, Radial, faced_modes, modes, shells
from alloycell.simulate.starts import Start

__all__ = ["Bench", "Place", "Region", "lithium_fraction", "phases_of"]

_NONE, _ONE_STATE = 0, 1
_SINK_RADIUS, _SINK_CAPACITY, _SINK_RATE, _SINK_DIFFUSIVITY = 1e-8, 1e5, 0.1, 1e-15
_SINK_LEVEL, _SINK_WALL, _SINK_FILM = 1.5, 5.0, 0.03
_NEAR, _CLOSE = 2e-3, 1e-3


@dataclass(frozen=True, slots=True)
class Place:
    """One phase of one layer as the kernel counts it: how its theta (0 to 1) reads as lithium.

    content [Li per host] = ``empty`` + ``span`` theta, amount [mol/m2] = ``hosts`` content; ``hosts`` has one entry a
    design. A ``sink`` takes first-cycle losses and gives nothing back. ``alloying`` marks elements of an alloy.
    """

    where: str
    title: str
    label: str
    side: str
    hosts: FloatArray
    empty: float
    span: float
    alloying: bool
    radial: Radial
    sink: bool = False

    def content(self, theta: FloatArray) -> FloatArray:
        """Content [Li per host] at ``theta`` (0 to 1)."""
        return np.asarray(self.empty + self.span * theta)


def lithium_fraction(held: Sequence[tuple[Place, FloatArray]], design: int) -> FloatArray:
    """Li/(Li + hosts), 0 to 1, of several phases of one ``design`` together; each with its theta (0 to 1)."""
    hosts = sum(place.hosts[design] for place, _ in held)
    lithium = sum((place.hosts[design] * place.content(theta) for place, theta in held), np.zeros(()))
    return np.asarray(lithium / (lithium + hosts))


@dataclass(frozen=True, slots=True)
class Region:
    """A layer or the separator as simulated: control volumes (a count), thickness [m], porosity (0 to 1) a design.

    ``film``: a dense layer. ``transport`` (dimensionless) is its efficiency where it does not follow from the porosity.
    ``sealed``: what lies beneath exchanges through the film.
    """

    where: str
    title: str
    side: str
    nodes: int
    thickness: FloatArray
    porosity: FloatArray
    film: bool = False
    transport: float | None = None
    sealed: bool = False


@dataclass
class Bench:
    """What collects while an assembly is made: sheet, options, start, count of designs, salt [mol/m3], curves [V]."""

    sheet: Datasheet
    options: Options
    start: Start
    designs: int
    salt: float
    curves: list[FloatArray] = field(default_factory=list)
    known: dict[tuple[object, ...], int] = field(default_factory=dict)
    assumptions: dict[tuple[str, str], Assumption] = field(default_factory=dict)
    hysteresis: bool = False
    blocked: dict[str, tuple[Flags, str]] = field(default_factory=dict)

    def wide(self, value: object) -> FloatArray:
        """``value`` with one entry a design [unit unchanged]."""
        return np.broadcast_to(np.asarray(value, dtype=np.float64).reshape(-1), (self.designs,))

    def note(self, found: Iterable[Assumption]) -> None:
        """Keep assumptions, each once."""
        self.assumptions.update({(entry.where, entry.value): entry for entry in found})

    def curve(self, key: tuple[object, ...], table: FloatArray) -> int:
        """The place of ``table`` [V, or dimensionless] among the curves; the same ``key`` is kept once."""
        if key not in self.known:
            self.known[key] = len(self.curves)
            self.curves.append(frozen_array(table))
        return self.known[key]

    @property
    def moves(self) -> bool:
        """Whether the cell leaves the temperature that the records are for; no units."""
        return self.options.temperature != REFERENCE or self.options.thermal != "isothermal"

    def block(self, reason: str, which: Flags, where: str) -> None:
        """Take the designs ``which`` out of the run for a named ``reason``."""
        if np.any(which):
            before = self.blocked.get(reason, (np.zeros(self.designs, dtype=bool), where))
            self.blocked[reason] = (before[0] | which, before[1])


def phases_of(work: Bench, made: Coating, region: Region) -> list[tuple[FlatPhase, Place]]:
    """Every population of the layer that holds hosts, and a sink for losses still to be paid."""
    rows = getattr(work.sheet.balance, region.side)
    held = getattr(work.start, region.side)
    found = []
    for row, population in enumerate(rows):
        if population.where == made.where and population.part is not None and np.any(held.hosts[row] > 0):
            found.append(_phase(work, made, region, population, held.hosts[row], held.content[row]))
    owed = [work.start.owed[row] for row, loss in enumerate(work.sheet.balance.losses) if loss.where == made.where]
    total = np.sum(owed, axis=0) if owed and region.side == "negative" else np.zeros(work.designs)
    if np.any(total > 0):
        found.append(_sink(work, made, region, np.asarray(total)))
    return found


def _phase(
    work: Bench, made: Coating, region: Region, population: Population, hosts: FloatArray, content: FloatArray
) -> tuple[FlatPhase, Place]:
    part, curve = population.part, population.curve
    assert part is not None
    assert curve is not None
    assert isinstance(part.record, Host)
    crystal = population.crystalline
    curve = _first_lithiation(curve, float(population.plateau)) if crystal and population.plateau is not None else curve
    low, high, hysteresis = _branches(work, part.name, curve, crystal, region.side)
    empty, span = curve.empty, curve.full - curve.empty
    volume = _volume(work, made, part, population, hosts)
    highest = float(part.record.potential.full.value)
    sites = np.divide(hosts * highest, volume, out=np.ones(work.designs), where=volume > 0)
    rate, assumed = rate_of(part, made.title, sites, work.salt)
    work.note(assumed)
    diffusivity, varying = _diffusivity(work, made, part, curve)
    activation, more = activation_of(part, made.title)
    work.note(more if work.moves else [])
    faster = [growth(energy, work.options.temperature) for energy in (activation.diffusion, activation.exchange)]
    ends_early = region.side == "positive" and (empty > 1e-6 or abs(curve.full - highest) > 1e-6)
    exchange = work.curve((part.name, "exchange"), exchange_table(curve, highest)) if ends_early else -1
    radial, area, radius = _geometry(work, made, part, region, volume, varying >= 0)
    inside = np.divide(hosts * span, volume, out=np.ones(work.designs), where=volume > 0)
    work.block("below the curve at the start", np.asarray(content < empty - 1e-9), made.where)
    theta = np.clip((content - empty) / span, 0.0, 1.0)
    potential = work.start.potentials[0 if region.side == "negative" else 1]
    state = _hysteresis_state(curve, content, potential) if hysteresis == _ONE_STATE else np.zeros(work.designs)
    theta = _rested(work.curves[low][0], work.curves[high][0], state, theta, potential)
    decay = ASSUMED_DECAY if hysteresis == _ONE_STATE else 0.0
    columns = (
        area, radius, inside, diffusivity * faster[0], rate * faster[1],
        work.options.surface_resistance if region.side == "negative" else 0.0, decay, 0.0, 1.0, theta, state,
        activation.diffusion / GAS_CONSTANT, activation.exchange / GAS_CONSTANT,
    )  # fmt: skip
    numbers = np.stack([work.wide(value) for value in columns], axis=-1)
    flat = FlatPhase(low, high, exchange, hysteresis, radial, numbers, varying)
    return flat, Place(
        made.where, made.title, population.label, region.side, np.array(hosts), empty, span,
        isinstance(part.record, Alloying), radial,
    )  # fmt: skip


def _diffusivity(work: Bench, made: Coating, part: Constituent, curve: Hysteresis) -> tuple[float, int]:
    """Diffusivity [m2/s] of a phase (of a curve over content its geometric mean) and the place of that curve, else -1.

    A curve stands for the middle of the sourced values.
    """
    stated = work.sheet.library.diffusivity(part.name)
    assert isinstance(part.record, Host)
    extreme = isinstance(part.record, Alloying) and work.options.diffusivity != "middle"
    if stated is None or (extreme and part.record.diffusivity):
        value, assumed = diffusivity_of(part, made.title, work.options.diffusivity)
        work.note(assumed)
        return value, -1
    entry = part.record.diffusivity_curve
    if entry is not None and entry.level == "assumed":
        work.note([Assumption(f"{made.title}: {part.label}, diffusivity", f"the curve {entry.file}", entry.note)])
    reference, table = diffusivity_table(*stated, curve.empty, curve.full)
    if np.ptp(table[0]) < 1e-9:
        return reference, -1
    return reference, work.curve((part.name, "diffusivity", curve.empty, curve.full), table)


def _first_lithiation(curve: Hysteresis, plateau: float) -> Hysteresis:
    """The branches of crystalline hosts: the plateau [V] until the amorphous branch is met, then that branch."""
    lower = curve.lithiation
    taken = float(lower.content_at(plateau, below=False))
    deeper = lower.potential < plateau
    content = np.concatenate([[0.0, taken], lower.content[deeper]])
    potential = np.concatenate([[plateau] * 2, lower.potential[deeper]])
    return Hysteresis(Branch(frozen_array(content), frozen_array(potential), 0.0), curve.delithiation)


def _branches(work: Bench, name: str, curve: Hysteresis, crystal: bool, side: str) -> tuple[int, int, int]:
    """Places of both branches among the curves, and the kind of hysteresis."""
    key = (name, "crystalline" if crystal else "", side)
    top = PRISTINE if side == "negative" else None
    low = work.curve((*key, "low"), branch_table(curve.lithiation, curve.empty, curve.full, top))
    if curve.lithiation is curve.delithiation:
        return low, low, _NONE
    work.hysteresis = True
    high = work.curve((*key, "high"), branch_table(curve.delithiation, curve.empty, curve.full, top))
    return low, high, _ONE_STATE


def _hysteresis_state(curve: Hysteresis, content: FloatArray, potential: FloatArray) -> FloatArray:
    """h (-1 to 1) at which the ``content`` [Li per host] is at rest at ``potential`` [V]; -1 for a pristine phase."""
    low, high = curve.lithiation.potential_at(content), curve.delithiation.potential_at(content)
    gap = np.maximum(high - low, 1e-6)
    state = np.clip((2.0 * potential - high - low) / gap, -1.0, 1.0)
    return np.asarray(np.where(np.isnan(state), -1.0, state))


def _rested(
    low: FloatArray, high: FloatArray, state: FloatArray, theta: FloatArray, potential: FloatArray
) -> FloatArray:
    """theta (0 to 1) moved by at most ``_NEAR`` to where the kernel's curves have the ``potential`` [V] of the state.

    At a wall or a jump the spine's content has a range of potentials, the smooth curve of the kernel has one.
    """
    points = grid()
    bottom, top = np.maximum(theta - _NEAR, 0.0), np.minimum(theta + _NEAR, 1.0)

    def level(at: FloatArray) -> FloatArray:
        return 0.5 * np.asarray(
            (1.0 - state) * np.interp(at, points, low) + (1.0 + state) * np.interp(at, points, high)
        )

    for _ in range(40):
        middle = 0.5 * (bottom + top)
        above = level(middle) > potential
        bottom, top = np.where(above, middle, bottom), np.where(above, top, middle)
    at_rest = np.isnan(potential) | (np.abs(level(theta) - potential) < _CLOSE)
    return np.asarray(np.where(at_rest, theta, 0.5 * (bottom + top)))


def _volume(work: Bench, made: Coating, part: Constituent, population: Population, hosts: FloatArray) -> FloatArray:
    """Volume of the particles of a population per facing area as made [m3/m2]; twins share it by their hosts."""
    whole = work.wide(part.mass_fraction * made.size.loading / part.density)
    rows = getattr(work.sheet.balance, "negative" if made.where.startswith("negative") else "positive")
    held = work.start.negative.hosts if made.where.startswith("negative") else work.start.positive.hosts
    mine = [i for i, row in enumerate(rows) if row.where == population.where and row.part is part]
    total = np.sum([held[i] for i in mine], axis=0)
    return np.asarray(whole * np.divide(hosts, total, out=np.zeros(work.designs), where=total > 0))


def _geometry(
    work: Bench, made: Coating, part: Constituent, region: Region, volume: FloatArray, varying: bool
) -> tuple[Radial, FloatArray, FloatArray]:
    """Modes (shells where D is ``varying``), surface per volume of the layer [1/m], radius or depth of a film [m]."""
    count = work.options.modes
    geometry = "slab" if region.film else "sphere"
    inside: Radial = shells(SHELLS_PER_MODE * count, geometry) if varying else modes(count, geometry)
    if region.sealed:
        inside = faced_modes(min(2 * count, MOST_FACED))
    if region.film:
        depth = work.wide(made.size.loading / made.solid_density)
        return inside, np.asarray(volume / depth / region.thickness), depth
    radius, assumed = radius_of(part, made.title)
    work.note(assumed)
    wide = work.wide(radius)
    return inside, np.asarray(3.0 * volume / wide / region.thickness), wide


def _sink(work: Bench, made: Coating, region: Region, owed: FloatArray) -> tuple[FlatPhase, Place]:
    """What pays the first-cycle losses: tiny particles that take ``owed`` [mol/m2] above all else and keep it.

    They stand at 1.5 V until they are full. A negative in use stays below, so that nothing comes back. A resistance
    that costs 10 mV at 4C keeps them from being filled at once where a negative starts with lithium in it.
    """
    level = work.curve(("sink", "potential"), sampled(_sink_potential))
    exchange = work.curve(("sink", "exchange"), sampled(lambda theta: 0.5 / np.sqrt(theta * (1.0 - theta))))
    area = 3.0 * owed / (_SINK_CAPACITY * region.thickness) / _SINK_RADIUS
    paid = _rested(work.curves[level][0], work.curves[level][0], 0.0 * owed, 1.0 + 0.0 * owed, work.start.potentials[0])
    theta = np.where(owed > 0, 0.0, paid)
    columns = (
        area, _SINK_RADIUS, _SINK_CAPACITY, _SINK_DIFFUSIVITY, _SINK_RATE, _SINK_FILM,
        0.0, 0.0, 1.0, theta, 0.0, 0.0, 0.0,
    )  # fmt: skip
    numbers = np.stack([work.wide(value) for value in columns], axis=-1)
    ball = modes(2)
    return FlatPhase(level, level, exchange, _NONE, ball, numbers), Place(
        made.where, made.title, "first-cycle losses", region.side, np.array(owed), 0.0, 1.0, False, ball, sink=True,
    )  # fmt: skip


def _sink_potential(theta: FloatArray) -> FloatArray:
    rise = rise_to(PRISTINE, _SINK_LEVEL)
    ends = rise * np.exp(-theta / WALL_WIDTH) - _SINK_WALL * np.exp(-(1.0 - theta) / WALL_WIDTH)
    return np.asarray(_SINK_LEVEL - 0.1 * theta + ends)
