"""A particle by itself: its file, what stays unknown, what uncertainty leaves undecidable, and what its clauses say."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from alloycell.alloy import PARTICLE_FIGURES, Particle, ParticleFile, particle_sheet
from alloycell.alloy.maps import ElementMaps
from alloycell.alloy.particle_inputs import moved_particle
from alloycell.check.figures import FIGURES, known_figures
from alloycell.errors import DesignError, MaterialError, RangeError
from alloycell.studies import check_particle

FULL = {"Ti": "20 wt%", "O": "1 wt%", "N": "0.5 wt%", "F": "0.01 wt%", "S": "0 wt%", "P": "0 wt%", "Si": "rest"}
SHELL = {"phase_b_passes_lithium": True, "phase_b_boundary_share": "82 +- 6 %"}


def particle(composition: dict[str, Any] | None = None, **fields: Any) -> ParticleFile:
    """A particle file of titanium and silicon."""
    given = {"format": 1, "kind": "particle", "composition": composition or {"Ti": "20 wt%", "Si": "rest"}, **fields}
    return ParticleFile.of(given)


def claims(file: ParticleFile, specification: str = "two-phase-particle") -> dict[str, str]:
    return {clause.name: clause.result for clause in check_particle(file, specification).clauses}


def test_a_particle_knows_every_figure_that_the_two_phase_clauses_ask_for():
    assert set(FIGURES) <= set(PARTICLE_FIGURES) <= set(known_figures())
    assert set(particle(FULL).sheet().figures()) == set(PARTICLE_FIGURES)


def test_contents_without_partition_and_measurement_stay_unknown():
    sheet = particle(FULL).sheet()
    figures = sheet.figures()
    assert [figures[f"phase_{p}_{x}"] for p in "ab" for x in ("oxygen", "nitrogen")] == [None] * 4
    assert figures["particle_oxygen"] == pytest.approx(0.01)
    assert not sheet.contents_known
    assert any("unknown" in text for text in sheet.assumptions)
    assert sheet.limit_total is None
    assert claims(particle(FULL, **SHELL))["claim 1"] == "unknown"


def test_an_element_that_the_composition_does_not_name_is_unknown_and_not_absent():
    figures = particle({"Ti": "20 wt%", "O": "1 wt%", "Si": "rest"}, partition="milled in air").sheet().figures()
    assert figures["particle_nitrogen"] is figures["phase_a_nitrogen"] is figures["particle_sulfur"] is None
    assert figures["phase_a_oxygen"] > 0
    assert particle(FULL).sheet().figures()["particle_sulfur"] == 0.0


def test_all_six_clauses_are_judged_from_a_particle_file():
    contents = {"phase_a": {"O": "0.2 +- 0.05 wt%", "N": "0.1 +- 0.05 wt%"}}
    assert claims(particle(FULL, contents=contents, **SHELL)) == {f"claim {n}": "inside" for n in range(1, 7)}
    assert claims(particle(FULL, contents=contents, phase_b_passes_lithium=True))["claim 3"] == "unknown"
    much = {"phase_a": {"O": "0.9 wt%", "N": "0.1 wt%"}}
    assert claims(particle(FULL, contents=much, **SHELL))["claim 1"] == "outside"


def test_an_uncertainty_of_two_tenths_of_a_percent_is_undecidable():
    contents = {"phase_a": {"O": "0.35 +- 0.2 wt%", "N": "0.05 wt%"}}
    assert claims(particle(FULL, contents=contents, **SHELL))["claim 1"] == "undecidable"


def test_the_range_of_an_assumed_process_counts_as_uncertainty():
    low = {**FULL, "O": "0.6 wt%", "N": "0.2 wt%"}
    assert claims(particle(low, partition="milled in air", **SHELL))["claim 1"] == "undecidable"
    sure = particle(low, partition="milled in air", coefficients={"O": 8.0, "N": 8.0}, **SHELL)
    assert claims(sure)["claim 1"] == "inside"


def test_the_particle_clauses_of_the_layer_are_judged_from_the_file():
    fine = particle({"Si": "80 wt%", "Sn": "rest"}, diameter="0.6 +- 0.1 um", diameter_spread=1.6)
    figures = fine.sheet().figures()
    assert figures["silicon_tin_particles"] is True
    assert figures["silicon_share"] == pytest.approx(0.8)
    assert figures["silicon_atom_share"] == pytest.approx(0.9442, abs=1e-4)
    by_record = particle({"silicon": "80 %", "tin": "rest"}, diameter="0.6 +- 0.1 um", diameter_spread=1.6)
    for name in ("silicon_tin_particles", "silicon_share", "particle_diameter", "particle_number_mean"):
        assert by_record.sheet().figures()[name] == pytest.approx(figures[name], rel=1e-12), name
    told = {c.name: c for c in check_particle(fine, "silicon-tin-layer").clauses}
    found = [c.result for c in told["claim 6"].criteria]
    assert found == ["inside"]
    assert told["claim 1"].result == "unknown"


def test_the_total_that_fills_phase_a_lies_where_phase_a_holds_half_a_percent():
    sheet = particle({"Ti": "20 wt%", "O": "0.6 wt%", "N": "0.4 wt%", "Si": "rest"}, partition="milled in air").sheet()
    total = float(sheet.limit_total)
    left = 100.0 - 100.0 * total
    again = particle(
        {"Ti": f"{20.0 / 99.0 * left} wt%", "O": f"{60 * total} wt%", "N": f"{40 * total} wt%", "Si": "rest"},
        partition="milled in air",
    ).sheet()
    figures = again.figures()
    assert figures["phase_a_oxygen"] + figures["phase_a_nitrogen"] == pytest.approx(0.005, rel=1e-6)


def test_a_content_by_an_energy_dispersive_map_beside_titanium_is_unknown():
    contents = {
        "phase_a": {"O": "0.2 wt%", "N": "0.1 wt%"},
        "methods": {"phase_a_nitrogen": "EDX map", "phase_a_oxygen": "wavelength-dispersive"},
    }
    sheet = particle(FULL, contents=contents).sheet()
    assert sheet.figures()["phase_a_nitrogen"] is None
    assert sheet.figures()["phase_a_oxygen"] == pytest.approx(0.002)
    assert "lies under a line of Ti" in sheet.remarks["phase_a_nitrogen"]


def test_contents_of_both_phases_give_the_content_of_the_particle():
    contents = {"phase_a": {"O": "0.2 wt%"}, "phase_b": {"O": "1.6 wt%"}}
    sheet = particle(contents=contents).sheet()
    figures = sheet.figures()
    share = figures["phase_b_mass_fraction"]
    assert figures["particle_oxygen"] == pytest.approx((1 - share) * 0.002 + share * 0.016, rel=1e-9)
    assert abs(float(sheet.phases.balance("O"))) < 1e-12


def test_four_elements_with_oxygen_and_nitrogen_close_their_balance():
    composition = {"Si": "rest", "Sn": "20 wt%", "Ti": "8 wt%", "Zr": "7 wt%", "O": "1 wt%", "N": "0.4 wt%"}
    for partition in ("milled in air", "oxidised before milling", "all in phase B"):
        phases = particle(composition, partition=partition).sheet().phases
        assert max(abs(float(phases.balance(x))) for x in ("O", "N")) < 1e-12
        assert float(np.sum([phase.mass for phase in phases.phases])) == pytest.approx(1.0, abs=1e-12)


def test_a_batch_of_particles_gives_what_each_one_gives():
    file, shares = particle(FULL, partition="milled in air", diameter="0.5 um"), np.linspace(0.0, 0.4, 9)
    batch = file.with_("composition.Ti", shares[1:]).sheet().figures()
    for row, share in enumerate(shares[1:]):
        single = file.with_("composition.Ti", float(share)).sheet().figures()
        for name in ("phase_a_oxygen", "phase_b_nitrogen", "phase_b_mass_fraction", "silicon_share"):
            assert np.broadcast_to(batch[name], 8)[row] == pytest.approx(single[name], rel=1e-12), name


def test_a_batch_in_which_one_particle_cannot_be_is_refused_and_as_a_sheet_marks_that_one():
    composition = {"Ti": np.array([0.2, 0.3]), "O": np.array([0.1, 0.9]), "Si": "rest"}
    with pytest.raises(DesignError, match="composition"):
        particle(composition)
    batch = Particle.model_validate({"composition": composition})
    density = particle_sheet(batch).phases.density()
    assert np.isfinite(density[0])
    assert np.isnan(density[1])


def test_uncertain_inputs_move_one_at_a_time_and_shares_stay_whole():
    file = particle({"Ti": "20 +- 1 wt%", "Si": "80 wt%"}, diameter="0.5 +- 0.1 um")
    batch = moved_particle(file.sheet().inputs.particle, file.sheet().inputs.moves)
    assert np.asarray(sum(batch.composition.values())) == pytest.approx(np.ones(4), abs=1e-12)
    assert set(file.sheet().spread()) == {"phase_b_mass_fraction", "particle_diameter"}


def test_a_map_beside_the_file_gives_contents_and_the_share_of_the_boundary(tmp_path):
    rows, columns = np.mgrid[0:96, 0:96]
    distance = np.hypot(rows - 48, columns - 48)
    noise = np.random.default_rng(3).normal(0.0, 0.4, (4, 96, 96))
    core, shell = distance < 24, (distance >= 24) & (distance < 42)
    maps = {
        "Si": np.where(core, 99.4, np.where(shell, 53.0, 0.0)),
        "Ti": np.where(shell, 45.0, 0.0),
        "O": np.where(core, 0.6, np.where(shell, 2.0, 0.0)),
    }
    maps = {name: values + noise[i] * (values > 0) for i, (name, values) in enumerate(maps.items())}
    described = {"pixel_size": 2e-8, "beam_resolution": 4e-8, "method": "wavelength-dispersive X-rays"}
    ElementMaps.of(maps, **described).save(tmp_path / "maps.npz")
    given = {"format": 1, "kind": "particle", "composition": {"Ti": "20 wt%", "Si": "rest"}, "map": "maps.npz"}
    sheet = ParticleFile.of(given, folder=tmp_path).sheet()
    figures = sheet.figures()
    assert figures["phase_a_oxygen"] == pytest.approx(0.006, abs=0.002)
    assert figures["phase_b_boundary_share"] == pytest.approx(1.0, abs=0.02)
    assert {"phase_a_oxygen", "phase_b_oxygen"} <= set(sheet.spread(beyond=True))
    assert sheet.micrograph is not None


def test_a_file_is_read_with_its_uncertainties_and_refused_with_every_fault(tmp_path):
    path = tmp_path / "powder.toml"
    path.write_text('format = 1\nkind = "particle"\nname = "x"\n[composition]\nTi = "20 +- 1 wt%"\nSi = "rest"\n')
    file = ParticleFile.load(path)
    assert dict(file.uncertainty) == {"composition.Ti": pytest.approx(0.01)}
    path.write_text('format = 1\nkind = "particle"\npartition = "x"\ncoefficients.C = 1\n[composition]\nSi = "90 %"\n')
    with pytest.raises(DesignError) as problem:
        ParticleFile.load(Path(path))
    assert {fault.where for fault in problem.value.faults} == {"partition", "coefficients.C", "composition"}


def test_a_verdict_takes_one_particle():
    with pytest.raises(RangeError, match="batch"):
        check_particle(particle(FULL).with_("composition.Ti", np.array([0.1, 0.2])))


def test_without_the_extra_the_database_is_asked_for_in_one_sentence(monkeypatch):
    monkeypatch.setitem(sys.modules, "pycalphad", None)
    with pytest.raises(DesignError, match="extra calphad, which is not installed"):
        particle(assessment="calphad")


@pytest.mark.filterwarnings("ignore")
def test_the_database_gives_the_phases_that_the_records_give():
    pytest.importorskip("pycalphad")
    ours = particle().sheet().phases.mass_fractions()
    try:
        found = particle(assessment="calphad").sheet().phases.mass_fractions()
    except (DesignError, MaterialError) as problem:
        pytest.skip(str(problem))
    assert {name: float(share) for name, share in found.items()} == pytest.approx(ours, abs=2e-3)
