"""The verdict: every clause of a specification under three readings of its edges, with margins, worst first.

Strict, rounded and guarded readings, and what inside, outside, undecidable and unknown mean, are in
``docs/theory/verdicts.md``. This file takes one design (or one set of measured figures) at a time; batches go
through :func:`alloycell.check.evaluation.margins`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal, TypeAlias

import numpy as np

from alloycell.check.clause import Criterion
from alloycell.check.evaluation import Evaluation, evaluate
from alloycell.check.figures import known_figures
from alloycell.check.specification import Clause, Specification
from alloycell.errors import RangeError
from alloycell.quantities import FloatArray

__all__ = ["LEGAL_NOTE", "ClauseVerdict", "CriterionVerdict", "Reading", "Readings", "Verdict", "judge"]

Reading: TypeAlias = Literal["inside", "outside", "undecidable", "unknown", "not applicable"]

LEGAL_NOTE = "A verdict compares numbers with edges; nothing here is legal advice."
"""The sentence that stands beside every verdict; no units."""

_WORST_FIRST: tuple[Reading, ...] = ("outside", "undecidable", "unknown", "inside", "not applicable")
_WEAKEST_FIRST: tuple[Reading, ...] = ("outside", "unknown", "undecidable", "inside")


def _worst(readings: Sequence[Reading]) -> Reading:
    return min(readings, key=_WEAKEST_FIRST.index)


def _best(readings: Sequence[Reading]) -> Reading:
    return max(readings, key=_WEAKEST_FIRST.index)


@dataclass(frozen=True, slots=True)
class Readings:
    """One answer a reading of the edges: as stated, rounded to the stated digits, guarded; no units."""

    strict: Reading
    rounded: Reading
    guarded: Reading

    def result(self) -> Reading:
        """The answer all three give; else unknown if an input is missing, else undecidable; no units."""
        answers = {self.strict, self.rounded, self.guarded}
        if len(answers) == 1:
            return self.strict
        return "unknown" if "unknown" in answers else "undecidable"

    @classmethod
    def all(cls, reading: Reading) -> Readings:
        """The same answer under each reading; no units."""
        return cls(reading, reading, reading)

    @classmethod
    def worst(cls, several: Sequence[Readings]) -> Readings:
        """The worst answer of several, reading by reading; no units."""
        columns = zip(*((one.strict, one.rounded, one.guarded) for one in several), strict=True)
        return cls(*(_worst(column) for column in columns))

    @classmethod
    def best(cls, several: Sequence[Readings]) -> Readings:
        """The best answer of several, reading by reading; no units."""
        columns = zip(*((one.strict, one.rounded, one.guarded) for one in several), strict=True)
        return cls(*(_best(column) for column in columns))


@dataclass(frozen=True, slots=True)
class CriterionVerdict:
    """One criterion judged: value, expanded uncertainty, interval and margin [SI of its kind], and how they
    read.

    Numbers are None where there is none (a yes-or-no criterion, a missing input). ``percent`` is the margin
    in % of the window (of the edge where there is one). ``clause`` is the clause it belongs to.
    """

    name: str
    clause: str
    readings: Readings
    result: Reading
    unknown: tuple[str, ...] = ()
    value: float | None = None
    value_text: str = "not known"
    demanded: str = ""
    edge_text: str = ""
    uncertainty: float | None = None
    uncertainty_text: str = ""
    interval: tuple[float, float] | None = None
    margin: float | None = None
    margin_text: str = ""
    percent: float | None = None

    def order(self) -> tuple[int, float]:
        """Sorts worst first: by result, then by margin in % (dimensionless)."""
        absent = -np.inf if self.result == "outside" else np.inf
        return _WORST_FIRST.index(self.result), absent if self.percent is None else self.percent


@dataclass(frozen=True, slots=True)
class ClauseVerdict:
    """One clause judged, with its parents: result, three readings, all criteria, and the one that binds.

    ``binding`` is the worst criterion of the clause and its best line of parents [SI inside]; None where the
    clause does not apply. ``unknown`` names missing figures; ``also`` maps figure names to text shown beside;
    ``reading`` is the decided reading; ``remarks`` say which inputs were derived or set aside.
    """

    name: str
    title: str
    result: Reading
    readings: Readings
    criteria: tuple[CriterionVerdict, ...]
    binding: CriterionVerdict | None
    parents: tuple[tuple[str, ...], ...] = ()
    unknown: tuple[str, ...] = ()
    reading: str = ""
    also: Mapping[str, str] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()

    @property
    def margin(self) -> float | None:
        """Margin of the binding criterion [SI of its kind], positive inside; None where it has no number."""
        return self.binding.margin if self.binding else None

    @property
    def margin_text(self) -> str:
        """Margin of the binding criterion in the unit of the clause; empty where it has no number."""
        return self.binding.margin_text if self.binding else ""

    @property
    def percent(self) -> float | None:
        """Margin of the binding criterion in its window or edge [%]; None where it has no number."""
        return self.binding.percent if self.binding else None

    @property
    def value_text(self) -> str:
        """What the binding criterion found, in the unit of the clause."""
        return self.binding.value_text if self.binding else ""

    @property
    def edge_text(self) -> str:
        """The edge that binds, in the unit and with the digits of the clause."""
        return self.binding.edge_text if self.binding else ""

    @property
    def uncertainty(self) -> float | None:
        """Expanded uncertainty of the binding value [SI of its kind]; None where it has no number."""
        return self.binding.uncertainty if self.binding else None

    def order(self) -> tuple[int, float]:
        """Sorts worst first: by result, then by margin in % (dimensionless)."""
        margin = self.binding.order()[1] if self.binding else np.inf
        return _WORST_FIRST.index(self.result), margin


@dataclass(frozen=True, slots=True)
class Verdict:
    """All clauses of one specification judged for one design, worst first; no units of its own."""

    specification: str
    title: str
    result: Reading
    clauses: tuple[ClauseVerdict, ...]
    note: str = LEGAL_NOTE

    @property
    def exit_status(self) -> int:
        """Exit status of ``check`` (dimensionless): 0 inside, 1 outside, 3 undecidable or unknown."""
        return {"inside": 0, "outside": 1}.get(self.result, 3)

    def clause(self, name: str) -> ClauseVerdict:
        """The verdict on the clause called ``name`` (no units); raises RangeError for a name it has not."""
        for verdict in self.clauses:
            if verdict.name == name:
                return verdict
        raise RangeError(f"{self.specification} has no clause {name}; {', '.join(c.name for c in self.clauses)}.")

    def to_dict(self) -> dict[str, Any]:
        """The verdict as JSON-ready dicts: SI numbers beside texts with unit, None for what is not finite."""
        return {
            "specification": self.specification,
            "title": self.title,
            "result": self.result,
            "exit_status": self.exit_status,
            "clauses": [_clause_dict(clause) for clause in self.clauses],
            "note": self.note,
        }

    def rows(self) -> tuple[dict[str, str], ...]:
        """One row of texts a clause, worst first, quantities with unit: for tables on a screen or page."""
        return tuple(_row(clause) for clause in self.clauses)


def _finite(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _finite(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(entry) for entry in value]
    return None if isinstance(value, float) and not np.isfinite(value) else value


def _clause_dict(clause: ClauseVerdict) -> dict[str, Any]:
    told: dict[str, Any] = _finite(asdict(clause))
    figures = {"margin": clause.margin, "percent": clause.percent, "uncertainty": clause.uncertainty}
    texts = {
        "margin_text": clause.margin_text,
        "value_text": clause.value_text,
        "edge_text": clause.edge_text,
    }
    return {**told, **_finite(figures), **texts}


def _row(clause: ClauseVerdict) -> dict[str, str]:
    binding = clause.binding
    notes = [f"missing: {', '.join(clause.unknown)}"] if clause.unknown and clause.result == "unknown" else []
    if binding is not None and binding.clause != clause.name:
        notes.append(f"decided by {binding.clause}")
    percent = "" if binding is None or binding.percent is None else f"{binding.percent:+.1f} %"
    return {
        "clause": clause.name,
        "title": clause.title,
        "result": clause.result,
        "criterion": binding.name if binding else "",
        "value": _with_uncertainty(binding) if binding else "",
        "demanded": binding.demanded if binding else "",
        "margin": clause.margin_text,
        "percent": "" if "inf" in percent else percent,
        "strict": clause.readings.strict,
        "rounded": clause.readings.rounded,
        "guarded": clause.readings.guarded,
        "note": "; ".join([*notes, *clause.remarks]),
    }


def _with_uncertainty(criterion: CriterionVerdict) -> str:
    spread = criterion.uncertainty_text
    return f"{criterion.value_text} {spread}" if spread else criterion.value_text


def judge(
    specification: Specification,
    figures: Mapping[str, Any],
    spread: Mapping[str, FloatArray] | None = None,
    remarks: Mapping[str, str] | None = None,
) -> Verdict:
    """The verdict of ``specification`` on one design given as ``figures`` (name to SI value; None or absent:
    missing).

    ``spread`` maps a figure name to an array of length 2n [SI]: its value with uncertain input i raised (row
    2i) and lowered (row 2i + 1) by the expanded uncertainty of that input; a figure left out is constant.
    ``remarks`` say by figure name what was derived. Raises RangeError where a figure is a batch.
    """
    single = {name: _scalar(name, value) for name, value in figures.items()}
    judged: dict[str, ClauseVerdict] = {}
    for clause in specification.clauses:
        judged[clause.name] = _judge_clause(clause, single, spread or {}, remarks or {}, judged)
    results = [verdict.result for verdict in judged.values() if verdict.result != "not applicable"]
    overall: Reading = _worst(results) if results else "not applicable"
    ordered = tuple(sorted(judged.values(), key=ClauseVerdict.order))
    return Verdict(specification.name, specification.title, overall, ordered)


def _scalar(name: str, value: Any) -> Any:
    if isinstance(value, np.ndarray | np.generic):
        if value.ndim:
            raise RangeError(
                f"{name} is a batch of {value.size} designs; a verdict takes one. Use margins() for a batch."
            )
        return value.item()
    return value


def _judge_clause(
    clause: Clause,
    figures: Mapping[str, Any],
    spread: Mapping[str, FloatArray],
    remarks: Mapping[str, str],
    judged: Mapping[str, ClauseVerdict],
) -> ClauseVerdict:
    evaluation = evaluate(clause, figures)
    names = tuple(dict.fromkeys(evaluation.parameters.values()))
    told = ClauseVerdict(
        name=clause.name,
        title=clause.title,
        result="not applicable",
        readings=Readings.all("not applicable"),
        criteria=(),
        binding=None,
        parents=clause.parents,
        reading=clause.reading,
        also=_also(clause, figures),
        remarks=tuple(dict.fromkeys(remarks[name] for name in names if name in remarks)),
    )
    lines = _applicable(clause, judged)
    if (clause.parents and not lines) or not evaluation.applies:
        return told
    criteria = _criteria(clause, evaluation, figures, spread)
    own = Readings.worst([criterion.readings for criterion in criteria])
    worst = min(criteria, key=CriterionVerdict.order)
    unknown = tuple(name for criterion in criteria for name in criterion.unknown)
    if not lines:
        final, binding = own, worst
    else:
        above = Readings.best([Readings.worst([parent.readings for parent in line]) for line in lines])
        final = Readings.worst([own, above])
        best = max(lines, key=lambda line: min(_parent_order(parent) for parent in line))
        candidates = [worst, *(parent.binding for parent in best if parent.binding is not None)]
        binding = min(candidates, key=CriterionVerdict.order)
        unknown += tuple(name for parent in best for name in parent.unknown)
    result = final.result()
    return replace(
        told,
        result=result,
        readings=final,
        criteria=criteria,
        binding=binding,
        unknown=tuple(dict.fromkeys(unknown)),
    )


def _parent_order(parent: ClauseVerdict) -> tuple[int, float]:
    order: tuple[Reading, ...] = ("outside", "unknown", "undecidable", "inside")
    return order.index(parent.result), parent.order()[1]


def _applicable(clause: Clause, judged: Mapping[str, ClauseVerdict]) -> list[list[ClauseVerdict]]:
    lines = [[judged[name] for name in group] for group in clause.parents]
    return [line for line in lines if all(parent.result != "not applicable" for parent in line)]


def _also(clause: Clause, figures: Mapping[str, Any]) -> dict[str, str]:
    if not clause.also:
        return {}
    table = known_figures()
    return {name: table[name].text(figures.get(name)) for name in clause.also}


def _criteria(
    clause: Clause, evaluation: Evaluation, figures: Mapping[str, Any], spread: Mapping[str, FloatArray]
) -> tuple[CriterionVerdict, ...]:
    moved: Sequence[Criterion | None] = [None] * len(evaluation.criteria)
    rows = {name: spread[name] for name in evaluation.parameters.values() if spread.get(name) is not None}
    if rows:
        known = {name: value for name, value in rows.items() if figures.get(name) is not None}
        moved = evaluate(clause, {**figures, **known}).criteria
    return tuple(
        _judge_criterion(clause.name, criterion, evaluation.unknown(criterion), other)
        for criterion, other in zip(evaluation.criteria, moved, strict=True)
    )


def _judge_criterion(
    clause: str, criterion: Criterion, unknown: tuple[str, ...], moved: Criterion | None
) -> CriterionVerdict:
    window = criterion.window
    demanded = "yes" if window is None else window.words()
    if unknown or (window is not None and np.isnan(criterion.value)):
        unknown = unknown or criterion.of
        return CriterionVerdict(criterion.name, clause, Readings.all("unknown"), "unknown", unknown, demanded=demanded)
    if window is None:
        holds = bool(np.all(criterion.strict()))
        reading: Reading = "inside" if holds else "outside"
        found = criterion.found or ("yes" if holds else "no")
        return CriterionVerdict(
            criterion.name, clause, Readings.all(reading), reading, value_text=found, demanded=demanded
        )
    value, (least, most) = float(criterion.value), criterion.interval(moved)
    guarded: Reading = "undecidable"
    if window.contains(least, criterion.scale) and window.contains(most, criterion.scale):
        guarded = "inside"
    elif window.beyond(least, most, criterion.scale):
        guarded = "outside"
    readings = Readings(
        "inside" if criterion.strict() else "outside", "inside" if criterion.rounded() else "outside", guarded
    )
    spread = max(value - least, 0.0) if np.isfinite(value) else float("inf")
    margin = float(window.margin(value))
    return CriterionVerdict(
        name=criterion.name,
        clause=clause,
        readings=readings,
        result=readings.result(),
        value=value,
        value_text=window.text(value),
        demanded=demanded,
        edge_text=window.nearest(value),
        uncertainty=spread if least != most else 0.0,
        uncertainty_text="" if least == most else _spread_text(criterion, least, most),
        interval=(least, most),
        margin=margin,
        margin_text=window.difference_text(margin),
        percent=100 * margin / float(window.measure(criterion.scale)),
    )


def _spread_text(criterion: Criterion, least: float, most: float) -> str:
    window = criterion.window
    if window is None:
        return ""
    if criterion.inverse is not None:
        return f"({window.text(least, 3)} to {window.text(most, 3)})"
    return f"+- {window.difference_text((most - least) / 2, 2).removeprefix('+')}"
