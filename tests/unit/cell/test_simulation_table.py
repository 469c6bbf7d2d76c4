"""The table [simulation] of a design: rates in one spelling, what is refused, what options follow from it."""

from __future__ import annotations

import tomllib
from pathlib import Path

import numpy as np
import pytest

from alloycell.cell import Cell
from alloycell.cell.rates import rate_of
from alloycell.errors import DesignError, RangeError
from alloycell.simulate.options import Options, options_of

DESIGN = Path(__file__).parents[3] / "examples" / "layered-silicon.toml"


def with_table(**table):
    """The layered example with this table [simulation]."""
    return Cell.of(tomllib.loads(DESIGN.read_text(encoding="utf-8")) | {"simulation": table})


@pytest.mark.parametrize(
    ("text", "value"), [("C/10", 0.1), (" 2 C ", 2.0), ("C / 3", 1 / 3), (".5C", 0.5), ("1e-2C", 0.01)]
)
def test_a_rate_is_a_multiple_of_1c(text, value):
    assert rate_of(text)[0] == pytest.approx(value)


@pytest.mark.parametrize("text", ["C", "1C"])
def test_c_alone_is_1c(text):
    assert rate_of(text) == (1.0, "1C")


@pytest.mark.parametrize("text", ["", "fast", "C/0", "10", "-1C", "C/-2", "1 A"])
def test_other_text_is_no_rate(text):
    assert rate_of(text) is None


def test_rates_are_kept_in_one_spelling_and_survive_saving(tmp_path):
    cell = with_table(rates=["C / 20", " 2 C"])
    assert cell.simulation.rates == ("C/20", "2C")
    cell.save(tmp_path / "cell.toml")
    assert Cell.load(tmp_path / "cell.toml") == cell


def test_every_fault_of_the_table_is_told_at_once():
    with pytest.raises(DesignError) as caught:
        with_table(
            rates=["C/10", "fast", "C/99999"], porosity="swollen", wetted="120 %", temperature="200 degC", rate="1C"
        )
    told = {fault.where: str(fault) for fault in caught.value.faults}
    assert set(told) == {
        "simulation.rates[1]", "simulation.rates[2]", "simulation.porosity", "simulation.wetted",
        "simulation.temperature", "simulation.rate",
    }  # fmt: skip
    assert 'Write "C/10" or "1C"' in told["simulation.rates[1]"]
    assert 'Did you mean "rates"?' in told["simulation.rate"]


@pytest.mark.parametrize("rates", [[], ["1C"] * 5])
def test_one_to_four_rates_are_taken(rates):
    with pytest.raises(DesignError, match=r"simulation\.rates has"):
        with_table(rates=rates)


def test_options_are_those_of_the_table_and_choices_win():
    cell = with_table(porosity="charged", wetted="20 %", temperature="40 degC")
    options = options_of(cell)
    assert (options.porosity, options.wetted, options.film) == ("charged", pytest.approx(0.2), "open")
    assert options.temperature == pytest.approx(313.15)
    other = options_of(cell, porosity="made", temperature=None, nodes=10)
    assert (other.porosity, other.temperature, other.nodes) == ("made", options.temperature, 10)


def test_without_a_table_options_are_the_usual_ones():
    tables = tomllib.loads(DESIGN.read_text(encoding="utf-8"))
    del tables["simulation"]
    assert options_of(Cell.of(tables)) == Options()


def test_a_batch_that_varies_the_temperature_of_the_table_is_refused():
    cell = with_table(temperature="25 degC").with_("simulation.temperature", np.array([290.0, 300.0]))
    with pytest.raises(RangeError, match=r"simulation\.temperature varies in the batch"):
        options_of(cell)


def test_a_film_is_sealed_by_the_table_or_by_a_choice_and_never_open_as_well():
    assert options_of(with_table(film="sealed")).film == "sealed"
    assert options_of(with_table(film="sealed"), wetted=0.3).film == "open"
    chosen = options_of(with_table(wetted="20 %"), film="sealed")
    assert (chosen.film, chosen.wetted) == ("sealed", None)
    with pytest.raises(RangeError, match="sealed film"):
        options_of(with_table(film="sealed", wetted="20 %"))
