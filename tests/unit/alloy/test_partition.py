"""Where oxygen and nitrogen sit: exchange enthalpies, process coefficients, measured contents, the surface."""

from __future__ import annotations

import numpy as np
import pytest

from alloycell.alloy.assembly import (
    Settings,
    SurfaceOxide,
    alloy_phases,
    partition_limits,
    total_that_reaches,
)
from alloycell.alloy.composition import Composition
from alloycell.alloy.equilibrium import equilibrium
from alloycell.alloy.partition import (
    Contents,
    Process,
    exchange,
    exchange_of,
    process_masses,
    process_named,
    processes,
    surface_share,
)
from alloycell.alloy.thermochemistry import shipped_thermochemistry
from alloycell.errors import MaterialError, RangeError

SILICON = Composition.of({"Ti": "20 wt%", "Si": "rest", "O": "2 wt%", "N": "1 wt%"})
ZIRCONIUM = Composition.of({"Zr": "25 wt%", "Si": "rest", "O": "2 wt%"})
TIN = Composition.of({"Ti": "15 wt%", "Sn": "rest", "O": "2 wt%", "N": "1 wt%"})
EVERYTHING = Composition.of({"Sn": "30 wt%", "Ti": "10 wt%", "Zr": "10 wt%", "Si": "rest", "O": "2 wt%", "N": "1 wt%"})


@pytest.mark.parametrize(
    ("host", "metal", "element", "host_phase", "other", "expected"),
    [
        ("Si", "Ti", "O", "SiO2", "TiO2", -70.9),
        ("Si", "Ti", "N", "Si3N4", "TiN", -24.6),
        ("Si", "Zr", "O", "SiO2", "ZrO2", 10.5),
        ("Si", "Zr", "N", "Si3N4", "ZrN", -4.2),
        ("Si", "Y", "O", "SiO2", "Y2O3", 33.6),
        ("Si", "Y", "N", "Si3N4", "YN", -106.1),
        ("Si", "La", "O", "SiO2", "La2O3", 28.9),
        ("Si", "La", "N", "Si3N4", "LaN", -53.3),
        ("Si", "Ce", "O", "SiO2", "Ce2O3", 22.4),
        ("Si", "Ce", "N", "Si3N4", "CeN", -41.4),
        ("Sn", "Ti", "O", "SnO2", "TiO2", 148.4),
        ("Sn", "Ti", "N", "", "TiN", 266.8),
        ("Sn", "Zr", "O", "SnO2", "ZrO2", 143.0),
        ("Sn", "Zr", "N", "", "ZrN", 113.5),
        ("Sn", "Ce", "O", "SnO2", "Ce2O3", 147.6),
        ("Sn", "Ce", "N", "", "CeN", 82.5),
        ("Sn", "La", "O", "SnO2", "La2O3", 146.4),
        ("Sn", "La", "N", "", "LaN", 59.0),
    ],
)
def test_exchange_enthalpies_follow_from_the_hull(host, metal, element, host_phase, other, expected):
    records = shipped_thermochemistry()
    system = records.system((host, metal))
    found = equilibrium(system, np.array([0.95, 0.05]))
    assert system.elements[0] == host
    enthalpy = exchange_of(system, found.potentials, element, host_phase, other, records)
    assert enthalpy / 1e3 == pytest.approx(expected, abs=0.2)


def exchange_in(composition: Composition, element: str):
    records = shipped_thermochemistry()
    metals = tuple(s for s in composition.elements if s not in ("O", "N"))
    system = records.system(metals)
    amounts = composition.moles(system.elements)
    found = equilibrium(system, amounts)
    return exchange(system, found.potentials, amounts, element, records)


def test_equilibrium_puts_oxygen_on_the_silicon_side_beside_titanium():
    assert exchange_in(SILICON, "O").decision == -1
    phases = alloy_phases(SILICON)
    assert phases.phase("SiO2") is not None
    assert phases.content("B", "O", "N") == pytest.approx(0.0, abs=1e-15)
    assert phases.content("A", "O", "N", enclosed=False) == pytest.approx(0.0, abs=1e-15)


def test_equilibrium_is_undecidable_beside_zirconium():
    found = exchange_in(ZIRCONIUM, "O")
    assert found.decision == 0
    assert abs(found.enthalpy) < 15e3
    phases = alloy_phases(ZIRCONIUM)
    figures = phases.claim_figures()
    assert not phases.decided("O")
    assert figures["phase_a_oxygen"] is None
    assert figures["phase_b_oxygen"] is None
    assert figures["particle_oxygen"] == pytest.approx(0.02)


def test_equilibrium_puts_oxygen_and_nitrogen_on_the_titanium_side_in_tin():
    assert exchange_in(TIN, "O").decision == 1
    assert exchange_in(TIN, "N").decision == 1
    figures = alloy_phases(TIN).claim_figures()
    assert figures["phase_a_oxygen"] == pytest.approx(0.0, abs=1e-15)
    assert figures["phase_b_nitrogen"] > 0.01


def test_silicon_alone_takes_all_oxygen():
    phases = alloy_phases(Composition.of({"Si": "98 wt%", "O": "2 wt%"}))
    assert phases.decided("O")
    assert set(phases.mass_fractions()) == {"Si", "SiO2"}


@pytest.mark.parametrize("name", sorted(processes()))
def test_every_preset_reaches_the_ratio_it_states_and_closes_the_balance(name):
    phases = alloy_phases(EVERYTHING, name)
    process = process_named(name)
    for element in ("O", "N"):
        ratio = phases.content("B", element) / phases.content("A", element)
        assert ratio == pytest.approx(process.coefficients[element].value, rel=1e-9)
        assert abs(phases.balance(element)) < 1e-12
    assert "assumed" in phases.partition
    assert all(k.level == "assumed" and k.low <= k.value <= k.high for k in process.coefficients.values())
    assert set(process.coefficients) == {"O", "N", "F", "S", "P"}


def test_all_five_elements_are_shared_out():
    composition = Composition.of(
        {"Ti": "20 wt%", "Si": "rest", "O": 0.02, "N": 0.01, "F": 0.001, "S": 0.002, "P": 0.003}
    )
    phases = alloy_phases(composition, "milled in air")
    assert max(abs(phases.balance(x)) for x in "ONFSP") < 1e-12
    assert phases.claim_figures()["particle_sulfur"] == pytest.approx(0.002)


def test_the_two_phase_balance_is_the_special_case():
    phases = alloy_phases(SILICON, "milled in air")
    share = phases.mass_fraction("B")
    for element in ("O", "N"):
        whole = (1 - share) * phases.content("A", element) + share * phases.content("B", element)
        assert whole == pytest.approx(phases.totals[element], abs=1e-12)


def test_a_process_of_ones_own_is_read_and_a_wrong_one_refused():
    phases = alloy_phases(SILICON, Process.of("my mill", {"O": 7.0, "N": 0.0}))
    assert phases.content("B", "O") / phases.content("A", "O") == pytest.approx(7.0, rel=1e-9)
    assert phases.content("B", "N") == 0.0
    with pytest.raises(MaterialError, match=r"my mill\.Ti"):
        Process.of("my mill", {"O": 7.0, "Ti": 2.0})
    with pytest.raises(MaterialError, match="my mill"):
        alloy_phases(SILICON, Process.of("my mill", {"O": 7.0}))
    with pytest.raises(MaterialError, match="milled in air"):
        alloy_phases(SILICON, "milled in airs")


def test_fluorine_has_no_equilibrium_and_is_refused_by_name():
    with pytest.raises(MaterialError, match=r"composition\.F"):
        alloy_phases(Composition.of({"Si": "rest", "Ti": "10 wt%", "F": "1 wt%"}))


def test_measured_contents_of_one_phase_give_the_other_by_the_balance():
    phases = alloy_phases(SILICON, Contents(phase_a={"O": 0.002, "N": 0.001}))
    assert phases.content("A", "O") == pytest.approx(0.002, rel=1e-12)
    share = phases.mass_fraction("B")
    assert phases.content("B", "O") == pytest.approx((0.02 - (1 - share) * 0.002) / share, rel=1e-12)
    assert max(abs(phases.balance(x)) for x in "ON") < 1e-12
    assert "measured" in phases.partition


def test_measured_contents_of_both_phases_leave_what_does_not_fit_visible():
    phases = alloy_phases(SILICON, Contents({"O": 0.002, "N": 0.001}, {"O": 0.03}))
    assert phases.unassigned["O"] == pytest.approx(0.02 - 0.5369 * 0.002 - 0.4576 * 0.03, abs=1e-3)
    assert abs(phases.balance("O")) < 1e-12


def test_measured_contents_that_contradict_the_total_are_refused():
    with pytest.raises(RangeError, match="phase B alone"):
        alloy_phases(SILICON, Contents(phase_b={"O": 0.2, "N": 0.001}))
    with pytest.raises(MaterialError, match=r"contents\.N"):
        alloy_phases(SILICON, Contents(phase_a={"O": 0.002}))


def test_the_limits_hold_every_process_between_them():
    first, last = partition_limits(EVERYTHING)
    assert last.content("A", "O", "N") == 0.0
    for name in processes():
        assert 0.0 < alloy_phases(EVERYTHING, name).content("A", "O", "N") < first.content("A", "O", "N")


def test_a_thin_layer_has_the_share_of_surface_times_thickness():
    thin = surface_share(2e-6, 1.8, 1e-12)
    sauter = 2e-6 * np.exp(-0.5 * np.log(1.8) ** 2)
    assert thin == pytest.approx(6 * 1e-12 / sauter, rel=1e-5)
    assert surface_share(2e-6, 1.0, 1e-6 * (1 - 1e-12)) == pytest.approx(1.0, abs=1e-9)
    with pytest.raises(RangeError):
        surface_share(2e-6, 1.0, 1.1e-6)


def test_the_surface_oxide_is_a_class_of_its_own_in_the_balance():
    layer = SurfaceOxide(thickness=5e-9, diameter=2e-6, spread=1.8)
    for partition in ("milled in air", "equilibrium"):
        phases = alloy_phases(EVERYTHING, partition, layer)
        (oxide,) = phases.on("surface")
        assert oxide.content("O") == pytest.approx(0.5326, abs=1e-4)
        assert sum(phases.mass_fractions().values()) == pytest.approx(1.0, abs=1e-12)
        assert abs(phases.balance("O")) < 1e-12
        assert phases.volume_fractions()["surface"] == pytest.approx(surface_share(2e-6, 1.8, 5e-9), rel=1e-9)


def test_a_surface_oxide_with_more_oxygen_than_the_particle_is_refused():
    with pytest.raises(RangeError, match="surface oxide alone"):
        alloy_phases(SILICON, "milled in air", SurfaceOxide(50e-9, 1e-6))
    with pytest.raises(RangeError, match="surface oxide alone"):
        alloy_phases(Composition.of({"Si": 0.8, "Ti": 0.2}), "milled in air", SurfaceOxide(5e-9, 1e-6))
    with pytest.raises(MaterialError, match="no oxide"):
        alloy_phases(SILICON, "milled in air", SurfaceOxide(5e-9, 1e-6, formula="TiSi2"))


def test_the_total_that_reaches_half_a_percent_does():
    total = total_that_reaches(SILICON, "milled in air")
    scale = {"O": total * 2 / 3, "N": total / 3}
    metals = {"Ti": 20 / 97 * (1 - total), "Si": 77 / 97 * (1 - total)}
    phases = alloy_phases(Composition.of_shares({**metals, **scale}), "milled in air")
    assert phases.content("A", "O", "N") == pytest.approx(0.005, rel=1e-9)
    assert np.isinf(total_that_reaches(SILICON, "all in phase B"))


def test_a_batch_is_shared_out_like_its_members():
    titanium = np.array([0.1, 0.2, 0.3])
    batch = alloy_phases(
        Composition.of_shares({"Ti": titanium, "O": np.full(3, 0.02), "Si": 0.98 - titanium}), "milled in air"
    )
    for i, share in enumerate(titanium):
        single = alloy_phases(Composition.of_shares({"Ti": share, "O": 0.02, "Si": 0.98 - share}), "milled in air")
        for ours, theirs in zip(batch.phases, single.phases, strict=True):
            assert np.asarray(ours.mass)[i] == pytest.approx(theirs.mass, rel=1e-12)
            assert np.asarray(ours.content("O"))[i] == pytest.approx(theirs.content("O"), rel=1e-12)


def test_an_element_of_which_there_is_none_asks_for_no_data():
    with_none = alloy_phases(Composition.of_shares({"Si": 0.8, "Ti": 0.2, "Nd": 0.0}))
    assert set(with_none.mass_fractions()) == {"Si", "TiSi2"}


def test_sharing_out_needs_a_phase_that_takes_the_element():
    with pytest.raises(RangeError, match="no phase"):
        process_masses(np.array([1.0]), {"O": 0.01}, {"O": (0.0,)})


def test_no_default_is_shared_between_settings():
    assert Settings().stoichiometries is not Settings().stoichiometries
