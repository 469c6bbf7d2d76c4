"""Figures of the layered negative: formulas (1) and (2), lithium fractions, N/P, memberships."""

from __future__ import annotations

from alloycell.cell import membership
from alloycell.cell.datasheet import Datasheet
from alloycell.cell.dose import (
    capacity_slack,
    designed_stoichiometry,
    extended_stoichiometry,
    film_thickness,
    lithium_ceiling,
    lithium_fraction,
    negative_capacity,
)
from alloycell.cell.ratios import over
from alloycell.figure import Figure
from alloycell.materials import Positive
from alloycell.quantities import Number, number

__all__ = ["LAYERED", "designed_ratio", "extended_ratio"]


def designed_ratio(sheet: Datasheet) -> Number | None:
    """Lithium per atom q that formula (1) leaves in the alloy (dimensionless, negative: none left)."""
    if sheet.alloy_atoms is None or sheet.carbon_capacity is None or sheet.carbon_efficiency is None:
        return None
    return designed_stoichiometry(
        sheet.lithium_added, sheet.carbon_capacity, sheet.carbon_efficiency, sheet.alloy_atoms
    )


def extended_ratio(sheet: Datasheet) -> Number | None:
    """Lithium per atom by the extended ledger (dimensionless): losses of every layer, the positive's gain counted."""
    if sheet.alloy_atoms is None:
        return None
    gain = sheet.positive_capacity - sheet.areal(sheet.positive, "reversible", Positive)
    carbon, alloy = sheet.areal(sheet.carbon_layers, "lost"), sheet.areal(sheet.alloy_layers, "lost")
    return extended_stoichiometry(sheet.lithium_added * sheet.uptake, carbon, alloy, gain, sheet.alloy_atoms)


def _fraction(ratio: Number | None) -> Number | None:
    return None if ratio is None else lithium_fraction(ratio)


def _total(sheet: Datasheet) -> Number | None:
    if sheet.alloy_atoms is None or sheet.x_max is None or sheet.carbon_capacity is None:
        return None
    return negative_capacity(sheet.carbon_capacity, sheet.alloy_atoms, sheet.x_max)


def _slack(sheet: Datasheet) -> Number | None:
    total = _total(sheet)
    return None if total is None else capacity_slack(total, sheet.lithium_added, sheet.positive_capacity)


def _after_dose(sheet: Datasheet) -> Number | None:
    slack = _slack(sheet)
    if slack is None:
        return None
    room: Number | None = over(lambda _: slack + sheet.positive_capacity, lambda _: sheet.positive_capacity)(sheet)
    return room


def _residual_share(sheet: Datasheet) -> Number | None:
    held = sheet.carbon_lithium("discharged")
    return None if held is None or sheet.carbon_capacity is None else number(held / sheet.carbon_capacity)


def _film(sheet: Datasheet) -> Number:
    metal = sheet.lithium_metal
    return film_thickness(sheet.lithium_added, metal.molar_mass.value, metal.density.value)


_CLAIM = "layered negative, formula"

LAYERED: tuple[Figure, ...] = (
    Figure(
        "carbon_capacity",
        "Cb",
        "charge per area",
        "first-charge capacity of what takes lithium in the carbon layers",
        "Cb = sum of m q_rev / L_c",
        "docs/theory/capacity.md",
        (),
        lambda s: s.carbon_capacity,
    ),
    Figure(
        "carbon_reversible_capacity",
        "Cb L_c",
        "charge per area",
        "reversible capacity of the carbon layers (the other reading of Cb)",
        "Cb L_c",
        "docs/theory/capacity.md",
        ("carbon_capacity", "carbon_efficiency"),
        lambda s: None if s.carbon_capacity is None else number(s.carbon_capacity * s.carbon_efficiency),
    ),
    Figure(
        "carbon_efficiency",
        "L_c",
        "fraction",
        "first-cycle efficiency of the carbon layers, weighted by capacity",
        "L_c = sum of Cb_i L_c,i / Cb",
        "docs/theory/capacity.md",
        (),
        lambda s: s.carbon_efficiency,
    ),
    Figure(
        "alloy_atoms",
        "M_atom",
        "amount per area",
        "atoms of the alloy layers that absorb lithium",
        "M_atom = sum of m / M",
        "docs/theory/capacity.md",
        (),
        lambda s: s.alloy_atoms,
    ),
    Figure(
        "x_max",
        "x_max",
        "stoichiometry",
        "lithium per atom that the clause formulas count with",
        "x_max = M_capa / F",
        "an explicit input of the design or record",
        (),
        lambda s: s.x_max,
    ),
    Figure(
        "positive_capacity",
        "Cat",
        "charge per area",
        "first-charge capacity of the positive to the upper cut-off, at rest, or to the potential the design states",
        "Cat = sum of m F (y_as_made - y_upper) / M",
        "docs/theory/capacity.md",
        (),
        lambda s: s.positive_capacity,
    ),
    Figure(
        "positive_reversible_capacity",
        "Cat_rev",
        "charge per area",
        "reversible capacity of the positive from the upper cut-off, at rest, or from the potential the design states",
        "Cat_rev = sum of m F (y_full - y_upper) / M",
        "docs/theory/capacity.md",
        (),
        lambda s: s.areal(s.positive, "reversible", Positive),
    ),
    Figure(
        "lithium_added",
        "Li",
        "charge per area",
        "lithium added, as charge",
        "Li as stated, or by formula (1) from the target",
        f"{_CLAIM} (1)",
        (),
        lambda s: s.lithium_added,
    ),
    Figure(
        "lithium_film",
        "t_Li",
        "length",
        "lithium added, as a dense film on the facing area",
        "t_Li = Li / F M_Li / rho_Li",
        "docs/theory/dose.md",
        ("lithium_added",),
        _film,
    ),
    Figure(
        "designed_stoichiometry",
        "q",
        "ratio",
        "lithium per atom left in the alloy by formula (1)",
        "q = (Li - Cb (1 - L_c)) / (M_atom F)",
        f"{_CLAIM} (1), inverted",
        ("lithium_added", "carbon_capacity", "carbon_efficiency", "alloy_atoms"),
        designed_ratio,
    ),
    Figure(
        "designed_lithium_fraction",
        "L_s",
        "atom fraction",
        "lithium fraction of the alloy when empty, by formula (1)",
        "L_s = q / (1 + q)",
        f"{_CLAIM} (1), inverted",
        ("designed_stoichiometry",),
        lambda s: _fraction(designed_ratio(s)),
    ),
    Figure(
        "extended_lithium_fraction",
        "L_s,ext",
        "atom fraction",
        "the same with the losses of the alloy layer and the positive's gain counted",
        "q = (Li u + Cat - Cat_rev - losses) / (M_atom F)",
        "docs/theory/dose.md",
        ("lithium_added", "positive_capacity", "positive_reversible_capacity", "alloy_atoms"),
        lambda s: _fraction(extended_ratio(s)),
    ),
    Figure(
        "equilibrium_lithium_fraction",
        "L_s,eq",
        "atom fraction",
        "lithium fraction of the alloy at the discharge cut-off, all layers at one potential",
        "L_s = Li / (Li + M) of the state discharged",
        "docs/theory/balance.md",
        (),
        lambda s: s.alloy_fraction("discharged"),
    ),
    Figure(
        "charged_lithium_fraction",
        "L_s,ch",
        "atom fraction",
        "lithium fraction of the alloy in the state charged",
        "L_s = Li / (Li + M) of the state charged",
        "docs/theory/balance.md",
        (),
        lambda s: s.alloy_fraction("charged"),
    ),
    Figure(
        "lithium_ceiling",
        "L_s,max",
        "atom fraction",
        "largest lithium fraction the alloy can reach by x_max",
        "x_max / (1 + x_max)",
        "docs/theory/dose.md",
        ("x_max",),
        lambda s: None if s.x_max is None else lithium_ceiling(s.x_max),
    ),
    Figure(
        "negative_capacity",
        "C_neg",
        "charge per area",
        "capacity of both layers in the clause formulas",
        "C_neg = Cb + M_atom x_max F",
        f"{_CLAIM} (2)",
        ("carbon_capacity", "alloy_atoms", "x_max"),
        _total,
    ),
    Figure(
        "capacity_slack",
        "slack (D)",
        "charge per area",
        "room that formula (2) leaves",
        "C_neg - Li - Cat",
        f"{_CLAIM} (2)",
        ("negative_capacity", "lithium_added", "positive_capacity"),
        _slack,
    ),
    Figure(
        "carbon_residual",
        "Q_C",
        "charge per area",
        "lithium left in the carbon layers at full discharge",
        "content x hosts of the state discharged",
        "docs/theory/balance.md",
        (),
        lambda s: s.carbon_lithium("discharged"),
    ),
    Figure(
        "carbon_residual_share",
        "Q_C / Cb",
        "fraction",
        "the same as a share of Cb; above 5 % designed and equilibrium contents part",
        "Q_C / Cb",
        "docs/theory/balance.md",
        ("carbon_residual", "carbon_capacity"),
        _residual_share,
    ),
    Figure(
        "np_first_charge",
        "N/P first charge",
        "ratio",
        "first-charge capacity of the negative over that of the positive, facing area",
        "sum of first charges, negative / positive",
        "docs/nomenclature.md",
        (),
        over(lambda s: s.areal(s.negative, "first charge"), lambda s: s.positive_capacity),
    ),
    Figure(
        "np_reversible",
        "N/P reversible",
        "ratio",
        "reversible capacity of the negative over that of the positive, facing area",
        "sum of reversible, negative / positive",
        "docs/nomenclature.md",
        (),
        over(lambda s: s.areal(s.negative, "reversible"), lambda s: s.areal(s.positive, "reversible", Positive)),
    ),
    Figure(
        "np_after_dose",
        "N/P after dose",
        "ratio",
        "room left in the negative after the dose over the positive",
        "(Cb + M_atom x_max F - Li) / Cat",
        "docs/nomenclature.md",
        ("negative_capacity", "lithium_added", "positive_capacity"),
        _after_dose,
    ),
    Figure(
        "has_carbon_layer",
        "",
        "yes or no",
        "whether the negative has a layer that takes lithium with carbon only",
        "",
        "docs/nomenclature.md",
        (),
        lambda s: bool(s.carbon_layers),
    ),
    Figure(
        "has_alloy_layer",
        "",
        "yes or no",
        "whether the negative has a layer with an element that alloys with lithium",
        "",
        "docs/nomenclature.md",
        (),
        lambda s: bool(s.alloy_layers),
    ),
    Figure(
        "alloy_elements",
        "",
        "names",
        "elements of the alloy layers",
        "",
        "material records",
        (),
        membership.alloy_elements,
    ),
    Figure(
        "carbon_classes",
        "",
        "names",
        "classes of the carbons of the carbon layers",
        "",
        "material records",
        (),
        membership.carbon_classes,
    ),
    Figure(
        "positive_families",
        "",
        "names",
        "oxide families of the positive",
        "",
        "material records",
        (),
        membership.positive_families,
    ),
    Figure(
        "lithium_manganate",
        "",
        "yes or no",
        "whether the positive holds lithium manganate",
        "",
        "material records",
        (),
        membership.has_lithium_manganate,
    ),
    Figure(
        "lithium_surface",
        "",
        "names",
        "electrode that added lithium is put on",
        "",
        "the design",
        (),
        membership.lithium_surface,
    ),
)
"""Figures that the layered negative asks for or that are shown beside its clauses [SI of their kinds]."""
