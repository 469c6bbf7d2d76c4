"""The two-phase particle against the logic of its six claims; contents as mass fractions."""

from __future__ import annotations

import numpy as np
import pytest

from alloycell.check.measured import particle_content, spread_rows
from alloycell.check.specification import load
from alloycell.check.verdict import judge

SPECIFICATION = load("two-phase-particle")


def contents(figures, in_a, in_b, share=0.3):
    """Figures with oxygen and nitrogen in A and B [wt%], half each, and the particle as their mean."""
    half_a, half_b = in_a / 200, in_b / 200
    whole = particle_content(share, half_a, half_b)
    names = {"phase_a": half_a, "phase_b": half_b, "particle": whole}
    split = {f"{part}_{element}": value for part, value in names.items() for element in ("oxygen", "nitrogen")}
    return figures | split | {"phase_b_mass_fraction": share}


def strict(figures):
    """The strict reading of each claim."""
    return {clause.name[-1]: clause.readings.strict for clause in judge(SPECIFICATION, figures).clauses}


def test_a_particle_of_half_a_percent_is_met_exactly_at_its_edge(particle):
    figures = contents(particle, 0.2, 1.2)
    assert figures["particle_oxygen"] + figures["particle_nitrogen"] == pytest.approx(0.0050, rel=1e-12)
    assert set(strict(figures).values()) == {"inside"}
    clause = judge(SPECIFICATION, figures).clause("claim 5")
    assert clause.result == "inside"
    assert clause.margin == pytest.approx(0.0, abs=1e-15)


def test_0_3_in_a_and_1_1_in_b_meet_claim_1_and_not_claim_4(particle):
    verdict = judge(SPECIFICATION, contents(particle, 0.3, 1.1))
    assert verdict.clause("claim 1").result == "inside"
    assert verdict.clause("claim 4").result == "outside"
    assert verdict.clause("claim 4").value_text == "3.667"


def test_claim_4_adds_something_only_from_0_25_to_0_5_in_a(particle):
    for in_a in (0.0, 0.1, 0.2499):
        assert strict(contents(particle, in_a, 1.0))["4"] == "inside"
    for in_a in (0.25, 0.3, 0.4999):
        answers = strict(contents(particle, in_a, 1.0))
        assert (answers["1"], answers["4"]) == ("inside", "outside")
    assert strict(contents(particle, 0.5, 1.0))["1"] == "outside"


def test_nothing_in_a_makes_the_ratio_infinite_and_met(particle):
    clause = judge(SPECIFICATION, contents(particle, 0.0, 1.0)).clause("claim 4")
    ratio = clause.criteria[0]
    assert ratio.value_text == "infinite"
    assert clause.result == "inside"
    assert judge(SPECIFICATION, contents(particle, 0.0, 0.0)).clause("claim 4").criteria[0].value == 1.0


def test_nothing_in_a_with_an_uncertainty_is_judged_by_the_interval(particle):
    figures = contents(particle, 0.0, 1.2)
    for uncertainty, answer in ((0.002, "inside"), (0.004, "undecidable")):
        spread = spread_rows(figures, {"phase_a_oxygen": uncertainty})
        assert judge(SPECIFICATION, figures, spread).clause("claim 4").readings.guarded == answer


def test_0_2_percent_uncertainty_makes_claim_1_undecidable(particle):
    figures = contents(particle, 0.35, 1.6)
    spread = spread_rows(figures, {"phase_a_oxygen": 0.002})
    clause = judge(SPECIFICATION, figures, spread).clause("claim 1")
    assert clause.readings.strict == "inside"
    assert clause.readings.rounded == "inside"
    assert clause.readings.guarded == "undecidable"
    assert clause.result == "undecidable"
    assert clause.uncertainty == pytest.approx(0.002)


def test_uncertainties_of_oxygen_and_nitrogen_add_as_squares(particle):
    figures = contents(particle, 0.2, 1.6)
    spread = spread_rows(figures, {"phase_a_oxygen": 0.0003, "phase_a_nitrogen": 0.0004})
    total = judge(SPECIFICATION, figures, spread).clause("claim 1").criteria[4]
    assert total.uncertainty == pytest.approx(0.0005)


@pytest.mark.parametrize(
    ("figure", "value", "failing"),
    [
        ("phase_a_absorbs_lithium", False, "123456"),
        ("phase_b_absorbs_lithium", True, "123456"),
        ("phase_b_passes_lithium", False, "123456"),
        ("phase_b_elements", frozenset({"Si", "O"}), "123456"),
        ("phase_b_elements", frozenset({"Si", "Fe"}), "2"),
        ("phase_a_elements", frozenset({"Cu"}), "2"),
        ("phase_b_boundary_share", 0.49, "3"),
        ("particle_nitrogen", 0.0, "56"),
        ("particle_oxygen", 0.10, "56"),
        ("particle_fluorine", 0.0, "6"),
    ],
)
def test_each_figure_decides_its_own_claims(particle, figure, value, failing):
    answers = strict(contents(particle, 0.2, 1.6) | {figure: value})
    assert "".join(sorted(name for name, answer in answers.items() if answer == "outside")) == failing


@pytest.mark.parametrize("element", ["Ti", "Zr", "La", "Ce", "Nd", "Y", "Sc", "Lu"])
def test_titanium_zirconium_and_rare_earths_make_a_phase_b(particle, element):
    assert strict(particle | {"phase_b_elements": frozenset({element})})["2"] == "inside"


def test_a_known_failure_wins_over_a_missing_figure(particle):
    figures = contents(particle, 0.2, 1.6) | {
        "phase_a_absorbs_lithium": None,
        "phase_b_passes_lithium": False,
    }
    clause = judge(SPECIFICATION, figures).clause("claim 1")
    assert clause.result == "outside"
    del figures["phase_b_passes_lithium"]
    clause = judge(SPECIFICATION, figures).clause("claim 1")
    assert clause.result == "unknown"
    assert clause.unknown == ("phase_a_absorbs_lithium", "phase_b_passes_lithium")


def test_the_balance_of_a_particle_takes_arrays():
    whole = particle_content(np.array([0.0, 0.3, 1.0]), 0.002, 0.012)
    assert whole == pytest.approx([0.002, 0.005, 0.012])
