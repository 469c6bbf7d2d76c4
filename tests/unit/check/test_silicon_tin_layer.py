"""The silicon-tin layer against its table of limits and the worked pair."""

from __future__ import annotations

import pytest

from alloycell.check.specification import load
from alloycell.check.verdict import judge

SPECIFICATION = load("silicon-tin-layer")
MAH_PER_G = 3600.0
MAH_PER_CM3 = 3.6e6


def layer(figures, capacity, density):
    """Figures with a layer of ``capacity`` [mAh/g] and ``density`` [g/cm3] and the their product."""
    volumetric = capacity * density
    return figures | {
        "layer_capacity": capacity * MAH_PER_G,
        "layer_density": density * 1000,
        "layer_volumetric_capacity": volumetric * MAH_PER_CM3,
        "capacity_ratio": volumetric / 415.8,
    }


def test_the_worked_pair_is_inside_everywhere(silicon_tin):
    verdict = judge(SPECIFICATION, silicon_tin)
    assert verdict.result == "inside"
    ratio = next(c for c in verdict.clause("claim 5").criteria if "over positive" in c.name)
    assert ratio.value == pytest.approx(4.33, abs=5e-3)
    assert ratio.margin_text == "+3.671"


@pytest.mark.parametrize(
    ("capacity", "least", "most"),
    [(1000, 1.200, 1.500), (1500, 0.900, 1.500), (2000, 0.900, 1.250), (2200, 0.900, 2500 / 2200)],
)
def test_the_densities_that_claim_5_allows(silicon_tin, capacity, least, most):
    def strict(density):
        return judge(SPECIFICATION, layer(silicon_tin, capacity, density)).clause("claim 5").readings.strict

    assert strict(least) == "inside"
    assert strict(most) == "inside"
    assert strict(least - 0.001) == "outside"
    assert strict(most + 0.001) == "outside"


def test_the_separate_ranges_alone_allow_900_and_3300_and_claim_5_refuses_both(silicon_tin):
    for capacity, density, volumetric in ((1000, 0.9, 900), (2200, 1.5, 3300)):
        figures = layer(silicon_tin, capacity, density)
        assert figures["layer_volumetric_capacity"] / MAH_PER_CM3 == pytest.approx(volumetric)
        verdict = judge(SPECIFICATION, figures)
        assert verdict.clause("claim 1").result == "inside"
        assert verdict.clause("claim 5").result == "outside"


def test_the_ratio_binds_for_manganate_and_never_for_dense_cobaltate(silicon_tin):
    manganate = layer(silicon_tin, 2000, 1.25) | {"capacity_ratio": 2500 / (99 * 2.8)}
    assert manganate["capacity_ratio"] == pytest.approx(9.02, abs=5e-3)
    clause = judge(SPECIFICATION, manganate).clause("claim 5")
    assert clause.result == "outside"
    assert clause.edge_text == "8"
    cobaltate = manganate | {"capacity_ratio": 2500 / (126 * 3.3)}
    assert judge(SPECIFICATION, cobaltate).clause("claim 5").result == "inside"


@pytest.mark.parametrize(
    ("figure", "value", "failing"),
    [
        ("particle_diameter", 3e-6, {"claim 1", "claim 2", "claim 3", "claim 4", "claim 6"}),
        ("layer_thickness", 60e-6, {"claim 2", "claim 8"}),
        ("positive_layer_thickness", 40e-6, {"claim 9"}),
        ("negative_collector_thickness", 4e-6, {"claim 10"}),
        ("positive_collector_thickness", 40e-6, {"claim 11"}),
        ("has_conductive_additive", False, {"claim 3", "claim 4", "claim 12", "claim 13"}),
        ("has_binder", False, {"claim 3", "claim 4", "claim 12", "claim 13"}),
        ("binder_polymers", frozenset({"PVDF"}), {"claim 4", "claim 13"}),
        ("silicon_tin_particles", False, {"claim 1", "claim 2", "claim 3", "claim 4", "claim 7"}),
        ("silicon_share", 0.5, {"claim 5"} | {f"claim {n}" for n in range(6, 14)}),
    ],
)
def test_a_figure_out_of_range_fails_its_claims_and_what_depends_on_them(silicon_tin, figure, value, failing):
    verdict = judge(SPECIFICATION, silicon_tin | {figure: value})
    assert {clause.name for clause in verdict.clauses if clause.result == "outside"} == failing


@pytest.mark.parametrize(
    ("figure", "edges", "claim"),
    [
        ("particle_diameter", (0.05e-6, 2e-6), "claim 6"),
        ("layer_thickness", (10e-6, 50e-6), "claim 8"),
        ("positive_layer_thickness", (50e-6, 150e-6), "claim 9"),
        ("negative_collector_thickness", (6e-6, 30e-6), "claim 10"),
        ("positive_collector_thickness", (6e-6, 30e-6), "claim 11"),
    ],
)
def test_both_ends_of_each_range_belong_to_it(silicon_tin, figure, edges, claim):
    for edge in edges:
        assert judge(SPECIFICATION, silicon_tin | {figure: edge}).clause(claim).result == "inside"


def test_0_046_um_rounds_to_0_05_um(silicon_tin):
    clause = judge(SPECIFICATION, silicon_tin | {"particle_diameter": 0.046e-6}).clause("claim 6")
    assert clause.readings.strict == "outside"
    assert clause.readings.rounded == "inside"
