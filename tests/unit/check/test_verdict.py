"""Verdicts: three readings, unknown inputs, parents, order, and what is written out."""

from __future__ import annotations

import json

import numpy as np
import pytest

from alloycell.check.measured import spread_rows
from alloycell.check.specification import load, of
from alloycell.check.verdict import LEGAL_NOTE, judge
from alloycell.errors import RangeError

SPECIFICATION = load("layered-negative")


def window(*, parents=((), ()), low="31 at%", high="67 at%"):
    """A specification of two windows over the equilibrium and designed content, with parents."""
    clauses = [
        {"name": name, "figure": f"{name}_lithium_fraction", "low": low, "high": high, "parents": list(above)}
        for name, above in zip(("equilibrium", "designed"), parents, strict=True)
    ]
    return of({"format": 1, "name": "w", "clauses": clauses}, "w")


def readings(value, uncertainty=0.0):
    """The clause over the equilibrium content for a value and its uncertainty (atom fractions)."""
    figures = {"equilibrium_lithium_fraction": value}
    spread = spread_rows(figures, {"equilibrium_lithium_fraction": uncertainty})
    clause = judge(window(), figures, spread).clause("equilibrium")
    return clause.readings.strict, clause.readings.rounded, clause.readings.guarded, clause.result


@pytest.mark.parametrize(
    ("value", "uncertainty", "expected"),
    [
        (0.50, 0.0, ("inside", "inside", "inside", "inside")),
        (0.50, 0.1, ("inside", "inside", "inside", "inside")),
        (0.50, 0.18, ("inside", "inside", "undecidable", "undecidable")),
        (0.31, 0.0, ("inside", "inside", "inside", "inside")),
        (0.307, 0.0, ("outside", "inside", "outside", "undecidable")),
        (0.307, 0.01, ("outside", "inside", "undecidable", "undecidable")),
        (0.20, 0.0, ("outside", "outside", "outside", "outside")),
        (0.20, 0.12, ("outside", "outside", "undecidable", "undecidable")),
        (0.90, 0.1, ("outside", "outside", "outside", "outside")),
        (None, 0.0, ("unknown", "unknown", "unknown", "unknown")),
    ],
)
def test_the_three_readings_of_31_to_67_at_percent(value, uncertainty, expected):
    assert readings(value, uncertainty) == expected


def test_exit_status_is_1_for_outside_before_3_for_unknown_before_0(layered):
    assert judge(SPECIFICATION, layered()).exit_status == 0
    figures = layered() | {"x_max": None}
    assert judge(SPECIFICATION, figures).exit_status == 3
    assert judge(SPECIFICATION, figures | {"lithium_manganate": False}).exit_status == 1


def test_a_missing_figure_is_named_under_the_name_of_the_figure(layered):
    verdict = judge(SPECIFICATION, layered() | {"equilibrium_lithium_fraction": float("nan")})
    clause = verdict.clause("claim 1")
    assert clause.result == "unknown"
    assert clause.unknown == ("equilibrium_lithium_fraction",)
    assert clause.value_text == "not known"
    assert clause.margin is None
    row = next(row for row in verdict.rows() if row["clause"] == "claim 1")
    assert row["note"] == "missing: equilibrium_lithium_fraction"
    assert "equilibrium_lithium_fraction" in verdict.clause("claim 8").unknown


def test_nothing_known_is_unknown_and_raises_nothing():
    for name in ("layered-negative", "silicon-tin-layer", "two-phase-particle"):
        verdict = judge(load(name), {})
        assert {clause.result for clause in verdict.clauses} == {"unknown"}
        assert verdict.exit_status == 3


def test_clauses_are_listed_worst_first(layered):
    verdict = judge(SPECIFICATION, layered(fraction=0.33, positive=3.5) | {"lithium_manganate": False})
    results = [clause.result for clause in verdict.clauses]
    assert results == sorted(results, key=["outside", "undecidable", "unknown", "inside"].index)
    assert verdict.clauses[0].name == "claim 8"
    inside = [clause.percent for clause in verdict.clauses if clause.result == "inside"]
    assert inside == sorted(inside)


def test_the_worst_criterion_binds_and_its_margin_is_told_in_both_ways(layered):
    clause = judge(SPECIFICATION, layered(fraction=0.33)).clause("claim 1")
    assert clause.value_text == "33 at%"
    assert clause.edge_text == "31 at%"
    assert clause.margin == pytest.approx(0.02)
    assert clause.margin_text == "+2 at%"
    assert clause.percent == pytest.approx(100 * 0.02 / 0.36)


def test_the_margin_of_a_one_sided_demand_is_told_in_percent_of_the_edge(silicon_tin):
    clause = judge(load("silicon-tin-layer"), silicon_tin | {"capacity_ratio": 7.0}).clause("claim 5")
    assert clause.percent == pytest.approx(12.5)
    assert clause.margin_text == "+1"


def test_room_is_told_in_percent_of_the_negative(layered):
    clause = judge(SPECIFICATION, layered(fraction=0.67)).clause("claim 13")
    assert clause.percent == pytest.approx(-100 * 0.0862 / 3.9567, abs=0.01)


def test_a_dependent_clause_needs_one_line_of_parents():
    spec = window(parents=((), [["equilibrium"]]))
    figures = {"equilibrium_lithium_fraction": 0.2, "designed_lithium_fraction": 0.5}
    clause = judge(spec, figures).clause("designed")
    assert clause.result == "outside"
    assert clause.binding.clause == "equilibrium"
    assert clause.criteria[0].result == "inside"
    assert judge(spec, figures | {"equilibrium_lithium_fraction": 0.4}).clause("designed").result == "inside"


def test_any_alternative_of_parents_is_enough():
    clauses = [
        {"name": "a", "figure": "x_max", "low": "4"},
        {"name": "b", "figure": "x_max", "low": "1"},
        {"name": "either", "figure": "capacity_ratio", "high": "8", "parents": [["a"], ["b"]]},
        {"name": "both", "figure": "capacity_ratio", "high": "8", "parents": [["a", "b"]]},
    ]
    spec = of({"format": 1, "name": "w", "clauses": clauses}, "w")
    verdict = judge(spec, {"x_max": 2.0, "capacity_ratio": 4.0})
    assert verdict.clause("either").result == "inside"
    assert verdict.clause("both").result == "outside"


def test_figures_that_move_together_keep_their_correlation(layered):
    steps = {"lithium": 0.05}
    nominal = layered(0.8)
    moved = [layered(0.8 + sign * steps["lithium"]) for sign in (1, -1)]
    names = ("capacity_slack", "designed_stoichiometry", "designed_lithium_fraction")
    spread = {name: np.array([row[name] for row in moved]) for name in names}
    clause = judge(SPECIFICATION, nominal, spread).clause("claim 13")
    room = next(c for c in clause.criteria if "room left" in c.name)
    assert room.uncertainty == pytest.approx(0.05)
    held = next(c for c in clause.criteria if "can hold" in c.name)
    per_atom = (moved[0]["designed_stoichiometry"] - moved[1]["designed_stoichiometry"]) / 2
    assert held.uncertainty == pytest.approx(per_atom)


def test_an_input_that_moves_two_figures_of_one_sum_adds_once():
    names = ("particle_oxygen", "particle_nitrogen")
    figures = dict.fromkeys(names, 0.01)
    together = {name: np.array([0.011, 0.009]) for name in names}
    apart = spread_rows(figures, dict.fromkeys(names, 0.001))
    spec = load("two-phase-particle")
    for spread, expected in ((together, 0.002), (apart, 0.002 / np.sqrt(2))):
        total = judge(spec, figures, spread).clause("claim 5").criteria[2]
        assert total.uncertainty == pytest.approx(expected)


def test_no_content_left_on_one_side_of_an_uncertainty_does_not_break_the_verdict(layered):
    nominal = layered(0.15)
    moved = [layered(0.15 + step) for step in (0.05, -0.05)]
    assert moved[1]["designed_lithium_fraction"] is None
    spread = {
        "designed_lithium_fraction": np.array([moved[0]["designed_lithium_fraction"], np.nan]),
        "designed_stoichiometry": np.array([row["designed_stoichiometry"] for row in moved]),
    }
    verdict = judge(SPECIFICATION, nominal, spread)
    left = next(c for c in verdict.clause("claim 13").criteria if "lithium left" in c.name)
    assert left.readings.guarded == "undecidable"
    assert verdict.clause("claim 13").result == "outside"


def test_a_batch_is_refused_by_name(layered):
    with pytest.raises(RangeError, match="x_max is a batch of 2 designs"):
        judge(SPECIFICATION, layered() | {"x_max": np.array([3.75, 4.4])})


def test_numpy_scalars_are_single_values(layered):
    figures = layered() | {"x_max": np.float64(4.4), "lithium_manganate": np.bool_(True)}
    assert judge(SPECIFICATION, figures).result == "inside"


def test_the_verdict_is_json_without_nan_or_infinity(particle):
    figures = particle | {"phase_a_oxygen": 0.0, "phase_a_nitrogen": 0.0, "phase_b_boundary_share": None}
    verdict = judge(load("two-phase-particle"), figures)
    told = json.loads(json.dumps(verdict.to_dict(), allow_nan=False))
    assert told["note"] == LEGAL_NOTE
    assert told["result"] == "unknown"
    assert told["exit_status"] == 3
    assert [clause["name"] for clause in told["clauses"]] == [clause.name for clause in verdict.clauses]
    ratio = next(clause for clause in told["clauses"] if clause["name"] == "claim 4")["criteria"][0]
    assert ratio["value"] is None
    assert ratio["value_text"] == "infinite"


def test_rows_are_texts_and_say_which_parent_decided(layered):
    verdict = judge(SPECIFICATION, layered(fraction=0.2))
    row = next(row for row in verdict.rows() if row["clause"] == "claim 5")
    assert all(isinstance(text, str) for text in row.values())
    assert row["note"] == "decided by claim 1"
    assert row["value"] == "20 at%"
    assert row["demanded"] == "31 to 67 at%"
    assert row["percent"] == "-30.6 %"


def test_the_uncertainty_stands_beside_the_value():
    figures = {"equilibrium_lithium_fraction": 0.5}
    spread = spread_rows(figures, {"equilibrium_lithium_fraction": 0.02})
    row = judge(window(), figures, spread).rows()[-1]
    values = {row["value"] for row in judge(window(), figures, spread).rows()}
    assert "50 at% +- 2 at%" in values
    assert "advice" in judge(window(), figures).note
    assert row["clause"]


def test_a_clause_that_is_not_there_is_refused(layered):
    with pytest.raises(RangeError, match="has no clause claim 14"):
        judge(SPECIFICATION, layered()).clause("claim 14")


def test_the_decided_reading_stands_beside_each_numeric_claim(layered):
    verdict = judge(SPECIFICATION, layered())
    for name in ("claim 1", "claim 2", "claim 3", "claim 9", "claim 10", "claim 13"):
        assert verdict.clause(name).reading


def test_something_that_is_not_so_binds_before_any_number(silicon_tin):
    figures = silicon_tin | {"silicon_tin_particles": False, "layer_density": 5000.0}
    clause = judge(load("silicon-tin-layer"), figures).clause("claim 1")
    assert clause.binding.name == "silicon and tin in one alloy particle"
    assert clause.value_text == "no"
    assert clause.percent is None
