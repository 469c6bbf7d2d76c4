"""From cell to flat arrays: amounts, layers, starts, assumptions, and what is refused by name."""

from __future__ import annotations

import numpy as np
import pytest

from alloycell.cell import Datasheet
from alloycell.errors import RangeError
from alloycell.simulate import Options, simulate
from alloycell.simulate.assemble import assemble


def test_the_flat_arrays_hold_the_lithium_that_the_balance_says(layered, film):
    made = assemble(layered, film, "charged")
    sheet = Datasheet(layered)
    for number, (place, phase) in enumerate(zip(made.places, made.flat.phases, strict=True)):
        layer = next(entry for entry in made.flat.layers if phase in entry.phases)
        per_surface = phase.radial.per_surface
        area, radius, inside = phase.numbers[0, :3]
        held = inside * area * radius / per_surface * layer.numbers[0, 0]
        assert held == pytest.approx(place.hosts[0] * place.span, rel=1e-12), number
    total = sum(p.hosts[0] * p.content(f.numbers[0, 9]) for p, f in zip(made.places, made.flat.phases, strict=True))
    state = sheet.state("charged")
    assert total == pytest.approx(float(state.negative.lithium() + state.positive.lithium()), rel=1e-4)


def test_layers_run_from_collector_to_collector(layered, film):
    regions = assemble(layered, film, "charged").regions
    assert [region.where for region in regions] == [
        "negative.layers[0]", "negative.layers[1]", "separator", "positive.layers[0]",
    ]  # fmt: skip


@pytest.mark.parametrize("state", ["made", "discharged", "charged"])
def test_layers_are_as_made_or_swollen_and_the_result_says_which(layered, state):
    options = Options(film="open", wetted=0.1, porosity=state)
    made = assemble(layered, options, "charged")
    sheet = Datasheet(layered)
    size = sheet.size(sheet.negative[0], {"made": "assembled"}.get(state, state))
    assert made.regions[0].porosity[0] == pytest.approx(float(size.porosity))
    assert made.regions[0].thickness[0] == pytest.approx(float(size.thickness))
    assert simulate(layered, "Discharge at C/2", options).to_dict()["porosity"] == state


def test_a_cell_starts_at_rest_at_the_voltage_of_its_state(lg_m50, layered, film):
    for cell, options in ((lg_m50, Options()), (layered, film)):
        for start in ("charged", "discharged", "first charge", "formed"):
            state = Datasheet(cell).state(start)
            rested = simulate(cell, "Rest for 1 min", Options(film=options.film, wetted=options.wetted, start=start))
            assert rested.voltage == pytest.approx(float(state.voltage), abs=2e-3)


@pytest.mark.parametrize("charged", [0.05, 0.3, 0.5, 0.8])
def test_a_state_of_charge_is_a_share_of_the_areal_capacity(lg_m50, charged):
    options = Options(start=charged, tolerance=1e-6)
    result = simulate(lg_m50, "Discharge at C/1000", options)
    assert result.capacity == pytest.approx(charged * Datasheet(lg_m50).discharge_capacity, rel=2e-3)


def test_what_is_assumed_is_listed_with_its_place(layered, film):
    bare = layered.with_("negative.layers[0].active.graphite.diameter", None)
    told = {entry.where for entry in assemble(bare, film, "charged").assumptions}
    assert "carbon: graphite, diameter" in told
    assert "negative: conductivity of the solids" in told
    assert "negative.layers[1]: wetted share of the film" in told


def test_a_dense_film_without_a_model_is_refused_by_name(layered):
    with pytest.raises(RangeError, match='"silicon film" has no pores'):
        simulate(layered, "Rest for 1 s")
    with pytest.raises(RangeError, match="sealed film"):
        Options(film="sealed", wetted=0.1)
    with pytest.raises(RangeError, match=r"wetted = 0\.1"):
        Options(film="open")


def test_options_that_make_no_sense_are_refused_all_at_once():
    with pytest.raises(RangeError) as caught:
        Options(start="chargd", porosity="dry", nodes=1, temperature=25.0, profile_times=(2.0, 1.0))
    assert len(caught.value.faults) == 5
    assert 'Did you mean "charged"?' in str(caught.value)


def test_added_lithium_outside_the_electrodes_is_no_start(layered, film):
    with pytest.raises(RangeError, match="lithium added"):
        assemble(layered, film, "assembled")


def test_plated_lithium_at_the_start_is_a_named_outcome(lg_m50):
    thick = lg_m50.with_("positive.layers[0].thickness", np.array([70e-6, 90e-6]))
    outcomes = simulate(thick, "Discharge at 1C").outcomes
    assert [outcome.name for outcome in outcomes] == ["finished", "plated at the start"]
    assert outcomes[1].sentence.endswith("not simulated.")


def test_thin_pores_when_charged_are_named_in_a_warning(layered, film):
    dense = layered.with_all({"negative.layers[0].porosity": 0.12, "negative.layers[0].pore_share": 1.0})
    (warning,) = assemble(dense, film, "charged").warnings
    assert warning.startswith('Layer "carbon" keeps')


def test_a_protocol_decides_where_it_starts_where_nothing_is_said(lg_m50):
    assert simulate(lg_m50, "Rest for 1 s; Discharge at 1C for 1 s").made.start == "charged"
    assert simulate(lg_m50, "Charge at 1C for 1 s").made.start == "discharged"
