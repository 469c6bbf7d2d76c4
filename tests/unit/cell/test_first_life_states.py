"""The six states of a cell's first life in cases worked out by hand; mol/m2, V, Li per host."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from alloycell.cell import STATES, Cell, Datasheet, State
from alloycell.cell.balance import BalanceInput, Loss, Population, states
from alloycell.errors import DesignError
from alloycell.materials import Branch, Hysteresis
from alloycell.materials.potential import branches_from_plateaus
from alloycell.quantities import FARADAY, frozen_array

EXAMPLE = Path(__file__).parents[3] / "examples" / "layered-silicon.toml"
LOW, HIGH = branches_from_plateaus([[0, 1, 0.2]], 0.0), branches_from_plateaus([[0, 1, 3.5]], 0.0)
SLOPE = Branch(frozen_array([0.0, 1.0]), frozen_array([0.5, 0.0]), 0.0)
"""Content 1 - 2 U."""


def life(*negative: Population, losses: tuple[float, ...] = (), upper: float = 4.0, **given: Any) -> dict[str, State]:
    """The states of ``negative`` (2 mol on a plateau at 0.2 V if none) against 1 mol on a plateau at 3.5 V."""
    low = negative or (Population("negative.layers[0]", "host", LOW, None, 2.0),)
    taken = {"dose": 0.0, "uptake": 1.0, "surface": "negative", "lower": 2.5} | given
    plated = Population("negative", "plated lithium", None, None, 1.0 + taken["dose"])
    found = states(
        BalanceInput(
            (*low, plated), (Population("positive.layers[0]", "oxide", HIGH, None, 1.0),), (1.0,),
            tuple(Loss("negative.layers[0]", f"loss {index}", loss, "stated") for index, loss in enumerate(losses)),
            taken["dose"], taken["uptake"], taken["surface"], upper, taken["lower"], (),
        )
    )  # fmt: skip
    return {state.name: state for state in found}


def held(state: State) -> tuple[list[float], list[float]]:
    """Lithium of every population of the negative and of the positive."""
    return tuple((side.hosts * side.content).tolist() for side in (state.negative, state.positive))  # type: ignore[return-value]


def test_states_come_in_the_order_of_a_first_life():
    expected = ("assembled", "lithium added", "first charge", "formed", "charged", "discharged")
    assert expected == STATES
    assert tuple(life()) == STATES


def test_an_assembled_negative_has_no_potential_and_no_lithium():
    state = life(dose=0.3)["assembled"]
    assert np.isnan(state.negative_potential)
    assert np.isnan(state.voltage)
    assert float(state.positive_potential) == 3.5
    assert held(state) == ([0.0, 0.0], [1.0])
    assert float(state.metal) == 0.3


def test_losses_are_paid_by_the_added_lithium_before_the_negative_takes_any():
    found = life(losses=(0.06, 0.04), dose=0.3, uptake=0.5)
    added = found["lithium added"]
    assert added.losses == pytest.approx([0.06, 0.04], rel=1e-15)
    assert held(added)[0] == pytest.approx([0.05, 0.0], abs=1e-16)
    assert float(added.negative_potential) == 0.2
    assert float(added.metal) == pytest.approx(0.15, rel=1e-15)
    for name in ("first charge", "charged"):
        assert held(found[name])[0] == pytest.approx([1.05, 0.0], abs=1e-15)
        assert held(found[name])[1] == pytest.approx([0.0], abs=1e-15)
        assert float(found[name].negative_potential) == 0.2
        assert float(found[name].positive_potential) == pytest.approx(4.2)
    for name in ("formed", "discharged"):
        assert held(found[name])[0] == pytest.approx([0.05, 0.0], abs=1e-15)
        assert held(found[name])[1] == pytest.approx([1.0], abs=1e-15)


def test_losses_without_added_lithium_are_paid_by_the_positive():
    found = life(losses=(0.25,))
    assert held(found["lithium added"]) == ([0.0, 0.0], [1.0])
    assert np.isnan(found["lithium added"].negative_potential)
    assert held(found["first charge"])[0] == pytest.approx([0.75, 0.0], abs=1e-15)
    assert held(found["formed"]) == ([0.0, 0.0], pytest.approx([0.75], abs=1e-15))
    assert float(found["formed"].positive_potential) == 3.5
    assert float(found["formed"].negative_potential) == pytest.approx(1.0)


def test_losses_larger_than_all_lithium_are_paid_in_proportion():
    found = life(losses=(1.5, 0.5), dose=0.2)
    assert found["lithium added"].losses == pytest.approx([0.15, 0.05], rel=1e-14)
    assert found["first charge"].losses == pytest.approx([0.9, 0.3], rel=1e-14)
    assert held(found["discharged"]) == (pytest.approx([0, 0], abs=1e-15), pytest.approx([0.0], abs=1e-15))


def test_an_uptake_below_one_leaves_metal_for_good():
    found = life(dose=0.4, uptake=0.25)
    for name in STATES[1:]:
        assert float(found[name].metal) == pytest.approx(0.3, rel=1e-15)
    assert held(found["charged"])[0] == pytest.approx([1.1, 0.0], abs=1e-15)


def test_a_dose_of_zero_is_no_dose():
    found = life(dose=0.0)
    assert np.isnan(found["lithium added"].negative_potential)
    assert held(found["lithium added"]) == held(found["assembled"])


def test_lithium_plates_at_zero_volts_where_the_negative_is_too_small():
    small = Population("negative.layers[0]", "host", LOW, None, 0.4)
    found = life(small)
    assert held(found["charged"]) == (pytest.approx([0.4, 0.6], abs=1e-15), pytest.approx([0.0], abs=1e-15))
    assert float(found["charged"].negative_potential) == 0.0
    assert float(found["charged"].positive_potential) == 4.0
    assert held(found["discharged"]) == (pytest.approx([0.0, 0.0], abs=1e-15), pytest.approx([1.0], abs=1e-15))


def test_a_low_upper_cut_off_ends_the_charge_before_lithium_plates():
    small = Population("negative.layers[0]", "host", LOW, None, 0.4)
    charged = life(small, upper=3.4)["charged"]
    assert held(charged) == (pytest.approx([0.4, 0.0], abs=1e-15), pytest.approx([0.6], abs=1e-15))
    assert float(charged.negative_potential) == pytest.approx(0.1, abs=1e-15)
    assert float(charged.positive_potential) == pytest.approx(3.5, abs=1e-15)


def crystal(hosts: float) -> tuple[Population, Population]:
    """Crystalline hosts that turn amorphous on a plateau at 0.1 V, where the amorphous curve holds 0.8."""
    curve = Hysteresis(SLOPE, SLOPE)
    where = "negative.layers[0]"
    return Population(where, "crystal", curve, None, hosts, 0.1, twin=1), Population(where, "glass", curve, None, 0.0)


def test_crystalline_hosts_convert_in_part_where_the_lithium_ends():
    # 1 mol of lithium, 2 mol of hosts: 1 / 0.8 = 1.25 mol turn amorphous, 0.75 mol stay crystalline for good.
    found = life(*crystal(2.0))
    charged = found["first charge"]
    assert charged.negative.hosts[:2] == pytest.approx([0.75, 1.25], rel=1e-14)
    assert charged.negative.content[:2] == pytest.approx([0.0, 0.8], rel=1e-14)
    assert float(charged.negative_potential) == pytest.approx(0.1, abs=1e-15)
    for name in ("formed", "charged", "discharged"):
        assert found[name].negative.hosts[:2] == pytest.approx([0.75, 1.25], rel=1e-12)
        assert found[name].negative.content[0] == pytest.approx(0.0, abs=1e-12)
    assert found["charged"].negative.content[1] == pytest.approx(0.8, rel=1e-12)
    assert found["discharged"].negative.content[1] == pytest.approx(0.0, abs=1e-12)


def test_crystalline_hosts_all_convert_where_there_is_lithium_enough():
    # 1 mol of lithium in 1 mol of hosts: past the plateau (0.8) and on to content 1 at 0 V.
    found = life(*crystal(1.0))
    assert found["first charge"].negative.hosts[:2] == pytest.approx([0.0, 1.0], abs=1e-15)
    assert found["first charge"].negative.content[1] == pytest.approx(1.0, abs=1e-15)
    assert found["discharged"].negative.hosts[:2] == pytest.approx([0.0, 1.0], abs=1e-15)


def test_crystalline_hosts_stay_crystalline_above_their_plateau():
    # Beside enough of a host at 0.2 V the potential never falls to 0.1 V.
    crystalline, glass = crystal(1.0)
    found = life(crystalline, glass, Population("negative.layers[0]", "host", LOW, None, 2.0))
    for state in found.values():
        assert state.negative.hosts[:2].tolist() == [1.0, 0.0]
        assert held(state)[0][:2] == [0.0, 0.0]


def changed(**changes: Any) -> Datasheet:
    """The example design with changes: keywords are paths with two underscores for a dot."""
    cell = Cell.load(EXAMPLE)
    return Datasheet(cell.with_all({path.replace("__", "."): value for path, value in changes.items()}))


def test_lithium_on_manganese_spinel_enters_the_positive_first():
    sheet = changed(lithium={"surface": "positive", "dose": "0.6 mAh/cm2"})
    assembled, added, charged = (sheet.state(name) for name in STATES[:3])
    gained = added.positive.lithium() - assembled.positive.lithium()
    assert float(gained) * FARADAY == pytest.approx(0.6 * 36000, rel=1e-12)
    assert float(added.positive.content[0]) > 0.9975
    assert np.isnan(added.negative_potential)
    assert float(charged.positive.content[0]) < 0.9975


def test_lithium_on_either_surface_ends_in_the_same_cell():
    ends = []
    for surface in ("negative", "positive"):
        sheet = changed(lithium={"surface": surface, "dose": "0.3 mAh/cm2"}, operation__discharge_voltage=3.0)
        ends.append([float(sheet.state("charged").negative.lithium()), float(sheet.alloy_fraction("discharged"))])  # type: ignore[arg-type]
    assert ends[0] == pytest.approx(ends[1], rel=1e-9)


def test_lithium_on_a_positive_that_cannot_take_it_is_refused():
    cell = Cell.load(EXAMPLE)
    layer = {"recipe": {"LiCoO2": 0.9, "PVDF": "rest"}, "thickness": "60 um", "porosity": 0.3}
    cobalt = cell.with_("positive.layers[0]", layer)
    with pytest.raises(DesignError, match=r"lithium\.surface is positive; LiCoO2 cannot take lithium"):
        cobalt.with_("lithium.surface", "positive")


@pytest.mark.parametrize("amount", [{"dose": "2 mAh/cm2"}, {"mass": "0.6 mg/cm2"}, {"film": "10 um"}, {"target": 0.67}])
def test_more_lithium_than_the_positive_can_hold_is_refused(amount):
    # 20 um of positive take about 0.6 mAh/cm2 more; 0.67 in 4 um of silicon asks for 1.96 by formula (1).
    thin = {"positive.layers[0].thickness": "20 um", "negative.layers[1].thickness": "4 um"}
    cell = Cell.load(EXAMPLE)
    assert cell.with_all({**thin, "lithium": {"surface": "negative", **amount}})
    with pytest.raises(DesignError, match=rf"lithium\.{next(iter(amount))} .* the positive can take"):
        cell.with_all({**thin, "lithium": {"surface": "positive", **amount}})


def test_crystalline_silicon_of_a_design_starts_as_a_population_of_its_own():
    sheet = changed(**{"negative__layers[1]__active__silicon__structure": "crystalline", "lithium": None})
    labels = [population.label for population in sheet.balance.negative]
    assert labels == ["graphite", "silicon, crystalline", "silicon", "plated lithium"]
    before, after = sheet.state("assembled").negative.hosts, sheet.state("discharged").negative.hosts
    assert before[2] == 0.0
    assert after[1] + after[2] == pytest.approx(before[1], rel=1e-14)
    assert after[2] > 0


def test_the_voltage_of_every_cut_off_state_is_the_cut_off():
    sheet = changed()
    voltages = [float(sheet.state(name).voltage) for name in STATES[2:]]
    assert voltages == pytest.approx([4.2, 2.75, 4.2, 2.75], abs=1e-12)


def test_the_side_with_less_lithium_per_volt_ends_the_step():
    # Negative on a slope, positive on a plateau: the negative's potential moves, so it ends the charge.
    slope = Population("negative.layers[0]", "slope", Hysteresis(SLOPE, SLOPE), None, 2.0)
    # At 3.2 V: potentials 0.3 and 3.5 V, so the slope holds 2 (1 - 0.6) = 0.8 mol.
    charged = life(slope, upper=3.2)["charged"]
    assert held(charged) == (pytest.approx([0.8, 0.0], abs=1e-14), pytest.approx([0.2], abs=1e-14))
    assert float(charged.negative_ends) == 1.0
    # At 3.3 V all lithium is in the slope at 0.25 V; the positive is empty, so it ended the charge.
    assert float(life(slope, upper=3.3)["charged"].negative_ends) == 0.0
