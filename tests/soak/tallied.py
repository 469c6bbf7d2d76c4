"""Runs trials and counts how they end: refused by a rule, cut off at once, finished, ended with a name, or a fault."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from layered_trials import trial_of

from alloycell.errors import DesignError, RangeError
from alloycell.simulate import Result, simulate

__all__ = ["RULES", "Ended", "Tally", "run_trial"]

RULES = frozenset(
    {
        "plated at the start",
        "no capacity",
        "no pores left",
        "beyond the curve at the start",
        "below the curve at the start",
    }
)
"""Outcomes that say what a design cannot be run for, before it is run."""

_AT_ONCE = 1.0
_CLOSED, _ROUNDING = 1e-10, 2e-12  # relative; mol/m2, what potentials of 4e-16 V mean for reactions over hours


@dataclass(frozen=True)
class Ended:
    """How one design of the trial ``seed`` ended: ``kind``, ``name``, ``place``; processor ``seconds``, time ``steps``.

    Kinds: refused, immediate (the first step with a current meets its cut-off within 1 s), finished, named, fault.
    """

    seed: int
    kind: str
    name: str
    place: str = ""
    seconds: float = 0.0
    steps: int = 0


def run_trial(seed: int) -> list[Ended]:
    """Every design of the trial ``seed`` run through its protocol; nothing is raised but what nobody expects."""
    trial = trial_of(seed)
    begun = time.process_time()
    try:
        result = simulate(trial.cell(), *trial.simulated())
    except (DesignError, RangeError) as refused:
        return [Ended(seed, "refused", str(refused).splitlines()[0])] * trial.variants
    seconds = time.process_time() - begun
    alone = [result[number] for number in range(trial.variants)] if result.shape else [result]
    return [_ended(seed, one, seconds) for one in alone]


def _ended(seed: int, result: Result, seconds: float) -> Ended:
    outcome, raw = result.outcome, result.raws[0]
    steps = 0 if raw is None else raw.counts[0]
    if outcome.name in RULES:
        return Ended(seed, "refused", outcome.name, outcome.place, seconds, steps)
    fault = _fault(result)
    if fault:
        return Ended(seed, "fault", fault, outcome.place, seconds, steps)
    kind = "named" if not outcome.finished else "immediate" if _cut_off_at_once(result) else "finished"
    return Ended(seed, kind, outcome.name, outcome.place, seconds, steps)


def _fault(result: Result) -> str:
    """What no run may do: numbers that are none, lithium that does not close, an end without a place."""
    outcome, raw = result.outcome, result.raws[0]
    if raw is not None and not (np.all(np.isfinite(raw.rows)) and np.all(np.isfinite(raw.state))):
        return "a figure is not finite"
    if raw is not None and result.ledger.closure > _CLOSED + _ROUNDING / result.ledger.total[0]:
        return f"lithium closes to {result.ledger.closure:.1e} only"
    if not outcome.finished and (not outcome.place or not outcome.remedy):
        return f'"{outcome.name}" without a place or a remedy'
    return ""


def _cut_off_at_once(result: Result) -> bool:
    carrying = next((end for end in result.ends if not end.step.startswith("Rest")), None)
    return carrying is not None and "voltage" in carrying.cause and carrying.duration < _AT_ONCE


@dataclass
class Tally:
    """Counts of kinds and of names within them, and what is worth a look."""

    kinds: Counter[str] = field(default_factory=Counter)
    names: Counter[tuple[str, str]] = field(default_factory=Counter)
    odd: list[Ended] = field(default_factory=list)
    slowest: Ended | None = None
    longest: Ended | None = None

    def add(self, ends: Iterable[Ended]) -> None:
        """Count these ends."""
        for end in ends:
            self.kinds[end.kind] += 1
            self.names[end.kind, end.name] += 1
            self.odd += [end] if end.kind in ("named", "fault") else []
            self.slowest = end if self.slowest is None or end.seconds > self.slowest.seconds else self.slowest
            self.longest = end if self.longest is None or end.steps > self.longest.steps else self.longest

    @property
    def designs(self) -> int:
        """How many were counted."""
        return sum(self.kinds.values())

    @property
    def refused(self) -> float:
        """Share of all designs that a rule refuses, 0 to 1."""
        return self.kinds["refused"] / self.designs

    @property
    def finished(self) -> float:
        """Share of the designs no rule refuses that finish, 0 to 1, without those cut off at once."""
        run = self.kinds["finished"] + self.kinds["named"] + self.kinds["fault"]
        return self.kinds["finished"] / run

    def __str__(self) -> str:
        lines = [f"{self.designs} designs"]
        for kind in ("finished", "immediate", "refused", "named", "fault"):
            lines.append(f"  {kind:10} {self.kinds[kind]:6}")
            lines += [f"    {count:6}  {name}" for (of, name), count in self.names.most_common()
                      if of == kind and name != "finished"]  # fmt: skip
        lines += [f"  seed {end.seed}: {end.name}, {end.place}" for end in self.odd[:40]]
        if self.slowest is not None and self.longest is not None:
            lines.append(f"  slowest: {self.slowest.seconds:.1f} s of processor (seed {self.slowest.seed})")
            lines.append(f"  most steps in time: {self.longest.steps} (seed {self.longest.seed})")
        lines.append(
            f"  refused by a rule {100 * self.refused:.2f} %, of the others finish {100 * self.finished:.3f} %"
        )
        return "\n".join(lines)
