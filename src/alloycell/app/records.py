"""A material record as rows: every value with unit, level and source, wherever in the record it stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

from pydantic import BaseModel

from alloycell.declaration import Declared, kind_at
from alloycell.materials import AnyRecord, Host, Hysteresis, Library
from alloycell.sources import Source, Sourced

__all__ = ["RecordTable", "Row", "listing", "record_table"]

_KINDS = (
    "alloying",
    "carbon",
    "positive",
    "electrolyte",
    "binder",
    "conductive",
    "collector",
    "separator",
    "lithium metal",
)
_HIDDEN = {"format", "name", "title", "kind", "sources", "notes", "potential", "phases"}


@dataclass(frozen=True, slots=True)
class Row:
    """One value of a record: ``value`` in SI [``unit``], ``text`` in the unit people use, level and source."""

    name: str
    value: Any
    unit: str
    text: str
    level: str
    source: str
    note: str


@dataclass(frozen=True, slots=True)
class RecordTable:
    """A record as rows, its potential curve [Li per host, V] where it has one, notes and sources as texts."""

    record: AnyRecord
    kind: str
    rows: tuple[Row, ...]
    curve: Hysteresis | None
    change: float | None
    notes: tuple[str, ...]
    sources: tuple[tuple[str, str], ...]

    def data(self) -> dict[str, Any]:
        """The record JSON-ready: rows in SI, curve as lists [Li per host against V vs Li/Li+], sources in full."""
        curve = None
        if self.curve is not None:
            branches = {"lithiation": self.curve.lithiation, "delithiation": self.curve.delithiation}
            curve = {
                name: {"content": branch.content, "potential": branch.potential} for name, branch in branches.items()
            }
        return {
            "name": self.record.name,
            "title": self.record.title,
            "kind": self.kind,
            "aliases": self.record.aliases,
            "values": self.rows,
            "curve": curve,
            "largest_change": self.change,
            "notes": self.notes,
            "sources": self.record.sources,
        }


def listing(library: Library) -> list[dict[str, Any]]:
    """Every record with name, kind, title and aliases, grouped by kind; no units."""
    rows = []
    for name in library.names():
        record = library.record(name)
        rows.append({"name": name, "kind": record.kind, "title": record.title, "aliases": list(record.aliases)})
    return sorted(rows, key=lambda row: (_KINDS.index(row["kind"]), row["name"].lower()))


def record_table(library: Library, name: str) -> RecordTable:
    """The record ``name`` as rows (SI and text with unit); raises MaterialError with the nearest name."""
    record = library.record(name)
    rows = tuple(_rows(record, record, (), record.sources))
    hosted = isinstance(record, Host)
    curve = library.hysteresis(name) if hosted else None
    change = library.largest_change(name) if hosted else None
    told = [f"{row.name}: {row.note}" for row in rows if row.note]
    if isinstance(record, Host):
        data = record.potential
        told += [f"potential: {text}" for text in (data.valid, data.formula, data.note) if text]
        if record.diffusivity_curve is not None:
            entry = record.diffusivity_curve
            told.append(f"diffusivity: a curve over the content ({entry.level}) {entry.note}".rstrip())
        if change:
            told.append(f"potential: made monotone, the largest change is {1000 * change:.3g} mV")
    sources = tuple((key, _source(source)) for key, source in record.sources.items())
    return RecordTable(record, record.kind, rows, curve, change, (*told, *record.notes), sources)


def _rows(record: AnyRecord, here: Any, path: tuple[str | int, ...], sources: Mapping[str, Source]) -> Iterator[Row]:
    if isinstance(here, Sourced):
        yield _row(record, here, path, sources)
    elif isinstance(here, BaseModel):
        for name in type(here).model_fields:
            value = getattr(here, name)
            if path or name not in _HIDDEN:
                yield from _rows(record, value, (*path, name), sources)
            elif isinstance(value, BaseModel) and name == "potential":
                yield from _rows(record, getattr(value, "full", None), (name, "full"), sources)
    elif isinstance(here, tuple):
        for index, value in enumerate(here):
            if isinstance(value, BaseModel):
                yield from _rows(record, value, (*path, index), sources)
    elif isinstance(here, bool) or (isinstance(here, str) and here and len(path) == 1):
        text = {True: "yes", False: "no"}.get(here, str(here)) if isinstance(here, bool) else here
        yield Row(_words(path), here, "", text, "", "", "")


def _row(record: AnyRecord, held: Sourced[Any], path: tuple[str | int, ...], sources: Mapping[str, Source]) -> Row:
    kind = kind_at(cast(Declared, record), (*path, "value"))
    text = str(held.value) if kind is None else kind.text(held.value)
    if held.spread is not None and kind is not None:
        text += f" ({kind.text(held.spread[0])} to {kind.text(held.spread[1])})"
    source = sources[held.source].short() if held.source in sources else held.source
    return Row(_words(path), held.value, "" if kind is None else kind.si, text, held.level, source, held.note)


def _words(path: tuple[str | int, ...]) -> str:
    return " ".join(f"{key + 1}" if isinstance(key, int) else key.replace("_", " ") for key in path)


def _source(source: Source) -> str:
    doi = f" https://doi.org/{source.doi}" if source.doi else ""
    where = f" {source.where}." if source.where else ""
    licence = f" Licence: {source.licence}." if source.licence else ""
    return f"{source.author} ({source.year}). {source.title}.{where}{doi}{licence}"
