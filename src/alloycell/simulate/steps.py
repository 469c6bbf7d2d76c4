"""From the steps of a protocol to the kernel's: currents per area, and the ends each step watches.

Currents are positive for discharge; a rate is a multiple of ``one_c`` [A/m2]. docs/theory/simulation.md, section 6.
"""

from __future__ import annotations

import numpy as np

from alloycell.errors import Fault, ProtocolError, suggestion
from alloycell.quantities import FloatArray
from alloycell.simulate.amounts import Amount
from alloycell.simulate.arrays import CURRENT, FAR, POWER, RESISTANCE, STEP_COLUMNS, VOLTAGE, FlatSteps
from alloycell.simulate.assemble import Assembly
from alloycell.simulate.protocol import Protocol, Step

__all__ = ["step_tables", "texts_of"]

_DEFAULTS = (CURRENT, 0.0, FAR, -FAR, FAR, 0.0, FAR, -1.0, -FAR, FAR, -FAR, -1.0, 0.0)
_COLUMN = {name: index for index, name in enumerate(STEP_COLUMNS)}
_PER_AREA = {"current", "power", "charge"}


def texts_of(protocol: Protocol) -> tuple[str, ...]:
    """The text of every step that the kernel runs, in order."""
    return tuple(str(step) for step in protocol.written_out())


def step_tables(made: Assembly, protocol: Protocol) -> FlatSteps:
    """The steps of ``protocol`` for the kernel, with profiles and the groups of phases that they watch; SI.

    Raises ProtocolError for amounts that need a case where the design has none, and for layers that are not there.
    """
    groups: dict[str, FloatArray] = {}
    known: dict[Step, FloatArray] = {}
    profile: list[tuple[float, float]] = []
    rows: list[FloatArray] = []
    for step in protocol.written_out():
        if step not in known:
            known[step] = _row(made, step, groups) if step.profile is None else _followed(made, step, profile)
        rows.append(known[step])
    weights = np.stack(list(groups.values()), axis=1) if groups else np.zeros((made.designs, 0, len(made.places)))
    return FlatSteps(np.stack(rows, axis=1), np.array(profile, dtype=np.float64).reshape(-1, 2), weights)


def _followed(made: Assembly, step: Step, profile: list[tuple[float, float]]) -> FloatArray:
    """The step that follows a file, between the cell's cut-offs (half cells have none); its rows join ``profile``."""
    assert step.profile is not None
    kind, pairs = step.profile
    row = _blank(made)
    row[:, _COLUMN["kind"]] = POWER if kind == "power" else CURRENT
    row[:, _COLUMN["value"]] = _si(made, Amount(kind, 1.0, kind), step)
    if made.alone is None:
        row[:, _COLUMN["low_voltage"]] = made.cell.operation.discharge_voltage
        row[:, _COLUMN["high_voltage"]] = made.cell.operation.charge_voltage
    row[:, _COLUMN["profile"]], row[:, _COLUMN["profile_rows"]] = len(profile), len(pairs)
    ends = np.cumsum([duration for duration, _ in pairs])
    row[:, _COLUMN["duration"]] = ends[-1]
    profile += zip(ends.tolist(), [value for _, value in pairs], strict=True)
    return row


def _blank(made: Assembly) -> FloatArray:
    return np.tile(np.array(_DEFAULTS), (made.designs, 1))


def _row(made: Assembly, step: Step, groups: dict[str, FloatArray]) -> FloatArray:
    row = _blank(made)
    sign = -1.0 if step.action == "Charge" else 1.0
    if step.time is not None:
        row[:, _COLUMN["duration"]] = step.time.value
    if step.at is not None:
        power, ohm = step.at.kind.startswith("power"), step.at.kind == "resistance"
        kind = VOLTAGE if step.action == "Hold" else POWER if power else RESISTANCE if ohm else CURRENT
        row[:, _COLUMN["kind"]] = kind
        row[:, _COLUMN["value"]] = _si(made, step.at, step) * (1.0 if kind in (VOLTAGE, RESISTANCE) else sign)
    limit = {"Charge": "high_voltage", "Discharge": "low_voltage"}.get(step.action)
    if limit is not None:
        row[:, _COLUMN[limit]] = _voltage_limit(made, step)
    for end in step.ends:
        if end.kind.startswith("charge"):
            row[:, _COLUMN["charge"]] = _si(made, end, step)
        elif end.kind != "voltage":
            row[:, _COLUMN["cut_current"]] = _si(made, end, step)
    if step.plating:
        if made.alone is not None:
            raise ProtocolError(Fault(f'"{step}"', "ends on plating", "a half cell is asked for its voltage instead",
                                      "Write until 0 V"))  # fmt: skip
        row[:, _COLUMN["margin"]] = 0.0
    for end, layer in step.layer_ends:
        taking = -sign if made.alone == "negative" else sign
        _watch_layer(made, row, end, layer, taking, groups)
    return row


def _voltage_limit(made: Assembly, step: Step) -> FloatArray | float:
    """The voltage [V] that ends a charge or discharge: the stated one, else the cell's own; a half cell has none."""
    stated = [end.value for end in step.ends if end.kind == "voltage"]
    if stated:
        return stated[0]
    if made.alone is None:
        operation = made.cell.operation
        own = operation.charge_voltage if step.action == "Charge" else operation.discharge_voltage
        return np.asarray(own, dtype=np.float64).reshape(-1)
    if step.time is None and not (step.ends or step.layer_ends or step.plating):
        found = "has no end, and a half cell has no cut-offs of its own"
        example = {"negative": ("1.5 V", "0.01 V"), "positive": ("4.3 V", "3 V")}[made.alone][
            step.action == "Discharge"
        ]
        raise ProtocolError(Fault(f'"{step}"', found, "the voltage at which it ends is needed",
                                  f"Write {step} until {example}, for example"))  # fmt: skip
    return FAR if step.action == "Charge" else -FAR


def _si(made: Assembly, given: Amount, step: Step) -> FloatArray:
    """``given`` per area [A/m2, W/m2, C/m2, ohm m2, V], one entry a design."""
    if given.kind == "rate":
        return given.value * made.one_c
    if given.kind in _PER_AREA or given.kind == "resistance":
        if made.area is None:
            found = f'has {given.text} in "{step}"'
            needed = "the design has no case, so nothing says how large the electrodes are"
            raise ProtocolError(Fault("the protocol", found, needed, "Write it per area (mA/cm2, W/m2) or as a rate"))
        return given.value * made.area if given.kind == "resistance" else given.value / made.area
    return np.full(made.designs, given.value)


def _watch_layer(
    made: Assembly, row: FloatArray, end: Amount, layer: str, sign: float,
    groups: dict[str, FloatArray],
) -> None:  # fmt: skip
    """End the step where the alloy of ``layer`` (path or name) reaches the lithium fraction ``end``."""
    mine = [i for i, place in enumerate(made.places) if layer in (place.where, place.title) and place.alloying]
    if not mine:
        names = sorted({place.where for place in made.places if place.alloying})
        raise ProtocolError(Fault(f'the layer "{layer}"', "holds no alloying element or does not exist",
                                  "a layer with one is needed", suggestion(layer, names)))  # fmt: skip
    total = np.sum([made.places[i].hosts for i in mine], axis=0)
    weights = np.zeros((made.designs, len(made.places)))
    floor = np.zeros(made.designs)
    for i in mine:
        share = made.places[i].hosts / total
        weights[:, i] = share * made.places[i].span
        floor += share * made.places[i].empty
    groups.setdefault(layer, weights)
    row[:, _COLUMN["group"]] = list(groups).index(layer)
    wanted = end.value / (1.0 - end.value) - floor
    row[:, _COLUMN["high_content" if sign < 0 else "low_content"]] = wanted
