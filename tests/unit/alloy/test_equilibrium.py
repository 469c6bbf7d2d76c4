"""Phases of lowest energy: against enumeration, against another solver, and against known numbers."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from scipy.optimize import linprog

from alloycell.alloy.activity import activity_of, potential_if_lithiated
from alloycell.alloy.elements import ELEMENTS, atomic_mass, of_family
from alloycell.alloy.equilibrium import equilibrium, release_cost
from alloycell.alloy.thermochemistry import System, shipped_thermochemistry
from alloycell.errors import MaterialError, RangeError

SYSTEMS = [
    ("Si", "Ti"),
    ("Sn", "Ti"),
    ("Si", "Sn", "Ti"),
    ("Si", "Sn", "Zr"),
    ("Si", "Ni"),
    ("Si", "Y", "O"),
    ("Al", "Si", "Zr"),
    ("Si", "Ti", "O", "N"),
]


def system_of(*elements: str, assessment: str = "") -> System:
    return shipped_thermochemistry().system(elements, assessment)


def by_mass(system: System, **masses: float) -> np.ndarray:
    rows = [np.asarray(masses[symbol], dtype=float) / atomic_mass(symbol) for symbol in system.elements]
    return np.stack(np.broadcast_arrays(*rows), axis=-1)


def lowest_by_enumeration(system: System, shares: np.ndarray) -> float:
    """Least energy [J/mol of atoms] over every set of as many phases as elements that can make ``shares``."""
    columns = np.array(list(itertools.combinations(range(len(system.phases)), len(system.elements))))
    matrices = np.moveaxis(system.composition[:, columns], 0, 1)
    solvable = np.abs(np.linalg.det(matrices)) > 1e-12
    amounts = np.linalg.solve(
        matrices[solvable], np.broadcast_to(shares[:, None], (int(solvable.sum()), len(shares), 1))
    )
    able = (amounts[..., 0] >= -1e-12).all(axis=1)
    return float((amounts[able, :, 0] * system.enthalpy[columns[solvable][able]]).sum(axis=1).min())


@pytest.mark.parametrize("elements", SYSTEMS, ids="-".join)
def test_the_hull_has_the_least_energy_of_all_assemblages_there_are(elements):
    system = system_of(*elements)
    generator = np.random.default_rng(4)
    shares = generator.dirichlet(np.ones(len(elements)), 8)
    found = equilibrium(system, shares, strict=False)
    for energy, share in zip(found.energy, shares, strict=True):
        assert energy == pytest.approx(lowest_by_enumeration(system, share), rel=1e-10, abs=1e-6)


@pytest.mark.parametrize("elements", [*SYSTEMS, ("Si", "Sn", "Ti", "Zr", "O", "N")], ids="-".join)
def test_facet_by_facet_and_one_linear_programme_a_composition_agree(elements):
    system = system_of(*elements)
    shares = np.random.default_rng(5).dirichlet(np.ones(len(elements)), 12)
    found = equilibrium(system, shares, strict=False)
    for i, share in enumerate(shares):
        solved = linprog(system.enthalpy / 1e3, A_eq=system.composition, b_eq=share, method="highs")
        assert found.energy[i] == pytest.approx(1e3 * solved.fun, rel=1e-8, abs=1e-5)
        np.testing.assert_allclose(found.fractions[i], solved.x, atol=1e-7)


def test_a_batch_equals_its_single_compositions():
    system = system_of("Si", "Sn", "Ti", "O")
    shares = np.random.default_rng(6).dirichlet(np.ones(4), (5, 7))
    batch = equilibrium(system, shares, strict=False)
    assert batch.fractions.shape == (5, 7, len(system.phases))
    for index in np.ndindex(5, 7):
        single = equilibrium(system, shares[index], strict=False)
        np.testing.assert_allclose(batch.fractions[index], single.fractions, rtol=1e-12, atol=1e-12)
        np.testing.assert_allclose(batch.energy[index], single.energy, rtol=1e-12)


def test_titanium_in_silicon_is_bound_as_disilicide_up_to_46_wt_percent():
    system = system_of("Si", "Ti")
    titanium = np.array([0.1, 0.3, 0.45, 0.47, 0.5])
    names = equilibrium(system, by_mass(system, Si=1 - titanium, Ti=titanium)).named()
    assert set(names) == {"Si", "TiSi2", "TiSi"}
    assert (names["Si"][:3] > 0).all()
    assert (names["Si"][3:] == 0).all()
    assert (names["TiSi"][3:] > 0).all()


def test_at_the_composition_of_the_disilicide_there_is_nothing_else():
    system = system_of("Si", "Ti")
    titanium = atomic_mass("Ti") / (atomic_mass("Ti") + 2 * atomic_mass("Si"))
    assert titanium == pytest.approx(0.4601, abs=5e-5)
    names = equilibrium(system, by_mass(system, Si=1 - titanium, Ti=titanium)).named()
    assert names["TiSi2"] == pytest.approx(1.0, abs=1e-12)


def test_titanium_goes_to_silicon_until_silicon_is_exhausted():
    system = system_of("Si", "Sn", "Ti")
    rich = equilibrium(system, np.array([0.5, 0.3, 0.2])).named()
    assert set(rich) == {"Si", "Sn", "TiSi2"}
    poor = equilibrium(system, np.array([0.1, 0.6, 0.3])).named()
    assert "Si" not in poor
    assert rich["Sn"] == pytest.approx(0.3, abs=1e-12)


def test_fifteen_atom_percent_of_titanium_in_silicon_is_the_lever_rule():
    system = system_of("Si", "Ti")
    names = equilibrium(system, np.array([0.85, 0.15])).named()
    assert names["Si"] == pytest.approx(0.55, abs=1e-12)
    assert names["TiSi2"] == pytest.approx(0.45, abs=1e-12)


def test_the_newer_assessment_adds_a_tin_richer_stannide():
    older = equilibrium(system_of("Sn", "Ti"), np.array([0.8, 0.2])).named()
    newer = equilibrium(system_of("Sn", "Ti", assessment="newer"), np.array([0.8, 0.2])).named()
    assert set(older) == {"Sn", "Ti6Sn5"}
    assert set(newer) == {"Sn", "Ti2Sn3"}
    assert shipped_thermochemistry().assessments(("Sn", "Ti")) == ("newer",)


def test_pairs_without_data_are_refused_by_name_all_at_once():
    with pytest.raises(MaterialError) as caught:
        system_of("Si", "Nd", "Sb", "W")
    told = str(caught.value)
    assert all(pair in told for pair in ("Si-Nd", "Sb-Nd", "Sb-W", "Nd-W"))
    assert "Si-Sb" not in told


def test_no_compound_is_a_record_with_a_source():
    records = shipped_thermochemistry()
    pair = records.pairs[frozenset(("Si", "Sn"))]
    assert pair.status == "no compound"
    assert records.source_of(pair.source).year == 1933


@pytest.mark.parametrize(
    ("elements", "amounts", "word"),
    [
        (("Si", "Ge"), (0.5, 0.5), "Si-Ge"),
        (("Si", "Cu"), (0.5, 0.5), "Si-Cu"),
        (("Si", "Ce"), (0.2, 0.8), "Si-Ce"),
        (("Ti", "Zr"), (0.5, 0.5), "Ti-Zr"),
        (("Sn", "N"), (0.9, 0.1), "nitrogen"),
        (("Si", "O"), (0.2, 0.8), "oxygen"),
    ],
)
def test_elements_that_would_be_mixed_in_silence_are_refused_by_name(elements, amounts, word):
    system = system_of(*elements)
    order = [elements.index(symbol) for symbol in system.elements]
    with pytest.raises(MaterialError, match=word):
        equilibrium(system, np.array(amounts)[order])
    assert equilibrium(system, np.array(amounts)[order], strict=False).unresolved


def test_a_solution_pair_is_fine_where_both_are_bound():
    system = system_of("Si", "Ti", "Zr")
    assert set(equilibrium(system, np.array([0.8, 0.1, 0.1])).named()) == {"Si", "TiSi2", "ZrSi2"}


@pytest.mark.parametrize("amounts", [[0.5], [-0.1, 1.1], [0.0, 0.0], [np.nan, 1.0]])
def test_amounts_that_cannot_be_are_refused(amounts):
    with pytest.raises(RangeError):
        equilibrium(system_of("Si", "Ti"), np.array(amounts))


@pytest.mark.parametrize(
    ("formula", "host", "metal", "cost"),
    [
        ("TiSi2", "Si", "Ti", 20.0),
        ("ZrSi2", "Si", "Zr", 1.5),
        ("CeSi2", "Si", "Ce", 39.3),
        ("PrSi2", "Si", "Pr", 28.3),
        ("FeSi2", "Si", "Fe", 9.4),
        ("ZrSn2", "Sn", "Zr", 70.5),
        ("CeSn3", "Sn", "Ce", 0.1),
    ],
)
def test_drawing_the_host_out_of_phase_b_costs_what_the_table_says(formula, host, metal, cost):
    assert release_cost(system_of(host, metal), formula, host) / 1e3 == pytest.approx(cost, abs=0.1)


def test_a_free_element_gives_itself_up_for_nothing():
    assert release_cost(system_of("Si", "Ti"), "Si", "Si") == 0.0
    with pytest.raises(RangeError):
        release_cost(system_of("Si", "Ti"), "TiSi2", "Sn")


def test_titanium_disilicide_would_lithiate_above_zero_volts():
    assert potential_if_lithiated("Si", 19990.0) == pytest.approx(0.236, abs=1e-3)
    assert potential_if_lithiated("Sn", 70500.0) == pytest.approx(0.345, abs=1e-3)
    assert potential_if_lithiated("Ge", 1.0) is None


def test_a_phase_is_active_inactive_or_undetermined_by_a_stated_rule():
    records = shipped_thermochemistry()
    roles = {
        f: activity_of(records.compound(f), records) for f in ("Si", "TiSi2", "ZrSi2", "CeSi2", "NiSi2", "Ti", "ZrSn2")
    }
    assert {f: a.role for f, a in roles.items()} == {
        "Si": "active",
        "TiSi2": "inactive",
        "ZrSi2": "undetermined",
        "CeSi2": "inactive",
        "NiSi2": "undetermined",
        "Ti": "inactive",
        "ZrSn2": "inactive",
    }
    assert "kinetic" in roles["CeSi2"].reason
    assert "kinetic" in roles["TiSi2"].reason
    assert activity_of(records.compound("ZrSi2"), records, threshold=1e3).role == "inactive"
    assert activity_of(records.compound("ZrSi2"), records, overrides={"ZrSi2": "active"}).role == "active"


def test_every_number_of_the_data_has_a_source_or_says_it_is_assumed():
    records = shipped_thermochemistry()
    for entry in (*records.compounds, *records.pairs.values()):
        known = entry.source in records.sources
        assert known or (entry.source == "memory" and entry.level == "assumed"), entry
    for compound in records.compounds:
        assert compound.density_source in ("crc", "memory", "")
        assert (compound.density is None) == (compound.formula in ("O2", "N2"))
        assert compound.enthalpy <= 0.0
        assert compound.is_element == (compound.enthalpy == 0.0)


def test_every_pair_record_agrees_with_the_compounds():
    records = shipped_thermochemistry()
    binary = {c.elements for c in records.compounds if len(c.elements) == 2}
    for key, pair in records.pairs.items():
        assert (pair.status == "compounds") == (key in binary), pair
        assert not pair.not_free or pair.not_free in pair.elements
    assert binary <= set(records.pairs)
    formulas = [c.formula for c in records.compounds]
    assert len(set(formulas)) == len(formulas)


def test_every_alloying_element_and_getter_has_a_record_of_its_own():
    records = shipped_thermochemistry()
    free = {next(iter(c.elements)) for c in records.compounds if c.is_element}
    assert free == set(ELEMENTS) - {"Li", "F", "S", "P"}
    assert set(of_family("alloying")) <= free


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    ("shares", "expected"),
    [
        ({"Si": 0.85, "Ti": 0.15}, {"DIAMOND_A4": "Si", "SI2TI": "TiSi2"}),
        ({"Sn": 0.8, "Ti": 0.2}, {"BCT_A5": "Sn", "SN5TI6": "Ti6Sn5"}),
        ({"Si": 0.5, "Sn": 0.3, "Ti": 0.2}, {"DIAMOND_A4": "Si", "BCT_A5": "Sn", "SI2TI": "TiSi2"}),
        ({"Si": 0.9, "Zr": 0.1}, {"DIAMOND_A4": "Si", "SI2ZR": "ZrSi2"}),
    ],
    ids=["Si-Ti", "Sn-Ti", "Si-Sn-Ti", "Si-Zr"],
)
def test_the_fractions_are_those_of_a_full_calphad_database(shares, expected):
    pycalphad = pytest.importorskip("pycalphad")
    from pathlib import Path

    path = Path(pycalphad.__file__).parent / "tests" / "databases" / "COST507.tdb"
    if not path.is_file():
        pytest.skip("the database does not come with this pycalphad")
    database, v = pycalphad.Database(str(path)), pycalphad.variables
    components = [*(symbol.upper() for symbol in shares), "VA"]
    phases = [name for name in database.phases if name != "GAS"]
    conditions = {v.T: 298.15, v.P: 101325, v.N: 1}
    conditions |= {v.X(symbol.upper()): share for symbol, share in list(shares.items())[1:]}
    solved = pycalphad.equilibrium(database, components, phases, conditions)
    amounts = dict.fromkeys(expected.values(), 0.0)
    for name, amount in zip(solved.Phase.values.ravel(), solved.NP.values.ravel(), strict=True):
        if name and amount > 1e-6:
            amounts[expected[str(name)]] += float(amount)
    system = system_of(*shares)
    ours = equilibrium(system, np.array([shares[symbol] for symbol in system.elements])).named()
    assert {name: round(float(share), 3) for name, share in ours.items()} == pytest.approx(amounts, abs=2e-3)
