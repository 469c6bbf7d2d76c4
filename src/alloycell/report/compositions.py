"""A map of compositions on the page: the picture, and what it says in sentences."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from alloycell.alloy.elements import ELEMENTS
from alloycell.errors import listed
from alloycell.explore import CompositionSweep, SweepAxis
from alloycell.pictures import canvas, inline_svg, panel, style
from alloycell.pictures.particle import CompositionMap, draw_composition_line, draw_composition_map
from alloycell.quantities import FloatArray
from alloycell.report.wording import typeset

__all__ = ["judged_clauses", "sweep_lines", "sweep_picture"]

_MAH_PER_G = 3600.0
_WIDTH, _TALL = 560.0, 460.0


def judged_clauses(sweep: CompositionSweep) -> tuple[str, ...]:
    """The clauses that the region is drawn for: all, or those that hold somewhere where others hold nowhere; no units.

    Empty where none holds anywhere.
    """
    never = sweep.never()
    return tuple(name for name in sweep.margins if name not in never)


def sweep_picture(sweep: CompositionSweep, own: Mapping[str, float]) -> str:
    """The map [mAh/g over % of elements] as inline SVG; ``own`` are the shares (0 to 1) of the particle itself."""
    with style():
        figure = canvas(_WIDTH, _TALL)
        axes = panel(figure, 62.0, 12.0, _WIDTH - 82.0, _TALL - 122.0)
        clauses = judged_clauses(sweep)
        capacity = (np.asarray(sweep.reversible.low) / _MAH_PER_G, np.asarray(sweep.reversible.high) / _MAH_PER_G)
        names = [_axis_name(sweep, axis) for axis in sweep.axes]
        if len(sweep.axes) == 1:
            inside = sweep.holds(clauses) if clauses else np.zeros(sweep.shape, dtype=bool)
            draw_composition_line(axes, 100.0 * sweep.axes[0].values, *capacity, inside, names[0])
        else:
            draw_composition_map(axes, _shown(sweep, clauses, capacity[0], names, own))
        told = " and ".join(names)
        return inline_svg(figure, "compositions", f"Reversible capacity in mAh/g over {told}, with the region inside")


def _shown(
    sweep: CompositionSweep, clauses: tuple[str, ...], low: FloatArray, names: list[str], own: Mapping[str, float]
) -> CompositionMap:
    x, y = (100.0 * axis.values for axis in sweep.axes)
    best = sweep.best(sweep.holds(clauses)) if clauses else None
    here = tuple(100.0 * own.get(axis.element, 0.0) for axis in sweep.axes)
    on = x[0] <= here[0] <= x[-1] and y[0] <= here[1] <= y[-1]
    margin = sweep.least(clauses) if clauses else np.full(sweep.shape, -1.0)
    unknown = sweep.unknown(clauses or None)
    point = None if best is None else (float(x[best[1]]), float(y[best[0]]))
    return CompositionMap(
        x, y, low, margin, unknown, sweep.possible, names[0], names[1], point, (here[0], here[1]) if on else None
    )


def _unit(sweep: CompositionSweep) -> str:
    return "wt%" if sweep.basis == "mass" else "at%"


def _axis_name(sweep: CompositionSweep, axis: SweepAxis) -> str:
    return f"{ELEMENTS[axis.element].name} [{_unit(sweep)}]"


def sweep_lines(sweep: CompositionSweep, specification: str) -> tuple[str, ...]:
    """What the map says, one sentence a line: capacities [mAh/g], shares [wt% or at%], clauses of ``specification``."""
    unit, size = _unit(sweep), int(np.prod(sweep.shape))
    ranges = ", ".join(f"{a.element} {100 * a.values[0]:g} to {100 * a.values[-1]:g} {unit}" for a in sweep.axes)
    lines = [f"{size} compositions: {ranges}."]
    if not sweep.possible.all():
        lines.append(f"{_percent(~sweep.possible)} of them cannot be, or their phases are not known.")
    clauses, never = judged_clauses(sweep), sweep.never()
    if never:
        lines.append(f"No composition meets all clauses of {specification}; {_why_never(sweep, never)}.")
    if clauses:
        lines += _region_lines(sweep, clauses, bool(never), unit)
    return tuple(typeset(line) for line in (*lines, *sweep.notes))


def _why_never(sweep: CompositionSweep, never: tuple[str, ...]) -> str:
    """Which clauses are met nowhere, and which are not known; no units."""
    unknown = tuple(name for name in never if np.isnan(sweep.margins[name][sweep.possible]).any())
    failed = tuple(name for name in never if name not in unknown)
    told = {"nowhere met": failed, "not known": unknown}
    return "; ".join(f"{words}: {listed(names)}" for words, names in told.items() if names)


def _region_lines(sweep: CompositionSweep, clauses: tuple[str, ...], some: bool, unit: str) -> list[str]:
    inside = sweep.holds(clauses)
    which = f"Together {listed(clauses)}" if some else f"All {len(clauses)} clauses"
    best = sweep.best(inside)
    if best is None:
        return [f"{which} hold for none of them."]
    spans = []
    for axis, places in zip(sweep.axes, reversed(np.nonzero(inside)), strict=True):
        seen = axis.values[places]
        spans.append(f"{axis.element} {100 * seen.min():.3g} to {100 * seen.max():.3g} {unit}")
    at = ", ".join(f"{symbol} {100 * share:.3g} {unit}" for symbol, share in sweep.shares_at(best).items())
    low, high = (np.asarray(end)[best] / _MAH_PER_G for end in (sweep.reversible.low, sweep.reversible.high))
    told = f"{low:.0f} mAh/g" if f"{low:.0f}" == f"{high:.0f}" else f"{low:.0f} to {high:.0f} mAh/g"
    return [
        f"{which} hold for {_percent(inside)} of them, within {', '.join(spans)}.",
        f"Largest reversible capacity among these: {told} at {at}.",
    ]


def _percent(where: object) -> str:
    return f"{100 * float(np.mean(np.asarray(where))):.3g} %"
