"""For the maker: how much lithium reaches a target. For the user: which cut-off keeps the alloy in its window.

Formula (1), the extended ledger and the equilibrium of all layers give three answers, and all three are shown.
Inversions of the equilibrium are solved by refining a batch of designs. ``docs/theory/dose.md``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from alloycell.cell.cell import Cell
from alloycell.cell.datasheet import Datasheet
from alloycell.cell.dose import (
    added_lithium,
    film_thickness,
    negative_capacity,
    stoichiometry,
)
from alloycell.cell.figures import FIGURES
from alloycell.cell.neighbours import dosed
from alloycell.cell.provenance import plating_warning
from alloycell.electrode import hosts_per_mass, x_max
from alloycell.errors import DesignError, RangeError
from alloycell.figure import Figure
from alloycell.materials import Alloying, Positive
from alloycell.quantities import FARADAY, FloatArray, Number

__all__ = ["RESIDUAL_LIMIT", "WINDOW", "DosePlan", "DoseRow", "OperatingWindow", "dose_plan", "operating_window"]

WINDOW = (0.31, 0.67)
"""Lithium fraction of the alloy layer at full discharge that the layered negative demands, dimensionless."""

RESIDUAL_LIMIT = 0.05
"""Share of Cb left in the carbon above which designed and equilibrium contents part, dimensionless."""

_POINTS = 41


@dataclass(frozen=True, slots=True)
class DoseRow:
    """Lithium for one target by one method: ``charge`` [C/m2], ``mass`` [kg/m2], ``film`` [m], ``cell_charge`` [C].

    ``charge`` is None where no dose that the surface can take reaches the target; ``allowed`` says whether formula
    (2), (D), holds with it and ``slack`` [C/m2] by how much; ``plated`` [C/m2] is lithium metal that then lies on the
    charged negative even at rest. ``target`` is a lithium fraction (0 to 1).
    """

    method: str
    target: float
    charge: float | None
    cell_charge: float | None
    mass: float | None
    film: float | None
    allowed: bool | None
    slack: float | None
    plated: float | None


@dataclass(frozen=True, slots=True)
class DosePlan:
    """What to add: rows by target and method, what the present dose gives, and what (D) allows [C/m2].

    ``content_now`` holds lithium fractions (0 to 1, None where no lithium is left) by method. ``slack_by_x_max`` holds
    (material, x_max [Li per atom], slack of (D) [C/m2]) for the present and every alternative value of x_max;
    ``plating`` says, with units, when the present dose makes lithium plate at rest.
    """

    surface: str
    rows: tuple[DoseRow, ...]
    charge_now: float
    content_now: Mapping[str, float | None]
    slack_now: float | None
    carbon_residual: float | None
    carbon_residual_share: float | None
    warning: str | None
    allowed_interval: tuple[float, float] | None
    slack_by_x_max: tuple[tuple[str, float, float], ...]
    plating: str | None


@dataclass(frozen=True, slots=True)
class OperatingWindow:
    """Lithium fraction of the alloy (0 to 1) and capacity [C/m2] against the discharge cut-off [V].

    Between ``lowest_voltage`` and ``highest_voltage`` [V] the alloy stays inside; None: no edge in the range looked
    at. ``depths`` are shares of the present discharge capacity at these two, ``costs`` the capacity given up [C/m2].
    """

    low: float
    high: float
    voltages: FloatArray
    fractions: FloatArray
    capacities: FloatArray
    voltage_now: float
    fraction_now: float
    lowest_voltage: float | None
    highest_voltage: float | None
    depths: tuple[float | None, float | None]
    costs: tuple[float | None, float | None]
    reachable: bool
    inside_now: bool
    sentence: str


def _single(sheet: Datasheet, what: str) -> None:
    if sheet.cell.shape:
        raise RangeError(f"A {what} is made for one design at a time; this is a batch of shape {sheet.cell.shape}.")
    if sheet.alloy_atoms is None:
        raise RangeError(f"A {what} needs a negative layer with an element that alloys with lithium; there is none.")


def dose_plan(sheet: Datasheet, target: float | None = None) -> DosePlan:
    """How much lithium to add for ``target`` (fraction 0 to 1) and for the edges and middle of the window.

    Raises RangeError for a batch, without an alloy layer, and for a target above what the element can hold.
    """
    _single(sheet, "dose plan")
    assert sheet.x_max is not None
    ceiling = float(np.asarray(sheet.x_max)) / (1 + float(np.asarray(sheet.x_max)))
    if target is not None and not 0 <= target < ceiling:
        raise RangeError(
            f"The target is {100 * target:.4g} at%; it must lie between 0 at% and {100 * ceiling:.4g} at%, "
            f"what the alloy holds at x_max {float(np.asarray(sheet.x_max)):.4g}."
        )
    targets = [] if target is None else [target]
    targets += [edge for edge in (WINDOW[0], 0.5, WINDOW[1]) if edge < ceiling and edge not in targets]
    asked = [(method, aim, charge) for aim in targets for method, charge in _charges(sheet, aim).items()]
    rows = _rows(sheet, asked)
    slack, share = FIGURES["capacity_slack"].of, FIGURES["carbon_residual_share"].of
    assert slack is not None
    assert share is not None
    left, residual = share(sheet), sheet.carbon_lithium("discharged")
    return DosePlan(
        "negative" if sheet.cell.lithium is None else sheet.cell.lithium.surface,
        tuple(rows),
        float(np.asarray(sheet.lithium_added)),
        {
            "formula (1)": _known(FIGURES["designed_lithium_fraction"], sheet),
            "extended ledger": _known(FIGURES["extended_lithium_fraction"], sheet),
            "equilibrium": _known(FIGURES["equilibrium_lithium_fraction"], sheet),
        },
        None if slack(sheet) is None else float(slack(sheet)),
        None if residual is None else float(np.asarray(residual)),
        None if left is None else float(left),
        _residual_warning(left),
        _interval(sheet),
        _by_x_max(sheet),
        plating_warning(sheet),
    )


def _by_x_max(sheet: Datasheet) -> tuple[tuple[str, float, float], ...]:
    """Slack of (D) [C/m2] with the design's x_max of each alloying material and with those its record also names."""
    now = _known(FIGURES["capacity_slack"], sheet)
    found: list[tuple[str, float, float]] = []
    for made in sheet.alloy_layers if now is not None else ():
        for part in made.alloying():
            if not isinstance(part.record, Alloying) or any(part.name == name for name, _, _ in found):
                continue
            atoms = sum(
                float(np.asarray(sheet.loading(layer, other) * hosts_per_mass(other, sheet.library)))
                for layer in sheet.alloy_layers
                for other in layer.alloying()
                if other.name == part.name
            )
            present = float(np.asarray(x_max(part)))
            named = (part.record.x_max, *part.record.x_max_alternatives)
            others = sorted({float(np.asarray(entry.value)) for entry in named} - {present})
            found += [
                (part.name, value, (now or 0.0) + atoms * (value - present) * FARADAY) for value in (present, *others)
            ]
    return tuple(found)


def _known(figure: Figure, sheet: Datasheet) -> float | None:
    value = None if figure.of is None else figure.of(sheet)
    return None if value is None or np.isnan(value) else float(value)


def _residual_warning(share: float | None) -> str | None:
    if share is None or share <= RESIDUAL_LIMIT:
        return None
    return (
        f"The carbon still holds {100 * share:.3g} % of Cb at full discharge. Formula (1) takes it to be empty, so the "
        "alloy holds less than designed."
    )


def _charges(sheet: Datasheet, aim: float) -> dict[str, float | None]:
    """Charge to add [C/m2] for the lithium fraction ``aim`` by each method."""
    assert sheet.alloy_atoms is not None
    found: dict[str, float | None] = {}
    if sheet.carbon_capacity is not None and sheet.carbon_efficiency is not None:
        found["formula (1)"] = float(
            np.asarray(added_lithium(sheet.carbon_capacity, sheet.carbon_efficiency, sheet.alloy_atoms, aim))
        )
    gain = sheet.positive_capacity - sheet.areal(sheet.positive, "reversible", Positive)
    lost = sheet.areal(sheet.carbon_layers, "lost") + sheet.areal(sheet.alloy_layers, "lost")
    needed = sheet.alloy_atoms * stoichiometry(aim) * FARADAY + lost - gain
    taken = float(np.asarray(sheet.uptake))
    found["extended ledger"] = float(np.asarray(needed)) / taken if taken > 0 else None
    found["equilibrium"] = _equilibrium_dose(sheet, aim)
    return {method: charge if _takes(sheet.cell, charge) else None for method, charge in found.items()}


def _takes(cell: Cell, charge: float | None) -> bool:
    """Whether ``charge`` [C/m2] can be put on the surface that the design names."""
    if charge is None or charge < 0:
        return False
    try:
        dosed(cell, charge)
    except DesignError:
        return False
    return True


def _equilibrium_dose(sheet: Datasheet, aim: float) -> float | None:
    """Charge [C/m2] with which the alloy holds ``aim`` at the cut-off, all layers at one potential."""
    assert sheet.alloy_atoms is not None
    assert sheet.x_max is not None
    most = float(np.asarray(negative_capacity(sheet.carbon_capacity or 0.0, sheet.alloy_atoms, sheet.x_max)))

    def held(charges: FloatArray) -> FloatArray:
        return np.asarray(Datasheet(dosed(sheet.cell, charges, checked=False)).alloy_fraction("discharged"))

    return _crossing(held, 0.0, 2.0 * most, aim)


def _crossing(rising: Callable[[FloatArray], FloatArray], low: float, high: float, aim: float) -> float | None:
    """Where a rising function of a batch reaches ``aim``, unit of ``low`` and ``high``; None outside its values."""
    for _ in range(5):
        points = np.linspace(low, high, _POINTS)
        values = rising(points)
        if values[0] > aim or values[-1] < aim:
            return None
        index = int(np.clip(np.searchsorted(values, aim, side="left"), 1, _POINTS - 1))
        low, high = float(points[index - 1]), float(points[index])
        bottom, top = float(values[index - 1]), float(values[index])
    return low if top <= bottom else low + (high - low) * (aim - bottom) / (top - bottom)


def _rows(sheet: Datasheet, asked: Sequence[tuple[str, float, float | None]]) -> list[DoseRow]:
    """A row for each (method, target, charge [C/m2]); all doses are put into the cell at once to see what they do."""
    charges = np.array([charge or 0.0 for _, _, charge in asked])
    slack, plated = _with_doses(sheet, charges)
    metal, build = sheet.lithium_metal, sheet.build
    molar, density = float(np.asarray(metal.molar_mass.value)), float(np.asarray(metal.density.value))
    rows = []
    for index, (method, aim, charge) in enumerate(asked):
        if charge is None:
            rows.append(DoseRow(method, aim, None, None, None, None, None, None, None))
            continue
        room = None if slack is None else float(slack[index])
        rows.append(
            DoseRow(
                method, aim, charge,
                None if build is None else charge * float(np.asarray(build.facing_area)),
                charge / FARADAY * molar, float(film_thickness(charge, molar, density)),
                None if room is None else room >= -1e-12 * abs(charge), room, float(plated[index]),
            )
        )  # fmt: skip
    return rows


def _with_doses(sheet: Datasheet, charges: FloatArray) -> tuple[FloatArray | None, FloatArray]:
    """Slack of (D) and lithium plated at rest when charged [C/m2] with each of ``charges`` [C/m2] added."""
    made = Datasheet(dosed(sheet.cell, charges, checked=False))
    slack, plated = (FIGURES[name].of for name in ("capacity_slack", "plated_lithium"))
    assert slack is not None
    assert plated is not None
    left = slack(made)
    return None if left is None else np.broadcast_to(left, charges.shape), np.broadcast_to(plated(made), charges.shape)


def _interval(sheet: Datasheet) -> tuple[float, float] | None:
    """Lowest and highest dose [C/m2] that (1) and (D) allow for the window; None where they leave nothing."""
    cb, share, atoms = sheet.carbon_capacity, sheet.carbon_efficiency, sheet.alloy_atoms
    if cb is None or share is None or atoms is None:
        return None
    low, high = (float(np.asarray(added_lithium(cb, share, atoms, edge))) for edge in WINDOW)

    def lacking(charges: FloatArray) -> FloatArray:
        slack = _with_doses(sheet, charges)[0]
        assert slack is not None
        return -slack

    room = _crossing(lacking, 0.0, 2.0 * high, 0.0)
    most = high if room is None and float(lacking(np.array([high]))[0]) <= 0 else (room or 0.0)
    return (low, min(high, most)) if min(high, most) >= low else None


def operating_window(sheet: Datasheet, low: float = WINDOW[0], high: float = WINDOW[1]) -> OperatingWindow:
    """Which discharge cut-off [V] keeps the alloy's lithium fraction between ``low`` and ``high`` (0 to 1), at rest.

    Raises RangeError for a batch, without an alloy layer, or where ``low`` is not below ``high``.
    """
    _single(sheet, "window")
    if not 0 <= low < high <= 1:
        raise RangeError(f"The window runs from {low:g} to {high:g}; it must rise and lie between 0 and 1.")
    cell, bottom = sheet.cell, 0.05
    top = float(np.asarray(cell.operation.charge_voltage)) - 0.01
    voltages = np.linspace(min(bottom, top / 2), top, 2 * _POINTS)
    batch = _at_cutoffs(cell, voltages)
    fractions, capacities = (
        np.asarray(batch.alloy_fraction("discharged")),
        np.asarray(batch.discharge_capacity),
    )

    def held(cutoffs: FloatArray) -> FloatArray:
        return np.asarray(_at_cutoffs(cell, cutoffs).alloy_fraction("discharged"))

    lowest = _crossing(held, float(voltages[0]), top, low) if fractions[0] < low else None
    highest = _crossing(held, float(voltages[0]), top, high) if fractions[-1] > high else None
    reachable = bool(fractions[0] <= high and fractions[-1] >= low)
    full, now = (
        float(np.asarray(sheet.discharge_capacity)),
        float(np.asarray(sheet.alloy_fraction("discharged"))),
    )
    edges = (lowest, highest)
    given = [None if edge is None else float(np.asarray(_at_cutoffs(cell, edge).discharge_capacity)) for edge in edges]
    return OperatingWindow(
        low, high, voltages, fractions, capacities,
        float(np.asarray(cell.operation.discharge_voltage)), now, lowest, highest,
        (_share(given[0], full), _share(given[1], full)),
        (None if given[0] is None else full - given[0], None if given[1] is None else full - given[1]),
        reachable, low <= now <= high, _window_sentence(sheet, low, high, fractions, edges, now),
    )  # fmt: skip


def _share(part: float | None, whole: float) -> float | None:
    return None if part is None or whole <= 0 else part / whole


def _at_cutoffs(cell: Cell, voltages: Number) -> Datasheet:
    return Datasheet(cell.with_all({"operation.discharge_voltage": voltages}, checked=False))


def _window_sentence(
    sheet: Datasheet,
    low: float,
    high: float,
    fractions: FloatArray,
    edges: tuple[float | None, float | None],
    now: float,
) -> str:
    window, least, most = f"{100 * low:g} to {100 * high:g} at%", 100 * float(fractions[0]), 100 * float(fractions[-1])
    if fractions[0] > high:
        wall = "The positive is full before the alloy gives up enough: " if sheet.state("discharged").beyond[1] else ""
        held = f"the alloy holds {least:.3g} at% or more at every cut-off; none reaches {window}. Add less lithium."
        return wall + (held if wall else held.capitalize())
    if fractions[-1] < low:
        return f"The alloy holds {most:.3g} at% or less at every cut-off; none reaches {window}. Add more lithium."
    if edges[0] is None and edges[1] is None:
        return f"The alloy stays within {window} at every discharge cut-off: the positive ends the discharge."
    start = "every cut-off up to" if edges[0] is None else f"cut-offs from {edges[0]:.3f} V"
    end = " upwards" if edges[1] is None else (f" {edges[1]:.3f} V" if edges[0] is None else f" to {edges[1]:.3f} V")
    state = "inside" if low <= now <= high else "outside"
    return f"The alloy stays within {window} for {start}{end}; the design's own cut-off is {state}."
