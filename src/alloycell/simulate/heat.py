"""What makes the temperature of a cell move: heat capacity, cooling, and the electrolyte's share; docs/theory/heat.md.

Per area of facing electrode, one entry a design, SI.
"""

from __future__ import annotations

import numpy as np

from alloycell.cell import Datasheet
from alloycell.cell.provenance import Assumption
from alloycell.cell.whole import cell_mass
from alloycell.errors import Fault, RangeError
from alloycell.quantities import GAS_CONSTANT, FloatArray
from alloycell.simulate.arrhenius import salt_activation
from alloycell.simulate.options import Options

__all__ = ["ASSUMED_METAL_ACTIVATION", "ASSUMED_SPECIFIC_HEAT", "heat_columns"]

ASSUMED_SPECIFIC_HEAT = 1000.0
"""Specific heat of a whole cell [J/(kg K)], assumed where the options state none."""

ASSUMED_METAL_ACTIVATION = 50e3
"""Activation energy of the exchange current of lithium metal [J/mol], assumed."""


def heat_columns(sheet: Datasheet, options: Options, salt: float) -> tuple[list[FloatArray | float], list[Assumption]]:
    """Columns of the kernel about heat, and what they assume; zeros where the cell keeps one temperature.

    Heat capacity [J/(m2 K)], heat transfer [W/(m2 K)], ambient temperature [K], activation energies of the salt's
    diffusivity and conductivity (at the concentration ``salt`` [mol/m3]) and of lithium metal over the gas constant
    [K].
    Raises RangeError where nothing says how heavy the cell is.
    """
    if options.thermal == "isothermal":
        return [0.0] * 6, []
    energies, assumed = salt_activation(sheet.library, sheet.cell.electrolyte.material, salt)
    capacity, more = _heat_capacity(sheet, options)
    transfer = options.heat_transfer
    assert transfer is not None
    ambient = options.temperature if options.ambient is None else options.ambient
    per_kelvin = [energy / GAS_CONSTANT for energy in (*energies, ASSUMED_METAL_ACTIVATION)]
    return [capacity, transfer, ambient, *per_kelvin], [*assumed, *more]


def _heat_capacity(sheet: Datasheet, options: Options) -> tuple[FloatArray | float, list[Assumption]]:
    """Heat capacity per facing area [J/(m2 K)]: as stated, else mass times specific heat."""
    if options.heat_capacity is not None:
        return options.heat_capacity, []
    mass, build = cell_mass(sheet), sheet.build
    if options.against_lithium is not None or mass is None or build is None:
        why = "the design has no case" if build is None else "a half cell is not the cell of the design"
        found = f"is not given, and {why}, so nothing says how heavy it is"
        remedy = "Give heat_capacity in J/(m2 K) of facing area, or the design a case"
        raise RangeError(Fault("heat_capacity", found, "a moving temperature needs one", remedy))
    specific = ASSUMED_SPECIFIC_HEAT if options.specific_heat is None else options.specific_heat
    capacity = np.asarray(mass / build.facing_area * specific).reshape(-1)
    if options.specific_heat is not None:
        return capacity, []
    note = "nothing is stated; cells have 900 to 1100"
    return capacity, [Assumption("cell: specific heat", f"{specific:g} J/(kg K)", note)]
