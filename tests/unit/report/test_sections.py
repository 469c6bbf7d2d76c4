"""The sections: figures as texts with units, tables that add up, pictures that show what the study holds."""

from __future__ import annotations

import dataclasses

import pytest

from alloycell.pictures import style
from alloycell.report import clauses, construction, evidence, lithium, planning, summary
from alloycell.report.wording import DASH, amount, joined, plain, typeset


@pytest.fixture(autouse=True)
def _drawn_in_the_style_of_the_page():
    with style():
        yield


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("12 um", "12\u00a0µm"),
        ("0.6 mAh/cm2 +- 0.1 mAh/cm2", "0.6\u00a0mAh/cm² ± 0.1\u00a0mAh/cm²"),
        ("-4952 mAh/cm3 (-380.9 %)", "−4952\u00a0mAh/cm³ (−380.9\u00a0%)"),
        ("LiMn2O4 in EC-EMC-Nyman", "LiMn2O4 in EC-EMC-Nyman"),
        ("x: 2 um -> 3 um", "x: 2\u00a0µm → 3\u00a0µm"),
        ("19.66 umol/cm2", "19.66\u00a0µmol/cm²"),
        ("1e-12", "1e-12"),
    ],
)
def test_units_are_printed_as_people_print_them(text, printed):
    assert typeset(text) == printed


def test_a_repeated_unit_is_written_once():
    assert joined(typeset("45.19 at% +- 1.6 at%")) == "45.19 ± 1.6\u00a0at%"
    assert joined("45 at%") == "45 at%"


def test_absent_and_undefined_are_told_apart():
    assert amount("length", None) == DASH
    assert plain("potential", float("nan")) == "not defined"
    assert plain("length", 1.5e-6) == "1.5"


def test_the_strip_names_every_ratio_of_the_electrodes_by_its_definition(layered):
    tiles = {tile.title: tile for tile in summary.tiles(layered)}
    words = " ".join((tiles["N/P"].value, *tiles["N/P"].below))
    assert all(name in words for name in ("first charge", "reversible", "after dose"))
    assert tiles["Capacity"].value.endswith("mAh")
    assert tiles["Per mass"].value.endswith("Wh/kg")
    assert "±" in tiles["Lithium in alloy, empty"].value


def test_without_a_case_the_strip_gives_areal_figures_only(bare):
    tiles = {tile.title: tile for tile in summary.tiles(bare)}
    assert tiles["Capacity"].value.endswith("mAh/cm²")
    assert "Per mass" not in tiles
    assert "Lithium in alloy, empty" not in tiles


def test_every_column_of_numbers_in_the_layer_table_has_its_unit(layered):
    table = construction.layer_table(layered)
    assert all(column.unit for column in table.columns if column.numbers)
    assert [row[0] for row in table.rows] == ["carbon", "silicon film", "LiMn2O4"]
    assert all(len(row) == len(table.columns) for row in table.rows)


def test_a_layer_without_a_name_is_called_after_what_it_holds(bare):
    assert [row[0] for row in construction.layer_table(bare).rows] == ["graphite", "NMC811"]


def test_the_bill_adds_up(layered, bare):
    table = construction.bill_table(layered)
    assert sum(float(row[2]) for row in table.rows) == pytest.approx(float(table.total[2]), rel=1e-3)
    assert table.total[3] == "100.00"
    assert construction.bill_table(bare) is None


def test_the_ledger_in_numbers_has_the_same_sum_in_every_state(layered):
    table = lithium.ledger_table(layered)
    assert len(set(table.total[1:])) == 1
    for column in range(1, 7):
        parts = sum(float(row[column]) for row in table.rows)
        assert parts == pytest.approx(float(table.total[column]), abs=5e-4)


def test_a_pristine_negative_has_no_potential(layered):
    table = lithium.states_table(layered)
    rows = {row[0]: row for row in table.rows}
    assert rows["negative"][2] == "not defined"
    assert rows["cell voltage"][2] == "not defined"
    assert "not defined" not in rows["positive"]


def test_the_salt_is_counted_apart(layered):
    assert any(note.startswith("Salt, counted apart") for note in lithium.ledger_notes(layered))
    assert not any("salt" in row[0].lower() for row in lithium.ledger_table(layered).rows)


def test_an_assumed_uptake_is_labelled_so(layered):
    assert any("uptake 100 % (assumed)" in note.replace("\u00a0", " ") for note in lithium.ledger_notes(layered))


def test_the_window_is_drawn_into_the_content_curves_of_an_alloy(layered, bare):
    assert ">67 at%<" in lithium.content_curves(layered)
    assert "at%" not in lithium.content_curves(bare)


def test_clauses_come_worst_first_with_their_three_readings(layered):
    (part,) = clauses.verdict_parts(layered)
    assert [row.name for row in part.rows] == [clause.name for clause in layered.verdicts[0].clauses]
    assert all(row.readings for row in part.rows)
    assert "<svg" in part.chart
    assert part.chart.count("claim ") >= len(part.rows)


def test_readings_that_disagree_are_written_out(layered):
    verdict = layered.verdicts[0]
    first = verdict.clauses[0]
    split = dataclasses.replace(first.readings, strict="outside", rounded="inside", guarded="undecidable")
    changed = dataclasses.replace(first, readings=split, result="undecidable")
    other = dataclasses.replace(verdict, clauses=(changed, *verdict.clauses[1:]))
    (part,) = clauses.verdict_parts(dataclasses.replace(layered, verdicts=(other,)))
    assert part.rows[0].readings == "strict outside, rounded inside, guarded undecidable"
    assert part.counts.startswith("1 undecidable")


def test_the_dose_card_has_all_units_and_both_ends_and_the_middle(layered, bare):
    card = planning.dose_card(layered)
    assert {row[0] for row in card.table.rows} >= {"31", "50", "67"}
    assert all(column.unit for column in card.table.columns if column.numbers)
    assert [name for name, _ in card.gives] == ["formula (1)", "extended ledger", "equilibrium"]
    assert planning.dose_card(bare) is None


def test_a_target_that_no_dose_reaches_is_said(layered):
    row = dataclasses.replace(layered.dose.rows[0], charge=None)
    plan = dataclasses.replace(layered.dose, rows=(row,), warning="The carbon holds a lot.", allowed_interval=None)
    card = planning.dose_card(dataclasses.replace(layered, dose=plan))
    assert "no dose reaches it" in card.table.rows[0]
    assert card.warning == "The carbon holds a lot."
    assert any("allow no dose" in fact for fact in card.facts)


def test_the_window_card_tells_what_a_cut_off_costs(layered, bare):
    card = planning.window_card(layered)
    assert card.table.rows[0][0] == "of this design"
    assert "now 2.75 V" in card.picture
    assert planning.window_card(bare) is None


def test_the_evidence_names_only_curves_that_were_changed(layered):
    library = layered.cell.library
    for name, change in evidence.corrections(layered):
        assert library.largest_change(name) > 0
        assert change.endswith("mV")


def test_every_known_figure_is_in_the_last_table_with_its_formula(layered):
    table = evidence.figure_table(layered)
    listed = {row[0] for row in table.rows}
    known = {entry.figure.name for entry in layered.figures if entry.value is not None}
    assert listed <= known
    assert {"equilibrium_lithium_fraction", "np_after_dose", "ledger_closure"} <= listed


def test_without_a_carbon_layer_formula_one_is_left_out_and_said_to_be(layered):
    plan = layered.dose
    rows = tuple(dataclasses.replace(row, slack=None, allowed=None) for row in plan.rows if row.method != "formula (1)")
    contents = {**plan.content_now, "formula (1)": None}
    bare_plan = dataclasses.replace(plan, rows=rows, content_now=contents, slack_now=None, allowed_interval=None)
    card = planning.dose_card(dataclasses.replace(layered, dose=bare_plan))
    assert [name for name, _ in card.gives] == ["extended ledger", "equilibrium"]
    assert not any("(D)" in column.title for column in card.table.columns)
    assert any("no carbon layer" in fact for fact in card.facts)


def test_where_no_lithium_is_left_by_formula_one_it_is_said(layered):
    contents = {**layered.dose.content_now, "formula (1)": None}
    card = planning.dose_card(
        dataclasses.replace(layered, dose=dataclasses.replace(layered.dose, content_now=contents))
    )
    assert dict(card.gives)["formula (1)"] == "no lithium"
