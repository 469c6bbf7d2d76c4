"""Identities that every material record satisfies, whatever it holds.

For a host with content x [Li per host] and potential U [V]:

1. every number has a unit kind, a source that the record lists (or level ``assumed``) and a level;
2. capacity = F z / M, for each phase and for the whole curve;
3. U falls with x on each branch, and delithiation lies at or above lithiation;
4. a two-phase plateau is flat, and the integral of U dx over the steps is the sum of U times their lengths
   (which is -dG/F of the whole reaction), on either branch shifted by half the gap;
5. the volume path closes: ratio 1 where the material is as made, never below the bare host for alloys;
6. a table that was computed from a published formula is that formula, coefficients repeated here.

``KNOWN`` lists the failures that are known, each with its reason.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from pydantic import BaseModel

from alloycell.materials import (
    Alloying,
    Electrolyte,
    Host,
    Library,
    Positive,
    active_share,
    theoretical_capacity,
    volume_ratio,
)
from alloycell.materials.curve_file import read_curve
from alloycell.quantities import FARADAY, FloatArray
from alloycell.sources import Sourced

LIBRARY = Library.of()
EVERY = LIBRARY.names()
HOSTS = tuple(name for kind in ("alloying", "carbon", "positive") for name in LIBRARY.names(kind))
ALLOYING = LIBRARY.names("alloying")
CARBONS = LIBRARY.names("carbon")
POSITIVES = LIBRARY.names("positive")
PLATEAUS = tuple(name for name in HOSTS if LIBRARY.record(name).potential.form == "plateaus")
KNOWN: dict[tuple[str, str], str] = {
    ("practical below first charge", "NMC532"): "no first-cycle loss is sourced: both are the curve",
    ("practical below first charge", "NMC811"): "computed from the curve: no first-cycle loss is sourced",
    ("practical below first charge", "NCA"): "no first-cycle loss is sourced: both are the curve",
    ("practical below first charge", "LiNiO2"): "the curve ends before the usual cut-off: both are the curve",
}
Formula = Callable[[FloatArray], FloatArray]
# name, file, formula in the x of the table, first and last x
FORMULAS: tuple[tuple[str, str, Formula, float, float], ...] = (
    (
        "silicon",
        "silicon-lithiation.csv",
        lambda x: np.polyval([-96.63, 372.6, -587.6, 489.9, -232.8, 62.99, -9.286, 0.8633], x),
        0.0,
        1.0,
    ),
    (
        "silicon",
        "silicon-delithiation.csv",
        lambda x: np.polyval([-51.02, 161.3, -205.7, 140.2, -58.76, 16.87, -3.792, 0.9937], x),
        0.0,
        1.0,
    ),
    (
        "graphite",
        "graphite.csv",
        lambda x: (
            0.6379
            + 0.5416 * np.exp(-305.5309 * x)
            + 0.044 * np.tanh(-(x - 0.1958) / 0.1088)
            - 0.1978 * np.tanh((x - 1.0571) / 0.0854)
            - 0.6875 * np.tanh((x + 0.0117) / 0.0529)
            - 0.0175 * np.tanh((x - 0.5692) / 0.0875)
        ),
        0.0,
        1.0,
    ),
    (
        "graphite-Kokam",
        "graphite-Kokam.csv",
        lambda x: (
            0.716502 * np.exp(-369.028 * x)
            + 0.12193 * np.exp(-35.6478 * (x - 0.0530947))
            - 0.0189193 * np.tanh(21.1967 * (x - 0.196176))
            - 0.0169644 * np.tanh(27.1365 * (x - 0.312832))
            - 0.0199313 * np.tanh(28.5697 * (x - 0.614221))
            - 0.931153 * np.exp(36.328 * (x - 1.10743))
            + 0.140031
        ),
        0.0,
        1.0,
    ),
    ("soft-carbon", "soft-carbon.csv", lambda x: -0.132056 + 1.40854 * np.exp(-3.52312 * 0.67 * x), 0.0, 1.0),
    (
        "graphite-SiOx",
        "graphite-SiOx.csv",
        lambda x: (
            1.9793 * np.exp(-39.3631 * x)
            + 0.2482
            - 0.0909 * np.tanh(29.8538 * (x - 0.1234))
            - 0.04478 * np.tanh(14.9159 * (x - 0.2769))
            - 0.0205 * np.tanh(30.4444 * (x - 0.6103))
        ),
        0.0,
        1.0,
    ),
    (
        "LiMn2O4",
        "LiMn2O4.csv",
        lambda y: (
            4.19829
            + 0.0565661 * np.tanh(-14.5546 * y + 8.60942)
            - 0.0275479 * ((0.998432 - y) ** -0.492465 - 1.90111)
            - 0.157123 * np.exp(-0.04738 * y**8)
            + 0.810239 * np.exp(-40 * (y - 0.133875))
        ),
        0.17,
        0.9975,
    ),
    (
        "LiNiO2",
        "LiNiO2.csv",
        lambda y: (
            6.515
            + 2.3192 * y
            - 5.3342 * np.sqrt(y)
            + 0.41082 * np.exp(200 * (0.44 - y))
            - 0.24247 * np.exp(60 * (y - 0.99))
        ),
        0.45,
        1.0,
    ),
    (
        "NMC532",
        "NMC532.csv",
        lambda y: (
            np.polyval(
                [
                    -3640.11769200149,
                    13176.5754448427,
                    -14557.4206229136,
                    -1571.09426436509,
                    12656.309785124,
                    -2057.80887352635,
                    -10743.7433318619,
                    8698.11275534872,
                    -829.790460410703,
                    -2073.76554757481,
                    1190.22342119331,
                    -272.485166844578,
                    27.2340921804213,
                    -4.15827660360906,
                    5.3147356330003,
                ],
                y,
            )
            - 5.57319176272331e-4 * np.exp(6.56024084265969 * y**41.4820927506133)
        ),
        0.35,
        0.98,
    ),
    (
        "LFP",
        "LFP.csv",
        lambda y: 3.4077 - 0.020269 * y + 0.5 * np.exp(-150 * y) - 0.9 * np.exp(-30 * (1 - y)),
        0.0,
        1.0,
    ),
)


def numbers_of(node: Any, where: str) -> Iterator[tuple[str, Sourced[Any]]]:
    """Every sourced number of a record, with its dotted path."""
    if isinstance(node, Sourced):
        yield where, node
    elif isinstance(node, BaseModel):
        for field in type(node).model_fields:
            yield from numbers_of(getattr(node, field), f"{where}.{field}")
    elif isinstance(node, tuple):
        for index, part in enumerate(node):
            yield from numbers_of(part, f"{where}[{index}]")


def host(name: str) -> Host:
    """The record ``name``, which takes lithium."""
    record = LIBRARY.record(name)
    assert isinstance(record, Host)
    return record


def known(rule: str, name: str) -> None:
    """Marks a case that is in the table of known failures."""
    if (rule, name) in KNOWN:
        pytest.xfail(KNOWN[rule, name])


@pytest.mark.parametrize("name", EVERY)
def test_every_number_has_a_source_that_the_record_lists_and_a_level(name):
    record = LIBRARY.record(name)
    numbers = list(numbers_of(record, name))
    assert numbers
    for where, number in numbers:
        assert number.level in ("measured", "computed", "assumed"), where
        assert number.source in record.sources or (number.source, number.level) == ("memory", "assumed"), where
        assert np.isfinite(number.value), where


@pytest.mark.parametrize("name", EVERY)
def test_every_quantity_is_written_with_its_unit(name):
    text = LIBRARY.path(name).read_text(encoding="utf-8")
    without = {
        "x_max",
        "x_max_alternatives",
        "full",
        "as_made",
        "porosity",
        "first_cycle_efficiency",
        "content",
    }
    for line in text.splitlines():
        key = line.split(" = ")[0].strip()
        for value in re.findall(r"\{ value = ([^,}]+)", line):
            assert value.startswith('"') or key in without or key.startswith("{"), line


@pytest.mark.parametrize("name", EVERY)
def test_a_spread_holds_its_value(name):
    for where, number in numbers_of(LIBRARY.record(name), name):
        if number.spread is not None:
            low, high = number.spread
            assert low <= number.value <= high, where


@pytest.mark.parametrize("name", EVERY)
def test_every_source_is_used_and_its_doi_looks_like_one(name):
    record = LIBRARY.record(name)
    text = LIBRARY.path(name).read_text(encoding="utf-8")
    for key, source in record.sources.items():
        assert re.search(rf'source = "{key}"', text), key
        assert source.doi == "" or re.fullmatch(r"10\.\d{4,9}/\S+", source.doi), key


@pytest.mark.parametrize("name", ALLOYING)
def test_the_capacity_of_every_phase_is_faradays(name):
    element = host(name)
    assert isinstance(element, Alloying)
    per_gram = 26801.48 / (element.host_molar_mass.value * 1e3)
    ends = [phase.lithium_per_host for phase in element.phases]
    assert ends == sorted(ends) or name in ("germanium", "tin")
    for content in [*ends, element.x_max.value, element.potential.full.value]:
        expected = FARADAY * content / element.host_molar_mass.value / 3600
        assert per_gram * content == pytest.approx(expected, rel=1e-6)
    assert theoretical_capacity(element) / 3600 == pytest.approx(per_gram * element.potential.full.value, rel=1e-6)


@pytest.mark.parametrize(
    ("name", "phase", "milliamperehours"),
    [
        ("silicon", "Li15Si4", 3579),
        ("tin", "Li17Sn4", 960),
        ("germanium", "Li15Ge4", 1384),
        ("indium", "Li13In3", 1012),
        ("silver", "Li4Ag", 994),
        ("aluminium", "LiAl", 993),
        ("lead", "Li17Pb4", 550),
        ("antimony", "Li3Sb", 660),
        ("bismuth", "Li3Bi", 385),
        ("gallium", "Li2Ga", 769),
    ],
)
def test_the_lithium_rich_phase_holds_the_tabled_capacity(name, phase, milliamperehours):
    element = host(name)
    assert isinstance(element, Alloying)
    content = next(entry.lithium_per_host for entry in element.phases if entry.name == phase)
    capacity = FARADAY * content / element.host_molar_mass.value / 3600
    assert capacity == pytest.approx(milliamperehours, abs=0.5)


@pytest.mark.parametrize(
    ("name", "milliamperehours"),
    [
        ("LiCoO2", 273.8),
        ("LiMn2O4", 148.2),
        ("LiNiO2", 274.5),
        ("NMC532", 277.6),
        ("NCA", 278.9),
        ("LFP", 169.9),
    ],
)
def test_one_lithium_per_formula_unit_is_the_theoretical_capacity_of_a_positive(name, milliamperehours):
    assert theoretical_capacity(host(name)) / 3600 == pytest.approx(milliamperehours, abs=0.06)


@pytest.mark.parametrize("name", HOSTS)
def test_potential_falls_with_content_on_each_branch(name):
    curve = LIBRARY.hysteresis(name)
    for branch in (curve.lithiation, curve.delithiation):
        assert np.all(np.diff(branch.content) >= 0)
        assert np.all(np.diff(branch.potential) <= 0)
        assert branch.potential[0] > branch.potential[-1] or name in PLATEAUS


@pytest.mark.parametrize("name", HOSTS)
def test_no_published_curve_needs_a_correction_above_one_millivolt(name, record_property):
    record_property("largest correction [V]", (LIBRARY.largest_change(name), "<= 1e-3"))
    assert LIBRARY.largest_change(name) <= 1e-3


@pytest.mark.parametrize("name", HOSTS)
def test_delithiation_lies_at_or_above_lithiation(name):
    curve = LIBRARY.hysteresis(name)
    content = np.linspace(curve.empty, curve.full, 2001)
    gap = curve.delithiation.potential_at(content) - curve.lithiation.potential_at(content)
    assert gap.min() >= -1e-12
    potential = np.linspace(curve.lithiation.potential[-1] - 0.1, curve.delithiation.potential[0] + 0.1, 2001)
    for below in (True, False):
        pushed = curve.lithiation.content_at(potential, below=below)
        pulled = curve.delithiation.content_at(potential, below=below)
        assert np.all(pushed <= pulled + 1e-12)


@pytest.mark.parametrize("name", HOSTS)
def test_both_branches_share_their_walls(name):
    curve = LIBRARY.hysteresis(name)
    assert curve.lithiation.content[[0, -1]] == pytest.approx(curve.delithiation.content[[0, -1]])
    assert curve.full <= host(name).potential.full.value * (1 + 1e-9)
    assert curve.lithiation.potential[-1] >= 0


@pytest.mark.parametrize("name", PLATEAUS)
def test_a_two_phase_plateau_is_flat_and_its_energy_is_that_of_the_steps(name, record_property):
    data = host(name).potential
    assert data.gap is not None
    curve = LIBRARY.hysteresis(name)
    table = np.asarray(data.steps)
    energy = float(np.sum((table[:, 1] - table[:, 0]) * table[:, 2]))
    for branch, side in ((curve.lithiation, -0.5), (curve.delithiation, 0.5)):
        for start, end, level in table:
            inside = branch.potential_at(np.linspace(start + 1e-9, end - 1e-9, 5))
            assert inside == pytest.approx(level + side * data.gap.value, abs=1e-12)
        means = (branch.potential[1:] + branch.potential[:-1]) / 2
        integral = float(np.sum(means * np.diff(branch.content)))
        expected = energy + side * data.gap.value * curve.full
        record_property("integral of the potential, relative error", (abs(integral / expected - 1), "< 1e-12"))
        assert integral == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("name", HOSTS)
def test_the_volume_path_closes_where_the_material_is_as_made(name):
    record = host(name)
    made = record.as_made.value if isinstance(record, Positive) else 0.0
    assert volume_ratio(record, made) == pytest.approx(1.0, abs=1e-6)
    content = np.linspace(0, LIBRARY.hysteresis(name).full, 101)
    ratio = volume_ratio(record, content)
    assert ratio.shape == content.shape
    assert np.all(ratio > 0.5)
    if isinstance(record, Alloying):
        assert np.all(np.diff(ratio) > 0)


@pytest.mark.parametrize("name", ALLOYING)
def test_the_volume_rule_agrees_with_the_crystal_structures_of_the_phases(name, record_property):
    element = host(name)
    assert isinstance(element, Alloying)
    molar_lithium = 6.94e-3
    for phase in element.phases:
        if phase.density is None:
            continue
        mass = 1 + phase.lithium_per_host * molar_lithium / element.host_molar_mass.value
        lattice = mass * element.density.value / phase.density.value
        off = abs(volume_ratio(element, phase.lithium_per_host) / lattice - 1)
        record_property("volume ratio, relative difference", (off, "< 0.2"))
        # traps of the sources: lattices of LiGa, Li13In3 and a few more are from memory and part by a third
        assert volume_ratio(element, phase.lithium_per_host) == pytest.approx(lattice, rel=0.20)


@pytest.mark.parametrize("name", CARBONS)
def test_the_active_share_of_a_carbon_is_a_share(name):
    assert 0 < active_share(LIBRARY.record(name)) <= 1


@pytest.mark.parametrize("name", POSITIVES)
def test_a_positive_as_made_lies_on_its_curve(name):
    record = LIBRARY.record(name)
    assert isinstance(record, Positive)
    curve = LIBRARY.hysteresis(name)
    assert curve.empty < record.as_made.value <= curve.full + 1e-12
    assert curve.delithiation.potential[0] >= record.upper_potential.value


@pytest.mark.parametrize("name", POSITIVES)
def test_the_practical_capacity_of_a_positive_is_below_its_first_charge(name):
    record = LIBRARY.record(name)
    assert isinstance(record, Positive)
    left = LIBRARY.hysteresis(name).delithiation.content_at(record.upper_potential.value, below=False)
    charge = FARADAY * (record.as_made.value - float(left)) / record.host_molar_mass.value
    assert record.practical_capacity.value <= charge * 1.001
    known("practical below first charge", name)
    assert record.practical_capacity.value < charge * 0.999


@pytest.mark.parametrize(("name", "file", "formula", "first", "last"), FORMULAS)
def test_a_table_from_a_formula_is_that_formula(name, file, formula, first, last, record_property):
    record = host(name)
    x, potential = read_curve(LIBRARY.path(name).parent / "curves" / file)
    assert record.potential.formula
    assert (x[0], x[-1]) == (first, last)
    record_property("table against formula [V]", (np.max(np.abs(formula(x) - potential)), "< 1e-6"))
    assert np.max(np.abs(formula(x) - potential)) < 1e-6
    middle = (x[1:] + x[:-1]) / 2
    between = (potential[1:] + potential[:-1]) / 2
    record_property("between its points [V]", (np.max(np.abs(formula(middle) - between)), "< 5e-4"))
    assert np.max(np.abs(formula(middle) - between)) < 5e-4


def test_every_record_with_a_formula_is_recomputed_here():
    with_formula = {name for name in HOSTS if host(name).potential.formula}
    assert with_formula == {name for name, *_ in FORMULAS}


@pytest.mark.parametrize("name", LIBRARY.names("electrolyte"))
def test_the_transport_of_an_electrolyte_is_physical_where_its_salt_is(name):
    record = LIBRARY.record(name)
    assert isinstance(record, Electrolyte)
    assert record.transport_source in record.sources
    table = LIBRARY.transport(name)
    assert np.all(table[:, :4] > 0)
    assert np.all(np.abs(table[:, 4]) < 1)
    for temperature in np.unique(table[:, 0]):
        salt = table[table[:, 0] == temperature][:, 1]
        assert np.all(np.diff(salt) > 0)
        assert salt[0] <= record.concentration.value <= salt[-1]


def test_every_known_failure_names_a_record_and_a_reason():
    for (_, name), reason in KNOWN.items():
        assert name in EVERY
        assert len(reason) > 20
