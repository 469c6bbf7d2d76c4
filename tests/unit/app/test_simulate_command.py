"""``alloycell simulate``: text, JSON, files, and what is said about bad input."""

from __future__ import annotations

import xml.etree.ElementTree
from pathlib import Path

import pytest

CELL = Path(__file__).parents[3] / "examples" / "lg-m50.toml"
LAYERED = CELL.with_name("layered-silicon.toml")


def test_the_text_shows_steps_curve_and_what_is_assumed(alloycell):
    ended = alloycell("simulate", CELL, "--protocol", "Discharge at 1C until 2.5 V; Rest for 1 h")
    assert (ended.status, ended.err) == (0, "")
    assert "Discharge at 1C until 2.5 V" in ended.out
    assert "low voltage" in ended.out
    assert "voltage [V]" in ended.out
    assert "Assumed: negative: conductivity of the solids" in ended.out


def test_the_alloy_layer_is_shown_with_its_lithium(alloycell):
    ended = alloycell("simulate", LAYERED, "-p", "Discharge at C/10", "--wetted", "10 %", "--quiet")
    assert "silicon film" in ended.out
    assert "at%" in ended.out
    assert "Assumed" not in ended.out


def test_json_has_curves_steps_and_ledger(alloycell):
    told = alloycell("simulate", CELL, "-p", "Discharge at 1C for 60 s", "--start", "50 %", "--json").data
    assert told["start"] == "50 % charged"
    assert told["steps"][0]["cause"] == "time"
    assert len(told["curves"]["time"]) == len(told["curves"]["voltage"])
    assert told["ledger"]["closure"] < 1e-10


def test_curves_go_to_csv_and_pictures_to_svg(alloycell, tmp_path):
    for name in ("curves.csv", "curves.svg"):
        ended = alloycell("simulate", CELL, "-p", "Discharge at 1C for 60 s", "--out", name)
        assert ended.out.rstrip().endswith(f"Written: {name}")
    assert (tmp_path / "curves.csv").read_text().startswith("Test Time / s,Voltage / V,Current / A")
    assert xml.etree.ElementTree.fromstring((tmp_path / "curves.svg").read_text()).tag.endswith("svg")


def test_a_protocol_may_stand_in_a_file_beside_the_files_it_follows(alloycell, tmp_path):
    (tmp_path / "drive.csv").write_text("time_s,current_A\n0,1\n10,2\n20,0\n")
    (tmp_path / "steps.txt").write_text("# two steps\nRest for 10 s\nFollow drive.csv\n")
    ended = alloycell("simulate", CELL, "--protocol", "steps.txt", "--json")
    assert [step["cause"] for step in ended.data["steps"]] == ["time"] * 3


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("-p", "Dischrge at 1C"), 'Did you mean "Discharge"?'),
        (("-p", "Rest for 1 s", "--start", "chargd"), 'Did you mean "charged"?'),
        (("-p", "Rest for 1 s", "--start", "120 %"), "--start"),
        (("-p", "Rest for 1 s", "--diffusivity", "lo"), "diffusivity"),
        (("-p", "Rest for 1 s", "--out", "curves.png"), ".csv or .svg"),
    ],
)
def test_bad_input_ends_with_2_and_a_sentence(alloycell, arguments, told):
    ended = alloycell("simulate", CELL, *arguments)
    assert (ended.status, ended.out) == (2, "")
    assert told in ended.err


def test_a_dense_film_is_refused_with_what_to_give(alloycell):
    ended = alloycell("simulate", LAYERED, "-p", "Rest for 1 s")
    assert ended.status == 2
    assert "has no pores" in ended.err


def test_temperature_cooling_and_half_cells_are_asked_for_in_words(alloycell):
    ended = alloycell("simulate", CELL, "-p", "Discharge at 1C", "--temperature", "10 degC", "--heat-transfer", "0.5")
    assert ended.status == 0
    assert "gave off" in ended.out
    assert "Assumed: cell: specific heat: 1000 J/(kg K)" in ended.out
    half = alloycell("simulate", CELL, "-p", "Charge at C/10 until 1 V", "--half", "negative")
    assert half.status == 0
    assert "lithium metal: exchange current" in half.out
    assert "negative or positive" in alloycell("simulate", "--help").out
    wrong = alloycell("simulate", CELL, "-p", "Charge at C/10", "--half", "positive")
    assert (wrong.status, "until 4.3 V" in wrong.err) == (2, True)
