"""Which layer counts as carbon layer, what the positive is rated to, and what is said when lithium plates at rest."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from alloycell.cell import Cell, Datasheet
from alloycell.cell.planning import dose_plan
from alloycell.cell.provenance import plating_warning, warnings_of
from alloycell.errors import DesignError

EXAMPLE = Path(__file__).resolve().parents[3] / "examples" / "layered-silicon.toml"


@pytest.fixture
def cell() -> Cell:
    """The layered example without its case, so that thicknesses are free."""
    return Cell.load(EXAMPLE).with_("case", None)


@pytest.fixture
def blended(cell: Cell) -> Cell:
    """The same with one percent of silicon in the graphite layer."""
    recipe = {"graphite": "89 %", "silicon": "1 %", "PVDF": "rest"}
    active = {"graphite": {"first_cycle_efficiency": 0.93}, "silicon": {"structure": "amorphous"}}
    return cell.with_all({"negative.layers[0].recipe": recipe, "negative.layers[0].active": active})


def test_the_positive_is_rated_to_what_its_first_charge_takes_out_of_it(cell):
    for voltage in (4.1, 4.2, 4.3):
        sheet = Datasheet(cell.with_("operation.charge_voltage", voltage))
        assert sheet.positive_capacity == pytest.approx(sheet.first_charge_passed, rel=1e-12)


def test_a_stated_upper_potential_rates_the_positive_at_any_cut_off(cell):
    stated = cell.with_("positive.layers[0].active", {"LiMn2O4": {"upper_potential": "4.25 V"}})
    rated = [Datasheet(stated.with_("operation.charge_voltage", v)).positive_capacity for v in (4.1, 4.2, 4.3)]
    assert np.ptp(rated) == 0.0


def test_a_layer_with_a_little_silicon_counts_as_alloy_until_its_role_is_stated(blended):
    assert not Datasheet(blended).carbon_layers
    assert any('role = "carbon"' in sentence for sentence in warnings_of(Datasheet(blended)))
    sheet = Datasheet(blended.with_("negative.layers[0].role", "carbon"))
    assert [made.where for made in sheet.carbon_layers] == ["negative.layers[0]"]
    assert [made.where for made in sheet.alloy_layers] == ["negative.layers[1]"]
    assert not any("role" in sentence for sentence in warnings_of(sheet))


def test_capacity_and_loss_of_a_carbon_layer_count_all_that_takes_lithium_in_it(blended):
    sheet = Datasheet(blended.with_("negative.layers[0].role", "carbon"))
    layer = sheet.carbon_layers
    assert sheet.carbon_capacity == pytest.approx(sheet.areal(layer, "first charge"), rel=1e-14)
    lost = sheet.carbon_capacity * (1 - sheet.carbon_efficiency)
    assert lost == pytest.approx(sheet.areal(layer, "lost"), rel=1e-12)


@pytest.mark.parametrize(
    ("path", "role", "words"),
    [
        ("negative.layers[1].role", "carbon", "mainly carbon"),
        ("negative.layers[0].role", "alloy", "nothing in this layer alloys"),
        ("positive.layers[0].role", "alloy", "only layers of the negative"),
    ],
)
def test_a_role_that_does_not_fit_is_refused_by_name(cell, path, role, words):
    with pytest.raises(DesignError, match=words) as refused:
        cell.with_(path, role)
    assert path in str(refused.value)


def test_plating_at_rest_is_said_with_its_amount_though_the_formula_is_met(cell):
    sheet = Datasheet(cell.with_("positive.layers[0].thickness", "122 um"))
    plan = dose_plan(sheet)
    assert plan.slack_now > 0
    sentence = plating_warning(sheet)
    assert sentence == plan.plating
    assert "mAh/cm2" in sentence
    assert "3.352" in sentence
    assert plating_warning(Datasheet(cell)) is None


def test_a_row_of_the_dose_plan_says_whether_its_dose_plates(cell):
    rows = dose_plan(Datasheet(cell)).rows
    assert {row.plated > 0 for row in rows} == {True, False}
    assert all(row.plated == 0 for row in rows if row.target == 0.31)
