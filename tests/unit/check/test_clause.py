"""Windows: stated digits, open and closed edges, margins in the unit of the clause."""

from __future__ import annotations

import numpy as np
import pytest
from pydantic_core import PydanticCustomError

from alloycell.check.clause import Criterion, Window

CONTENT = Window.of("atom fraction", "31 at%", "67 at%")
BELOW_HALF = Window.of("mass fraction", None, "0.5 wt%", high_open=True)
ABOVE_FOUR = Window.of("ratio", "4", low_open=True)


def test_a_value_just_below_a_closed_edge_is_strictly_outside():
    assert not CONTENT.contains(0.3099)
    assert CONTENT.contains(0.31)
    assert CONTENT.contains(0.67)
    assert not CONTENT.contains(0.6701)


def test_an_edge_reached_with_rounding_noise_is_the_edge():
    noisy = 0.1 + 0.2 + 0.01
    assert noisy != 0.31
    assert CONTENT.contains(noisy)
    assert not Window.of("fraction", "0.31", low_open=True).contains(noisy)


def test_rounding_a_stated_0_31_covers_0_305_to_0_315():
    window = Window.of("atom fraction", "0.31", "0.31")
    values = np.array([0.3049, 0.305, 0.31, 0.3149, 0.315])
    assert window.contains_rounded(values).tolist() == [False, True, True, True, False]


@pytest.mark.parametrize(
    ("window", "step"),
    [
        (Window.of("atom fraction", "31 at%"), 0.01),
        (Window.of("length", "0.05 um"), 0.01e-6),
        (Window.of("length", "10 um"), 1e-6),
        (Window.of("mass fraction", "0.5 wt%"), 0.001),
        (Window.of("mass fraction", "1.0 wt%"), 0.001),
        (Window.of("specific capacity", "1000 mAh/g"), 3600.0),
        (Window.of("density", "0.9 g/cm3"), 100.0),
        (Window.of("volumetric capacity", "1200 mAh/cm3"), 3.6e6),
        (Window.of("ratio", "8"), 1.0),
        (Window.of("atom fraction", 0.31), 0.01),
        (Window.of("length", "1 inch"), 0.0254),
        (Window.of("fraction", "50 %", exact=True), 0.0),
        (Window.of("mass fraction", "0 wt%"), 0.0),
    ],
)
def test_the_digits_written_set_the_step_of_the_rounded_reading(window, step):
    assert window.low_step == pytest.approx(step, rel=1e-12)


def test_an_open_edge_is_outside_and_so_is_what_rounds_to_it():
    assert BELOW_HALF.contains(0.0049)
    assert not BELOW_HALF.contains(0.005)
    assert BELOW_HALF.contains_rounded(0.00449)
    assert not BELOW_HALF.contains_rounded(0.0045)
    assert ABOVE_FOUR.contains_rounded(4.5)
    assert not ABOVE_FOUR.contains_rounded(4.49)


def test_an_edge_of_zero_means_present_and_is_not_rounded():
    window = Window.of("mass fraction", "0 wt%", "10 wt%", low_open=True, high_open=True)
    assert window.contains_rounded(0.0004)
    assert not window.contains(0.0)


def test_a_margin_is_the_distance_to_the_nearer_edge():
    assert CONTENT.margin(0.5974) == pytest.approx(0.67 - 0.5974)
    assert CONTENT.margin(0.30) == pytest.approx(-0.01)
    assert CONTENT.relative(0.49) == pytest.approx(0.5)
    assert ABOVE_FOUR.relative(3.0) == pytest.approx(-0.25)


def test_a_relative_margin_is_at_least_zero_exactly_where_strictly_inside():
    values = np.array([0.31, 0.67, 0.67 * (1 + 1e-14), 0.3099, np.nan])
    assert CONTENT.relative(values)[:3].min() == 0
    assert CONTENT.relative(values)[3] < 0
    assert ABOVE_FOUR.relative(4.0) < 0
    assert np.isnan(CONTENT.relative(values)[4])


def test_an_interval_is_beyond_only_when_all_of_it_is_on_one_side():
    assert CONTENT.beyond(0.1, 0.3)
    assert CONTENT.beyond(0.68, 0.8)
    assert not CONTENT.beyond(0.1, 0.31)
    assert not CONTENT.beyond(0.1, 0.9)
    assert BELOW_HALF.beyond(0.005, 0.006)


def test_numbers_are_told_in_the_unit_and_digits_of_the_clause():
    assert CONTENT.words() == "31 to 67 at%"
    assert CONTENT.text(0.5974) == "59.74 at%"
    assert CONTENT.difference_text(-0.001) == "-0.1 at%"
    assert CONTENT.nearest(0.33) == "31 at%"
    assert CONTENT.nearest(0.9) == "67 at%"
    assert BELOW_HALF.words() == "below 0.5 wt%"
    assert Window.of("mass fraction", "1.0 wt%").words() == "at least 1.0 wt%"
    assert Window.of("length", "0.05 um", "2 um").nearest(3e-6) == "2 um"
    assert Window.of("temperature", "25 degC").text(303.15) == "30 degC"
    assert Window.of("temperature", "25 degC").difference_text(5.0) == "+5 degC"
    assert Window.of("length", 1e-05).words() == "at least 10 um"
    assert Window.of("length", None, "1 inch").words() == "at most 25400 um"
    assert ABOVE_FOUR.text(np.inf) == "infinite"


def test_an_edge_in_the_wrong_unit_is_refused():
    with pytest.raises(PydanticCustomError, match="length is needed"):
        Window.of("length", "5 g")


def test_a_difference_of_large_terms_is_zero_within_their_rounding():
    slack = Window.above("charge per area")
    assert slack.contains(-1e-9, scale=1e5)
    assert not slack.contains(-1e-9)


def test_uncertainty_is_the_root_of_the_sum_of_squares_over_inputs():
    nominal = Criterion("x", ("a", "b"), 5.0, ABOVE_FOUR)
    moved = Criterion("x", ("a", "b"), np.array([5.3, 4.7, 5.4, 4.6]), ABOVE_FOUR)
    assert nominal.interval(moved) == pytest.approx((4.5, 5.5))
    assert nominal.interval(None) == (5.0, 5.0)
    assert nominal.interval(Criterion("x", (), 5.0, ABOVE_FOUR)) == (5.0, 5.0)


def test_a_row_without_value_is_mirrored_at_the_nominal_one():
    nominal = Criterion("x", ("a",), 0.1, CONTENT)
    moved = Criterion("x", ("a",), np.array([0.3, np.nan]), CONTENT)
    assert nominal.interval(moved) == pytest.approx((-0.1, 0.3))
    lost = Criterion("x", ("a",), np.array([np.nan, np.nan]), CONTENT)
    assert nominal.interval(lost) == (-np.inf, np.inf)


def test_a_ratio_carries_its_uncertainty_on_the_inverse():
    nominal = Criterion("r", ("a",), np.inf, ABOVE_FOUR, inverse=0.0)
    moved = Criterion("r", ("a",), np.array([6.0, np.inf]), ABOVE_FOUR, inverse=np.array([1 / 6, -1 / 6]))
    least, most = nominal.interval(moved)
    assert least == pytest.approx(6.0)
    assert most == np.inf
