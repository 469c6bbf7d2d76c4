"""The elements a particle may hold: atomic masses, names, and the way between mass and atom fractions.

Atomic masses are the standard atomic weights of IUPAC (Prohaska et al. 2022, Pure Appl. Chem. 94, 573,
doi:10.1515/pac-2019-0603) with the digits the CRC Handbook gives, so that they agree with the material records.
``shares`` are mappings of element symbols to fractions (0 to 1), floats or arrays that broadcast; ``symbol`` is an
element symbol such as ``Si``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

import numpy as np

from alloycell.errors import DesignError, Fault, suggestion
from alloycell.quantities import Number, number

__all__ = [
    "ELEMENTS",
    "Element",
    "Family",
    "atom_fractions",
    "atomic_mass",
    "formula_atoms",
    "mass_fractions",
    "of_family",
    "symbol_of",
]

Family = Literal["alloying", "rare earth", "metal", "non-metal", "lithium"]


@dataclass(frozen=True, slots=True)
class Element:
    """An element: symbol, name, standard atomic mass [kg/mol], and what it is to a particle.

    ``alloying`` elements take lithium and have a material record, ``rare earth`` and ``metal`` ones do not,
    ``non-metal`` ones are O, N, F, S and P.
    """

    symbol: str
    name: str
    mass: float
    """Standard atomic mass [kg/mol]."""
    family: Family


_TABLE: Final[tuple[tuple[str, str, float, Family], ...]] = (
    ("Si", "silicon", 28.0855, "alloying"),
    ("Sn", "tin", 118.710, "alloying"),
    ("Ge", "germanium", 72.630, "alloying"),
    ("In", "indium", 114.818, "alloying"),
    ("Ag", "silver", 107.8682, "alloying"),
    ("Al", "aluminium", 26.9815, "alloying"),
    ("Pb", "lead", 207.2, "alloying"),
    ("Sb", "antimony", 121.760, "alloying"),
    ("Bi", "bismuth", 208.9804, "alloying"),
    ("Ga", "gallium", 69.723, "alloying"),
    ("Y", "yttrium", 88.9058, "rare earth"),
    ("La", "lanthanum", 138.9055, "rare earth"),
    ("Ce", "cerium", 140.116, "rare earth"),
    ("Pr", "praseodymium", 140.9077, "rare earth"),
    ("Nd", "neodymium", 144.242, "rare earth"),
    ("Ti", "titanium", 47.867, "metal"),
    ("Zr", "zirconium", 91.224, "metal"),
    ("Ni", "nickel", 58.6934, "metal"),
    ("Co", "cobalt", 58.9332, "metal"),
    ("Fe", "iron", 55.845, "metal"),
    ("Cu", "copper", 63.546, "metal"),
    ("W", "tungsten", 183.84, "metal"),
    ("Cr", "chromium", 51.9961, "metal"),
    ("Mo", "molybdenum", 95.95, "metal"),
    ("V", "vanadium", 50.9415, "metal"),
    ("Nb", "niobium", 92.9064, "metal"),
    ("Mg", "magnesium", 24.305, "metal"),
    ("Mn", "manganese", 54.938, "metal"),
    ("O", "oxygen", 15.9994, "non-metal"),
    ("N", "nitrogen", 14.0067, "non-metal"),
    ("F", "fluorine", 18.9984, "non-metal"),
    ("S", "sulfur", 32.065, "non-metal"),
    ("P", "phosphorus", 30.9738, "non-metal"),
    ("Li", "lithium", 6.94, "lithium"),
)

ELEMENTS: Final[Mapping[str, Element]] = MappingProxyType(
    {symbol: Element(symbol, name, grams / 1000.0, family) for symbol, name, grams, family in _TABLE}
)
"""Every element that a composition may name, by symbol; masses [kg/mol]."""

_FORMULA = re.compile(r"([A-Z][a-z]?)(\d*)")


def of_family(*families: Family) -> tuple[str, ...]:
    """The symbols of all elements of the ``families``, in the order of the table; no units."""
    return tuple(symbol for symbol, element in ELEMENTS.items() if element.family in families)


def symbol_of(name: str) -> str | None:
    """The symbol for a symbol or English name of an element (``Si``, ``silicon``), None for any other; no units."""
    text = name.strip()
    if text in ELEMENTS and text != "Li":
        return text
    named = {element.name: symbol for symbol, element in ELEMENTS.items() if symbol != "Li"}
    named |= {"aluminum": "Al", "sulphur": "S"}
    return named.get(text.lower())


def atomic_mass(symbol: str) -> float:
    """Standard atomic mass [kg/mol] of the element ``symbol``.

    Raises DesignError for an element that no composition may hold.
    """
    if symbol not in ELEMENTS:
        raise DesignError(Fault(f'"{symbol}"', "is no element of a particle", "a symbol is needed", _near(symbol)))
    return ELEMENTS[symbol].mass


def _near(symbol: str) -> str:
    return suggestion(symbol, [known for known in ELEMENTS if known != "Li"])


def formula_atoms(formula: str) -> dict[str, int]:
    """Atoms of each element in one formula unit: ``Ti6Sn5`` holds 6 Ti and 5 Sn; counts without unit.

    Raises DesignError where the text is not a plain formula of known elements.
    """
    parts = list(_FORMULA.finditer(formula))
    if not parts or "".join(part.group(0) for part in parts) != formula:
        raise DesignError(
            Fault(f'"{formula}"', "is not a formula", "symbols and whole numbers are needed, such as TiSi2")
        )
    atoms: dict[str, int] = {}
    for part in parts:
        atomic_mass(part.group(1))
        atoms[part.group(1)] = atoms.get(part.group(1), 0) + int(part.group(2) or 1)
    if 0 in atoms.values():
        raise DesignError(Fault(f'"{formula}"', "has an element 0 times", "a whole number above 0 is needed"))
    return atoms


def atom_fractions(shares: Mapping[str, Number]) -> dict[str, Number]:
    """Atom fractions (0 to 1) of mass fractions ``shares`` (0 to 1): n_i = w_i / M_i, over their sum.

    Source: definition of the mole; docs/theory/particle.md. Broadcasts.
    """
    moles = {symbol: np.asarray(share) / atomic_mass(symbol) for symbol, share in shares.items()}
    total = sum(moles.values(), np.zeros(()))
    return {symbol: number(amount / total) for symbol, amount in moles.items()}


def mass_fractions(shares: Mapping[str, Number]) -> dict[str, Number]:
    """Mass fractions (0 to 1) of atom fractions ``shares`` (0 to 1): w_i = x_i M_i, over their sum.

    Source: definition of the mole; docs/theory/particle.md. Broadcasts.
    """
    masses = {symbol: np.asarray(share) * atomic_mass(symbol) for symbol, share in shares.items()}
    total = sum(masses.values(), np.zeros(()))
    return {symbol: number(amount / total) for symbol, amount in masses.items()}
