"""Figures of a particle: capacities of the requirement page, density, volume change, oxygen, measured phases."""

from __future__ import annotations

import numpy as np
import pytest

from alloycell.alloy.assembly import Settings, alloy_phases, measured_alloy_phases, phase_shares
from alloycell.alloy.composition import Composition
from alloycell.errors import DesignError, MaterialError
from alloycell.quantities import FARADAY

MAH_PER_G = 3600.0
FULL = Settings(stoichiometries={"Si": 3.75, "Sn": 4.4})
NEWER = Settings(stoichiometries={"Si": 3.75, "Sn": 4.4}, assessment="newer")


def alloy(host: str, titanium: float, settings: Settings = FULL):
    return alloy_phases(Composition.of({"Ti": f"{titanium} wt%", host: "rest"}), settings=settings)


@pytest.mark.parametrize(
    ("host", "titanium", "settings", "capacity"),
    [
        ("Si", 10, FULL, 2801),
        ("Si", 20, FULL, 2023),
        ("Si", 30, FULL, 1245),
        ("Si", 40, FULL, 467),
        ("Sn", 10, FULL, 689),
        ("Sn", 20, FULL, 384),
        ("Sn", 30, FULL, 79),
        ("Sn", 10, NEWER, 525),
        ("Sn", 20, NEWER, 56),
    ],
)
def test_the_capacities_of_the_requirement_page_come_out_of_the_hull(host, titanium, settings, capacity):
    phases = alloy(host, titanium, settings)
    assert phases.theoretical_capacity() / MAH_PER_G == pytest.approx(capacity, abs=0.6)
    assert phases.capacity_with({host: 1.0}) == pytest.approx(
        phases.theoretical_capacity() / FULL.stoichiometries[host]
    )


def test_the_two_assessments_of_titanium_and_tin_are_labelled():
    assert not any("Ti2Sn3" in line for line in alloy("Sn", 10).assumptions)
    assert any("Ti2Sn3" in line and "newer assessments" in line for line in alloy("Sn", 10, NEWER).assumptions)


def test_a_particle_of_disilicide_has_no_capacity():
    titanium = np.linspace(0.0, 0.5, 101)[1:]
    phases = alloy_phases(Composition.of_shares({"Ti": titanium, "Si": 1 - titanium}), settings=FULL)
    capacity = np.asarray(phases.theoretical_capacity())
    assert (np.diff(capacity[titanium < 0.46]) < 0).all()
    assert (capacity[titanium < 0.46] > 0).all()
    np.testing.assert_allclose(capacity[titanium > 0.4602], 0.0, atol=1e-6)


def test_silicon_tin_and_titanium_keep_tin_free():
    composition = Composition.of({"Si": "60 wt%", "Sn": "20 wt%", "Ti": "20 wt%"})
    phases = alloy_phases(composition, settings=FULL)
    fractions = phases.mass_fractions()
    assert set(fractions) == {"Si", "Sn", "TiSi2"}
    assert fractions["Sn"] == pytest.approx(0.2, abs=1e-12)
    assert fractions["TiSi2"] == pytest.approx(0.2 / 0.4601, rel=1e-4)
    assert composition.largest() == ("Si", "Si")


def test_an_alloy_of_silicon_and_tin_has_two_active_phases():
    phases = alloy_phases(Composition.of({"Si": "80 wt%", "Sn": "20 wt%"}), settings=FULL)
    assert [p.activity.role for p in phases.phases] == ["active", "active"]
    expected = 0.8 * 3.75 * FARADAY / 0.0280855 + 0.2 * 4.4 * FARADAY / 0.11871
    assert phases.theoretical_capacity() == pytest.approx(expected, rel=1e-9)
    assert phases.density() == pytest.approx(1 / (0.8 / 2330 + 0.2 / 7287), rel=1e-12)


def test_four_components_with_oxygen_and_nitrogen_close_to_the_last_digit():
    composition = Composition.of(
        {"Sn": "30 wt%", "Ti": "10 wt%", "Zr": "10 wt%", "Si": "rest", "O": "2 wt%", "N": "1 wt%"}
    )
    for partition in ("equilibrium", "milled in nitrogen"):
        phases = alloy_phases(composition, partition)
        assert sum(phases.mass_fractions().values()) == pytest.approx(1.0, abs=1e-12)
        assert sum(phases.volume_fractions().values()) == pytest.approx(1.0, abs=1e-12)
        assert sum(phases.atom_fractions().values()) == pytest.approx(1.0, abs=1e-12)
        assert max(abs(phases.balance(x)) for x in "ON") < 1e-12
        for symbol in ("Si", "Sn", "Ti", "Zr"):
            moles = sum(np.asarray(p.moles.get(symbol, 0.0)) for p in phases.phases)
            assert moles == pytest.approx(composition.moles((symbol,))[0], rel=1e-12)


def test_a_percent_of_oxygen_in_phase_a_costs_17_to_34_and_locks_16_mah_per_g():
    phases = alloy_phases(Composition.of({"Si": "99 wt%", "O": "1 wt%"}), "all in phase A", settings=FULL)
    loss, reversible = phases.oxygen_loss(), phases.reversible_capacity()
    assert loss.low / MAH_PER_G == pytest.approx(16.75, abs=0.01)
    assert loss.high / MAH_PER_G == pytest.approx(33.5, abs=0.01)
    assert phases.locked_capacity() / MAH_PER_G == pytest.approx(15.7, abs=0.01)
    assert (reversible.high - reversible.low) / MAH_PER_G == pytest.approx(15.7, abs=0.01)
    first = phases.first_charge_capacity()
    assert first.low <= first.high
    assert first.high - reversible.high == pytest.approx(loss.high)


def test_oxygen_in_phase_b_costs_nothing():
    composition = Composition.of({"Si": "79 wt%", "Ti": "20 wt%", "O": "1 wt%"})
    phases = alloy_phases(composition, "all in phase B", settings=FULL)
    assert phases.oxygen_loss().high == 0.0
    assert phases.reversible_capacity().low == phases.theoretical_capacity()


def test_silica_gives_its_silicon_back_on_the_first_charge():
    dissolved = alloy_phases(Composition.of({"Si": "96 wt%", "O": "4 wt%"}), "all in phase A", settings=FULL)
    silica = alloy_phases(Composition.of({"Si": "96 wt%", "O": "4 wt%"}), "equilibrium", settings=FULL)
    assert silica.theoretical_capacity() < dissolved.theoretical_capacity()
    for name in ("low", "high"):
        ours, theirs = getattr(silica.reversible_capacity(), name), getattr(dissolved.reversible_capacity(), name)
        assert ours == pytest.approx(theirs, rel=1e-12)


def test_an_inactive_phase_dilutes_the_volume_change():
    alone = alloy("Si", 1e-6)
    diluted = alloy("Si", 30)
    share = diluted.volume_fractions()["Si"]
    assert alone.volume_ratio() == pytest.approx(1 + 3.75 * 8.9 / 12.054, rel=1e-3)
    assert diluted.volume_ratio() - 1 == pytest.approx(share * (alone.volume_ratio() - 1), rel=1e-4)


def test_a_shell_around_a_core_has_the_volume_of_phase_b():
    phases = alloy("Si", 20)
    core = 1e-6
    thickness = phases.shell_thickness(core)
    volumes = phases.volume_fractions()
    assert ((core + 2 * thickness) ** 3 - core**3) / core**3 == pytest.approx(
        volumes["TiSi2"] / volumes["Si"], rel=1e-12
    )


def test_inert_atoms_lower_the_lithium_fraction():
    hosts, everything = alloy("Si", 20).lithium_fractions(3.75)
    assert hosts == pytest.approx(3.75 / 4.75, rel=1e-12)
    assert everything < hosts
    alone = alloy("Si", 1e-9).lithium_fractions(np.array([0.0, 1.0]))
    np.testing.assert_allclose(alone[0], alone[1], rtol=1e-6)


def test_the_capacity_per_volume_is_that_per_mass_times_the_density():
    phases = alloy("Si", 20)
    capacity = phases.theoretical_capacity()
    assert phases.per_volume(capacity) == pytest.approx(capacity * phases.density(), rel=1e-15)
    assert phases.density() == pytest.approx(1 / (0.5653 / 2330 + 0.4347 / 4000), rel=1e-3)


def test_the_uncertainty_of_the_composition_becomes_that_of_the_capacity():
    composition = Composition.of({"Ti": "20 +- 0.5 wt%", "Si": "rest"})
    spread = composition.uncertainty(lambda moved: alloy_phases(moved, settings=FULL).theoretical_capacity())
    assert spread / MAH_PER_G == pytest.approx(0.5 * 77.78, rel=1e-3)


def test_figures_of_the_claims_are_named():
    figures = alloy_phases(
        Composition.of({"Ti": "20 wt%", "Si": "rest", "O": "1 wt%"}), "milled in air"
    ).claim_figures()
    assert figures["phase_a_elements"] == frozenset({"Si"})
    assert figures["phase_b_elements"] == frozenset({"Si", "Ti"})
    assert figures["phase_a_absorbs_lithium"] is True
    assert figures["phase_b_absorbs_lithium"] is False
    assert 0 < figures["phase_a_oxygen"] < figures["phase_b_oxygen"]
    zirconium = alloy_phases(Composition.of({"Zr": "20 wt%", "Si": "rest"})).claim_figures()
    assert zirconium["phase_b_absorbs_lithium"] is None


def test_a_particle_without_phase_b_has_no_contents_of_it():
    figures = alloy_phases(Composition.of({"Si": "99 wt%", "O": "1 wt%"}), "milled in air").claim_figures()
    assert figures["phase_b_oxygen"] is None
    assert figures["phase_b_absorbs_lithium"] is None


def test_measured_phases_take_the_place_of_the_computed_ones():
    shares = phase_shares({"Si": "50 +- 2 %", "TiSi2": "40 %", "TiSi": "rest"})
    phases = measured_alloy_phases(shares, {"O": 0.02}, "milled in air", FULL)
    assert sum(phases.mass_fractions().values()) == pytest.approx(1.0, abs=1e-12)
    assert abs(phases.balance("O")) < 1e-12
    assert phases.theoretical_capacity() / MAH_PER_G == pytest.approx(0.49 * 3578.5, abs=0.5)
    spread = shares.uncertainty(
        lambda moved: measured_alloy_phases(moved, {"O": 0.02}, settings=FULL).theoretical_capacity()
    )
    assert spread / MAH_PER_G == pytest.approx(0.02 * 0.98 * 3578.5, rel=1e-3)


@pytest.mark.parametrize(
    ("table", "word"),
    [
        ({"Si": "50 %", "TiSi2": "40 %"}, "90 %"),
        ({"Si": "rest", "TiSi2": "rest"}, "2 times"),
        ({"Si": "60 %", "TiSi2": "60 %", "TiSi": "rest"}, "120 %"),
        ({"Silicon": "rest", "TiSi2": "60 %"}, "not a formula"),
        ({"Si": "much", "TiSi2": "60 %"}, "mass fraction"),
    ],
)
def test_measured_phases_that_cannot_be_are_refused(table, word):
    with pytest.raises(DesignError, match=word):
        phase_shares(table)


def test_a_measured_phase_without_record_is_refused_with_the_nearest():
    with pytest.raises(MaterialError, match="TiSi"):
        measured_alloy_phases(phase_shares({"Ti4Si": "rest", "Si": "50 %"}))
    with pytest.raises(MaterialError, match="oxide"):
        measured_alloy_phases(phase_shares({"SiO2": "rest", "Si": "50 %"}))
    with pytest.raises(MaterialError, match="equilibrium"):
        measured_alloy_phases(phase_shares({"Si": "100 %"}), None, "equilibrium")


def test_the_reading_of_a_phase_can_be_overruled():
    overruled = alloy_phases(
        Composition.of({"Zr": "20 wt%", "Si": "rest"}), settings=Settings(roles={"ZrSi2": "inactive"})
    )
    assert overruled.claim_figures()["phase_b_absorbs_lithium"] is False
    assert any("stated by the user" in line for line in overruled.assumptions)


def test_ten_thousand_compositions_are_one_batch():
    titanium, oxygen = np.meshgrid(np.linspace(0, 0.45, 100), np.linspace(0, 0.1, 100))
    shares = {"Ti": titanium * (1 - oxygen), "O": oxygen, "Si": (1 - titanium) * (1 - oxygen)}
    for partition in ("milled in air", "equilibrium"):
        phases = alloy_phases(Composition.of_shares(shares), partition, settings=FULL)
        assert np.asarray(phases.theoretical_capacity()).shape == (100, 100)
        assert np.abs(np.asarray(phases.balance("O"))).max() < 1e-12
        assert np.abs(sum(np.asarray(p.mass) for p in phases.phases) - 1.0).max() < 1e-12
