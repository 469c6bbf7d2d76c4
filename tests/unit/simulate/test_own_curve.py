"""A curve of one's own, as docs/how-to/add-your-own-curve.md says: added without C++, simulated, or refused by name."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from alloycell.cell import Cell
from alloycell.errors import MaterialError
from alloycell.simulate import Options, simulate

RECORD = """
format = 1
name = "coke-7"
kind = "carbon"
title = "Coke, batch 7"
carbon = "amorphous carbon"
host = "C6"
host_molar_mass = { value = "72.0642 g/mol", source = "bench", level = "computed" }
density = { value = "1.95 g/cm3", source = "bench", level = "measured" }
reversible_capacity = { value = "240 mAh/g", source = "bench", level = "measured" }
first_cycle_efficiency = { value = "90 %", source = "bench", level = "measured" }
diffusivity = [{ value = "1e-14 m2/s", source = "bench", level = "measured" }]
exchange_current = "2 A/m2 at y = 0.5"

[potential]
form = "table"
source = "bench"
level = "measured"
full = { value = 0.66, source = "bench", level = "computed" }
single = "coke-7.csv"

[volume]
path = [[0.0, 1.0], [0.66, 1.06]]
source = "memory"
level = "assumed"

[sources.bench]
author = "A. Person"
year = 2024
title = "Half cells of batch 7"
"""
CURVE = "x,U_V\n0.00,1.25\n0.10,0.98\n0.40,0.41\n0.70,0.14\n1.00,0.01\n"


DIFFUSIVITY = "# galvanostatic titration\nx,D_m2_s\n0.0,4e-14\n0.5,1e-14\n1.0,2e-15\n"
STATED = 'diffusivity_curve = { file = "coke-7-D.csv", source = "bench", level = "measured" }\n'


def cell_of(folder: Path, curve: str, diffusivity: str = "") -> Cell:
    """The LG M50 with coke-7 in place of its graphite."""
    (folder / "mine").mkdir(exist_ok=True)
    record = RECORD.replace("exchange_current =", STATED + "exchange_current =") if diffusivity else RECORD
    (folder / "mine" / "coke-7.toml").write_text(record)
    (folder / "mine" / "coke-7-D.csv").write_text(diffusivity)
    (folder / "mine" / "coke-7.csv").write_text(curve)
    text = (Path(__file__).parents[3] / "examples" / "lg-m50.toml").read_text(encoding="utf-8")
    text = text.replace("graphite-SiOx", "coke-7").replace("85.2 um", "90 um").replace("75.6 um", "40 um")
    text = text.replace(', first_cycle_efficiency = "100 %"', "")
    (folder / "cell.toml").write_text(text.replace("[negative]", 'materials = "mine"\n\n[negative]', 1))
    return Cell.load(folder / "cell.toml")


def test_a_curve_from_a_csv_is_simulated(tmp_path):
    result = simulate(cell_of(tmp_path, CURVE), "Discharge at C/10; Charge at C/3")
    assert result.outcome.finished
    assert result.ledger.closure < 1e-12
    rate = next(p for p in result.made.flat.phases).numbers[0, 4]
    assert rate == pytest.approx(4.0)
    assert not any("exchange current" in entry.where and "coke" in entry.where for entry in result.assumptions)


def test_the_curve_is_what_a_slow_discharge_shows(tmp_path):
    result = simulate(cell_of(tmp_path, CURVE), "Discharge at C/1000")
    held = result.contents["negative.layers[0]", "coke-7"] / 0.66
    inside = (held > 0.1) & (held < 0.9)
    expected = np.interp(held, [0, 0.1, 0.4, 0.7, 1], [1.25, 0.98, 0.41, 0.14, 0.01])
    assert np.abs(result.negative_potential - expected)[inside].max() < 0.03


MILLIVOLTS = "x,U_V\n0.00,1250\n0.10,980\n0.40,410\n0.70,140\n1.00,10\n"
BACKWARDS = "x,U_V\n1.00,0.01\n0.70,0.14\n0.40,0.41\n0.10,0.98\n0.00,1.25\n"
TURNED = "x,U_V\n0.00,0.01\n0.30,0.14\n0.60,0.41\n0.90,0.98\n1.00,1.25\n"
GRAM = "x,U_V\n0,1.25\n24,0.98\n96,0.41\n168,0.14\n240,0.01\n"


@pytest.mark.parametrize(
    ("curve", "line", "found", "remedy"),
    [
        ("x,U_V\n0,1\n1,0.1\n", None, "has 2 points", "at least 4"),
        ("", None, "has 0 points", "at least 4"),
        ("x,U_V\n0.4,0.9\n0.42,0.8\n0.44,0.7\n0.46,0.6\n", None, "covers x from 0.4 to 0.46", "share of it"),
        (CURVE.replace("0.40,0.41", "0.05,0.41"), 4, "does not rise: 0.1 stands before it", "Sort the rows"),
        (CURVE.replace("0.40,0.41", "0.10,0.41"), 4, "it is there twice", "Keep one"),
        (BACKWARDS, 3, "does not rise, nor does any after it", "Turn their order round"),
        (CURVE.replace("0.01", "9"), 6, "U = 9 V", "-1 to 6 V"),
        (CURVE.replace("1.00,", "1.04,"), 6, "x = 1.04", "0 to 1"),
        (CURVE.replace("0.98", "nan"), 3, "U = nan V", "-1 to 6 V"),
        (CURVE.replace("0.98", "inf"), 3, "U = inf V", "-1 to 6 V"),
        (CURVE.replace("x,U_V", "x;U"), 1, "header", "by commas"),
        (CURVE.replace("x,U_V", "U_V,x"), 1, "header", "Exchange the two columns"),
        (CURVE.replace("x,U_V", "x,U_mV"), 1, "header", "volts, not millivolts"),
        (CURVE.replace("x,U_V", "x,U_V,T"), 1, "header", "Keep two columns"),
        (CURVE.replace("x,U_V\n", ""), 1, "header", "Write the header above"),
        (CURVE.replace("0.98", "high"), 3, 'is "0.10,high", not two numbers', "such as 0.25,0.132"),
        (CURVE.replace("0.10,0.98", "0,10;0,98"), 3, "not two numbers", "decimal point"),
        (MILLIVOLTS, 2, "U = 1250 V", "millivolts: divide them by 1000"),
        (GRAM, 3, "x = 24", "mAh/g"),
        (GRAM.replace("240", "98").replace("168", "97"), 3, "x = 24", "percent"),
        (CURVE.replace("0.70,0.14", "0.70,0.80"), 5, "rises from 0.41 V to 0.8 V", "noise below 50 mV"),
        (TURNED, 5, "rises", "give 1 - x"),
    ],
)  # fmt: skip
def test_a_bad_curve_is_refused_with_file_line_finding_and_need(tmp_path, curve, line, found, remedy):
    with pytest.raises(MaterialError) as caught:
        cell_of(tmp_path, curve)
    told = next(fault for fault in caught.value.faults if found in fault.found)
    assert told.where == "coke-7.csv" + ("" if line is None else f", line {line}")
    assert remedy in str(told)


def test_all_faults_of_a_curve_come_at_once(tmp_path):
    bad = "x,U_V\n0.00,1.25\n0.10,oh\n0.40,0.41\n0.70,140\n-1,0.01\n"
    with pytest.raises(MaterialError) as caught:
        cell_of(tmp_path, bad)
    assert [fault.where for fault in caught.value.faults] == [f"coke-7.csv, line {line}" for line in (3, 5, 6)]


def test_of_very_many_faults_the_first_are_told_and_the_rest_counted(tmp_path):
    rows = "\n".join(f"{x:.2f},9" for x in np.linspace(0, 1, 40))
    with pytest.raises(MaterialError) as caught:
        cell_of(tmp_path, f"x,U_V\n{rows}\n")
    assert len(caught.value.faults) == 13
    assert "28 more faults" in str(caught.value)


def test_a_file_that_is_no_text_is_refused(tmp_path):
    cell_of(tmp_path, CURVE)
    (tmp_path / "mine" / "coke-7.csv").write_bytes(b"PK\x03\x04\xff\xfe")
    with pytest.raises(MaterialError, match=r"coke-7.csv cannot be read"):
        Cell.load(tmp_path / "cell.toml")


def test_a_curve_saved_by_a_spreadsheet_with_its_mark_in_front_is_read(tmp_path):
    assert cell_of(tmp_path, f"\N{ZERO WIDTH NO-BREAK SPACE}{CURVE}".replace("\n", "\r\n")).name


def test_exchanged_branches_are_refused_with_the_place(tmp_path):
    cell_of(tmp_path, CURVE)
    record = RECORD.replace('single = "coke-7.csv"', 'lithiation = "coke-7.csv"\ndelithiation = "lower.csv"')
    (tmp_path / "mine" / "coke-7.toml").write_text(record)
    (tmp_path / "mine" / "lower.csv").write_text(CURVE.replace("0.40,0.41", "0.40,0.25"))
    with pytest.raises(MaterialError, match=r"lower.csv lies 160 mV below .* at x = 0.4; .* Exchange"):
        Cell.load(tmp_path / "cell.toml")


def test_a_curve_that_rises_somewhere_runs_on_its_falling_neighbour(tmp_path):
    result = simulate(cell_of(tmp_path, CURVE.replace("0.70,0.14", "0.70,0.45")), "Discharge at C/10")
    assert result.outcome.finished
    assert result.made.cell.library.largest_change("coke-7") == pytest.approx(0.02)


def test_a_diffusivity_that_depends_on_content_is_simulated_in_shells(tmp_path):
    options = Options(profile_times=(600.0,))
    result = simulate(cell_of(tmp_path, CURVE, DIFFUSIVITY), "Discharge at 1C; Charge at C/3", options)
    assert result.outcome.finished
    assert result.ledger.closure < 1e-12
    phase = result.made.flat.phases[0]
    assert (phase.radial.kind, phase.radial.count) == (1, 24)
    assert phase.numbers[0, 3] == pytest.approx(np.exp(np.mean(np.log([4e-14, 1e-14, 1e-14, 2e-15]))), rel=0.05)
    profile = result.profiles[0].phases["negative.layers[0]", "coke-7"]
    assert np.all(np.diff(profile.inside[0]) < 0)
    assert profile.inside[0, -1] == pytest.approx(profile.surface[0])
    assert profile.inside[0].min() < profile.mean[0] < profile.inside[0].max()


def test_a_curve_that_does_not_vary_is_the_value(tmp_path):
    level = "x,D_m2_s\n0,1e-14\n1,1e-14\n"
    one, same = (simulate(cell_of(tmp_path, CURVE, text), "Discharge at 1C") for text in ("", level))
    assert same.voltage == pytest.approx(one.voltage, abs=1e-9)


def test_a_curve_that_hardly_varies_is_nearly_the_value(tmp_path):
    hardly = "x,D_m2_s\n0,1.0001e-14\n1,0.9999e-14\n"
    one, same = (simulate(cell_of(tmp_path, CURVE, text), "Discharge at 1C for 30 min") for text in ("", hardly))
    times = np.linspace(30.0, 1800.0, 60)
    apart = np.interp(times, one.time, one.voltage) - np.interp(times, same.time, same.voltage)
    assert np.abs(apart).max() < 3e-4


@pytest.mark.parametrize(
    ("table", "told"),
    [
        (DIFFUSIVITY.replace("D_m2_s", "D_cm2_s"), "header"),
        (DIFFUSIVITY.replace("1e-14", "-1e-14"), "1e-24 to 1e-06 m2/s"),
        (DIFFUSIVITY.replace("0.5,", "1.5,"), "0 to 1"),
        ("x,D_m2_s\n0,1e-14\n", "at least 2"),
    ],
)
def test_a_bad_diffusivity_is_refused_with_its_file_and_line(tmp_path, table, told):
    with pytest.raises(MaterialError, match="coke-7-D") as caught:
        simulate(cell_of(tmp_path, CURVE, table), "Discharge at 1C")
    assert told in str(caught.value)


def test_a_missing_diffusivity_file_is_a_fault_of_the_record(tmp_path):
    cell_of(tmp_path, CURVE, DIFFUSIVITY)
    (tmp_path / "mine" / "coke-7-D.csv").unlink()
    with pytest.raises(MaterialError, match="diffusivity_curve"):
        Cell.load(tmp_path / "cell.toml")
