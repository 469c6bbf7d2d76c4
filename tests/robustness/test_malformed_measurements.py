"""Five hundred broken map, spot and size files: each is read or refused in sentences, never a crash, never a hang.

The files are the same in every run. A file that takes too long is stopped by a guard and fails.
"""

from __future__ import annotations

import random
import signal
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from alloycell.alloy.maps import ElementMaps
from alloycell.alloy.micrograph import segment
from alloycell.alloy.powder import Powder
from alloycell.alloy.spots import SpotTable, phase_findings, reconciled
from alloycell.alloy.synthetic_maps import synthetic_map
from alloycell.errors import AlloycellError

PATIENCE = 30
"""Seconds after which a file is taken to hang; the slowest takes a hundredth of it."""

STATED = {"pixel_size": "20 nm", "beam_resolution": "40 nm", "method": "wavelength-dispersive X-ray"}
CELLS = (
    "", "nan", "inf", "-inf", "1e400", "-1", "1e308", "0x10", "1_0", "٣", "none", "1,5", '"', "'", "\x00", "9" * 400,
    "12 %", "--3", "1e-400", "true", "=1+1", "\u202e5", "100", "0",
)  # fmt: skip
SPOTS = (
    "spot,phase,Si [wt%],Ti,O,O error,N,N error\ns1,A,99.2,0.3,0.3,0.1,0.1,0.05\ns2,A,99.4,0.2,0.3,0.1,0.1,0.05\n"
    "s3,,52.1,44.8,2.1,0.2,0.95,0.15\ns4,B,52.3,44.5,1.9,0.2,1.05,0.15\ns5,,75,22,1,0.1,0.5,0.1\n"
)
SIZES = "diameter [um],cumulative volume [%]\n0.1,0\n0.2,4\n0.4,21\n0.8,55\n1.6,86\n3.2,98\n6.4,100\n"


@contextmanager
def patience() -> Iterator[None]:
    """Stops what does not come back."""

    def stop(*_: object) -> None:
        raise TimeoutError("a file hangs")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(PATIENCE)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def answered(action: Callable[[], Any]) -> bool:
    """Whether ``action`` gives an answer; a refusal must be a sentence."""
    with patience():
        try:
            action()
        except AlloycellError as refusal:
            told = str(refusal)
            assert told.strip()
            assert told.isprintable() or "\n" in told
            assert "Traceback" not in told
            assert len(told) < 6000
            return False
    return True


def broken_text(dice: random.Random, text: str) -> str:
    """``text`` of a table with one or more faults."""
    lines = [line.split(",") for line in text.splitlines()]
    for _ in range(dice.choice((1, 1, 2, 5))):
        kind = dice.randrange(9)
        row = dice.randrange(len(lines))
        column = dice.randrange(max(len(lines[row]), 1))
        if kind <= 3 and lines[row]:
            lines[row][min(column, len(lines[row]) - 1)] = dice.choice(CELLS)
        elif kind == 4 and len(lines) > 1:
            del lines[row]
        elif kind == 5:
            lines.insert(row, list(lines[row]) * dice.choice((1, 2)))
        elif kind == 6:
            lines[row] = lines[row][:column]
        elif kind == 7:
            lines[0] = [dice.choice(CELLS) if dice.random() < 0.3 else cell for cell in lines[0]]
        else:
            lines.append([dice.choice(CELLS) for _ in range(dice.randrange(1, 300))])
    mark = dice.choice((",", ",", ",", ";", "\t", " "))
    return "\n".join(mark.join(line) for line in lines)


def broken_bytes(dice: random.Random, data: bytes) -> bytes:
    """``data`` cut short, overwritten, doubled or with spans left out."""
    kind = dice.randrange(5)
    if kind == 0:
        return data[: dice.randrange(len(data))]
    changed = bytearray(data)
    if kind == 1:
        start = dice.randrange(len(changed))
        del changed[start : start + dice.choice((1, 7, 200))]
    elif kind == 2:
        changed = changed + changed[: dice.randrange(len(changed))]
    else:
        reach = len(changed) if kind == 3 else 400
        for _ in range(dice.choice((1, 3, 20))):
            changed[dice.randrange(min(reach, len(changed)))] = dice.randrange(256)
    return bytes(changed)


def wrong_arrays(dice: random.Random, arrays: dict[str, Any]) -> dict[str, Any]:
    """Arrays of a map with a fault in one of them."""
    name = dice.choice(list(arrays))
    good = arrays[name]
    wrong = (
        np.nan * good, good[:-1], good[:, :, None], good.astype(complex), good.astype(str), good > 50, good * 1e30,
        -good, good[:3, :3], np.zeros((0, 4)), np.array(5.0), np.minimum(good, 30.0), np.roll(good, 7, 0), good * 0,
        good.astype(np.int64) * 1000, np.where(good > 50, np.inf, good), good.astype("S8"), good.astype("M8[s]"),
    )  # fmt: skip
    renamed = {dice.choice(("Xx", "", "si", "Si", "description", "O K", "../../x")): good}
    return {**arrays, name: dice.choice(wrong)} if dice.random() < 0.8 else {**arrays, **renamed}


@pytest.fixture(scope="module")
def arrays() -> dict[str, Any]:
    """A small map in wt%."""
    maps = synthetic_map(1, "dispersed", 48, beam_pixels=2.0).maps
    return {name: np.round(100.0 * maps.of_element(name), 2) for name in maps.elements}


def load_and_segment(path: Path, **stated: Any) -> None:
    segment(ElementMaps.load(path, **{**STATED, **stated})).findings()


@pytest.mark.parametrize("seed", range(100))
def test_a_broken_matrix_of_a_map_is_answered_or_refused(seed, arrays, tmp_path):
    dice = random.Random(seed)
    for name, values in arrays.items():
        (tmp_path / f"{name}.csv").write_text("\n".join(",".join(f"{v:.2f}" for v in row) for row in values))
    victim = tmp_path / f"{dice.choice(list(arrays))}.csv"
    if seed % 4 == 0:
        victim.write_bytes(broken_bytes(dice, victim.read_bytes()))
    else:
        victim.write_text(broken_text(dice, victim.read_text()), encoding="utf-8")
    answered(lambda: load_and_segment(tmp_path))


@pytest.mark.parametrize("seed", range(100))
def test_a_broken_archive_of_maps_is_answered_or_refused(seed, arrays, tmp_path):
    dice = random.Random(1000 + seed)
    path = tmp_path / "maps.npz"
    described = {"description": np.array('pixel_size = "20 nm"\nbeam_resolution = 4e-8\nmethod = "WDS"\n')}
    if seed % 2:
        held = wrong_arrays(dice, arrays)
        np.savez(
            path,
            **{name or "x": values for name, values in held.items()},
            **({} if "description" in held else described),
        )
    else:
        (np.savez if seed % 4 else np.savez_compressed)(path, **arrays, **described)
        path.write_bytes(broken_bytes(dice, path.read_bytes()))
    answered(lambda: load_and_segment(path))


@pytest.mark.parametrize("seed", range(80))
def test_a_broken_stack_of_maps_is_answered_or_refused(seed, arrays, tmp_path):
    tifffile = pytest.importorskip("tifffile")
    dice = random.Random(2000 + seed)
    path = tmp_path / "maps.tif"
    tifffile.imwrite(path, np.stack(list(arrays.values())).astype(np.float32), metadata=None)
    path.write_bytes(broken_bytes(dice, path.read_bytes()))
    answered(lambda: load_and_segment(path, elements=list(arrays)))


@pytest.mark.parametrize("seed", range(110))
def test_a_broken_table_of_spots_is_answered_or_refused(seed, tmp_path):
    dice = random.Random(3000 + seed)
    path = tmp_path / "spots.csv"
    if seed % 5 == 0:
        path.write_bytes(broken_bytes(dice, SPOTS.encode()))
    else:
        path.write_text(broken_text(dice, SPOTS), encoding="utf-8")
    answered(lambda: reconciled(phase_findings(SpotTable.load(path, "wavelength-dispersive X-ray"))))


@pytest.mark.parametrize("seed", range(110))
def test_a_broken_table_of_sizes_is_answered_or_refused(seed, tmp_path):
    dice = random.Random(4000 + seed)
    path = tmp_path / "sizes.csv"
    if seed % 5 == 0:
        path.write_bytes(broken_bytes(dice, SIZES.encode()))
    else:
        path.write_text(broken_text(dice, SIZES), encoding="utf-8")
    answered(lambda: [Powder.load(path).statistics(), Powder.load(path).lognormal(), Powder.load(path).figures()])


def test_the_files_are_read_when_they_are_whole(arrays, tmp_path):
    (tmp_path / "spots.csv").write_text(SPOTS)
    (tmp_path / "sizes.csv").write_text(SIZES)
    np.savez(tmp_path / "maps.npz", **arrays)
    assert answered(lambda: load_and_segment(tmp_path / "maps.npz"))
    assert answered(lambda: phase_findings(SpotTable.load(tmp_path / "spots.csv", "WDS")))
    assert answered(lambda: Powder.load(tmp_path / "sizes.csv").statistics())


@pytest.mark.parametrize("shape", [(2**40,), (10**6, 10**6), (2**31, 2), (-1, 4)])
def test_an_archive_that_promises_more_than_it_holds_takes_no_memory(shape, tmp_path):
    import zipfile

    text = repr({"descr": "<f8", "fortran_order": False, "shape": shape}).encode()
    text += b" " * (64 - (10 + len(text) + 1) % 64) + b"\n"
    data = b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text + bytes(80)
    with zipfile.ZipFile(tmp_path / "maps.npz", "w") as archive:
        archive.writestr("Si.npy", data)
    assert not answered(lambda: load_and_segment(tmp_path / "maps.npz"))
