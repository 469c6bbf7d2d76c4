"""Every model option closes the lithium over a cycle, 500 cycles do not drift, and order and units mean nothing.

Amounts are the state of the solver and flows are differences across faces that two volumes share, so the lithium of all
phases, and the salt, stay what they were but for rounding. The order in which a recipe names its materials, and the
units in which a design is written, change no figure beyond rounding.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from alloycell.cell import Cell
from alloycell.simulate import Options, simulate

EXAMPLES = Path(__file__).parents[2] / "examples"
FILM = Options(film="open", wetted=0.1, nodes=6)
CYCLE = "Charge at 1C; Hold at 4.2 V until C/20; Rest for 10 min; Discharge at 1C"
MODELS: dict[str, dict[str, Any]] = {
    "a film with few cracks": {"wetted": 0.02},
    "low diffusivity": {"diffusivity": "low"},
    "layers as charged": {"porosity": "charged"},
    "first-cycle losses": {"start": "lithium added"},
    "a cold cell": {"temperature": 263.15},
    "a cell that warms": {"thermal": "lumped", "heat_transfer": 5.0},
    "a film on its surfaces": {"surface_resistance": 2e-3},
    "resistance in series": {"contact": 1e-3},
    "many modes": {"modes": 16},
}
MIXED: dict[str, Any] = {
    "format": 1,
    "negative": {
        "collector": {"material": "copper-foil", "thickness": "8 um"},
        "layers": [
            {
                "recipe": {"graphite": "80 %", "silicon": "8 %", "hard-carbon": "8 %", "PVDF": "rest"},
                "thickness": "50 um", "porosity": "35 %", "active": {"silicon": {"structure": "amorphous"}},
            },
        ],
    },
    "positive": {
        "collector": {"material": "aluminium-foil", "thickness": "12 um"},
        "layers": [{"recipe": {"NMC811": "95 %", "PVDF": "rest"}, "thickness": "60 um", "porosity": "30 %"}],
    },
    "separator": {"material": "PE-separator", "thickness": "20 um"},
    "electrolyte": {"material": "EC-EMC-Nyman", "fill": 1.3},
    "operation": {"charge_voltage": "4.2 V", "discharge_voltage": "2.8 V"},
}  # fmt: skip


@pytest.fixture(scope="module")
def layered() -> Cell:
    """Silicon film on graphite against LiMn2O4."""
    return Cell.load(EXAMPLES / "layered-silicon.toml")


@pytest.mark.parametrize("model", MODELS, ids=str)
def test_every_model_option_closes_the_lithium_over_a_cycle(layered, model, record_property):
    result = simulate(layered, CYCLE, replace(FILM, **MODELS[model]))
    assert result.outcome.finished
    record_property("lithium over a cycle, relative", (result.ledger.closure, "< 1e-10"))
    assert result.ledger.closure < 1e-10
    assert np.ptp(result.ledger.salt) < 1e-10 * result.ledger.salt[0]


def test_five_hundred_cycles_lose_no_lithium(layered, record_property):
    cycle = "Charge at 1C; Hold at 4.2 V until C/5; Discharge at 1C"
    result = simulate(layered, f"500 x [{cycle}]", replace(FILM, nodes=4, rows=200_000))
    assert result.outcome.finished
    assert len(result.ends) == 1500
    record_property("lithium over 500 cycles, relative", (result.ledger.closure, "< 1e-9"))
    assert result.ledger.closure < 1e-9


def test_the_order_in_which_a_recipe_names_its_materials_means_nothing(record_property):
    layer = MIXED["negative"]["layers"][0]
    turned = dict(reversed(layer["recipe"].items()))
    other = MIXED | {"negative": MIXED["negative"] | {"layers": [layer | {"recipe": turned}]}}
    ends = [simulate(Cell.of(design), CYCLE, Options(nodes=6)) for design in (MIXED, other)]
    assert [place.label for place in ends[0].places] != [place.label for place in ends[1].places]
    time_voltage_charge = [result.raw.ends[:, [0, 3, 5]] for result in ends]
    apart = np.abs(time_voltage_charge[0] / time_voltage_charge[1] - 1).max()
    record_property("two orders of a recipe differ by, relative", (float(apart), "< 1e-9"))
    assert apart < 1e-9


def test_other_units_of_the_same_design_change_no_bit():
    layer = MIXED["negative"]["layers"][0] | {"thickness": "0.005 cm", "porosity": 0.35}
    other = MIXED | {"negative": MIXED["negative"] | {"layers": [layer]}}
    ends = [simulate(Cell.of(design), "Discharge at 1C", Options(nodes=6)).raw.rows for design in (MIXED, other)]
    assert np.array_equal(*ends)
