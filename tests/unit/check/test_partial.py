"""The part of a verdict that a subject with some of the figures decides."""

from __future__ import annotations

from alloycell.check import judge, load
from alloycell.check.partial import part_decided_by

OWN = ("particle_diameter", "particle_number_mean", "silicon_tin_particles", "silicon_share", "largest_element")
FIGURES = {
    "particle_diameter": 0.6e-6, "silicon_tin_particles": True, "silicon_share": 0.8,
    "largest_element": frozenset({"Si"}),
}  # fmt: skip


def test_only_criteria_that_the_subject_decides_stay():
    whole = judge(load("silicon-tin-layer"), FIGURES)
    assert whole.result == "unknown"
    part = part_decided_by(whole, OWN)
    assert part is not None
    assert part.result == "inside"
    assert {clause.name for clause in part.clauses} == {"claim 1", "claim 5", "claim 6", "claim 7"}
    assert all(not entry.unknown for clause in part.clauses for entry in clause.criteria)


def test_a_figure_that_the_subject_should_have_and_lacks_stays_unknown():
    part = part_decided_by(judge(load("silicon-tin-layer"), {**FIGURES, "particle_diameter": None}), OWN)
    assert part is not None
    assert part.result == "unknown"
    assert part.clause("claim 6").unknown == ("particle_diameter",)


def test_a_failure_of_the_particle_is_outside_whatever_the_cell_is():
    part = part_decided_by(judge(load("silicon-tin-layer"), {**FIGURES, "particle_diameter": 3e-6}), OWN)
    assert part is not None
    assert part.result == "outside"


def test_where_nothing_is_decided_there_is_no_verdict():
    assert part_decided_by(judge(load("layered-negative"), {}), OWN) is None
