"""Assumptions, sources, warnings and membership: what a design's numbers rest on and what it is made of."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from alloycell.cell import Cell, Datasheet
from alloycell.cell.figures import FIGURES
from alloycell.cell.provenance import assumptions, sources_used, warnings_of

EXAMPLE = Cell.load(Path(__file__).parents[3] / "examples" / "layered-silicon.toml")
GRAINS = {
    "particles": {"grain": {"composition": {"silicon": "80 wt%", "tin": "rest"}, "diameter": "0.5 um"}},
    "negative.layers[1]": {
        "recipe": {"grain": "70 %", "graphite": "20 %", "PVA": "rest"},
        "thickness": "20 um",
        "density": "1.2 g/cm3",
        "active": {"silicon": {"structure": "crystalline"}},
    },
}


def sheet(changes: dict[str, Any] | None = None) -> Datasheet:
    """The example with changes by path."""
    return Datasheet(EXAMPLE.with_all(changes or {}))


def assumed(changes: dict[str, Any] | None = None) -> set[str]:
    """Where the assumptions of the changed example stand."""
    return {entry.where for entry in assumptions(sheet(changes))}


def test_an_uptake_that_is_not_stated_is_an_assumption():
    assert "lithium.uptake" in assumed()
    assert "lithium.uptake" not in assumed({"lithium.uptake": 1.0})
    assert "lithium.uptake" not in assumed({"lithium": None})


def test_a_pore_share_that_is_not_stated_is_an_assumption():
    porous = "negative.layers[0].pore_share"
    assert porous not in assumed()
    assert porous in assumed({porous: None})
    assert porous not in assumed({porous: 0.0})


def test_a_dense_film_has_no_pores_to_assume_a_share_of():
    assert "negative.layers[1].pore_share" not in assumed({"negative.layers[1].pore_share": None})


def test_a_value_that_the_design_states_is_no_assumption_of_its_record():
    assert "silicon: first_cycle_loss" in assumed()
    assert "silicon: first_cycle_loss" not in assumed(
        {"negative.layers[1].active.silicon.first_cycle_loss": "90 mAh/g"}
    )
    assert "LiMn2O4: upper_potential" not in assumed({"positive.layers[0].active.LiMn2O4.upper_potential": "4.2 V"})


def test_every_source_is_named_once_in_order():
    found = [(source.author, source.year, source.title) for source in sources_used(sheet())]
    assert found == sorted(set(found))
    assert any("Verbrugge" in author for author, _, _ in found)


def warned(changes: dict[str, Any]) -> str:
    """All warnings of the changed example."""
    return "\n".join(warnings_of(sheet(changes)))


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"positive.layers[0].thickness": "250 um", "case": None}, "Lithium plates on the negative"),
        (
            {"negative.layers[0].active.graphite": {"first_cycle_efficiency": 0.05}, "lithium": None},
            "take more lithium",
        ),
        ({"lithium": {"dose": "1.4 mAh/cm2"}}, "formula (1) takes it to be empty"),
        ({"case.inner_height": "0.205 mm"}, "the case leaves 0.205 mm"),
        ({"negative.layers[0].porosity": "11 %", "negative.layers[0].pore_share": 1.0}, "% pores"),
    ],
)
def test_what_a_person_should_know_is_said_in_a_sentence(changes, sentence):
    assert sentence in warned(changes)
    assert sentence not in warned({})


def test_names_of_what_a_cell_is_made_of_come_from_its_records():
    names = {name: FIGURES[name].of(sheet()) for name in ("alloy_elements", "carbon_classes", "positive_families")}
    assert names == {
        "alloy_elements": {"Si"}, "carbon_classes": {"graphite"}, "positive_families": {"lithium manganese oxide"}
    }  # fmt: skip
    assert FIGURES["lithium_manganate"].of(sheet()) is True
    assert FIGURES["lithium_surface"].of(sheet()) == {"negative"}
    assert FIGURES["lithium_surface"].of(sheet({"lithium": None})) == frozenset()
    assert FIGURES["silicon_tin_particles"].of(sheet()) is False


def test_particles_of_silicon_and_tin_are_known_as_such():
    made = sheet(GRAINS)
    assert FIGURES["silicon_tin_particles"].of(made) is True
    assert FIGURES["alloy_elements"].of(made) == {"Si", "Sn"}
    assert FIGURES["largest_element"].of(made) == {"Si"}
    assert FIGURES["binder_polymers"].of(made) == {"polyvinyl alcohol"}
    assert FIGURES["has_binder"].of(made) is True
    assert FIGURES["has_conductive_additive"].of(made) is True
    assert FIGURES["particle_diameter"].of(made) == pytest.approx(5e-7, rel=1e-14)
    assert FIGURES["particle_number_mean"].of(made) is None


def test_shares_of_silicon_by_mass_and_by_atoms_follow_from_the_composition():
    made = sheet(GRAINS)
    assert FIGURES["silicon_share"].of(made) == pytest.approx(0.8, rel=1e-14)
    atoms = 0.8 / 28.0855, 0.2 / 118.71
    assert FIGURES["silicon_atom_share"].of(made) == pytest.approx(atoms[0] / sum(atoms), rel=1e-13)


def test_the_largest_element_of_a_batch_is_not_known():
    batch = sheet(GRAINS).cell.with_("particles.grain.composition.silicon", np.array([0.3, 0.8]))
    assert FIGURES["largest_element"].of(Datasheet(batch)) is None


def test_figures_that_a_design_does_not_have_are_none():
    bare = sheet({"negative.layers": [EXAMPLE.negative.layers[0].model_dump(exclude_none=True)], "lithium": None})
    for name in ("alloy_atoms", "x_max", "designed_lithium_fraction", "negative_capacity", "layer_capacity",
                 "capacity_ratio", "equilibrium_lithium_fraction", "np_after_dose"):  # fmt: skip
        assert FIGURES[name].of(bare) is None, name
    assert FIGURES["has_alloy_layer"].of(bare) is False
    assert FIGURES["lithium_added"].of(bare) == 0.0
