"""Specifications: what is shipped, what a user may write, and how faults are told."""

from __future__ import annotations

import inspect
import re
from pathlib import Path
from typing import Any

import pytest

from alloycell.alloy import PARTICLE_FIGURES
from alloycell.check.evaluation import margins
from alloycell.check.figures import FIGURES, PARAMETERS, known_figures
from alloycell.check.rules import RULES
from alloycell.check.specification import content_window, load, of, shipped
from alloycell.check.verdict import judge
from alloycell.errors import FormatError

OWN = """
format = 1
name = "ours"
title = "What we promise the customer"

[[clauses]]
name = "thin"
figure = "layer_thickness"
high = "25 um"

[[clauses]]
name = "balanced"
figure = "capacity_ratio"
low = "1.05"
high = 8
parents = [["thin"]]

[[clauses]]
name = "glued"
figure = "has_binder"
equals = true

[[clauses]]
name = "with PVA"
figure = "binder_polymers"
any_of = ["PVA", "PVDF"]
applies_if = "has_binder"
"""


def tables(**changes: Any) -> dict[str, Any]:
    """A specification of one clause over the layer thickness, with changes of that clause."""
    clause = {"name": "thin", "figure": "layer_thickness", "high": "25 um"} | changes
    return {
        "format": 1,
        "name": "ours",
        "clauses": [{key: value for key, value in clause.items() if value is not None}],
    }


def told(nested: dict[str, Any]) -> str:
    """The message about the faults of ``nested``."""
    with pytest.raises(FormatError) as caught:
        of(nested, "ours.toml")
    return str(caught.value)


def test_three_specifications_with_13_13_and_6_clauses_are_shipped():
    assert {name: len(load(name).clauses) for name in shipped()} == {
        "layered-negative": 13,
        "silicon-tin-layer": 13,
        "two-phase-particle": 6,
    }


def test_every_rule_is_one_clause_of_a_shipped_specification():
    used = [clause.rule for name in shipped() for clause in load(name).clauses]
    assert len(used) == 32
    assert set(used) == set(RULES)


@pytest.mark.parametrize("name", RULES)
def test_the_docstring_of_a_rule_names_its_document_and_claim(name):
    module, function = name.split(".")
    text = inspect.getdoc(RULES[name]) or ""
    assert text.lower().replace("-", " ").startswith(module.replace("_", " "))
    assert f"claim {function.removeprefix('claim_')}" in text


@pytest.mark.parametrize("name", RULES)
def test_the_criteria_of_a_rule_depend_on_its_parameters_and_on_no_other(name):
    clause = next(c for entry in shipped() for c in load(entry).clauses if c.rule == name)
    parameters = clause.parameters()
    absent = {"yes or no": False, "names": frozenset()}
    values = {key: absent.get(PARAMETERS[key], 0.5) for key in parameters}
    criteria = RULES[name](**values, edges=clause.windows())
    assert {part for criterion in criteria for part in criterion.of} == set(parameters)


def test_rules_take_only_parameters_of_a_known_kind():
    for rule in RULES.values():
        assert set(inspect.signature(rule).parameters) - {"edges"} <= set(PARAMETERS)


def test_known_figures_agree_with_the_kinds_that_rules_expect():
    known = known_figures()
    assert {name: known[name].kind for name in PARAMETERS if name in known} == {
        name: kind for name, kind in PARAMETERS.items() if name in known
    }
    assert set(PARAMETERS) - set(known) == {"lithium_fraction"}


def test_figures_of_the_particle_are_measured_or_follow_from_it():
    assert len(FIGURES) == 16
    assert set(FIGURES) < set(PARTICLE_FIGURES)
    assert all(figure.of is not None and figure.name == name for name, figure in FIGURES.items())


def test_a_specification_of_ones_own_is_judged(tmp_path):
    path = tmp_path / "ours.toml"
    path.write_text(OWN)
    specification = load(path)
    figures = {
        "layer_thickness": 26e-6,
        "capacity_ratio": 4.0,
        "has_binder": True,
        "binder_polymers": frozenset({"CMC"}),
    }
    verdict = judge(specification, figures)
    assert verdict.clause("thin").margin_text == "-1 um"
    assert verdict.clause("balanced").result == "outside"
    assert verdict.clause("balanced").binding.clause == "thin"
    assert verdict.clause("glued").result == "inside"
    assert verdict.clause("with PVA").value_text == "CMC"
    without = judge(specification, figures | {"has_binder": False})
    assert without.clause("with PVA").result == "not applicable"
    assert without.clause("glued").result == "outside"
    assert load(str(path)) == specification


def test_what_does_not_apply_is_left_out_of_the_whole(tmp_path):
    nested = tables(figure="layer_thickness", applies_if="has_alloy_layer")
    nested["clauses"].append({"name": "more", "figure": "x_max", "low": 1, "parents": [["thin"]]})
    figures = {"layer_thickness": 50e-6, "has_alloy_layer": False, "x_max": 4.4}
    verdict = judge(of(nested, "x"), figures)
    assert {clause.result for clause in verdict.clauses} == {"not applicable"}
    assert verdict.result == "not applicable"
    assert verdict.exit_status == 3
    assert str(margins(of(nested, "x"), figures)["thin"][1]) == "nan"


def test_toml_that_cannot_be_read_is_told_with_line_and_column(tmp_path):
    path = tmp_path / "broken.toml"
    path.write_text('format = 1\nname = "x\n')
    with pytest.raises(FormatError, match=r"broken\.toml, line 2, column \d+"):
        load(path)


def test_an_unknown_specification_gets_a_suggestion():
    with pytest.raises(FormatError, match='Did you mean "two-phase-particle"'):
        load("two-phase-particles")
    with pytest.raises(FormatError, match="does not exist"):
        load("nowhere.toml")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"figure": "layer_thicknes"}, 'Did you mean "layer_thickness"'),
        ({"also": ["x_mx"]}, "clauses[0].also"),
        ({"high": "25 g"}, "a length is needed"),
        ({"low": "30 um"}, "it must be above the lower edge"),
        ({"high": None}, "low or high must be given"),
        ({"equals": True}, "low or high must be given, and only that"),
        ({"figure": None}, "has neither rule nor figure"),
        ({"rule": "layered_negative.claim_14", "figure": None}, "layered_negative.claim_1"),
        ({"rule": "os.system", "figure": None}, "a rule is needed"),
        ({"rule": "layered_negative.claim_2"}, "a clause has a rule or a figure, not both"),
        ({"rule": "layered_negative.claim_1", "figure": None}, "edges.lithium_fraction is missing"),
        ({"parents": [["thick"]]}, "a parent must stand above"),
        ({"parents": [[]]}, "each alternative names at least one clause"),
        ({"applies_if": "layer_density"}, "a yes-or-no figure is needed"),
        ({"figure": "has_binder"}, "equals must be given"),
        ({"hihg": "3 um"}, 'Did you mean "high"'),
        ({"high": [3]}, "clauses[0].high"),
        ({"high": True}, "clauses[0].high"),
    ],
)
def test_a_fault_is_told_with_its_place_and_its_remedy(changes, message):
    text = told(tables(**changes))
    assert text.startswith("ours.toml: clauses[0]")
    assert message in text


def test_all_faults_are_told_at_once():
    nested = tables(figure="layer_thicknes", also=["nothing"], parents=[["thick"]])
    assert len(told(nested).splitlines()) == 3


def test_a_parameter_may_be_mapped_only_to_a_figure_of_its_kind():
    edges = {"lithium_fraction": {"low": "31 at%"}}
    clause = {"rule": "layered_negative.claim_1", "figure": None, "high": None, "edges": edges}
    good = of(tables(**clause, figures={"lithium_fraction": "designed_lithium_fraction"}), "x")
    assert good.clauses[0].parameters()["lithium_fraction"] == "designed_lithium_fraction"
    wrong = tables(**clause, figures={"lithium_fraction": "layer_density"})
    assert "a figure of kind atom fraction is needed" in told(wrong)
    unknown = tables(**clause, figures={"lithium": "designed_lithium_fraction"})
    assert "is not a parameter of the rule" in told(unknown)
    extra = tables(**(clause | {"edges": edges | {"other": {"low": 1}}}))
    assert "is not asked for" in told(extra)


def test_an_edge_made_inside_a_rule_needs_its_kind():
    edges = {"phase_ratio": {"low": "4", "low_open": True}}
    nested = tables(rule="two_phase_particle.claim_4", figure=None, high=None, edges=edges)
    assert "edges.phase_ratio.kind is missing" in told(nested)


def test_a_clause_that_is_not_there_is_named():
    with pytest.raises(FormatError, match='Did you mean "claim '):
        load("layered-negative").clause("claim 14")


def test_the_example_of_the_how_to_page_is_a_specification(tmp_path):
    page = Path(__file__).parents[3] / "docs" / "how-to" / "add-a-clause.md"
    (block,) = re.findall(r"```toml\n(.*?)```", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    path = tmp_path / "delivery.toml"
    path.write_text(block)
    assert [clause.name for clause in load(path).clauses] == ["thin layer", "ratio", "binder"]


def test_the_window_that_pictures_show_is_that_of_the_first_clause_on_the_content():
    assert content_window([load("silicon-tin-layer"), load("layered-negative")]) == (0.31, 0.67)
    assert content_window([load("two-phase-particle")]) is None
    own = {"format": 1, "name": "own", "clauses": [
        {"name": "a", "figure": "areal_capacity", "low": "2 mAh/cm2"},
        {"name": "b", "figure": "equilibrium_lithium_fraction", "low": "20 at%", "high": "60 at%"},
    ]}  # fmt: skip
    assert content_window([of(own, "here")]) == (0.2, 0.6)
