"""Every command: its text, its JSON, a bad input."""

from __future__ import annotations

import json
import xml.etree.ElementTree

import jsonschema
import pytest

from alloycell.app.commands.new import template_names
from alloycell.app.faults import error_pages
from alloycell.app.main import COMMANDS
from alloycell.cell.figures import FIGURES
from alloycell.errors import RunError

LAYERED = "layered-silicon"


def test_new_writes_the_template_and_says_what_comes_next(alloycell, tmp_path, template_file):
    ended = alloycell("new", "--template", LAYERED, "mine.toml")
    assert ended.status == 0
    assert "alloycell study mine.toml" in ended.out
    assert (tmp_path / "mine.toml").read_bytes() == template_file(LAYERED).read_bytes()


def test_new_without_a_file_takes_the_name_of_the_template(alloycell, tmp_path):
    assert alloycell("new", "--template", "two-phase-particle", "--quiet").out == ""
    assert (tmp_path / "two-phase-particle.toml").exists()


def test_new_never_overwrites_unless_forced(alloycell, tmp_path):
    (tmp_path / "mine.toml").write_text("mine")
    ended = alloycell("new", "--template", LAYERED, "mine.toml")
    assert ended.status == 2
    assert "--force" in ended.err
    assert (tmp_path / "mine.toml").read_text() == "mine"
    assert alloycell("new", "--template", LAYERED, "mine.toml", "--force").status == 0
    assert (tmp_path / "mine.toml").read_text() != "mine"


def test_new_names_the_templates_where_none_or_an_unknown_one_is_given(alloycell):
    assert LAYERED in alloycell("new").err
    ended = alloycell("new", "--template", "layered-silicn")
    assert ended.status == 2
    assert f'Did you mean "{LAYERED}"?' in ended.err


def test_new_in_json_names_the_file(alloycell):
    assert alloycell("new", "--template", LAYERED, "a.toml", "--json").data["file"] == "a.toml"


def test_study_writes_report_and_json_and_prints_where(alloycell, tmp_path, template_file):
    ended = alloycell("study", template_file(LAYERED), "--out", "there")
    assert (ended.status, ended.err) == (0, "")
    page = tmp_path / ended.out.splitlines()[-1].removeprefix("Report: ")
    assert page.parent == tmp_path / "there"
    assert page.read_text(encoding="utf-8").lstrip().lower().startswith("<!doctype html")
    told = json.loads((tmp_path / "there" / "study.json").read_text())
    assert told["figures"]["areal_capacity"]["value"] > 0
    for words in ("claims", "areal capacity", "Dose:", "legal advice"):
        assert words in ended.out


def test_study_in_json_prints_what_it_writes(alloycell, tmp_path, template_file):
    ended = alloycell("study", template_file(LAYERED), "--json")
    assert (ended.status, ended.err) == (0, "")
    assert ended.data == json.loads((tmp_path / "out" / LAYERED / "study.json").read_text())


def test_a_quiet_study_prints_the_path_of_the_report_only(alloycell, tmp_path, template_file):
    ended = alloycell("study", template_file(LAYERED), "--quiet")
    assert (tmp_path / ended.out.strip()).exists()


def test_study_of_measured_figures_points_to_check(alloycell, template_file):
    ended = alloycell("study", template_file("two-phase-particle"))
    assert ended.status == 2
    assert "alloycell check" in ended.err


def test_check_of_a_design_inside_ends_with_0_and_shows_margins(alloycell, template_file):
    ended = alloycell("check", template_file(LAYERED), "--specification", "layered-negative")
    assert ended.status == 0
    for words in ("inside", "claims 3, 13", "mAh/cm2", "+- ", "legal advice"):
        assert words in ended.out


def test_check_of_a_design_outside_ends_with_1_and_names_a_change(alloycell, cell_file):
    path = cell_file(('target = "50 at%"', 'target = "20 at%"'))
    ended = alloycell("check", path, "-s", "layered-negative")
    assert ended.status == 1
    assert "smallest change that clears it" in ended.out


def test_outside_wins_over_unknown(alloycell, template_file):
    both = ("-s", "silicon-tin-layer", "-s", "two-phase-particle")
    assert alloycell("check", template_file(LAYERED), *both).status == 1
    assert alloycell("check", template_file(LAYERED), "-s", "two-phase-particle").status == 3


def test_check_of_measured_figures_is_undecidable_as_the_template_says(alloycell, template_file):
    ended = alloycell("check", template_file("two-phase-particle"))
    assert ended.status == 3
    assert "undecidable" in ended.out
    assert "Ti Ll covers N Ka" in " ".join(ended.out.split())


def test_the_template_of_measured_figures_is_unknown_without_nitrogen_of_the_particle(
    alloycell, tmp_path, template_file
):
    lines = template_file("two-phase-particle").read_text(encoding="utf-8").splitlines()
    (tmp_path / "m.toml").write_text("\n".join(line for line in lines if not line.startswith("particle_nitrogen")))
    ended = alloycell("check", "m.toml")
    assert ended.status == 3
    assert "unknown" in ended.out
    assert "phase_b_nitrogen" in ended.out


def test_measured_figures_are_held_against_what_they_speak_of_where_no_specification_is_named(
    alloycell, tmp_path, template_file
):
    text = template_file("two-phase-particle").read_text(encoding="utf-8")
    (tmp_path / "m.toml").write_text(text.replace('specifications = ["two-phase-particle"]', ""))
    names = [entry["specification"] for entry in alloycell("check", "m.toml", "--json").data["specifications"]]
    assert names == ["two-phase-particle"]


def test_a_specification_in_a_file_beside_the_design_is_found(alloycell, tmp_path, cell_file):
    rule = '[[clauses]]\nname = "thick"\nfigure = "layer_thickness"\nlow = "1 um"\n'
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "own.toml").write_text('format = 1\nname = "own"\n' + rule)
    text = (
        cell_file().read_text(encoding="utf-8").replace("format = 1\n", 'format = 1\nspecifications = ["own.toml"]\n')
    )
    text = "\n".join(
        line
        for n, line in enumerate(text.splitlines())
        if not (line.startswith("specifications") and "own" not in line)
    )
    (tmp_path / "sub" / "cell.toml").write_text(text)
    ended = alloycell("check", "sub/cell.toml")
    assert (ended.status, ended.err) == (0, "")
    assert "thick" in ended.out
    assert alloycell("check", "sub/cell.toml", "-s", "sub/own.toml").status == 0


def test_check_names_an_unknown_specification_and_the_nearest(alloycell, template_file):
    ended = alloycell("check", template_file(LAYERED), "-s", "layered-negativ")
    assert ended.status == 2
    assert 'Did you mean "layered-negative"?' in ended.err


def test_check_in_json_holds_every_clause_with_its_readings(alloycell, template_file):
    ended = alloycell("check", template_file(LAYERED), "-s", "layered-negative", "--json")
    (verdict,) = ended.data["specifications"]
    assert ended.data["exit_status"] == ended.status == 0
    assert len(verdict["clauses"]) == 13
    assert {"strict", "rounded", "guarded"} == set(verdict["clauses"][0]["readings"])


def test_a_quiet_check_prints_one_line_a_specification(alloycell, template_file):
    ended = alloycell("check", template_file(LAYERED), "-s", "layered-negative", "-q")
    assert ended.out == "layered-negative: inside\n"


@pytest.mark.parametrize("target", ["0.45", "45 at%", "45at%", "45 %"])
def test_dose_takes_the_target_with_and_without_unit(alloycell, template_file, target):
    told = alloycell("dose", template_file(LAYERED), "--target", target, "--json").data
    assert told["rows"][0]["target"] == 0.45
    assert told["rows"][0]["charge"] > 0


def test_dose_prints_three_methods_and_what_d_allows(alloycell, template_file):
    ended = alloycell("dose", template_file(LAYERED), "--target", "0.45")
    assert ended.status == 0
    for words in ("45 at%", "formula (1)", "extended ledger", "equilibrium", "(1) and (D) allow", "um", "mAh"):
        assert words in ended.out


@pytest.mark.parametrize(
    ("target", "words"),
    [("45", "write 0.45"), ("much", "an atom fraction"), ("45 um", "at%"), ("-0.5", "between"), ("0.9", "must lie")],
)
def test_dose_refuses_a_target_that_cannot_be_and_says_why(alloycell, template_file, target, words):
    ended = alloycell("dose", template_file(LAYERED), "--target", target)
    assert ended.status == 2
    assert words.removeprefix("an ") in ended.err


def test_window_says_which_cut_offs_keep_the_alloy_inside(alloycell, template_file):
    ended = alloycell("window", template_file(LAYERED))
    assert ended.status == 0
    for words in ("stays within 31 to 67 at%", "upper edge", " V ", "discharge cut-off [V]"):
        assert words in ended.out


def test_window_in_json_holds_the_curve_in_si(alloycell, template_file):
    told = alloycell("window", template_file(LAYERED), "--low", "40 at%", "--high", "0.6", "--json").data
    assert (told["low"], told["high"]) == (0.4, 0.6)
    assert len(told["voltages"]) == len(told["fractions"]) == len(told["capacities"])


def test_window_refuses_edges_the_wrong_way_round(alloycell, template_file):
    ended = alloycell("window", template_file(LAYERED), "--low", "0.6", "--high", "0.4")
    assert ended.status == 2
    assert "must rise" in ended.err


@pytest.mark.parametrize("code", sorted(error_pages()))
def test_every_error_code_has_a_page_with_what_to_do(alloycell, code):
    ended = alloycell("explain", code.lower())
    assert ended.status == 0
    assert ended.out.startswith(code)
    assert "What to do:" in ended.out


def test_an_unknown_code_lists_the_known_ones(alloycell):
    ended = alloycell("explain", "E999")
    assert ended.status == 2
    assert "E100" in ended.err


def test_a_figure_is_explained_with_the_numbers_of_a_design(alloycell, template_file):
    ended = alloycell("explain", "designed_stoichiometry", template_file(LAYERED))
    assert ended.status == 0
    for words in ("q = (Li - Cb (1 - L_c)) / (M_atom F)", "Cb = 2.213 mAh/cm2", "L_c = 93 %", "q = 1"):
        assert words in ended.out


def test_a_field_of_a_layer_is_explained_by_its_path(alloycell, template_file):
    ended = alloycell("explain", "negative.layers[0].porosity", template_file(LAYERED))
    assert ended.status == 0
    assert "35 %" in ended.out


@pytest.mark.parametrize("name", sorted(FIGURES))
def test_every_figure_can_be_explained_with_and_without_design(alloycell, template_file, name):
    assert FIGURES[name].meaning.split()[0] in alloycell("explain", name).out
    assert alloycell("explain", name, template_file(LAYERED)).status == 0


def test_a_misspelt_figure_gets_the_nearest_name(alloycell, template_file):
    for more in ([], [template_file(LAYERED)]):
        ended = alloycell("explain", "capacity_slak", *more)
        assert ended.status == 2
        assert "capacity_slack" in ended.err


def test_an_explanation_in_json_holds_terms_and_value(alloycell, template_file):
    told = alloycell("explain", "capacity_slack", template_file(LAYERED), "--json").data
    terms = {term["name"]: term["value"] for term in told["terms"]}
    rest = terms["negative_capacity"] - terms["lithium_added"] - terms["positive_capacity"]
    assert told["value"] == pytest.approx(rest)
    assert told["unit"] == "C/m2"


def test_materials_are_listed_by_kind(alloycell):
    ended = alloycell("materials")
    assert ended.status == 0
    order = [
        ended.out.index(f"\n{kind}\n") if index else ended.out.index(kind)
        for index, kind in enumerate(("alloying", "carbon", "positive"))
    ]
    assert order == sorted(order)
    assert {"silicon", "graphite", "LiMn2O4"} <= {
        row["name"] for row in alloycell("materials", "--json").data["materials"]
    }
    assert "silicon" in alloycell("materials", "-q").out.split()


def test_a_record_is_shown_with_values_units_levels_sources_and_curve(alloycell):
    ended = alloycell("materials", "silicon")
    for words in (
        "2.33 g/cm3",
        "measured",
        "assumed",
        "Verbrugge",
        "https://doi.org/",
        "potential [V vs Li/Li+]",
        "content [Li per Si]",
    ):
        assert words in ended.out


@pytest.mark.parametrize(
    "name", ["PVDF", "copper-foil", "EC-EMC-Nyman", "PE-separator", "lithium", "carbon-black", "LiCoO2", "hard-carbon"]
)
def test_a_record_of_every_kind_is_shown(alloycell, name):
    assert name in alloycell("materials", name).out
    told = alloycell("materials", name, "--json").data
    assert told["name"] == name
    assert any(row["unit"] for row in told["values"])


def test_a_misspelt_material_gets_the_nearest_name(alloycell):
    ended = alloycell("materials", "silcon")
    assert ended.status == 2
    assert 'Did you mean "silicon"?' in ended.err
    assert 'Did you mean "silicon"?' in alloycell("materials", "Si").err


def test_a_curve_is_drawn_into_a_file(alloycell, tmp_path):
    assert alloycell("materials", "tin", "--plot", "tin.svg").status == 0
    assert xml.etree.ElementTree.parse(tmp_path / "tin.svg").getroot().tag.endswith("svg")
    assert alloycell("materials", "PVDF", "--plot", "x.svg").status == 2
    assert alloycell("materials", "--plot", "x.svg").status == 2


def test_records_of_a_folder_are_listed_beside_the_shipped_ones(alloycell, tmp_path):
    (tmp_path / "mine").mkdir()
    record = 'format = 1\nname = "glue"\nkind = "binder"\ntitle = "Glue"\npolymer = "glue"\n'
    record += 'density = { value = "1.2 g/cm3", source = "memory", level = "assumed" }\n'
    (tmp_path / "mine" / "glue.toml").write_text(record)
    assert "glue" in alloycell("materials", "--folder", "mine").out
    assert "1.2 g/cm3" in alloycell("materials", "glue", "--folder", "mine").out
    assert alloycell("materials", "--folder", "nowhere").status == 2


def test_the_schema_is_valid_and_accepts_the_template(alloycell, template_file):
    import tomllib

    told = alloycell("schema").out
    assert json.loads(told) == alloycell("schema", "--json").data
    jsonschema.Draft202012Validator.check_schema(json.loads(told))
    given = tomllib.loads(template_file(LAYERED).read_text(encoding="utf-8"))
    jsonschema.validate(given, json.loads(told))


def test_cite_prints_bibtex_of_the_records_in_use(alloycell, template_file):
    ended = alloycell("cite", template_file(LAYERED))
    assert ended.status == 0
    assert ended.out.count("{") == ended.out.count("}")
    assert "10.1149/2.0581603jes" in ended.out.lower() or "Verbrugge" in ended.out
    keys = [line.split("{")[1] for line in ended.out.splitlines() if line.startswith("@")]
    assert len(set(keys)) == len(keys) > 3
    entries = alloycell("cite", template_file(LAYERED), "--json").data["entries"]
    assert {"silicon", "graphite", "LiMn2O4"} <= {name for entry in entries for name in entry["materials"]}


def test_doctor_finds_one_line_a_check_and_nothing_wrong(alloycell):
    ended = alloycell("doctor")
    assert ended.status == 0
    assert all(line.startswith("passed  ") for line in ended.out.splitlines())
    assert [line.split()[1] for line in ended.out.splitlines()] == [
        "versions:",
        "records:",
        "curves:",
        "writing:",
        "example:",
        "particle:",
    ]


def test_doctor_names_the_check_that_fails_and_ends_with_4(alloycell, monkeypatch):
    def broken(*_: object) -> None:
        raise RunError("The example stopped.")

    monkeypatch.setattr("alloycell.app.health.study", broken)
    ended = alloycell("doctor", "--quiet")
    assert ended.status == 4
    assert ended.out == "failed  example: The example stopped.\n"
    assert alloycell("doctor", "--json").data["passed"] is False


@pytest.mark.parametrize("width", [60, 80, 140])
def test_text_fits_the_terminal(alloycell, monkeypatch, template_file, width):
    monkeypatch.setenv("COLUMNS", str(width))
    design = template_file(LAYERED)
    lines = [
        line
        for arguments in (
            ["check", design],
            ["dose", design],
            ["window", design],
            ["materials"],
            ["materials", "silicon"],
            ["explain", "capacity_slack", design],
            ["study", design],
            ["check", template_file("two-phase-particle")],
        )
        for line in alloycell(*arguments).out.splitlines()
        if not line.startswith("Report:")
    ]
    assert [line for line in lines if len(line) > width and " " in line.strip()] == []


def test_every_command_is_listed_once_and_has_a_file_of_its_own():
    names = [command.__name__ for command in COMMANDS]
    assert len(set(names)) == len(names)
    assert [command.__module__ for command in COMMANDS] == [f"alloycell.app.commands.{name}" for name in names]


def test_the_help_of_new_names_every_template(alloycell, monkeypatch):
    monkeypatch.setenv("COLUMNS", "140")
    said = " ".join(alloycell("new", "--help").out.split())
    assert [name for name in template_names() if name not in said] == []
