"""The particle page: one file that needs nothing else, with bar, balance, section, sentence, tables."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import pytest

from alloycell.alloy import ParticleFile, ParticleSheet
from alloycell.cell import Cell
from alloycell.check import Verdict, load
from alloycell.explore import SweepAxis, sweep_compositions
from alloycell.files import read_toml
from alloycell.report import report_html
from alloycell.report.compositions import judged_clauses, sweep_lines, sweep_picture
from alloycell.report.particle_facts import (
    closure_sentence,
    content_rows,
    content_text,
    expanded,
    facts,
    limit_sentence,
    phase_rows,
)
from alloycell.report.particles import particle_html, particle_part, particle_sections, write_particle_report
from alloycell.studies import Study, check_particle, study

EXAMPLES = Path(__file__).resolve().parents[3] / "examples"
TITANIUM = {
    "format": 1,
    "kind": "particle",
    "name": "Ti-Si",
    "composition": {"Ti": "20 wt%", "O": "0.5 wt%", "N": "0.5 wt%", "Si": "rest"},
    "x_max": {"Si": 3.75},
}


@pytest.fixture(scope="module")
def powder() -> ParticleSheet:
    """The sheet of the Ti-Si example."""
    return ParticleFile.load(EXAMPLES / "titanium-silicon.toml").sheet()


@pytest.fixture(scope="module")
def mapped() -> ParticleSheet:
    """The sheet of the example that starts from a map."""
    return ParticleFile.load(EXAMPLES / "element-map.toml").sheet()


@pytest.fixture(scope="module")
def verdict() -> Verdict:
    """The verdict on the Ti-Si example."""
    return check_particle(ParticleFile.load(EXAMPLES / "titanium-silicon.toml"))


@pytest.fixture(scope="module")
def page(powder, verdict) -> str:
    """The report on the Ti-Si example."""
    return particle_html("Ti-Si <powder>", "Why?", powder, [verdict])


def made(**changes: object) -> ParticleSheet:
    """The sheet of a Ti-Si particle with some tables replaced."""
    return ParticleFile.of({**TITANIUM, **changes}).sheet()


def test_the_page_is_one_file_that_asks_for_nothing_else(page, mapped):
    for text in (page, particle_html("Map", "", mapped, [])):
        addresses = re.findall(r'(?:href|src)="([^"]*)', text)
        assert all(a.startswith(("#", "https://doi.org/10.", "data:image/png;base64,")) for a in addresses)
        assert not re.search(r"<(script|link|img|iframe|object)\b|@import", text)
        identifiers = re.findall(r' id="([^"]+)"', text)
        assert len(set(identifiers)) == len(identifiers)


def test_names_are_escaped_and_the_same_particle_gives_the_same_page(page, powder, verdict):
    assert "Ti-Si &lt;powder&gt;" in page
    assert particle_html("Ti-Si <powder>", "Why?", powder, [verdict]) == page


def test_the_page_holds_bar_balance_sentence_tables_clauses_assumptions_and_sources(page):
    for part in ("by mass", "by volume", "content [wt% of that column]", "Phase A would hold more than 0.5", "Phases",
                 "Contents", "claim 6", "What is assumed", "Sources", "from the mass balance", "TiSi2"):  # fmt: skip
        assert part in page


def test_the_windows_of_the_balance_are_those_of_the_specification(page):
    words = ("below", "0.5 wt%", "at least", "1.0 wt%", "0.5 to 10 wt%")
    assert all(f">{word}<" in page for word in words)


def test_a_map_brings_its_section_with_three_panels(mapped):
    text = particle_html("Map", "", mapped, [])
    for part in (
        "Section under the microscope",
        "What phase A touches",
        "data:image/png",
        "of the boundary of phase A",
    ):
        assert part in text
    assert "Section under the microscope" not in particle_html("Plain", "", made(), [])


def test_a_report_is_written_under_the_name_of_the_particle(tmp_path, powder, verdict):
    path = write_particle_report("Ti-Si powder", "", powder, [verdict], tmp_path)
    assert path.name == "ti-si-powder.html"
    assert path.read_text(encoding="utf-8").startswith("\n<!DOCTYPE html") or "<!DOCTYPE html" in path.read_text()


def test_shares_of_the_phases_add_up_and_phase_a_comes_first(powder):
    rows = phase_rows(powder)
    assert [row.side for row in rows] == ["A", "B", "surface"]
    for name in ("mass", "volume", "atoms"):
        assert sum(getattr(row, name) for row in rows) == pytest.approx(1.0)


def test_contents_carry_uncertainty_and_method(powder, mapped):
    a, b, whole = content_rows(powder)
    assert (a.total, a.total_uncertainty) == pytest.approx((0.0026, 0.00064), rel=0.01)
    assert "SIMS" in a.method
    assert b.method == "from the mass balance"
    assert whole.contents["F"] == pytest.approx(0.0002)
    assert "from the map" in content_rows(mapped)[1].method


def test_contents_without_partition_are_not_known_and_the_sentence_says_why():
    sheet = made()
    assert [row.total for row in content_rows(sheet)][:2] == [None, None]
    assert "neither a partition" in limit_sentence(sheet)
    assert "not known" in particle_html("x", "", sheet, [])


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"partition": "milled in nitrogen"}, "from a total of"),
        ({"partition": "all in phase B"}, "nothing goes there"),
        ({"partition": "equilibrium"}, "all or nothing"),
        ({"composition": {"silicon": "80 %", "tin": "20 %"}, "x_max": None}, ""),
    ],
)
def test_the_sentence_on_the_total_fits_the_partition(changes, said):
    assert said in limit_sentence(made(**changes))


def test_the_balance_closes_and_its_sentence_says_how_well(powder):
    found = re.search(r"closes to (\S+) of", closure_sentence(powder))
    assert found is not None
    assert float(found[1]) < 1e-12


def test_both_readings_of_titanium_with_tin_are_told_and_labelled():
    sheet = made(composition={"Ti": "10 wt%", "Sn": "rest"}, x_max={"Sn": 4.4})
    told = {fact.name: fact.text for fact in facts(sheet)}
    assert float(told["reversible capacity"].split()[0]) == pytest.approx(689, abs=0.6)
    assert float(told["active phases, newer assessment"].split()[0]) == pytest.approx(525, abs=0.6)


def test_facts_of_titanium_with_silicon_hold_the_numbers_done_by_hand():
    for share, capacity in (("10 wt%", 2801), ("20 wt%", 2023), ("30 wt%", 1245), ("40 wt%", 467)):
        sheet = made(composition={"Ti": share, "Si": "rest"})
        told = {fact.name: fact.text for fact in facts(sheet)}
        assert float(told["reversible capacity"].split()[0]) == pytest.approx(capacity, abs=0.6)
        assert "lost to oxygen" not in told


def test_uncertainty_of_a_figure_is_that_of_its_uncertain_inputs():
    sheet = made(composition={"Ti": "20 +- 1 wt%", "Si": "rest"})
    spread = expanded(sheet, lambda s: s.phases.theoretical_capacity())
    assert spread / 3600 == pytest.approx((2801 - 1245) / 20, rel=0.01)
    assert expanded(made(), lambda s: s.phases.theoretical_capacity()) == 0.0


@pytest.mark.parametrize(
    ("value", "spread", "text"),
    [(None, 0.0, "not known"), (0.0026, 0.00064, "0.260 +- 0.064"), (0.2, 0.03, "20.0 +- 3.0"), (0.0042, 0.0, "0.42")],
)
def test_contents_are_written_to_the_decimals_of_their_uncertainty(value, spread, text):
    assert content_text(value, spread) == text


def test_a_map_of_compositions_is_drawn_and_told(powder):
    axes = [SweepAxis.between("Ti", 0.0, 0.5, 30), SweepAxis.between("O", 0.0, 0.02, 30)]
    sweep = sweep_compositions(powder, axes, load("two-phase-particle"))
    picture = sweep_picture(sweep, {"Ti": 0.2, "O": 0.0042})
    for part in ("titanium [wt%]", "oxygen [wt%]", "every clause holds", "this particle", "no such particle"):
        assert part in picture
    assert "All 6 clauses hold for" in " ".join(sweep_lines(sweep, "two-phase-particle"))
    assert len(judged_clauses(sweep)) == 6
    line = sweep_compositions(powder, axes[:1], load("two-phase-particle"))
    assert "reversible capacity [mAh/g]" in sweep_picture(line, {})


def test_elements_side_by_side_have_no_balance():
    sheet = made(composition={"silicon": "80 %", "tin": "20 %"}, x_max=None)
    part = particle_part("Si80Sn20", sheet, None, "p")
    assert (part.balance_picture, part.contents, part.limit) == ("", None, "")
    assert "Elements side by side" in particle_html("Si80Sn20", "", sheet, [])


@pytest.fixture(scope="module")
def celled() -> Study:
    """The silicon-tin example with Ti-Si particles in the place of its own."""
    tables = read_toml(EXAMPLES / "silicon-tin-layer.toml")
    particle = {key: value for key, value in TITANIUM.items() if key not in ("format", "kind", "name")}
    tables["particles"] = {"Ti-Si": {**particle, "partition": "milled in nitrogen"}}
    layer = tables["negative"]["layers"][0]
    layer["recipe"] = {"Ti-Si": "70 %", "graphite": "20 %", "PVA": "rest"}
    return study(Cell.of(tables), ["silicon-tin-layer"])


def test_the_report_of_a_design_holds_the_page_of_its_particle(celled):
    ((part, judged),) = particle_sections(celled)
    assert part.name == "Ti-Si"
    assert [entry.name for entry in judged] == ["two-phase-particle"]
    text = report_html(celled)
    for words in ("What it consists of.", "Where oxygen and nitrogen sit.", "Phase A would hold more than 0.5"):
        assert words in text
    identifiers = re.findall(r' id="([^"]+)"', text)
    assert len(set(identifiers)) == len(identifiers)


def test_the_verdict_on_a_particle_is_shown_once(celled):
    both = dataclasses.replace(celled, verdicts=(*celled.verdicts, celled.particles[0].verdict))
    ((_, judged),) = particle_sections(both)
    assert judged == ()
