"""Results: curves, ends of steps, ledger, contents, profiles, files."""

from __future__ import annotations

import csv
import io
import json

import numpy as np
import pytest

from alloycell.cell import Datasheet
from alloycell.errors import ProtocolError, RangeError, RunError
from alloycell.quantities import FARADAY
from alloycell.simulate import Options, simulate


def test_a_discharge_runs_to_its_voltage_and_says_so(one_c):
    assert one_c.outcome.finished
    (end,) = one_c.ends
    assert (end.cause, end.step) == ("low voltage", "Discharge at 1C until 2.5 V")
    assert one_c.voltage[-1] == pytest.approx(2.5, abs=1e-6)
    assert end.duration == pytest.approx(one_c.time[-1])
    assert np.all(one_c.current_density == pytest.approx(one_c.made.one_c[0]))


def test_charge_passed_is_lithium_that_changed_sides(one_c):
    held = one_c.contents["positive.layers[0]", "NMC811-LGM50"]
    hosts = one_c.places[-1].hosts[0]
    assert (held - held[0]) * hosts * FARADAY == pytest.approx(one_c.charge, abs=1e-6 * one_c.charge[-1])


def test_lithium_closes_at_every_step(one_c, cycled):
    for result in (one_c, cycled):
        assert result.ledger.closure < 1e-12
        assert np.ptp(result.ledger.salt) < 1e-10 * result.ledger.salt[0]


def test_power_and_current_belong_to_the_facing_area(one_c, lg_m50):
    area = Datasheet(lg_m50).build.facing_area
    assert one_c.current == pytest.approx(one_c.current_density * area)
    assert one_c.power == pytest.approx(one_c.voltage * one_c.current)


def test_electrode_potentials_differ_by_the_voltage(one_c):
    assert one_c.positive_potential - one_c.negative_potential == pytest.approx(one_c.voltage)


def test_the_ends_of_a_cycle_are_told_one_by_one(cycled):
    assert [end.cause for end in cycled.ends] == ["low voltage", "high voltage", "current", "time", "low voltage"]
    assert cycled.ends[3].charge == 0.0
    assert sum(end.charge for end in cycled.ends) == pytest.approx(cycled.charge[-1])
    assert cycled.capacity == cycled.ends[-1].charge
    assert cycled.discharge_energy == cycled.ends[-1].energy


def test_the_alloy_gives_lithium_in_a_discharge(cycled):
    held = cycled.lithium_fraction("negative.layers[1]")
    assert np.all((held > 0) & (held < 0.8))
    assert held[-1] < held[0]
    assert cycled.lithium_fraction("silicon film") == pytest.approx(held)


def test_the_fraction_of_a_layer_that_is_not_there_is_refused(cycled, one_c):
    with pytest.raises(RangeError, match=r"negative.layers\[1\]"):
        cycled.lithium_fraction("negative.layers[2]")
    with pytest.raises(RangeError, match="an alloy layer is needed"):
        one_c.lithium_fraction()


def test_profiles_are_kept_when_asked_and_at_the_end(one_c):
    assert [profile.time for profile in one_c.profiles] == pytest.approx([60.0, 1800.0, one_c.time[-1]])
    graphite = one_c.profiles[1].phases["negative.layers[0]", "graphite-SiOx"]
    assert graphite.inside.shape == (20, 21)
    assert graphite.inside[:, -1] == pytest.approx(graphite.surface, abs=0.01)
    assert np.all(graphite.surface < graphite.inside[:, 0])
    radius = np.linspace(0, 1, 21)
    mean = np.trapezoid(graphite.inside * 3 * radius**2, radius, axis=1)
    assert mean == pytest.approx(graphite.mean, rel=2e-3)
    content = np.interp(1800.0, one_c.time, one_c.contents["negative.layers[0]", "graphite-SiOx"])
    assert graphite.mean.mean() == pytest.approx(content, rel=1e-5)


def test_the_profile_of_the_reaction_carries_the_current(one_c):
    last = one_c.profiles[-1].phases["negative.layers[0]", "graphite-SiOx"]
    numbers = one_c.made.flat.layers[0].phases[0].numbers[0]
    width = one_c.made.regions[0].thickness[0] / 20
    assert (last.reaction * numbers[0] * width).sum() == pytest.approx(one_c.current_density[-1], rel=1e-9)


def test_the_csv_has_the_columns_of_the_battery_data_format(one_c, tmp_path):
    text = one_c.to_csv(tmp_path / "curves.csv")
    assert (tmp_path / "curves.csv").read_text() == text
    rows = list(csv.reader(io.StringIO(text)))
    assert rows[0][:3] == ["Test Time / s", "Voltage / V", "Current / A"]
    assert {"Step Count / 1", "Net Capacity / Ah", "Net Energy / Wh", "Temperature T1 / degC"} <= set(rows[0])
    assert len(rows) == 1 + one_c.time.size
    assert float(rows[-1][1]) == pytest.approx(2.5)


def test_charging_is_positive_in_the_battery_data_format(cycled):
    table = cycled.table()
    assert table["Current / A"] == pytest.approx(-cycled.current)
    assert table["Power / W"] == pytest.approx(table["Current / A"] * table["Voltage / V"])
    assert table["Net Capacity / Ah"][-1] * 3600 == pytest.approx(-cycled.charge[-1] * cycled.area)
    passed = np.trapezoid(table["Power / W"], table["Test Time / s"]) / 3600
    assert table["Net Energy / Wh"][-1] == pytest.approx(passed, rel=1e-2)
    assert np.all(np.diff(table["Test Time / s"]) >= 0)
    assert np.all(np.diff(table["Step Count / 1"]) >= 0)


def test_what_is_written_can_be_followed_again(lg_m50, one_c, tmp_path):
    one_c.to_csv(tmp_path / "again.csv")
    again = simulate(lg_m50, "Follow again.csv", folder=tmp_path)
    assert again.outcome.finished
    assert again.charge[-1] == pytest.approx(one_c.charge[-1], rel=1e-6)  # both end at the cut-off
    assert again.voltage[-1] == pytest.approx(one_c.voltage[-1], abs=2e-3)


def test_the_dictionary_is_json_and_the_same_every_time(lg_m50):
    told = [json.dumps(simulate(lg_m50, "Discharge at 1C for 10 min").to_dict()) for _ in range(2)]
    assert told[0] == told[1]
    assert json.loads(told[0])["outcome"]["name"] == "finished"


def test_a_picture_is_drawn_with_a_line_for_each_phase(cycled):
    above, below = cycled.plot().axes
    assert len(above.lines) == 1
    assert {text.get_text() for text in below.get_legend().get_texts()} == {
        "carbon: graphite", "silicon film: silicon", "LiMn2O4: LiMn2O4",
    }  # fmt: skip


def test_a_batch_gives_arrays_and_each_design_is_as_if_alone(lg_m50):
    thickness = np.linspace(65e-6, 75e-6, 9)
    batch = simulate(lg_m50.with_("positive.layers[0].thickness", thickness), "Discharge at 1C until 2.5 V")
    assert batch.capacity.shape == (9,)
    assert np.all(np.diff(batch.capacity) > 0)
    alone = simulate(lg_m50.with_("positive.layers[0].thickness", float(thickness[4])), "Discharge at 1C until 2.5 V")
    assert np.array_equal(batch[4].raw.rows, alone.raw.rows)
    with pytest.raises(RangeError, match=r"result\[0\]"):
        _ = batch.voltage


def test_threads_and_neighbours_change_no_bit(lg_m50):
    cells = lg_m50.with_("separator.thickness", np.linspace(10e-6, 20e-6, 11))
    one, two = (simulate(cells, "Discharge at 2C", Options(threads=threads)) for threads in (1, 2))
    backwards = simulate(lg_m50.with_("separator.thickness", np.linspace(20e-6, 10e-6, 11)), "Discharge at 2C")
    for index in range(11):
        assert np.array_equal(one[index].raw.rows, two[index].raw.rows)
    assert one[0].capacity == pytest.approx(backwards[10].capacity, rel=1e-12)


def test_ctrl_c_keeps_the_designs_that_are_finished(lg_m50):
    def stop(share: float) -> None:
        raise KeyboardInterrupt

    batch = lg_m50.with_("separator.thickness", np.linspace(10e-6, 20e-6, 70))
    result = simulate(batch, "Discharge at 1C for 10 s", progress=stop)
    assert [outcome.name for outcome in result.outcomes] == ["finished"] * 64 + ["stopped"] * 6
    with pytest.raises(RunError, match="stopped before its turn"):
        _ = result[69].voltage


def test_progress_ends_at_one(lg_m50):
    told: list[float] = []
    simulate(lg_m50, "Rest for 1 s", progress=told.append)
    assert told == [1.0]


def test_powers_and_amperes_need_a_case_and_rates_do_not(lg_m50):
    bare = lg_m50.with_("case", None)
    with pytest.raises(ProtocolError, match="the design has no case"):
        simulate(bare, "Discharge at 5 A for 1 min")
    per_area = simulate(bare, "Discharge at 5 mA/cm2 for 1 min")
    assert per_area.current is None
    assert "Current / A/m2" in per_area.table()
    assert per_area.current_density == pytest.approx(50.0)


@pytest.mark.parametrize(
    ("step", "cause"),
    [
        ("Discharge at 20 W for 60 s", "time"),
        ("Discharge at 0.5 ohm for 60 s", "time"),
        ("Discharge at 5 A until 0.1 Ah", "charge"),
        ("Charge at C/2 until 4.1 V", "high voltage"),
        ("Hold at 3.7 V until C/10", "current"),
        ("Charge at 6C until plating", "margin"),
    ],
)
def test_every_kind_of_step_ends_as_it_says(lg_m50, step, cause):
    result = simulate(lg_m50, step, Options(start=0.5))
    assert result.outcome.finished
    assert result.ends[0].cause == cause


def test_a_step_ends_at_the_content_of_a_layer(layered, film):
    result = simulate(layered, "Discharge at C/20 until 60 at% in silicon film", film)
    assert result.ends[0].cause == "low content"
    assert result.lithium_fraction()[-1] == pytest.approx(0.6, abs=1e-6)


def test_a_current_profile_is_followed(lg_m50, tmp_path):
    rows = "\n".join(f"{t},{1 + t % 3}" for t in range(61))
    (tmp_path / "drive.csv").write_text(f"time_s,current_A\n{rows}\n")
    result = simulate(lg_m50, "Follow drive.csv", folder=tmp_path)
    assert result.outcome.finished
    assert result.charge[-1] * result.area == pytest.approx(sum(1 + t % 3 for t in range(60)), rel=1e-9)
