"""Strips of lithium against depth and time: their scale, the lines of a window, what is left out."""

from __future__ import annotations

import numpy as np
import pytest

from alloycell.pictures import canvas, style
from alloycell.pictures.heat import HeatStrip, draw_heat, heat_height

TIME = np.linspace(0.0, 2.0, 11)
DEPTH = np.array([0.5, 1.5, 2.5, 3.5])
FALLING = np.linspace(80.0, 20.0, 11)[:, None] - 5.0 * np.arange(4)


@pytest.fixture(autouse=True)
def _drawn_in_the_style_of_the_page():
    with style():
        yield


def drawn(*strips):
    """The axes of a figure with ``strips``, two for each: the strip and its key."""
    figure = canvas(400.0, heat_height(strips))
    draw_heat(figure, 400.0, TIME, strips)
    figure.canvas.draw()
    return figure.axes


def test_the_first_strip_is_the_lowest_and_alone_has_the_axis_of_time():
    lower = HeatStrip("carbon", DEPTH, 0.0, 4.0, FALLING, "%", 100.0, "Greys")
    upper = HeatStrip("film", 4.0 + DEPTH, 4.0, 8.0, FALLING, "at%", 85.0, "cividis", (31.0, 67.0))
    first, _, second, _ = drawn(lower, upper)
    assert (first.get_title(loc="left"), second.get_title(loc="left")) == ("film", "carbon")
    assert first.get_position().y0 > second.get_position().y0
    assert (first.get_xlabel(), second.get_xlabel()) == ("", "time [h]")
    assert (first.get_ylim(), second.get_ylim()) == ((4.0, 8.0), (0.0, 4.0))


def test_the_edges_of_the_window_are_lines_where_the_content_crosses_them():
    strip = HeatStrip("film", DEPTH, 0.0, 4.0, FALLING, "at%", 85.0, "cividis", (31.0, 67.0))
    axes, key = drawn(strip)
    assert len(axes.collections) == 4  # two lines, each on a white one
    path = axes.collections[1].get_paths()[0].vertices
    surface = path[np.argmax(path[:, 1])]
    assert surface[0] == pytest.approx((80.0 - 15.0 - 31.0) / 30.0, abs=1e-9)
    assert [text.get_text() for text in key.get_yticklabels()] == ["0", "31", "67", "85 at%"]


def test_an_edge_that_is_never_crossed_has_no_line():
    strip = HeatStrip("film", DEPTH, 0.0, 4.0, np.full((11, 4), 50.0), "at%", 85.0, "cividis", (31.0, 67.0))
    assert len(drawn(strip)[0].collections) == 0


def test_time_is_drawn_to_scale_though_rows_are_not_even():
    time = np.array([0.0, 0.1, 2.0])
    strip = HeatStrip("film", DEPTH, 0.0, 4.0, np.array([[80.0] * 4, [40.0] * 4, [40.0] * 4]), "at%", 85.0, "cividis")
    figure = canvas(400.0, heat_height([strip]))
    draw_heat(figure, 400.0, time, [strip])
    image = figure.axes[0].images[0].get_array()
    assert np.mean(image[0] > 41.0) == pytest.approx(0.05, abs=0.02)
