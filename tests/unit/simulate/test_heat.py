"""Temperature: activation energies with their sources, options that a moving temperature needs, cells that warm."""

from __future__ import annotations

import numpy as np
import pytest

from alloycell.cell import Datasheet
from alloycell.cell.whole import cell_mass
from alloycell.errors import RangeError
from alloycell.quantities import GAS_CONSTANT
from alloycell.simulate import Options, sensitivities, simulate
from alloycell.simulate.arrays import ROWS
from alloycell.simulate.arrhenius import REFERENCE, growth, salt_activation, salt_at
from alloycell.simulate.assemble import assemble

WARM = 318.15


def test_rates_grow_by_their_activation_energy_and_not_at_the_reference():
    assert growth(35e3, REFERENCE) == 1.0
    assert growth(35e3, WARM) == pytest.approx(np.exp(35e3 / GAS_CONSTANT * (1 / 298.15 - 1 / 318.15)), rel=1e-14)


def test_diffusivity_and_rate_follow_sourced_energies_or_assumed_ones(lg_m50):
    cold, warm = (assemble(lg_m50, Options(temperature=value), "charged") for value in (REFERENCE, WARM))
    for index, exchange in ((0, 35e3), (1, 17.8e3)):
        here, there = (made.flat.phases[index].numbers[0] for made in (cold, warm))
        assert there[3] / here[3] == pytest.approx(growth(30e3, WARM), rel=1e-12)
        assert there[4] / here[4] == pytest.approx(growth(exchange, WARM), rel=1e-12)
        assert there[11:] * GAS_CONSTANT == pytest.approx([30e3, exchange])


def test_only_what_is_assumed_is_listed_and_only_where_it_matters(lg_m50, layered, film):
    assert not any("activation" in entry.where for entry in assemble(lg_m50, Options(), "charged").assumptions)
    told = {e.where: e.value for e in assemble(lg_m50, Options(temperature=WARM), "charged").assumptions}
    assert told["NMC811: NMC811-LGM50, activation energy of diffusion"] == "30 kJ/mol"
    assert "NMC811: NMC811-LGM50, activation energy of exchange current" not in told
    options = Options(film="open", wetted=0.1, temperature=WARM)
    told = {e.where: e.value for e in assemble(layered, options, "charged").assumptions}
    assert "silicon film: silicon, activation energy of diffusion" not in told
    assert told["silicon film: silicon, activation energy of exchange current"] == "35 kJ/mol"


def test_the_electrolyte_follows_its_own_table(lg_m50):
    library = Datasheet(lg_m50).library
    (diffusion, conduction), assumed = salt_activation(library, "EC-EMC-Nyman", 1000.0)
    assert [diffusion, conduction] == pytest.approx([17e3, 17e3], rel=1e-3)
    assert not assumed
    assert not salt_at(library, "EC-EMC-Nyman", WARM)[3]
    (warning,) = salt_at(library, "EC-EMC-Nyman", 263.15)[3]
    assert "-10 degC" in warning


def test_a_colder_cell_gives_less(lg_m50):
    passed = [simulate(lg_m50, "Discharge at 1C", Options(temperature=value)).capacity for value in (278.15, WARM)]
    assert passed[0] < 0.95 * passed[1]


def test_a_cell_warms_by_its_heat_over_its_mass(lg_m50):
    options = Options(thermal="lumped", heat_transfer=0.0)
    result = simulate(lg_m50, "Discharge at 1C", options)
    sheet_mass = result.made.flat.cell[0, 4] * result.area / 1000.0
    assert sheet_mass == pytest.approx(float(cell_mass(Datasheet(lg_m50))), rel=1e-12)
    assert result.temperature[-1] - 298.15 == pytest.approx(result.heat[-1] / result.made.flat.cell[0, 4], rel=1e-10)
    assert 5.0 < result.temperature[-1] - 298.15 < 60.0
    assert result.ledger.closure < 1e-10
    assert "cell: specific heat" in {entry.where for entry in result.assumptions}
    assert "Heat / Wh" in result.table()
    assert result.to_dict()["curves"]["heat"][-1] == result.heat[-1]


def test_a_cooled_cell_comes_back_to_its_surroundings(lg_m50):
    options = Options(thermal="lumped", heat_transfer=2.0, temperature=308.15, ambient=288.15, specific_heat=900.0)
    result = simulate(lg_m50, "Discharge at C/2 for 10 min; Rest for 3 h", options)
    assert result.temperature[0] == pytest.approx(308.15)
    assert result.temperature[-1] == pytest.approx(288.15, abs=1e-3)
    kept = result.made.flat.cell[0, 4] * (result.temperature - 308.15)
    assert kept == pytest.approx(result.heat - result.heat_lost, abs=1e-7)


def test_one_temperature_has_no_heat(one_c):
    assert one_c.heat is None
    assert one_c.heat_lost is None
    assert "Heat / Wh" not in one_c.table()


def test_what_a_moving_temperature_needs_is_asked_for():
    with pytest.raises(RangeError, match="heat_transfer = 0"):
        Options(thermal="lumped")
    with pytest.raises(RangeError) as caught:
        Options(heat_transfer=1.0, ambient=300.0, specific_heat=1000.0)
    assert len(caught.value.faults) == 3
    with pytest.raises(RangeError, match='Did you mean "lumped"'):
        Options(thermal="lumpd")


def test_a_moving_temperature_needs_a_mass_or_a_heat_capacity(lg_m50):
    bare = lg_m50.with_("case", None)
    with pytest.raises(RangeError, match="the design has no case"):
        simulate(bare, "Rest for 1 s", Options(thermal="lumped", heat_transfer=1.0))
    stated = Options(thermal="lumped", heat_transfer=1.0, heat_capacity=600.0)
    assert simulate(bare, "Discharge at 1C for 1 min", stated).temperature[-1] > 298.15


def test_a_batch_of_cells_warms_each_by_its_own_mass(lg_m50):
    options = Options(thermal="lumped", heat_transfer=0.5)
    thickness = np.linspace(70e-6, 75e-6, 5)
    batch = simulate(lg_m50.with_("positive.layers[0].thickness", thickness), "Discharge at 1C", options)
    alone = simulate(lg_m50.with_("positive.layers[0].thickness", float(thickness[3])), "Discharge at 1C", options)
    assert batch[3].temperature[-1] == pytest.approx(alone.temperature[-1], abs=1e-6)


def test_a_surface_film_lowers_the_voltage_of_a_discharge(lg_m50):
    bare, covered = (
        simulate(lg_m50, "Discharge at 1C for 10 min", Options(surface_resistance=ohm)) for ohm in (0.0, 0.01)
    )
    area = bare.made.flat.layers[0].phases[0].numbers[0, 0] * bare.made.regions[0].thickness[0]
    mean = bare.made.one_c[0] / area
    assert bare.voltage[-1] - covered.voltage[-1] == pytest.approx(0.01 * mean, rel=0.15)


def test_derivatives_follow_the_temperature_of_a_cell_that_warms(lg_m50):
    """A fixed current in a larger cell, with nothing to cool it, leaves less heat for each kilogram."""
    options = Options(thermal="lumped", heat_transfer=0.0, tolerance=1e-8)
    found = sensitivities(lg_m50, "Discharge at 5 A for 10 min", ["case.coated_width"], options)
    plain = simulate(lg_m50, "Discharge at 5 A for 10 min", found.result.options)
    assert np.array_equal(found.result.raw.rows, plain.raw.rows)
    width, share = found.fields[0].value, 1e-4
    ends = [
        simulate(lg_m50.with_("case.coated_width", width * (1 + move)), "Discharge at 5 A for 10 min", options)
        for move in (share, -share)
    ]
    other = (ends[0].temperature[-1] - ends[1].temperature[-1]) / (2 * share * width)
    assert other < 0.0
    assert found.slopes.ends[0, ROWS.index("temperature"), 0] == pytest.approx(other, rel=1e-4)
