"""Particle sizes: a table in any of its forms gives the same diameters, and means keep their names."""

from __future__ import annotations

import math

import numpy as np
import pytest

from alloycell.alloy.powder import STATISTICS, Powder, lognormal_statistics
from alloycell.errors import DesignError, FormatError, RangeError
from alloycell.quantities import kind_of

MEDIAN, SPREAD = 0.8e-6, 1.7


def curve(points: int = 121, reach: float = 4.5):
    """Diameters [m] and volume undersize (0 to 1) of a lognormal powder."""
    score = np.linspace(-reach, reach, points)
    undersize = np.array([0.5 * (1 + math.erf(z / math.sqrt(2))) for z in score])
    return MEDIAN * SPREAD**score, undersize


def test_a_lognormal_curve_has_the_statistics_of_its_formulas():
    powder = Powder.of(*curve(), "cumulative")
    for name, expected in lognormal_statistics(MEDIAN, SPREAD).items():
        assert powder.statistic(name) == pytest.approx(expected, rel=0.01), name
        assert powder.lognormal()[name] == pytest.approx(expected, rel=0.01), name
    assert powder.diameter_spread == pytest.approx(SPREAD, rel=0.002)


def test_every_form_and_weighting_tells_the_same_powder():
    sizes, undersize = curve()
    reference = Powder.of(sizes, undersize, "cumulative")
    middles, shares = np.sqrt(sizes[1:] * sizes[:-1]), np.diff(undersize)
    shares = shares / shares.sum()
    numbers = shares * middles**-3.0
    forms = {
        "oversize": Powder.of(sizes, 1 - undersize, "oversize"),
        "falling": Powder.of(sizes[::-1], undersize[::-1], "cumulative"),
        "share": Powder.of(middles, shares, "share"),
        "density": Powder.of(middles, shares / np.diff(sizes), "density"),
        "numbers": Powder.of(middles, numbers / numbers.sum(), "share", "number"),
    }
    for name, powder in forms.items():
        for statistic in ("D10", "D50", "D90", "D[3,2]", "D[4,3]"):
            assert powder.statistic(statistic) == pytest.approx(reference.statistic(statistic), rel=0.01), name


def test_spheres_of_one_size_have_one_diameter():
    sizes = 1e-6 * np.array([0.999, 0.9999, 1.0001, 1.001])
    powder = Powder.of(sizes, [0.0, 0.0, 1.0, 1.0], "cumulative")
    assert all(powder.statistic(name) == pytest.approx(1e-6, rel=1e-3) for name in STATISTICS)
    assert powder.specific_surface(2000.0) == pytest.approx(6 / (2000 * 1e-6), rel=1e-3)


def test_means_are_ordered_as_their_weights():
    found = Powder.of(*curve(), "cumulative").statistics()
    assert found["number median"] < found["D[1,0]"] < found["D[3,2]"] < found["D50"] < found["D[4,3]"]


@pytest.mark.parametrize(
    ("header", "scale"),
    [
        ("diameter [um],cumulative volume [%]", (1e6, 100)),
        ("size (nm);undersize volume (1)", (1e9, 1)),
        ("Particle diameter [µm]\tVolume passing [%]", (1e6, 100)),
    ],
)
def test_a_table_is_read_with_the_units_of_its_header(tmp_path, header, scale):
    sizes, undersize = curve()
    mark = ";" if ";" in header else "\t" if "\t" in header else ","
    lines = [f"{d * scale[0]:.6g}{mark}{q * scale[1]:.6g}" for d, q in zip(sizes, undersize, strict=True)]
    (tmp_path / "sizes.csv").write_text("\n".join([header, *lines]), encoding="utf-8")
    assert Powder.load(tmp_path / "sizes.csv").statistic("D50") == pytest.approx(MEDIAN, rel=1e-3)


def test_a_density_needs_its_unit_and_is_read_with_it(tmp_path):
    sizes, undersize = curve()
    middles, height = np.sqrt(sizes[1:] * sizes[:-1]) * 1e6, np.diff(undersize) / np.diff(sizes * 1e6)
    lines = [f"{d:.6g},{h:.6g}" for d, h in zip(middles, height, strict=True)]
    (tmp_path / "sizes.csv").write_text("\n".join(["diameter [um],density volume [1/um]", *lines]))
    assert Powder.load(tmp_path / "sizes.csv").statistic("D50") == pytest.approx(MEDIAN, rel=1e-3)


def test_the_stated_statistic_is_what_a_window_is_held_against():
    powder = Powder.of(*curve(), "cumulative")
    text = powder.figures("D[3,2]", 0.05)["particle_diameter"]
    kind = kind_of("length")
    assert kind.read(text) == pytest.approx(powder.statistic("D[3,2]"), rel=1e-5)
    assert kind.uncertainty(text) == pytest.approx(0.05 * powder.statistic("D[3,2]"), rel=1e-2)


def test_a_table_that_does_not_say_what_it_holds_is_refused(tmp_path):
    (tmp_path / "sizes.csv").write_text("diameter [um],value [%]\n1,0\n2,30\n3,90\n4,100\n")
    with pytest.raises(DesignError, match="does not say its form and weighting"):
        Powder.load(tmp_path / "sizes.csv")
    assert Powder.load(tmp_path / "sizes.csv", "cumulative", "volume").percentile(0.3) == pytest.approx(2e-6)


@pytest.mark.parametrize(
    ("sizes", "values", "form", "told"),
    [
        ([1, 2, 3], [0, 0.5, 1], "cumulative", "at least 4"),
        ([1, 2, 2, 4], [0, 0.2, 0.5, 1], "cumulative", "do not rise"),
        ([1, 2, 3, 4], [0, 0.5, 0.2, 1], "cumulative", "falls somewhere"),
        ([1, 2, 3, 4], [0.2, 0.5, 0.7, 1], "cumulative", "runs from 20 to 100"),
        ([1, 2, 3, 4], [0, 0.5, 0.7, 0.9], "cumulative", "runs from 0 to 90"),
        ([1, 2, 3, 4], [0, 50, 70, 100], "cumulative", "reaches 1e"),
        ([1, 2, 3, 4], [0.1, 0.2, 0.2, 0.1], "share", "add up to 60"),
        ([1, 2, 3, 4], [0.1, -0.2, 0.2, 0.1], "share", "below 0"),
        ([1, 2, 3, math.nan], [0, 0.5, 0.7, 1], "cumulative", "not a number"),
        ([0, 2, 3, 4], [0, 0.5, 0.7, 1], "cumulative", "0.1 nm"),
        ([1, 2, 3, 4], [0, 0, 0, 0], "density", "hold nothing"),
    ],
)
def test_what_is_wrong_with_a_distribution_is_named(sizes, values, form, told):
    with pytest.raises(DesignError, match=told):
        Powder.of(1e-6 * np.array(sizes, dtype=float), values, form)


def test_questions_outside_the_range_are_refused():
    powder = Powder.of(*curve(), "cumulative")
    for question in (lambda: powder.percentile(1.0), lambda: powder.mean(2, 3), lambda: powder.statistic("D51")):
        with pytest.raises(RangeError):
            question()
    with pytest.raises(RangeError, match="above 0"):
        powder.specific_surface(0.0)


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(FormatError, match=r"none\.csv does not exist"):
        Powder.load(tmp_path / "none.csv")
