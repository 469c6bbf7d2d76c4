"""Reading TOML with the place of every fault, and writing files so that a kill leaves old or new, never half."""

from __future__ import annotations

import os
import re
import tempfile
import tomllib
from pathlib import Path
from typing import Any

from alloycell.errors import FormatError, StoreError

__all__ = ["DEEPEST", "LARGEST", "read_toml", "write_bytes", "write_text"]

LARGEST = 5_000_000
"""Largest design or record file that is read, in bytes."""

DEEPEST = 40
"""Deepest nesting of tables and lists that is read, dimensionless."""


_PART = r"""(?:[\w-]++|"[^"\n]*+"|'[^'\n]*+')[ \t]*+\.[ \t]*+"""
_LONG_KEY = re.compile(rf"(?<![\w-])(?:{_PART}){{{DEEPEST}}}")
"""A dotted key with more parts than is read; tomllib takes a time that grows with the square of their number."""


def read_toml(path: Path) -> dict[str, Any]:
    """The tables of a TOML file, values as written (no unit applied).

    Raises FormatError with path, line and column.
    """
    try:
        if path.is_dir():
            raise FormatError(f"{path} is a folder; name a file in it.")
        if path.stat().st_size > LARGEST:
            raise FormatError(f"{path} has more than {LARGEST // 1_000_000} MB; a design file has a few kB.")
        text = path.read_bytes().decode("utf-8")
    except FileNotFoundError:
        near = ", ".join(sorted(entry.name for entry in path.parent.glob("*.toml"))[:8]) if path.parent.is_dir() else ""
        raise FormatError(f"{path} does not exist." + (f" In that folder: {near}." if near else "")) from None
    except UnicodeDecodeError as problem:
        raise FormatError(f"{path}, byte {problem.start}: not UTF-8 text; save the file as UTF-8.") from None
    except OSError as problem:
        raise FormatError(f"{path} cannot be read: {problem.strerror or problem}.") from None
    if _LONG_KEY.search(text):
        raise FormatError(f"{path}: nested more than {DEEPEST} deep; a design needs less than 10.")
    try:
        nested = tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        place = re.search(r"\(at (?:line (\d+), column (\d+)|end of document)\)", str(problem))
        what = re.sub(r"\s*\(at .*\)$", "", str(problem))
        line, column = (place[1], place[2]) if place and place[1] else (str(text.count("\n") + 1), "1")
        raise FormatError(
            f'{path}, line {line}, column {column}: {what}. Texts need quotes: thickness = "12 um".'
        ) from None
    except RecursionError:
        raise FormatError(f"{path}: nested too deeply to be a design.") from None
    except ValueError as problem:
        raise FormatError(f"{path}: {problem}. Write the number with fewer digits.") from None
    if _depth(nested) > DEEPEST:
        raise FormatError(f"{path}: nested more than {DEEPEST} deep; a design needs less than 10.")
    return nested


def _depth(nested: Any) -> int:
    deepest, waiting = 0, [(nested, 1)]
    while waiting:
        here, depth = waiting.pop()
        deepest = max(deepest, depth)
        if depth > DEEPEST:
            return depth
        inner = here.values() if isinstance(here, dict) else here if isinstance(here, list) else ()
        waiting.extend((entry, depth + 1) for entry in inner)
    return deepest


def write_text(path: Path, text: str) -> None:
    """Write ``text`` to ``path`` (UTF-8, no units) at once: a kill in between leaves the old file whole.

    Raises StoreError.
    """
    write_bytes(path, text.encode("utf-8"))


def write_bytes(path: Path, content: bytes) -> None:
    """Write ``content`` to ``path`` (no units) at once: a kill in between leaves the old file whole.

    A temporary file in the same folder is written, synchronised to disk and renamed. Raises StoreError.
    """
    temporary = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(
            "wb", dir=path.parent, prefix=f".{path.name}.", suffix=".part", delete=False
        ) as stream:
            temporary = Path(stream.name)
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.chmod(0o644)
        temporary.replace(path)
        temporary = None
    except OSError as problem:
        raise StoreError(f"{path} cannot be written: {problem.strerror or problem}. Name another folder.") from None
    finally:
        if temporary is not None:
            temporary.unlink(missing_ok=True)
