"""Compositions: reading them, refusing them by name, and moving them by their uncertainties."""

from __future__ import annotations

import numpy as np
import pytest

from alloycell.alloy.composition import Composition
from alloycell.alloy.elements import (
    ELEMENTS,
    atom_fractions,
    atomic_mass,
    formula_atoms,
    mass_fractions,
    of_family,
    symbol_of,
)
from alloycell.errors import DesignError
from alloycell.materials import Alloying, Library


def test_atomic_masses_agree_with_the_material_records():
    library = Library.of()
    for symbol in of_family("alloying"):
        record = library.record(ELEMENTS[symbol].name)
        assert isinstance(record, Alloying)
        assert record.element == symbol
        assert record.host_molar_mass.value == pytest.approx(atomic_mass(symbol), rel=2e-6)


def test_masses_and_atoms_are_inverse_of_each_other():
    masses = {"Si": np.array([0.5, 0.2]), "Ti": np.array([0.3, 0.3]), "O": np.array([0.2, 0.5])}
    back = mass_fractions(atom_fractions(masses))
    for symbol, share in masses.items():
        np.testing.assert_allclose(back[symbol], share, rtol=1e-14)


def test_titanium_disilicide_holds_46_wt_percent_of_titanium():
    assert mass_fractions({"Ti": 1 / 3, "Si": 2 / 3})["Ti"] == pytest.approx(0.4601, abs=5e-5)
    assert mass_fractions({"Ti": 6 / 11, "Sn": 5 / 11})["Ti"] == pytest.approx(0.3261, abs=5e-5)


def test_a_formula_is_read_atom_by_atom():
    assert formula_atoms("Ti6Sn5") == {"Ti": 6, "Sn": 5}
    assert formula_atoms("SiO2") == {"Si": 1, "O": 2}


@pytest.mark.parametrize("text", ["", "ti6", "Ti0Si", "Ti-Si", "Xx2", "Si 2"])
def test_what_is_no_formula_is_refused(text):
    with pytest.raises(DesignError):
        formula_atoms(text)


def test_elements_may_be_named_in_words():
    assert symbol_of("Titanium") == "Ti"
    assert symbol_of("aluminum") == "Al"
    assert symbol_of("Li") is None


def test_the_rest_is_what_the_others_leave():
    composition = Composition.of({"silicon": "rest", "Ti": "20 wt%", "O": "1 wt%"})
    assert composition.masses()["Si"] == pytest.approx(0.79, rel=1e-15)
    assert composition.elements == ("Si", "Ti", "O")
    assert sum(composition.atoms().values()) == pytest.approx(1.0, rel=1e-15)


def test_atom_percent_and_weight_percent_of_one_alloy_agree():
    by_atoms = Composition.of({"Si": "85 at%", "Ti": "15 at%"})
    by_mass = Composition.of_shares(by_atoms.masses())
    assert by_mass.atoms()["Ti"] == pytest.approx(0.15, rel=1e-14)


def test_all_faults_of_a_composition_are_named_at_once():
    with pytest.raises(DesignError) as caught:
        Composition.of({"Titan": "5 wt%", "Xx": 0.1, "Si": "rest", "Ti": "-3 wt%", "Sn": "ten", "Ge": "rest"})
    told = str(caught.value)
    assert all(
        word in told
        for word in ("composition.Titan", "composition.Xx", "composition.Ti", "composition.Sn", '"rest" 2 times')
    )


@pytest.mark.parametrize(
    ("table", "word"),
    [
        ({}, "empty"),
        ({"Si": "50 wt%", "Ti": "40 wt%"}, "90 %"),
        ({"Si": "70 wt%", "Ti": "40 wt%", "Sn": "rest"}, "nothing is left"),
        ({"Si": "50 wt%", "Ti": "50 at%"}, "mixes"),
        ({"Si": "50 wt%", "silicon": "50 wt%"}, "twice"),
        ({"Li": "50 wt%", "Si": "rest"}, "Li"),
        ({"Si": float("nan"), "Ti": 0.5}, "finite"),
        ({3: 0.5, "Ti": 0.5}, "no element"),
        ({"Si": True}, "true"),
    ],
)
def test_a_composition_that_cannot_be_is_refused(table, word):
    with pytest.raises(DesignError, match=word):
        Composition.of(table)


def test_shares_by_atoms_are_refused_where_mass_is_needed():
    with pytest.raises(DesignError, match="mass"):
        Composition.of({"Si": "50 at%", "Ti": "50 at%"}, basis="mass")


def test_moving_a_share_leaves_the_sum_at_one():
    with_rest = Composition.of({"Si": "rest", "Ti": "20 +- 0.5 wt%", "O": "1.2 +- 0.2 wt%"})
    without = Composition.of({"Si": "78.8 wt%", "Ti": "20 +- 0.5 wt%", "O": "1.2 +- 0.2 wt%"})
    for composition in (with_rest, without):
        batch = composition.moved()
        assert batch is not None
        assert batch.shape == (4,)
        np.testing.assert_allclose(sum(np.asarray(share) for share in batch.stated.values()), 1.0, rtol=1e-14)
        np.testing.assert_allclose(np.asarray(batch.stated["Ti"])[:2], [0.205, 0.195])
    np.testing.assert_allclose(np.asarray(with_rest.moved().stated["O"])[:2], 0.012)


def test_an_uncertainty_larger_than_the_share_stops_at_zero():
    batch = Composition.of({"Si": "rest", "O": "0.1 +- 0.5 wt%"}).moved()
    assert float(np.min(batch.stated["O"])) == 0.0
    batch = Composition.of({"Si": "rest", "O": "99 +- 5 wt%"}).moved()
    assert float(np.min(batch.stated["Si"])) == 0.0


def test_the_uncertainty_of_a_sum_adds_in_squares():
    composition = Composition.of({"Si": "rest", "Ti": "20 +- 0.3 wt%", "O": "1.2 +- 0.4 wt%"})
    assert composition.uncertainty(lambda moved: moved.masses()["Si"]) == pytest.approx(0.005, rel=1e-9)


def test_a_composition_without_uncertainty_is_not_moved():
    composition = Composition.of({"Si": "rest", "Ti": "20 wt%"})
    assert composition.moved() is None
    assert composition.uncertainty(lambda moved: moved.masses()["Si"]) == 0.0


def test_the_largest_element_may_differ_by_mass_and_by_atoms():
    assert Composition.of({"Si": "40 wt%", "Sn": "60 wt%"}).largest() == ("Sn", "Si")
    assert Composition.of({"Si": "80 wt%", "Sn": "rest"}).largest() == ("Si", "Si")
