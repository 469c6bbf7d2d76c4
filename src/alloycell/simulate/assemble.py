"""From a cell to the flat arrays of the kernel, the only bridge between the two (docs/theory/simulation.md, section 2).

Arrays have one axis of designs, in the order of the flattened batch. Particles keep the size and the lithium they have
as made; layers may be taken swollen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from alloycell.cell import Cell, Datasheet
from alloycell.cell.balance import Flags
from alloycell.cell.provenance import THIN_PORES, Assumption
from alloycell.electrode import Coating
from alloycell.errors import Fault, RangeError, suggestion
from alloycell.materials import Electrolyte, Separator
from alloycell.quantities import FARADAY, KINDS, FloatArray
from alloycell.simulate.arrays import NEGATIVE, POSITIVE, SEPARATOR, Flat, FlatLayer, FlatPhase
from alloycell.simulate.arrhenius import growth, salt_at
from alloycell.simulate.films import film_region, inner_face
from alloycell.simulate.heat import ASSUMED_METAL_ACTIVATION, heat_columns
from alloycell.simulate.kinetics import ASSUMED_DECAY
from alloycell.simulate.options import Options
from alloycell.simulate.phases import Bench, Place, Region, phases_of
from alloycell.simulate.starts import start_of

__all__ = ["ASSUMED_CONDUCTIVITY", "ASSUMED_METAL_EXCHANGE", "Assembly", "assemble"]

ASSUMED_CONDUCTIVITY: Mapping[str, float] = {"negative": 100.0, "positive": 10.0}
"""Conductivity of the solids of a layer [S/m], assumed: records state none for a mixture."""

ASSUMED_METAL_EXCHANGE = 10.0
"""Exchange current of lithium metal at 25 degC [A/m2], assumed; it matters in a half cell only."""

_BRUGGEMAN = 1.5
_LEAST_PORES = 5e-3
_LEAST_USE = 1e-6


@dataclass(frozen=True, slots=True)
class Assembly:
    """Everything a run needs: ``flat`` arrays, what their parts mean, and what had to be assumed.

    ``one_c`` [A/m2] is the current that passes the areal capacity in an hour; ``area`` [m2] the facing area, None
    without a case. ``blocked`` names designs that cannot run: reason -> (which, place). All with one entry a design.
    """

    cell: Cell
    flat: Flat
    places: tuple[Place, ...]
    regions: tuple[Region, ...]
    start: str
    porosity: str
    one_c: FloatArray
    area: FloatArray | None
    lost: FloatArray
    blocked: Mapping[str, tuple[Flags, str]]
    assumptions: tuple[Assumption, ...]
    warnings: tuple[str, ...]

    @property
    def alone(self) -> str | None:
        """The electrode that stands against lithium metal, None in a whole cell; no units."""
        sides = {region.side for region in self.regions} - {"separator"}
        return next(iter(sides)) if self.flat.metal else None

    @property
    def designs(self) -> int:
        """How many designs the batch has, a count."""
        return len(self.flat.cell)


def assemble(cell: Cell, options: Options, start: str | float, sheet: Datasheet | None = None) -> Assembly:
    """The flat arrays of ``cell`` (or a batch of cells), starting at rest in the state ``start``; SI.

    ``start`` is the name of a state, or a state of charge (0 to 1); ``sheet`` is that of ``cell`` where it is at hand.
    Raises RangeError for what no option allows.
    """
    sheet = Datasheet(cell) if sheet is None else sheet
    electrolyte = sheet.library.record(cell.electrolyte.material)
    assert isinstance(electrolyte, Electrolyte)
    salt = float(electrolyte.concentration.value)
    begun = start_of(sheet, start)
    work = Bench(sheet, options, begun, int(np.prod(cell.shape, dtype=np.int64)), salt)
    made = _stack(sheet, options)
    _known_layers(options, ["separator", *(coating.where for coating in made if coating is not None)])
    layers, regions, places = [], [], []
    for coating in made:
        region = _separator(work) if coating is None else _region(work, coating)
        phases = [] if coating is None else phases_of(work, coating, region)
        stack = [(region, phases)]
        if region.sealed:
            stack.insert(int(_mirrored(options, region)), inner_face(work, region, phases, _mirrored(options, region)))
        for part, held in stack:
            layers.append(_flat_layer(work, part, [phase for phase, _ in held]))
            regions.append(part)
            places += [place for _, place in held]
    if options.against_lithium != "positive":
        work.block("plated at the start", begun.plated, "negative")
    if options.against_lithium != "negative":
        work.block("beyond the curve at the start", begun.beyond, "positive")
    whole = begun.positive.hosts.sum(axis=0)
    useless = work.wide(sheet.discharge_capacity) < _LEAST_USE * FARADAY * whole
    work.block("no capacity", np.asarray(useless), "cell")
    table, top, assumed, warned = salt_at(sheet.library, cell.electrolyte.material, options.temperature)
    work.note([*assumed, *_general(work)])
    flat = Flat(tuple(layers), tuple(work.curves), table, top, _cell_numbers(work), options.against_lithium is not None)
    build = sheet.build
    return Assembly(
        cell, flat, tuple(places), tuple(regions), begun.name, options.porosity,
        np.array(work.wide(sheet.discharge_capacity)) / 3600.0,
        None if build is None else np.array(work.wide(build.facing_area)),
        sheet.state("discharged").losses.reshape(len(begun.owed), -1).sum(axis=0) - begun.owed.sum(axis=0),
        work.blocked, tuple(work.assumptions.values()), (*_warnings(work, regions), *warned),
    )  # fmt: skip


def _stack(sheet: Datasheet, options: Options) -> list[Coating | None]:
    """Layers from the negative's collector, or from lithium metal, to the other collector; None is the separator."""
    if options.against_lithium is not None:
        return [None, *reversed(getattr(sheet, options.against_lithium))]
    return [*sheet.negative, None, *reversed(sheet.positive)]


def _cell_numbers(work: Bench) -> FloatArray:
    """What the kernel takes for each cell as a whole, shape (designs, 10) [SI]."""
    options = work.options
    metal = ASSUMED_METAL_EXCHANGE * growth(ASSUMED_METAL_ACTIVATION, options.temperature)
    heat, assumed = heat_columns(work.sheet, options, work.salt)
    work.note(assumed)
    columns = [options.temperature, options.contact, work.salt, metal, *heat]
    return np.stack([work.wide(column) for column in columns], axis=-1)


def _known_layers(options: Options, known: Sequence[str]) -> None:
    strange = [where for where in options.layer_nodes if where not in known]
    if strange:
        needed = "layers of this cell are needed"
        raise RangeError([Fault(f'layer_nodes of "{where}"', "is for no layer", needed, suggestion(where, known))
                          for where in strange])  # fmt: skip


def _general(work: Bench) -> list[Assumption]:
    alone = work.options.against_lithium
    found = [
        Assumption(f"{side}: conductivity of the solids", KINDS["conductivity"].text(value), "typical of such layers")
        for side, value in ASSUMED_CONDUCTIVITY.items()
        if alone in (None, side)
    ]
    if alone is not None:
        note = "published values run from about 1 to 100 A/m2"
        found.append(Assumption("lithium metal: exchange current", f"{ASSUMED_METAL_EXCHANGE:g} A/m2", note))
        if work.moves:
            text = KINDS["molar energy"].text(ASSUMED_METAL_ACTIVATION)
            note = "lithium ions leaving their solvent, about 50 kJ/mol (Yamada 2009)"
            found.append(Assumption("lithium metal: activation energy of exchange current", text, note))
    found.append(Assumption("transport in pores", "porosity^1.5", "Bruggeman's exponent for spheres"))
    if work.hysteresis:
        found.append(Assumption("hysteresis", f"decay {ASSUMED_DECAY:g}", "crosses between the branches in about 10 %"))
    return found


def _separator(work: Bench) -> Region:
    given = work.sheet.cell.separator
    record = work.sheet.library.record(given.material)
    assert isinstance(record, Separator)
    porosity = record.porosity.value if given.porosity is None else given.porosity
    nodes = work.options.layer_nodes.get("separator", work.options.nodes)
    return Region("separator", "separator", "separator", nodes, work.wide(given.thickness), work.wide(porosity))


def _region(work: Bench, made: Coating) -> Region:
    """A layer as the options want it: as made or swollen; a dense one as a film."""
    options = work.options
    state = {"made": "assembled"}.get(options.porosity, options.porosity)
    size = work.sheet.size(made, state)
    porosity, thickness = np.array(work.wide(size.porosity)), work.wide(size.thickness)
    side = "negative" if made.where.startswith("negative") else "positive"
    dense = np.asarray(work.wide(made.size.porosity) == 0.0)
    if dense.any():
        return film_region(work, made, side, thickness)
    work.block("no pores left", np.asarray(porosity < _LEAST_PORES), made.where)
    porosity[porosity < _LEAST_PORES] = _LEAST_PORES
    nodes = options.layer_nodes.get(made.where, options.nodes)
    return Region(made.where, made.title, side, nodes, thickness, porosity)


def _mirrored(options: Options, region: Region) -> bool:
    """Whether the mesh runs from the separator to the collector in a region: in a positive, and in a half cell."""
    return region.side == "positive" or options.against_lithium is not None


def _flat_layer(work: Bench, region: Region, phases: Sequence[FlatPhase]) -> FlatLayer:
    side = {"negative": NEGATIVE, "separator": SEPARATOR, "positive": POSITIVE}[region.side]
    if work.options.against_lithium is not None and region.side != "separator":
        side = POSITIVE
    transport = region.porosity**_BRUGGEMAN if region.transport is None else work.wide(region.transport)
    conductivity = ASSUMED_CONDUCTIVITY.get(region.side, 1.0)
    columns = (region.thickness, region.porosity, transport, work.wide(conductivity))
    return FlatLayer(side, region.nodes, np.stack(columns, axis=-1), tuple(phases))


def _warnings(work: Bench, regions: Sequence[Region]) -> tuple[str, ...]:
    """Layers whose pores get thin when charged, and what the simulation leaves out for this design."""
    found = []
    simulated = {region.where for region in regions}
    for made in (*work.sheet.negative, *work.sheet.positive):
        if made.where not in simulated or np.all(np.asarray(made.size.porosity) == 0.0):
            continue
        charged = np.asarray(work.sheet.size(made, "charged").porosity)
        if np.any(charged < THIN_PORES):
            told = KINDS["fraction"].text(float(np.min(charged)), 3)
            found.append(f'Layer "{made.title}" keeps {told} of pores when charged, under {100 * THIN_PORES:g} %.')
    if any(row.crystalline and row.where in simulated for row in work.sheet.balance.negative):
        found.append("Crystalline hosts that turn amorphous in a simulation lithiate again on the crystalline curve.")
    return tuple(found)
