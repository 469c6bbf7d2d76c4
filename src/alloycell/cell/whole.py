"""Figures of the whole cell: bill of materials, mass, energy per mass and volume, pores, overhang."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from alloycell.cell.datasheet import Datasheet
from alloycell.materials import Electrolyte, Separator
from alloycell.quantities import FARADAY, Number, number

__all__ = [
    "BillLine",
    "bill_of_materials",
    "cell_capacity",
    "cell_energy",
    "cell_mass",
    "energy_density",
    "overhang_share",
    "pore_volume_per_area",
    "salt_lithium",
    "separator_porosity",
    "specific_energy",
]


@dataclass(frozen=True, slots=True)
class BillLine:
    """One line of the bill of materials: part, material, ``mass`` [kg] and its share of the cell (0 to 1)."""

    part: str
    material: str
    mass: Number
    share: Number


def separator_porosity(sheet: Datasheet) -> Number:
    """Porosity of the separator (0 to 1): the design's, else the record's."""
    own = sheet.cell.separator.porosity
    record = sheet.library.record(sheet.cell.separator.material)
    assert isinstance(record, Separator)
    return record.porosity.value if own is None else own


def pore_volume_per_area(sheet: Datasheet) -> tuple[Number, Number, Number]:
    """Pores of the negative, the separator and the positive per area, one side, as made [m3/m2]."""
    low = sum((made.size.porosity * made.size.thickness for made in sheet.negative), 0.0)
    high = sum((made.size.porosity * made.size.thickness for made in sheet.positive), 0.0)
    return low, separator_porosity(sheet) * sheet.cell.separator.thickness, high


def _electrolyte(sheet: Datasheet) -> Electrolyte:
    record = sheet.library.record(sheet.cell.electrolyte.material)
    assert isinstance(record, Electrolyte)
    return record


def salt_lithium(sheet: Datasheet) -> Number:
    """Lithium of the salt in the electrolyte per facing area [mol/m2], counted apart from the ledger."""
    volume = sum(pore_volume_per_area(sheet), 0.0) * sheet.cell.electrolyte.fill
    return number(volume * _electrolyte(sheet).concentration.value)


def _masses(sheet: Datasheet) -> list[tuple[str, str, Number]]:
    build, cell = sheet.build, sheet.cell
    assert build is not None
    lines: list[tuple[str, str, Number]] = []
    for name, coatings, area in (("negative", sheet.negative, build.negative_coated),
                                 ("positive", sheet.positive, build.positive_coated)):  # fmt: skip
        for made in coatings:
            lines += [(made.title, part.label, sheet.loading(made, part) * area) for part in made.constituents]
        foil = getattr(cell, name).collector
        area = getattr(build, f"{name}_foil")
        density = sheet.library.record(foil.material).density.value
        lines.append((f"{name} collector", foil.material, area * foil.thickness * density))
    solid = sheet.library.record(cell.separator.material).density.value * (1.0 - separator_porosity(sheet))
    lines.append(("separator", cell.separator.material, build.separator * cell.separator.thickness * solid))
    low, middle, high = pore_volume_per_area(sheet)
    pores = low * build.negative_coated + middle * build.separator + high * build.positive_coated
    lines.append(("electrolyte", cell.electrolyte.material,
                  pores * cell.electrolyte.fill * _electrolyte(sheet).density.value))  # fmt: skip
    if cell.lithium is not None:
        mass = sheet.lithium_added / FARADAY * sheet.lithium_metal.molar_mass.value * build.facing_area
        lines.append(("added lithium", "lithium", mass))
    return [*lines, *(("case", name, mass) for name, mass in build.case_parts)]


def bill_of_materials(sheet: Datasheet) -> tuple[BillLine, ...]:
    """Every part and material of the cell with its mass [kg] and share; empty for a design without a case."""
    if sheet.build is None:
        return ()
    lines = _masses(sheet)
    total = sum((mass for _, _, mass in lines), 0.0)
    return tuple(BillLine(part, material, number(mass), number(mass / total)) for part, material, mass in lines)


def cell_mass(sheet: Datasheet) -> Number | None:
    """Mass of the cell [kg], electrolyte and case in; None without a case."""
    return None if sheet.build is None else number(sum((mass for _, _, mass in _masses(sheet)), 0.0))


def cell_capacity(sheet: Datasheet) -> Number | None:
    """Charge of a full discharge at rest [C] of the whole cell; None without a case."""
    return None if sheet.build is None else number(sheet.discharge_capacity * sheet.build.facing_area)


def cell_energy(sheet: Datasheet) -> Number | None:
    """Energy of a full discharge at rest [J] of the whole cell; None without a case."""
    return None if sheet.build is None else number(sheet.discharge_energy * sheet.build.facing_area)


def specific_energy(sheet: Datasheet) -> Number | None:
    """Energy over mass of the cell [J/kg]; None without a case."""
    energy, mass = cell_energy(sheet), cell_mass(sheet)
    return None if energy is None or mass is None else number(energy / mass)


def energy_density(sheet: Datasheet, state: str) -> Number | None:
    """Energy over outer volume [J/m3] with the layers as thick as in ``state``; None without a case."""
    energy, volume = cell_energy(sheet), sheet.volume(state)
    return None if energy is None or volume is None else number(energy / volume)


def overhang_share(sheet: Datasheet) -> Number | None:
    """Share of the negative's coating that faces no positive (0 to 1); None without a case."""
    build = sheet.build
    if build is None:
        return None
    return number(np.maximum(0.0, 1.0 - build.facing_area / build.negative_coated))
