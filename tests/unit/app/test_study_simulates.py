"""``alloycell study`` runs the first discharge at rates, and says so where it cannot."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from alloycell.cell import Cell
from alloycell.errors import RunError
from alloycell.studies import study

EXAMPLES = Path(__file__).parents[3] / "examples"
LAYERED = EXAMPLES / "layered-silicon.toml"
TITLE = "Lithium left in the alloy layer when empty [at%]"


@pytest.fixture
def without_solver(monkeypatch):
    """A place where the compiled solver is missing."""

    def missing(variant=None):
        raise RunError("The compiled solver is not built.\nBuild it with: make.")

    monkeypatch.setattr("alloycell.simulate.arrays.load_kernel", missing)


def test_the_text_shows_designed_equilibrium_and_simulated_contents(alloycell):
    out = alloycell("study", LAYERED).out
    table = out[out.index(TITLE) :]
    assert "never a verdict" in " ".join(table.split())
    assert "wetted share of the film, 10 %" in " ".join(table.split())
    row = next(line for line in table.splitlines() if line.startswith("silicon film"))
    name_and_rest, at_low_rate, at_high_rate = row.split()[:-2], *row.split()[-2:]
    assert name_and_rest[2:] == ["50", "45.2"]
    assert len(at_low_rate.split("/")) == len(at_high_rate.split("/")) == 3


def test_the_text_fits_a_terminal_of_sixty_letters(alloycell, monkeypatch):
    monkeypatch.setenv("COLUMNS", "60")
    lines = [line for line in alloycell("study", LAYERED).out.splitlines() if not line.startswith("Report:")]
    assert max(map(len, lines)) <= 60


def test_json_has_every_rate_and_level_with_profile_margin_error_and_assumptions(alloycell):
    data = alloycell("study", LAYERED, "--json").data
    (layer,) = data["simulated"]["layers"]
    runs = {(run["rate"], run["diffusivity"]) for run in layer["simulated"]}
    assert runs == {(rate, level) for rate in ("C/10", "1C") for level in ("low", "middle", "high")}
    profile = layer["simulated"][1]["profile"]
    assert len(profile["depth"]) == len(profile["fraction"]) == 20
    assert profile["fraction"][0] > profile["fraction"][-1]
    for name in ("plating", "errors"):
        assert {entry["rate"] for entry in data["simulated"][name]} == {"C/10", "1C"}
    assert any("wetted share" in entry["where"] for entry in data["assumptions"])
    assert len({json.dumps(entry) for entry in data["assumptions"]}) == len(data["assumptions"])


def test_a_cell_without_alloy_is_run_once_at_each_rate(alloycell):
    told = alloycell("study", EXAMPLES / "lg-m50.toml", "--json").data
    assert told["simulated"]["layers"] == []
    assert [(run["rate"], run["diffusivity"]) for run in told["simulated"]["charges"]] == [
        ("C/10", "middle"), ("1C", "middle"),
    ]  # fmt: skip


def test_the_profile_the_error_and_the_plating_margin_are_told(alloycell):
    text = " ".join(alloycell("study", LAYERED).out.split())
    assert "Numerical error of these runs, at most: " in text
    assert "Through silicon film, collector to separator" in text
    assert "Least plating margin of the charge after the first discharge [mV]" in text
    assert "Note: In a charge at 1C at every diffusivity lithium would plate" in text


def test_the_rates_of_the_design_are_run(alloycell, tmp_path):
    text = LAYERED.read_text(encoding="utf-8").replace('rates = ["C/10", "1C"]', 'rates = ["C/3"]')
    (tmp_path / "cell.toml").write_text(text)
    out = alloycell("study", "cell.toml").out
    assert "C/3" in out
    assert "C/10" not in out


@pytest.mark.usefixtures("without_solver")
def test_without_the_solver_a_study_says_why_nothing_was_simulated(alloycell):
    ended = alloycell("study", LAYERED)
    assert ended.status == 0
    assert TITLE not in ended.out
    assert "Note: Nothing was simulated at a rate: The compiled solver is not built. Build it" in ended.out


def test_the_verdict_stays_on_equilibrium():
    told = []
    found = study(Cell.load(LAYERED), ["layered-negative"], told.append)
    binding = [clause.binding for clause in found.verdicts[0].clauses if clause.binding is not None]
    assert found.value("equilibrium_lithium_fraction") == pytest.approx(found.simulated.layers[0].equilibrium)
    assert any(entry.value == pytest.approx(found.simulated.layers[0].equilibrium) for entry in binding)
    assert "discharges at a rate" in told
