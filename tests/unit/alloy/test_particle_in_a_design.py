"""A particle as a material: its phases in a layer, its capacity by hand, its losses in the ledger, its clauses."""

from __future__ import annotations

import copy
import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from alloycell.cell import Cell, Datasheet
from alloycell.cell.figures import FIGURES, figure_at
from alloycell.electrode import solid_growth
from alloycell.errors import DesignError
from alloycell.studies import check_cell, study

EXAMPLE = Path(__file__).parents[3] / "examples" / "silicon-tin-layer.toml"
MAH = 3600.0
FARADAY = 96485.33212
TITANIUM, SILICON, OXYGEN = 47.867e-3, 28.0855e-3, 15.9994e-3


def tables(composition: dict[str, Any] | None = None, **particle: Any) -> dict[str, Any]:
    """The silicon-tin example with 70 % of a titanium-silicon particle in its layer."""
    given = tomllib.loads(EXAMPLE.read_text(encoding="utf-8"))
    held = {"composition": composition or {"Ti": "20 wt%", "Si": "rest"}, "diameter": "0.6 um", **particle}
    given["particles"] = {"titanium-silicon": held}
    given["negative"]["layers"][0]["recipe"] = {"titanium-silicon": "70 %", "graphite": "20 %", "PVA": "rest"}
    given.pop("specifications")
    return given


def value(cell: Cell, name: str) -> Any:
    return figure_at(name, Datasheet(cell))[1]


def free_silicon(titanium: float, silicon: float) -> float:
    """Mass of silicon that TiSi2 leaves free, per mass of particle."""
    return silicon - 2.0 * titanium / TITANIUM * SILICON


def test_a_layer_of_titanium_silicon_has_the_capacity_of_the_silicon_left_free():
    cell = Cell.of(tables(x_max={"Si": 3.75}))
    layer = value(cell, "negative.layers[0].theoretical_capacity") / MAH
    graphite = value(
        Cell.of(tables(x_max={"Si": 3.75})).with_("name", "same"), "negative.layers[0].theoretical_capacity"
    )
    assert graphite / MAH == layer
    parts = Datasheet(cell).negative[0].constituents
    carbon = next(part for part in parts if part.name == "graphite")
    curve = cell.library.hysteresis("graphite")
    own = 0.2 * FARADAY * (curve.full - curve.empty) / carbon.record.host_molar_mass.value / MAH
    assert layer - own == pytest.approx(0.7 * 2022.8, rel=2e-4)
    assert layer - own == pytest.approx(0.7 * free_silicon(0.2, 0.8) * FARADAY * 3.75 / SILICON / MAH, rel=1e-9)


def test_the_parts_of_a_particle_weigh_and_fill_what_the_particle_does():
    cell = Cell.of(tables({"Ti": "20 wt%", "O": "1 wt%", "N": "0.5 wt%", "Si": "rest"}, partition="milled in air"))
    sheet = Datasheet(cell)
    inside = [part for part in sheet.negative[0].constituents if part.particle is not None]
    assert sum(part.mass_fraction for part in inside) == pytest.approx(0.7, rel=1e-14)
    volume = sum(part.mass_fraction / part.density for part in inside)
    assert volume == pytest.approx(0.7 / sheet.particle.phases.density(), rel=1e-12)


def test_the_layer_swells_by_its_free_silicon_only():
    sheet = Datasheet(Cell.of(tables({"Ti": "20 wt%", "Si": "rest"})))
    made = sheet.negative[0]
    moles = 0.7 * free_silicon(0.2, 0.8) * made.size.loading / SILICON
    assert solid_growth(made, (3.0, 0.0), sheet.library) == pytest.approx(moles * 3.0 * 8.9e-6, rel=1e-3)


def test_oxygen_in_phase_a_is_an_entry_of_its_own_in_a_ledger_that_closes():
    given = tables({"Ti": "20 wt%", "O": "1 wt%", "Si": "rest"}, partition="all in phase A")
    sheet = Datasheet(Cell.of(given))
    mass = 0.7 * sheet.negative[0].size.loading
    entry = next(e for e in sheet.ledger.entries if e.compartment == "lost" and "oxygen" in e.label)
    assert entry.lithium[-1] == pytest.approx(mass * 0.01 / OXYGEN * 1.5, rel=1e-9)
    ends = sheet.particle.lost_to_oxygen
    assert (ends.low / MAH, ends.high / MAH) == pytest.approx((16.75, 33.5), rel=1e-3)
    assert float(np.max(sheet.ledger.closure)) < 1e-12


def test_oxide_on_the_surface_is_left_to_the_loss_of_the_records():
    given = tables({"Ti": "20 wt%", "O": "1 wt%", "Si": "rest"}, partition="all in phase B")
    bare = Datasheet(Cell.of(given))
    given["particles"]["titanium-silicon"] |= {"surface_oxide": "1 nm"}
    coated = Datasheet(Cell.of(given))
    assert [e.label for e in coated.ledger.entries] == [e.label for e in bare.ledger.entries]
    assert any("on the surface" in part.name for part in coated.negative[0].constituents)
    assert not coated.negative[0].losing()


def test_oxygen_that_nothing_places_takes_the_middle_between_nothing_and_lithium_oxide():
    sheet = Datasheet(Cell.of(tables({"Ti": "20 wt%", "O": "1 wt%", "Si": "rest"})))
    ends = sheet.particle.lost_to_oxygen
    placed = Datasheet(Cell.of(tables({"Ti": "20 wt%", "O": "1 wt%", "Si": "rest"}, partition="all in phase B")))
    lost = sheet.areal(sheet.negative, "lost") - placed.areal(placed.negative, "lost")
    assert ends.low == 0.0
    assert ends.high / MAH == pytest.approx(33.5, rel=1e-3)
    assert lost == pytest.approx(0.7 * sheet.negative[0].size.loading * ends.high / 2.0, rel=2e-2)


def test_a_batch_of_compositions_gives_what_each_one_gives():
    given = tables({"Ti": "20 wt%", "O": "1 wt%", "Si": "rest"}, partition="milled in air", surface_oxide="1 nm")
    cell, shares = Cell.of(given), np.linspace(0.02, 0.4, 7)
    batch = Datasheet(cell.with_("particles.titanium-silicon.composition.Ti", shares))
    for name in ("layer_capacity", "layer_density", "cell_mass", "cell_energy", "capacity_ratio", "silicon_share"):
        rows = np.broadcast_to(FIGURES[name].of(batch), shares.shape)
        for share, row in zip(shares, rows, strict=True):
            single = cell.with_("particles.titanium-silicon.composition.Ti", float(share))
            assert row == pytest.approx(value(single, name), rel=1e-12), name
    assert float(np.max(batch.ledger.closure)) < 1e-12


def test_the_key_changes_with_the_composition_and_with_the_partition():
    cell = Cell.of(tables({"Ti": "20 wt%", "O": "1 wt%", "Si": "rest"}, partition="milled in air"))
    other = cell.with_("particles.titanium-silicon.composition.Ti", "20.1 wt%")
    made = cell.with_("particles.titanium-silicon.partition", "milled in argon")
    assert len({cell.key, other.key, made.key}) == 3
    assert cell == Cell.of(tables({"Ti": "20 wt%", "O": "1 wt%", "Si": "rest"}, partition="milled in air"))


def test_the_key_changes_with_what_a_file_holds_and_not_with_its_place(tmp_path):
    rows = ["diameter [um],cumulative volume [%]", "0.1,0", "0.3,20", "0.5,50", "1.0,100"]
    keys = []
    for folder, last in (("one", "1.0,100"), ("two", "1.0,100"), ("three", "1.2,100")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "sizes.csv").write_text("\n".join([*rows[:-1], last]), encoding="utf-8")
        given = tables()
        given["particles"]["titanium-silicon"].pop("diameter")
        given["particles"]["titanium-silicon"]["powder"] = "sizes.csv"
        cell = Cell.of(given, folder=tmp_path / folder)
        keys.append(cell.key)
        assert value(cell, "particle_diameter") == pytest.approx(0.5e-6, rel=1e-6)
    assert keys[0] == keys[1] != keys[2]


def test_an_uncertain_composition_makes_capacity_and_clauses_uncertain():
    given = tables({"Ti": "20 +- 1 wt%", "O": "1 wt%", "N": "0.5 wt%", "Si": "rest"}, partition="milled in air")
    result = study(Cell.of(given))
    capacity = next(entry for entry in result.figures if entry.figure.name == "layer_capacity")
    slope = (1.0 + 2.0 * SILICON / TITANIUM) * 0.7 * 0.01
    full = Cell.of(given).library.hysteresis("silicon")
    expected = slope * FARADAY * (full.full - full.empty) / SILICON
    assert capacity.uncertainty == pytest.approx(expected, rel=0.02)


def test_atom_fractions_and_mass_fractions_give_the_same_layer():
    moles = {"Ti": 0.2 / TITANIUM, "Si": 0.8 / SILICON}
    share = 100.0 * moles["Ti"] / sum(moles.values())
    by_atoms = Cell.of(tables({"Ti": f"{share:.15f} at%", "Si": "rest"}))
    assert value(by_atoms, "layer_capacity") == pytest.approx(value(Cell.of(tables()), "layer_capacity"), rel=1e-12)
    assert by_atoms.with_("particles.titanium-silicon.composition.Ti", "10 at%").particles["titanium-silicon"].basis


def test_silicon_and_tin_by_symbol_are_the_layer_they_are_by_record():
    records, symbols = tables({"silicon": "80 %", "tin": "20 %"}), tables({"Si": "80 %", "Sn": "20 %"})
    one, two = (Cell.of(given) for given in (records, symbols))
    for name in ("layer_capacity", "layer_density", "silicon_share", "silicon_atom_share", "cell_energy"):
        assert value(one, name) == pytest.approx(value(two, name), rel=1e-12), name
    assert value(one, "silicon_tin_particles") is value(two, "silicon_tin_particles") is True


def test_the_major_component_counts_silicon_that_is_bound():
    cell = Cell.of(tables({"Si": "50 wt%", "Sn": "35 wt%", "Ti": "15 wt%"}))
    assert value(cell, "silicon_share") == pytest.approx(50 / 85, rel=1e-9)
    assert value(cell, "largest_element") == frozenset({"Si"})


def test_a_measured_phase_takes_the_place_of_equilibrium():
    cell = Cell.of(tables(phases={"Si": "60 +- 2 %", "TiSi2": "rest"}))
    labels = {part.name: part.mass_fraction for part in Datasheet(cell).negative[0].constituents}
    assert labels["silicon"] == pytest.approx(0.42, rel=1e-12)
    assert "particles.titanium-silicon.phases.Si" in cell.uncertainty


def test_a_compound_that_the_user_calls_active_takes_lithium():
    given = tables(roles={"TiSi2": "active"}, x_max={"Si": 3.75})
    sheet = Datasheet(Cell.of(given))
    assert [part.label for part in sheet.negative[0].alloying()] == [
        "silicon (in titanium-silicon)", "silicon of TiSi2 (in titanium-silicon)",
    ]  # fmt: skip
    assert float(np.max(sheet.ledger.closure)) < 1e-12


def test_a_particle_is_saved_and_read_again_whole(tmp_path):
    given = tables({"Ti": "10 +- 1 at%", "Si": "rest"}, phases={"Si": "70 +- 2 %", "TiSi2": "rest"})
    given["particles"]["titanium-silicon"]["contents"] = {"phase_a": {"O": "0.2 +- 0.1 wt%"}}
    cell = Cell.of(given)
    cell.save(tmp_path / "saved.toml")
    again = Cell.load(tmp_path / "saved.toml")
    assert again.key == cell.key


def test_a_design_is_held_against_the_two_phase_particle():
    given = tables(
        {"Ti": "20 wt%", "O": "1 wt%", "N": "0.5 wt%", "F": "0.01 wt%", "S": "0 wt%", "P": "0 wt%", "Si": "rest"},
        contents={"phase_a": {"O": "0.2 +- 0.05 wt%", "N": "0.1 +- 0.05 wt%"}},
        phase_b_passes_lithium=True, phase_b_boundary_share="82 +- 6 %",
    )  # fmt: skip
    verdict = check_cell(Cell.of(given), "two-phase-particle")
    assert {clause.name: clause.result for clause in verdict.clauses} == {f"claim {n}": "inside" for n in range(1, 7)}
    loose = copy.deepcopy(given)
    loose["particles"]["titanium-silicon"]["contents"]["phase_a"]["O"] = "0.35 +- 0.2 wt%"
    claims = {clause.name: clause.result for clause in check_cell(Cell.of(loose), "two-phase-particle").clauses}
    assert claims["claim 1"] == "undecidable"


def test_a_study_tells_of_its_particles():
    given = tables({"Ti": "20 wt%", "O": "1 wt%", "Si": "rest"}, partition="milled in air")
    result = study(Cell.of(given), ["two-phase-particle"])
    (entry,) = result.particles
    assert entry.name == "titanium-silicon"
    assert any("milled in air" in assumption.note for assumption in result.assumptions)
    assert any("COST" in source.title or "Ansara" in source.author for source in result.sources)
    assert result.to_dict()["particles"][0]["phases"]["Si"] == pytest.approx(0.55, abs=0.02)


def test_a_particle_by_records_has_no_part_in_it():
    assert study(Cell.load(EXAMPLE), []).particles == ()


@pytest.mark.parametrize(
    ("composition", "particle", "words"),
    [
        ({"Ti": "20 wt%", "W": "10 wt%", "Si": "rest"}, {}, ["composition holds the pair Ti-W", "has no data"]),
        ({"Ti": "20 wt%", "Unobtainium": "10 wt%", "Si": "rest"}, {}, ["composition.Unobtainium is no element"]),
        ({"Ti": "20 wt%", "Si": "70 wt%"}, {}, ["composition adds up to 90 %"]),
        ({"Ti": "20 wt%", "Si": "70 at%"}, {}, ["wt% and in at%"]),
        ({"Ti": "60 wt%", "Si": "rest"}, {}, ["composition has no phase that takes lithium"]),
        ({"Ti": "60 wt%", "W": "rest"}, {}, ["composition holds nothing that takes lithium"]),
        ({"Ti": "20 wt%", "F": "1 wt%", "Si": "rest"}, {"partition": "equilibrium"}, ["partition is equilibrium"]),
        (None, {"partition": "milled in arg"}, ["partition is", 'Did you mean "milled in argon"?']),
        (None, {"surface_oxide": "1 nm"}, ["surface_oxide cannot be", "more than the composition has"]),
        (None, {"powder": "nowhere.csv"}, ["powder and diameter are both given", "powder is"]),
        (None, {"phases": {"Si": "50 %", "ZrSi2": "rest"}}, ["phases.ZrSi2 holds Zr"]),
        (None, {"phases": {"Si": "50 %", "TiSi2": "40 %"}}, ["phases add up to 90 %"]),
        (None, {"roles": {"Foo": "active"}}, ["roles.Foo"]),
        (None, {"x_max": {"Ti": 2}}, ["x_max.Ti takes no lithium"]),
        (None, {"assessment": "latest"}, ["assessment is"]),
        (None, {"coefficients": {"C": 2}}, ["coefficients.C is none of O, N, F, S, P"]),
        ({"Ti": "20 wt%", "O": "0.1 wt%", "Si": "rest"}, {"contents": {"phase_b": {"O": "5 wt%"}}},
         ["contents cannot be", "exceeds the total of O"]),
        ({"Ti": "20 wt%", "O": "0.5 wt%", "Si": "rest"},
         {"contents": {"phase_a": {"O": "1 wt%"}, "phase_b": {"O": "1 wt%"}}},
         ["contents give", "One of the measurements"]),
        ({"Ti": "20 wt%", "O": "0.5 wt%", "Si": "rest"}, {"contents": {"particle": {"O": "1 wt%"}}},
         ["contents.particle.O is given twice"]),
        ({"silicon": "80 %", "tin": "rest"}, {"partition": "milled in air"}, ["partition does not apply"]),
    ],
)  # fmt: skip
def test_what_cannot_be_a_particle_is_refused_by_its_path(composition, particle, words):
    with pytest.raises(DesignError) as problem:
        Cell.of(tables(composition, **particle))
    told = str(problem.value)
    assert all(word in told for word in words), told
    assert all(fault.where.startswith(("particles.titanium-silicon", "negative")) for fault in problem.value.faults), (
        told
    )


def test_the_silicon_tin_layer_by_records_is_what_it_was_before_particles_had_phases():
    cell = Cell.load(EXAMPLE)
    before = {"layer_capacity": 7201309.224669739, "silicon_atom_share": 0.9441557447375406, "silicon_share": 0.8}
    for name, number in before.items():
        assert value(cell, name) == pytest.approx(number, rel=1e-15), name
    assert [part.label for part in Datasheet(cell).negative[0].constituents] == [
        "silicon (in Si80Sn20)", "tin (in Si80Sn20)", "graphite", "PVA",
    ]  # fmt: skip
    assert Datasheet(cell).particle is None
    verdict = check_cell(cell, "two-phase-particle")
    assert {clause.result for clause in verdict.clauses} == {"unknown"}


def test_generated_particles_in_a_cell_close_their_ledger_and_weigh_what_they_should():
    rng = np.random.default_rng(20)
    for _ in range(25):
        shares = {"Ti": rng.uniform(0, 12), "Sn": rng.uniform(0, 30), "O": rng.uniform(0, 2), "N": rng.uniform(0, 1)}
        composition = {**{x: f"{share:.6g} wt%" for x, share in shares.items()}, "Si": "rest"}
        partition = str(rng.choice(["milled in air", "milled in nitrogen", "all in phase A", "all in phase B"]))
        sheet = Datasheet(Cell.of(tables(composition, partition=partition)))
        assert float(np.max(sheet.ledger.closure)) < 1e-12
        inside = [part.mass_fraction for part in sheet.negative[0].constituents if part.particle is not None]
        assert sum(inside) == pytest.approx(0.7, rel=1e-12)
