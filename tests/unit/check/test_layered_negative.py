"""The layered negative against the synthetic cell: per cm2, charges in mAh, 26 801.5 mAh a mole."""

from __future__ import annotations

import pytest

from alloycell.cell.dose import lithium_ceiling
from alloycell.check.evaluation import margins
from alloycell.check.specification import load
from alloycell.check.verdict import judge

SPECIFICATION = load("layered-negative")


def criterion(verdict, clause, words):
    """The criterion of a clause whose name holds ``words``."""
    return next(entry for entry in verdict.clause(clause).criteria if words in entry.name)


def test_the_negative_of_the_synthetic_cell_holds_3_9567_milliampere_hours(layered):
    assert layered()["negative_capacity"] == pytest.approx(3.9567, abs=5e-5)


@pytest.mark.parametrize(
    ("fraction", "lithium", "largest_positive", "slack"),
    [(0.31, 0.3398, 3.6169, 0.6169), (0.50, 0.5847, 3.3720, 0.3720), (0.67, 1.0429, 2.9138, -0.0862)],
)
def test_the_table_of_the_synthetic_cell(layered, fraction, lithium, largest_positive, slack):
    figures = layered(fraction=fraction)
    assert figures["lithium_added"] == pytest.approx(lithium, abs=5e-5)
    assert figures["negative_capacity"] - figures["lithium_added"] == pytest.approx(largest_positive, abs=5e-5)
    verdict = judge(SPECIFICATION, figures)
    room = criterion(verdict, "claim 13", "room left")
    assert room.margin == pytest.approx(slack, abs=5e-5)
    assert room.result == ("inside" if slack > 0 else "outside")
    assert criterion(verdict, "claim 13", "less positive capacity").result == "inside"
    assert criterion(verdict, "claim 13", "by (C)").readings.strict == "inside"
    assert verdict.clause("claim 13").result == room.result
    assert verdict.clause("claim 3").result == room.result
    assert verdict.result == room.result


def test_0_8_milliampere_hours_of_lithium_leave_59_74_at_percent(layered):
    verdict = judge(SPECIFICATION, layered(0.8))
    content = criterion(verdict, "claim 13", "by (C)")
    assert content.value == pytest.approx(0.5974, abs=5e-5)
    assert criterion(verdict, "claim 1", "lithium content").value_text == "59.74 at%"
    assert verdict.result == "inside"
    assert verdict.exit_status == 0


def test_x_max_3_75_fails_the_row_at_0_67_by_0_3753(layered):
    verdict = judge(SPECIFICATION, layered(fraction=0.67, x_max=3.75))
    room = criterion(verdict, "claim 13", "room left")
    assert room.margin == pytest.approx(-0.3753, abs=5e-5)
    assert verdict.clause("claim 13").binding == room
    assert verdict.exit_status == 1


def test_the_top_of_the_window_needs_2_0303_lithium_per_atom(layered):
    top = {"fraction": 0.67, "positive": 1.0}
    assert judge(SPECIFICATION, layered(x_max=2.0304, **top)).clause("claim 13").result == "inside"
    short = judge(SPECIFICATION, layered(x_max=2.03, **top)).clause("claim 13")
    assert short.result == "outside"
    assert short.binding is not None
    assert "can hold" in short.binding.name
    assert lithium_ceiling(2.03) == pytest.approx(0.66997, abs=5e-6)
    assert short.binding.margin == pytest.approx(2.03 - 0.67 / 0.33)


def test_an_element_that_stops_at_one_lithium_cannot_reach_the_top(layered):
    verdict = judge(SPECIFICATION, layered(fraction=0.67, x_max=1.0, positive=1.0))
    assert verdict.clause("claim 13").result == "outside"
    assert verdict.clause("claim 3").result == "outside"


def test_lithium_short_of_the_carbons_loss_is_not_met_and_never_a_negative_content(layered):
    verdict = judge(SPECIFICATION, layered(0.05))
    clause = verdict.clause("claim 13")
    assert clause.result == "outside"
    assert clause.binding is not None
    assert clause.binding.name.startswith("lithium left for the second layer")
    assert criterion(verdict, "claim 13", "by (C)").result == "unknown"
    assert margins(SPECIFICATION, layered(0.05))["claim 13"][1] < 0


def test_equal_capacities_fail_claims_2_and_10(layered):
    figures = layered()
    figures["positive_capacity"] = figures["negative_capacity"]
    verdict = judge(SPECIFICATION, figures)
    assert verdict.clause("claim 2").result == "outside"
    assert verdict.clause("claim 10").result == "outside"
    assert verdict.clause("claim 1").result == "inside"


def test_claims_1_and_9_judge_the_equilibrium_content_and_13_the_designed_one(layered):
    figures = layered(fraction=0.5) | {"equilibrium_lithium_fraction": 0.2}
    verdict = judge(SPECIFICATION, figures)
    assert verdict.clause("claim 1").result == "outside"
    assert verdict.clause("claim 9").result == "outside"
    assert verdict.clause("claim 13").result == "inside"
    assert verdict.clause("claim 1").also["designed_lithium_fraction"] == "50 at%"


def test_0_3099_is_outside_as_stated_and_inside_when_rounded(layered):
    clause = judge(SPECIFICATION, layered(fraction=0.3099)).clause("claim 1")
    assert clause.readings.strict == "outside"
    assert clause.readings.rounded == "inside"
    assert clause.result == "undecidable"


@pytest.mark.parametrize("element", ["Si", "Ge", "In", "Sn", "Ag", "Al", "Pb"])
def test_the_seven_elements_of_claim_4_pass_it(layered, element):
    verdict = judge(SPECIFICATION, layered() | {"alloy_elements": frozenset({element})})
    assert verdict.clause("claim 4").result == "inside"
    assert verdict.clause("claim 11").result == "inside"
    assert (verdict.clause("claim 5").result == "inside") == (element in ("Si", "Sn"))
    assert (verdict.clause("claim 12").result == "inside") == (element in ("Si", "Sn"))


@pytest.mark.parametrize(
    ("figure", "value", "failing"),
    [
        ("alloy_elements", frozenset({"Bi"}), {"claim 4", "claim 5", "claim 11", "claim 12"}),
        ("carbon_classes", frozenset({"soot"}), {"claim 6"}),
        ("positive_families", frozenset({"lithium iron phosphate"}), {"claim 7"}),
        ("lithium_manganate", False, {"claim 8"}),
        ("lithium_surface", frozenset(), {"claim 3", "claim 13"}),
    ],
)
def test_each_list_decides_only_its_own_claims(layered, figure, value, failing):
    verdict = judge(SPECIFICATION, layered() | {figure: value})
    assert {clause.name for clause in verdict.clauses if clause.result == "outside"} == failing


def test_every_carbon_and_oxide_of_the_lists_passes(layered):
    carbons = (
        "graphite",
        "fullerene",
        "carbon nanotube",
        "diamond-like carbon",
        "amorphous carbon",
        "hard carbon",
    )
    for name in carbons:
        assert (
            judge(SPECIFICATION, layered() | {"carbon_classes": frozenset({name})}).clause("claim 6").result == "inside"
        )
    for metal in ("cobalt", "manganese", "nickel"):
        family = {"positive_families": frozenset({f"lithium {metal} oxide"})}
        assert judge(SPECIFICATION, layered() | family).clause("claim 7").result == "inside"


def test_without_an_alloy_layer_every_claim_but_none_is_inside(layered):
    figures = layered() | {"has_alloy_layer": False, "equilibrium_lithium_fraction": None}
    verdict = judge(SPECIFICATION, figures)
    assert {clause.result for clause in verdict.clauses} == {"outside"}


@pytest.mark.parametrize(
    ("fraction", "ratio", "of_44", "of_375"),
    [(0.31, 0.4493, 0.102, 0.120), (0.5, 1.0, 0.227, 0.267), (0.67, 2.0303, 0.461, 0.541)],
)
def test_the_table_of_contents_per_atom(layered, fraction, ratio, of_44, of_375):
    left = layered(fraction=fraction)["designed_stoichiometry"]
    assert left == pytest.approx(ratio, abs=5e-5)
    assert left / 4.4 == pytest.approx(of_44, abs=5e-4)
    assert left / 3.75 == pytest.approx(of_375, abs=5e-4)


@pytest.mark.parametrize(
    ("input_", "moved", "change"), [("efficiency", 0.94, 0.021), ("lithium", 0.3398 * 1.05, 0.018)]
)
def test_small_errors_move_the_content_as_much_as_stated(layered, input_, moved, change):
    given = {"efficiency": {"lithium": 0.3398, "efficiency": moved}, "lithium": {"lithium": moved}}[input_]
    content = layered(**given)["designed_lithium_fraction"]
    assert content - 0.31 == pytest.approx(change, abs=1.2e-3)
