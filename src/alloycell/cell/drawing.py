"""A cell drawn: its cross-section to scale in three states, and its open-circuit curves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from alloycell.cell.datasheet import Datasheet
from alloycell.cell.opencircuit import OpenCircuit, open_circuit
from alloycell.cell.section import layer_name, stack
from alloycell.errors import RangeError
from alloycell.pictures import (
    INK,
    Curve,
    Stack,
    canvas,
    draw_curves,
    draw_section,
    draw_window,
    key_above,
    panel,
    style,
)
from alloycell.quantities import FloatArray

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["SHOWN_STATES", "drawn", "layer_fraction", "stacks"]

SHOWN_STATES = (("as made", "assembled"), ("discharged", "discharged"), ("charged", "charged"))
"""Titles and names of the states that layers are shown in; no units."""

_MAH_PER_CM2 = 36000.0


def stacks(sheet: Datasheet) -> tuple[Stack, ...]:
    """One side of the cell as made, discharged and charged, from foil to foil (thicknesses in m)."""
    low, high = sheet.negative, sheet.positive
    return tuple(
        stack(title, sheet.cell, low, high, [sheet.size(made, state) for made in (*low, *high)])
        for title, state in SHOWN_STATES
    )


def layer_fraction(sheet: Datasheet, where: str, curve: OpenCircuit) -> FloatArray:
    """Lithium fraction (0 to 1) of the alloying hosts of the layer at ``where`` along ``curve``, shape (points,)."""
    rows, start = sheet.balance.negative, sheet.state(curve.start).negative
    alloying = {id(part) for made in sheet.negative if made.where == where for part in made.alloying()}
    mine = [i for i, row in enumerate(rows) if row.part is not None and id(row.part) in alloying]
    hosts = np.array([np.asarray(start.hosts[i]) for i in mine])
    lithium = hosts @ curve.negative_content[mine]
    return np.asarray(lithium / (lithium + hosts.sum()))


def drawn(sheet: Datasheet) -> Figure:
    """A matplotlib figure: cross-section to scale [um], voltage and potentials [V], lithium of the alloy layers [at%].

    Raises RangeError for a batch.
    """
    if sheet.cell.shape:
        raise RangeError(f"A picture is drawn of one design; this is a batch of shape {sheet.cell.shape}.")
    pairs = (("discharged", "charged", "charge"), ("charged", "discharged", "discharge"))
    steps = [(open_circuit(sheet.balance, sheet.state(a), sheet.state(b)), name) for a, b, name in pairs]
    with style():
        figure = canvas(1080.0, 400.0)
        draw_section(panel(figure, 12.0, 10.0, 420.0, 380.0), stacks(sheet), 420.0, 380.0)
        alloy = bool(sheet.alloy_layers)
        volts = panel(figure, 490.0, 40.0, 570.0, 165.0 if alloy else 300.0)
        curves = [
            Curve(_place(curve, name), values, quantity, name, colour)
            for curve, name in steps
            for quantity, values, colour in (
                ("cell", curve.voltage, INK),
                ("positive", curve.positive_potential, "#0072B2"),
                ("negative", curve.negative_potential, "#D55E00"),
            )
        ]
        label = "charge above the discharged state [mAh/cm\u00b2]"
        draw_curves(volts, curves, "voltage, potentials [V]", "" if alloy else label)
        names = [("cell", INK), ("positive", "#0072B2"), ("negative", "#D55E00")]
        key_above(volts, [name for _, name in steps], names)
        if alloy:
            _draw_contents(panel(figure, 490.0, 222.0, 570.0, 130.0), sheet, steps, label)
    return figure


def _draw_contents(axes: object, sheet: Datasheet, steps: list[tuple[OpenCircuit, str]], label: str) -> None:
    curves = [
        Curve(_place(curve, name), 100.0 * layer_fraction(sheet, made.where, curve), layer_name(made), name, "#009E73")
        for made in sheet.alloy_layers
        for curve, name in steps
    ]
    draw_curves(axes, curves, "Li in alloy [at%]", label)  # type: ignore[arg-type]
    axes.set_ylim(0.0, 85.0)  # type: ignore[attr-defined]
    draw_window(axes, 31.0, 67.0)  # type: ignore[arg-type]


def _place(curve: OpenCircuit, name: str) -> FloatArray:
    """Charge above the discharged state [mAh/cm2] along ``curve``."""
    charge = curve.charge if name == "charge" else curve.charge[-1] - curve.charge
    return np.asarray(charge / _MAH_PER_CM2)
