"""How a layer swells with the lithium it takes: into its pores, and in thickness. docs/theory/swelling.md."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from alloycell.electrode.capacity import hosts_per_mass
from alloycell.electrode.coating import Coating
from alloycell.electrode.layer import Dimensions
from alloycell.materials import Host, Library, volume_ratio
from alloycell.quantities import Number, number

__all__ = ["ASSUMED_PORE_SHARE", "solid_growth", "swollen"]

ASSUMED_PORE_SHARE = 0.5
"""Share of the swelling that goes into pores where a layer states none, dimensionless; assumed."""


def solid_growth(coating: Coating, contents: Sequence[Number], library: Library) -> Number:
    """Growth of the volume of solids per area [m3/m2 = m] against the layer as made.

    ``contents`` holds the mean lithium content [Li per host] of each of ``coating.hosts()``, in order; the volume of
    each follows its record's path, and only hosts that take lithium swell.
    """
    growth: Number = 0.0
    for part, content in zip(coating.hosts(), contents, strict=True):
        assert isinstance(part.record, Host)
        taking = hosts_per_mass(part, library) * part.record.host_molar_mass.value
        volume = part.mass_fraction * coating.size.loading / part.record.density.value
        growth = growth + volume * taking * (volume_ratio(part.record, content) - 1.0)
    return number(growth)


def swollen(coating: Coating, growth: Number) -> Dimensions:
    """The layer's dimensions after its solids grew by ``growth`` [m3/m2].

    The share ``pore_share`` of the growth goes into pores while there are any; the rest, and what finds no pore,
    makes the layer thicker. Area is fixed by the collector. Loading is that of the solids as made.
    """
    size = coating.size
    share = ASSUMED_PORE_SHARE if coating.layer.pore_share is None else coating.layer.pore_share
    pores = size.porosity * size.thickness
    filled = np.minimum(share * growth, pores)
    thickness = size.thickness + growth - filled
    return Dimensions(
        thickness=number(thickness),
        loading=size.loading,
        porosity=number((pores - filled) / thickness),
        density=number(size.loading / thickness),
    )
