"""For the maker, the dose card; for the user, the operating window."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from alloycell.cell.planning import DosePlan, DoseRow, OperatingWindow
from alloycell.pictures import canvas, draw_cutoffs, draw_window, inline_svg, panel
from alloycell.report.wording import DASH, Column, Table, amount, plain, typeset
from alloycell.studies import Study

__all__ = ["DoseCard", "WindowCard", "dose_card", "window_card"]

_MAH_PER_CM2 = 36000.0


@dataclass(frozen=True, slots=True)
class DoseCard:
    """The lithium dose in texts with units: the present dose, what it gives, a table of targets, warnings."""

    some: bool
    surface: str
    now: str
    gives: tuple[tuple[str, str], ...]
    facts: tuple[str, ...]
    table: Table
    warning: str
    layered: bool


@dataclass(frozen=True, slots=True)
class WindowCard:
    """The operating window in texts with units, and its picture as SVG."""

    sentence: str
    table: Table
    picture: str


def dose_card(study: Study) -> DoseCard | None:
    """The dose card [mAh, mAh/cm2, mg/cm2, um of lithium]; None for a design without an alloy layer."""
    plan = study.dose
    if plan is None:
        return None
    methods = {row.method for row in plan.rows}
    known = [(name, value) for name, value in plan.content_now.items() if name in methods or value is not None]
    gives = tuple((name, "no lithium" if value is None else amount("atom fraction", value)) for name, value in known)
    return DoseCard(
        plan.charge_now > 0, plan.surface, amount("charge per area", plan.charge_now), gives, _facts(plan),
        _dose_table(plan), typeset(plan.warning or ""), "formula (1)" in methods,
    )  # fmt: skip


def _facts(plan: DosePlan) -> tuple[str, ...]:
    facts = []
    if plan.slack_now is None:
        facts.append(
            "Formulas (1) and (2), (D), speak of a carbon layer and an alloy layer; this design has no carbon layer."
        )
    else:
        word = "allows the present dose, with" if plan.slack_now >= 0 else "forbids the present dose: it is short by"
        left = " to spare" if plan.slack_now >= 0 else ""
        facts.append(f"(D) {word} {amount('charge per area', abs(plan.slack_now))}{left}.")
    if plan.allowed_interval is not None:
        low, high = (amount("charge per area", edge) for edge in plan.allowed_interval)
        facts.append(f"Formula (1) and (D) together allow {low} to {high} for 31 to 67 at%.")
    elif plan.slack_now is not None:
        facts.append("Formula (1) and (D) together allow no dose for 31 to 67 at%.")
    told = [
        f"{value:g} of {name}: {'met with' if slack >= 0 else 'not met by'} {amount('charge per area', abs(slack))}"
        for name, value, slack in plan.slack_by_x_max
    ]
    if told:
        facts.append(f"(D) by the value taken for x_max: {'; '.join(told)}.")
    if plan.carbon_residual is not None:
        share = "" if plan.carbon_residual_share is None else f", {100 * plan.carbon_residual_share:.3g} % of Cb"
        held = amount("charge per area", plan.carbon_residual)
        facts.append(f"The carbon itself still holds {held} when empty{share}.")
    return tuple(facts)


def _dose_table(plan: DosePlan) -> Table:
    columns = (
        Column("Target when empty", "at%"), Column("Method", numbers=False), Column("Per cell", "mAh"),
        Column("Charge", "mAh/cm²"), Column("Mass", "mg/cm²"), Column("Lithium film", "µm"),
        Column("Allowed by (D)", numbers=False), Column("Room left by (D)", "mAh/cm²"),
    )  # fmt: skip
    judged = any(row.slack is not None for row in plan.rows)
    width = len(columns) if judged else len(columns) - 2
    return Table(columns[:width], tuple(_dose_row(row)[:width] for row in plan.rows))


def _dose_row(row: DoseRow) -> tuple[str, ...]:
    head = (plain("atom fraction", row.target), row.method)
    if row.charge is None:
        return (*head, DASH, "no dose reaches it", DASH, DASH, DASH, DASH)
    allowed = {True: "yes", False: "no", None: DASH}[row.allowed] + (
        ", but lithium plates at rest" if row.plated else ""
    )
    return (
        *head, plain("charge", row.cell_charge), plain("charge per area", row.charge), plain("loading", row.mass),
        plain("length", row.film), allowed, plain("charge per area", row.slack),
    )  # fmt: skip


def window_card(study: Study) -> WindowCard | None:
    """The operating window: content [at%] and capacity [mAh/cm2] against cut-off [V]; None without an alloy layer."""
    window = study.window
    if window is None:
        return None
    return WindowCard(typeset(window.sentence), _window_table(window), _window_picture(window))


def _window_table(window: OperatingWindow) -> Table:
    columns = (
        Column("Discharge cut-off", numbers=False), Column("Voltage", "V"), Column("Content when empty", "at%"),
        Column("Depth of present discharge", "%"), Column("Capacity given up", "mAh/cm²"),
    )  # fmt: skip
    held = plain("atom fraction", window.fraction_now)
    rows = [("of this design", plain("potential", window.voltage_now), held, "100", "0")]
    lowest, highest = ("lowest inside", window.low), ("highest inside", window.high)
    edges = ((*lowest, window.lowest_voltage), (*highest, window.highest_voltage))
    for index, (name, content, voltage) in enumerate(edges):
        if voltage is not None:
            depth, cost = window.depths[index], window.costs[index]
            share = DASH if depth is None else typeset(f"{100 * depth:.4g}")
            given_up = plain("charge per area", cost)
            rows.append((name, f"{voltage:.3f}", plain("atom fraction", content), share, given_up))
    return Table(columns, tuple(rows))


def _window_picture(window: OperatingWindow) -> str:
    figure = canvas(460.0, 300.0)
    upper = panel(figure, 48.0, 22.0, 364.0, 132.0)
    lower = panel(figure, 48.0, 168.0, 364.0, 86.0)
    marks = [(window.voltage_now, "now")]
    marks += [(edge, "edge") for edge in (window.lowest_voltage, window.highest_voltage) if edge is not None]
    draw_cutoffs(upper, window.voltages, 100.0 * window.fractions, marks, "content when empty [at%]", "#D55E00")
    draw_cutoffs(lower, window.voltages, window.capacities / _MAH_PER_CM2, marks, "capacity [mAh/cm²]", "#0072B2")
    span = [*(100.0 * window.fractions), 100 * window.low, 100 * window.high]
    upper.set_ylim(max(0.0, float(np.min(span)) - 6.0), min(100.0, float(np.max(span)) + 6.0))
    draw_window(upper, 100 * window.low, 100 * window.high)
    upper.tick_params(labelbottom=False)
    lower.set_ylim(bottom=0.0)
    lower.set_xlabel("discharge cut-off voltage [V]")
    upper.annotate(
        f"now {window.voltage_now:.3g} V", (window.voltage_now, 1.0), xycoords=("data", "axes fraction"),
        xytext=(0, 4), textcoords="offset points", ha="center", fontsize=10,
    )  # fmt: skip
    for axes in (upper, lower):
        axes.yaxis.set_label_coords(-34.0 / 364.0, 0.5)
    return inline_svg(figure, "cutoff", "Lithium content of the alloy and capacity against the discharge cut-off")
