"""A curve of one's own, as docs/how-to/add-your-own-curve.md says: added without C++, simulated, or refused by name."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from alloycell.cell import Cell
from alloycell.errors import MaterialError
from alloycell.simulate import simulate

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


def cell_of(folder: Path, curve: str) -> Cell:
    """The LG M50 with coke-7 in place of its graphite."""
    (folder / "mine").mkdir(exist_ok=True)
    (folder / "mine" / "coke-7.toml").write_text(RECORD)
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


@pytest.mark.parametrize(
    ("curve", "told"),
    [
        ("x,U_V\n0,1\n1,0.1\n", "at least 4"),
        (CURVE.replace("0.40,0.41", "0.05,0.41"), "does not rise"),
        (CURVE.replace("0.01", "9"), "-1 to 6 V"),
        (CURVE.replace("x,U_V", "x;U"), "header"),
        (CURVE.replace("0.98", "high"), "not two numbers"),
    ],
)
def test_a_bad_curve_is_refused_with_its_file_and_line(tmp_path, curve, told):
    with pytest.raises(MaterialError, match="coke-7") as caught:
        cell_of(tmp_path, curve)
    assert told in str(caught.value)


def test_a_curve_that_rises_somewhere_runs_on_its_falling_neighbour(tmp_path):
    result = simulate(cell_of(tmp_path, CURVE.replace("0.70,0.14", "0.70,0.45")), "Discharge at C/10")
    assert result.outcome.finished
    assert result.made.cell.library.largest_change("coke-7") == pytest.approx(0.02)
