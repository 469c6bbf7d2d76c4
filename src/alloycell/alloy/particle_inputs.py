"""What a particle's description says once its files are read: sizes, contents from maps, and every uncertain input.

Nothing of it is computed from phases yet. An uncertain input is a :class:`Move`: a field and the two values that its
expanded uncertainty reaches; docs/theory/particle.md.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from alloycell.alloy.elements import ELEMENTS, of_family
from alloycell.alloy.findings import Content, hidden_by
from alloycell.alloy.maps import ElementMaps
from alloycell.alloy.micrograph import Micrograph, segment
from alloycell.alloy.particle import Particle
from alloycell.alloy.partition import processes
from alloycell.alloy.powder import Powder
from alloycell.declaration import kind_at, numeric_fields, parse_path, replaced, tree
from alloycell.quantities import FloatArray

__all__ = ["Inputs", "Move", "moved_particle", "resolved_inputs"]

_PARTS: Final = ("phase_a", "phase_b")
_SHARES: Final = {"composition": "rest", "phases": "phases_rest"}


@dataclass(frozen=True, slots=True)
class Move:
    """An uncertain input: the keys of its field, and the values [SI of the field] at both ends of its uncertainty."""

    path: tuple[str, ...]
    up: float
    down: float


@dataclass(frozen=True)
class Inputs:
    """A particle with its files read in: ``particle`` names no file, and holds what they say [SI].

    ``moves`` are uncertain fields of the description, ``beyond`` those that come from files and presets. ``remarks``
    say by figure name where a content comes from, ``set_aside`` why one is not used, ``notes`` what else was found.
    """

    particle: Particle
    moves: tuple[Move, ...] = ()
    beyond: tuple[Move, ...] = ()
    remarks: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    micrograph: Micrograph | None = None
    powder: Powder | None = None


def resolved_inputs(particle: Particle, uncertainty: Mapping[str, float]) -> Inputs:
    """``particle`` with powder, map and methods read in; ``uncertainty`` [SI] by dotted path inside the particle.

    Raises DesignError, FormatError or RangeError where a file cannot be used.
    """
    tables = _own_tables(particle)
    remarks: dict[str, str] = {}
    notes: list[str] = []
    powder = micrograph = None
    if particle.powder is not None:
        powder = Powder.load(tables.pop("powder"))
        tables |= {"diameter": powder.percentile(0.5), "diameter_spread": max(1.0, powder.diameter_spread)}
        notes += powder.remarks
    spread = dict(uncertainty)
    tables = _set_aside(tables, particle, remarks, spread)
    found: dict[tuple[str, ...], float] = {}
    if particle.map is not None:
        micrograph = segment(ElementMaps.load(tables.pop("map")))
        notes += micrograph.findings().remarks
        tables, found = _with_map(tables, micrograph, remarks)
    tables, presets = _with_coefficients(tables, particle)
    plain = Particle.model_validate(tables)
    if any(np.ndim(value) for _, _, value in numeric_fields(plain)):
        return Inputs(plain, (), (), remarks, tuple(notes), micrograph, powder)
    own = tuple(_move(plain, tuple(map(str, parse_path(path))), size) for path, size in spread.items())
    beyond = (*(_move(plain, path, size) for path, size in found.items() if size), *presets)
    return Inputs(plain, own, beyond, remarks, tuple(notes), micrograph, powder)


def _own_tables(particle: Particle) -> dict[str, Any]:
    """The tables of ``particle`` without what a file says beside them (name, question)."""
    return {name: value for name, value in tree(particle).items() if name in Particle.model_fields}


def _set_aside(
    tables: dict[str, Any], particle: Particle, remarks: dict[str, str], spread: dict[str, float]
) -> dict[str, Any]:
    """``tables`` without contents that their method cannot know."""
    stated = particle.contents
    for name, method in ((stated.methods or {}) if stated is not None else {}).items():
        part, _, element = name.rpartition("_")
        symbol = next((s for s in of_family("non-metal") if ELEMENTS[s].name == element), "")
        covering = hidden_by(symbol, method, set(particle.symbols()))
        held = tables["contents"].get(part)
        if covering and held and symbol in held:
            left = {x: value for x, value in held.items() if x != symbol}
            tables = replaced(tables, ("contents", part), left)
            spread.pop(f"contents.{part}.{symbol}", None)
            remarks[name] = f"{element} by {method} is set aside: it lies under a line of {covering}"
    return tables


def _with_map(
    tables: dict[str, Any], micrograph: Micrograph, remarks: dict[str, str]
) -> tuple[dict[str, Any], dict[tuple[str, ...], float]]:
    """``tables`` with the contents and the boundary share of the map where nothing is stated; their uncertainties."""
    findings = micrograph.findings()
    found: dict[tuple[str, ...], float] = {}
    for part in _PARTS:
        held = dict((tables.get("contents") or {}).get(part) or {})
        contents: Mapping[str, Content] = getattr(findings, part)
        for symbol in of_family("non-metal"):
            content, name = contents.get(symbol), f"{part}_{ELEMENTS[symbol].name}"
            if content is None or symbol in held:
                continue
            if content.value is None:
                remarks[name] = content.reason
                continue
            held[symbol] = min(max(content.value, 0.0), 1.0)
            found["contents", part, symbol] = max(content.uncertainty, abs(content.value - held[symbol]))
            remarks[name] = f"from the map, {content.method}"
        if held:
            tables = replaced(tables, ("contents", part), held)
    share = findings.phase_b_boundary_share
    if share is not None and share.value is not None and "phase_b_boundary_share" not in tables:
        tables["phase_b_boundary_share"] = min(max(share.value, 0.0), 1.0)
        found["phase_b_boundary_share",] = share.uncertainty
        remarks["phase_b_boundary_share"] = "from the map"
    return tables, found


def _with_coefficients(tables: dict[str, Any], particle: Particle) -> tuple[dict[str, Any], tuple[Move, ...]]:
    """``tables`` with the coefficients of the process it names, and their ranges as uncertain inputs."""
    process = processes().get(particle.partition or "")
    if process is None:
        return tables, ()
    own = dict(particle.coefficients or {})
    preset = {x: k for x, k in process.coefficients.items() if x not in own}
    tables["coefficients"] = {**{x: k.value for x, k in preset.items()}, **own}
    held = set(particle.symbols()) | set((particle.contents.particle or {}) if particle.contents else {})
    moves = [Move(("coefficients", x), float(k.high), float(k.low)) for x, k in preset.items() if x in held]
    return tables, tuple(moves)


def _move(particle: Particle, path: tuple[str, ...], size: float) -> Move:
    """The field at ``path`` moved by its expanded uncertainty ``size`` [SI], inside its limits."""
    value, kind = _nominal(tree(particle), path), kind_at(particle, path)
    tiny = 1e-9 * abs(value)
    low = -np.inf if kind is None or kind.low is None else kind.low + (tiny if kind.low_open else 0.0)
    high = np.inf if kind is None or kind.high is None else kind.high - (tiny if kind.high_open else 0.0)
    rest = getattr(particle, _SHARES[path[0]]) if path[0] in _SHARES else None
    if rest is not None:
        high = value + 1.0 - float(sum(getattr(particle, path[0]).values()))
    return Move(path, float(np.clip(value + size, low, high)), float(np.clip(value - size, low, high)))


def _nominal(tables: Any, path: tuple[str, ...]) -> float:
    for key in path:
        tables = tables[key]
    return float(tables)


def moved_particle(particle: Particle, moves: Sequence[Move]) -> Particle:
    """A batch of 2n particles: row 2i has input i at its upper end, row 2i + 1 at its lower end [SI of each field].

    Shares without a rest make room in proportion. ``particle`` is a single one, without files.
    """
    tables = tree(particle)
    columns: dict[tuple[str, ...], FloatArray] = {}
    for index, move in enumerate(moves):
        for row, value in ((2 * index, move.up), (2 * index + 1, move.down)):
            for path, changed in _changed(tables, move.path, value).items():
                column = columns.setdefault(path, np.full(2 * len(moves), _nominal(tables, path)))
                column[row] = changed
    for path, column in columns.items():
        tables = replaced(tables, path, column)
    return Particle.model_validate(tables)


def _changed(tables: Mapping[str, Any], path: tuple[str, ...], value: float) -> dict[tuple[str, ...], float]:
    """The fields that change with ``path`` [SI]: itself, and the other shares where none is the rest."""
    if path[0] not in _SHARES or tables.get(_SHARES[path[0]]) is not None or len(tables[path[0]]) == 1:
        return {path: value}
    shares = tables[path[0]]
    scale = (1.0 - value) / (1.0 - shares[path[1]])
    return {path: value, **{(path[0], name): scale * share for name, share in shares.items() if name != path[1]}}
