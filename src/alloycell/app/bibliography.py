"""The sources that a design rests on, each once, and their text as BibTeX."""

from __future__ import annotations

import re
import string
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from alloycell.app.release import release
from alloycell.cell import Cell
from alloycell.sources import Source

__all__ = ["Entry", "bibliography", "bibtex"]

_ESCAPED = re.compile(r"([&%#_$])")


@dataclass(frozen=True, slots=True)
class Entry:
    """One source under the ``key`` it is cited by, and the material records that it serves; no units."""

    key: str
    source: Source
    materials: tuple[str, ...]


def bibliography(cell: Cell) -> tuple[Entry, ...]:
    """Every source of the records that ``cell`` uses, alloycell itself first, each once; no units."""
    found: dict[str, tuple[Source, list[str]]] = {}
    for name in cell.material_names():
        for source in cell.library.record(name).sources.values():
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
