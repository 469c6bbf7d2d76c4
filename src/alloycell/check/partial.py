"""What part of a verdict a subject decides that has some of the figures only, such as a particle without its cell."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from alloycell.check.verdict import ClauseVerdict, CriterionVerdict, Readings, Verdict

__all__ = ["part_decided_by"]


def part_decided_by(verdict: Verdict, figures: Collection[str]) -> Verdict | None:
    """The ``verdict`` on the criteria that need no more than ``figures`` (names, no units).

    Clauses without any such criterion are left out. A clause then stands for itself, without its parents; None where no
    criterion is left.
    """
    kept = [clause for clause in (_part(clause, figures) for clause in verdict.clauses) if clause is not None]
    if not kept:
        return None
    result = Readings.worst([clause.readings for clause in kept]).result()
    return replace(verdict, clauses=tuple(sorted(kept, key=ClauseVerdict.order)), result=result)


def _part(clause: ClauseVerdict, figures: Collection[str]) -> ClauseVerdict | None:
    criteria = tuple(entry for entry in clause.criteria if set(entry.unknown) <= set(figures))
    if not criteria:
        return None
    readings = Readings.worst([entry.readings for entry in criteria])
    unknown = tuple(dict.fromkeys(name for entry in criteria for name in entry.unknown))
    binding = min(criteria, key=CriterionVerdict.order)
    return replace(
        clause,
        criteria=criteria,
        readings=readings,
        result=readings.result(),
        binding=binding,
        unknown=unknown,
        parents=(),
    )
