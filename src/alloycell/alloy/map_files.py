"""Reading and writing element maps: a folder of CSV matrices, a TIFF stack, an NPZ file. Nothing is trusted.

Sizes are checked before memory is taken, objects are never unpickled, and every fault is a FormatError with the place.
"""

from __future__ import annotations

import io
import logging
import re
import struct
import tomllib
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import tomli_w

from alloycell.errors import FormatError, shown
from alloycell.files import read_toml, write_bytes

__all__ = ["read_maps", "read_matrix", "write_maps"]

_LARGEST = 2**31
"""Largest file, and most memory a map may take, in bytes."""
_MOST = 40
"""Most elements of a map, dimensionless."""
_BROKEN = (
    ValueError, KeyError, IndexError, TypeError, AttributeError, OverflowError, ZeroDivisionError, RuntimeError,
    EOFError, MemoryError, struct.error, zlib.error, NotImplementedError, AssertionError, ImportError, OSError,
)  # fmt: skip
"""What readers of broken binary files raise."""
_BROKEN_ARCHIVE = (zipfile.BadZipFile, *_BROKEN)


def read_maps(path: Path, elements: Sequence[str] | None = None) -> tuple[dict[str, Any], dict[str, Any]]:
    """Arrays by element as they stand in the file (no unit applied), and the description beside them.

    ``elements`` names the pages of a stack. Raises FormatError.
    """
    try:
        if path.is_dir():
            return _folder(path)
        size = path.stat().st_size
    except FileNotFoundError:
        raise FormatError(f"{path} does not exist. Name a folder of CSV maps, a TIFF stack or an NPZ file.") from None
    except (OSError, ValueError) as problem:
        raise FormatError(f"{path} cannot be read: {problem}.") from None
    if size > _LARGEST:
        raise FormatError(f"{path} has more than {_LARGEST >> 20} MB; crop the map.")
    if path.suffix.lower() == ".npz":
        return _npz(path)
    if path.suffix.lower() in (".tif", ".tiff"):
        return _tiff(path, elements)
    raise FormatError(f"{path} is no map; a folder of CSV matrices, a .tif stack or an .npz file is needed.")


def _folder(path: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    files = sorted(entry for entry in path.iterdir() if entry.suffix.lower() in (".csv", ".txt", ".tsv"))
    if not files:
        raise FormatError(f"{path} holds no CSV file; one matrix an element is needed, such as Si.csv and O.csv.")
    if len(files) > _MOST:
        raise FormatError(f"{path} holds {len(files)} CSV files; at most {_MOST} elements make a map.")
    stated = read_toml(path / "map.toml") if (path / "map.toml").exists() else {}
    names = [entry.stem for entry in files]
    doubled = next((name for name in names if names.count(name) > 1), None)
    if doubled:
        raise FormatError(f"{path} holds two files called {doubled}; one matrix an element is needed.")
    return {entry.stem: read_matrix(entry) for entry in files}, stated


def read_matrix(path: Path) -> Any:
    """A matrix of numbers from CSV text (no unit applied), shape (rows, columns). Raises FormatError with the place.

    Columns are parted by comma, semicolon, tab or blanks; with semicolons the decimal sign may be a comma.
    """
    text = _text_of(path)
    first = next((line for line in text.splitlines() if line.strip()), "")
    mark = next((sign for sign in (";", "\t", ",") if sign in first), None)
    if mark == ";" and "," in text:
        text = text.replace(",", ".")
    try:
        matrix = np.loadtxt(io.StringIO(text), delimiter=mark, dtype=np.float32, ndmin=2, comments=None)
    except (ValueError, OverflowError):
        raise FormatError(_place(path, text, mark)) from None
    if not matrix.size:
        raise FormatError(f"{path} holds no numbers; a matrix of wt% is needed.")
    return matrix


def _text_of(path: Path) -> str:
    try:
        if path.stat().st_size > _LARGEST:
            raise FormatError(f"{path} has more than {_LARGEST >> 20} MB; crop the map.")
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        raise FormatError(f"{path}, byte {problem.start}: not UTF-8 text; export the map as CSV text.") from None
    except OSError as problem:
        raise FormatError(f"{path} cannot be read: {problem.strerror or problem}.") from None
    if not text.strip():
        raise FormatError(f"{path} is empty; a matrix of wt% is needed.")
    return text


def _place(path: Path, text: str, mark: str | None) -> str:
    """The first line and column of a matrix that is no number, or the first line with another length."""
    wanted = None
    for row, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        cells = line.split(mark)
        for column, cell in enumerate(cells, 1):
            if not re.fullmatch(r"\s*[+-]?(\d+\.?\d*|\.\d+|nan|inf)([eE][+-]?\d+)?\s*", cell, re.IGNORECASE):
                return (
                    f"{path}, line {row}, column {column}: {shown(cell[:40])} is no number; a matrix of wt% is needed."
                )
        if wanted is not None and len(cells) != wanted:
            return f"{path}, line {row}, column 1: {len(cells)} columns, {wanted} before; all rows need one length."
        wanted = len(cells)
    return f"{path}, line 1, column 1: no matrix of numbers."


def _npz(path: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    try:
        with zipfile.ZipFile(path) as archive:
            _check_entries(path, archive)
        with np.load(path, allow_pickle=False) as held:
            arrays = {name: held[name] for name in held.files}
    except _BROKEN_ARCHIVE as problem:
        raise FormatError(f"{path} is no readable NPZ file: {_reason(problem)}. Save it with numpy.savez.") from None
    text = arrays.pop("description", None)
    stated = _description(path, text) if text is not None else _beside(path)
    return arrays, stated


def _check_entries(path: Path, archive: zipfile.ZipFile) -> None:
    """Refuse archives whose arrays would take more memory than a map may, before any is made."""
    entries = archive.infolist()
    if not entries or len(entries) > _MOST + 1:
        raise FormatError(f"{path} holds {len(entries)} arrays; 2 to {_MOST} elements make a map.")
    whole = 0
    for entry in entries:
        with archive.open(entry) as stream:
            version = np.lib.format.read_magic(stream)
            read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
            shape, _, kind = read(stream)
        if kind.hasobject:
            raise FormatError(f"{path}: {shown(entry.filename)} holds objects, not numbers.")
        length = kind.itemsize
        for edge in shape:
            length *= edge
        if length > entry.file_size:
            raise FormatError(f"{path}: {shown(entry.filename)} promises more than it holds.")
        whole += length
    if whole > _LARGEST:
        raise FormatError(f"{path} unpacks to more than {_LARGEST >> 20} MB; crop the map.")


def _description(path: Path, given: Any) -> dict[str, Any]:
    if given.dtype.kind != "U" or given.ndim:
        raise FormatError(f"{path}: the entry description must be one text in TOML.")
    try:
        return tomllib.loads(str(given))
    except (tomllib.TOMLDecodeError, RecursionError, ValueError) as problem:
        raise FormatError(f"{path}: the entry description is no TOML: {_reason(problem)}.") from None


def _beside(path: Path) -> dict[str, Any]:
    """The description in a TOML file of the same name, empty where there is none; no units."""
    beside = path.with_suffix(".toml")
    return read_toml(beside) if beside.exists() else {}


def _tiff(path: Path, elements: Sequence[str] | None) -> tuple[dict[str, Any], dict[str, Any]]:
    try:
        import tifffile
    except ModuleNotFoundError:
        raise FormatError(
            f'{path}: a TIFF stack needs a reader. Install it: pip install "alloycell[microscopy]".'
        ) from None
    stated = _beside(path)
    log = logging.getLogger("tifffile")
    silent, log.disabled = log.disabled, True
    try:
        with tifffile.TiffFile(path) as held:
            series = held.series[0]
            if int(np.prod([int(edge) for edge in series.shape], dtype=object)) * series.dtype.itemsize > _LARGEST:
                raise FormatError(f"{path} unpacks to more than {_LARGEST >> 20} MB; crop the map.")
            labels = (held.imagej_metadata or {}).get("Labels")
            stack = np.asarray(series.asarray())
    except _BROKEN as problem:
        raise FormatError(f"{path} is no readable TIFF stack: {_reason(problem)}.") from None
    finally:
        log.disabled = silent
    names = list(elements or stated.get("elements") or labels or ())
    if stack.ndim == 3 and stack.shape[0] != len(names) == stack.shape[2]:
        stack = np.moveaxis(stack, 2, 0)
    if stack.ndim != 3 or stack.shape[0] != len(names) or not names or not all(isinstance(name, str) for name in names):
        pages = stack.shape[0] if stack.ndim == 3 else 1
        told = f"{path} has {pages} pages and {len(names)} element names; one name a page is needed."
        raise FormatError(f'{told} Write elements = ["Si", "Ti", "O"] into {path.with_suffix(".toml").name} beside it.')
    if len(set(names)) < len(names):
        raise FormatError(f"{path} names an element twice; one page each is needed.")
    return dict(zip(names, stack, strict=True)), stated


def _reason(problem: BaseException) -> str:
    words = " ".join(str(problem).split()) or type(problem).__name__
    return words[:100].rstrip(".")


def write_maps(path: Path, arrays: Mapping[str, Any], description: Mapping[str, Any]) -> None:
    """Write ``arrays`` (no unit applied) and their ``description`` as NPZ: a kill leaves old or new, never half.

    Raises StoreError.
    """
    content = io.BytesIO()
    np.savez_compressed(content, allow_pickle=False, description=np.array(tomli_w.dumps(dict(description))), **arrays)
    write_bytes(path, content.getvalue())
