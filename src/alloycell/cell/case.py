"""What the stack is put into: coin, pouch or wound cylinder; areas, volume, fit and the mass of the case.

Areas are totals of the cell [m2]. ``faces`` are pairs of coated sides that look at each other through a separator.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from alloycell.declaration import Declared
from alloycell.errors import Fault
from alloycell.quantities import Length, Loading, Number, kind_of, number

__all__ = [
    "Build",
    "Case",
    "Coin",
    "Cylinder",
    "Pouch",
    "Turn",
    "case_faults",
    "outer_volume",
    "stack_thickness",
]


_Extent = Annotated[Number, kind_of("length", low=0.0, high=10.0, low_open=True)]
_Overhang = Annotated[Number, kind_of("length", low=0.0, high=1.0)]
_Part = Annotated[Number, kind_of("mass", low=0.0, high=100.0)]


@dataclass(frozen=True, slots=True)
class Turn:
    """Thicknesses [m] of one side of each electrode, the foils and the separator, and how many sides are coated."""

    negative: Number
    positive: Number
    negative_foil: Number
    positive_foil: Number
    separator: Number
    sides: int

    @property
    def repeat(self) -> Number:
        """Thickness [m] of one positive sheet, one negative sheet and the separators between them."""
        coats = self.sides * (self.negative + self.positive)
        return coats + self.negative_foil + self.positive_foil + self.sides * self.separator


@dataclass(frozen=True, slots=True)
class Build:
    """Total areas of a cell [m2]: facing, coated, foil, separator; ``case_parts`` are (name, mass [kg])."""

    facing_area: Number
    negative_coated: Number
    positive_coated: Number
    negative_foil: Number
    positive_foil: Number
    separator: Number
    case_parts: tuple[tuple[str, Number], ...]


class Coin(Declared):
    """A coin cell with one face. ``case_mass`` is that of cap, can, gasket, spacers and spring."""

    type: Literal["coin"]
    positive_diameter: _Extent = Field(description="diameter of the positive disc")
    negative_diameter: _Extent = Field(description="diameter of the negative disc")
    separator_diameter: _Extent = Field(description="diameter of the separator disc")
    case_diameter: _Extent = Field(description="outer diameter, 20 mm for a 2032")
    case_height: _Extent = Field(description="outer height, 3.2 mm for a 2032")
    inner_height: _Extent = Field(description="height left for the stack when spacers and spring are in")
    case_mass: _Part = Field(description="cap, can, gasket, spacers, spring")

    def build(self, turn: Turn) -> Build:
        """Areas [m2] and case masses [kg]; the facing area is that of the smaller disc."""
        low, high, middle = (
            np.pi / 4 * np.square(d) for d in (self.negative_diameter, self.positive_diameter, self.separator_diameter)
        )
        return Build(number(np.minimum(low, high)), low, high, low, high, middle, (("case", self.case_mass),))


class Pouch(Declared):
    """A stacked (or single) pouch; width and height are those of the positive's coating."""

    type: Literal["pouch"]
    width: _Extent = Field(description="width of the positive's coating")
    height: _Extent = Field(description="height of the positive's coating")
    overhang: _Overhang = Field(description="how far the negative reaches beyond the positive on every edge")
    positive_sheets: Annotated[int, Field(ge=1, le=1000, strict=True)] = Field(description="number of positive sheets")
    foil_thickness: _Extent = Field(description="thickness of the pouch laminate")
    foil_loading: Loading = Field(description="mass per area of the pouch laminate")
    seal: _Extent = Field(description="width of the sealed edge")
    tabs_mass: _Part = Field(description="both tabs with their sealing tape")
    inner_thickness: _Extent | None = Field(None, description="largest stack that the housing around the pouch admits")

    def build(self, turn: Turn) -> Build:
        """Areas [m2] and case masses [kg]: coated on both sides, the negative ends the stack at top and bottom."""
        sheets = self.positive_sheets
        negative_sheets = sheets + 1 if turn.sides == 2 else sheets
        faces = turn.sides * sheets
        high = self.width * self.height
        wide, tall = self.width + 2 * self.overhang, self.height + 2 * self.overhang
        low = wide * tall
        laminate = 2 * (wide + 2 * self.seal) * (tall + 2 * self.seal) * self.foil_loading
        return Build(
            faces * high, turn.sides * negative_sheets * low, faces * high, negative_sheets * low, sheets * high,
            faces * low, (("pouch laminate", laminate), ("tabs", self.tabs_mass)),
        )  # fmt: skip


class Cylinder(Declared):
    """A wound cylinder: both electrodes coated on both sides, wound on a mandrel."""

    type: Literal["cylinder"]
    diameter: _Extent = Field(description="outer diameter, 18 or 21 mm")
    height: _Extent = Field(description="outer height, 65 or 70 mm")
    wall: _Extent = Field(description="wall thickness of the can")
    mandrel: _Extent = Field(description="diameter of the hole in the middle of the winding")
    coated_width: _Extent = Field(description="width of the positive's coating along the can's axis")
    overhang: _Overhang = Field(description="how far the negative reaches beyond the positive on both edges")
    length: Length | None = Field(None, description="coated length of the positive; left out, the can is wound full")
    can_mass: _Part = Field(description="empty can")
    parts_mass: _Part = Field(description="header, tabs, insulators, core pin")

    def inner_area(self) -> Number:
        """Cross-section [m2] that the winding may fill."""
        return np.pi / 4 * (np.square(self.diameter - 2 * self.wall) - np.square(self.mandrel))

    def wound_length(self, turn: Turn) -> Number:
        """Length [m] of the winding: as stated, else inner cross-section over the thickness of one turn."""
        return self.length if self.length is not None else self.inner_area() / turn.repeat

    def build(self, turn: Turn) -> Build:
        """Areas [m2] and case masses [kg]; the negative and the separator are wound to the positive's length."""
        length = self.wound_length(turn)
        high, low = length * self.coated_width, length * (self.coated_width + 2 * self.overhang)
        parts = (("can", self.can_mass), ("header, tabs, insulators", self.parts_mass))
        return Build(2 * high, 2 * low, 2 * high, low, high, 2 * low, parts)


Case = Annotated[Coin | Pouch | Cylinder, Field(discriminator="type")]


def stack_thickness(case: Coin | Pouch | Cylinder, turn: Turn, made: Turn) -> tuple[Number, Number | None]:
    """Thickness [m] of the stack of ``turn`` and the room for it [m]; in a cylinder, radii of the winding.

    ``made`` is the turn as made, which fixes how much is wound. The room is None for a pouch without housing.
    """
    if isinstance(case, Coin):
        return turn.repeat, case.inner_height
    if isinstance(case, Pouch):
        extra = turn.negative_foil + 2 * turn.negative if turn.sides == 2 else 0.0
        return case.positive_sheets * turn.repeat + extra, case.inner_thickness
    wound = np.square(case.mandrel / 2) + case.wound_length(made) * turn.repeat / np.pi
    return number(np.sqrt(wound)), case.diameter / 2 - case.wall


def outer_volume(case: Coin | Pouch | Cylinder, turn: Turn, made: Turn) -> Number:
    """Outer volume [m3] with ``turn`` (``made``: as wound): of the rigid case, or of a pouch as thick as its stack.

    The sealed edges of a pouch are not counted.
    """
    if isinstance(case, Coin):
        return number(np.pi / 4 * np.square(case.case_diameter) * case.case_height)
    if isinstance(case, Cylinder):
        return number(np.pi / 4 * np.square(case.diameter) * case.height)
    wide, tall = case.width + 2 * case.overhang, case.height + 2 * case.overhang
    return (stack_thickness(case, turn, made)[0] + 2 * case.foil_thickness) * wide * tall


def case_faults(case: Coin | Pouch | Cylinder, turn: Turn) -> list[Fault]:
    """What keeps the stack [m] out of its case; faults carry dotted paths under ``case``."""
    faults = _coin_faults(case, turn) if isinstance(case, Coin) else []
    faults = _cylinder_faults(case, turn) if isinstance(case, Cylinder) else faults
    return faults or _height_faults(case, turn)


def _millimetres(length: Number) -> str:
    """``length`` [m] as a person reads it; of a batch the largest."""
    return f"{1e3 * float(np.max(length)):.4g} mm"


def _too_long(case: Coin | Cylinder, name: str, length: Number, room: Number, of: str) -> list[Fault]:
    """A fault of the field ``name`` where ``length`` [m] does not stay below the ``room`` [m] ``of`` something."""
    if not np.any(np.asarray(length) >= room):
        return []
    needed = f"it must be smaller than {of}, {_millimetres(-np.max(-np.asarray(room)))}"
    return [Fault(f"case.{name}", f"is {_millimetres(length)}", needed)]


def _coin_faults(case: Coin, turn: Turn) -> list[Fault]:
    faults = []
    if turn.sides == 2:
        needed = "a coin cell has electrodes coated on one side"
        faults.append(Fault("case.type", "is coin with electrodes coated on both sides", needed, "Write sides = 1"))
    for name in ("positive_diameter", "negative_diameter", "separator_diameter"):
        faults += _too_long(case, name, getattr(case, name), case.case_diameter, "case_diameter")
    faults += _too_long(case, "inner_height", case.inner_height, case.case_height, "case_height")
    smaller = np.minimum(case.positive_diameter, case.negative_diameter)
    if np.any(np.asarray(case.separator_diameter) < smaller):
        found = f"is {_millimetres(case.separator_diameter)}"
        needed = f"it must cover the smaller electrode, {_millimetres(smaller)}"
        faults.append(Fault("case.separator_diameter", found, needed, "Make it larger than both electrodes"))
    return faults


def _cylinder_faults(case: Cylinder, turn: Turn) -> list[Fault]:
    faults = []
    if turn.sides == 1:
        needed = "a winding has electrodes coated on both sides"
        faults.append(Fault("case.type", "is cylinder with electrodes coated on one side", needed, "Write sides = 2"))
    faults += _too_long(case, "wall", case.wall, np.asarray(case.diameter) / 2, "half the diameter")
    inner = np.asarray(case.diameter) - 2 * np.asarray(case.wall)
    if not np.all(inner > 0):
        return faults
    faults += _too_long(case, "mandrel", case.mandrel, inner, "the inside of the can")
    wide, tall = case.coated_width + 2 * case.overhang, case.height - 2 * case.wall
    if np.any(np.asarray(wide) > tall):
        found, needed = f"with its overhang is {_millimetres(wide)}", f"the inside of the can has {_millimetres(tall)}"
        faults.append(Fault("case.coated_width", found, needed, "Make it narrower or the can taller"))
    return faults


def _height_faults(case: Coin | Pouch | Cylinder, turn: Turn) -> list[Fault]:
    thickness, room = stack_thickness(case, turn, turn)
    if room is None or not np.any(np.asarray(thickness) > np.asarray(room) * (1 + 1e-9)):
        return []
    part = "radius" if isinstance(case, Cylinder) else "stack"
    found = f"leaves {_millimetres(room)} for a {part} of {_millimetres(thickness)}"
    where = {"coin": "inner_height", "pouch": "inner_thickness", "cylinder": "length"}[case.type]
    return [Fault(f"case.{where}", found, "the stack as made must fit", "Make the layers thinner or the room larger")]
