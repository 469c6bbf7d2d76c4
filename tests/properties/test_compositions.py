"""Two thousand generated compositions: fractions add up, no assemblage is lower, nothing is mixed in silence."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from alloycell.alloy.assembly import alloy_phases
from alloycell.alloy.composition import Composition
from alloycell.alloy.elements import ELEMENTS, of_family
from alloycell.alloy.equilibrium import equilibrium
from alloycell.alloy.thermochemistry import shipped_thermochemistry
from alloycell.errors import AlloycellError, DesignError, MaterialError

SETS = 200
EACH = 10


def element_sets() -> list[tuple[str, ...]]:
    """Sets of 2 to 6 elements of which every pair has a record, at least one of them alloying."""
    records, generator = shipped_thermochemistry(), np.random.default_rng(20)
    names = [symbol for symbol in ELEMENTS if symbol not in ("Li", "F", "S", "P")]
    found = []
    while len(found) < SETS:
        chosen = [str(generator.choice(of_family("alloying")))]
        for symbol in generator.permutation(names):
            if (
                len(chosen) < 6
                and symbol not in chosen
                and all(frozenset((symbol, other)) in records.pairs for other in chosen)
            ):
                chosen.append(str(symbol))
        size = int(generator.integers(2, 7))
        if len(chosen) >= 2:
            found.append(tuple(chosen[: max(2, min(size, len(chosen)))]))
    return found


@pytest.fixture(scope="module")
def generated():
    generator = np.random.default_rng(21)
    systems = [shipped_thermochemistry().system(elements) for elements in element_sets()]
    shares = [generator.dirichlet(np.full(len(s.elements), 0.7), EACH) for s in systems]
    return [(s, x, equilibrium(s, x, strict=False)) for s, x in zip(systems, shares, strict=True)]


def test_fractions_add_up_and_give_the_composition_back(generated):
    assert sum(len(shares) for _, shares, _ in generated) == 2000
    for system, shares, found in generated:
        assert (found.fractions >= 0).all()
        np.testing.assert_allclose(found.fractions.sum(axis=-1), 1.0, rtol=0, atol=1e-12)
        np.testing.assert_allclose(found.masses().sum(axis=-1), 1.0, rtol=0, atol=1e-12)
        np.testing.assert_allclose(found.fractions @ system.composition.T, shares, rtol=0, atol=1e-12)


def test_no_phase_lies_below_the_energy_that_was_found(generated):
    for system, _, found in generated:
        slopes = system.enthalpy - found.potentials @ system.composition
        assert slopes.min() > -1e-3
        np.testing.assert_allclose((found.fractions * slopes).sum(axis=-1), 0.0, atol=1e-3)


def test_no_other_assemblage_of_the_same_composition_has_less_energy(generated):
    generator = np.random.default_rng(22)
    compared = 0
    for system, shares, found in generated:
        columns = list(itertools.combinations(range(len(system.phases)), len(system.elements)))
        picked = [columns[i] for i in generator.permutation(len(columns))[:60]]
        for basis in picked:
            matrix = system.composition[:, basis]
            if abs(np.linalg.det(matrix)) < 1e-9:
                continue
            amounts = np.linalg.solve(matrix, shares.T).T
            able = (amounts >= 0).all(axis=1)
            energy = amounts @ system.enthalpy[list(basis)]
            assert (energy[able] >= found.energy[able] - 1e-6).all()
            compared += int(able.sum())
    assert compared > 3000


def test_a_mixture_that_the_data_do_not_tell_is_refused_and_no_other(generated):
    refused = 0
    for system, shares, found in generated:
        for i, share in enumerate(shares):
            if found.unresolved[i]:
                refused += 1
                with pytest.raises(MaterialError, match=r"the pair|oxygen|nitrogen"):
                    equilibrium(system, share)
            else:
                free = [
                    p for p in system.phases if p.is_element and found.fractions[i][system.index(p.formula)] > 1e-12
                ]
                for first, second in itertools.combinations(free, 2):
                    pair = shipped_thermochemistry().pairs[first.elements | second.elements]
                    assert pair.status in ("no compound", "compounds")
    assert refused > 50


def test_particles_of_generated_compositions_balance_in_every_partition(generated):
    generator = np.random.default_rng(23)
    made = 0
    for system, shares, found in generated:
        metals = [symbol for symbol in system.elements if symbol not in ("O", "N")]
        if len(metals) != len(system.elements) or found.unresolved.all():
            continue
        rows = shares[~found.unresolved]
        total = generator.uniform(0.0, 0.1, (2, len(rows)))
        masses = {s: rows[:, i] * (1 - total.sum(axis=0)) for i, s in enumerate(system.elements)}
        composition = Composition.of_shares({**masses, "O": total[0], "N": total[1]})
        try:
            phases = alloy_phases(composition, "milled in argon")
        except MaterialError:
            continue  # by mass other metals may be left free than by atoms
        made += len(rows)
        assert np.abs(sum(np.asarray(p.mass) for p in phases.phases) - 1.0).max() < 1e-12
        assert max(np.abs(np.asarray(phases.balance(x))).max() for x in "ON") < 1e-12
        assert (np.asarray(phases.theoretical_capacity()) >= 0).all()
    assert made > 150


def test_malformed_compositions_are_refused_by_name_and_never_crash():
    generator = np.random.default_rng(24)
    parts = ["Si", "Ti", "Xx", "", "O", "silicon", "Li", 7, None, "Ti6", "F"]
    shares = [
        "rest",
        "10 wt%",
        "10 at%",
        "-1 %",
        "nan",
        "ten",
        0.5,
        None,
        True,
        float("inf"),
        "10 +- 200 wt%",
        [1],
        "1e999 wt%",
    ]
    accepted, refused = 0, []
    for _ in range(500):
        size = int(generator.integers(0, 4))
        names = [parts[i] for i in generator.integers(len(parts), size=size)]
        table = {name: shares[i] for name, i in zip(names, generator.integers(len(shares), size=size), strict=True)}
        try:
            alloy_phases(Composition.of(table), "milled in air")
            accepted += 1
        except AlloycellError as problem:
            refused.append(problem)
    assert all(isinstance(problem, DesignError | MaterialError) and str(problem) for problem in refused)
    assert accepted < 100
