"""Text that fits: tables, cards, pairs, curves with letters, plain data."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from alloycell.app.layout import Column, clean, pairs, table
from alloycell.app.plot import Line, text_plot
from alloycell.app.progress import Progress
from alloycell.app.reply import Screen, plain

COLUMNS = (Column("Clause"), Column("Result", result=True), Column("Found", wrap=True))
ROWS = [["claim 1", "inside", "45 at% +- 2 at% of the whole layer"], ["claim 2", "outside", "no"]]


def test_a_table_is_as_narrow_as_its_entries_allow():
    lines = table(COLUMNS, ROWS, Screen(100)).splitlines()
    assert [part.strip() for part in lines[2].split("  ") if part] == ["claim 1", "inside", ROWS[0][2]]


def test_a_wide_table_wraps_the_columns_that_may():
    lines = table(COLUMNS, ROWS, Screen(40)).splitlines()
    assert max(map(len, lines)) <= 40
    assert len(lines) > 4


def test_a_table_that_cannot_fit_turns_into_cards():
    text = table(COLUMNS, ROWS, Screen(25))
    assert text.startswith("claim 1\n  Result  inside\n")


@pytest.mark.parametrize("width", [25, 60])
def test_results_are_coloured_only_where_there_is_colour(width):
    assert "\x1b[31moutside" in table(COLUMNS, ROWS, Screen(width, colour=True))
    assert "\x1b" not in table(COLUMNS, ROWS, Screen(width))


def test_an_empty_column_is_left_out():
    assert "Found" not in table(COLUMNS, [["claim 1", "inside", ""]], Screen(80))


def test_a_number_stays_beside_its_unit():
    lines = table((Column("Found", wrap=True),), [["about 45 at% of it, 12 um"]], Screen(15)).splitlines()
    assert not any(line.rstrip().endswith(("45", "12")) for line in lines)


def test_long_names_and_values_wrap_in_their_own_column():
    lines = pairs([("a name that goes on and on", "a value that goes on and on and on")], Screen(40)).splitlines()
    assert max(map(len, lines)) <= 40
    assert lines[0].startswith("a name that goes on")


@pytest.mark.parametrize(("text", "shown"), [("a\x1b[31mb", "a?[31mb"), ("a\nb\tc", "a b c"), ("Li\u2082", "Li\u2082")])
def test_text_is_cleaned_of_what_would_steer_a_terminal(text, shown):
    assert clean(text) == shown


def test_a_curve_with_letters_shows_ends_labels_and_both_lines():
    x = np.linspace(0.0, 4.4, 30)
    text = text_plot(
        [Line("o", "up", x, 1 - 0.1 * x), Line("*", "down", x, 0.8 - 0.1 * x)],
        "content [Li per Si]",
        "potential [V]",
        60,
    )
    assert max(map(len, text.splitlines())) <= 60
    for words in ("4.4", "potential [V]", "content [Li per Si]", "o up  * down"):
        assert words in text


def test_a_flat_curve_and_a_single_point_can_be_drawn():
    for x in (np.array([0.0, 1.0]), np.array([0.5])):
        assert "*" in text_plot([Line("*", "flat", x, np.full(x.size, 0.1))], "x", "y", 30)


def test_plain_data_has_no_arrays_sets_paths_or_infinities():
    given = {
        "a": np.array([1.0, np.nan]),
        "b": frozenset({"y", "x"}),
        "c": Path("f"),
        "d": float("inf"),
        "e": np.float64(2),
        "f": (True, None),
    }
    assert plain(given) == {"a": [1.0, None], "b": ["x", "y"], "c": "f", "d": None, "e": 2.0, "f": [True, None]}


def test_progress_is_silent_where_nobody_looks(capsys):
    with Progress(2) as progress:
        progress("one")
        progress("two")
    assert capsys.readouterr().err == ""


def test_progress_shows_a_share_and_clears_the_line_once_it_takes_long(capsys, monkeypatch):
    clock = iter([0.0, 0.5, 2.0, 3.0])
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    monkeypatch.setattr("time.monotonic", lambda: next(clock))
    with Progress(3) as progress:
        for step in ("one", "two", "three"):
            progress(step)
    told = capsys.readouterr().err
    assert "one" not in told
    assert "two (33 %" in told
    assert told.endswith("\r\x1b[K")
