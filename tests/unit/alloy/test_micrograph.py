"""Segmentation: phases, contents with uncertainty, boundary share, and what a method cannot know."""

from __future__ import annotations

import builtins
import math
import sys

import numpy as np
import pytest

from alloycell.alloy.findings import Content, Findings, measured_figures, measured_tables
from alloycell.alloy.maps import ElementMaps
from alloycell.alloy.micrograph import Micrograph, segment
from alloycell.alloy.segmentation import CLASSES, boundary_counts
from alloycell.alloy.synthetic_maps import SyntheticMap, synthetic_map
from alloycell.check import Measured
from alloycell.errors import DesignError, RangeError
from alloycell.pictures.micrograph import micrograph_figure

ANSWERS = {"phase_a_absorbs_lithium": True, "phase_b_absorbs_lithium": False, "phase_b_passes_lithium": True}


@pytest.fixture(scope="module")
def truth() -> SyntheticMap:
    """Core-shell particles in nothing, 20 nm pixels, 60 nm beam."""
    return synthetic_map(0, size=192)


@pytest.fixture(scope="module")
def seen(truth: SyntheticMap) -> Micrograph:
    """The same, segmented."""
    return segment(truth.maps, densities=(2329.0, 4070.0))


def disc(noise: float = 0.004, method: str = "wavelength-dispersive X-ray", **more: float) -> ElementMaps:
    """A disc of silicon, 30 pixels wide, half of it in a shell of TiSi2 that is 12 pixels thick, in nothing."""
    dice = np.random.default_rng(5)
    rows, columns = np.mgrid[0:128, 0:128] - 63.5
    away = np.hypot(rows, columns)
    core, shell = away < 30, (away >= 30) & (away < 42) & (rows < 0)
    contents = {"Si": 0.99 * core + 0.53 * shell, "Ti": 0.45 * shell, "O": 0.003 * core + 0.02 * shell}
    contents |= {"N": 0.007 * core + 0.0 * shell}
    contents |= {name: value * (core | shell) for name, value in more.items()}
    maps = {name: 100 * (value + dice.normal(0, noise, away.shape)) for name, value in contents.items()}
    return ElementMaps.of(maps, pixel_size="50 nm", beam_resolution="100 nm", method=method)


def test_contents_come_back_within_their_uncertainty(truth, seen):
    for symbol in ("O", "N", "Ti", "Si"):
        for held, content in ((truth.phase_a, seen.phase_a[symbol]), (truth.phase_b, seen.phase_b[symbol])):
            assert content.value == pytest.approx(held[symbol], abs=1.5 * content.uncertainty)


def test_half_of_a_disc_in_a_shell_touches_it_by_half():
    share = segment(disc()).boundary_share
    assert share.value == pytest.approx(0.5, abs=0.02)
    assert 0.005 < share.uncertainty < 0.06


def test_areas_are_those_of_the_disc_and_its_shell():
    seen = segment(disc())
    assert seen.areas["phase A"] == pytest.approx(math.pi * 1.5e-6**2, rel=0.02)
    assert seen.areas["phase B"] == pytest.approx(0.5 * math.pi * (2.1e-6**2 - 1.5e-6**2), rel=0.04)
    assert sum(seen.areas.values()) == pytest.approx((128 * 50e-9) ** 2)


def test_the_length_of_a_boundary_does_not_depend_on_pixels():
    rows, columns = np.mgrid[0:400, 0:400] - 199.5
    labels = np.where(np.hypot(rows, columns) < 150, 1, 2).astype(np.uint8)
    assert boundary_counts(labels)[2] == pytest.approx(2 * math.pi * 150, rel=0.01)


def test_pixels_near_an_interface_are_left_out_and_counted(seen):
    for name in ("phase A", "phase B"):
        mine = seen.labels == CLASSES[name]
        assert 0 < seen.excluded[name] < mine.sum()
        assert seen.excluded[name] == np.count_nonzero(mine & ~seen.inner)
    assert any("left out of its contents" in remark for remark in seen.remarks)


def test_a_coarser_beam_leaves_more_pixels_out(truth):
    maps = truth.maps
    arrays = {name: maps.of_element(name) for name in maps.elements}
    coarse = ElementMaps.of(arrays, unit="1", pixel_size=2e-8, beam_resolution=1e-7, method="WDS")
    assert segment(coarse).excluded["phase A"] > segment(maps).excluded["phase A"]


def test_a_shell_thinner_than_the_beam_has_unknown_contents(truth):
    arrays = {name: truth.maps.of_element(name) for name in truth.maps.elements}
    maps = ElementMaps.of(arrays, unit="1", pixel_size=2e-8, beam_resolution=2.4e-7, method="WDS")
    seen = segment(maps)
    assert seen.phase_b["O"].value is None
    assert "further from an interface than the beam resolves" in seen.phase_b["O"].reason
    assert "phase_b_oxygen" not in measured_figures(seen.findings())


def test_the_uncertainty_is_the_root_of_the_squares_of_its_parts(seen):
    content = seen.phase_b["O"]
    assert content.uncertainty == pytest.approx(math.sqrt(sum(part**2 for part in content.parts.values())))
    assert set(content.parts) == {"noise", "quantification", "sum of all elements", "interfaces", "cut off at 0"}


def test_noise_that_neighbours_share_widens_the_uncertainty():
    from scipy.ndimage import gaussian_filter

    maps = disc()
    smoothed = {name: gaussian_filter(maps.of_element(name), 1.5) for name in maps.elements}
    single = segment(maps).phase_a["N"].parts["noise"]
    alike = ElementMaps.of(smoothed, unit="1", pixel_size="50 nm", beam_resolution="100 nm", method="WDS")
    spread = float(np.std(smoothed["N"][54:74, 54:74])) / float(np.std(maps.of_element("N")[54:74, 54:74]))
    assert segment(alike).phase_a["N"].parts["noise"] > 2.0 * spread * single


def test_values_cut_off_at_zero_are_noticed():
    maps = disc(noise=0.01)
    cut = {name: np.maximum(maps.of_element(name), 0.0) for name in maps.elements}
    clipped = ElementMaps.of(cut, unit="1", pixel_size="50 nm", beam_resolution="100 nm", method="WDS")
    content = segment(clipped).phase_a["O"]
    assert content.parts["cut off at 0"] > 0.0005
    assert content.value is not None
    assert abs(content.value - 0.003) <= content.uncertainty


def test_nitrogen_beside_titanium_by_energy_dispersive_x_rays_is_unknown():
    found = segment(disc(method="EDX map")).findings()
    assert found.phase_a["N"].value is None
    assert "under a line of Ti" in found.phase_a["N"].reason
    assert found.phase_a["O"].value is not None
    figures = measured_figures(found)
    assert "phase_a_nitrogen" not in figures
    assert "phase_a_oxygen" in figures


def test_nitrogen_by_another_method_is_known():
    assert segment(disc()).findings().phase_a["N"].value == pytest.approx(0.007, abs=0.0015)


def test_methods_may_differ_between_elements():
    methods = {"Si": "EDX", "Ti": "EDX", "O": "EDX", "N": "electron energy loss"}
    found = segment(disc(method=methods)).findings()
    assert found.phase_a["N"].method == "electron energy loss"
    assert found.phase_a["N"].value is not None


def test_findings_are_accepted_as_measured_figures(seen):
    tables = measured_tables(seen.findings(), "Synthetic", **ANSWERS)
    measured = Measured.of(tables)
    assert measured.figures["phase_a_oxygen"] == pytest.approx(seen.phase_a["O"].value, rel=1e-2)
    assert measured.figures["phase_b_boundary_share"] == pytest.approx(seen.boundary_share.value, rel=1e-2)
    assert measured.figures["phase_b_elements"] >= {"Si", "Ti"}
    assert measured.figures["phase_a_elements"] == {"Si"}
    spread = measured.spread["phase_a_oxygen"]
    assert spread.max() - spread.min() == pytest.approx(2 * seen.phase_a["O"].uncertainty, rel=1e-2)


@pytest.mark.parametrize(("value", "spread"), [(-0.0004, 0.001), (0.0, 0.0), (1.0, 0.02), (1.0004, 0.01), (1e-9, 1e-8)])
def test_contents_at_the_ends_of_their_range_are_accepted(value, spread):
    found = Findings({"O": Content(value, spread, "combustion")}, {"Si": Content(0.5, 0.1)})
    assert 0.0 <= Measured.of(measured_tables(found)).figures["phase_a_oxygen"] <= 1.0


def test_a_share_that_says_nothing_is_left_out():
    found = Findings({"O": Content(0.1, 0.01)}, phase_b_boundary_share=Content(0.5, 0.7))
    assert "phase_b_boundary_share" not in measured_figures(found)


def test_a_mass_fraction_needs_densities(truth, seen):
    assert segment(truth.maps).mass_share is None
    assert seen.mass_share is not None
    area = truth.area_share
    expected = area * 4070 / (area * 4070 + (1 - area) * 2329)
    assert seen.mass_share.value == pytest.approx(expected, abs=seen.mass_share.uncertainty)
    assert seen.mass_share.parts["sample of grains"] > seen.mass_share.parts["rim of phase B"]


def test_a_map_of_one_phase_is_refused_in_a_sentence():
    dice = np.random.default_rng(2)
    maps = {"Si": 96 + dice.normal(0, 1, (64, 64)), "Ti": 4 + dice.normal(0, 0.5, (64, 64))}
    one = ElementMaps.of(maps, pixel_size="20 nm", beam_resolution="60 nm", method="WDS")
    with pytest.raises(RangeError, match="Only one phase is on the map"):
        segment(one)


def test_a_map_without_an_element_that_marks_a_phase_is_refused():
    half = np.repeat([[10.0, 90.0]], 32, axis=0).repeat(16, axis=1)
    maps = ElementMaps.of({"Si": half, "O": 100 - half}, pixel_size="20 nm", beam_resolution="20 nm", method="WDS")
    with pytest.raises(DesignError, match="no element that marks phase B"):
        segment(maps)
    with pytest.raises(DesignError, match="names Zr, which has no map"):
        segment(maps, former=("Zr",))


def test_bare_silicon_at_a_pore_is_not_taken_for_phase_b():
    seen = segment(disc())
    lower = np.zeros((128, 128), dtype=bool)
    lower[70:] = True
    assert not (lower & (seen.labels == CLASSES["phase B"])).any()


def test_a_missing_extra_is_named_with_the_line_that_installs_it(monkeypatch, truth):
    real = builtins.__import__

    def without(name, *arguments, **named):
        if name.startswith("skimage"):
            raise ModuleNotFoundError(name)
        return real(name, *arguments, **named)

    monkeypatch.delitem(sys.modules, "skimage.filters", raising=False)
    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(RangeError, match=r"pip install \"alloycell\[microscopy\]\""):
        segment(truth.maps)


def test_the_pictures_are_drawn_from_plain_arrays(seen, tmp_path):
    shown = seen.picture()
    figure = micrograph_figure(
        shown["values"][0], "Ti", shown["labels"], shown["boundary"], seen.boundary_lengths, shown["pixel_size"]
    )
    figure.savefig(tmp_path / "map.png")
    assert len(figure.axes) == 3
    words = [text.get_text() for text in figure.axes[2].get_legend().get_texts()]
    assert words[0] == f"phase B {100 * seen.boundary_share.value:.3g} %"
    assert (tmp_path / "map.png").stat().st_size > 5000
