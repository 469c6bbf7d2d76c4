"""Paths through a declared design: reading, writing, kinds and copies."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alloycell.cell import Cell
from alloycell.declaration import kind_at, numeric_fields, parse_path, path_text, replaced, tree, value_at
from alloycell.errors import DesignError
from alloycell.quantities import KINDS

EXAMPLE = Cell.load(Path(__file__).parents[2] / "examples" / "layered-silicon.toml")
SETTINGS = settings(derandomize=True, max_examples=200, deadline=None)


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("name", ("name",)),
        ("negative.layers[1].porosity", ("negative", "layers", 1, "porosity")),
        ("negative.layers[0].recipe.carbon-black", ("negative", "layers", 0, "recipe", "carbon-black")),
        ("negative.layers[0].recipe.EC-EMC-Nyman", ("negative", "layers", 0, "recipe", "EC-EMC-Nyman")),
        ('particles["a b"].diameter', ("particles", "a b", "diameter")),
        ('particles["a.b"].diameter', ("particles", "a.b", "diameter")),
        ("a[10][2]", ("a", 10, 2)),
    ],
)
def test_a_path_is_read_as_its_keys_and_written_back(text, keys):
    assert parse_path(text) == keys
    assert path_text(keys) == text


@given(
    st.lists(
        st.one_of(st.integers(0, 99), st.from_regex(r"[A-Za-z_][\w-]{0,8}", fullmatch=True).filter(str.isascii),
                  st.sampled_from(["a b", "Si80 (milled)", "x.y", "3-layer"])),
        min_size=1, max_size=6,
    )
)  # fmt: skip
@SETTINGS
def test_any_keys_survive_being_written_and_read(keys):
    keys = ["first", *keys]
    assert parse_path(path_text(keys)) == tuple(keys)


@pytest.mark.parametrize(
    "text", ["", ".", "a.", ".a", "a..b", "a[x]", "a[-1]", "a[", "a]b", "a b", "a[1", 'a["]', "a[1]."]
)
def test_a_path_that_is_none_is_refused(text):
    with pytest.raises(DesignError, match="cannot be read"):
        parse_path(text)


def test_a_path_leads_to_its_value_in_si():
    assert value_at(EXAMPLE, parse_path("negative.layers[1].thickness")) == 2e-6
    assert value_at(EXAMPLE, parse_path("negative.layers[0].recipe.graphite")) == 0.9
    assert value_at(EXAMPLE, parse_path("negative.layers[1].loading")) is None


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        ("negativ", 'Did you mean "negative"'),
        ("negative.layers[7]", "2 entries"),
        ("negative.layers.first", "does not exist"),
        ("negative.layers[0].recipe.grafite", 'Did you mean "graphite"'),
        ("negative.sides.more", "does not exist"),
    ],
)
def test_a_path_that_does_not_exist_is_told_with_what_does(path, sentence):
    with pytest.raises(DesignError, match=sentence):
        value_at(EXAMPLE, parse_path(path))


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("negative.layers[0].thickness", "length"),
        ("negative.layers[0].recipe.graphite", "mass fraction"),
        ("negative.layers[0].active.graphite.first_cycle_efficiency", "fraction"),
        ("lithium.target", "atom fraction"),
        ("case.positive_diameter", "length"),
        ("operation.charge_voltage", "potential"),
        ("name", None),
        ("negative.sides", None),
        ("negative.layers[0].active.graphite.structure", None),
    ],
)
def test_the_kind_of_a_field_is_the_one_it_is_declared_with(path, kind):
    found = kind_at(EXAMPLE, parse_path(path))
    assert (found.name if found else None) == kind


def test_numeric_fields_are_all_quantities_and_no_counts():
    found = {path_text(path): (kind.name, value) for path, kind, value in numeric_fields(EXAMPLE)}
    assert found["negative.layers[1].thickness"] == ("length", 2e-6)
    assert found["positive.layers[0].recipe.carbon-black"] == ("mass fraction", 0.06)
    assert found["case.case_mass"] == ("mass", 2.9e-3)
    assert "format" not in found
    assert "negative.sides" not in found
    assert "negative.layers[0].recipe.PVDF" not in found
    assert all(KINDS[name].allows(value) for name, value in found.values())


def test_a_copy_with_one_value_leaves_the_first_as_it_was():
    nested = {"a": [{"b": 1, "c": 2}, {"b": 3}]}
    changed = replaced(nested, ("a", 1, "b"), 9)
    assert changed == {"a": [{"b": 1, "c": 2}, {"b": 9}]}
    assert nested == {"a": [{"b": 1, "c": 2}, {"b": 3}]}
    assert replaced(nested, ("d", "e"), 1)["d"] == {"e": 1}


def test_a_tree_holds_what_is_given_and_makes_the_same_cell():
    nested = tree(EXAMPLE)
    assert "loading" not in nested["negative"]["layers"][0]
    assert nested["negative"]["layers"][0]["rest"] == "PVDF"
    again = Cell.of(nested)
    assert tree(again) == nested
