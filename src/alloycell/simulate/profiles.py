"""Profiles through the electrodes and through particles at one moment, read from a state of the kernel.

Places run from the negative's collector to the positive's [m]; unswollen or swollen as the simulation took its layers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from alloycell.quantities import FloatArray
from alloycell.simulate.assemble import Assembly

__all__ = ["DEPTHS", "PhaseProfile", "Profile", "profile_of"]

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


def profile_of(made: Assembly, design: int, time: float, state: FloatArray) -> Profile:
    """The profile at ``time`` [s] of one ``design`` from its ``state``, in the order the kernel documents."""
    flat, n = made.flat, made.flat.nodes
    lengths = [layer.nodes for layer in flat.layers for _ in layer.phases]
    starts = [
        sum(layer.nodes for layer in flat.layers[:i]) for i, layer in enumerate(flat.layers) for _ in layer.phases
    ]
    difference, rest = state[1 : 1 + n], state[1 + n :]
    edges = np.concatenate([[0], np.cumsum(lengths)])
    points = int(edges[-1])
    theta, reaction, rest = rest[:points], rest[points : 2 * points], rest[2 * points :]
    salt, rest = rest[:n], rest[n:]
    rest = rest[sum(m for m, phase in zip(lengths, flat.phases, strict=True) if phase.hysteresis == 1) :]
    x = _places(made, design)
    found: dict[tuple[str, str], PhaseProfile] = {}
    for number, (phase, place) in enumerate(zip(flat.phases, made.places, strict=True)):
        m, count = lengths[number], phase.radial.count
        held, rest = rest[: count * m].reshape(count, m), rest[count * m :]
        mine = slice(edges[number], edges[number + 1])
        inside = phase.radial.inside(held, theta[mine], np.array(DEPTHS))
        found[place.where, place.label] = PhaseProfile(
            x[starts[number] : starts[number] + m], place.content(phase.radial.mean(held)), place.content(theta[mine]),
            place.content(inside), reaction[mine],
        )  # fmt: skip
    return Profile(time, x, salt, difference, found)
