"""The table of figures of a cell, and how a figure is found by its name.

``explain``, specifications, tables and documentation read this table. Areal figures are per facing area. None means
that this design does not have the figure. A layer's own figures are named by path, such as
``negative.layers[1].porosity``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from alloycell.cell.datasheet import Datasheet
from alloycell.cell.figures_layered import LAYERED
from alloycell.cell.figures_layers import LAYERS
from alloycell.cell.figures_whole import WHOLE
from alloycell.electrode import LAYER_FIGURES
from alloycell.errors import RangeError, suggestion
from alloycell.figure import Figure

__all__ = ["FIGURES", "figure_at"]

FIGURES: Mapping[str, Figure] = MappingProxyType({figure.name: figure for figure in (*LAYERED, *LAYERS, *WHOLE)})
"""Every figure of a cell by name; ``FIGURES[name].of(datasheet)`` gives the value [SI of its kind]."""

_LAYER = re.compile(r"^(negative|positive)\.layers\[(\d+)\]\.(\w+)$")


def figure_at(name: str, sheet: Datasheet) -> tuple[Figure, Any]:
    """The figure called ``name`` and its value [SI of its kind]; layers by path, ``negative.layers[0].porosity``.

    Raises RangeError for a name that is no figure, with the nearest one.
    """
    if name in FIGURES:
        figure = FIGURES[name]
        return figure, None if figure.of is None else figure.of(sheet)
    match = _LAYER.match(name)
    if match is None:
        raise RangeError(f'There is no figure "{name}". {suggestion(name, tuple(FIGURES))}')
    layers = tuple(sheet.rated(made) for made in getattr(sheet, match[1]))
    if int(match[2]) >= len(layers):
        raise RangeError(f"{name}: the {match[1]} has {len(layers)} layers, counted from 0.")
    if match[3] not in LAYER_FIGURES:
        raise RangeError(f'A layer has no figure "{match[3]}". {suggestion(match[3], tuple(LAYER_FIGURES))}')
    own, made = LAYER_FIGURES[match[3]], layers[int(match[2])]
    value = None if own.of is None else own.of((made, sheet.library))
    terms = tuple(name.replace(match[3], term) for term in own.terms)
    return replace(own, name=name, terms=terms), value
