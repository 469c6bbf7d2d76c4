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
    assert [step["cause"] for step in ended.data["steps"]] == ["time"] * 2  # a profile is one step


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


def test_the_protocol_of_the_design_is_run_where_none_is_given(alloycell):
    steps = alloycell("simulate", CELL, "--json").data["steps"]
    assert [step["cause"] for step in steps] == ["low voltage", "time", "high voltage", "current"]


def test_a_film_that_the_design_calls_wetted_needs_no_option(alloycell, tmp_path):
    text = LAYERED.read_text(encoding="utf-8").replace("[simulation]", '[simulation]\nwetted = "20 %"')
    (tmp_path / "cell.toml").write_text(text)
    ended = alloycell("simulate", "cell.toml", "-p", "Discharge at 1C", "--nodes", "10", "--tolerance", "1e-3")
    assert ended.status == 0
    assert "wetted share" not in ended.out


def test_the_plating_margin_is_told_with_its_place(alloycell):
    text = " ".join(alloycell("simulate", CELL, "-p", "Charge at 2C").out.split())
    assert "mV, after" in text
    assert "in graphite-SiOx, at its side towards the separator. Lithium would plate: it falls below 0 V after" in text
    told = alloycell("simulate", CELL, "-p", "Charge at 2C until plating", "--json").data
    assert told["steps"][0]["cause"] == "margin"
    assert told["plating"]["margin"] == pytest.approx(0.0, abs=1e-6)


@pytest.mark.parametrize("columns", [60, 80])
def test_the_text_fits_the_terminal(alloycell, monkeypatch, columns):
    monkeypatch.setenv("COLUMNS", str(columns))
    ended = alloycell("simulate", LAYERED, "-p", "Discharge at 1C; Charge at C/2", "--wetted", "10 %")
    assert max(map(len, ended.out.splitlines())) <= columns


def test_a_sweep_runs_many_designs_and_shows_a_line_each(alloycell, tmp_path):
    options = (
        "-p",
        "Discharge at 2C",
        "--sweep",
        "separator.thickness=10:30 um",
        "--points",
        "3",
        "--out",
        "sweep.csv",
    )
    out = alloycell("simulate", CELL, *options).out
    assert [line.split()[0] for line in out.splitlines() if line[:2] in ("10", "20", "30")] == ["10", "20", "30"]
    rows = (tmp_path / "sweep.csv").read_text().splitlines()
    assert rows[0].startswith("separator.thickness [um],capacity [mAh/cm2],")
    assert [row.split(",")[0] for row in rows[1:]] == ["10", "20", "30"]
    told = alloycell("simulate", CELL, *options, "--json").data
    found = [design["capacity"] for design in told["designs"]]
    assert found[0] > found[1] > found[2]
    assert told["designs"][0]["lithium_fraction"] is None


@pytest.mark.parametrize(
    ("sweep", "told"),
    [
        ("separator.thickness", "a field and two values are needed"),
        ("separator.thicknes=10 um:30 um", 'Did you mean "thickness"?'),
        ("separator.material=1:2", "is not a quantity"),
        ("separator.thickness=10 V:30 um", "separator.thickness"),
    ],
)
def test_a_sweep_that_cannot_be_is_refused(alloycell, sweep, told):
    ended = alloycell("simulate", CELL, "--sweep", sweep)
    assert ended.status == 2
    assert told in ended.err


def test_a_sealed_film_is_told_among_the_assumptions(alloycell):
    ended = alloycell("simulate", LAYERED, "-p", "Discharge at C/5", "--sealed")
    assert (ended.status, ended.err) == (0, "")
    assert "Assumed: negative.layers[1]: film: sealed" in ended.out
