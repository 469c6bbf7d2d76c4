"""Element maps: what is read, and what is refused by name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from alloycell.alloy.maps import ElementMaps, pixel_noise
from alloycell.alloy.synthetic_maps import SyntheticMap, synthetic_map
from alloycell.errors import AlloycellError, DesignError, FormatError

STATED = {"pixel_size": "20 nm", "beam_resolution": "60 nm", "method": "wavelength-dispersive X-ray map"}
TOML = 'pixel_size = "20 nm"\nbeam_resolution = "60 nm"\nmethod = "wavelength-dispersive X-ray map"\n'


@pytest.fixture(scope="module")
def truth() -> SyntheticMap:
    """A synthetic map of core-shell particles."""
    return synthetic_map(0, size=128)


@pytest.fixture
def arrays(truth: SyntheticMap) -> dict[str, Any]:
    """The same map as arrays in wt%, free to be broken."""
    return {name: 100.0 * truth.maps.of_element(name) for name in truth.maps.elements}


def refusal(arrays: dict[str, Any], **stated: Any) -> str:
    with pytest.raises(DesignError) as caught:
        ElementMaps.of(arrays, **{**STATED, **stated})
    return str(caught.value)


def test_contents_are_kept_as_mass_fractions_that_cannot_be_changed(arrays):
    maps = ElementMaps.of(arrays, **STATED)
    assert maps.of_element("Si") == pytest.approx(arrays["Si"] / 100.0, abs=1e-6)
    assert maps.pixel_size == 2e-8
    assert maps.beam_pixels == pytest.approx(3.0)
    with pytest.raises(ValueError, match="read-only"):
        maps.stack[0, 0, 0] = 1.0


def test_a_line_name_after_the_symbol_is_understood(arrays):
    renamed = {f"{name} Ka1": values for name, values in arrays.items()}
    assert ElementMaps.of(renamed, **STATED).elements == tuple(arrays)


def test_a_saturated_map_is_named(arrays):
    arrays["Ti"] = np.minimum(arrays["Ti"], 46.0)
    assert "map of Ti is saturated" in refusal(arrays)


def test_a_map_without_noise_is_not_called_saturated():
    block = np.zeros((32, 32))
    block[:, 16:] = 46.0
    maps = ElementMaps.of({"Ti": block, "Si": 100.0 - block}, **STATED)
    assert maps.noise["Ti"] == 0.0


def test_a_pixel_that_is_not_a_number_is_named_with_its_place(arrays):
    arrays["O"][3, 4] = np.nan
    assert "map of O holds 1 pixels that are NaN or infinite, the first in row 4, column 5" in refusal(arrays)


def test_maps_of_different_shapes_are_named(arrays):
    arrays["Ti"] = arrays["Ti"][1:]
    assert "map of Ti has 127 x 128 pixels, that of" in refusal(arrays)


@pytest.mark.parametrize("symbol", ["Si", "Ti", "O"])
def test_a_map_shifted_by_more_than_a_pixel_is_misaligned(arrays, symbol):
    arrays[symbol] = np.roll(arrays[symbol], (3, 0), (0, 1))
    assert "misaligned by" in refusal(arrays)


def test_a_shift_of_one_pixel_passes(arrays):
    arrays["Ti"] = np.roll(arrays["Ti"], 1, 1)
    assert ElementMaps.of(arrays, **STATED).shape == (128, 128)


def test_counts_are_called_unquantified(arrays):
    counts = {name: np.maximum(7 * values, 0).astype(np.int32) for name, values in arrays.items()}
    assert "the map is unquantified: its elements add up to" in refusal(counts)


def test_fractions_read_as_percent_are_told_how_to_be_given(arrays):
    assert 'write unit = "1"' in refusal({name: values / 100 for name, values in arrays.items()})


def test_a_missing_main_element_leaves_a_map_unquantified(arrays):
    del arrays["Si"]
    assert "unquantified" in refusal(arrays)


def test_too_few_pixels_are_refused_by_name(arrays):
    assert "too few pixels (100)" in refusal({name: values[:10, :10] for name, values in arrays.items()})


def test_an_unknown_element_is_named_with_a_suggestion(arrays):
    arrays["Tj"] = arrays.pop("Ti")
    assert 'the map "Tj" is not of a known element' in refusal(arrays)


def test_one_element_given_twice_is_refused(arrays):
    arrays["Ti Ka"] = arrays["Ti"]
    assert "second one of Ti" in refusal(arrays)


def test_what_is_missing_in_the_description_is_listed_at_once(arrays):
    with pytest.raises(DesignError) as caught:
        ElementMaps.of(arrays)
    assert {fault.where for fault in caught.value.faults} == {"pixel_size", "beam_resolution", "method"}


def test_an_assumed_uncertainty_is_said_to_be_assumed(arrays):
    maps = ElementMaps.of(arrays, **STATED, systematic={"Si": "2 %"})
    assert maps.systematic["Si"] == pytest.approx(0.02)
    assert maps.systematic["O"] == pytest.approx(0.10)
    assert not any("of Si" in remark for remark in maps.remarks)
    assert any("of O" in remark and "assumed" in remark for remark in maps.remarks)


def test_the_noise_of_a_pixel_is_found_beside_slopes_and_steps():
    dice = np.random.default_rng(1)
    rows, columns = np.mgrid[0:200, 0:200]
    values = 0.3 + 0.001 * rows + 0.4 * (columns > 100) + dice.normal(0, 0.02, (200, 200))
    assert pixel_noise(values.astype(np.float32)) == pytest.approx(0.02, rel=0.03)


def test_a_folder_of_matrices_is_read(tmp_path, arrays):
    for name, values in arrays.items():
        np.savetxt(tmp_path / f"{name}.csv", values, fmt="%.3f", delimiter=",")
    (tmp_path / "map.toml").write_text(TOML)
    maps = ElementMaps.load(tmp_path)
    assert maps.of_element("Ti") == pytest.approx(arrays["Ti"] / 100, abs=1e-5)


def test_matrices_with_decimal_commas_are_read(tmp_path, arrays):
    for name, values in arrays.items():
        rows = [";".join(f"{value:.3f}".replace(".", ",") for value in row) for row in values]
        (tmp_path / f"{name}.csv").write_text("\n".join(rows))
    maps = ElementMaps.load(tmp_path, **STATED)
    assert maps.of_element("Ti") == pytest.approx(arrays["Ti"] / 100, abs=1e-5)


def test_a_cell_that_is_no_number_is_told_with_line_and_column(tmp_path, arrays):
    for name, values in arrays.items():
        np.savetxt(tmp_path / f"{name}.csv", values, fmt="%.3f", delimiter=",")
    lines = (tmp_path / "Ti.csv").read_text().splitlines()
    lines[4] = lines[4].replace(",", ",high,", 1)
    (tmp_path / "Ti.csv").write_text("\n".join(lines))
    with pytest.raises(FormatError, match=r"Ti\.csv, line 5, column 2: \"high\" is no number"):
        ElementMaps.load(tmp_path, **STATED)


def test_a_saved_map_comes_back_with_its_description(tmp_path, truth):
    truth.maps.save(tmp_path / "maps.npz")
    again = ElementMaps.load(tmp_path / "maps.npz")
    assert again.elements == truth.maps.elements
    assert again.stack == pytest.approx(truth.maps.stack, abs=4e-4)
    assert dict(again.systematic) == pytest.approx(dict(truth.maps.systematic))
    assert again.beam_resolution == truth.maps.beam_resolution


def test_an_archive_of_objects_is_refused_without_being_unpickled(tmp_path):
    np.savez(tmp_path / "maps.npz", Si=np.array([[{"a": 1}]], dtype=object))
    with pytest.raises(FormatError, match="holds objects"):
        ElementMaps.load(tmp_path / "maps.npz", **STATED)


def test_a_tiff_stack_is_read_with_its_elements(tmp_path, arrays):
    tifffile = pytest.importorskip("tifffile")
    tifffile.imwrite(tmp_path / "maps.tif", np.stack(list(arrays.values())).astype(np.float32))
    (tmp_path / "maps.toml").write_text(f"{TOML}elements = {list(arrays)}\n")
    maps = ElementMaps.load(tmp_path / "maps.tif")
    assert maps.of_element("O") == pytest.approx(arrays["O"] / 100, abs=1e-5)


def test_a_tiff_stack_without_element_names_says_where_to_write_them(tmp_path, arrays):
    tifffile = pytest.importorskip("tifffile")
    tifffile.imwrite(tmp_path / "maps.tif", np.stack(list(arrays.values())).astype(np.float32))
    with pytest.raises(FormatError, match=r"elements = .* into maps\.toml"):
        ElementMaps.load(tmp_path / "maps.tif", **STATED)


@pytest.mark.parametrize("name", ["none.npz", "folder", "text.npz", "text.tif", "maps.xyz"])
def test_what_is_no_map_is_refused_with_its_path(tmp_path: Path, name: str):
    (tmp_path / "folder").mkdir()
    for broken in ("text.npz", "text.tif", "maps.xyz"):
        (tmp_path / broken).write_text("no map")
    with pytest.raises(FormatError, match=name.replace(".", r"\.")):
        ElementMaps.load(tmp_path / name, **STATED)


def test_faults_of_content_are_listed_together(arrays):
    arrays["Ti"] = np.minimum(arrays["Ti"], 40.0)
    arrays["Si"] = np.minimum(arrays["Si"], 60.0)
    with pytest.raises(AlloycellError) as caught:
        ElementMaps.of(arrays, **STATED)
    assert len(caught.value.faults) >= 3
