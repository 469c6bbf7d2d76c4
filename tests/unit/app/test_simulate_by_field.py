"""``alloycell simulate --by``: what 1 % more of a field changes, as a table and as data."""

from __future__ import annotations

from pathlib import Path

CELL = Path(__file__).parents[3] / "examples" / "lg-m50.toml"
LAYERED = CELL.with_name("layered-silicon.toml")
POROSITY, SEPARATOR = "positive.layers[0].porosity", "separator.thickness"


def test_fields_stand_in_the_order_in_which_they_move_the_run(alloycell):
    ended = alloycell("simulate", CELL, "-p", "Discharge at 1C", "--by", SEPARATOR, "--by", POROSITY)
    assert (ended.status, ended.err) == (0, "")
    assert ended.out.index(POROSITY) < ended.out.index(SEPARATOR)
    assert "Without a change: capacity 4.807 mAh/cm2" in ended.out
    assert "For 1 % more of each field alone" in ended.out


def test_the_lithium_left_in_an_alloy_layer_has_a_column(alloycell):
    film = "negative.layers[1].thickness"
    ended = alloycell("simulate", LAYERED, "-p", "Discharge at C/2", "--wetted", "10 %", "--by", film, "--quiet")
    assert "Li in negative.layers[1]" in ended.out
    assert " at%" in ended.out
    assert "For 1 % more" not in ended.out


def test_json_has_derivatives_in_si_for_every_figure(alloycell):
    told = alloycell("simulate", CELL, "-p", "Discharge at 1C", "--by", SEPARATOR, "--by", POROSITY, "--json").data
    assert [field["path"] for field in told["fields"]] == [SEPARATOR, POROSITY]
    assert told["ranking"] == [1, 0]
    capacity = told["figures"]["capacity [C/m2]"]
    assert capacity["derivatives"][1] * 0.335 / capacity["value"] < -0.4


def test_all_takes_every_number_that_moves_the_run(alloycell):
    told = alloycell("simulate", CELL, "-p", "Discharge at 1C for 60 s", "--by", "all", "--json").data
    paths = [field["path"] for field in told["fields"]]
    assert {SEPARATOR, POROSITY} <= set(paths)
    assert not any(path.startswith("case.") for path in paths)


def test_a_misspelt_field_ends_with_2_and_the_nearest_name(alloycell):
    ended = alloycell("simulate", CELL, "--by", "separator.thicknes")
    assert (ended.status, ended.out) == (2, "")
    assert 'Did you mean "thickness"?' in ended.err


def test_a_field_without_a_number_is_refused(alloycell):
    ended = alloycell("simulate", CELL, "--by", "positive.layers[0].density")
    assert ended.status == 2
    assert ended.err.startswith("positive.layers[0].density is not stated")
