"""Where the lithium is: ledger by state as bars, the states as a table, and the open-circuit curves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeAlias

import numpy as np

from alloycell.cell import Datasheet
from alloycell.cell.balance import Population
from alloycell.cell.drawing import layer_fraction
from alloycell.cell.inventory import Entry
from alloycell.cell.opencircuit import OpenCircuit
from alloycell.cell.section import layer_name
from alloycell.materials import Alloying, Carbon
from alloycell.pictures import (
    INK,
    Curve,
    Segment,
    canvas,
    colour_of,
    draw_curves,
    draw_ledger,
    draw_window,
    ink_of,
    inline_svg,
    key_above,
    legend_below,
    panel,
)
from alloycell.quantities import FARADAY, FloatArray
from alloycell.report.summary import found
from alloycell.report.wording import DASH, Column, Table, amount, scalar, typeset
from alloycell.studies import Study

__all__ = [
    "content_curves",
    "ledger_bars",
    "ledger_notes",
    "ledger_table",
    "states_table",
    "voltage_curves",
    "window_text",
]

_MAH_PER_CM2 = 36000.0
_WIDTH = 460.0

_Step: TypeAlias = tuple[str, OpenCircuit, FloatArray]


def ledger_bars(study: Study) -> str:
    """The ledger as inline SVG: one stacked bar a state [mAh/cm2], the salt's lithium apart."""
    book = study.datasheet.ledger
    segments = list(_segments(study.datasheet, book.entries))
    rows = -(-len(segments) // 2)
    tall = 31.0 * len(book.states)
    figure = canvas(_WIDTH, tall + 54.0 + 16.5 * rows)
    axes = panel(figure, 80.0, 8.0, _WIDTH - 84.0, tall)
    draw_ledger(axes, book.states, segments, _WIDTH - 84.0, "mAh/cm²")
    legend_below(axes, 2, 44.0 / tall)
    brought = scalar(book.brought) * FARADAY / _MAH_PER_CM2
    return inline_svg(figure, "ledger", f"Lithium ledger by state, {brought:.4g} mAh/cm² in every state")


def _segments(sheet: Datasheet, entries: Sequence[Entry]) -> Iterator[Segment]:
    turns: dict[str, int] = {}
    titles = _titles(sheet)
    order = ("positive", "negative", "plated", "lost", "not taken up")
    for entry in sorted(entries, key=lambda entry: order.index(entry.compartment)):
        amounts = np.asarray(entry.lithium, dtype=np.float64) * FARADAY / _MAH_PER_CM2
        if np.all(amounts < 1e-9):
            continue
        role = _role(sheet, entry)
        turn = turns.get(role, 0)
        turns[role] = turn + 1
        yield Segment(_entry_name(entry, titles), ink_of(role, turn), amounts)


def _titles(sheet: Datasheet) -> dict[str, str]:
    """Names of the layers by place, empty where an electrode has one layer only; no units."""
    sides = (sheet.negative, sheet.positive)
    return {made.where: layer_name(made) if len(side) > 1 else "" for side in sides for made in side}


def _phase_name(where: str, label: str, titles: dict[str, str]) -> str:
    place = titles.get(where, where)
    return label if place in ("", label) else f"{place}: {label}"


def _entry_name(entry: Entry, titles: dict[str, str]) -> str:
    name = _phase_name(entry.where, entry.label, titles)
    return {"lost": f"lost, {name}", "not taken up": "added metal not taken up", "plated": "plated"}.get(
        entry.compartment, name
    )


def _role(sheet: Datasheet, entry: Entry) -> str:
    named = {"positive": "positive", "plated": "plated", "lost": "lost", "not taken up": "metal"}
    if entry.compartment in named:
        return named[entry.compartment]
    for row in sheet.balance.negative:
        if (row.where, row.label) == (entry.where, entry.label) and row.part is not None:
            return "alloy" if isinstance(row.part.record, Alloying) else "carbon"
    return "other"


def ledger_notes(study: Study) -> tuple[str, ...]:
    """What stands below the ledger: the salt [mmol/m2 as mAh/cm2], plating, uptake, and the basis of each loss."""
    sheet, notes = study.datasheet, []
    salt = found(study, "salt_lithium")
    if salt is not None:
        notes.append(f"Salt, counted apart: {amount('charge per area', salt * FARADAY)} in every state.")
    plated = [entry for entry in sheet.ledger.entries if entry.compartment == "plated"]
    if all(np.all(entry.lithium * FARADAY / _MAH_PER_CM2 < 1e-9) for entry in plated):
        notes.append("No lithium is plated in any state at rest.")
    if sheet.cell.lithium is not None:
        stated = "" if sheet.cell.lithium.uptake is not None else " (assumed)"
        notes.append(
            f"Lithium added on the {sheet.cell.lithium.surface}: {amount('charge per area', sheet.lithium_added)}, "
            f"uptake {amount('fraction', sheet.uptake)}{stated}."
        )
    lost = [entry for entry in sheet.ledger.entries if entry.compartment == "lost" and np.any(entry.lithium > 0)]
    notes += [f"Loss of {entry.label}: {entry.basis.replace(' x ', ' × ')}." for entry in lost]
    return tuple(dict.fromkeys(notes))


def ledger_table(study: Study) -> Table:
    """The ledger in numbers: charge equivalent of every part in every state [mAh/cm2], and their sum."""
    book = study.datasheet.ledger
    columns = (Column("Lithium in", numbers=False), *(Column(name, "mAh/cm²") for name in book.states))
    parts = _segments(study.datasheet, book.entries)
    rows = tuple((part.name, *(f"{value:.4f}" for value in part.amounts)) for part in parts)
    sums = (f"{value * FARADAY / _MAH_PER_CM2:.4f}" for value in np.asarray(book.totals))
    return Table(columns, rows, ("sum", *sums))


def states_table(study: Study) -> Table:
    """Voltage, potentials [V vs Li/Li+] and contents of every phase, one column a state; units in the second column."""
    sheet = study.datasheet
    words = (Column("", numbers=False), Column("Unit", numbers=False))
    columns = (*words, *(Column(state.name) for state in sheet.states))
    rows = [
        ("cell voltage", "V", *(_volts(state.voltage) for state in sheet.states)),
        ("positive", "V vs Li/Li⁺", *(_volts(state.positive_potential) for state in sheet.states)),
        ("negative", "V vs Li/Li⁺", *(_volts(state.negative_potential) for state in sheet.states)),
    ]
    if sheet.alloy_layers:
        held = [sheet.alloy_fraction(state.name) for state in sheet.states]
        texts = (DASH if share is None else f"{100 * scalar(share):.2f}" for share in held)
        rows.append(("alloy layers, Li/(Li + M)", "at%", *texts))
    titles = _titles(sheet)
    for side in ("negative", "positive"):
        for index, row in enumerate(getattr(sheet.balance, side)):
            if row.part is None:
                continue
            rows.append((_phase_name(row.where, row.label, titles), _content_unit(row), *_contents(sheet, side, index)))
    return Table(columns, tuple(rows))


def _volts(value: FloatArray) -> str:
    number = scalar(value)
    return "not defined" if np.isnan(number) else typeset(f"{number:.4f}")


def _content_unit(row: Population) -> str:
    record = None if row.part is None else row.part.record
    if isinstance(record, Alloying):
        return f"Li per {record.element}"
    return "Li per C₆" if isinstance(record, Carbon) else "Li per formula unit"


def _contents(sheet: Datasheet, side: str, index: int) -> Iterator[str]:
    for state in sheet.states:
        held = getattr(state, side)
        empty = float(np.asarray(held.hosts[index])) <= 0.0
        yield DASH if empty else f"{float(np.asarray(held.content[index])):.4f}"


def _steps(study: Study) -> Iterator[_Step]:
    """Each step with its charge above the discharged state [mAh/cm2], so that charge and discharge close a loop."""
    top = float(study.discharge.charge[-1])
    for name, curve in (("first charge", study.first_charge), ("charge", study.charge)):
        yield name, curve, (top - curve.charge[-1] + curve.charge) / _MAH_PER_CM2
    yield "discharge", study.discharge, (top - study.discharge.charge) / _MAH_PER_CM2


_CHARGE = "charge above the discharged state [mAh/cm²]"


def voltage_curves(study: Study) -> str:
    """Open-circuit voltage and both potentials [V vs Li/Li+] against areal charge [mAh/cm2], as inline SVG."""
    figure = canvas(_WIDTH, 390.0)
    upper = panel(figure, 48.0, 40.0, _WIDTH - 58.0, 180.0)
    lower = panel(figure, 48.0, 234.0, _WIDTH - 58.0, 112.0)
    blue, orange = "#0072B2", "#D55E00"
    steps = list(_steps(study))
    draw_curves(
        upper,
        [Curve(x, c.voltage, "cell voltage", step, INK) for step, c, x in steps]
        + [Curve(x, c.positive_potential, "positive", step, blue) for step, c, x in steps],
        "cell voltage, U positive [V]",
    )
    below = [Curve(x, c.negative_potential, "negative", step, orange) for step, c, x in steps]
    draw_curves(lower, below, "U negative [V]", _CHARGE)
    upper.set_xlim(lower.get_xlim())
    for axes in (upper, lower):
        axes.yaxis.set_label_coords(-34.0 / (_WIDTH - 58.0), 0.5)
    key_above(upper, [s for s, _, _ in steps], [("cell", INK), ("positive", blue), ("negative", orange)])
    return inline_svg(figure, "voltage", "Open-circuit cell voltage and electrode potentials against areal charge")


def window_text(study: Study) -> str:
    """The window of the lithium content that pictures show, such as "31 to 67 at%"."""
    low, high = (f"{100 * edge:g}" for edge in study.content_window)
    return f"{low} to {high} at%"


def content_curves(study: Study) -> str:
    """Lithium content of each alloy layer [at%] with its window, else of each phase [Li per host], as inline SVG.

    Drawn against areal charge [mAh/cm2].
    """
    sheet, steps = study.datasheet, list(_steps(study))
    alloyed = bool(sheet.alloy_layers)
    curves = list(_alloy_contents(sheet, steps) if alloyed else _phase_contents(sheet, steps))
    figure = canvas(_WIDTH, 390.0)
    axes = panel(figure, 48.0, 40.0, _WIDTH - 96.0, 306.0)
    label = "lithium content Li/(Li + M) [at%]" if alloyed else "lithium content [Li per host]"
    draw_curves(axes, curves, label, _CHARGE)
    if alloyed:
        axes.set_ylim(0.0, 100.0 if max(float(np.nanmax(curve.y)) for curve in curves) > 82 else 85.0)
        draw_window(axes, 100 * study.content_window[0], 100 * study.content_window[1])
    named = dict.fromkeys((curve.name, curve.colour) for curve in curves)
    key_above(axes, [step for step, _, _ in steps], list(named))
    told = f"of the alloy layers, window {window_text(study)}," if alloyed else "of each phase"
    return inline_svg(figure, "content", f"Lithium content {told} against areal charge")


def _alloy_contents(sheet: Datasheet, steps: Sequence[_Step]) -> Iterator[Curve]:
    for index, made in enumerate(sheet.alloy_layers):
        for step, curve, x in steps:
            yield Curve(x, 100.0 * layer_fraction(sheet, made.where, curve), layer_name(made), step, colour_of(index))


def _phase_contents(sheet: Datasheet, steps: Sequence[_Step]) -> Iterator[Curve]:
    count = 0
    for side in ("negative", "positive"):
        for index, row in enumerate(getattr(sheet.balance, side)):
            if row.part is None:
                continue
            for step, curve, x in steps:
                y = getattr(curve, f"{side}_content")[index]
                yield Curve(x, y, _phase_name(row.where, row.label, _titles(sheet)), step, colour_of(count))
            count += 1
