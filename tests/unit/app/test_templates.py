"""The templates are the shipped examples, and every one does what it is there for."""

from __future__ import annotations

from pathlib import Path

import pytest

from alloycell.app.commands.new import template_names, template_path

EXAMPLES = Path(__file__).parents[3] / "examples"
NAMES = ("element-map", "layered-silicon", "lg-m50", "silicon-tin-layer", "titanium-silicon", "two-phase-particle")


def test_there_are_the_templates_that_the_help_names():
    assert template_names() == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_the_example_is_the_template_byte_for_byte(name):
    assert (EXAMPLES / f"{name}.toml").read_bytes() == template_path(name).read_bytes()


def test_the_map_of_an_example_is_that_of_its_template_and_small():
    example, template = EXAMPLES / "element-map.npz", template_path("element-map").with_suffix(".npz")
    assert example.read_bytes() == template.read_bytes()
    assert example.stat().st_size < 200_000


@pytest.mark.parametrize("name", NAMES)
def test_a_template_opens_with_its_question_and_answer(name):
    lines = template_path(name).read_text(encoding="utf-8").splitlines()
    assert lines[0].startswith("# Question: ")
    assert any(line.startswith("# Answer: ") for line in lines)


@pytest.mark.parametrize("name", NAMES)
def test_the_command_that_new_recommends_runs(alloycell, name):
    step = alloycell("new", "--template", name, "--json").data["next"]
    ended = alloycell(*step.split()[1:])
    assert ended.err == ""
    assert ended.status in (0, 1, 3)
