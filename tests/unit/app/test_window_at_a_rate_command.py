"""``alloycell window --simulated RATE`` adds the cut-offs at a rate to those at rest."""

from __future__ import annotations

from pathlib import Path

CELL = str(Path(__file__).resolve().parents[3] / "examples" / "silicon-tin-layer.toml")


def test_window_at_a_rate_stands_below_the_one_at_rest(alloycell):
    ended = alloycell("window", CELL, "--low", "20 at%", "--simulated", "C/10")
    assert ended.status == 0
    assert "Simulated at C/10" in ended.out
    assert "Low, middle and high are sourced diffusivities" in ended.out


def test_json_of_a_window_at_a_rate_has_one_entry_a_diffusivity(alloycell):
    told = alloycell("window", CELL, "--low", "20 at%", "--simulated", "1C", "--json").data
    assert [entry["level"] for entry in told["simulated"]] == ["low", "middle", "high"]
    assert alloycell("window", CELL, "--json").data["simulated"] == []


def test_a_rate_that_is_none_is_refused_with_a_sentence(alloycell):
    ended = alloycell("window", CELL, "--simulated", "quickly")
    assert ended.status == 2
    assert "quickly" in ended.err
