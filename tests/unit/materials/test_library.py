"""The library finds records by name, reads only what is asked for, and names every fault of a record."""

from __future__ import annotations

import re
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from alloycell.errors import FormatError, MaterialError
from alloycell.materials import (
    Alloying,
    Carbon,
    Electrolyte,
    Library,
    Positive,
    active_share,
    theoretical_capacity,
    volume_ratio,
)

BINDER = """\
format = 1
name = "my-binder"
kind = "binder"
title = "A binder of mine"
aliases = ["stuff"]
polymer = "polyvinyl alcohol"
density = { value = "1.3 g/cm3", source = "mine", level = "measured" }

[sources.mine]
author = "Me"
year = 2024
title = "My scales"
"""

CARBON = """\
format = 1
name = "my-carbon"
kind = "carbon"
title = "A carbon of mine"
carbon = "hard carbon"
host = "C6"
host_molar_mass = { value = "72.0642 g/mol", source = "memory", level = "assumed" }
density = { value = "1.5 g/cm3", source = "memory", level = "assumed" }
reversible_capacity = { value = "372 mAh/g", source = "memory", level = "assumed" }
first_cycle_efficiency = { value = "90 %", source = "memory", level = "assumed" }

[potential]
form = "table"
source = "memory"
level = "assumed"
full = { value = 1.0, source = "memory", level = "assumed" }
single = "mine.csv"

[volume]
path = [[0.0, 1.0], [1.0, 1.05]]
source = "memory"
level = "assumed"
"""
CURVE = "# mine\nx,U_V\n0,1.2\n0.2,0.5\n0.6,0.2\n1,0.01\n"
ELEMENT = """\
format = 1
name = "my-element"
kind = "alloying"
title = "An element of mine"
element = "Xx"
host = "Xx"
host_molar_mass = { value = "100 g/mol", source = "memory", level = "assumed" }
density = { value = "5 g/cm3", source = "memory", level = "assumed" }
x_max = { value = 2.0, source = "memory", level = "assumed" }
first_cycle_loss = { value = "10 mAh/g", source = "memory", level = "assumed" }

[potential]
form = "plateaus"
source = "memory"
level = "assumed"
full = { value = 2.0, source = "memory", level = "assumed" }
steps = [[0.0, 1.0, 0.5], [1.0, 2.0, 0.3]]
gap = { value = "100 mV", source = "memory", level = "assumed" }

[volume]
lithium = { value = "8.9 cm3/mol", source = "memory", level = "assumed" }

[[phases]]
name = "Li2Xx"
lithium_per_host = 2.0
reached = true
source = "memory"
level = "assumed"
"""
PROMISED = """
silicon tin germanium indium silver aluminium lead antimony bismuth gallium graphite hard-carbon
soft-carbon diamond-like-carbon fullerene carbon-nanotube graphite-SiOx graphite-Kokam LiCoO2 LiMn2O4 LiNiO2
NMC811 NMC811-LGM50 NMC532 NCA LFP EC-EMC-Nyman EC-EMC-Landesfeind EMC-FEC-Landesfeind PVA PVDF CMC SBR PAA
polyimide carbon-black VGCF copper-foil aluminium-foil nickel-foil steel PE-separator
PP-separator lithium
"""
Writer = Callable[..., Library]


@pytest.fixture
def library() -> Library:
    """The shipped library."""
    return Library.of()


@pytest.fixture
def with_record(tmp_path: Path) -> Writer:
    """A function that writes one record (text with changes), perhaps a curve, and gives the library."""

    def write(text: str, *changes: tuple[str, str], curve: str | None = CURVE, at: str = "mine.csv") -> Library:
        name = text.split('name = "')[1].split('"')[0]
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        (tmp_path / f"{name}.toml").write_text(text, encoding="utf-8")
        if curve is not None:
            (tmp_path / at).parent.mkdir(exist_ok=True)
            (tmp_path / at).write_text(curve, encoding="utf-8")
        return Library.of(tmp_path)

    return write


def refusal(library: Library, name: str) -> str:
    """The message with which the record ``name`` (and its curve) is refused."""
    with pytest.raises(MaterialError) as caught:
        library.hysteresis(name)
    return str(caught.value)


def test_the_library_holds_every_material_that_it_promises(library):
    assert sorted(PROMISED.split()) == sorted(library.names())


def test_names_of_a_kind_are_those_of_its_records(library):
    assert set(library.names("electrolyte")) == {"EC-EMC-Nyman", "EC-EMC-Landesfeind", "EMC-FEC-Landesfeind"}
    assert sum(len(library.names(kind)) for kind in ("alloying", "carbon", "positive")) == 26


def test_an_unknown_kind_is_refused_with_the_nearest(library):
    with pytest.raises(MaterialError, match='Did you mean "carbon"'):
        library.names("carbons")


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        ("Si", "silicon"),
        ("si", "silicon"),
        ("silicone", "silicon"),
        ("LMO", "LiMn2O4"),
        ("Graphite", "graphite"),
    ],
)
def test_an_unknown_name_is_refused_with_the_record_that_was_meant(library, asked, meant):
    with pytest.raises(MaterialError, match=f'Did you mean "{meant}"'):
        library.record(asked)


def test_a_name_like_no_other_is_refused_with_all_names(library):
    with pytest.raises(MaterialError, match=r"Known: aluminium.*VGCF"):
        library.record("??")


def test_a_record_is_read_once(library):
    assert library.record("silicon") is library.record("silicon")
    assert library.hysteresis("silicon") is library.hysteresis("silicon")


def test_only_the_files_asked_for_are_read(tmp_path):
    (tmp_path / "broken.toml").write_text("= not toml", encoding="utf-8")
    library = Library.of(tmp_path)
    assert library.record("silicon").name == "silicon"
    with pytest.raises(FormatError, match="line 1, column 1"):
        library.record("broken")


def test_a_broken_record_elsewhere_does_not_hide_a_suggestion(tmp_path):
    (tmp_path / "broken.toml").write_text("= not toml", encoding="utf-8")
    with pytest.raises(MaterialError, match='Did you mean "silicon"'):
        Library.of(tmp_path).record("Si")


def test_importing_the_materials_brings_no_slow_package():
    code = "import sys, alloycell.materials; print({'scipy', 'pint', 'matplotlib'} & set(sys.modules))"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "set()"


def test_a_users_record_is_found_and_may_have_an_alias(with_record):
    library = with_record(BINDER)
    assert library.record("my-binder").density.value == pytest.approx(1300)
    with pytest.raises(MaterialError, match='Did you mean "my-binder"'):
        library.record("stuff")


def test_a_name_twice_is_refused_with_both_files(tmp_path):
    (tmp_path / "silicon.toml").write_text(BINDER, encoding="utf-8")
    with pytest.raises(MaterialError) as caught:
        Library.of(tmp_path)
    assert str(tmp_path / "silicon.toml") in str(caught.value)
    assert str(Library.of().path("silicon")) in str(caught.value)


def test_a_folder_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(MaterialError, match="is not a folder"):
        Library.of(tmp_path / "nowhere")


@pytest.mark.parametrize("at", ["mine.csv", "curves/mine.csv"])
def test_a_users_curve_lies_beside_the_record_or_in_curves(with_record, at):
    curve = with_record(CARBON, at=at).hysteresis("my-carbon")
    assert curve.full == 1.0
    assert curve.lithiation.potential_at(0.2) == pytest.approx(0.5)


@pytest.mark.parametrize("text", ["../outside.csv", "curves/../../outside.csv"])
def test_a_curve_outside_the_folder_is_refused(tmp_path, text):
    folder = tmp_path / "materials"
    (folder / "curves").mkdir(parents=True)
    (tmp_path / "outside.csv").write_text(CURVE, encoding="utf-8")
    (folder / "my-carbon.toml").write_text(CARBON.replace("mine.csv", text), encoding="utf-8")
    assert "potential.single" in refusal(Library.of(folder), "my-carbon")


def test_an_absolute_path_of_a_curve_is_refused(with_record):
    outside = Library.of().path("silicon").parent / "curves" / "graphite.csv"
    assert outside.is_file()
    library = with_record(CARBON.replace("mine.csv", outside.as_posix()), curve=None)
    assert "which is not there" in refusal(library, "my-carbon")


@pytest.mark.parametrize(
    ("curve", "complaint"),
    [
        ("x,U_V\n0,1\n0.5,0.5\n0.5,0.4\n1,0.1\n", "line 4 has x = 0.5, which does not rise"),
        ("x,U_V\n0,1\n0.6,0.5\n0.5,0.4\n1,0.1\n", "line 4 has x = 0.5, which does not rise: 0.6 stands before it"),
        ("x,U_V\n0,1\n0.5,0.5\n1,0.1\n", "3 points"),
        ("x,U_V\n", "0 points"),
        ("x,U_V\n0,1\n0.5,0.5\n0.7,0.2\n1.1,0.1\n", "line 5 holds x = 1.1"),
        ("x,U_V\n0,9\n0.5,0.5\n0.7,0.2\n1,0.1\n", "U = 9 V"),
        ("x,U_V\n0,nan\n0.5,0.5\n0.7,0.2\n1,0.1\n", "U = nan V"),
        ("x,U_V\n0,one\n0.5,0.5\n0.7,0.2\n1,0.1\n", "not two numbers"),
        ("x,V\n0,1\n0.5,0.5\n0.7,0.2\n1,0.1\n", "the header"),
    ],
)
def test_a_bad_curve_is_refused_with_its_line(with_record, curve, complaint):
    message = refusal(with_record(CARBON, curve=curve), "my-carbon")
    assert "mine.csv" in message
    assert complaint in message


def test_a_missing_curve_file_is_refused(with_record):
    assert 'is "mine.csv", which is not there' in refusal(with_record(CARBON, curve=None), "my-carbon")


def test_a_curve_that_rises_is_made_falling_and_the_largest_change_reported(with_record):
    library = with_record(CARBON, curve="x,U_V\n0,1\n0.3,0.50\n0.6,0.52\n1,0.1\n")
    assert library.largest_change("my-carbon") == pytest.approx(0.01)
    assert np.all(np.diff(library.hysteresis("my-carbon").lithiation.potential) <= 0)


def test_a_delithiation_branch_below_the_other_is_lifted_and_the_change_reported(with_record, tmp_path):
    (tmp_path / "up.csv").write_text("x,U_V\n0,1.2\n0.5,0.30\n0.6,0.15\n1,0.2\n", encoding="utf-8")
    two = 'lithiation = "mine.csv"\ndelithiation = "up.csv"'
    library = with_record(CARBON, ('single = "mine.csv"', two))
    curve = library.hysteresis("my-carbon")
    content = np.linspace(0, 1, 301)
    gap = curve.delithiation.potential_at(content) - curve.lithiation.potential_at(content)
    assert gap.min() >= -1e-12
    assert library.largest_change("my-carbon") > 0.005


def test_branches_of_different_length_are_refused(with_record, tmp_path):
    (tmp_path / "up.csv").write_text("x,U_V\n0,1.5\n0.5,0.9\n0.6,0.7\n0.9,0.5\n", encoding="utf-8")
    library = with_record(CARBON, ('single = "mine.csv"', 'lithiation = "mine.csv"\ndelithiation = "up.csv"'))
    assert "branches of different length" in refusal(library, "my-carbon")


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ('source = "mine"', 'source = "mime"', 'density.source is "mime"'),
        ('source = "mine"', 'source = "memory"', 'is "memory" at level "measured"'),
        ('name = "my-binder"', 'name = "binder"', "must equal the name of the file"),
        ('"1.3 g/cm3"', '"1.3 g"', "density.value"),
        ('"1.3 g/cm3"', '"-1.3 g/cm3"', "density.value"),
        (', level = "measured"', "", "density.level is missing"),
        (', source = "mine"', "", "density.source is missing"),
        ("polymer =", "polimer =", 'Did you mean "polymer"'),
        ('kind = "binder"', 'kind = "bender"', 'Did you mean "binder"'),
        ("format = 1", "format = 2", "format is 2"),
        ("year = 2024", "year = 12", "sources.mine.year"),
    ],
)
def test_a_record_with_a_fault_is_refused_by_file_and_field(with_record, tmp_path, old, new, complaint):
    library = with_record(BINDER, (old, new))
    with pytest.raises(MaterialError) as caught:
        library.record("my-binder")
    assert complaint in str(caught.value)
    assert str(tmp_path / "my-binder.toml") in str(caught.value)


def test_all_faults_of_a_record_are_listed_at_once(with_record):
    library = with_record(BINDER, ("1.3 g/cm3", "1.3 g"), ("polymer", "polimer"), ("year = 2024", "year = 12"))
    with pytest.raises(MaterialError) as caught:
        library.record("my-binder")
    assert len(caught.value.faults) == 4


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("[1.0, 2.0, 0.3]", "[1.1, 2.0, 0.3]", "leave a hole"),
        ("[0.0, 1.0, 0.5]", "[0.1, 1.0, 0.5]", "leave a hole"),
        ("[1.0, 2.0, 0.3]", "[1.0, 2.0, 0.7]", "rise in potential"),
        ("full = { value = 2.0", "full = { value = 2.5", "where the last step ends"),
        ('"100 mV"', '"900 mV"', "at or above 0 V"),
        (
            'gap = { value = "100 mV", source = "memory", level = "assumed" }\n',
            "",
            "potential.gap is missing",
        ),
        ("steps = [[0.0, 1.0, 0.5], [1.0, 2.0, 0.3]]\n", "", "potential.steps is missing"),
        ('form = "plateaus"', 'form = "table"', "does not say which curves"),
        ('form = "plateaus"', 'form = "plateaus"\nsingle = "mine.csv"', "curve files belong to a table"),
    ],
)
def test_plateaus_that_contradict_themselves_are_refused(with_record, old, new, complaint):
    assert complaint in refusal(with_record(ELEMENT, (old, new)), "my-element")


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("path = [[0.0, 1.0], [1.0, 1.05]]", "path = [[0.0, 1.1], [1.0, 1.2]]", "does not pass through 1"),
        ("path = [[0.0, 1.0], [1.0, 1.05]]", "path = [[0.0, 1.0], [0.0, 1.05]]", "does not rise in content"),
        ("path = [[0.0, 1.0], [1.0, 1.05]]\n", "", "does not say how the volume grows"),
        ('single = "mine.csv"', 'single = "mine.csv"\nlithiation = "mine.csv"', "which curves it has"),
        ('"372 mAh/g"', '"0 mAh/g"', "above 0"),
    ],
)
def test_a_carbon_that_contradicts_itself_is_refused(with_record, old, new, complaint):
    assert complaint in refusal(with_record(CARBON, (old, new)), "my-carbon")


def test_plateaus_stand_half_the_gap_on_either_side(with_record):
    curve = with_record(ELEMENT).hysteresis("my-element")
    assert curve.lithiation.potential_at(0.5) == pytest.approx(0.45)
    assert curve.delithiation.potential_at(0.5) == pytest.approx(0.55)
    assert curve.lithiation.content_at(0.45, below=True) == pytest.approx(1.0)
    assert curve.lithiation.content_at(0.45, below=False) == pytest.approx(0.0)


def test_only_hosts_have_a_potential_and_only_electrolytes_transport(library):
    with pytest.raises(MaterialError, match="takes no lithium"):
        library.hysteresis("PVDF")
    with pytest.raises(MaterialError, match="an electrolyte is needed"):
        library.transport("PVDF")


def test_transport_of_an_electrolyte_is_the_published_one_at_one_molar(library):
    for name, conductivity, diffusivity in (
        ("EC-EMC-Nyman", 0.949, 1.77e-10),
        ("EC-EMC-Landesfeind", 0.913, 2.89e-10),
        ("EMC-FEC-Landesfeind", 0.553, 3.07e-10),
    ):
        record = library.record(name)
        assert isinstance(record, Electrolyte)
        table = library.transport(name)
        row = table[(table[:, 0] == 298.15) & (table[:, 1] == record.concentration.value)][0]
        assert row[2] == pytest.approx(conductivity, rel=2e-3)
        assert row[3] == pytest.approx(diffusivity, rel=5e-3)


def test_silicon_grows_as_the_rule_of_8_9_says(library):
    silicon = library.record("silicon")
    assert isinstance(silicon, Alloying)
    ratio = volume_ratio(silicon, np.array([0.0, 0.4493, 1.0, 2.0303]))
    assert np.round(ratio, 2) == pytest.approx([1.0, 1.33, 1.74, 2.50])


def test_volume_ratio_of_one_content_is_one_number(library):
    assert isinstance(volume_ratio(library.record("graphite"), 0.5), float)
    assert volume_ratio(library.record("graphite"), 0.5) == pytest.approx(1.05)


def test_silicon_holds_278000_moles_of_lithium_per_cubic_metre_of_bare_silicon(library):
    silicon = library.record("silicon")
    assert silicon.potential.full.value * silicon.density.value / silicon.host_molar_mass.value == pytest.approx(
        278000, rel=3e-4
    )


@pytest.mark.parametrize(
    ("name", "concentration"), [("NMC811-LGM50", 63104.0), ("graphite-SiOx", 33133.0), ("graphite-Kokam", 31920.0)]
)
def test_the_lg_m50_records_hold_the_published_lithium_per_volume(library, name, concentration):
    host = library.record(name)
    held = host.potential.full.value * host.density.value / host.host_molar_mass.value
    assert held == pytest.approx(concentration, rel=1e-6)
    assert host.density.value * theoretical_capacity(host) == pytest.approx(concentration * 96485.33212, rel=1e-6)


def test_the_active_share_of_a_carbon_is_its_capacity_over_that_of_its_curve(library):
    graphite = library.record("graphite")
    assert isinstance(graphite, Carbon)
    assert active_share(graphite) == pytest.approx(351 / 371.9, rel=1e-4)


def test_only_lithium_manganate_takes_added_lithium(library):
    records = [library.record(name) for name in library.names("positive")]
    assert {r.name for r in records if isinstance(r, Positive) and r.accepts_lithium} == {"LiMn2O4"}
    assert {r.name for r in records if isinstance(r, Positive) and r.lithium_manganate} == {"LiMn2O4"}


def test_the_step_for_added_lithium_continues_the_curve_only_when_asked(library):
    assert library.hysteresis("LiMn2O4").full < 1
    longer = library.hysteresis("LiMn2O4", overlithiated=True)
    assert longer.full == pytest.approx(2.0)
    assert longer.lithiation.potential_at(1.5) == pytest.approx(2.9)
    assert np.all(np.diff(longer.lithiation.potential) <= 0)


@pytest.mark.parametrize(
    ("name", "milligrams", "milliamperehours"),
    [("silicon", 0.2330, 0.9783), ("tin", 0.7287, 0.7239)],
)
def test_a_dense_film_of_one_micrometre_holds_the_charge_of_x_max(library, name, milligrams, milliamperehours):
    record = library.record(name)
    assert isinstance(record, Alloying)
    mass = record.density.value * 1e-6
    charge = 96485.33212 * record.x_max.value / record.host_molar_mass.value * mass
    assert mass * 100 == pytest.approx(milligrams, abs=5e-5)
    assert charge / 36000 == pytest.approx(milliamperehours, abs=5e-5)


def test_the_record_of_the_how_to_page_can_be_used(tmp_path):
    page = Path(__file__).parents[3] / "docs" / "how-to" / "add-a-material.md"
    text = textwrap.dedent(re.sub(r"^(?! {3})", "   ", page.read_text(encoding="utf-8"), flags=re.M))
    record, curve = re.findall(r"^```(?:toml|csv)\n(.*?)^```", text, re.S | re.M)
    (tmp_path / "curves").mkdir()
    (tmp_path / "needle-coke.toml").write_text(record, encoding="utf-8")
    (tmp_path / "curves" / "needle-coke.csv").write_text(curve, encoding="utf-8")
    library = Library.of(tmp_path)
    coke = library.record("needle-coke")
    assert isinstance(coke, Carbon)
    assert library.hysteresis("needle-coke").full == coke.potential.full.value
