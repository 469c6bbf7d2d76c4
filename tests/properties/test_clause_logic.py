"""What clauses keep for any design: implications, symmetries, and the order of the three readings."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alloycell.check.clause import Window
from alloycell.check.evaluation import margins
from alloycell.check.figures import PARAMETERS, known_figures
from alloycell.check.measured import particle_content, spread_rows
from alloycell.check.specification import load, of, shipped
from alloycell.check.verdict import judge
from alloycell.quantities import FARADAY

SETTINGS = settings(derandomize=True, max_examples=200, deadline=None)
LAYERED = load("layered-negative")
PARTICLE = load("two-phase-particle")
CHARGED = ("negative_capacity", "positive_capacity", "capacity_slack", "lithium_added")


def ranges(low: float, high: float) -> st.SearchStrategy[float]:
    """Floats from ``low`` to ``high`` without subnormal ones."""
    return st.floats(low, high, allow_subnormal=False)


CELLS = st.fixed_dictionaries(
    {
        "carbon": ranges(1e3, 2e5),
        "efficiency": ranges(0.5, 1.0),
        "atoms": ranges(1e-2, 2.0),
        "x_max": ranges(1.0, 4.4),
        "positive": ranges(1e3, 5e5),
        "lithium": ranges(0.0, 5e5),
    }
)


def charges(cell: dict[str, float]) -> dict[str, Any]:
    """Figures of a layered cell: charges [C/m2], atoms [mol/m2]; formulas (1) and (2) by hand."""
    left = (cell["lithium"] - cell["carbon"] * (1 - cell["efficiency"])) / (cell["atoms"] * FARADAY)
    negative = cell["carbon"] + cell["atoms"] * cell["x_max"] * FARADAY
    return {
        "has_carbon_layer": True,
        "has_alloy_layer": True,
        "lithium_surface": frozenset({"negative"}),
        "alloy_elements": frozenset({"Si"}),
        "carbon_classes": frozenset({"graphite"}),
        "positive_families": frozenset({"lithium cobalt oxide"}),
        "lithium_manganate": True,
        "negative_capacity": negative,
        "positive_capacity": cell["positive"],
        "lithium_added": cell["lithium"],
        "designed_stoichiometry": left,
        "designed_lithium_fraction": left / (1 + left) if left >= 0 else None,
        "equilibrium_lithium_fraction": left / (1 + left) if left >= 0 else 0.0,
        "x_max": cell["x_max"],
        "capacity_slack": negative - cell["lithium"] - cell["positive"],
    }


def criteria(figures: dict[str, Any], claim: str = "claim 13") -> dict[str, str]:
    """The strict reading of each criterion of a claim, by name."""
    found = judge(LAYERED, figures).clause(claim).criteria
    return {criterion.name: criterion.readings.strict for criterion in found}


EXCESS = "negative capacity less positive capacity"
ROOM = "room left at full charge by (2)"


@SETTINGS
@given(CELLS, ranges(0.31, 0.67), ranges(0.0, 1.0))
def test_a_follows_from_b_c_and_d(cell, fraction, share):
    lithium = cell["carbon"] * (1 - cell["efficiency"]) + cell["atoms"] * FARADAY * fraction / (1 - fraction)
    total = cell["carbon"] + cell["atoms"] * cell["x_max"] * FARADAY
    room = total - lithium
    if room <= 0:
        return
    found = criteria(charges(cell | {"lithium": lithium, "positive": share * room}))
    assert found[ROOM] == "inside"
    assert found[EXCESS] == "inside"


@SETTINGS
@given(CELLS)
def test_claim_13_never_meets_d_without_a(cell):
    figures = charges(cell)
    found = criteria(figures)
    others = {name: answer for name, answer in found.items() if name != EXCESS}
    if set(others.values()) == {"inside"}:
        assert found[EXCESS] == "inside"


@SETTINGS
@given(CELLS, ranges(1e-9, 0.5))
def test_d_flips_exactly_where_the_positive_fills_what_is_left(cell, step):
    total = cell["carbon"] + cell["atoms"] * cell["x_max"] * FARADAY
    cell = cell | {"lithium": min(cell["lithium"], 0.9 * total)}
    edge = cell["carbon"] + cell["atoms"] * cell["x_max"] * FARADAY - cell["lithium"]
    assert criteria(charges(cell | {"positive": edge}))[ROOM] == "inside"
    assert criteria(charges(cell | {"positive": edge * (1 - step)}))[ROOM] == "inside"
    assert criteria(charges(cell | {"positive": edge * (1 + step)}))[ROOM] == "outside"


@SETTINGS
@given(CELLS)
def test_c_in_d_is_usable_capacity_against_the_positive(cell):
    figures = charges(cell)
    left = figures["designed_stoichiometry"]
    usable = cell["carbon"] * cell["efficiency"] + cell["atoms"] * (cell["x_max"] - left) * FARADAY
    assert figures["capacity_slack"] == pytest.approx(
        usable - cell["positive"], abs=1e-10 * (abs(usable) + cell["positive"] + figures["negative_capacity"])
    )


@SETTINGS
@given(CELLS, ranges(1e-3, 1e3))
def test_scaling_all_charges_changes_no_verdict_and_no_percent(cell, factor):
    charge = ("carbon", "positive", "lithium", "atoms")
    scaled = {name: value * factor if name in charge else value for name, value in cell.items()}
    one, other = judge(LAYERED, charges(cell)), judge(LAYERED, charges(scaled))
    for clause in one.clauses:
        twin = other.clause(clause.name)
        assert clause.result == twin.result
        assert clause.percent == pytest.approx(twin.percent, rel=1e-9, abs=1e-7)


@SETTINGS
@given(st.lists(CELLS, min_size=1, max_size=4))
def test_a_batch_gives_what_each_design_gives_alone(cells):
    singles = [charges(cell) for cell in cells]
    batch = dict(singles[0])
    for name in (*CHARGED, "x_max", "designed_stoichiometry", "designed_lithium_fraction"):
        batch[name] = np.array([np.nan if figures[name] is None else figures[name] for figures in singles])
    batch["equilibrium_lithium_fraction"] = np.array([f["equilibrium_lithium_fraction"] for f in singles])
    together = margins(LAYERED, batch)
    for index, figures in enumerate(singles):
        for name, pair in margins(LAYERED, figures).items():
            for alone, all_at_once in zip(pair, together[name], strict=True):
                both = np.broadcast_to(all_at_once, len(singles))[index]
                assert np.isclose(both, alone, rtol=1e-12, atol=0, equal_nan=True) or both == alone


WINDOWS = st.tuples(ranges(0.05, 0.45), ranges(0.5, 0.95), st.booleans(), st.booleans())


def window(edges: tuple[float, float, bool, bool]) -> Window:
    """A window of two edges stated to whole percent."""
    low, high, low_open, high_open = edges
    return Window.of(
        "atom fraction",
        f"{100 * low:.0f} at%",
        f"{100 * high:.0f} at%",
        low_open=low_open,
        high_open=high_open,
    )


@SETTINGS
@given(WINDOWS, ranges(0.0, 1.0))
def test_rounding_widens_closed_edges_and_narrows_open_ones(edges, value):
    low, high, *_ = edges
    closed, opened = window((low, high, False, False)), window((low, high, True, True))
    assert closed.contains_rounded(value) or not closed.contains(value)
    assert opened.contains(value) or not opened.contains_rounded(value)


@SETTINGS
@given(WINDOWS, ranges(0.0, 1.0))
def test_the_rounded_reading_is_the_rounded_number_in_the_window(edges, value):
    percent = 100 * value
    if abs(percent - np.floor(percent) - 0.5) < 1e-6:
        return
    rounded = np.floor(percent + 0.5) / 100
    assert bool(window(edges).contains_rounded(value)) == bool(window(edges).contains(rounded))


def judged(edges: tuple[float, float, bool, bool], value: float, uncertainty: float) -> Any:
    """The readings of a clause over one content (atom fraction) with an uncertainty."""
    low, high, low_open, high_open = edges
    clause = {"name": "c", "figure": "equilibrium_lithium_fraction", "low": low, "high": high}
    clause |= {"low_open": low_open, "high_open": high_open}
    specification = of({"format": 1, "name": "w", "clauses": [clause]}, "w")
    figures = {"equilibrium_lithium_fraction": value}
    spread = spread_rows(figures, {"equilibrium_lithium_fraction": uncertainty})
    return judge(specification, figures, spread).clause("c").readings


@SETTINGS
@given(WINDOWS, ranges(0.0, 1.0), ranges(0.0, 0.3))
def test_guarded_agrees_with_strict_wherever_it_decides(edges, value, uncertainty):
    readings = judged(edges, value, uncertainty)
    assert readings.guarded in ("undecidable", readings.strict)
    if uncertainty == 0:
        assert readings.guarded == readings.strict


@SETTINGS
@given(WINDOWS, ranges(0.0, 1.0), ranges(0.0, 0.3), ranges(0.0, 1.0))
def test_a_smaller_uncertainty_decides_whatever_a_larger_one_decides(edges, value, uncertainty, share):
    large, small = judged(edges, value, uncertainty), judged(edges, value, uncertainty * share)
    assert large.guarded in ("undecidable", small.guarded)


@SETTINGS
@given(ranges(0.0, 0.02), ranges(0.0, 0.02), ranges(0.0, 0.9))
def test_claim_4_adds_only_between_a_quarter_and_a_half_percent(in_a, in_b, share):
    figures = {
        "phase_a_absorbs_lithium": True,
        "phase_b_absorbs_lithium": False,
        "phase_b_passes_lithium": True,
        "phase_a_elements": frozenset({"Sn"}),
        "phase_b_elements": frozenset({"Ti"}),
        "phase_a_oxygen": in_a,
        "phase_a_nitrogen": 0.0,
        "phase_b_oxygen": in_b,
        "phase_b_nitrogen": 0.0,
        "particle_oxygen": particle_content(share, in_a, in_b),
    }
    verdict = judge(PARTICLE, figures)
    first, fourth = (verdict.clause(name).readings.strict for name in ("claim 1", "claim 4"))
    if first == "inside" and fourth == "outside":
        assert 0.0025 * (1 - 1e-9) <= in_a < 0.005
    if first == "inside" and in_a < 0.0025 * (1 - 1e-9):
        assert fourth == "inside"


def value_of(name: str) -> st.SearchStrategy[Any]:
    """Any value of a figure, or None: a number within the limits of its kind, yes or no, names."""
    figure = known_figures()[name]
    kind = figure.unit()
    if kind is None:
        names = st.frozensets(st.sampled_from(["Si", "Sn", "Ti", "PVA", "graphite", "negative", "O"]))
        return st.none() | (st.booleans() if figure.kind == "yes or no" else names)
    low = 0.0 if kind.low is None else kind.low
    high = 1.0 if kind.high is None else kind.high
    return st.none() | ranges(low, high) | ranges(low, min(low + 1.0, high))


FIGURES = st.fixed_dictionaries(
    {
        figure: value_of(figure)
        for specification in shipped()
        for clause in load(specification).clauses
        for figure in clause.parameters().values()
    }
)


@SETTINGS
@given(st.sampled_from(shipped()), FIGURES, ranges(0.0, 0.5), st.data())
def test_any_figures_give_a_verdict_and_its_margins_agree(name, figures, share, data):
    specification = load(name)
    numbers = [key for key, value in figures.items() if isinstance(value, float)]
    moved = data.draw(st.lists(st.sampled_from(numbers), unique=True, max_size=4)) if numbers else []
    spread = spread_rows(figures, {key: share * figures[key] for key in moved})
    verdict = judge(specification, figures, spread)
    assert verdict.exit_status in (0, 1, 3)
    verdict.to_dict()
    verdict.rows()
    for key, (_, margin) in margins(specification, figures).items():
        strict = verdict.clause(key).readings.strict
        assert {"inside": margin >= 0, "outside": margin < 0, "unknown": np.isnan(margin)}[strict]


def test_every_parameter_of_a_rule_is_a_figure_or_mapped_to_one():
    known = known_figures()
    for name in shipped():
        for clause in load(name).clauses:
            for parameter, figure in clause.parameters().items():
                assert known[figure].kind == PARAMETERS[parameter]
