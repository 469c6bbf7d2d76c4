"""Dense films: open ones with cracks for the electrolyte, sealed ones through which what lies beneath exchanges.

docs/theory/diffusion.md, sections 1 and 4. Units are SI.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from alloycell.cell.provenance import Assumption
from alloycell.electrode import Coating
from alloycell.errors import Fault, RangeError
from alloycell.quantities import KINDS, FloatArray
from alloycell.simulate.arrays import FlatPhase
from alloycell.simulate.options import Options
from alloycell.simulate.phases import Bench, Place, Region
from alloycell.simulate.radial import InnerFace

__all__ = ["film_region", "inner_face"]

_SKIN, _SKIN_TRANSPORT = 1e-3, 1e3
_GAP, _GAP_PORES = 1e-9, 0.5


def film_region(work: Bench, made: Coating, side: str, thickness: FloatArray) -> Region:
    """The region of a dense layer, ``thickness`` [m] a design.

    Raises RangeError where the options name no model of the film, or one that does not fit what lies beneath.
    """
    options = work.options
    _allowed(work, made, side)
    if options.film == "sealed":
        beneath = bool(_beneath(work, made, side))
        below = "; pores beneath keep their electrolyte, cut off; the inner face reacts like the outer one"
        told = f"ions do not pass{below if beneath else ''}"
        work.note([Assumption(f"{made.where}: film", "sealed", told)])
        skin = np.full(work.designs, _SKIN)
        return Region(
            made.where, made.title, side, 1, thickness, skin, film=True, transport=_SKIN_TRANSPORT, sealed=beneath
        )
    assert options.wetted is not None
    place, stated = f"{made.where}: wetted share of the film", work.sheet.cell.simulation
    if stated is None or stated.wetted != options.wetted:
        work.note([Assumption(place, KINDS["fraction"].text(options.wetted), "open film: straight cracks through it")])
    wetted = np.full(work.designs, options.wetted)
    return Region(made.where, made.title, side, 1, thickness, wetted, film=True, transport=options.wetted)


def inner_face(
    work: Bench, film: Region, phases: Sequence[tuple[FlatPhase, Place]], after: bool
) -> tuple[Region, list[tuple[FlatPhase, Place]]]:
    """The control volume at the inner face of a sealed ``film``, and the inner faces of its ``phases``.

    It is a nanometre of pores; reactions there have the area and the kinetics of the outer face. It comes
    ``after`` the film or before it, as the mesh runs.
    """
    where = f"{film.where}, inner face"
    gap = np.full(work.designs, _GAP)
    region = Region(where, f"{film.title}, inner face", film.side, 1, gap, np.full(work.designs, _GAP_PORES))
    slabs = [(index, flat, place) for index, (flat, place) in enumerate(phases) if not place.sink]
    # in the order of the mesh inner faces stand right before the film's phases, or right after them
    away = -len(phases) if after else len(slabs)
    found = []
    for number, (index, flat, place) in enumerate(slabs):
        numbers = flat.numbers.copy()
        numbers[:, 0] *= film.thickness / gap
        face = replace(flat, hysteresis=0, radial=InnerFace(), numbers=numbers, outer=away + index - number)
        found.append((face, replace(place, where=where, title=region.title, hosts=np.zeros(work.designs),
                                    alloying=False, radial=face.radial, sink=True)))  # fmt: skip
    return region, found


def _beneath(work: Bench, made: Coating, side: str) -> Sequence[Coating]:
    """The layers between a layer and its collector."""
    layers: Sequence[Coating] = getattr(work.sheet, side)
    return layers[: next(i for i, layer in enumerate(layers) if layer.where == made.where)]


def _allowed(work: Bench, made: Coating, side: str) -> None:
    options: Options = work.options
    if not np.all(work.wide(made.size.porosity) == 0.0):
        found = "is dense in some designs of the batch and porous in others"
        raise RangeError(Fault(f"{made.where}.porosity", found, "a batch varies numbers, not structure"))
    if options.film is None:
        found = f'"{made.title}" has no pores'
        needed = "a dense film needs a model of how lithium reaches what lies beneath it"
        remedy = 'Give film = "sealed", or film = "open" and the wetted share of it, wetted = 0.1'
        raise RangeError(Fault(made.where, found, needed, remedy))
    beneath = _beneath(work, made, side)
    if options.film == "open" or not beneath:
        return
    if np.any(work.wide(beneath[-1].size.porosity) == 0.0):
        found = f'is sealed and lies on "{beneath[-1].title}", which is dense, too'
        remedy = 'Take film = "open" with wetted, or make them one layer'
        raise RangeError(Fault(made.where, found, "what lies beneath a sealed film must have pores", remedy))
    varying = [part.name for part in made.constituents if _varies(work, part.name)]
    if varying:
        found = f"is sealed, and the diffusivity of {varying[0]} depends on the content"
        needed = "series diffusion through a sealed film takes one diffusivity"
        raise RangeError(Fault(made.where, found, needed, 'Take film = "open" with wetted, or a single diffusivity'))


def _varies(work: Bench, name: str) -> bool:
    record = work.sheet.library.record(name)
    return getattr(record, "diffusivity_curve", None) is not None and work.options.diffusivity == "middle"
