"""What is no design at all, and changes that lead nowhere: refused in a sentence, never a crash or a hang."""

from __future__ import annotations

import types
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from full_designs import changed, full_design

from alloycell.cell import Cell
from alloycell.cell.neighbours import spread_of
from alloycell.check import load
from alloycell.check.measured import Measured
from alloycell.errors import AlloycellError, DesignError, FormatError

LONG = "a" * 10_000_000
THICKNESS = "negative.layers[0].thickness"


def kind_of_value(value: object) -> str:
    """The name of a test case: its type, for values whose text is too long for one."""
    return type(value).__name__


def endless() -> dict[str, Any]:
    """A table that holds itself."""
    table: dict[str, Any] = {}
    table["measured"] = table
    return table


def manifold() -> list[Any]:
    """Lists that hold each list before them ten times: few objects, 10 to the 30 entries."""
    nested: list[Any] = []
    for _ in range(30):
        nested = [nested] * 10
    return nested


def deep(depth: int) -> dict[str, Any]:
    """Tables inside tables."""
    nested: dict[str, Any] = {}
    for _ in range(depth):
        nested = {"measured": nested}
    return nested


def refusal(tables: Any) -> str:
    """The refusal of ``tables``, a short printable text; fails where they pass."""
    with pytest.raises(DesignError) as problem:
        Cell.of(tables)
    text = str(problem.value)
    assert 0 < len(text) < 3000
    assert all(line.isprintable() for line in text.splitlines())
    return text


@pytest.mark.parametrize(
    "tables",
    [None, 3, "format = 1", b"", [], (1, 2), object(), Cell, {1: 2}, {None: None}, {("a",): {}}, {"": {}}],
    ids=kind_of_value,
)
def test_what_is_no_table_is_refused_as_a_design(tables):
    assert refusal(tables)


@pytest.mark.parametrize(
    "tables",
    [endless(), {"negative": endless()}, deep(50), deep(100_000), {"case": manifold()}],
    ids=kind_of_value,
)
def test_tables_without_end_are_refused_at_once(tables):
    assert refusal({**full_design(), **tables}).startswith("the design is nested more than")


@pytest.mark.parametrize(
    "path", ["name", "separator.material", "separator.thickness", "case.type", "negative.sides", "format", "rest"]
)
def test_a_text_of_ten_megabytes_is_refused_or_kept_as_a_name(path):
    tables = changed(full_design(), {path: LONG})
    if path == "name":
        assert Cell.of(tables).name == LONG
        return
    assert "aaa..." in refusal(tables) or path == "rest"


@pytest.mark.parametrize(
    "name",
    [LONG, "a\nb", "\x1b[2J", 'x"].y["', "negative.layers[0]", "", " ", "é" * 300, "[", "\x00"],
    ids=kind_of_value,
)
def test_a_name_of_any_letters_cannot_break_a_message(name):
    for table in ("particles", "negative.layers[0].recipe", "negative.layers[0].active", "separator"):
        nested = changed(full_design(), {})
        here: Any = nested
        for key in {"particles": ("particles",), "separator": ("separator",)}.get(table, ("negative", "layers", 0)):
            here = here[key]
        here = here[table.rsplit(".", 1)[1]] if "layers" in table else here
        here[name] = {"composition": {"tin": 1}} if table == "particles" else {} if "active" in table else 0.01
        assert refusal(nested)


@pytest.mark.parametrize(
    "value",
    [
        date(2020, 1, 1),
        10**400,
        -(10**5000),
        3 + 4j,
        b"1 um",
        {1},
        object(),
        len,
        np.timedelta64(3),
        np.datetime64("2020"),
        np.bool_(True),
        np.str_("thick"),
        np.array("1 um"),
        range(3),
        np.ma.masked_array([1.0, 2.0], [0, 1]),
        float("-inf"),
        types.SimpleNamespace(),
        Path("/"),
        ["1 um"],
        {"a": {"b": {}}},
        1e-300,
        "١ furlong",
        "1" + "0" * 110 + " um",
    ],
    ids=kind_of_value,
)
def test_a_quantity_of_any_type_is_taken_or_refused_by_its_path(value):
    assert refusal(changed(full_design(), {THICKNESS: value})).startswith(f"{THICKNESS} ")


@pytest.mark.parametrize("folder", ["no/such", "", "\x00", "a" * 5000, "../" * 2000, "examples\n"], ids=kind_of_value)
def test_a_folder_of_materials_that_is_none_is_named(folder, tmp_path):
    tables = {**full_design(), "materials": folder, "name": 7}
    with pytest.raises(DesignError) as problem:
        Cell.of(tables, folder=tmp_path / "nowhere")
    assert [fault.where for fault in problem.value.faults] == ["materials", "name"]


@pytest.mark.parametrize(
    "path",
    [
        "",
        ".",
        "..",
        "negative",
        "negative.",
        ".negative",
        "negative.layers[-1].thickness",
        "negative.layers[2].thickness",
        "negative.layers[0].thicknes",
        "negative.layers.thickness",
        "negative.layers[].thickness",
        "negative.layers[0]thickness",
        "negative.layers[99999999999999999999].name",
        "negative.layers[" + "9" * 5000 + "].name",
        LONG,
        "name.x",
        "name[0]",
        "__class__",
        "model_config",
        "_library",
        "negative.__dict__",
        "negative.layers[0].recipe.silicon",
        "a b",
        "a\nb",
        'x["y',
        "negative.layers[0].active.graphite.diameter.x",
        "operation[0]",
        "specifications[7]",
        None,
        3,
        ("negative",),
        b"name",
    ],
    ids=kind_of_value,
)
def test_a_path_that_leads_nowhere_is_refused_by_name(path):
    cell = Cell.of(full_design())
    with pytest.raises(DesignError) as problem:
        cell.with_(path, 1)
    assert len(str(problem.value)) < 1500


def test_a_path_into_an_absent_table_says_to_give_the_table_first():
    cell = Cell.of(changed(full_design(), {"lithium.target": "40 at%"})).with_("lithium", None)
    with pytest.raises(DesignError, match=r"lithium is not given\. Give lithium as a whole table first"):
        cell.with_("lithium.dose", 1.0)


@pytest.mark.parametrize("changes", [None, 3, "name", [("name", 1)]])
def test_changes_that_are_no_table_are_refused(changes):
    with pytest.raises(DesignError, match="a table of path and value is needed"):
        Cell.of(full_design()).with_all(changes)


@pytest.mark.parametrize(
    ("array", "words"),
    [
        (np.array([1e-5, np.nan]), "holds 1 value that cannot be, the first nan m at [1]"),
        (np.array([1e-5, np.inf]), "the first inf m at [1]"),
        (np.array([[1e-5, -1.0], [2.0, 1e-5]]), "holds 2 values that cannot be, the first -1 m at [0, 1]"),
        (np.array([]), "is an empty array"),
        (np.empty((3, 0)), "is an empty array"),
        (np.array([1e-5, None]), "is an array of things that are not all numbers"),
        (np.array(["1 um", "2 um"]), "is an array of texts"),
        (np.array([True, False]), "is an array of true and false"),
        (np.array([1 + 1j]), "is an array of complex numbers"),
        (np.array(["2020"], dtype="datetime64"), "not all numbers"),
        (np.zeros(2, dtype=[("a", float)]), "not all numbers"),
    ],
)
def test_an_array_that_is_no_batch_is_refused(array, words):
    with pytest.raises(DesignError) as problem:
        Cell.of(full_design()).with_(THICKNESS, array)
    assert words in str(problem.value)


def test_a_batch_of_two_axes_and_of_many_designs_is_taken():
    cell = Cell.of(full_design())
    assert cell.with_(THICKNESS, np.full((3, 4), 1e-5)).shape == (3, 4)
    assert cell.with_(THICKNESS, np.linspace(1e-5, 2e-5, 300_000)).shape == (300_000,)


def test_arrays_of_different_shapes_are_refused_beside_other_faults():
    changes = {THICKNESS: np.full(2, 1e-5), "positive.layers[0].thickness": np.full(3, 1e-5), "name": 3}
    with pytest.raises(DesignError) as problem:
        Cell.of(full_design()).with_all(changes)
    assert [fault.where for fault in problem.value.faults] == ["name", "the batch"]


def test_one_bad_design_of_a_batch_is_enough_to_refuse_it():
    with pytest.raises(DesignError, match=r"case\.inner_height leaves 1 mm for a stack of"):
        Cell.of(full_design()).with_(THICKNESS, np.array([1e-5, 9e-4]))


def test_uncertainties_of_fields_that_are_gone_are_forgotten():
    cell = Cell.of(full_design())
    assert cell.uncertainty
    layers = full_design()["negative"]["layers"][1:]
    assert not cell.with_("negative.layers", layers).uncertainty
    assert spread_of(cell.with_("negative.layers", layers)) is None


@pytest.mark.parametrize(
    "tables",
    [{"measured": {"colour": 1}}, {"measured": {"x_max": "1 um"}}, {"measured": {"phase_a_oxygen": "120 wt%"}}],
)
def test_measured_figures_that_cannot_be_are_refused_by_path(tables):
    with pytest.raises(DesignError, match=r"^measured\."):
        Measured.of({"format": 1, "kind": "measured", **tables})


@pytest.mark.parametrize("name", ["", "layered-negativ", "..", "\x00"])
def test_a_specification_of_unknown_name_is_refused(name):
    with pytest.raises(AlloycellError):
        load(name)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("format = 1\nformat = 1\n", "line 2"),
        ("format = 1\n[negative]\nsides = 1\nsides = 2\n", "line 4"),
        ("format = 1\n[negative]\n[negative]\n", "line 3"),
        ("thickness = 12 um\n", "line 1, column 16"),
        ('name = "open\n', "line 1"),
        ("[[negative.layers]]\nrecipe = { graphite = 1,\n", "line"),
    ],
)
def test_a_file_that_is_no_toml_is_refused_with_its_line(text, place, tmp_path):
    path = tmp_path / "design.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(FormatError) as problem:
        Cell.load(path)
    assert str(path) in str(problem.value)
    assert place in str(problem.value)


def test_an_empty_file_is_a_design_that_lacks_everything(tmp_path):
    path = tmp_path / "design.toml"
    path.write_text("", encoding="utf-8")
    with pytest.raises(DesignError, match="format is missing"):
        Cell.load(path)
