"""How a run ended: a name, a sentence with the place, and what to do next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np

from alloycell.simulate.arrays import Raw
from alloycell.simulate.assemble import Assembly

__all__ = ["FINISHED", "STOPPED", "Outcome", "outcome_of"]

_TOLD: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "stalled": ("cannot go on: steps in time became too short", "Try a smaller rate or tolerance"),
        "no start": ("cannot begin: no state of the cell gives what it asks for", "Ask for less current or power"),
        "too many steps": ("took more steps in time than allowed", "Ask for fewer cycles, or raise the tolerance"),
        "output full": ("wrote as many rows as were asked for", "Ask for more rows"),
        "salt depleted": ("ran out of salt", "Make the layer thinner or more porous, or the rate smaller"),
        "phase empty": ("has no lithium left at the surface", "End the step at a higher voltage, or at a smaller rate"),
        "phase full": ("is full at the surface", "End the step at a lower voltage, or at a smaller rate"),
        "no pores left": ("has no pores left when swollen", "Make the layer more porous, or take it as made"),
        "plated at the start": ("has plated lithium at the start, which is not simulated", "Charge it less"),
        "beyond the curve at the start": ("holds more lithium than its curve at the start", "Start from another state"),
        "below the curve at the start": ("holds less lithium than its curve begins with", "Start from another state"),
        "no capacity": ("has no capacity between its cut-offs, so a rate means nothing", "Change the cut-offs"),
        "stopped": ("was not run: stopped before its turn", "Run it again"),
    }
)  # fmt: skip


_IN_A_POSITIVE: Mapping[str, str] = MappingProxyType(
    {"phase empty": _TOLD["phase full"][1], "phase full": _TOLD["phase empty"][1]}
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """The end of one design's run: ``name``, the ``place`` it concerns, ``sentence``, ``remedy``."""

    name: str
    place: str = ""
    sentence: str = "The protocol was run to its end."
    remedy: str = ""

    @property
    def finished(self) -> bool:
        """Whether the protocol was run to its end; no units."""
        return self.name == "finished"

    def __str__(self) -> str:
        return f"{self.sentence} {self.remedy}.".strip() if self.remedy else self.sentence


FINISHED = Outcome("finished")
"""The outcome of a run that was carried out to its end."""


def _named(name: str, place: str) -> Outcome:
    told, remedy = _TOLD[name]
    return Outcome(name, place, f"{place[:1].upper()}{place[1:]} {told}.", remedy)


STOPPED = _named("stopped", "this design")
"""The outcome of a design that Ctrl-C came before."""


def outcome_of(made: Assembly, design: int, raw: Raw, texts: Sequence[str]) -> Outcome:
    """The outcome of one ``design`` (its number) that the kernel gave ``raw`` for; ``texts`` of all steps; no units."""
    for reason, (which, where) in made.blocked.items():
        if which[design]:
            return _named(reason, f"layer {where}" if "." in where else f"the {where}")
    if raw.outcome == "finished":
        return FINISHED
    outcome = _named(raw.outcome, _place(made, raw, texts))
    phase = raw.place[1]
    if phase >= 0 and made.places[phase].side == "positive":
        return replace(outcome, remedy=_IN_A_POSITIVE.get(raw.outcome, outcome.remedy))
    return outcome


def _place(made: Assembly, raw: Raw, texts: Sequence[str]) -> str:
    node, phase = raw.place
    if node < 0:
        done = sum(1 for cause in raw.causes if cause)
        return f'step {done + 1}, "{texts[done]}",' if done < len(texts) else "the run"
    edges = np.cumsum([region.nodes for region in made.regions])
    index = int(np.searchsorted(edges, node, side="right"))
    region = made.regions[min(index, len(made.regions) - 1)]
    within = node - (edges[index] - region.nodes) + 0.5
    share = f"{100 * within / region.nodes:.0f} % of the way through {region.where}"
    return share if phase < 0 else f"{made.places[phase].label}, {share},"
