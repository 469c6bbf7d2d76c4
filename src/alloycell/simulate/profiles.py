"""Profiles through the electrodes and through particles at one moment, read from a state of the kernel.

Places run from the negative's collector to the positive's [m]; unswollen or swollen as the simulation took its layers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from alloycell.quantities import FloatArray
from alloycell.simulate.arrays import Flat
from alloycell.simulate.assemble import Assembly
from alloycell.simulate.radial import InnerFace, Radial

__all__ = ["DEPTHS", "History", "PhaseProfile", "Profile", "Strip", "history_of", "profile_of"]

DEPTHS = tuple(index / 20 for index in range(21))
"""Places r / R at which a particle's content is given, from its centre to its surface, dimensionless (0 to 1)."""


@dataclass(frozen=True, slots=True)
class PhaseProfile:
    """One phase along its layer: places ``x`` [m], shape (n,), contents [Li per host], reaction [A/m2 of surface].

    ``mean`` and ``surface`` have shape (n,), ``inside`` (n, depths) runs from the centre to the surface
    (:data:`DEPTHS`).
    """

    x: FloatArray
    mean: FloatArray
    surface: FloatArray
    inside: FloatArray
    reaction: FloatArray


@dataclass(frozen=True, slots=True)
class Profile:
    """One moment: ``time`` [s], places ``x`` [m] with the salt's concentration [mol/m3] and, in electrodes,
    the potential difference between solid and electrolyte [V]; ``phases`` by (layer, label)."""

    time: float
    x: FloatArray
    salt: FloatArray
    difference: FloatArray
    phases: Mapping[tuple[str, str], PhaseProfile]


def _places(made: Assembly, design: int) -> FloatArray:
    """Centres of all control volumes [m] from the negative's collector."""
    widths = np.concatenate([np.full(region.nodes, region.thickness[design] / region.nodes) for region in made.regions])
    return np.asarray(np.cumsum(widths) - 0.5 * widths)


@dataclass(frozen=True, slots=True)
class _Slot:
    """Where one phase stands in a state: its first control volume and how many, theta, reaction, inside."""

    start: int
    nodes: int
    surface: slice
    reaction: slice
    inside: slice


def _slots(flat: Flat) -> tuple[slice, slice, tuple[_Slot, ...]]:
    """Where a state holds potential differences, the salt, and every phase, in the order the kernel documents."""
    n = flat.nodes
    firsts = np.cumsum([0, *(layer.nodes for layer in flat.layers)])
    phases = [(int(firsts[i]), layer.nodes, phase) for i, layer in enumerate(flat.layers) for phase in layer.phases]
    points = sum(m for _, m, _ in phases)
    salt = 1 + n + 2 * points
    inside = salt + n + sum(m for _, m, phase in phases if phase.hysteresis == 1)
    surface, found = 1 + n, []
    for start, m, phase in phases:
        size = phase.radial.count * m
        own = slice(surface, surface + m), slice(surface + points, surface + points + m), slice(inside, inside + size)
        found.append(_Slot(start, m, *own))
        surface, inside = surface + m, inside + size
    return slice(1, 1 + n), slice(salt, salt + n), tuple(found)


def profile_of(made: Assembly, design: int, time: float, state: FloatArray) -> Profile:
    """The profile at ``time`` [s] of one ``design`` from its ``state``."""
    difference, salt, slots = _slots(made.flat)
    x = _places(made, design)
    found: dict[tuple[str, str], PhaseProfile] = {}
    for slot, phase, place in zip(slots, made.flat.phases, made.places, strict=True):
        if phase.radial.kind == InnerFace.kind:
            continue
        held, surface = state[slot.inside].reshape(-1, slot.nodes), state[slot.surface]
        inside = phase.radial.inside(held, surface, np.array(DEPTHS))
        found[place.where, place.label] = PhaseProfile(
            x[slot.start : slot.start + slot.nodes], place.content(phase.radial.mean(held)), place.content(surface),
            place.content(inside), state[slot.reaction],
        )  # fmt: skip
    return Profile(time, x, state[salt], state[difference], found)


@dataclass(frozen=True, slots=True)
class Strip:
    """Lithium through one layer of the negative against time: the alloy of the layer, or what else takes lithium.

    ``depth`` [m], shape (n,), from the collector side of the layer, ``thickness`` [m]; ``held``, shape (times, n): of
    an ``alloy`` Li/(Li + absorbing atoms), of other hosts the share of their curve, both 0 to 1.
    """

    where: str
    title: str
    alloy: bool
    depth: FloatArray
    thickness: float
    held: FloatArray


@dataclass(frozen=True, slots=True)
class History:
    """Lithium through the negative: ``time`` [s], shape (times,), and strips from its collector to the separator."""

    time: FloatArray
    strips: tuple[Strip, ...]


_FILM_DEPTHS = (np.arange(20) + 0.5) / 20


def history_of(made: Assembly, design: int, times: FloatArray, states: FloatArray) -> History:
    """Lithium through the negative of one ``design`` at ``times`` [s] from ``states``, shape (times, size)."""
    slots = _slots(made.flat)[2]
    turned = made.regions[0].side == "separator"  # an electrode alone runs from the separator to its collector
    strips = []
    for region in made.regions:
        for alloy in (False, True):
            mine = [
                (place.hosts[design], place.content(np.array(1.0)), place.content(theta))
                for slot, phase, place in zip(slots, made.flat.phases, made.places, strict=True)
                if (place.where, place.side) == (region.where, "negative") and not place.sink
                and place.alloying == alloy
                for theta in [_through(phase.radial, slot, states, region.film)]
            ]  # fmt: skip
            if not mine:
                continue
            lithium = sum((hosts * content for hosts, _, content in mine), np.zeros(()))
            most = sum((hosts * (1.0 if alloy else full) for hosts, full, _ in mine), np.zeros(()))
            held = np.asarray(lithium / (lithium + most) if alloy else lithium / most)
            held = held[:, ::-1] if turned and not region.film else held
            thickness = float(region.thickness[design])
            share = _FILM_DEPTHS if region.film else (np.arange(region.nodes) + 0.5) / region.nodes
            strips.append(Strip(region.where, region.title, alloy, thickness * share, thickness, held))
    return History(times, tuple(strips[::-1] if turned else strips))


def _through(radial: Radial, slot: _Slot, states: FloatArray, film: bool) -> FloatArray:
    """theta (0 to 1), shape (times, places): through the depth of a film, else means of particles."""
    count = len(states)
    held = states[:, slot.inside].reshape(count, -1, slot.nodes).swapaxes(0, 1).reshape(-1, count * slot.nodes)
    if film:
        return radial.inside(held, states[:, slot.surface].reshape(-1), _FILM_DEPTHS)
    return radial.mean(held).reshape(count, slot.nodes)
