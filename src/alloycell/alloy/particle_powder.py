"""Figures of a powder by itself: what the particle clauses of the silicon-tin layer ask for."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from alloycell.alloy.composition import Composition
from alloycell.alloy.elements import atom_fractions, of_family
from alloycell.alloy.particle import Particle
from alloycell.alloy.powder import Powder
from alloycell.alloy.sizes import number_mean
from alloycell.quantities import Number, number

__all__ = ["POWDER_FIGURES", "powder_figures"]

POWDER_FIGURES: Final = (
    "silicon_tin_particles", "particle_diameter", "particle_number_mean", "silicon_share", "silicon_atom_share",
    "largest_element",
)  # fmt: skip
"""Names of the figures; lengths in [m], shares dimensionless."""


def powder_figures(composition: Composition, particle: Particle, powder: Powder | None) -> dict[str, Any]:
    """The figures :data:`POWDER_FIGURES` of a ``composition`` [m, shares 0 to 1]; None where they are unknown.

    ``powder`` is the measured size distribution, where there is one. Shares are of the alloying elements.
    """
    hosts = {x: np.asarray(w) for x, w in composition.masses().items() if x in of_family("alloying")}
    total = np.asarray(sum(hosts.values(), np.zeros(())))
    mean: Number | None = None
    if powder is not None:
        mean = powder.statistic("D[1,0]")
    elif particle.diameter is not None and particle.diameter_spread is not None:
        mean = number_mean(particle.diameter, particle.diameter_spread)
    found: dict[str, Any] = {"particle_diameter": particle.diameter, "particle_number_mean": mean}
    found["silicon_tin_particles"] = {"Si", "Sn"} <= {x for x, w in hosts.items() if np.any(w > 0)}
    if not hosts:
        return found | dict.fromkeys(("silicon_share", "silicon_atom_share", "largest_element"))
    nothing = np.zeros(total.shape)
    found["silicon_share"] = number(np.asarray(hosts.get("Si", nothing)) / total)
    found["silicon_atom_share"] = number(np.asarray(atom_fractions(hosts).get("Si", nothing)) + nothing)
    found["largest_element"] = None if total.shape else frozenset({composition.largest()[0]})
    return found
