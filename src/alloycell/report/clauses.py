"""The verdicts: a margin chart and a table for each specification, worst first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from alloycell.check.repair import Repair
from alloycell.check.verdict import ClauseVerdict, CriterionVerdict, Readings, Verdict
from alloycell.pictures import ROW_HEIGHT, MarginRow, canvas, draw_margins, inline_svg, panel
from alloycell.report.wording import figure_words, joined, typeset
from alloycell.studies import Study

__all__ = ["ClauseRow", "VerdictPart", "counts", "verdict_part", "verdict_parts"]

_WIDTH = 940.0


@dataclass(frozen=True, slots=True)
class ClauseRow:
    """One clause as texts: what was judged, found, demanded, by which margin, how it reads, what clears it."""

    name: str
    title: str
    result: str
    readings: str
    criterion: str
    value: str
    demanded: str
    edge: str
    margin: str
    percent: str
    notes: tuple[str, ...]
    also: tuple[tuple[str, str], ...]
    reading: str
    missing: str
    repair: str


@dataclass(frozen=True, slots=True)
class VerdictPart:
    """One specification on the page: title, result, how many clauses read how, chart (SVG, % of window), rows."""

    name: str
    title: str
    result: str
    counts: str
    chart: str
    rows: tuple[ClauseRow, ...]
    left_out: tuple[str, ...]
    note: str


def verdict_parts(study: Study) -> tuple[VerdictPart, ...]:
    """Every verdict of the study with its chart [% of window] and table."""
    return tuple(
        verdict_part(
            verdict,
            {clause.name: study.repairs.get((verdict.specification, clause.name)) for clause in verdict.clauses},
            f"margins-{index}",
        )
        for index, verdict in enumerate(study.verdicts)
    )


def counts(verdict: Verdict) -> str:
    """How many clauses are inside, outside and so on, in words; a count has no units."""
    order = ("outside", "undecidable", "unknown", "inside", "not applicable")
    numbers = [(sum(clause.result == name for clause in verdict.clauses), name) for name in order]
    return ", ".join(f"{number} {name}" for number, name in numbers if number)


def verdict_part(verdict: Verdict, repairs: Mapping[str, Repair | None], name: str) -> VerdictPart:
    """One verdict with its chart [% of window], called ``name`` on the page, and its table; ``repairs`` by clause."""
    shown = [clause for clause in verdict.clauses if clause.result != "not applicable"]
    texts = {clause: "" if repair is None else typeset(repair.sentence) for clause, repair in repairs.items()}
    return VerdictPart(
        verdict.specification,
        verdict.title,
        verdict.result,
        counts(verdict),
        _chart(shown, name) if any(clause.percent is not None for clause in shown) else "",
        tuple(_row(clause, texts) for clause in shown),
        tuple(clause.name for clause in verdict.clauses if clause.result == "not applicable"),
        verdict.note,
    )


def _chart(shown: list[ClauseVerdict], name: str) -> str:
    rows = [_margin_row(clause) for clause in shown]
    tall = ROW_HEIGHT * len(rows)
    figure = canvas(_WIDTH, tall + 62.0)
    chart = panel(figure, 312.0, 22.0, 450.0, tall)
    readings = panel(figure, 782.0, 22.0, 154.0, tall)
    draw_margins(chart, readings, rows)
    worst = shown[0]
    return inline_svg(figure, name, f"Margins of {len(rows)} clauses; worst: {worst.name}, {worst.result}")


def _margin_row(clause: ClauseVerdict) -> MarginRow:
    decided = clause.binding.clause if clause.binding else clause.name
    by = "" if decided == clause.name else f"by {decided}"
    told = clause.readings
    return MarginRow(
        clause.name, clause.title, clause.result, clause.percent, by, (told.strict, told.rounded, told.guarded)
    )


def _row(clause: ClauseVerdict, repairs: Mapping[str, str]) -> ClauseRow:
    binding, told = clause.binding, clause.readings
    value = demanded = edge = margin = percent = criterion = ""
    if binding is not None:
        criterion, demanded, edge = binding.name, typeset(binding.demanded), _edge(binding)
        spread = f" {binding.uncertainty_text}" if binding.uncertainty_text else ""
        value = joined(typeset(binding.value_text + spread))
        margin = typeset(binding.margin_text)
        percent = "" if binding.percent is None else typeset(f"{binding.percent:+.1f} %")
    return ClauseRow(
        clause.name,
        clause.title,
        clause.result,
        _readings(told),
        criterion,
        value,
        demanded,
        edge,
        margin,
        percent,
        _notes(clause),
        tuple((figure_words(name), typeset(text)) for name, text in clause.also.items()),
        typeset(clause.reading),
        _missing(clause),
        repairs.get(clause.name, ""),
    )


def _readings(told: Readings) -> str:
    if told.strict == told.rounded == told.guarded:
        return "all three readings"
    return f"strict {told.strict}, rounded {told.rounded}, guarded {told.guarded}"


def _edge(binding: CriterionVerdict) -> str:
    """The edge that binds, where the demand names two of them; no units of its own."""
    return typeset(binding.edge_text) if " to " in binding.demanded or " and " in binding.demanded else ""


def _notes(clause: ClauseVerdict) -> tuple[str, ...]:
    decided = clause.binding is not None and clause.binding.clause != clause.name
    notes = [f"decided by {clause.binding.clause}"] if decided and clause.binding is not None else []
    return (*notes, *clause.remarks)


def _missing(clause: ClauseVerdict) -> str:
    names = [figure_words(name) for name in clause.unknown]
    return ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
