"""``alloycell particle``: text, JSON, exit status, measurements from files, maps of compositions, bad input."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree
from pathlib import Path

import pytest

from alloycell.alloy import ParticleFile
from alloycell.app.particles import sweep_axis
from alloycell.errors import DesignError

TITANIUM = "titanium-silicon"
SPOTS = """spot,phase,Si,Ti,O,O error,N,N error
1,A,99.4,0.2,0.15,0.05,0.10,0.04
2,A,99.5,0.1,0.17,0.05,0.08,0.04
3,B,52.0,45.5,0.30,0.10,1.60,0.15
4,B,52.2,45.4,0.26,0.10,1.50,0.15
"""
SIZES = "diameter [um],cumulative volume [%]\n0.4,0\n1,10\n2,40\n4,80\n8,97\n16,100\n"


@pytest.fixture
def particle_file(tmp_path, template_file):
    """A copy of the Ti-Si particle with texts replaced."""

    def write(*changes: tuple[str, str]) -> Path:
        text = template_file(TITANIUM).read_text(encoding="utf-8")
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        path = tmp_path / "particle.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def words(text: str) -> str:
    """``text`` on one line."""
    return " ".join(text.split())


def test_a_particle_is_told_with_phases_contents_capacities_and_clauses(alloycell, template_file):
    ended = alloycell("particle", template_file(TITANIUM))
    assert (ended.status, ended.err) == (0, "")
    told = words(ended.out)
    for part in ("TiSi2 B inactive 44.3 %", "SiO2 surface undetermined", "0.260 +- 0.064", "from the mass balance",
                 "1976 to 1980 +- 23 mAh/g", "5.04 to 10.1 mAh/g", "2.88 times", "2.86 g/cm3", "claims 1-4 inside",
                 "statements are assumed", "legal advice"):  # fmt: skip
        assert part in told


def test_the_sentence_on_the_total_says_where_phase_a_reaches_its_limit(alloycell, template_file):
    told = words(alloycell("particle", template_file(TITANIUM)).out)
    found = re.search(r"more than 0\.5 wt% from a total of (\S+) \+- \S+ wt% .* it is (\S+) wt% now", told)
    assert found is not None
    assert float(found[1]) / float(found[2]) == pytest.approx(0.5 / 0.26, rel=0.02)


def test_the_same_in_json_is_si_and_whole(alloycell, template_file):
    ended = alloycell("particle", template_file(TITANIUM), "--json")
    (told,) = ended.data["particles"]
    assert ended.data["exit_status"] == ended.status == 0
    assert told["reversible_capacity"]["low"] / 3600 == pytest.approx(1976, abs=1)
    assert sum(phase["mass"] for phase in told["phases"]) == pytest.approx(1.0, abs=1e-9)
    assert told["contents"][0]["total"] == pytest.approx(0.0026)
    assert told["limit_total"] == pytest.approx(0.0186, abs=1e-4)
    assert len(told["specifications"][0]["clauses"]) == 6
    assert told["sources"]


def test_a_quiet_particle_prints_one_line_a_specification(alloycell, template_file):
    assert alloycell("particle", template_file(TITANIUM), "--quiet").out == "two-phase-particle: inside\n"


@pytest.mark.parametrize(
    ("change", "status"),
    [
        (("0.10 +- 0.04 wt%", "0.50 +- 0.04 wt%"), 1),
        (("0.10 +- 0.04 wt%", "0.30 +- 0.04 wt%"), 3),
        (("phase_b_passes_lithium = true\n", ""), 3),
    ],
)
def test_the_exit_status_is_that_of_check(alloycell, particle_file, change, status):
    path = particle_file(change)
    assert alloycell("particle", path).status == status
    assert alloycell("check", path).status == status


def test_without_a_partition_and_contents_where_oxygen_sits_is_not_known(alloycell, particle_file):
    measured = '[contents.phase_a]\nO = "0.16 +- 0.05 wt%"\nN = "0.10 +- 0.04 wt%"\n'
    methods = (
        '[contents.methods]\nphase_a_oxygen = "wavelength-dispersive X-ray"\nphase_a_nitrogen = "time-of-flight SIMS"'
    )
    process = 'partition = "milled in nitrogen" # for fluorine only: oxygen and nitrogen of the silicon were measured\n'
    ended = alloycell("particle", particle_file((measured, ""), (methods, ""), (process, "")))
    assert ended.status == 3
    told = words(ended.out)
    assert "phase A not known not known" in told
    assert "is not known: neither a partition nor the contents of both phases are stated" in told


def test_a_report_and_a_map_of_compositions_are_written(alloycell, tmp_path, template_file):
    sweeps = ("--sweep", "Ti=0:50%", "--sweep", "O=0:2%", "--points", "40")
    ended = alloycell("particle", template_file(TITANIUM), "--out", "there", *sweeps)
    assert ended.status == 0
    files = [line.split(": ")[1] for line in ended.out.splitlines() if line.startswith(("Report:", "Picture:"))]
    assert [Path(name).suffix for name in files] == [".svg", ".html"]
    assert xml.etree.ElementTree.parse(tmp_path / files[0]).getroot().tag.endswith("svg")
    assert "Map of compositions" in (tmp_path / files[1]).read_text(encoding="utf-8")
    told = words(ended.out)
    assert "1600 compositions: Ti 0 to 50 wt%, O 0 to 2 wt%." in told
    assert "All 6 clauses hold for" in told
    assert "Largest reversible capacity among these" in told


def test_a_sweep_agrees_with_the_particle_at_its_own_composition(alloycell, template_file):
    ended = alloycell("particle", template_file(TITANIUM), "--sweep", "Ti=10:30%", "--points", "3", "--json")
    (told,) = ended.data["particles"]
    sweep = told["sweep"]
    assert sweep["axes"] == {"Ti": pytest.approx([0.1, 0.2, 0.3])}
    assert sweep["reversible_capacity"]["high"][1] == pytest.approx(told["reversible_capacity"]["high"], rel=1e-3)
    assert sweep["inside"] == [True, True, True]
    low = [capacity / 3600 for capacity in sweep["reversible_capacity"]["low"]]
    assert low == sorted(low, reverse=True)


def test_where_a_clause_holds_nowhere_the_others_are_mapped(alloycell, particle_file):
    path = particle_file(('F = "0.02 +- 0.01 wt%"', 'F = "0 wt%"'))
    told = words(alloycell("particle", path, "--sweep", "O=0:2%", "--points", "20").out)
    assert "No composition meets all clauses of two-phase-particle; nowhere met: claim 6." in told
    assert "Together claim 1, claim 2, claim 3, claim 4 and claim 5 hold for" in told


def test_clauses_that_are_not_known_are_told_apart_from_those_not_met(alloycell, particle_file):
    path = particle_file(("phase_b_passes_lithium = true\n", ""))
    told = words(alloycell("particle", path, "--sweep", "O=0:2%", "--points", "20").out)
    assert "No composition meets all clauses of two-phase-particle; not known: claim 1, claim 2, claim 3" in told


@pytest.mark.parametrize("partition", ["equilibrium", "milled in air", "all in phase A", "all in phase B"])
def test_four_metals_with_oxygen_and_nitrogen_are_judged_in_every_partition(alloycell, tmp_path, partition):
    shares = 'Sn = "20 wt%"\nTi = "15 +- 0.5 wt%"\nZr = "5 wt%"\nO = "0.5 wt%"\nN = "0.3 wt%"\nSi = "rest"\n'
    head = f'format = 1\nkind = "particle"\npartition = "{partition}"\n[composition]\n'
    (tmp_path / "four.toml").write_text(head + shares)
    ended = alloycell("particle", "four.toml", "--out", "there", "--sweep", "Ti=0:30%", "--points", "20")
    assert ended.status in (1, 3)
    assert ended.err == ""
    assert "ZrSn2 B inactive" in words(ended.out)
    assert (tmp_path / "there" / "four.html").exists()


@pytest.mark.parametrize(
    ("text", "ends"), [("Ti=0:50%", (0, 0.5)), ("O=0.01:0.1", (0.01, 0.1)), ("titanium = 5 : 10 wt%", (0.05, 0.1)),
                       ("O=1%:3%", (0.01, 0.03))],
)  # fmt: skip
def test_a_swept_share_is_read_with_and_without_unit(text, ends):
    axis = sweep_axis(text, 5)
    assert (axis.values[0], axis.values[-1]) == pytest.approx(ends)


@pytest.mark.parametrize("text", ["Ti", "Ti=5", "Xx=0:1", "Ti=0:50um", "=0:1", "Ti=a:b", "Ti=0:500%"])
def test_a_swept_share_that_cannot_be_is_refused(text):
    with pytest.raises(DesignError, match="--sweep"):
        sweep_axis(text, 5)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--sweep", "Si=0:50%"), "is the rest"),
        (("--sweep", "Zr=0:50%"), "is not in the composition"),
        (("--sweep", "Ti=50:0%"), "must rise"),
        (("--sweep", "Ti=0:5%", "--sweep", "Ti=0:5%"), "twice"),
        (("--sweep", "Ti=0:5%", "--sweep", "O=0:5%", "--sweep", "N=0:5%"), "one or two"),
        (("--sweep", "Ti=0:5%", "--points", "1"), "--points"),
        (("--method", "EDX"), "--spots"),
        (("--map", "nowhere.npz"), "nowhere.npz"),
        (("--powder", "nowhere.csv"), "nowhere.csv"),
        (("--spots", "nowhere.csv", "--method", "EDX"), "nowhere.csv"),
        (("--spots", "nowhere.csv"), "--method is missing"),
    ],
)
def test_options_that_cannot_be_end_with_2_and_a_sentence(alloycell, template_file, options, said):
    ended = alloycell("particle", template_file(TITANIUM), *options)
    assert (ended.status, ended.out) == (2, "")
    assert said in words(ended.err)


def test_a_map_alone_is_segmented_judged_and_drawn(alloycell, tmp_path, template_file):
    ended = alloycell("particle", "--map", template_file("element-map").with_suffix(".npz"), "--out", "there")
    assert ended.status == 3
    told = words(ended.out)
    for part in ("72.8 +- 2.7 %", "0.109 +- 0.026 wt%", "Not known: phase_a_absorbs_lithium", "2056 of 3308 pixels"):
        assert part in told
    assert xml.etree.ElementTree.parse(tmp_path / "there" / "element-map-section.svg").getroot().tag.endswith("svg")


def test_a_map_given_beside_a_particle_file_fills_what_the_file_leaves_open(alloycell, tmp_path, template_file):
    text = template_file("element-map").read_text(encoding="utf-8").replace('map = "element-map.npz"\n', "")
    (tmp_path / "plain.toml").write_text(text, encoding="utf-8")
    assert alloycell("particle", "plain.toml").status == 3
    ended = alloycell("particle", "plain.toml", "--map", template_file("element-map").with_suffix(".npz"))
    assert ended.status == 0
    assert "from the map" in words(ended.out)


def test_spots_and_sizes_come_from_tables(alloycell, tmp_path, template_file):
    (tmp_path / "spots.csv").write_text(SPOTS)
    (tmp_path / "sizes.csv").write_text(SIZES)
    measured = ("--spots", "spots.csv", "--method", "wavelength-dispersive X-ray", "--powder", "sizes.csv")
    told = words(alloycell("particle", template_file(TITANIUM), *measured).out)
    assert "phase A 0.160 +- 0.035 0.090 +- 0.028" in told
    assert "D50 2.38 um" in told


def test_particles_of_a_design_are_told_one_after_the_other(alloycell, template_file):
    ended = alloycell("particle", template_file("silicon-tin-layer"))
    assert ended.status == 0
    told = words(ended.out)
    for part in ("Si80Sn20", "Elements side by side", "as far as the particle alone decides: inside", "claims 1, 6"):
        assert part in told


@pytest.mark.parametrize(
    ("name", "said"),
    [("layered-silicon", "holds no particle"), ("two-phase-particle", "alloycell check")],
)
def test_a_file_without_a_particle_points_to_what_to_do(alloycell, template_file, name, said):
    ended = alloycell("particle", template_file(name))
    assert ended.status == 2
    assert said in ended.err


def test_nothing_at_all_names_what_is_needed(alloycell):
    ended = alloycell("particle")
    assert ended.status == 2
    assert "alloycell new --template titanium-silicon" in ended.err


def test_other_commands_point_to_particle_or_know_the_file(alloycell, template_file):
    path = template_file(TITANIUM)
    for command in ("study", "dose", "window"):
        ended = alloycell(command, path)
        assert ended.status == 2
        assert "alloycell particle" in ended.err
    assert "Wbo = 0.2686 wt%" in alloycell("explain", "phase_b_oxygen", path).out
    assert alloycell("explain", "phase_b_oxigen", path).status == 2
    assert "COST 507" in alloycell("cite", path).out
    assert "phase_b_boundary_share" in json.dumps(alloycell("schema", "particle", "--json").data)
    assert alloycell("schema", "partcle").status == 2


def test_new_brings_the_map_of_a_template_and_never_overwrites_it(alloycell, tmp_path):
    ended = alloycell("new", "--template", "element-map")
    assert ended.status == 0
    assert (tmp_path / "element-map.npz").exists()
    assert alloycell("particle", "element-map.toml", "--quiet").out == "two-phase-particle: inside\n"
    (tmp_path / "element-map.toml").unlink()
    assert alloycell("new", "--template", "element-map").status == 2


BROKEN = (
    ("format = 1\n", "format = 2\n"),
    ('kind = "particle"\n', 'kind = "partcle"\n'),
    ('Ti = "20 +- 0.3 wt%"', 'Ti = "20 um"'),
    ('Ti = "20 +- 0.3 wt%"', "Ti = nan"),
    ('Ti = "20 +- 0.3 wt%"', 'Ti = "120 wt%"'),
    ('Ti = "20 +- 0.3 wt%"', "Ti = []"),
    ('Ti = "20 +- 0.3 wt%"', 'Tj = "20 wt%"'),
    ('Ti = "20 +- 0.3 wt%"', 'Li = "20 wt%"'),
    ('Ti = "20 +- 0.3 wt%"', 'W = "20 wt%"\nCu = "10 wt%"\nLa = "3 wt%"'),
    ("[composition]\n", "[compositon]\n"),
    ("[composition]\n", "composition = 3\n[other]\n"),
    ('Si = "rest"', 'Si = "1 wt%"'),
    ('Si = "rest"', 'O2 = "rest"'),
    ('partition = "milled in nitrogen"', 'partition = "milled in nitrogn"'),
    ('partition = "milled in nitrogen"', "partition = 3"),
    ('partition = "milled in nitrogen"', 'map = "gone.npz"'),
    ('partition = "milled in nitrogen"', 'powder = "gone.csv"'),
    ("diameter_spread = 1.7", "diameter_spread = 0.2"),
    ('surface_oxide = "1.5 nm"', 'surface_oxide = "15 um"'),
    ('surface_oxide = "1.5 nm"', 'surface_oxide = "100 nm"'),
    ('phase_b_boundary_share = "78 +- 5 %"', 'phase_b_boundary_share = "178 %"'),
    ("phase_b_passes_lithium = true", 'phase_b_passes_lithium = "maybe"'),
    ("Si = 3.75", "Si = -1"),
    ("Si = 3.75", "Ti = 3.75"),
    ('O = "0.16 +- 0.05 wt%"', 'O = "16 wt%"'),
    ('O = "0.16 +- 0.05 wt%"', 'C = "0.1 wt%"'),
    ('phase_a_oxygen = "wave', 'phase_c_oxygen = "wave'),
    ("[x_max]\n", "[[x_max]]\n"),
)  # fmt: skip


@pytest.mark.parametrize("change", BROKEN, ids=lambda change: words(change[1])[:40])
def test_a_broken_particle_file_ends_with_2_and_sentences(alloycell, particle_file, change):
    ended = alloycell("particle", particle_file(change))
    assert (ended.status, ended.out) == (2, "")
    assert "Traceback" not in ended.err
    assert "made a mistake" not in ended.err
    assert ended.err.strip()


def test_the_examples_answer_as_their_comments_say(template_file):
    powder = ParticleFile.load(template_file(TITANIUM)).sheet()
    capacity = powder.phases.reversible_capacity()
    assert capacity.low / 3600 == pytest.approx(1976, abs=0.5)
    assert capacity.high / 3600 == pytest.approx(1980, abs=0.5)
    assert powder.phases.mass_fraction("B") == pytest.approx(0.44, abs=0.005)
    assert powder.limit_total == pytest.approx(0.0186, abs=5e-5)
    mapped = ParticleFile.load(template_file("element-map")).sheet()
    figures = mapped.figures()
    assert figures["phase_a_oxygen"] + figures["phase_a_nitrogen"] == pytest.approx(0.0030, abs=5e-5)
    assert figures["phase_b_boundary_share"] == pytest.approx(0.73, abs=0.005)
    assert mapped.micrograph is not None
    assert mapped.micrograph.area_share.value == pytest.approx(0.62, abs=0.005)
    assert mapped.phases.volume_fractions()["TiSi2"] == pytest.approx(0.625, abs=5e-4)
    assert mapped.phases.reversible_capacity().high / 3600 == pytest.approx(923, abs=0.5)
