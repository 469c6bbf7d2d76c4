"""A map of compositions: the same as its particles one by one, in one batch, and honest where there is no particle."""

from __future__ import annotations

import numpy as np
import pytest

from alloycell.alloy import ParticleFile
from alloycell.check import load
from alloycell.errors import DesignError
from alloycell.explore import CompositionSweep, SweepAxis, sweep_compositions
from alloycell.studies import check_particle

CLAIMS = load("two-phase-particle")


def tables(**changes: object) -> dict[str, object]:
    """A Ti-Si particle that meets all six clauses, some tables replaced."""
    given: dict[str, object] = {
        "format": 1,
        "kind": "particle",
        "composition": {"Ti": "20 wt%", "O": "0.3 wt%", "N": "0.8 wt%", "F": "0.02 wt%", "S": "0 wt%", "P": "0 wt%",
                        "Si": "rest"},
        "x_max": {"Si": 3.75},
        "coefficients": {"O": 5.0, "N": 12.0, "F": 1.0},
        "phase_b_passes_lithium": True,
        "phase_b_boundary_share": "70 %",
    }  # fmt: skip
    return {**given, **changes}


def swept(*axes: SweepAxis, **changes: object) -> CompositionSweep:
    """The map of that particle."""
    return sweep_compositions(ParticleFile.of(tables(**changes)).sheet(), axes, CLAIMS)


TITANIUM, OXYGEN = SweepAxis.between("Ti", 0.0, 0.5, 11), SweepAxis.between("O", 0.0, 0.02, 9)


def test_every_point_of_a_map_is_what_its_particle_is_by_itself():
    found = swept(TITANIUM, OXYGEN)
    assert found.shape == (9, 11)
    for row, column in ((0, 2), (1, 4), (3, 8), (8, 5), (4, 9)):
        ti, o = TITANIUM.values[column], OXYGEN.values[row]
        composition = {**tables()["composition"], "Ti": float(ti), "O": float(o)}  # type: ignore[dict-item]
        single = ParticleFile.of(tables(composition=composition))
        capacity = single.sheet().phases.reversible_capacity()
        assert found.reversible.low[row, column] == pytest.approx(capacity.low, rel=1e-9)
        assert found.reversible.high[row, column] == pytest.approx(capacity.high, rel=1e-9)
        readings = [clause.readings.strict for clause in check_particle(single).clauses]
        assert bool(found.holds()[row, column]) == all(reading == "inside" for reading in readings)


def test_a_particle_of_one_phase_is_never_inside():
    found = swept(TITANIUM, OXYGEN)
    assert not found.holds()[:, 0].any()
    beyond = TITANIUM.values > 0.47
    assert not found.holds()[:, beyond].any()
    assert found.possible.all()


def test_capacity_falls_along_the_lever_rule():
    found = swept(TITANIUM, composition={"Ti": "20 wt%", "Si": "rest"}, coefficients=None)
    assert np.asarray(found.reversible.high)[[2, 4, 6, 8]] / 3600 == pytest.approx([2801, 2023, 1245, 467], abs=0.6)


def test_the_best_point_is_the_largest_capacity_inside():
    found = swept(TITANIUM, OXYGEN)
    inside = found.holds()
    best = found.best(inside)
    assert best is not None
    assert found.reversible.low[best] == np.max(np.asarray(found.reversible.low)[inside])
    assert set(found.shares_at(best)) == {"Ti", "O"}
    assert found.best(np.zeros_like(inside)) is None


def test_shares_that_leave_nothing_for_the_rest_are_no_particle():
    found = swept(SweepAxis.between("Ti", 0.1, 1.0, 10))
    assert found.possible.tolist() == [True] * 9 + [False]
    assert np.isnan(found.reversible.high[-1])


def test_surface_oxide_that_needs_more_oxygen_than_there_is_makes_no_particle():
    found = swept(OXYGEN, surface_oxide="0.6 nm", diameter="1 um")
    assert found.possible.tolist() == sorted(found.possible.tolist())
    assert not found.possible[0]
    assert found.possible[-1]


def test_without_a_rest_the_others_keep_their_proportion():
    composition = {"Ti": "20 wt%", "Sn": "40 wt%", "Si": "40 wt%"}
    found = swept(SweepAxis.between("Ti", 0.1, 0.2, 3), composition=composition, coefficients=None)
    single = ParticleFile.of(tables(composition={"Ti": 0.1, "Sn": 0.45, "Si": 0.45}, coefficients=None)).sheet()
    assert found.reversible.high[0] == pytest.approx(single.phases.reversible_capacity().high, rel=1e-9)


def test_what_stays_unknown_is_neither_inside_nor_outside():
    found = swept(TITANIUM, OXYGEN, phase_b_boundary_share=None)
    assert not found.holds().any()
    assert found.unknown(["claim 3"]).any()
    assert "claim 3" in found.never()


def test_measured_contents_enter_by_their_ratio_and_that_is_said():
    contents = {"phase_a": {"O": "0.1 wt%", "N": "0.1 wt%"}}
    found = swept(OXYGEN, contents=contents)
    assert any("stay as measured" in note for note in found.notes)
    assert any("boundary share stays 70 %" in note for note in found.notes)


@pytest.mark.parametrize(
    ("axes", "said"),
    [
        ((SweepAxis.between("Si", 0, 0.5),), "rest"),
        ((SweepAxis.between("Zr", 0, 0.5),), "not in the composition"),
        ((SweepAxis.between("Ti", 0.5, 0.1),), "must rise"),
        ((TITANIUM, TITANIUM), "twice"),
        ((TITANIUM, OXYGEN, SweepAxis.between("N", 0, 0.1)), "one or two"),
        ((), "0 times"),
    ],
)
def test_axes_that_cannot_be_are_refused(axes, said):
    with pytest.raises(DesignError, match=said):
        swept(*axes)


def test_a_particle_whose_phases_are_given_has_no_map():
    with pytest.raises(DesignError, match="phases are given"):
        swept(TITANIUM, phases={"Si": "55 %", "TiSi2": "rest"})
