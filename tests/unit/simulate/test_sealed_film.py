"""A sealed film: what lies beneath exchanges through it; equilibrium in the slow limit, refusals by name."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from alloycell.cell import Cell, Datasheet
from alloycell.errors import RangeError
from alloycell.quantities import FARADAY
from alloycell.simulate import Options, simulate
from alloycell.simulate.assemble import assemble
from alloycell.simulate.curves import grid
from alloycell.simulate.profiles import profile_of

SEALED = Options(film="sealed", diffusivity="high")


@pytest.fixture(scope="module")
def bare_film(layered) -> Cell:
    """The layered cell with the film taken off the carbon: a film alone on the collector."""
    film = _given(layered, "negative", 1)
    return layered.with_all({"negative.layers": [film], "lithium": None, "positive.layers[0].thickness": 30e-6})


def test_lithium_closes_in_every_step_and_comes_to_rest_at_one_potential(layered):
    steps = "Discharge at C/5; Charge at C/3; Hold at 4.2 V until C/20; Rest for 1 h; Discharge at C/2"
    result = simulate(layered, steps, SEALED)
    assert result.outcome.finished
    assert result.ledger.closure < 1e-12
    assert len(result.ledger.labels) == 3
    assert set(result.contents) == {
        ("negative.layers[0]", "graphite"), ("negative.layers[1]", "silicon"), ("positive.layers[0]", "LiMn2O4"),
    }  # fmt: skip


def test_what_lies_beneath_keeps_more_lithium_the_faster_the_discharge(layered):
    beneath = [
        simulate(layered, f"Discharge at {rate}", SEALED).contents["negative.layers[0]", "graphite"][-1]
        for rate in ("C/20", "C/2", "2C")
    ]
    assert np.all(np.diff(beneath) > 0)
    opened = Options(film="open", wetted=0.1, diffusivity="high")
    assert simulate(layered, "Discharge at 2C", opened).contents["negative.layers[0]", "graphite"][-1] < beneath[-1]


def test_a_very_slow_first_charge_pays_the_losses_through_the_film(layered):
    cell = layered.with_("lithium", None)
    sheet = Datasheet(cell)
    result = simulate(cell, "Charge at C/20000; Discharge at C/20000", replace(SEALED, start="assembled"))
    assert [end.cause for end in result.ends] == ["high voltage", "low voltage"]
    assert -result.ends[0].charge == pytest.approx(sheet.first_charge_passed, rel=1e-3)
    assert result.ends[1].charge == pytest.approx(sheet.first_discharge_passed, rel=1e-3)
    assert result.ledger.closure < 1e-11


def test_the_film_shows_what_runs_through_it(layered):
    result = simulate(layered, "Discharge at 1C for 10 min", SEALED)
    (profile,) = result.profiles
    film = profile.phases["negative.layers[1]", "silicon"]
    assert film.inside[0, -1] == pytest.approx(film.surface[0], abs=1e-9)
    assert np.all(np.diff(film.inside[0]) < 0)  # lithium runs outwards
    assert film.mean[0] == pytest.approx(np.trapezoid(film.inside[0], dx=1 / 20), rel=1e-3)
    assert profile_of(result.made, 0, 0.0, result.raw.state).x.size == result.made.flat.nodes


def test_a_sealed_film_on_the_collector_exchanges_at_one_face(bare_film):
    result = simulate(bare_film, "Discharge at C/5; Charge at C/5", SEALED)
    assert result.outcome.finished
    assert result.ledger.closure < 1e-12
    assert [region.where for region in result.made.regions] == ["negative.layers[0]", "separator", "positive.layers[0]"]


def test_a_sealed_film_on_the_positive_is_the_mirror(layered):
    dense = {**_given(layered, "positive", 0), "porosity": 0.0, "thickness": 3e-6, "name": "skin"}
    cell = layered.with_("positive.layers", [{**_given(layered, "positive", 0), "thickness": 90e-6}, dense])
    result = simulate(cell, "Discharge at C/10; Charge at C/10", SEALED)
    assert result.outcome.finished
    assert result.ledger.closure < 1e-12
    assert [region.where for region in result.made.regions][-3:] == [
        "positive.layers[1]", "positive.layers[1], inner face", "positive.layers[0]",
    ]  # fmt: skip


def test_a_batch_of_sealed_films_is_its_designs_one_by_one(layered):
    thickness = np.array([1.8e-6, 2e-6, 2.2e-6, 2.4e-6, 2.6e-6])
    many = simulate(layered.with_("negative.layers[1].thickness", thickness), "Discharge at C/2", SEALED)
    one = simulate(layered.with_("negative.layers[1].thickness", float(thickness[3])), "Discharge at C/2", SEALED)
    assert many.capacity[3] == pytest.approx(one.capacity, rel=1e-9)


def test_it_is_told_among_the_assumptions(layered):
    told = {entry.where: entry for entry in assemble(layered, SEALED, "charged").assumptions}
    assert told["negative.layers[1]: film"].value == "sealed"


def test_two_dense_layers_on_each_other_are_refused(layered):
    film = _given(layered, "negative", 1)
    cell = layered.with_("negative.layers", [_given(layered, "negative", 0), film, {**film, "name": "second"}])
    with pytest.raises(RangeError, match='lies on "silicon film", which is dense, too'):
        simulate(cell, "Discharge at C/10", SEALED)


def _given(cell: Cell, side: str, index: int) -> dict[str, object]:
    layer = getattr(cell, side).layers[index]
    given = layer.model_dump(exclude_none=True)
    given["active"] = {name: use.model_dump(exclude_none=True) for name, use in layer.active.items()}
    return given


def test_heat_of_a_sealed_film_is_what_its_lithium_gives_up(layered):
    options = replace(SEALED, thermal="lumped", heat_transfer=2.0, tolerance=1e-7)
    result = simulate(layered, "Discharge at 1C; Charge at C/2", options)
    assert result.ledger.closure < 1e-12
    given = -result.energy[-1]
    for number, (place, phase) in enumerate(zip(result.places, result.made.flat.phases, strict=True)):
        theta = np.linspace(result.theta(number)[0], result.theta(number)[-1], 20_001)
        between = 0.5 * (result.made.flat.curves[phase.low][0] + result.made.flat.curves[phase.high][0])
        potential = np.interp(theta, grid(), between)
        given += FARADAY * place.hosts[0] * place.span * np.trapezoid(potential, theta)
    assert result.heat[-1] == pytest.approx(given, rel=1e-4)


def test_an_electrode_with_a_sealed_film_stands_alone_against_lithium(layered):
    options = replace(SEALED, against_lithium="negative")
    result = simulate(layered, "Discharge at C/10 until 0.05 V; Charge at C/10 until 1 V", options)
    assert result.outcome.finished
    assert result.ledger.closure < 1e-12
    assert [region.where for region in result.made.regions] == [
        "separator", "negative.layers[1]", "negative.layers[1], inner face", "negative.layers[0]",
    ]  # fmt: skip
