"""The section "At a rate": three contents side by side, bands of diffusivity, runs that did not finish."""

from __future__ import annotations

import dataclasses
import re

import pytest

from alloycell.pictures import style
from alloycell.report import depth, lithium, report_html, simulated, simulation
from alloycell.report.wording import DASH
from alloycell.simulate.outcomes import Outcome

STALLED = Outcome("stalled", "the film", "The film cannot go on.", "Try a smaller rate")


@pytest.fixture(autouse=True)
def _drawn_in_the_style_of_the_page():
    with style():
        yield


@pytest.fixture(scope="session")
def stalled(layered):
    """The contents of the layered example as if both rates had stalled at the low diffusivity."""
    held = layered.simulated
    results = {
        name: dataclasses.replace(run, outcomes=(STALLED,)) if name[1] == "low" else run
        for name, run in held.results.items()
    }
    layers = tuple(
        dataclasses.replace(layer, designed=None, simulated=tuple(_stalled(run) for run in layer.simulated))
        for layer in held.layers
    )
    return dataclasses.replace(held, layers=layers, results=results)


def _stalled(run):
    return dataclasses.replace(run, fraction=None, outcome=STALLED) if run.level == "low" else run


def test_designed_equilibrium_and_simulated_contents_stand_side_by_side(layered):
    table = simulation.contents_table(layered.simulated)
    titles = [column.title for column in table.columns]
    assert titles[1:4] == ["Designed, formula (1)", "Equilibrium", "C/10, low"]
    assert titles[-1] == "1C, high"
    assert all(column.unit == "at%" for column in table.columns[1:])
    ((name, *numbers),) = table.rows
    assert name == "silicon film"
    assert float(numbers[0]) == pytest.approx(50, abs=0.1)
    assert float(numbers[2]) > float(numbers[3]) > float(numbers[4])


def test_the_page_tells_the_numerical_error_apart_from_the_diffusivities(page):
    text = re.sub(r"\s+", " ", page)
    assert "<h2>At a rate</h2>" in text
    assert "pale ground: from low to high diffusivity" in text
    assert "the numerical error of the line, mostly thinner than it" in text
    assert re.search(r"Of all these runs it is at most [\d.]+\smV, [\d.]+\sat%", text)
    assert "never a verdict" in text
    assert "wetted share of the film" in text


def test_both_rates_are_drawn_and_the_window_is_written_in(layered):
    voltage = simulated.voltage_picture(layered.simulated)
    content = simulated.content_picture(layered.simulated, (0.31, 0.67))
    for word in (">C/10<", ">1C<", ">low to high<", "cell voltage [V]"):
        assert word in voltage
    for word in (">C/10<", ">1C<", ">silicon film<", ">31 at%<", ">67 at%<", "time [h]"):
        assert word in content


def test_a_run_that_did_not_finish_is_named_with_place_and_remedy_and_not_drawn(layered, stalled):
    card = simulation.rate_card(dataclasses.replace(layered, simulated=stalled))
    assert card.unfinished == (
        "C/10, low diffusivity, discharge: The film cannot go on. Try a smaller rate.",
        "1C, low diffusivity, discharge: The film cannot go on. Try a smaller rate.",
    )
    assert card.contents.rows[0][1] == DASH
    assert card.contents.rows[0][3] == "not finished"
    assert len(card.voltage) < len(simulated.voltage_picture(layered.simulated))


def test_where_nothing_finished_there_is_no_picture_but_the_reasons(layered):
    results = {name: dataclasses.replace(run, outcomes=(STALLED,)) for name, run in layered.simulated.results.items()}
    held = dataclasses.replace(layered.simulated, results=results)
    card = simulation.rate_card(dataclasses.replace(layered, simulated=held))
    assert (card.voltage, card.content) == ("", "")
    assert len(card.unfinished) == 6


def test_without_simulated_contents_there_is_no_such_section(bare):
    study = dataclasses.replace(bare, simulated=None)
    assert simulation.rate_card(study) is None
    assert "At a rate" not in report_html(study)


def test_a_cell_without_alloy_shows_voltage_depth_and_plating_only(bare):
    card = simulation.rate_card(bare)
    assert card.contents is None
    assert (card.content, card.profile) == ("", "")
    assert [rate for rate, _ in card.depths] == ["C/10", "1C"]
    assert ">low to high<" not in card.voltage
    assert "low, middle and high sourced diffusivity" not in report_html(bare)


def test_lithium_through_the_negative_has_a_strip_for_each_layer_and_the_edges_of_the_window(layered):
    pictures = dict(depth.heat_pictures(layered.simulated, (0.31, 0.67)))
    assert set(pictures) == {"C/10", "1C"}
    for word in (">silicon film: Li/(Li + M)<", ">carbon: how full<", ">time [h]<", ">depth [µm]<", ">85 at%<", ">31<"):
        assert word in pictures["C/10"]
    assert pictures["C/10"].count("data:image/png") == 4
    assert len(pictures["C/10"]) < 60_000


def test_the_profile_when_empty_stands_beside_the_designed_and_the_equilibrium_content(layered):
    picture = depth.profile_picture(layered.simulated, (0.31, 0.67))
    for word in (">designed<", ">at rest<", ">depth in silicon film [µm]<", ">67 at%<"):
        assert word in picture


def test_the_plating_margin_is_drawn_and_told_with_its_place(layered):
    card = simulation.rate_card(layered)
    assert "below 0 V lithium plates" in card.margins
    assert card.plating.rows[0][0] == "C/10, low diffusivity"
    assert all(row[4] for row in card.plating.rows)
    assert all(row[5].startswith("from ") or row[5] == "never" for row in card.plating.rows)


def test_the_window_is_that_of_the_specification(layered):
    study = dataclasses.replace(layered, content_window=(0.2, 0.6))
    card = simulation.rate_card(study)
    for picture in (card.content, card.profile):
        assert ">20 at%<" in picture
        assert ">31 at%<" not in picture
    assert ">60<" in card.depths[0][1]
    assert lithium.window_text(study) == "20 to 60 at%"
