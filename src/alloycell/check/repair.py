"""The smallest change of one design field that clears a failed clause, found by solving over batches of designs.

Every numeric field is moved over its allowed range, one row of the batch a candidate; the nearest candidate that
clears the clause (parents included) is refined by two further batches and then checked as a design of its own.
Fields that describe a material or a convention rather than a choice (``x_max``, losses, uptake) are left alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from alloycell.cell import Cell, Datasheet
from alloycell.cell.neighbours import changes_for
from alloycell.check.evaluation import margins
from alloycell.check.figures import known_figures
from alloycell.check.specification import Specification
from alloycell.declaration import numeric_fields, parse_path, path_text, value_at
from alloycell.errors import DesignError
from alloycell.quantities import FloatArray, Kind, kind_of

__all__ = ["NOT_A_CHOICE", "Repair", "needed_figures", "repairs"]

NOT_A_CHOICE = (
    "x_max",
    "first_cycle_loss",
    "first_cycle_efficiency",
    "first_charge_capacity",
    "reversible_capacity",
    "as_made",
    "upper_potential",
    "uptake",
    "contents",
    "phases",
    "coefficients",
    "threshold",
    "phase_b_boundary_share",
)
"""Fields that state a property or a convention; changing them on paper changes no cell."""

_ADDED = "lithium.dose"
_FALLS = np.geomspace(0.002, 0.95, 20)
_RISES = np.geomspace(0.002, 9.0, 24)
_FINE = 17


@dataclass(frozen=True, slots=True)
class Repair:
    """A change that clears a clause: field, its value before and after (texts with unit), size of the change.

    ``change`` is the size relative to the value before (for lithium that was not there, to the positive's capacity),
    dimensionless, by which the smallest is chosen.
    """

    path: str
    before: str
    after: str
    value: float
    change: float

    @property
    def sentence(self) -> str:
        """What to do, with units, such as ``lithium.dose: 0.33 mAh/cm2 -> 0.4 mAh/cm2 (+21 %)``."""
        if self.path == _ADDED and self.before == "none":
            return f"add lithium: {_ADDED} = {self.after}"
        return f"{self.path}: {self.before} -> {self.after} ({100 * self.change:+.3g} %)"


@dataclass(frozen=True, slots=True)
class _Field:
    path: str
    kind: Kind
    value: float
    scale: float
    down: FloatArray
    up: FloatArray
    absent: bool = False

    @property
    def recipe(self) -> bool:
        """Whether it is a share of a recipe: changed only where no dimension, dose or voltage clears a clause."""
        return ".recipe." in self.path or ".composition." in self.path

    def size(self, value: float) -> float:
        """How far ``value`` [SI of the field] is from the present one, relative to its scale (dimensionless)."""
        return abs(value - self.value) / self.scale

    def rounded(self, value: float, digits: int) -> str:
        """``value`` [SI] as text in the unit shown, rounded to ``digits`` away from the value before."""
        shown, before = float(self.kind.in_shown(value)), float(self.kind.in_shown(self.value))
        step = 10.0 ** (np.floor(np.log10(abs(shown))) - digits + 1) if shown else 1.0
        away = np.ceil(shown / step - 1e-9) if shown > before else np.floor(shown / step + 1e-9)
        unit = "" if self.kind.shown == "1" else f" {self.kind.shown}"
        return f"{away * step:.{digits}g}{unit}"


@dataclass(frozen=True, slots=True)
class _Bracket:
    """A field and the two values [SI] between which a clause becomes clear: not yet at ``start``, clear at ``end``."""

    field: _Field
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class _Search:
    """What stays the same in one search: design, specification, measured figures."""

    cell: Cell
    specification: Specification
    fixed: Mapping[str, Any]

    def margins(self, blocks: Sequence[tuple[_Field, FloatArray]]) -> dict[str, FloatArray]:
        """Margin of every clause (share of its window) over all candidates of ``blocks`` [SI], one after another."""
        rows = sum(values.size for _, values in blocks)
        changes: dict[str, Any] = {}
        begin = 0
        for field, values in blocks:
            moved = {field.path: values} if field.absent else changes_for(self.cell, field.path, values)
            for path, column in moved.items():
                before = 0.0 if field.absent else value_at(self.cell, parse_path(path))
                changes.setdefault(path, np.full(rows, before))
                changes[path][begin : begin + values.size] = column
            begin += values.size
        if any(field.absent for field, _ in blocks):
            changes["lithium"] = {"dose": changes.pop(_ADDED)}
        with np.errstate(all="ignore"):
            sheet = Datasheet(self.cell.with_all(changes, checked=False))
            known = known_figures()
            asked = (known[name] for name in needed_figures(self.specification) if name in known)
            figures = {figure.name: figure.of(sheet) for figure in asked if figure.of is not None}
            judged = margins(self.specification, {**figures, **self.fixed})
        return {name: np.broadcast_to(np.asarray(margin), (rows,)) for name, (_, margin) in judged.items()}

    def brackets(self, fields: Sequence[_Field]) -> tuple[list[tuple[_Field, FloatArray]], dict[str, FloatArray]]:
        """The candidates of all fields, either direction a block, and the margins over them (share of the window)."""
        blocks = [(field, side) for field in fields for side in (field.down, field.up) if side.size]
        return blocks, self.margins(blocks) if blocks else {}

    def refined(self, clause: str, aim: float, bracket: _Bracket) -> float:
        """The end [SI] of ``bracket`` after two refinements: the nearest value found at which ``clause`` is clear."""
        start, end = bracket.start, bracket.end
        for _ in range(2):
            points = np.linspace(start, end, _FINE)[1:]
            good = self.margins([(bracket.field, points)])[clause] >= aim
            if not good.any():
                break
            first = int(np.argmax(good))
            start, end = (start if first == 0 else float(points[first - 1])), float(points[first])
        return end

    def made(self, clause: str, aim: float, field: _Field, value: float) -> Repair | None:
        """The repair with ``value`` [SI] rounded as a person writes it and checked as a design; None if it is none."""
        for digits in (4, 5, 7):
            text = field.rounded(value, digits)
            number = float(np.asarray(field.kind.read(text)))
            if bool((self.margins([(field, np.array([number]))])[clause] >= aim).all()):
                break
        else:
            return None
        try:
            changes = {"lithium": {"dose": number}} if field.absent else changes_for(self.cell, field.path, number)
            self.cell.with_all(changes)
        except DesignError:
            return None
        before = "none" if field.absent else field.kind.text(field.value)
        return Repair(field.path, before, text, number, (number - field.value) / field.scale)

    def smallest(self, clause: str, aim: float, brackets: Sequence[_Bracket]) -> Repair | None:
        """The smallest change over ``brackets`` (nearest first) that is a design and clears ``clause``."""
        best: Repair | None = None
        for bracket in brackets:
            if best is not None and bracket.field.size(bracket.start) >= abs(best.change):
                continue
            found = self.made(clause, aim, bracket.field, self.refined(clause, aim, bracket))
            if found is not None and (best is None or abs(found.change) < abs(best.change)):
                best = found
        return best


def needed_figures(specification: Specification) -> tuple[str, ...]:
    """Names of the figures the clauses of ``specification`` ask for, each once; no units."""
    names = [name for clause in specification.clauses for name in clause.parameters().values()]
    names += [clause.applies_if for clause in specification.clauses if clause.applies_if]
    return tuple(dict.fromkeys(names))


def repairs(
    cell: Cell,
    specification: Specification,
    failed: Mapping[str, float],
    measured: Mapping[str, Any] | None = None,
) -> dict[str, Repair | None]:
    """For each clause name in ``failed``, the smallest single-field change that clears it, or None (values in SI).

    ``failed`` gives the margin to reach, as a share of the window (dimensionless): 0 for the edge, more where the
    design's uncertainty must fit in, too. Only single designs; ``measured`` figures stay as they are. A clause is
    clear when it and its parents have that margin.
    """
    if not failed or cell.shape:
        return dict.fromkeys(failed)
    search = _Search(cell, specification, dict(measured or {}))
    groups = [_fields(cell)] + ([[_added(cell)]] if cell.lithium is None else [])
    answers = [search.brackets(fields) for fields in groups]
    found: dict[str, Repair | None] = {}
    known: dict[tuple[tuple[str, float, float], ...], Repair | None] = {}
    for clause, aim in failed.items():
        brackets = sorted(
            (bracket for blocks, judged in answers if blocks for bracket in _opened(blocks, judged[clause] >= aim)),
            key=lambda bracket: bracket.field.size(bracket.end),
        )
        key = (*((b.field.path, b.start, b.end) for b in brackets), ("", aim, 0.0))
        if key not in known:
            dimensions = [bracket for bracket in brackets if not bracket.field.recipe]
            recipes = [bracket for bracket in brackets if bracket.field.recipe]
            known[key] = search.smallest(clause, aim, dimensions) or search.smallest(clause, aim, recipes)
        found[clause] = known[key]
    return found


def _opened(blocks: Sequence[tuple[_Field, FloatArray]], clear: Any) -> list[_Bracket]:
    """Where each block of candidates first becomes clear."""
    found = []
    cuts = np.cumsum([values.size for _, values in blocks])[:-1]
    for (field, values), good in zip(blocks, np.split(clear, cuts), strict=True):
        if good.any():
            first = int(np.argmax(good))
            found.append(_Bracket(field, field.value if first == 0 else float(values[first - 1]), float(values[first])))
    return found


def _fields(cell: Cell) -> list[_Field]:
    """Every numeric field that is a choice, with its candidates on either side inside the limits of its kind."""
    found = []
    for path, kind, value in numeric_fields(cell):
        number = float(value)
        alone = path[-2] in ("recipe", "composition") and number == 1.0
        if path[0] == "measured" or alone or any(key in NOT_A_CHOICE for key in path if path[0] != "case"):
            continue
        span = abs(number)  # what is 0 (a dense film, no overhang) is a decision of its own and stays
        down, up = (side[np.asarray(kind.allows(side))] for side in (number - span * _FALLS, number + span * _RISES))
        if span:
            found.append(_Field(path_text(path), kind, number, span, down, up))
    return found


def _added(cell: Cell) -> _Field:
    """Lithium where the design adds none; its change counts relative to the capacity of the positive."""
    doses = np.geomspace(36.0, 3.6e5, 60)
    scale = float(np.asarray(Datasheet(cell).positive_capacity))
    return _Field(_ADDED, kind_of("charge per area"), 0.0, scale, doses[:0], doses, absent=True)
