"""Pictures of a particle: numbers that decide are written out, windows are drawn, what is unknown says so."""

from __future__ import annotations

import numpy as np
import pytest

from alloycell.pictures import Segment, canvas, inline_svg, panel, style
from alloycell.pictures.particle import (
    CompositionMap,
    ContentColumn,
    ContentPart,
    draw_composition_line,
    draw_composition_map,
    draw_contents,
    draw_phase_bar,
    phase_ink,
)


def drawn(draw, width: float = 460.0) -> str:
    """The SVG text of what ``draw`` puts on axes."""
    with style():
        figure = canvas(width, 330.0)
        draw(panel(figure, 50.0, 10.0, width - 60.0, 230.0))
        return inline_svg(figure, "p", "a picture")


def test_a_phase_bar_writes_shares_where_there_is_room():
    segments = [
        Segment("Si, active", phase_ink("A"), np.array([99.0, 55.0])),
        Segment("TiSi2, inactive", phase_ink("B"), np.array([1.0, 45.0])),
    ]
    text = drawn(lambda axes: draw_phase_bar(axes, ("by mass", "by volume"), segments, 400.0))
    for words in ("Si 99 %", "Si 55 %", "TiSi2 45 %", "by volume", "share of the particle [%]", "TiSi2, inactive"):
        assert words in text
    assert "TiSi2 1 %" not in text


def test_phases_differ_by_ink_and_uncertain_ones_by_hatch():
    inks = [phase_ink(side, turn) for side in ("A", "B", "surface") for turn in (0, 1)]
    assert len({ink.fill for ink in inks}) == len(inks)
    assert phase_ink("B", 0, certain=False).hatch != phase_ink("B").hatch


def test_a_column_shows_its_sum_its_uncertainty_and_its_window():
    parts = (ContentPart("O", "A", 0.30), ContentPart("N", "A", 0.05))
    column = ContentColumn("phase A", "65 % of mass", parts, None, 0.5, "below\n0.5 wt%", 0.2)
    text = drawn(lambda axes: draw_contents(axes, [column]))
    for words in ("0.35 ± 0.20 wt%", "below", "0.5 wt%", "oxygen", "nitrogen", "in phase A", "demanded"):
        assert words in text
    assert column.total == pytest.approx(0.35)


def test_a_column_that_is_not_known_says_so_and_draws_nothing():
    column = ContentColumn("phase B", "", (), 1.0, None, "at least\n1.0 wt%", told="not known")
    text = drawn(lambda axes: draw_contents(axes, [column]))
    assert "not known" in text
    assert "± " not in text


def test_a_map_marks_the_region_the_best_point_and_what_cannot_be():
    x, y = np.linspace(0, 50, 6), np.linspace(0, 10, 5)
    capacity = 4000 - 60 * x[None, :] - 30 * y[:, None]
    margin = np.where((x[None, :] > 15) & (y[:, None] < 6), 0.2, -0.3)
    possible = np.ones((5, 6), dtype=bool)
    possible[4] = False
    shown = CompositionMap(x, y, capacity, margin, ~possible, possible, "Ti [wt%]", "O [wt%]", (20.0, 0.0), (30.0, 5.0))
    assert shown.inside
    text = drawn(lambda axes: draw_composition_map(axes, shown))
    for words in (
        "capacity [mAh/g]",
        "every clause holds",
        "no such particle",
        "largest capacity inside",
        "this particle",
    ):
        assert words in text


def test_a_map_without_a_region_is_drawn_too():
    x, y = np.linspace(0, 1, 4), np.linspace(0, 1, 4)
    nowhere, everywhere = np.full((4, 4), -1.0), np.ones((4, 4), dtype=bool)
    shown = CompositionMap(x, y, np.zeros((4, 4)), nowhere, ~everywhere, everywhere, "a", "b")
    assert not shown.inside
    assert "every clause holds" not in drawn(lambda axes: draw_composition_map(axes, shown))


def test_a_line_of_compositions_has_its_range_and_ground():
    share = np.linspace(0, 50, 11)
    inside = share > 20
    text = drawn(lambda axes: draw_composition_line(axes, share, 3000 - share, 3010 - share, inside, "Ti [wt%]"))
    assert "every clause holds" in text
    assert "reversible capacity [mAh/g]" in text
