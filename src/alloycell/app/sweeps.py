"""One field of a design swept through a protocol: what the option says, and the runs as a table and as data."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from alloycell.app.inputs import number_in
from alloycell.app.layout import Column, blocks, heading, paragraph, table
from alloycell.app.progress import Progress
from alloycell.app.reply import Reply, Screen
from alloycell.cell import Cell
from alloycell.cell.neighbours import changes_for
from alloycell.declaration import kind_at, parse_path, value_at
from alloycell.errors import DesignError, Fault, FormatError
from alloycell.files import write_text
from alloycell.quantities import KINDS, FloatArray, Kind
from alloycell.simulate import Options, Result
from alloycell.simulate import simulate as run
from alloycell.simulate.chunks import CHUNK

__all__ = ["MOST_POINTS", "Sweep", "sweep_of", "sweep_reply"]

MOST_POINTS = 10_000
"""Most designs of a sweep, a count."""

_SWEEP = re.compile(r"([^=]+)=(.+):(.+)")
_PLAIN = re.compile(r"\s*[-+]?[\d.]+(?:[eE][-+]?\d+)?\s*")


@dataclass(frozen=True, slots=True)
class Sweep:
    """A field (its dotted ``path`` and ``kind``) and the ``values`` [SI of the kind] it takes one after the other."""

    path: str
    kind: Kind
    values: FloatArray

    @property
    def unit(self) -> str:
        """The unit in which values are shown; empty for a plain number."""
        return "" if self.kind.shown == "1" else f" [{self.kind.shown}]"


def sweep_of(cell: Cell, text: str, points: int) -> Sweep:
    """The sweep that ``--sweep`` describes as ``PATH=FROM:TO`` with units, in ``points`` steps (a count) [SI inside].

    A first end without a unit has that of the second. Raises DesignError.
    """
    found = _SWEEP.fullmatch(text)
    if found is None:
        remedy = 'Write it as --sweep "separator.thickness=10 um:30 um"'
        raise DesignError(Fault("--sweep", f'is "{text[:60]}"', "a field and two values are needed", remedy))
    if not 2 <= points <= MOST_POINTS:
        raise DesignError(Fault("--points", f"is {points}", f"a number from 2 to {MOST_POINTS} is needed"))
    path, first, last = (part.strip() for part in found.groups())
    keys = parse_path(path)
    value_at(cell, keys)
    kind = kind_at(cell, keys)
    if kind is None:
        raise DesignError(Fault(f"--sweep {path}", "is not a quantity", "a field with a number is needed"))
    unit = re.sub(_PLAIN, "", last, count=1)
    begins = f"{first} {unit}" if _PLAIN.fullmatch(first) and unit else first
    low, high = (number_in(f"--sweep {path}", end, kind) for end in (begins, last))
    return Sweep(path, kind, np.linspace(low, high, points))


def sweep_reply(
    cell: Cell, sweep: Sweep, steps: str, options: Options, folder: Path, out: Path | None, quiet: bool
) -> Reply:
    """Run every design of ``sweep`` through ``steps``; a line each with charge, energy, lithium and margin.

    Units are those a person is shown, SI in the data. Writes a CSV to ``out`` where given. The exit status is 0 where
    all finished, else 4.
    """
    if out is not None and out.suffix.lower() != ".csv":
        raise FormatError(Fault("--out", f"is {out}", "a sweep is written to a file that ends in .csv"))
    batch = cell.with_all(changes_for(cell, sweep.path, sweep.values))
    with Progress(-(-sweep.values.size // CHUNK), wanted=not quiet) as progress:
        result = run(batch, steps, options, folder=folder, progress=lambda share: progress("designs"))
    rows = [_figures(result[number]) for number in range(len(result))]
    if out is not None:
        write_text(out, _csv(sweep, rows))
    text = str(result.protocol).replace("\n", "; ")
    return Reply(
        lambda screen: _text(f"{cell.name}: {text}", sweep, rows, out, screen),
        lambda: {"path": sweep.path, "unit": sweep.kind.si, "protocol": text, "file": None if out is None else str(out),
                 "designs": [{"value": float(value), **row} for value, row in zip(sweep.values, rows, strict=True)]},
        0 if all(row["outcome"] == "finished" for row in rows) else 4,
    )  # fmt: skip


def _figures(result: Result) -> dict[str, Any]:
    """Figures of one design [C/m2, J/m2, 0 to 1, V], None for those it has not."""
    ended = result.outcome
    told: dict[str, Any] = {"outcome": ended.name, "sentence": str(ended)}
    names = ("capacity", "energy", "lithium_fraction", "plating_margin")
    if not ended.finished:
        return told | dict.fromkeys(names)
    alloy = any(place.alloying for place in result.places)
    fraction = float(result.lithium_fraction()[-1]) if alloy else None
    margin = None if result.plating is None else result.plating.margin
    values = (result.capacity, result.discharge_energy, fraction, margin)
    return told | dict(zip(names, values, strict=True))


_SHOWN = (
    ("capacity", "charge per area", "Discharge"), ("energy", "energy per area", "Energy"),
    ("lithium_fraction", "atom fraction", "Alloy at the end"), ("plating_margin", "potential", "Plating margin"),
)  # fmt: skip


def _text(title: str, sweep: Sweep, rows: list[dict[str, Any]], out: Path | None, screen: Screen) -> str:
    columns = [
        Column(sweep.path.rpartition(".")[2].replace("_", " ")),
        *(Column(name) for *_, name in _SHOWN),
        Column("Not finished"),
    ]
    cells = [
        [sweep.kind.text(float(value)),
         *("" if row[name] is None else KINDS[kind].text(row[name]) for name, kind, _ in _SHOWN),
         "" if row["outcome"] == "finished" else row["outcome"]]
        for value, row in zip(sweep.values, rows, strict=True)
    ]  # fmt: skip
    ends = dict.fromkeys(row["sentence"] for row in rows if row["outcome"] != "finished")
    return blocks(
        heading(title, screen), heading(sweep.path, screen), table(columns, cells, screen),
        *(paragraph(f"Not finished: {sentence}", screen) for sentence in ends),
        f"Written: {out}" if out is not None else "",
    )  # fmt: skip


def _csv(sweep: Sweep, rows: list[dict[str, Any]]) -> str:
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    units = [KINDS[kind].shown for _, kind, _ in _SHOWN]
    writer.writerow([f"{sweep.path}{sweep.unit}", *(f"{name} [{unit}]" for (name, *_), unit in
                                                    zip(_SHOWN, units, strict=True)), "outcome"])  # fmt: skip
    for value, row in zip(sweep.values, rows, strict=True):
        shown = (
            "" if row[name] is None else f"{float(KINDS[kind].in_shown(row[name])):.8g}" for name, kind, _ in _SHOWN
        )
        writer.writerow([f"{float(sweep.kind.in_shown(value)):.8g}", *shown, row["outcome"]])
    return stream.getvalue()
