"""The sources that a design rests on, each once, and their text as BibTeX."""

from __future__ import annotations

import re
import string
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from alloycell.alloy import ParticleSheet
from alloycell.alloy.elements import ELEMENTS
from alloycell.app.release import release
from alloycell.cell import Cell, Datasheet
from alloycell.sources import Source

__all__ = ["Entry", "bibliography", "bibtex", "particle_bibliography"]

_ESCAPED = re.compile(r"([&%#_$])")


@dataclass(frozen=True, slots=True)
class Entry:
    """One source under the ``key`` it is cited by, and the material records that it serves; no units."""

    key: str
    source: Source
    materials: tuple[str, ...]


def bibliography(cell: Cell) -> tuple[Entry, ...]:
    """Every source of the records that ``cell`` uses, alloycell itself first, each once; no units."""
    named = [(name, source) for name in cell.material_names() for source in cell.library.record(name).sources.values()]
    named += [(name, s) for name, sheet in Datasheet(cell).particles.items() for s in sheet.sources]
    return _entries(named)


def particle_bibliography(name: str, sheet: ParticleSheet) -> tuple[Entry, ...]:
    """Every source of the phases of the particle ``name`` and of the records of what is active in it; no units."""
    named = [(name, source) for source in sheet.sources]
    for symbol in sheet.phases.stoichiometries:
        record = sheet.library.record(ELEMENTS[symbol].name)
        named += [(record.name, source) for source in record.sources.values()]
    return _entries(named)


def _entries(named: Sequence[tuple[str, Source]]) -> tuple[Entry, ...]:
    found: dict[str, tuple[Source, list[str]]] = {}
    for name, source in named:
        mark = source.doi.lower() or f"{source.author}|{source.year}|{source.title}".lower()
        found.setdefault(mark, (source, []))[1].append(name)
    entries: dict[str, Entry] = {}
    for source, names in sorted(found.values(), key=lambda pair: (pair[0].short(), pair[0].title)):
        key = _free(_key(source), entries)
        entries[key] = Entry(key, source, tuple(dict.fromkeys(names)))
    return tuple(entries.values())


def bibtex(entries: Sequence[Entry]) -> str:
    """``entries`` as a BibTeX file, alloycell itself first; no units."""
    own = "@software{alloycell,\n  title = {alloycell},\n  author = {{The alloycell founders}},\n"
    own += f"  version = {{{release()}}},\n  note = {{balance, ledger, dose, verdicts}}\n}}"
    return "\n\n".join([own, *(_text(entry) for entry in entries)])


def _key(source: Source) -> str:
    surname, year = source.short().rsplit(" ", 1)
    plain = unicodedata.normalize("NFKD", surname).encode("ascii", "ignore").decode()
    return (re.sub(r"\W+", "", plain) or "source") + year


def _free(key: str, taken: dict[str, Entry]) -> str:
    return next(
        (name for name in (key, *(f"{key}{letter}" for letter in string.ascii_lowercase)) if name not in taken),
        f"{key}-{len(taken)}",
    )


def _text(entry: Entry) -> str:
    source = entry.source
    told = "; ".join(part for part in (f"data of {', '.join(entry.materials)}", source.licence) if part)
    place = "journal" if source.doi and source.where else "howpublished"
    fields = {
        "author": _escaped(source.author) if "," in source.author else f"{{{_escaped(source.author)}}}",
        "title": f"{{{_escaped(source.title)}}}",
        "year": str(source.year),
        place: _escaped(source.where),
        "doi": source.doi,
        "note": _escaped(told),
    }
    lines = [f"  {name} = {{{text}}}" for name, text in fields.items() if text]
    return f"@{'article' if place == 'journal' else 'misc'}{{{entry.key},\n" + ",\n".join(lines) + "\n}"


def _escaped(text: str) -> str:
    return _ESCAPED.sub(r"\\\1", text)
