"""An electrode: a collector coated on one or both sides with layers, ordered from the collector outwards."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from alloycell.declaration import Declared, NotTruth
from alloycell.electrode.layer import Layer
from alloycell.quantities import Thickness

__all__ = ["CollectorFoil", "Electrode"]


class CollectorFoil(Declared):
    """The foil an electrode is coated on: a material record and its thickness [m]."""

    material: str
    thickness: Thickness


class Electrode(Declared):
    """An electrode; ``layers`` runs from the collector to the separator, ``sides`` says how many are coated."""

    layers: tuple[Layer, ...] = Field(min_length=1, max_length=12)
    collector: CollectorFoil
    sides: Annotated[Literal[1, 2], NotTruth] = 1
