"""Measured figures: what a file may hold, what is derived or set aside, and how faults are told."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from alloycell.check.measured import Measured, spread_rows
from alloycell.check.specification import load
from alloycell.check.verdict import judge
from alloycell.errors import DesignError, FormatError

FILE = """
format = 1
kind = "measured"
title = "Powder 17"
specifications = ["two-phase-particle"]

[measured]
phase_a_oxygen = "0.15 +- 0.05 wt%"
phase_a_nitrogen = "0.05 wt%"
phase_b_oxygen = "1.0 +- 0.2 wt%"
phase_b_nitrogen = "0.2 wt%"
phase_b_mass_fraction = "30 %"
phase_a_absorbs_lithium = true
phase_b_absorbs_lithium = false
phase_b_passes_lithium = true
phase_a_elements = ["Si"]
phase_b_elements = ["Si", "Ti"]

[methods]
phase_a_oxygen = "atom probe"
"""


def measured(methods: dict[str, Any] | None = None, **figures: Any) -> Measured:
    """Measured figures from their texts, with the methods given."""
    return Measured.of(
        {"format": 1, "kind": "measured", "measured": figures} | ({"methods": methods} if methods is not None else {})
    )


def told(**figures: Any) -> str:
    """The message about faulty measured figures."""
    with pytest.raises(DesignError) as caught:
        measured(**figures)
    return str(caught.value)


def test_a_measured_file_gives_figures_and_their_uncertainty(tmp_path):
    path = tmp_path / "powder.toml"
    path.write_text(FILE)
    powder = Measured.load(path)
    assert powder.title == "Powder 17"
    assert powder.specifications == ("two-phase-particle",)
    assert powder.figures["phase_a_oxygen"] == pytest.approx(0.0015)
    assert powder.figures["phase_b_elements"] == {"Si", "Ti"}
    assert powder.figures["phase_b_absorbs_lithium"] is False
    assert powder.spread["phase_a_oxygen"] == pytest.approx([0.002, 0.001, 0.0015, 0.0015])
    assert powder.spread["phase_b_oxygen"] == pytest.approx([0.010, 0.010, 0.012, 0.008])
    assert "phase_a_nitrogen" not in powder.spread


def test_the_particle_total_is_derived_and_the_verdict_says_so(tmp_path):
    path = tmp_path / "powder.toml"
    path.write_text(FILE)
    powder = Measured.load(path)
    assert powder.figures["particle_oxygen"] == pytest.approx(0.7 * 0.0015 + 0.3 * 0.010)
    assert powder.spread["particle_oxygen"] - powder.figures["particle_oxygen"] == pytest.approx(
        [0.7 * 0.0005, -0.7 * 0.0005, 0.3 * 0.002, -0.3 * 0.002]
    )
    clause = judge(load("two-phase-particle"), powder.figures, powder.spread, powder.remarks).clause("claim 5")
    assert any("particle_oxygen was derived" in remark for remark in clause.remarks)
    oxygen = clause.criteria[0]
    assert oxygen.uncertainty == pytest.approx(np.hypot(0.7 * 0.0005, 0.3 * 0.002))


def test_a_phase_is_derived_from_the_particle_and_the_other_phase():
    known = {"phase_b_mass_fraction": "30 %", "particle_oxygen": "0.5 wt%"}
    in_a = measured(**known, phase_b_oxygen="1.2 wt%").figures["phase_a_oxygen"]
    assert in_a == pytest.approx(0.002)
    in_b = measured(**known, phase_a_oxygen="0.2 wt%").figures["phase_b_oxygen"]
    assert in_b == pytest.approx(0.012)


def test_nothing_is_derived_that_could_not_be():
    negative = measured(phase_b_mass_fraction="30 %", particle_oxygen="0.3 wt%", phase_b_oxygen="1.2 wt%")
    assert "phase_a_oxygen" not in negative.figures
    no_a = measured(phase_b_mass_fraction=1, particle_oxygen="0.3 wt%", phase_b_oxygen="0.3 wt%")
    assert "phase_a_oxygen" not in no_a.figures
    assert "particle_oxygen" not in measured(phase_a_oxygen="0.1 wt%", phase_b_oxygen="1 wt%").figures


def test_nitrogen_from_x_ray_maps_beside_titanium_is_unknown():
    figures = {"phase_a_nitrogen": "0.1 wt%", "phase_b_elements": ["Ti", "Si"]}
    found = measured({"phase_a_nitrogen": "STEM-EDS map"}, **figures)
    assert "phase_a_nitrogen" not in found.figures
    assert "Ti Ll covers N Ka" in found.remarks["phase_a_nitrogen"]
    clause = judge(load("two-phase-particle"), found.figures, remarks=found.remarks).clause("claim 1")
    assert "phase_a_nitrogen" in clause.unknown
    assert clause.remarks
    other = measured({"phase_a_nitrogen": "inert gas fusion, needs 1 g"}, **figures)
    assert other.figures["phase_a_nitrogen"] == pytest.approx(0.001)
    zirconium = measured({"phase_a_nitrogen": "EDX"}, phase_a_nitrogen=0.001, phase_b_elements=["Zr"])
    assert "phase_a_nitrogen" in zirconium.figures


def test_figures_of_the_other_documents_can_be_measured_too():
    found = measured(layer_density="1.2 +- 0.05 g/cm3", has_binder=True, binder_polymers=["PVA"])
    assert found.figures["layer_density"] == pytest.approx(1200)
    assert found.spread["layer_density"] == pytest.approx([1250, 1150])


@pytest.mark.parametrize(
    ("figures", "message"),
    [
        (
            {"phase_a_oxigen": "1 wt%"},
            "measured.phase_a_oxigen is not a figure; a figure name is needed. Did you",
        ),
        ({"phase_a_oxygen": "1 um"}, "measured.phase_a_oxygen"),
        ({"phase_a_oxygen": "-1 wt%"}, "measured.phase_a_oxygen"),
        ({"phase_a_oxygen": 37}, '"37 %"'),
        ({"phase_a_oxygen": "37 at%"}, "measured.phase_a_oxygen"),
        ({"phase_a_oxygen": True}, "measured.phase_a_oxygen"),
        ({"phase_a_oxygen": float("nan")}, "measured.phase_a_oxygen"),
        ({"phase_a_oxygen": [0.1]}, "measured.phase_a_oxygen"),
        ({"phase_a_oxygen": np.array([0.1])}, "measured.phase_a_oxygen"),
        ({"phase_a_elements": "Si"}, "a list of names is needed"),
        ({"phase_a_elements": ["Si", 3]}, "a list of names is needed"),
        ({"phase_a_absorbs_lithium": "yes"}, "true or false is needed"),
        ({"phase_a_absorbs_lithium": 1}, "true or false is needed"),
    ],
)
def test_what_cannot_be_is_refused_by_its_path(figures, message):
    assert message in told(**figures)


def test_all_faults_of_a_measured_file_are_told_at_once():
    assert len(told(phase_a_oxygen="1 um", phase_c_oxygen="1 wt%", phase_a_elements="Si").splitlines()) == 3


@pytest.mark.parametrize(
    ("tables", "message"),
    [
        ({}, "format is missing"),
        ({"format": 2}, "format is 2; a measured file says format = 1"),
        ({"format": True}, "format is True"),
        ({"kind": "design"}, 'a measured file says kind = "measured"'),
        ({"measured": 3}, "measured is not a table"),
        ({"measured": {}}, "measured is missing or empty"),
        ({"measurd": {"x_max": 1}}, 'Did you mean "measured"'),
        ({"specifications": "two-phase-particle"}, "is not a list of texts"),
        ({"title": 3}, "title is not a text"),
        ({"methods": {"x_max": "guess"}}, "methods.x_max has no value"),
        ({"measured": {"x_max": 3.75}, "methods": {"x_max": 3}}, "methods.x_max is 3"),
    ],
)
def test_a_file_of_another_shape_is_refused(tables, message):
    with pytest.raises(DesignError) as caught:
        Measured.of(tables)
    assert message in str(caught.value)


def test_a_file_that_is_no_toml_is_told_with_line_and_column(tmp_path):
    path = tmp_path / "bad.toml"
    path.write_text("format = 1\nkind = measured\n")
    with pytest.raises(FormatError, match="line 2, column"):
        Measured.load(path)


def test_rows_move_one_figure_at_a_time():
    rows = spread_rows({"a": 1.0, "b": 2.0, "c": 3.0}, {"a": 0.1, "b": 0.0, "c": 0.5})
    assert set(rows) == {"a", "c"}
    assert rows["a"] == pytest.approx([1.1, 0.9, 1.0, 1.0])
    assert rows["c"] == pytest.approx([3.0, 3.0, 3.5, 2.5])
