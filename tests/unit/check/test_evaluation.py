"""Margins of all clauses at once, for one design and for batches."""

from __future__ import annotations

import numpy as np
import pytest

from alloycell.check.evaluation import margins
from alloycell.check.specification import load, of
from alloycell.check.verdict import judge

SPECIFICATION = load("layered-negative")


def test_margins_are_the_strict_relative_margins_of_the_verdict(layered):
    figures = layered(fraction=0.33)
    found, verdict = margins(SPECIFICATION, figures), judge(SPECIFICATION, figures)
    assert set(found) == {clause.name for clause in verdict.clauses}
    for name, (_, margin) in found.items():
        assert 100 * float(margin) == pytest.approx(verdict.clause(name).percent)


def test_a_margin_is_at_least_zero_exactly_where_the_strict_reading_is_inside(layered):
    for fraction in (0.2, 0.3099, 0.31, 0.5, 0.67, 0.68):
        for figures in (
            layered(fraction=fraction),
            layered(fraction=fraction) | {"lithium_manganate": False},
        ):
            verdict = judge(SPECIFICATION, figures)
            for name, (_, margin) in margins(SPECIFICATION, figures).items():
                assert (margin >= 0) == (verdict.clause(name).readings.strict == "inside")


def test_the_value_is_the_first_number_that_the_clause_judges(layered):
    figures = layered(fraction=0.5)
    found = margins(SPECIFICATION, figures)
    assert found["claim 1"][0] == pytest.approx(0.5)
    assert found["claim 2"][0] == pytest.approx(figures["negative_capacity"] - 3.0)
    assert found["claim 8"][0] == 1.0
    assert margins(SPECIFICATION, figures | {"lithium_manganate": False})["claim 8"] == (0.0, -1.0)


def test_an_unknown_input_gives_no_margin_unless_something_known_fails(layered):
    found = margins(SPECIFICATION, layered() | {"equilibrium_lithium_fraction": None})
    assert np.isnan(found["claim 1"]).all()
    assert np.isnan(found["claim 8"][1])
    assert np.isfinite(found["claim 13"][1])
    found = margins(SPECIFICATION, {"has_alloy_layer": False})
    assert found["claim 1"][1] == -1


def test_an_inside_alternative_covers_an_unknown_one():
    clauses = [
        {"name": "a", "figure": "x_max", "low": "4"},
        {"name": "b", "figure": "silicon_share", "low": "0.5"},
        {"name": "c", "figure": "has_binder", "equals": True, "parents": [["a"], ["b"]]},
    ]
    spec = of({"format": 1, "name": "w", "clauses": clauses}, "w")
    assert margins(spec, {"silicon_share": 0.75, "has_binder": True})["c"][1] == pytest.approx(0.5)
    assert np.isnan(margins(spec, {"silicon_share": 0.25, "has_binder": True})["c"][1])
    assert margins(spec, {"silicon_share": 0.25, "x_max": 3.0, "has_binder": True})["c"][1] < 0


def test_a_yes_or_no_alone_is_limited_by_nothing():
    spec = of({"format": 1, "name": "w", "clauses": [{"name": "a", "figure": "has_binder", "equals": True}]}, "w")
    assert margins(spec, {"has_binder": True})["a"] == (1.0, np.inf)
    assert np.isnan(margins(spec, {})["a"]).all()


def test_designs_of_a_batch_without_a_designed_content_are_outside(layered):
    rows = [layered(lithium) for lithium in (0.05, 0.8)]
    names = ("designed_stoichiometry", "designed_lithium_fraction", "capacity_slack", "lithium_added")
    batch = layered() | {name: np.array([np.nan if row[name] is None else row[name] for row in rows]) for name in names}
    value, margin = margins(SPECIFICATION, batch)["claim 13"]
    assert np.shape(value) == (2,) or np.shape(value) == ()
    assert margin[0] < 0 < margin[1]
