"""Shape-preserving cubic pieces: the rule everybody uses, without the import."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.interpolate import PchipInterpolator

from alloycell.simulate.monotone import cubic, slopes


@pytest.mark.parametrize("seed", range(20))
def test_pieces_and_slopes_are_those_of_the_usual_library(seed):
    draw = np.random.default_rng(seed)
    x = np.cumsum(draw.uniform(0.01, 1.0, 30))
    y = draw.normal(size=30) if seed % 2 else np.cumsum(draw.uniform(0, 1, 30) * (draw.random(30) > 0.3))
    at = np.linspace(x[0], x[-1], 500)
    usual = PchipInterpolator(x, y)
    assert np.allclose(slopes(x, y), usual.derivative()(x), rtol=1e-10, atol=1e-12)
    assert np.allclose(cubic(x, y, at), usual(at), rtol=1e-12, atol=1e-12)


def test_a_rising_table_gives_rising_pieces_between_its_points():
    x, y = np.array([0.0, 1.0, 2.0, 2.1, 5.0]), np.array([0.0, 0.0, 1.0, 9.0, 9.0])
    found = cubic(x, y, np.linspace(0, 5, 1001))
    assert np.all(np.diff(found) >= -1e-15)
    assert found.min() >= 0.0
    assert found.max() <= 9.0


def test_two_points_give_the_straight_line_between_them():
    x, y = np.array([1.0, 3.0]), np.array([2.0, 6.0])
    assert np.allclose(cubic(x, y, np.array([1.0, 1.5, 3.0])), [2.0, 3.0, 6.0])
