"""Designs that cannot be are refused by name: single fields, fields that contradict each other, all faults at once."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from typing import Any

import pytest
from broken_fields import missing_keys, near_misses, quantities_broken, words_broken
from cases_of_cells import CELLS, CYLINDER, POUCH
from cases_of_layers import LAYERS, Case
from cases_of_materials import MATERIALS
from full_designs import CASES, GONE, changed, full_design, spelt_out

from alloycell.cell import Cell
from alloycell.declaration import path_text
from alloycell.errors import DesignError

JARGON = re.compile(
    r"pydantic|Input should|Field required|validation|dict|tuple|NoneType|np\.|numpy|object at|<class|float64|Annotated"
)
"""Words of the machinery that no message may hold."""

BROKEN = [*quantities_broken(), *words_broken(), *missing_keys()]


TOGETHER: Mapping[str, tuple[str, Case]] = {
    **{name: ("coin", case) for name, case in {**LAYERS, **MATERIALS, **CELLS}.items()},
    **{name: ("pouch", case) for name, case in POUCH.items()},
    **{name: ("cylinder", case) for name, case in CYLINDER.items()},
}


def refusal(tables: Any) -> DesignError:
    """The refusal of ``tables``; fails where they pass."""
    with pytest.raises(DesignError) as problem:
        Cell.of(tables)
    return problem.value


def tellable(problem: DesignError) -> None:
    """Fails where a message is not a sentence of four parts in plain words."""
    assert problem.faults
    for fault in problem.faults:
        text = str(fault)
        assert fault.where, text
        assert fault.found, text
        assert fault.needed, text
        assert not JARGON.search(text), text
        assert len(text) < 700, text
        assert text.endswith((".", "?")), text
        assert text.isprintable(), text
        assert not re.search(r"\.\.(?!\.)\s|\?\.", text.replace("...", "")), text


def test_the_designs_to_be_broken_are_sound_themselves():
    assert [Cell.of(full_design(case)).case.type for case in CASES] == list(CASES)


def test_the_declarations_give_at_least_two_hundred_impossible_designs():
    assert len(BROKEN) + len(list(near_misses())) >= 200


@pytest.mark.parametrize("part", range(8))
def test_every_broken_field_is_refused_by_its_path_and_nothing_else(part):
    wrong = []
    for case, path, value in BROKEN[part::8]:
        where = path_text(path)
        problem = refusal(changed(full_design(case), {where: value}))
        tellable(problem)
        table = path_text(path[:-1]) or where
        own = [fault for fault in problem.faults if fault.where.startswith(where)]
        others = [fault for fault in problem.faults if not fault.where.startswith(table)]
        if not own or others or len(problem.faults) > 2:
            wrong.append(f"{where} = {value!r:.60}: {problem}")
    assert not wrong, "\n".join(wrong)


def test_every_misspelt_key_is_refused_with_the_key_it_is_nearest_to():
    for case, table, misspelt, meant in near_misses():
        where = path_text((*table, misspelt))
        problem = refusal(changed(full_design(case), {where: 1}))
        tellable(problem)
        assert problem.faults[0].where == where, str(problem)
        assert "Did you mean" in problem.faults[0].remedy, (str(problem), meant)
        assert all(fault.where.startswith(path_text(table)) for fault in problem.faults[1:]), str(problem)


def test_at_least_sixty_designs_contradict_themselves_across_fields():
    assert len(TOGETHER) >= 60


@pytest.mark.parametrize("name", TOGETHER)
def test_fields_that_contradict_each_other_are_refused_by_name(name):
    case, (changes, words) = TOGETHER[name]
    problem = refusal(changed(full_design(case), changes))
    tellable(problem)
    assert all(spelt_out(word) in str(problem) for word in words), str(problem)


@pytest.mark.parametrize("name", TOGETHER)
def test_a_contradiction_is_told_beside_a_field_that_cannot_be_read(name):
    case, (changes, words) = TOGETHER[name]
    spoilt = {**changes, "name": 7, "electrolyte.fill": "much", "colour": "red", "separator.porosity": 37}
    problem = refusal(changed(full_design(case), spoilt))
    told = [fault.where for fault in problem.faults]
    assert {"name", "electrolyte.fill", "colour", "separator.porosity"} <= set(told), str(problem)
    assert len(told) == len(set(map(str, problem.faults)))
    if name not in ("charge_voltage_below_the_whole_cell", "discharge_voltage_above_the_whole_cell"):
        assert all(spelt_out(word) in str(problem) for word in words), str(problem)


def test_faults_of_every_part_come_in_one_list():
    changes = {
        "format": 2,
        "negative.layers[0].porosity": 37,
        "negative.layers[1].recipe.carbn-black": "1 %",
        "negative.collector.material": "PE-separator",
        "positive.layers[0].thicknes": "1 um",
        "positive.layers[0].recipe.PVDF": GONE,
        "separator.thickness": "20 um2",
        "operation.charge_voltage": "2 V",
        "lithium.dose": "-1 mAh/cm2",
        "case.separator_diameter": "13 mm",
        "case.wall": "1 mm",
        "particles.spare": {"composition": {"tin": 1}},
    }
    problem = refusal(changed(full_design(), changes))
    tellable(problem)
    assert {fault.where for fault in problem.faults} == {
        "format", "negative.layers[0].porosity", "negative.layers[1].recipe.carbn-black", "negative.layers[1].recipe",
        "negative.collector.material", "positive.layers[0].thicknes", "positive.layers[0].recipe",
        "separator.thickness", "operation.discharge_voltage", "lithium.dose", "lithium", "case.separator_diameter",
        "case.wall", "particles.spare",
    }  # fmt: skip


def test_porosity_of_37_is_told_as_the_house_says():
    problem = refusal(changed(full_design(), {"negative.layers[1].porosity": 37}))
    assert str(problem) == (
        'negative.layers[1].porosity is 37; it must be at least 0 % and below 100 %. For 37 % write 0.37 or "37 %".'
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("3700 %", 'is "3700 %"; it must be'),
        ("120 %", 'is "120 %"; it must be'),
        ("37", 'is "37"; it must be'),
        ("35 +- 80 %", "it is unclear to which number % belongs"),
        ("50 % +- 60 %", "the uncertainty leaves nothing out"),
        ("0.4 +- -0.1", "an uncertainty cannot be negative"),
        ("40 % +- 0.1 um", "a fraction is needed"),
        ("35 um", "a fraction is needed"),
    ],
)
def test_a_share_written_wrongly_is_told_in_its_own_words(text, words):
    problem = refusal(changed(full_design(), {"negative.layers[0].porosity": text}))
    tellable(problem)
    assert words in str(problem)


def test_an_uncertainty_of_a_text_is_no_uncertainty():
    stated = Cell.of(full_design()).uncertainty
    assert Cell.of(changed(full_design(), {"name": "oxide +- 0.1"})).uncertainty == stated
    layer = {"graphite +- 1 %": 1.0}
    problem = refusal(changed(full_design(), {"negative.layers[0].recipe": layer, "negative.layers[0].active": {}}))
    assert str(problem).startswith('negative.layers[0].recipe["graphite +- 1 %"] is not a material')


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ({"format": 2}, "format is 2; this release reads format 1. Write format = 1"),
        ({"format": "1"}, 'format is "1"; this release reads format 1'),
        ({"format": GONE}, "format is missing; it must be given. Write format = 1."),
        ({"operation": GONE}, "operation is missing; it must be given. Give a table [operation]."),
        ({"negative.layers": GONE}, "Give at least one table [[negative.layers]]."),
        ({"negative.layers": []}, "negative.layers has 0 entries; it must have at least 1."),
        ({"case.type": GONE}, 'case.type is missing; it must be "coin" or "pouch" or "cylinder".'),
        ({"case.type": "poch"}, 'Did you mean "pouch"?'),
        ({"case.coin": 3}, "case.coin is not a known key"),
        ({"separator.material": GONE}, 'Write material = "NAME".'),
        ({"electrolyte.fill": GONE}, 'Give a ratio, such as fill = "1.2".'),
        ({"separator.thickness": "1 km"}, "it must be between 0.1 nm and 10 mm."),
        ({"lithium.surface": "anode"}, 'it must be "negative" or "positive"'),
    ],
)
def test_a_missing_or_unknown_word_is_told_with_what_to_write(name, sentence):
    assert sentence in str(refusal(changed(full_design(), name)))


def test_an_empty_design_names_every_table_it_lacks():
    told = [fault.where for fault in refusal(tomllib.loads("")).faults]
    assert told == ["format", "negative", "positive", "separator", "electrolyte", "operation"]
