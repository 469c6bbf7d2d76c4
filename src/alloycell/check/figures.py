"""Figures of the two-phase particle, measured or following from a particle, and the kinds of number that rules take.

A figure that a design gives comes from the cell's own table; :func:`known_figures` joins both. Those of a particle
follow where exactly one particle by elements makes up the alloy of a design; else they can only be measured.
``lithium_fraction`` is the one parameter that is no figure: a specification says which content stands for it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from alloycell.cell import Datasheet
from alloycell.cell.figures import FIGURES as CELL_FIGURES
from alloycell.figure import Figure

__all__ = ["FIGURES", "PARAMETERS", "known_figures"]

_SOURCE = "requirement document two-phase particle"


def _of_particle(name: str) -> Callable[[Datasheet], Any]:
    def of(sheet: Datasheet) -> Any:
        return None if sheet.particle is None else sheet.particle.figures((name,)).get(name)

    return of


def _content(element: str, symbol: str, part: str) -> tuple[str, Figure]:
    words = {"phase_a": "phase A", "phase_b": "phase B", "particle": "the whole particle"}[part]
    name = f"{part}_{element}"
    meaning = f"{element} in {words}, mass per mass of {words}"
    formula = "surface oxide counted" if part == "particle" else "of that phase alone"
    told = f"measured, or from the particle; {formula}"
    return name, Figure(name, symbol, "mass fraction", meaning, told, _SOURCE, of=_of_particle(name))


def _other(
    name: str, symbol: str, kind: str, meaning: str, formula: str = "measured, or from the particle"
) -> tuple[str, Figure]:
    return name, Figure(name, symbol, kind, meaning, formula, _SOURCE, of=_of_particle(name))


FIGURES: Mapping[str, Figure] = MappingProxyType(
    dict(
        (
            _content("oxygen", "Wao", "phase_a"),
            _content("nitrogen", "Wan", "phase_a"),
            _content("oxygen", "Wbo", "phase_b"),
            _content("nitrogen", "Wbn", "phase_b"),
            _content("oxygen", "Wo", "particle"),
            _content("nitrogen", "Wn", "particle"),
            _content("fluorine", "Wf", "particle"),
            _content("sulfur", "Ws", "particle"),
            _content("phosphorus", "Wp", "particle"),
            _other("phase_b_mass_fraction", "f_B", "fraction", "mass of phase B per mass of particle"),
            _other(
                "phase_b_boundary_share",
                "s_AB",
                "fraction",
                "share of the boundary of phase A that touches phase B",
            ),
            _other("phase_a_absorbs_lithium", "-", "yes or no", "phase A takes and gives lithium"),
            _other(
                "phase_b_absorbs_lithium",
                "-",
                "yes or no",
                "phase B takes lithium, above a threshold to be stated",
            ),
            _other(
                "phase_b_passes_lithium",
                "-",
                "yes or no",
                "phase B conducts lithium ions or lets lithium through",
            ),
            _other("phase_a_elements", "-", "names", "symbols of the elements of phase A"),
            _other("phase_b_elements", "-", "names", "symbols of the elements of phase B"),
        )
    )
)
"""The measured figures of a two-phase particle: mass fractions and shares (0 to 1), yes or no, names."""

PARAMETERS: Mapping[str, str] = MappingProxyType(
    {name: figure.kind for name, figure in (*CELL_FIGURES.items(), *FIGURES.items())}
    | {"lithium_fraction": "atom fraction"}
)
"""The kind (and so the SI unit) of everything that a rule may take, by parameter name."""


def known_figures() -> Mapping[str, Figure]:
    """Every figure a specification or a measured file may name; each carries its kind and unit."""
    return MappingProxyType({**CELL_FIGURES, **FIGURES})
