"""The table of figures of one layer: dimensions and capacities, by name.

A figure's function takes the pair (:class:`~alloycell.electrode.coating.Coating`, library).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TypeAlias

from alloycell.electrode.capacity import (
    first_charge_capacity,
    first_cycle_loss,
    reversible_capacity,
    theoretical_capacity_of,
)
from alloycell.electrode.coating import Coating
from alloycell.electrode.constituent import Constituent
from alloycell.figure import Figure
from alloycell.materials import Library
from alloycell.quantities import Number, number

__all__ = ["LAYER_FIGURES"]

_Pair: TypeAlias = tuple[Coating, Library]


def _per_mass(of: Callable[[Constituent, Library], Number]) -> Callable[[_Pair], Number]:
    def capacity(pair: _Pair) -> Number:
        made, library = pair
        return number(sum((part.mass_fraction * of(part, library) for part in (*made.hosts(), *made.losing())), 0.0))

    return capacity


def _times(of: Callable[[_Pair], Number], name: str) -> Callable[[_Pair], Number]:
    return lambda pair: number(of(pair) * getattr(pair[0].size, name))


_first, _back = _per_mass(first_charge_capacity), _per_mass(reversible_capacity)
_CAPACITY = "docs/theory/capacity.md"
_ROWS = (
    (
        "thickness",
        "t",
        "length",
        "thickness, dry, one side",
        "t = loading / density",
        ("loading", "density"),
        lambda p: p[0].size.thickness,
    ),
    (
        "loading",
        "m",
        "loading",
        "mass of solids per area, one side",
        "m = t density",
        ("thickness", "density"),
        lambda p: p[0].size.loading,
    ),
    (
        "porosity",
        "eps",
        "fraction",
        "pore volume over layer volume, dry",
        "eps = 1 - density / solid_density",
        ("density", "solid_density"),
        lambda p: p[0].size.porosity,
    ),
    (
        "density",
        "rho",
        "density",
        "mass over volume of the dry layer",
        "rho = m / t",
        ("loading", "thickness"),
        lambda p: p[0].size.density,
    ),
    (
        "solid_density",
        "rho_s",
        "density",
        "density of the solids without pores",
        "1 / rho_s = sum of w / rho",
        (),
        lambda p: p[0].solid_density,
    ),
    (
        "theoretical_capacity",
        "q_th",
        "specific capacity",
        "theoretical capacity per mass of layer",
        "sum of w F x / M",
        (),
        _per_mass(theoretical_capacity_of),
    ),
    (
        "first_charge_capacity",
        "q_1",
        "specific capacity",
        "first-charge capacity per mass of layer, losses in",
        "sum of w q_1",
        (),
        _first,
    ),
    (
        "reversible_capacity",
        "q_rev",
        "specific capacity",
        "reversible capacity per mass of layer",
        "sum of w q_rev",
        (),
        _back,
    ),
    (
        "first_cycle_loss",
        "q_loss",
        "specific capacity",
        "lithium lost in the first cycle per mass of layer",
        "sum of w q_loss",
        (),
        _per_mass(first_cycle_loss),
    ),
    (
        "volumetric_capacity",
        "v_rev",
        "volumetric capacity",
        "reversible capacity per volume of dry layer",
        "q_rev rho",
        ("reversible_capacity", "density"),
        _times(_back, "density"),
    ),
    (
        "areal_first_charge",
        "Q_1",
        "charge per area",
        "first-charge capacity per area, one side",
        "q_1 m",
        ("first_charge_capacity", "loading"),
        _times(_first, "loading"),
    ),
    (
        "areal_reversible",
        "Q_rev",
        "charge per area",
        "reversible capacity per area, one side",
        "q_rev m",
        ("reversible_capacity", "loading"),
        _times(_back, "loading"),
    ),
)

LAYER_FIGURES: Mapping[str, Figure] = MappingProxyType(
    {
        name: Figure(name, symbol, kind, meaning, formula, _CAPACITY, terms, of)
        for name, symbol, kind, meaning, formula, terms, of in _ROWS
    }
)
"""Every figure of a layer by name [SI of its kind]."""
