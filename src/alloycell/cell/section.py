"""The cross-section of a cell to scale: one side of each electrode with its layers, foils and the separator."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from alloycell.cell.design import Design
from alloycell.electrode import Coating, Dimensions, coating
from alloycell.errors import RangeError
from alloycell.materials import Library
from alloycell.pictures import Band, Stack, canvas, draw_section, panel, style
from alloycell.quantities import Number

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["drawn_section", "layer_name", "role_of", "stack"]


def role_of(made: Coating) -> str:
    """Role of a layer in the palette: positive, alloy, carbon or blend; no units."""
    if made.where.startswith("positive"):
        return "positive"
    if made.alloying():
        return "blend" if made.carbons() else "alloy"
    return "carbon"


def layer_name(made: Coating) -> str:
    """The layer's own name, else the materials or particles in it that take lithium; no units."""
    return made.layer.name or ", ".join(dict.fromkeys(part.particle or part.name for part in made.hosts()))


def stack(
    title: str, design: Design, negative: Sequence[Coating], positive: Sequence[Coating], sizes: Sequence[Dimensions]
) -> Stack:
    """One side of the cell from the negative's foil to the positive's (thicknesses in m).

    ``sizes`` are those of the negative's layers and then of the positive's, each from its foil outwards.
    """
    bands = [_band(made, size) for made, size in zip((*negative, *positive), sizes, strict=True)]
    low, high = design.negative.collector, design.positive.collector
    return Stack(
        title,
        (
            Band(low.material, _plain(low.thickness), "negative foil"),
            *bands[: len(negative)],
            Band("separator", _plain(design.separator.thickness), "separator"),
            *reversed(bands[len(negative) :]),
            Band(high.material, _plain(high.thickness), "positive foil"),
        ),
    )


def _band(made: Coating, size: Dimensions) -> Band:
    return Band(layer_name(made), _plain(size.thickness), role_of(made), max(_plain(size.porosity), 0.0))


def _plain(value: Number) -> float:
    array = np.asarray(value)
    if array.ndim:
        raise RangeError(f"A picture is drawn of one design; this is a batch of shape {array.shape}.")
    return float(array)


def drawn_section(design: Design, library: Library) -> Figure:
    """A matplotlib figure of the cross-section as made, to scale [um]. Raises RangeError for a batch."""
    low, high = (
        [coating(layer, f"{side}.layers[{i}]", design.particles, library) for i, layer in enumerate(layers)]
        for side, layers in (("negative", design.negative.layers), ("positive", design.positive.layers))
    )
    made = stack("as made", design, low, high, [layer.size for layer in (*low, *high)])
    with style():
        figure = canvas(300.0, 400.0)
        draw_section(panel(figure, 12.0, 10.0, 280.0, 380.0), [made], 280.0, 380.0)
    return figure
