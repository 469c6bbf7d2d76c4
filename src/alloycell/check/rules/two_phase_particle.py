"""The 6 claims on an alloy particle with an active phase A and an inactive phase B, one pure function a
claim.

Source: requirement document "two-phase particle". Contents are mass fractions (0 to 1): those of a phase
count against that phase, those of the particle against the whole particle. Numbers may be arrays.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from typing import Any

import numpy as np

from alloycell.check.clause import Criterion, Window
from alloycell.quantities import Number

__all__ = ["claim_1", "claim_2", "claim_3", "claim_4", "claim_5", "claim_6"]

_ACTIVE = frozenset({"Sn", "Si", "Al", "Ga", "In", "Pb", "Sb", "Bi"})
_RARE_EARTHS = frozenset(
    ("Sc", "Y", "La", "Ce", "Pr", "Nd", "Pm", "Sm", "Eu", "Gd", "Tb", "Dy", "Ho", "Er", "Tm", "Yb", "Lu")
)
_FORMERS = frozenset({"Ti", "Zr"}) | _RARE_EARTHS
_NON_METALS = frozenset(
    ("H", "He", "C", "N", "O", "F", "Ne", "P", "S", "Cl", "Ar", "Se", "Br", "Kr", "I", "Xe", "At", "Rn", "Li")
)
"""Elements that are not counted as metal or semimetal of the alloy; lithium arrives only by charging."""

_PRESENT = Window("mass fraction", low=0.0, low_open=True, unit="wt%")


def claim_1(
    phase_a_absorbs_lithium: Any,
    phase_b_absorbs_lithium: Any,
    phase_b_passes_lithium: Any,
    phase_a_elements: Set[str],
    phase_b_elements: Set[str],
    phase_a_oxygen: Number,
    phase_a_nitrogen: Number,
    phase_b_oxygen: Number,
    phase_b_nitrogen: Number,
    *,
    edges: Mapping[str, Window],
) -> tuple[Criterion, ...]:
    """Two-phase particle, claim 1: A takes lithium, B only lets it through; O + N below 0.5 wt% in A, from
    1.0 wt% in B.

    Parameters: yes or no three times; elements of each phase (symbols, two metals or semimetals in all);
    oxygen and nitrogen as mass fractions of their phase (0 to 1). At least one of O and N follows from the
    content of B.
    """
    metals = sorted((phase_a_elements | phase_b_elements) - _NON_METALS)
    return (
        Criterion("phase A takes lithium", ("phase_a_absorbs_lithium",), phase_a_absorbs_lithium),
        Criterion("phase B takes no lithium", ("phase_b_absorbs_lithium",), np.logical_not(phase_b_absorbs_lithium)),
        Criterion("phase B lets lithium through", ("phase_b_passes_lithium",), phase_b_passes_lithium),
        Criterion(
            "two metals or semimetals in the particle",
            ("phase_a_elements", "phase_b_elements"),
            len(metals) >= 2,
            found=", ".join(metals) or "none",
        ),
        Criterion(
            "oxygen and nitrogen in phase A",
            ("phase_a_oxygen", "phase_a_nitrogen"),
            phase_a_oxygen + phase_a_nitrogen,
            edges["phase_a_total"],
        ),
        Criterion(
            "oxygen and nitrogen in phase B",
            ("phase_b_oxygen", "phase_b_nitrogen"),
            phase_b_oxygen + phase_b_nitrogen,
            edges["phase_b_total"],
        ),
    )


def claim_2(
    phase_a_elements: Set[str], phase_b_elements: Set[str], *, edges: Mapping[str, Window]
) -> tuple[Criterion, ...]:
    """Two-phase particle, claim 2: A has one of eight elements, B has Ti, Zr or a rare earth (no units)."""
    found_a, found_b = (", ".join(sorted(names)) or "none" for names in (phase_a_elements, phase_b_elements))
    return (
        Criterion(
            "a listed element in phase A",
            ("phase_a_elements",),
            bool(phase_a_elements & _ACTIVE),
            found=found_a,
        ),
        Criterion(
            "titanium, zirconium or a rare earth in phase B",
            ("phase_b_elements",),
            bool(phase_b_elements & _FORMERS),
            found=found_b,
        ),
    )


def claim_3(phase_b_boundary_share: Number, *, edges: Mapping[str, Window]) -> tuple[Criterion, ...]:
    """Two-phase particle, claim 3: B touches at least a stated share of A's boundary (0 to 1)."""
    name = "phase_b_boundary_share"
    return (Criterion("boundary of phase A that touches phase B", (name,), phase_b_boundary_share, edges[name]),)


def claim_4(
    phase_a_oxygen: Number,
    phase_a_nitrogen: Number,
    phase_b_oxygen: Number,
    phase_b_nitrogen: Number,
    *,
    edges: Mapping[str, Window],
) -> tuple[Criterion, ...]:
    """Two-phase particle, claim 4: O + N in B is more than 4 times O + N in A (mass fractions of their
    phases, 0 to 1).

    With nothing in A the ratio is infinite and met; with nothing in either it is taken as 1.
    """
    total_a, total_b = np.add(phase_a_oxygen, phase_a_nitrogen), np.add(phase_b_oxygen, phase_b_nitrogen)
    names = ("phase_a_oxygen", "phase_a_nitrogen", "phase_b_oxygen", "phase_b_nitrogen")
    ratio, share = _over(total_b, total_a), _over(total_a, total_b)
    name = "oxygen and nitrogen, phase B over phase A"
    return (Criterion(name, names, ratio, edges["phase_ratio"], inverse=share),)


def _over(upper: Any, lower: Any) -> Any:
    """``upper / lower`` (dimensionless), infinite over nothing, 1 where both are nothing."""
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.asarray(np.divide(upper, lower), dtype=np.float64)
    return np.where((np.asarray(upper) == 0) & (np.asarray(lower) == 0), 1.0, ratio)[()]


def claim_5(
    particle_oxygen: Number, particle_nitrogen: Number, *, edges: Mapping[str, Window]
) -> tuple[Criterion, ...]:
    """Two-phase particle, claim 5: O and N both present and below 10 wt%, together 0.5 to 10 wt% of the
    particle.

    Parameters: mass fractions of the whole particle (0 to 1), surface oxide counted.
    """
    return (
        Criterion("oxygen in the particle", ("particle_oxygen",), particle_oxygen, edges["particle_oxygen"]),
        Criterion("nitrogen in the particle", ("particle_nitrogen",), particle_nitrogen, edges["particle_nitrogen"]),
        Criterion(
            "oxygen and nitrogen in the particle",
            ("particle_oxygen", "particle_nitrogen"),
            particle_oxygen + particle_nitrogen,
            edges["particle_total"],
        ),
    )


def claim_6(
    particle_oxygen: Number,
    particle_nitrogen: Number,
    particle_fluorine: Number,
    particle_sulfur: Number,
    particle_phosphorus: Number,
    *,
    edges: Mapping[str, Window],
) -> tuple[Criterion, ...]:
    """Two-phase particle, claim 6: F, S or P is present and O + N + F + S + P is 0.5 to 10 wt% of the
    particle.

    Parameters: mass fractions of the whole particle (0 to 1).
    """
    others = ("particle_fluorine", "particle_sulfur", "particle_phosphorus")
    further = particle_fluorine + particle_sulfur + particle_phosphorus
    return (
        Criterion("fluorine, sulfur and phosphorus in the particle", others, further, _PRESENT),
        Criterion(
            "oxygen, nitrogen, fluorine, sulfur and phosphorus in the particle",
            ("particle_oxygen", "particle_nitrogen", *others),
            particle_oxygen + particle_nitrogen + further,
            edges["particle_sum"],
        ),
    )
