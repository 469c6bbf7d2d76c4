"""The states of a cell's first life, from its lithium and its cut-offs, everything at rest.

assembled -> lithium added -> first charge -> formed -> charged -> discharged; ``docs/theory/balance.md`` section 4.
All amounts are per area of facing electrode [mol/m2], potentials V vs Li/Li+, contents Li per host. A state's
arrays have the batch shape of the cell, with the phase axis first.

Stated simplifications: the first lithium an electrode takes up pays its first-cycle losses; at 0 V lithium plates
(a phase of its own, unlimited); added lithium that is not taken up stays out of the circuit for good.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from alloycell.cell.equilibrium import Grid, Phases, Rest, at_rest, at_voltage, grid
from alloycell.electrode import Constituent
from alloycell.materials import Branch, Hysteresis
from alloycell.quantities import FloatArray, Number, frozen_array

__all__ = ["CHUNK", "STATES", "BalanceInput", "Couple", "Flags", "Loss", "Population", "State", "couple", "states"]

Flags: TypeAlias = NDArray[np.bool_]
"""Yes or no for each design of a batch; no units."""

STATES = ("assembled", "lithium added", "first charge", "formed", "charged", "discharged")
"""Names of the states in order."""

CHUNK = 32768
"""Designs solved at once: bounds memory, changes no result."""

_PLENTY = 20.0
"""More lithium per host than any host holds: the upper side of a branch that never gives lithium back."""


@dataclass(frozen=True, slots=True)
class Population:
    """Hosts of one material in one layer that share a history: [mol/m2] ``hosts``, or plated lithium (no part).

    ``crystalline`` hosts turn amorphous when they first take lithium; ``twin`` is the index of the population
    they turn into.
    """

    where: str
    label: str
    curve: Hysteresis | None
    part: Constituent | None
    hosts: Number
    plateau: float | None = None
    twin: int | None = None

    @property
    def crystalline(self) -> bool:
        """Whether these hosts are still crystalline; no units."""
        return self.twin is not None


@dataclass(frozen=True, slots=True)
class Loss:
    """Lithium lost in the first cycle by one material of one layer [mol/m2], and the basis of the figure."""

    where: str
    label: str
    lithium: Number
    basis: str


@dataclass(frozen=True, slots=True)
class BalanceInput:
    """All that the states follow from; Numbers broadcast to ``shape``.

    ``dose`` [mol/m2] lithium put on ``surface``, of which the share ``uptake`` is taken up; ``as_made`` content
    [Li per host] of each positive population; ``upper``, ``lower`` cut-off voltages [V].
    """

    negative: tuple[Population, ...]
    positive: tuple[Population, ...]
    as_made: tuple[Number, ...]
    losses: tuple[Loss, ...]
    dose: Number
    uptake: Number
    surface: Literal["negative", "positive"]
    upper: Number
    lower: Number
    shape: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Couple:
    """The curves of both electrodes; ``twins`` are (crystalline, amorphous row, content [Li per host] at turning)."""

    negative: Grid
    positive: Grid
    twins: tuple[tuple[int, int, float], ...]


@dataclass(frozen=True, slots=True)
class State:
    """One state; batch axes last.

    ``negative`` and ``positive`` hold hosts [mol/m2] and contents [Li per host] of every population; ``losses``
    [mol/m2] has one row a loss; ``metal`` [mol/m2] is added lithium not taken up. ``negative_potential`` and
    ``positive_potential`` [V] are NaN where they are not defined (a pristine negative). ``beyond`` says whether the
    (negative, positive) stands at a wall. ``negative_ends`` is 1 where the negative's potential moves faster at the
    cut-off that ended the step, else 0 (dimensionless), NaN where no cut-off did.
    """

    name: str
    negative: Phases
    positive: Phases
    losses: FloatArray
    metal: FloatArray
    negative_potential: FloatArray
    positive_potential: FloatArray
    beyond: tuple[Flags, Flags]
    negative_ends: FloatArray

    @property
    def voltage(self) -> FloatArray:
        """Open-circuit voltage [V]; NaN where the negative's potential is not defined."""
        return np.asarray(self.positive_potential - self.negative_potential)


def couple(negative: Sequence[Population], positive: Sequence[Population]) -> Couple:
    """The curves of both electrodes on common potentials [V vs Li/Li+], plated lithium included."""
    pairs = [_negative_branches(entry) for entry in negative]
    twins = tuple(
        (row, entry.twin, float(entry.curve.lithiation.content_at(entry.plateau, below=False)))
        for row, entry in enumerate(negative)
        if entry.twin is not None and entry.curve is not None and entry.plateau is not None
    )
    curves = [entry.curve for entry in positive if entry.curve is not None]
    return Couple(
        grid([low for low, _ in pairs], [high for _, high in pairs]),
        grid(
            [curve.lithiation for curve in curves],
            [_first_charge_upper(curve.delithiation) for curve in curves],
        ),
        twins,
    )


def _branch(content: Sequence[float] | FloatArray, potential: Sequence[float] | FloatArray) -> Branch:
    return Branch(frozen_array(content), frozen_array(potential), 0.0)


def _negative_branches(entry: Population) -> tuple[Branch, Branch]:
    if entry.curve is None:
        plated = _branch([0.0, 1.0], [0.0, 0.0])
        return plated, plated
    lower = _from_pristine(entry.curve.lithiation)
    if entry.plateau is None:
        return lower, entry.curve.delithiation
    taken = float(lower.content_at(entry.plateau, below=False))
    deeper = lower.potential < entry.plateau
    content = np.concatenate([[0.0, taken], lower.content[deeper]])
    potential = np.concatenate([[entry.plateau] * 2, lower.potential[deeper]])
    kept = _branch([_PLENTY, _PLENTY], [potential[0], potential[-1]])
    return _branch(content, potential), kept


def _from_pristine(branch: Branch) -> Branch:
    """A curve that starts above 0 is first filled up to its start at the potential of the start."""
    if branch.content[0] == 0.0:
        return branch
    return _branch(np.insert(branch.content, 0, 0.0), np.insert(branch.potential, 0, branch.potential[0]))


def _first_charge_upper(branch: Branch) -> Branch:
    """What a positive holds beyond the end of its curve (content as made, added lithium) leaves at that end."""
    return _branch(np.append(branch.content, _PLENTY), np.append(branch.potential, branch.potential[-1]))


def states(given: BalanceInput) -> tuple[State, ...]:
    """The six states of :data:`STATES` for a cell or a batch of cells [mol/m2, V, Li per host]."""
    count = int(np.prod(given.shape, dtype=np.int64))
    curves = couple(given.negative, given.positive)
    flat = {
        "negative": _rows([entry.hosts for entry in given.negative], given.shape),
        "positive": _rows([entry.hosts for entry in given.positive], given.shape),
        "as_made": _rows(given.as_made, given.shape),
        "losses": _rows([entry.lithium for entry in given.losses], given.shape),
        "scalars": _rows([given.dose, given.uptake, given.upper, given.lower], given.shape),
    }
    chunks = []
    for begin in range(0, count, CHUNK):
        part = {key: rows[:, begin : begin + CHUNK] for key, rows in flat.items()}
        chunks.append(_first_life(curves, part, given.surface))
    return tuple(_joined([chunk[index] for chunk in chunks], given.shape) for index in range(len(STATES)))


def _rows(values: Sequence[Number], shape: tuple[int, ...]) -> FloatArray:
    rows = [np.broadcast_to(np.asarray(value, dtype=np.float64), shape).reshape(-1) for value in values]
    return np.array(rows).reshape(len(rows), int(np.prod(shape, dtype=np.int64)))


def _first_life(curves: Couple, given: dict[str, FloatArray], surface: str) -> list[State]:
    dose, uptake, upper, lower = given["scalars"]
    designs = dose.size
    negative = Phases(given["negative"], np.zeros_like(given["negative"]))
    positive = Phases(given["positive"], given["as_made"])
    unpaid, unknown = given["losses"], np.full(designs, np.nan)
    resting = at_rest(curves.positive, positive, positive.lithium())
    untouched = (np.zeros(designs, dtype=bool),) * 2
    story = [
        State(
            STATES[0],
            negative,
            positive,
            np.zeros_like(unpaid),
            dose,
            unknown,
            resting.potential,
            untouched,
            unknown,
        )
    ]

    taken, metal = dose * uptake, dose * (1.0 - uptake)
    paid = np.zeros_like(unpaid)
    if surface == "positive":
        positive = Phases(positive.hosts, positive.content + taken / positive.hosts.sum(axis=0))
        resting = at_rest(curves.positive, positive, positive.lithium())
        low_potential = unknown
    else:
        paid = _paid(unpaid, taken)
        rest = at_rest(curves.negative, negative, taken - paid.sum(axis=0))
        negative = _settled(negative, rest, curves.twins)
        low_potential = np.where(negative.lithium() > 0, rest.potential, np.nan)
    story.append(
        State(STATES[1], negative, positive, paid, metal, low_potential, resting.potential, untouched, unknown)
    )

    floor = (positive.hosts * curves.positive.lower[:, :1]).sum(axis=0)
    room = np.maximum(positive.lithium() - floor, 0.0)
    paid = paid + _paid(unpaid - paid, room)
    lithium = negative.lithium() + positive.lithium() - (paid - story[1].losses).sum(axis=0)
    for name, voltage in zip(STATES[2:], (upper, lower, upper, lower), strict=True):
        low, high = at_voltage((curves.negative, negative), (curves.positive, positive), lithium, voltage)
        negative, positive = _settled(negative, low, curves.twins), Phases(positive.hosts, high.content)
        ends = np.asarray(low.slope < high.slope, dtype=np.float64)
        beyond = (low.beyond, high.beyond)
        story.append(State(name, negative, positive, paid, metal, low.potential, high.potential, beyond, ends))
    return story


def _paid(owed: FloatArray, available: FloatArray) -> FloatArray:
    """What is paid of each loss [mol/m2] from ``available``, in proportion where it does not suffice."""
    total = owed.sum(axis=0)
    return np.asarray(owed * np.minimum(1.0, np.divide(available, total, out=np.ones_like(total), where=total > 0)))


def _settled(before: Phases, rest: Rest, twins: Sequence[tuple[int, int, float]]) -> Phases:
    """Hosts and contents after a step; crystalline hosts that took lithium join their amorphous twin."""
    if not twins:
        return Phases(before.hosts, rest.content)
    hosts, content = before.hosts.copy(), rest.content.copy()
    for crystal, glass, turned in twins:
        share = np.minimum(1.0, content[crystal] / turned)
        moving = hosts[crystal] * share
        moved = np.divide(content[crystal], share, out=np.zeros_like(share), where=share > 0)
        both = hosts[glass] + moving
        mixed = hosts[glass] * content[glass] + moving * moved
        content[glass] = np.divide(mixed, both, out=content[glass].copy(), where=both > 0)
        hosts[glass], hosts[crystal], content[crystal] = both, hosts[crystal] - moving, 0.0
    return Phases(hosts, content)


def _joined(parts: Sequence[State], shape: tuple[int, ...]) -> State:
    def shaped(rows: list[Any]) -> Any:
        whole = np.concatenate(rows, axis=-1)
        return whole.reshape((*whole.shape[:-1], *shape))

    def phases(side: str) -> Phases:
        halves = [getattr(part, side) for part in parts]
        return Phases(shaped([half.hosts for half in halves]), shaped([half.content for half in halves]))

    return State(
        parts[0].name,
        phases("negative"),
        phases("positive"),
        shaped([part.losses for part in parts]),
        shaped([part.metal for part in parts]),
        shaped([part.negative_potential for part in parts]),
        shaped([part.positive_potential for part in parts]),
        (shaped([part.beyond[0] for part in parts]), shaped([part.beyond[1] for part in parts])),
        shaped([part.negative_ends for part in parts]),
    )
