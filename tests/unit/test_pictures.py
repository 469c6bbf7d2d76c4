"""Pictures: plain arrays on axes, text inside the figure, never colour alone, the same text for the same input."""

from __future__ import annotations

import itertools
import re

import matplotlib
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alloycell.pictures import (
    MARKS,
    ROW_HEIGHT,
    Band,
    Curve,
    MarginRow,
    Segment,
    Stack,
    apart,
    canvas,
    draw_curves,
    draw_cutoffs,
    draw_ledger,
    draw_margins,
    draw_section,
    draw_window,
    ink_of,
    inline_svg,
    key_above,
    legend_below,
    panel,
    shortened,
    style,
)

BANDS = (
    Band("copper-foil", 10e-6, "negative foil"),
    Band("a carbon layer with a very long name", 46e-6, "carbon", 0.35),
    Band("silicon film", 2e-6, "alloy", 0.0),
    Band("separator", 20e-6, "separator"),
    Band("LiMn2O4", 110e-6, "positive", 0.32),
    Band("aluminium-foil", 15e-6, "positive foil"),
)


def section():
    """A figure with three stacks, one thicker than the others."""
    figure = canvas(460.0, 380.0)
    thick = (*BANDS[:2], Band("silicon film", 7e-6, "alloy", 0.0), *BANDS[3:])
    stacks = (Stack("as made", BANDS), Stack("discharged", BANDS), Stack("charged", thick))
    draw_section(panel(figure, 0.0, 0.0, 460.0, 380.0), stacks, 460.0, 380.0)
    return figure


def margins(*percents):
    """A figure with one row for each margin in percent."""
    rows = [
        MarginRow(
            f"claim {n}", "What it says", "inside" if (p or 0) >= 0 else "outside", p, "by claim 1", ("inside",) * 3
        )
        for n, p in enumerate(percents)
    ]
    figure = canvas(940.0, 62.0 + ROW_HEIGHT * len(rows))
    tall = ROW_HEIGHT * len(rows)
    draw_margins(panel(figure, 312.0, 22.0, 450.0, tall), panel(figure, 782.0, 22.0, 154.0, tall), rows)
    return figure


def ledger():
    """A figure with the bars of three states."""
    figure = canvas(460.0, 200.0)
    axes = panel(figure, 80.0, 8.0, 376.0, 110.0)
    segments = [
        Segment("positive", ink_of("positive"), np.array([3.0, 1.0, 2.9])),
        Segment("alloy", ink_of("alloy"), np.array([0.0, 2.0, 0.1])),
    ]
    draw_ledger(axes, ("as made", "charged", "discharged"), segments, 376.0, "mAh/cm²")
    legend_below(axes, 2, 0.4)
    return figure


def curves():
    """A figure with curves, a window and a key."""
    figure = canvas(460.0, 390.0)
    axes = panel(figure, 48.0, 40.0, 364.0, 306.0)
    x = np.linspace(0.0, 3.0, 20)
    steps = ("first charge", "charge", "discharge")
    draw_curves(
        axes, [Curve(x, 20 * x, "film", step, "#D55E00") for step in steps], "content [at%]", "charge [mAh/cm²]"
    )
    draw_window(axes, 31.0, 67.0)
    key_above(axes, steps, [("silicon film", "#D55E00"), ("tin film", "#0072B2")])
    return figure


def cutoffs():
    """A figure with a content against the cut-off voltage."""
    figure = canvas(460.0, 200.0)
    x = np.linspace(0.1, 4.0, 20)
    draw_cutoffs(
        panel(figure, 48.0, 20.0, 364.0, 120.0), x, 10 * x, [(2.75, "now"), (9.0, "edge")], "content [at%]", "#000000"
    )
    return figure


DRAWN = {"section": section, "margins": lambda: margins(12.0, -4.0, None, -381.0, 250.0), "ledger": ledger,
         "curves": curves, "cutoffs": cutoffs}  # fmt: skip


@pytest.mark.parametrize("name", DRAWN)
def test_no_text_is_cut_off_at_the_edge_of_its_figure(name):
    with style():
        figure = DRAWN[name]()
        figure.draw_without_rendering()
        used = figure.get_tightbbox()
    wide, tall = figure.get_size_inches()
    assert used.x0 >= -0.02
    assert used.y0 >= -0.02
    assert used.x1 <= wide + 0.02
    assert used.y1 <= tall + 0.02


@pytest.mark.parametrize("name", DRAWN)
def test_the_same_drawing_gives_the_same_text(name):
    with style():
        first, second = (inline_svg(DRAWN[name](), name, "label") for _ in range(2))
    assert first == second
    assert "<metadata" not in first
    assert not re.search(r"20\d\d-\d\d-\d\d", first)


@pytest.mark.parametrize("name", DRAWN)
def test_every_identifier_belongs_to_its_figure_and_every_reference_leads_somewhere(name):
    with style():
        text = inline_svg(DRAWN[name](), name, "label")
    identifiers = re.findall(r' id="([^"]*)"', text)
    references = re.findall(r'(?:href="|url\()#([^")]*)', text)
    assert len(set(identifiers)) == len(identifiers)
    assert all(identifier.startswith(f"{name}-") for identifier in identifiers)
    assert set(references) <= set(identifiers)


def test_text_stays_text_in_a_font_that_machines_have():
    with style():
        text = inline_svg(section(), "s", "label")
    assert ">silicon film</text>" in text
    assert "DejaVu" not in text
    assert "Arial" in text


def test_the_label_is_escaped_and_read_to_people_who_do_not_see_the_picture():
    with style():
        text = inline_svg(canvas(10.0, 10.0), "s", 'a <b> & "c"')
    assert 'aria-label="a &lt;b&gt; &amp; &quot;c&quot;"' in text


def test_drawing_leaves_the_settings_of_the_person_as_they_were():
    with matplotlib.rc_context({"font.size": 31.0, "svg.hashsalt": "mine"}):
        with style():
            inline_svg(canvas(10.0, 10.0), "s", "label")
        assert matplotlib.rcParams["font.size"] == 31.0
        assert matplotlib.rcParams["svg.hashsalt"] == "mine"


def test_settings_of_the_person_do_not_show_in_the_picture():
    with style():
        wanted = inline_svg(ledger(), "s", "label")
    with matplotlib.rc_context({"font.size": 31.0, "axes.grid": True}), style():
        assert inline_svg(ledger(), "s", "label") == wanted


def test_each_result_has_a_shape_of_its_own_so_that_colour_is_never_alone():
    shapes = [(mark.marker, mark.filled) for mark in MARKS.values()]
    assert len(set(shapes)) == len(shapes)


def test_several_of_one_role_differ_in_more_than_their_colour():
    hatches = [ink_of("alloy", turn).hatch for turn in range(4)]
    assert len(set(hatches)) == 4
    assert ink_of("lost", 1).hatch != ink_of("lost").hatch


def test_a_dense_film_is_hatched_and_a_porous_layer_carries_its_porosity():
    assert ink_of("alloy", dense=True).hatch
    assert not ink_of("alloy").hatch
    assert (BANDS[2].dense, BANDS[2].pores) == (True, "")
    assert (BANDS[1].text, BANDS[1].pores) == ("46 µm", "35 %")
    assert (BANDS[0].dense, BANDS[0].pores) == (False, "")


def test_bands_are_drawn_to_one_scale():
    from matplotlib.patches import Rectangle

    with style():
        axes = section().axes[0]
    drawn = [patch.get_height() for patch in axes.patches if isinstance(patch, Rectangle)]
    assert drawn[1] / drawn[0] == pytest.approx(4.6)
    assert drawn[4] / drawn[2] == pytest.approx(55.0)


@given(st.lists(st.floats(0, 400), min_size=1, max_size=12).map(sorted), st.floats(1, 30))
def test_labels_move_apart_in_order_and_stay_inside(wanted, gap):
    placed = apart(wanted, gap, 0.0, 400.0)
    room = min(gap, 400.0 / max(len(wanted) - 1, 1))
    assert len(placed) == len(wanted)
    assert all(upper - lower >= room - 1e-6 for lower, upper in itertools.pairwise(placed))
    assert placed[0] >= -1e-6
    assert placed[-1] <= 400.0 + 1e-6


def test_labels_with_room_stay_where_they_are():
    assert apart([10.0, 50.0, 90.0], 13.0, 0.0, 100.0) == [10.0, 50.0, 90.0]


def test_long_names_end_in_an_ellipsis_and_dollars_are_no_formula():
    assert shortened("carbon", 10) == "carbon"
    assert shortened("a carbon layer", 9) == "a carbon…"
    assert shortened("$x$", 10) == r"\$x\$"
    assert shortened("a carbon layer of graphite and tar", 15, lines=2) == "a carbon layer\nof graphite…"
