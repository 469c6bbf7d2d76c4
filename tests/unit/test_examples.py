"""Every example asks a question; its answer, as the comment states it, is what alloycell finds."""

from __future__ import annotations

from pathlib import Path

import pytest

from alloycell import Cell, study
from alloycell.check import Measured, judge, load

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


def test_layered_silicon_meets_every_clause_with_the_dose_it_states():
    found = study(Cell.load(EXAMPLES / "layered-silicon.toml"))
    assert [verdict.result for verdict in found.verdicts] == ["inside"]
    assert len(found.verdicts[0].clauses) == 13
    assert found.value("lithium_added") / 36000 == pytest.approx(0.600, abs=5e-4)
    assert found.value("lithium_film") == pytest.approx(2.9e-6, abs=5e-8)
    assert found.value("designed_lithium_fraction") == pytest.approx(0.5, abs=1e-12)
    assert found.value("equilibrium_lithium_fraction") == pytest.approx(0.45, abs=5e-3)


def test_silicon_tin_layer_is_too_dense_and_the_repair_says_how_much():
    found = study(Cell.load(EXAMPLES / "silicon-tin-layer.toml"))
    verdict = found.verdicts[0]
    assert verdict.result == "outside"
    assert found.value("layer_volumetric_capacity") / 3.6e6 == pytest.approx(2640, abs=1)
    repair = found.repairs["silicon-tin-layer", "claim 5"]
    assert repair is not None
    assert repair.path == "negative.layers[0].density"
    mended = Cell.load(EXAMPLES / "silicon-tin-layer.toml").with_(repair.path, repair.value)
    assert study(mended).verdicts[0].result == "inside"


def test_lg_m50_gives_back_its_published_figures_with_nothing_fitted():
    found = study(Cell.load(EXAMPLES / "lg-m50.toml"))
    assert found.value("cell_capacity") / 3600 == pytest.approx(5.0, rel=0.03)
    assert found.value("cell_energy") / 3600 == pytest.approx(18.2, rel=0.03)
    assert found.value("cell_mass") == pytest.approx(68.4e-3, rel=0.05)
    assert found.value("room_charged") > 0


def test_two_phase_particle_is_undecidable_as_its_comment_says():
    measured = Measured.load(EXAMPLES / "two-phase-particle.toml")
    verdict = judge(load("two-phase-particle"), measured.figures, measured.spread, measured.remarks)
    assert verdict.result == "undecidable"


def test_clauses_on_the_lithium_content_show_the_simulated_ones_beside():
    verdict = study(Cell.load(EXAMPLES / "layered-silicon.toml")).verdicts[0]
    shown = verdict.clause("claim 1").also["simulated at C/10"]
    low, middle, high = (float(text) for text in shown.split(" at%")[0].split(", "))
    assert low > middle > high > 45
    assert "simulated at C/10" not in verdict.clause("claim 2").also
