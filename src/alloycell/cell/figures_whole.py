"""Figures of the whole cell: what moves between the cut-offs, energy, plating margin, mass, volume, fit."""

from __future__ import annotations

from collections.abc import Callable

from alloycell.cell import whole
from alloycell.cell.datasheet import Datasheet
from alloycell.cell.ratios import Value, over
from alloycell.figure import Figure
from alloycell.quantities import FARADAY, Number, number

__all__ = ["WHOLE"]


def _ended_by(state: str) -> Callable[[Datasheet], Value]:
    def names(sheet: Datasheet) -> Value:
        if sheet.cell.shape:
            return None
        return frozenset({"negative" if float(sheet.state(state).negative_ends) > 0.5 else "positive"})

    return names


def _stack_margin(state: str) -> Callable[[Datasheet], Value]:
    def margin(sheet: Datasheet) -> Value:
        fit = sheet.fit(state)
        return None if fit is None or fit[1] is None else number(fit[1] - fit[0])

    return margin


def _plated(sheet: Datasheet) -> Number:
    plated = [row.label == "plated lithium" for row in sheet.balance.negative].index(True)
    held = sheet.state("charged").negative
    return number(held.hosts[plated] * held.content[plated] * FARADAY)


WHOLE: tuple[Figure, ...] = (
    Figure(
        "areal_capacity",
        "Q",
        "charge per area",
        "charge of a full discharge at rest between the cut-offs",
        "Li moved from charged to discharged x F",
        "docs/theory/balance.md",
        (),
        lambda s: s.discharge_capacity,
    ),
    Figure(
        "first_charge",
        "Q_1",
        "charge per area",
        "charge of the first charge at rest",
        "Li moved from lithium added to first charge x F",
        "docs/theory/balance.md",
        (),
        lambda s: s.first_charge_passed,
    ),
    Figure(
        "first_discharge",
        "Q_1d",
        "charge per area",
        "charge of the first discharge at rest",
        "Li moved from first charge to formed x F",
        "docs/theory/balance.md",
        (),
        lambda s: s.first_discharge_passed,
    ),
    Figure(
        "first_cycle_efficiency",
        "CE_1",
        "fraction",
        "first discharge over first charge of the cell",
        "Q_1d / Q_1",
        "docs/theory/balance.md",
        ("first_discharge", "first_charge"),
        over(lambda s: s.first_discharge_passed, lambda s: s.first_charge_passed),
    ),
    Figure(
        "areal_energy",
        "E",
        "energy per area",
        "energy of a full discharge at rest per facing area",
        "integral of V dQ",
        "docs/theory/balance.md",
        (),
        lambda s: s.discharge_energy,
    ),
    Figure(
        "mean_voltage",
        "V_mean",
        "potential",
        "energy over charge of a full discharge at rest",
        "E / Q",
        "docs/theory/balance.md",
        ("areal_energy", "areal_capacity"),
        over(lambda s: s.discharge_energy, lambda s: s.discharge_capacity),
    ),
    Figure(
        "plating_margin",
        "U_neg",
        "potential",
        "potential of the negative when charged, above lithium metal",
        "U_neg of the state charged",
        "docs/theory/balance.md",
        (),
        lambda s: number(s.state("charged").negative_potential),
    ),
    Figure(
        "plated_lithium",
        "Q_plated",
        "charge per area",
        "lithium metal plated in the state charged, at rest",
        "content x hosts at 0 V",
        "docs/theory/balance.md",
        (),
        _plated,
    ),
    Figure(
        "charge_ended_by",
        "",
        "names",
        "electrode whose potential moves faster at the end of the charge",
        "",
        "docs/theory/balance.md",
        (),
        _ended_by("charged"),
    ),
    Figure(
        "discharge_ended_by",
        "",
        "names",
        "electrode whose potential moves faster at the end of the discharge",
        "",
        "docs/theory/balance.md",
        (),
        _ended_by("discharged"),
    ),
    Figure(
        "ledger_closure",
        "",
        "ratio",
        "largest relative error of the lithium ledger over all states",
        "max |sum - brought| / brought",
        "docs/theory/balance.md",
        (),
        lambda s: number(s.ledger.closure),
    ),
    Figure(
        "salt_lithium",
        "n_salt",
        "amount per area",
        "lithium of the salt, apart from the ledger",
        "pores x fill x c",
        "docs/theory/balance.md",
        (),
        whole.salt_lithium,
    ),
    Figure(
        "cell_capacity",
        "Q_cell",
        "charge",
        "capacity of the whole cell at rest",
        "Q x facing area",
        "docs/theory/cell.md",
        ("areal_capacity",),
        whole.cell_capacity,
    ),
    Figure(
        "cell_energy",
        "E_cell",
        "energy",
        "energy of the whole cell at rest",
        "E x facing area",
        "docs/theory/cell.md",
        ("areal_energy",),
        whole.cell_energy,
    ),
    Figure(
        "cell_mass",
        "m_cell",
        "mass",
        "mass of the whole cell",
        "sum of the bill of materials",
        "docs/theory/cell.md",
        (),
        whole.cell_mass,
    ),
    Figure(
        "cell_volume",
        "V_cell",
        "volume",
        "outer volume of the cell, charged; sealed edges of a pouch not counted",
        "",
        "docs/theory/cell.md",
        (),
        lambda s: s.volume("charged"),
    ),
    Figure(
        "specific_energy",
        "E/m",
        "specific energy",
        "energy per mass of the cell",
        "E_cell / m_cell",
        "docs/theory/cell.md",
        ("cell_energy", "cell_mass"),
        whole.specific_energy,
    ),
    Figure(
        "energy_density_charged",
        "E/V ch",
        "volumetric energy",
        "energy per outer volume, layers as thick as charged",
        "E_cell / V_cell",
        "docs/theory/swelling.md",
        ("cell_energy", "cell_volume"),
        lambda s: whole.energy_density(s, "charged"),
    ),
    Figure(
        "energy_density_discharged",
        "E/V dis",
        "volumetric energy",
        "energy per outer volume, layers as thick as discharged",
        "E_cell / V_cell discharged",
        "docs/theory/swelling.md",
        ("cell_energy",),
        lambda s: whole.energy_density(s, "discharged"),
    ),
    Figure(
        "room_charged",
        "",
        "length",
        "room left for the stack when charged; negative where it no longer fits",
        "room - stack",
        "docs/theory/swelling.md",
        (),
        _stack_margin("charged"),
    ),
    Figure(
        "room_discharged",
        "",
        "length",
        "room left for the stack when discharged",
        "room - stack",
        "docs/theory/swelling.md",
        (),
        _stack_margin("discharged"),
    ),
    Figure(
        "overhang_share",
        "",
        "fraction",
        "share of the negative's coating that faces no positive",
        "1 - facing / coated",
        "docs/theory/cell.md",
        (),
        whole.overhang_share,
    ),
)

"""Figures of the whole cell at rest [SI of their kinds]."""
