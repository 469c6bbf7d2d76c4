"""Making, changing, saving and comparing cells."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from alloycell.cell import Cell, Datasheet
from alloycell.cell.figures import FIGURES
from alloycell.declaration import tree
from alloycell.errors import DesignError, FormatError

EXAMPLE = Path(__file__).parents[3] / "examples" / "layered-silicon.toml"


@pytest.fixture
def cell() -> Cell:
    """The layered example, with uncertainties and shares that are "rest"."""
    return Cell.load(EXAMPLE)


def test_a_saved_cell_is_read_back_as_the_same_cell(cell, tmp_path):
    cell.save(tmp_path / "saved.toml")
    again = Cell.load(tmp_path / "saved.toml")
    assert again == cell
    assert again.key == cell.key
    assert tree(again) == tree(cell)


def test_a_saved_cell_keeps_its_uncertainties(cell, tmp_path):
    cell.save(tmp_path / "saved.toml")
    assert dict(cell.uncertainty)
    assert Cell.load(tmp_path / "saved.toml").uncertainty == cell.uncertainty


def test_a_saved_cell_keeps_what_was_given_as_rest(cell, tmp_path):
    cell.save(tmp_path / "saved.toml")
    text = (tmp_path / "saved.toml").read_text(encoding="utf-8")
    assert 'PVDF = "rest"' in text
    assert Cell.load(tmp_path / "saved.toml").negative.layers[0].rest == "PVDF"


def test_saving_again_over_a_saved_cell_changes_no_byte(cell, tmp_path):
    cell.save(tmp_path / "saved.toml")
    first = (tmp_path / "saved.toml").read_bytes()
    Cell.load(tmp_path / "saved.toml").save(tmp_path / "saved.toml")
    assert (tmp_path / "saved.toml").read_bytes() == first
    assert [path.name for path in tmp_path.iterdir()] == ["saved.toml"]


def test_a_cell_with_particles_is_saved_whole(cell, tmp_path):
    changes = {
        "particles": {"grain": {"composition": {"silicon": "80 %", "tin": "rest"}, "diameter": "0.5 +- 0.1 um"}},
        "negative.layers[1]": {"recipe": {"grain": "70 %", "PVA": "rest"}, "thickness": "20 um", "density": "1 g/cm3",
                               "active": {"silicon": {"structure": "crystalline"}}},
    }  # fmt: skip
    grains = cell.with_all(changes)
    grains.save(tmp_path / "saved.toml")
    again = Cell.load(tmp_path / "saved.toml")
    assert again == grains
    assert again.uncertainty["particles.grain.diameter"] == pytest.approx(1e-7, rel=1e-15)


def test_the_key_is_stable_and_follows_every_number(cell):
    assert re.fullmatch("[0-9a-f]{32}", cell.key)
    assert Cell.load(EXAMPLE).key == cell.key
    other = cell.with_("negative.layers[0].porosity", 0.36)
    assert other.key != cell.key
    assert other.with_("negative.layers[0].porosity", "35 %").key == cell.key
    assert cell.with_("lithium.target", "50 +- 1 at%").key != cell.key


def test_cells_are_equal_by_key_and_usable_in_sets(cell):
    twin = Cell.load(EXAMPLE)
    assert cell == twin
    assert len({cell, twin, cell.with_("separator.thickness", "25 um")}) == 2
    assert cell != "a cell"


def test_changing_a_cell_leaves_the_old_one_as_it_was(cell):
    before = cell.key
    changed = cell.with_("negative.layers[1].thickness", "3 um")
    assert changed.negative.layers[1].thickness == 3e-6
    assert cell.negative.layers[1].thickness == 2e-6
    assert cell.key == before


def test_a_whole_new_recipe_replaces_what_was_the_rest(cell):
    shares = {"graphite": 0.8, "carbon-black": 0.15, "PVDF": 0.05}
    plain = cell.with_("negative.layers[0].recipe", shares)
    assert (plain.negative.layers[0].recipe, plain.negative.layers[0].rest) == (shares, None)
    other = cell.with_("negative.layers[0].recipe", {"graphite": 0.8, "CMC": "rest"})
    assert other.negative.layers[0].rest == "CMC"


def test_an_uncertainty_can_be_stated_by_a_change(cell):
    changed = cell.with_("separator.thickness", "20 +- 1 um")
    assert changed.uncertainty["separator.thickness"] == pytest.approx(1e-6, rel=1e-15)


def test_a_batch_has_no_key_and_is_not_saved(cell, tmp_path):
    batch = cell.with_("negative.layers[1].thickness", np.array([1e-6, 2e-6]))
    assert batch.shape == (2,)
    with pytest.raises(DesignError, match="has no key"):
        _ = batch.key
    with pytest.raises(DesignError, match="cannot be saved"):
        batch.save(tmp_path / "batch.toml")
    assert not list(tmp_path.iterdir())


def test_fields_of_a_batch_must_have_one_shape(cell):
    with pytest.raises(DesignError, match=r"fields of different shapes: .*\(2,\).*\(3,\)"):
        cell.with_all({"negative.layers[0].thickness": np.full(2, 5e-5), "separator.thickness": np.full(3, 2e-5)})


def test_arrays_of_a_batch_are_copies_that_cannot_be_written(cell):
    given = np.array([1e-6, 2e-6])
    batch = cell.with_("negative.layers[1].thickness", given)
    given[0] = 9.0
    assert batch.negative.layers[1].thickness[0] == 1e-6
    with pytest.raises(ValueError, match="read-only"):
        batch.negative.layers[1].thickness[0] = 9.0


def test_a_batch_of_two_axes_keeps_both(cell):
    batch = cell.with_("negative.layers[1].thickness", np.array([[1e-6, 2e-6, 3e-6], [4e-6, 5e-6, 6e-6]]))
    for name in ("areal_capacity", "equilibrium_lithium_fraction", "areal_energy", "cell_mass", "ledger_closure"):
        assert FIGURES[name].of(Datasheet(batch)).shape == (2, 3), name


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        ("negative.layers[2].porosity", "does not exist"),
        ("negative.layers[0].porosiity", 'Did you mean "porosity"'),
        ("negative..layers", "cannot be read"),
        ("negative.layers[x]", "cannot be read"),
    ],
)
def test_a_path_that_leads_nowhere_is_refused_by_name(cell, path, sentence):
    with pytest.raises(DesignError, match=re.escape(sentence)):
        cell.with_(path, 0.3)


def test_a_file_that_is_not_there_is_refused_with_those_that_are(tmp_path):
    (tmp_path / "other.toml").write_text("format = 1", encoding="utf-8")
    with pytest.raises(FormatError, match=r"does not exist\. In that folder: other\.toml"):
        Cell.load(tmp_path / "cell.toml")


def test_lithium_by_dose_mass_film_or_target_is_the_same_lithium(cell):
    added = Datasheet(cell).lithium_added
    metal = Datasheet(cell).lithium_metal
    mass = added / 96485.33212 * metal.molar_mass.value
    for given in ({"dose": added}, {"mass": mass}, {"film": mass / metal.density.value}):
        assert Datasheet(cell.with_("lithium", given)).lithium_added == pytest.approx(added, rel=1e-14)
