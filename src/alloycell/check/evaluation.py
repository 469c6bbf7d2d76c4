"""A clause evaluated: the rule is given its figures, whatever is missing is named, and margins come out.

The rule itself knows nothing of missing figures. It is given NaN, False or no names in their place, and every
criterion that depends on a missing parameter is unknown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from alloycell.check.clause import Criterion
from alloycell.check.figures import known_figures
from alloycell.check.rules import RULES
from alloycell.check.specification import Clause, Specification, placeholder
from alloycell.quantities import FloatArray

__all__ = ["Evaluation", "evaluate", "margins"]


@dataclass(frozen=True)
class Evaluation:
    """The criteria of one clause [SI], its figures by parameter, what is missing, whether it applies."""

    criteria: tuple[Criterion, ...]
    parameters: Mapping[str, str]
    missing: frozenset[str]
    applies: bool = True

    def unknown(self, criterion: Criterion) -> tuple[str, ...]:
        """Names of the missing figures that ``criterion`` depends on, no units; empty when all are known."""
        return tuple(self.parameters[name] for name in criterion.of if name in self.missing)


def evaluate(clause: Clause, figures: Mapping[str, Any]) -> Evaluation:
    """The criteria of ``clause`` for ``figures`` (SI values of any shape; None: missing)."""
    parameters = clause.parameters()
    table = known_figures() if clause.rule is None else {}
    kinds = {name: table[name].kind if name in table else None for name in parameters}
    given, missing = {}, set()
    for name, figure in parameters.items():
        value = figures.get(figure)
        if value is None or (isinstance(value, float | np.ndarray) and np.ndim(value) == 0 and np.isnan(value)):
            value = placeholder(name, kinds[name])
            missing.add(name)
        given[name] = value
    if clause.rule is not None:
        criteria = RULES[clause.rule](**given, edges=clause.windows())
    else:
        (kind,) = kinds.values()
        criteria = clause.own_rule(str(kind))(*given.values())
    subject = None if clause.applies_if is None else figures.get(clause.applies_if)
    return Evaluation(criteria, parameters, frozenset(missing), subject is None or bool(np.any(subject)))


def margins(
    specification: Specification, figures: Mapping[str, Any]
) -> dict[str, tuple[float | FloatArray, float | FloatArray]]:
    """Value and margin of every clause for one design or a batch, without uncertainty; shape that of the
    figures.

    ``figures`` maps names to SI values or arrays that broadcast. Value: the first number the clause judges
    [SI], or 1 and 0 for yes and no. Margin: share of the window or edge (dimensionless), the smallest of the
    clause and of its best line of parents; >= 0 exactly where all is strictly inside, -1 where something is
    not so, +inf where nothing limits it, NaN where an input is missing and nothing known fails, or the clause
    does not apply.
    """
    found: dict[str, tuple[Any, Any]] = {}
    for clause in specification.clauses:
        evaluation = evaluate(clause, figures)
        margin = _worst(evaluation)
        if clause.parents:
            lines = [_least([found[name][1] for name in group]) for group in clause.parents]
            margin = _least([margin, _best(lines)])
        if not evaluation.applies:
            margin = np.full(np.shape(margin), np.nan)
        found[clause.name] = (_leading(evaluation), margin)
    return {name: (np.asarray(value)[()], np.asarray(margin)[()]) for name, (value, margin) in found.items()}


def _worst(evaluation: Evaluation) -> Any:
    unknown = [np.nan for criterion in evaluation.criteria if evaluation.unknown(criterion)]
    known = [criterion.relative() for criterion in evaluation.criteria if not evaluation.unknown(criterion)]
    return _least([*known, *unknown])


def _least(margins_of: list[Any]) -> Any:
    """The smallest margin (dimensionless); a known failure counts before NaN, NaN before what is inside."""
    known, gap = margins_of[0], np.isnan(margins_of[0])
    for margin in margins_of[1:]:
        known, gap = np.fmin(known, margin), gap | np.isnan(margin)
    return np.where(gap & ~(known < 0), np.nan, known)


def _best(lines: list[Any]) -> Any:
    """The largest margin (dimensionless); inside counts before NaN, NaN before a known failure."""
    known, gap = lines[0], np.isnan(lines[0])
    for line in lines[1:]:
        known, gap = np.fmax(known, line), gap | np.isnan(line)
    return np.where(gap & ~(known >= 0), np.nan, known)


def _leading(evaluation: Evaluation) -> Any:
    for criterion in evaluation.criteria:
        if criterion.window is not None:
            return np.nan if evaluation.unknown(criterion) else np.asarray(criterion.value, dtype=np.float64)
    if any(evaluation.unknown(criterion) for criterion in evaluation.criteria):
        return np.nan
    return np.prod([np.asarray(criterion.value, dtype=np.float64) for criterion in evaluation.criteria], axis=0)
