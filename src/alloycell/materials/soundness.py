"""What a record must satisfy beyond its fields: sources that exist, curves that are there, parts that agree.

Every rule gives the faults it finds instead of raising, so that one reading of a record names all of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import BaseModel

from alloycell.errors import Fault, suggestion
from alloycell.materials.record import Carbon, Electrolyte, Host, Positive, PotentialData, Record, VolumePath
from alloycell.sources import Sourced

__all__ = ["faults_of", "file_inside"]

_MEMORY = "memory"
"""Source key of a value that has no source; allowed for level ``assumed`` only."""

_CLOSE = 1e-6


def file_inside(folder: Path, text: str) -> Path | None:
    """The file ``text`` inside ``folder`` or its ``curves``; None where it is missing or lies outside."""
    for candidate in (folder / text, folder / "curves" / text):
        found = candidate.resolve()
        if found.is_file() and found.is_relative_to(folder.resolve()):
            return found
    return None


def faults_of(record: Record, stem: str, folder: Path) -> tuple[Fault, ...]:
    """All faults of ``record``, read from ``stem``.toml in ``folder``; no units, empty when it is sound."""
    faults = list(_name(record, stem)) + list(_sources(record, record.sources, ""))
    for where, text in _files(record):
        if file_inside(folder, text) is None:
            needed = f"it must name a CSV file inside {folder.name} or {folder.name}/curves"
            faults.append(Fault(where, f'is "{text}", which is not there', needed))
    if isinstance(record, Host):
        faults += _potential(record.potential)
        made = float(record.as_made.value) if isinstance(record, Positive) else 0.0
        faults += _volume(record.volume, made)
    if isinstance(record, Carbon) and not float(record.reversible_capacity.value) > 0:
        faults.append(Fault("reversible_capacity", "is 0", "a carbon record needs a capacity above 0"))
    if isinstance(record, Positive):
        faults += _positive(record)
    return tuple(faults)


def _name(record: Record, stem: str) -> Iterator[Fault]:
    if record.name != stem:
        remedy = f'Write name = "{stem}" or rename the file to {record.name}.toml'
        yield Fault("name", f'is "{record.name}"', "it must equal the name of the file", remedy)


def _sources(node: Any, known: dict[str, Any], where: str) -> Iterator[Fault]:
    """Faults of every source key in ``node``, a record or a part of one, found at dotted path ``where``."""
    if isinstance(node, tuple):
        for index, part in enumerate(node):
            yield from _sources(part, known, f"{where}[{index}]")
        return
    if not isinstance(node, BaseModel):
        return
    if isinstance(node, Sourced):
        yield from _source_key(f"{where}.source", node.source, node.level, known)
        return
    for field in type(node).model_fields:
        path = f"{where}.{field}" if where else field
        if field in ("source", "transport_source"):
            level = getattr(node, field.replace("source", "level"))
            if getattr(node, field):
                yield from _source_key(path, getattr(node, field), level, known)
        elif field != "sources":
            yield from _sources(getattr(node, field), known, path)


def _source_key(where: str, key: str, level: str | None, known: dict[str, Any]) -> Iterator[Fault]:
    if key == _MEMORY and level != "assumed":
        yield Fault(where, f'is "{_MEMORY}" at level "{level}"', 'a value from memory has the level "assumed"')
    elif key != _MEMORY and key not in known:
        needed = f"there must be a table [sources.{key}] with author, year and title"
        remedy = suggestion(key, tuple(known)) if known else 'For an assumed value write source = "memory"'
        yield Fault(where, f'is "{key}"', needed, remedy)


def _files(record: Record) -> Iterator[tuple[str, str]]:
    if isinstance(record, Electrolyte):
        yield "transport", record.transport
    if isinstance(record, Host):
        for field in ("single", "lithiation", "delithiation"):
            text = getattr(record.potential, field)
            if text is not None:
                yield f"potential.{field}", text
        if record.diffusivity_curve is not None:
            yield "diffusivity_curve.file", record.diffusivity_curve.file


def _potential(data: PotentialData) -> Iterator[Fault]:
    branches = (data.lithiation, data.delithiation)
    if data.form == "table":
        one, two = data.single is not None, all(branches)
        if one == two or (one and any(branches)):
            yield Fault("potential", "does not say which curves it has", "give single, or lithiation and delithiation")
        if data.steps or data.gap is not None:
            yield Fault("potential.form", 'is "table"', "steps and gap belong to plateaus")
        return
    if data.single is not None or any(branches):
        yield Fault("potential.form", 'is "plateaus"', "curve files belong to a table")
    if not data.steps or data.gap is None:
        missing = "steps" if not data.steps else "gap"
        yield Fault(f"potential.{missing}", "is missing", "plateaus need steps and a gap")
        return
    yield from _steps(data, float(data.gap.value))


def _steps(data: PotentialData, gap: float) -> Iterator[Fault]:
    table = np.asarray(data.steps, dtype=np.float64)
    start, end, level = table.T
    if start[0] != 0 or np.any(start[1:] != end[:-1]) or np.any(end <= start):
        yield Fault(
            "potential.steps",
            "leave a hole or go back",
            "each step must begin where the one before ends, from 0",
        )
    if np.any(np.diff(level) > 0):
        yield Fault("potential.steps", "rise in potential", "the potential must fall while lithium is taken")
    if abs(end[-1] - float(data.full.value)) > _CLOSE:
        needed = f"it must be {end[-1]:g}, where the last step ends"
        yield Fault("potential.full", f"is {float(data.full.value):g}", needed)
    if gap < 0 or level[-1] - gap / 2 < 0:
        needed = "the lithiation branch must stay at or above 0 V: gap at most twice the lowest level"
        yield Fault("potential.gap", f"is {gap:g} V", needed)


def _volume(volume: VolumePath, made: float) -> Iterator[Fault]:
    if (volume.lithium is None) == (not volume.path):
        yield Fault("volume", "does not say how the volume grows", "give lithium, or path, and not both")
        return
    if volume.lithium is not None:
        return
    if not volume.source or volume.level is None:
        yield Fault("volume", "has no source or level", "a path needs both")
    content, ratio = np.asarray(volume.path, dtype=np.float64).T
    if np.any(np.diff(content) <= 0):
        yield Fault("volume.path", "does not rise in content", "sort the pairs by rising lithium content")
    elif not np.all(ratio > 0):
        yield Fault("volume.path", "holds a ratio that is not above 0", "1 is the volume as made")
    elif abs(np.interp(made, content, ratio) - 1) > _CLOSE:
        yield Fault(
            "volume.path",
            f"does not pass through 1 at content {made:g}",
            "the volume as made has the ratio 1",
        )


def _positive(record: Positive) -> Iterator[Fault]:
    made, full = float(record.as_made.value), float(record.potential.full.value)
    if made > full + _CLOSE:
        yield Fault("as_made", f"is {made:g}", f"it must lie on the curve, at most {full:g}")
    beyond = record.overlithiated
    if record.accepts_lithium and beyond is None:
        needed = "a positive that accepts lithium needs a table [overlithiated] with content and potential"
        yield Fault("accepts_lithium", "is true", needed)
    if beyond is not None and float(beyond.content.value) <= made:
        yield Fault("overlithiated.content", f"is {float(beyond.content.value):g}", f"it must be above {made:g}")
