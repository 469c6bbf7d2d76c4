"""The 13 claims on a layer of silicon-tin alloy particles and the cell it sits in, one pure function a claim.

Source: requirement document "silicon-tin layer". Parameters are figures: lengths [m], capacity per mass of
layer [C/kg], density [kg/m3], capacity per volume of layer [C/m3], mass fractions (0 to 1). Numbers may be
arrays.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from typing import Any

from alloycell.check.clause import Criterion, Window
from alloycell.quantities import Number

__all__ = [
    "claim_1",
    "claim_2",
    "claim_3",
    "claim_4",
    "claim_5",
    "claim_6",
    "claim_7",
    "claim_8",
    "claim_9",
    "claim_10",
    "claim_11",
    "claim_12",
    "claim_13",
]

_POLYVINYL_ALCOHOL = frozenset({"PVA", "polyvinyl alcohol", "poly(vinyl alcohol)"})


def _within(name: str, parameter: str, value: Number, edges: Mapping[str, Window]) -> Criterion:
    return Criterion(name, (parameter,), value, edges[parameter])


def _particles(silicon_tin_particles: Any) -> Criterion:
    return Criterion("silicon and tin in one alloy particle", ("silicon_tin_particles",), silicon_tin_particles)


def _diameter(particle_diameter: Number, edges: Mapping[str, Window]) -> Criterion:
    return _within("mean diameter of the alloy particles", "particle_diameter", particle_diameter, edges)


def _layer(layer_capacity: Number, layer_density: Number, edges: Mapping[str, Window]) -> tuple[Criterion, ...]:
    return (
        _within("capacity per mass of negative layer", "layer_capacity", layer_capacity, edges),
        _within("density of the negative layer", "layer_density", layer_density, edges),
    )


def _recipe(has_binder: Any, has_conductive_additive: Any) -> tuple[Criterion, ...]:
    return (
        Criterion("a binder in the negative layer", ("has_binder",), has_binder),
        Criterion(
            "a conductive additive in the negative layer",
            ("has_conductive_additive",),
            has_conductive_additive,
        ),
    )


def _alcohol(binder_polymers: Set[str]) -> Criterion:
    found = ", ".join(sorted(binder_polymers)) or "none"
    name = "polyvinyl alcohol among the binders"
    return Criterion(name, ("binder_polymers",), bool(binder_polymers & _POLYVINYL_ALCOHOL), found=found)


def claim_1(
    silicon_tin_particles: Any,
    particle_diameter: Number,
    layer_capacity: Number,
    layer_density: Number,
    *,
    edges: Mapping[str, Window],
) -> tuple[Criterion, ...]:
    """Silicon-tin layer, claim 1: Si-Sn particles of 0.05 to 2 um in a layer of 1000 to 2200 mAh/g, 0.9 to
    1.5 g/cm3.

    Parameters: yes or no; diameter [m]; capacity per mass of the whole layer [C/kg]; density of the layer
    [kg/m3].
    """
    return (
        _particles(silicon_tin_particles),
        _diameter(particle_diameter, edges),
        *_layer(layer_capacity, layer_density, edges),
    )


def claim_2(layer_thickness: Number, *, edges: Mapping[str, Window]) -> tuple[Criterion, ...]:
    """Silicon-tin layer, claim 2: the negative layer is 10 to 50 um thick on one side [m]."""
    return (_within("thickness of the negative layer", "layer_thickness", layer_thickness, edges),)


def claim_3(has_binder: Any, has_conductive_additive: Any, *, edges: Mapping[str, Window]) -> tuple[Criterion, ...]:
    """Silicon-tin layer, claim 3: a binder and a conductive additive are there (yes or no, no units)."""
    return _recipe(has_binder, has_conductive_additive)


def claim_4(binder_polymers: Set[str], *, edges: Mapping[str, Window]) -> tuple[Criterion, ...]:
    """Silicon-tin layer, claim 4: polyvinyl alcohol is one of the binders (set of polymers, no units)."""
    return (_alcohol(binder_polymers),)


def claim_5(
    silicon_share: Number,
    capacity_ratio: Number,
    layer_volumetric_capacity: Number,
    layer_capacity: Number,
    layer_density: Number,
    *,
    edges: Mapping[str, Window],
) -> tuple[Criterion, ...]:
    """Silicon-tin layer, claim 5: mainly silicon; R <= 8, 1200 to 2500 mAh/cm3, 1000 to 2200 mAh/g, 0.9 to
    1.5 g/cm3.

    Parameters: mass fraction of silicon among the alloying elements (0 to 1), above one half and so the
    largest; ``capacity_ratio`` R of negative to positive capacity per layer volume (dimensionless); layer
    capacity [C/m3] and [C/kg]; layer density [kg/m3].
    """
    return (
        _within("silicon among the alloying elements, by mass", "silicon_share", silicon_share, edges),
        _within("capacity per volume, negative over positive layer", "capacity_ratio", capacity_ratio, edges),
        _within(
            "capacity per volume of negative layer",
            "layer_volumetric_capacity",
            layer_volumetric_capacity,
            edges,
        ),
        *_layer(layer_capacity, layer_density, edges),
    )


def claim_6(particle_diameter: Number, *, edges: Mapping[str, Window]) -> tuple[Criterion, ...]:
    """Silicon-tin layer, claim 6: the alloy particles have a mean diameter [m] of 0.05 to 2 um."""
    return (_diameter(particle_diameter, edges),)


def claim_7(silicon_tin_particles: Any, *, edges: Mapping[str, Window]) -> tuple[Criterion, ...]:
    """Silicon-tin layer, claim 7: the particles hold silicon and tin (yes or no, no units)."""
    return (_particles(silicon_tin_particles),)


def claim_8(layer_thickness: Number, *, edges: Mapping[str, Window]) -> tuple[Criterion, ...]:
    """Silicon-tin layer, claim 8: the negative layer is 10 to 50 um thick on one side [m]."""
    return claim_2(layer_thickness, edges=edges)


def claim_9(positive_layer_thickness: Number, *, edges: Mapping[str, Window]) -> tuple[Criterion, ...]:
    """Silicon-tin layer, claim 9: the positive layer is 50 to 150 um thick on one side [m]."""
    name = "positive_layer_thickness"
    return (_within("thickness of the positive layer", name, positive_layer_thickness, edges),)


def claim_10(negative_collector_thickness: Number, *, edges: Mapping[str, Window]) -> tuple[Criterion, ...]:
    """Silicon-tin layer, claim 10: the collector of the negative is 6 to 30 um thick [m]."""
    name = "negative_collector_thickness"
    return (_within("thickness of the negative collector", name, negative_collector_thickness, edges),)


def claim_11(positive_collector_thickness: Number, *, edges: Mapping[str, Window]) -> tuple[Criterion, ...]:
    """Silicon-tin layer, claim 11: the collector of the positive is 6 to 30 um thick [m]."""
    name = "positive_collector_thickness"
    return (_within("thickness of the positive collector", name, positive_collector_thickness, edges),)


def claim_12(has_binder: Any, has_conductive_additive: Any, *, edges: Mapping[str, Window]) -> tuple[Criterion, ...]:
    """Silicon-tin layer, claim 12: a binder and a conductive additive are there (yes or no, no units)."""
    return _recipe(has_binder, has_conductive_additive)


def claim_13(binder_polymers: Set[str], *, edges: Mapping[str, Window]) -> tuple[Criterion, ...]:
    """Silicon-tin layer, claim 13: polyvinyl alcohol is one of the binders (set of polymers, no units)."""
    return (_alcohol(binder_polymers),)
