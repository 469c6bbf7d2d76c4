"""Verdicts as text: one table a specification, worst clause first, with what would clear a failed clause."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from alloycell.app.layout import Column, blocks, heading, paragraph, table
from alloycell.app.reply import Screen
from alloycell.check import LEGAL_NOTE, ClauseVerdict, Verdict

__all__ = ["combined_status", "verdict_data", "verdict_text", "verdicts_text"]

_COLUMNS = (
    Column("Clause", wrap=True),
    Column("Result", result=True),
    Column("Criterion", wrap=True),
    Column("Found", wrap=True),
    Column("Needed", wrap=True),
    Column("Margin", wrap=True),
)

_Repairs = Mapping[tuple[str, str], Any]


def combined_status(verdicts: Sequence[Verdict]) -> int:
    """Exit status (dimensionless) of several verdicts: 1 wins over 3, 3 over 0."""
    found = {verdict.exit_status for verdict in verdicts}
    return next((status for status in (1, 3) if status in found), 0)


def verdicts_text(verdicts: Sequence[Verdict], repairs: _Repairs, screen: Screen) -> str:
    """All verdicts as tables, or one line each where the screen is quiet; quantities with unit."""
    if screen.quiet:
        return "\n".join(f"{verdict.specification}: {screen.mark(verdict.result)}" for verdict in verdicts)
    texts = [verdict_text(verdict, repairs, screen) for verdict in verdicts]
    return blocks(*texts, paragraph(LEGAL_NOTE, screen))


def verdict_text(verdict: Verdict, repairs: _Repairs, screen: Screen) -> str:
    """One verdict: heading, table of clauses (those that one criterion decides share a row), remarks; with units."""
    groups: dict[tuple[str, ...], list[str]] = {}
    for clause, row in zip(verdict.clauses, verdict.rows(), strict=True):
        percent = f" ({row['percent']})" if row["percent"] else ""
        cells = (row["result"], row["criterion"], row["value"], row["demanded"], row["margin"] + percent)
        groups.setdefault(cells, []).append(clause.name)
    rows = [[_together(names), *cells] for cells, names in groups.items()]
    title = heading(f"{verdict.title or verdict.specification}: {verdict.result}", screen)
    return "\n".join([title, table(_COLUMNS, rows, screen), *_remarks(verdict, repairs, screen)])


def verdict_data(verdict: Verdict, repairs: _Repairs) -> dict[str, Any]:
    """One verdict JSON-ready (SI beside texts with unit), each clause with its repair or None."""
    told = verdict.to_dict()
    for clause in told["clauses"]:
        clause["repair"] = repairs.get((verdict.specification, clause["name"]))
    return told


def _remarks(verdict: Verdict, repairs: _Repairs, screen: Screen) -> list[str]:
    told: dict[str, list[str]] = {}
    for clause in verdict.clauses:
        for remark in (*clause.remarks, *_change(clause, repairs, verdict.specification)):
            told.setdefault(remark, []).append(clause.name)
    lines = [f"{_together(names)}: {remark}" for remark, names in told.items()]
    missing = dict.fromkeys(name for clause in verdict.clauses for name in clause.unknown)
    lines += [f"Not known: {', '.join(missing)}"] if missing else []
    return [paragraph(line, screen, "  ") for line in lines]


def _change(clause: ClauseVerdict, repairs: _Repairs, specification: str) -> list[str]:
    if (specification, clause.name) not in repairs:
        return []
    repair = repairs[specification, clause.name]
    if repair is None:
        return ["no change of a single field clears it"]
    return [f"smallest change that clears it: {repair.sentence}"]


def _together(names: Sequence[str]) -> str:
    """Names of clauses in one text: ``claim 1``, ``claims 1, 4-8``; others as they are."""
    numbers = [re.fullmatch(r"claim (\d+)", name) for name in names]
    found = sorted(int(number[1]) for number in numbers if number)
    if len(found) < len(names) or len(names) == 1:
        return ", ".join(names)
    runs: list[list[int]] = []
    for number in found:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return "claims " + ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs)
