"""Check: hold a design, or measured figures, against the clauses of a specification."""

from __future__ import annotations

from alloycell.check.evaluation import margins
from alloycell.check.measured import Measured, particle_content, spread_rows
from alloycell.check.specification import Specification, load, shipped
from alloycell.check.verdict import LEGAL_NOTE, ClauseVerdict, Verdict, judge

__all__ = [
    "LEGAL_NOTE",
    "ClauseVerdict",
    "Measured",
    "Specification",
    "Verdict",
    "judge",
    "load",
    "margins",
    "particle_content",
    "shipped",
    "spread_rows",
]
