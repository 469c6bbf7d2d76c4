"""Protocols and options that make no sense are refused in a sentence, before anything runs."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from alloycell.errors import ProtocolError, RangeError
from alloycell.simulate import Options, Protocol, simulate
from alloycell.simulate.outcomes import outcome_of

PROTOCOLS = {
    "": "has no step",
    "# only a comment": "has no step",
    "0 x [Rest for 1 s]": "has no step",
    "3 x []": "has no step",
    "Hold at 4.2 V": "a hold needs an end",
    "Rest for 1e300 s": "a time from 1e-06 to 1e+10 s",
    "Rest for nan s": "a time is needed",
    "Discharge at 1e-16 A": "a current from 1e-12",
    "Charge at C/1e300": "a rate from 1e-06 to 10000 C",
    "Charge at 1C until 99 V": "a voltage from 0.001 to 20 V",
    "Charge at 1C until " + "9" * 400 + " V": "a voltage from 0.001 to 20 V",
    "9" * 5000 + " x [Rest for 1 s]": "at most 200000 are run",
    "Rest for 1 s; Rest for 1 s until 3 V": "step 2",
}
OPTIONS = {
    "nodes": (2.5, "20", True, math.nan, 1, 401, None),
    "threads": (0, 1.5),
    "modes": (1, 2.5),
    "tolerance": (math.nan, None, 0.0, 1.0),
    "temperature": ("25 degC", math.inf, 25.0),
    "start": (2, math.nan, True, "charget"),
    "contact": (-1.0, math.nan),
    "wetted": (math.nan, 0.0, 1.0),
    "profile_times": (5, (math.nan,), (-1.0,), (5.0, 1.0), tuple(range(100_000)), ("1 h",)),
    "layer_nodes": (5, {"negative.layers[0]": 0}, {"negative.layers[0]": 10**9}),
    "variant": (5,),
    "film": (5, "opne"),
}


@pytest.mark.parametrize("text", PROTOCOLS, ids=lambda text: text[:20])
def test_a_protocol_that_cannot_be_run_is_refused_in_a_sentence(text):
    with pytest.raises(ProtocolError) as refused:
        Protocol.of(text)
    assert PROTOCOLS[text] in str(refused.value)
    assert len(str(refused.value)) < 400


@pytest.mark.parametrize("given", [None, 5, b"Rest for 1 s", ["Rest for 1 s"]], ids=str)
def test_a_protocol_must_be_a_text(given):
    with pytest.raises(ProtocolError, match="a text is needed"):
        Protocol.of(given)


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in OPTIONS.items() for value in values],
                         ids=lambda given: str(given)[:20])  # fmt: skip
def test_an_option_that_makes_no_sense_is_named(name, value):
    with pytest.raises(RangeError) as refused:
        Options(**{name: value})
    assert str(refused.value).startswith(name)


def test_all_faults_of_the_options_are_told_at_once():
    with pytest.raises(RangeError) as refused:
        Options(nodes=1, tolerance=math.nan, temperature=25.0)
    assert all(name in str(refused.value) for name in ("nodes", "tolerance", "temperature"))


def test_control_volumes_of_a_layer_that_is_not_there_are_refused(lg_m50):
    with pytest.raises(RangeError, match=r"negative\.layers"):
        simulate(lg_m50, "Rest for 1 s", Options(layer_nodes={"negative.layer[0]": 5}))


def test_a_power_that_no_state_gives_ends_in_an_outcome_that_names_the_step(lg_m50):
    outcome = simulate(lg_m50, "Rest for 1 s; Discharge at 5000 W").outcome
    assert outcome.name == "no start"
    assert outcome.place.startswith('step 2, "Discharge at 5000 W"')
    assert outcome.remedy


@pytest.mark.parametrize(("side", "word"), [("positive", "lower"), ("negative", "higher")])
def test_the_remedy_of_an_emptied_surface_depends_on_its_side(one_c, side, word):
    made = one_c.made
    phase = next(number for number, place in enumerate(made.places) if place.side == side)
    node = 0 if side == "negative" else made.flat.nodes - 1
    raw = replace(one_c.raw, outcome="phase empty", place=(node, phase))
    outcome = outcome_of(made, 0, raw, one_c.texts)
    assert outcome.name == "phase empty"
    assert f"{side}.layers[0]" in outcome.place
    assert f"a {word} voltage" in outcome.remedy


def test_a_protocol_of_two_thousand_steps_is_run(lg_m50):
    result = simulate(lg_m50, "1000 x [Rest for 1 s; Discharge at C/1000 for 1 s]", Options(nodes=2))
    assert result.outcome.finished
    assert len(result.ends) == 2000
