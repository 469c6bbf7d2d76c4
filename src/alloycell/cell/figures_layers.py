"""Figures of an alloy layer and its particles: capacities per mass and volume, shares, sizes, recipe."""

from __future__ import annotations

from collections.abc import Callable

from alloycell.alloy import number_mean
from alloycell.alloy.elements import atomic_mass
from alloycell.cell import membership
from alloycell.cell.datasheet import Datasheet
from alloycell.cell.ratios import Value, over, product, sum_over
from alloycell.electrode import Constituent
from alloycell.figure import Figure
from alloycell.materials import Alloying, Host, Positive
from alloycell.quantities import Number, number

__all__ = ["LAYERS"]


def _capacity_per_mass(side: str) -> Callable[[Datasheet], Value]:
    def per_mass(sheet: Datasheet) -> Value:
        layers = getattr(sheet, side)
        if not layers:
            return None
        kind = Positive if side == "positive" else Host
        return number(sheet.areal(layers, "reversible", kind) / sum((made.size.loading for made in layers), 0.0))

    return per_mass


def _weighed(
    sheet: Datasheet,
    weight: Callable[[Number, Constituent], Number],
    of: Callable[[Constituent], Number | None],
) -> Number | None:
    """Mean of ``of`` over the alloying constituents, weighted; None where one of them does not state it."""
    top: Number = 0.0
    bottom: Number = 0.0
    for made in sheet.alloy_layers:
        for part in made.alloying():
            value = of(part)
            if value is None:
                return None
            share = weight(sheet.loading(made, part), part)
            top, bottom = top + share * value, bottom + share
    return number(top / bottom) if sheet.alloy_layers else None


def _by_volume(mass: Number, part: Constituent) -> Number:
    return mass / part.record.density.value


def _by_atoms(mass: Number, part: Constituent) -> Number:
    assert isinstance(part.record, Alloying)
    return mass / part.record.host_molar_mass.value


def _is_silicon(part: Constituent) -> float:
    return 1.0 if isinstance(part.record, Alloying) and part.record.element == "Si" else 0.0


def _share_of_silicon(molar: bool) -> Callable[[Datasheet], Number | None]:
    """Share of silicon in all alloying elements of the alloy layers, bound ones included: by mass, or by atoms."""

    def share(sheet: Datasheet) -> Number | None:
        weight = _by_atoms if molar else _by_mass
        free = _weighed(sheet, weight, _is_silicon)
        rows = [
            (symbol, mass * made.size.loading / (atomic_mass(symbol) if molar else 1.0))
            for made in sheet.alloy_layers
            for part in made.constituents
            for symbol, mass in part.bound.items()
        ]
        if free is None or not rows:
            return free
        hosts = [(part, sheet.loading(made, part)) for made in sheet.alloy_layers for part in made.alloying()]
        whole = sum((weight(mass, part) for part, mass in hosts), 0.0)
        silicon = sum((mass for symbol, mass in rows if symbol == "Si"), 0.0)
        return number((free * whole + silicon) / (whole + sum((mass for _, mass in rows), 0.0)))

    return share


def _by_mass(mass: Number, part: Constituent) -> Number:
    return mass


def _number_mean(part: Constituent) -> Number | None:
    use = part.use
    return (
        None if use.diameter is None or use.diameter_spread is None else number_mean(use.diameter, use.diameter_spread)
    )


_layer_density = over(sum_over("alloy_layers", "loading"), sum_over("alloy_layers", "thickness"))
_positive_density = over(sum_over("positive", "loading"), sum_over("positive", "thickness"))
_volumetric = product(_capacity_per_mass("alloy_layers"), _layer_density)
_positive_volumetric = product(_capacity_per_mass("positive"), _positive_density)

LAYERS: tuple[Figure, ...] = (
    Figure(
        "silicon_tin_particles",
        "",
        "yes or no",
        "whether the alloy is particles of silicon and tin together",
        "",
        "the design",
        (),
        membership.silicon_tin_particles,
    ),
    Figure(
        "particle_diameter",
        "D50",
        "length",
        "volume median diameter of the alloy particles, mean by volume where they differ",
        "",
        "the design",
        (),
        lambda s: _weighed(s, _by_volume, lambda part: part.use.diameter),
    ),
    Figure(
        "particle_number_mean",
        "D[1,0]",
        "length",
        "number mean diameter of the alloy particles",
        "D50 exp(-2.5 ln^2 s)",
        "Hatch and Choate 1929",
        ("particle_diameter",),
        lambda s: _weighed(s, _by_volume, _number_mean),
    ),
    Figure(
        "layer_capacity",
        "C_N",
        "specific capacity",
        "reversible capacity of the alloy layers per mass of layer, collector out",
        "C_N = sum of w q_rev",
        "docs/theory/capacity.md",
        (),
        _capacity_per_mass("alloy_layers"),
    ),
    Figure(
        "layer_density",
        "D_N",
        "density",
        "density of the alloy layers, dry, as made",
        "D_N = loading / thickness",
        "docs/theory/capacity.md",
        (),
        _layer_density,
    ),
    Figure(
        "layer_thickness",
        "t_N",
        "length",
        "thickness of the alloy layers, one side, as made",
        "",
        "docs/theory/capacity.md",
        (),
        sum_over("alloy_layers", "thickness"),
    ),
    Figure(
        "layer_volumetric_capacity",
        "V_N",
        "volumetric capacity",
        "reversible capacity of the alloy layers per volume",
        "V_N = C_N D_N",
        "docs/theory/capacity.md",
        ("layer_capacity", "layer_density"),
        _volumetric,
    ),
    Figure(
        "positive_layer_capacity",
        "C_P",
        "specific capacity",
        "rated reversible capacity of the positive per mass of layer",
        "C_P = sum of w q_rev",
        "docs/theory/capacity.md",
        (),
        _capacity_per_mass("positive"),
    ),
    Figure(
        "positive_layer_density",
        "D_P",
        "density",
        "density of the positive layers, dry, as made",
        "D_P = loading / thickness",
        "docs/theory/capacity.md",
        (),
        _positive_density,
    ),
    Figure(
        "positive_layer_thickness",
        "t_P",
        "length",
        "thickness of the positive layers, one side, as made",
        "",
        "docs/theory/capacity.md",
        (),
        sum_over("positive", "thickness"),
    ),
    Figure(
        "capacity_ratio",
        "R",
        "ratio",
        "volumetric capacity of the alloy layers over that of the positive",
        "R = C_N D_N / (C_P D_P)",
        "silicon-tin layer, claim 5",
        ("layer_volumetric_capacity", "positive_layer_capacity", "positive_layer_density"),
        over(_volumetric, _positive_volumetric),
    ),
    Figure(
        "has_binder",
        "",
        "yes or no",
        "whether every alloy layer holds a binder",
        "",
        "material records",
        (),
        membership.has_binder,
    ),
    Figure(
        "has_conductive_additive",
        "",
        "yes or no",
        "whether every alloy layer holds a conductive additive",
        "",
        "material records",
        (),
        membership.has_conductive_additive,
    ),
    Figure(
        "binder_polymers",
        "",
        "names",
        "polymers that bind the alloy layers",
        "",
        "material records",
        (),
        membership.binder_polymers,
    ),
    Figure(
        "silicon_share",
        "w_Si",
        "mass fraction",
        "mass of silicon in the alloying elements",
        "m_Si / sum of m",
        "the design",
        (),
        _share_of_silicon(molar=False),
    ),
    Figure(
        "silicon_atom_share",
        "x_Si",
        "atom fraction",
        "atoms of silicon in the alloying elements",
        "n_Si / sum of n",
        "the design",
        (),
        _share_of_silicon(molar=True),
    ),
    Figure(
        "largest_element",
        "",
        "names",
        "alloying element with the largest mass",
        "",
        "the design",
        (),
        membership.largest_element,
    ),
    Figure(
        "negative_collector_thickness",
        "t_cN",
        "length",
        "thickness of the negative's collector",
        "",
        "the design",
        (),
        lambda s: s.cell.negative.collector.thickness,
    ),
    Figure(
        "positive_collector_thickness",
        "t_cP",
        "length",
        "thickness of the positive's collector",
        "",
        "the design",
        (),
        lambda s: s.cell.positive.collector.thickness,
    ),
)
"""Figures of the alloy layers and of the positive layers [SI of their kinds]."""
