"""The 13 claims on a cell whose negative has a carbon layer and an alloy layer, one pure function a claim.

Source: requirement document "layered negative". Parameters are figures: charges per area [C/m2] (one area for
all), atom fractions (0 to 1), lithium per absorbing atom (dimensionless), yes or no, sets of names. Numbers
may be arrays.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from typing import Any

from alloycell.check.clause import Criterion, Window
from alloycell.quantities import Number

__all__ = [
    "claim_1",
    "claim_2",
    "claim_3",
    "claim_4",
    "claim_5",
    "claim_6",
    "claim_7",
    "claim_8",
    "claim_9",
    "claim_10",
    "claim_11",
    "claim_12",
    "claim_13",
]

_ABSORBERS = frozenset({"Si", "Ge", "In", "Sn", "Ag", "Al", "Pb"})
_CARBONS = frozenset(
    {"graphite", "fullerene", "carbon nanotube", "diamond-like carbon", "amorphous carbon", "hard carbon"}
)
_OXIDES = frozenset({"lithium cobalt oxide", "lithium manganese oxide", "lithium nickel oxide"})
_ELECTRODES = frozenset({"positive", "negative"})

_NOT_NEGATIVE = Window.above("ratio")
_ROOM = Window.above("charge per area")
_EXCESS = Window.above("charge per area", low_open=True)


def _one_of(name: str, parameter: str, found: Set[str], wanted: Set[str]) -> Criterion:
    return Criterion(name, (parameter,), bool(found & wanted), found=", ".join(sorted(found)) or "none")


def _layers(has_carbon_layer: Any, has_alloy_layer: Any) -> tuple[Criterion, ...]:
    return (
        Criterion("a first layer mainly of carbon", ("has_carbon_layer",), has_carbon_layer),
        Criterion("a second layer that alloys with lithium", ("has_alloy_layer",), has_alloy_layer),
    )


def _content(lithium_fraction: Number, edges: Mapping[str, Window]) -> Criterion:
    name = "lithium content of the second layer, discharged"
    return Criterion(name, ("lithium_fraction",), lithium_fraction, edges["lithium_fraction"])


def _larger_negative(negative_capacity: Number, positive_capacity: Number) -> Criterion:
    name = "negative capacity less positive capacity"
    of = ("negative_capacity", "positive_capacity")
    return Criterion(name, of, negative_capacity - positive_capacity, _EXCESS, scale=positive_capacity)


def _residual(designed_stoichiometry: Number, x_max: Number) -> tuple[Criterion, ...]:
    """Formula (1) solved for the content: it exists between no lithium and what the element can hold."""
    q = ("designed_stoichiometry",)
    return (
        Criterion(
            "lithium left for the second layer by (1), per atom",
            q,
            designed_stoichiometry,
            _NOT_NEGATIVE,
            1.0,
        ),
        Criterion(
            "what an atom can hold less what (1) leaves it",
            ("x_max", *q),
            x_max - designed_stoichiometry,
            _NOT_NEGATIVE,
            scale=x_max,
        ),
    )


def _room(capacity_slack: Number, negative_capacity: Number) -> Criterion:
    name = "room left at full charge by (2)"
    of = ("capacity_slack", "negative_capacity")
    return Criterion(name, of, capacity_slack, _ROOM, scale=negative_capacity)


def _placed(lithium_surface: Set[str]) -> Criterion:
    return _one_of("lithium added on the positive or the negative", "lithium_surface", lithium_surface, _ELECTRODES)


def claim_1(
    has_carbon_layer: Any, has_alloy_layer: Any, lithium_fraction: Number, *, edges: Mapping[str, Window]
) -> tuple[Criterion, ...]:
    """Layered negative, claim 1: both layers are there and the second keeps 31 to 67 at% lithium when
    discharged.

    Parameters: yes or no twice; ``lithium_fraction`` is Li/(Li + absorbing atoms) (0 to 1), any shape. Which
    content (equilibrium, designed, simulated) is judged is chosen by the specification.
    """
    return (*_layers(has_carbon_layer, has_alloy_layer), _content(lithium_fraction, edges))


def claim_2(
    negative_capacity: Number, positive_capacity: Number, *, edges: Mapping[str, Window]
) -> tuple[Criterion, ...]:
    """Layered negative, claim 2: the negative holds more than the positive gives, [C/m2]; equality fails."""
    return (_larger_negative(negative_capacity, positive_capacity),)


def claim_3(
    lithium_surface: Set[str],
    designed_stoichiometry: Number,
    x_max: Number,
    capacity_slack: Number,
    negative_capacity: Number,
    *,
    edges: Mapping[str, Window],
) -> tuple[Criterion, ...]:
    """Layered negative, claim 3: lithium is connected to an electrode in a quantity that fits formulas (1)
    and (2).

    (1) is an equality, so it is solved for the content: lithium per atom ``designed_stoichiometry``
    (dimensionless) between 0 and ``x_max``. (2): ``capacity_slack`` [C/m2], negative capacity less added
    lithium less positive, >= 0.
    """
    return (
        _placed(lithium_surface),
        *_residual(designed_stoichiometry, x_max),
        _room(capacity_slack, negative_capacity),
    )


def claim_4(alloy_elements: Set[str], *, edges: Mapping[str, Window]) -> tuple[Criterion, ...]:
    """Layered negative, claim 4: an element is Si, Ge, In, Sn, Ag, Al or Pb (symbols, no units)."""
    return (_one_of("alloying element Si, Ge, In, Sn, Ag, Al or Pb", "alloy_elements", alloy_elements, _ABSORBERS),)


def claim_5(alloy_elements: Set[str], *, edges: Mapping[str, Window]) -> tuple[Criterion, ...]:
    """Layered negative, claim 5: silicon or tin is among the alloying elements (set of symbols, no units)."""
    return (_one_of("silicon or tin as alloying element", "alloy_elements", alloy_elements, {"Si", "Sn"}),)


def claim_6(carbon_classes: Set[str], *, edges: Mapping[str, Window]) -> tuple[Criterion, ...]:
    """Layered negative, claim 6: the first layer holds one of six classes of carbon (names, no units)."""
    return (_one_of("a listed class of carbon in the first layer", "carbon_classes", carbon_classes, _CARBONS),)


def claim_7(positive_families: Set[str], *, edges: Mapping[str, Window]) -> tuple[Criterion, ...]:
    """Layered negative, claim 7: a lithium cobalt, manganese or nickel oxide is there (names, no units)."""
    return (_one_of("lithium cobalt, manganese or nickel oxide", "positive_families", positive_families, _OXIDES),)


def claim_8(lithium_manganate: Any, *, edges: Mapping[str, Window]) -> tuple[Criterion, ...]:
    """Layered negative, claim 8: lithium manganate is in the positive (yes or no, no units)."""
    return (Criterion("lithium manganate in the positive", ("lithium_manganate",), lithium_manganate),)


def claim_9(
    has_carbon_layer: Any, has_alloy_layer: Any, lithium_fraction: Number, *, edges: Mapping[str, Window]
) -> tuple[Criterion, ...]:
    """Layered negative, claim 9 (use): each discharge ends with 31 to 67 at% lithium in the second layer.

    Parameters as for claim 1: yes or no twice and an atom fraction (0 to 1) at the cut-off the user chose.
    """
    return (*_layers(has_carbon_layer, has_alloy_layer), _content(lithium_fraction, edges))


def claim_10(
    negative_capacity: Number, positive_capacity: Number, *, edges: Mapping[str, Window]
) -> tuple[Criterion, ...]:
    """Layered negative, claim 10 (use): the negative holds more than the positive gives, both [C/m2]."""
    return (_larger_negative(negative_capacity, positive_capacity),)


def claim_11(alloy_elements: Set[str], *, edges: Mapping[str, Window]) -> tuple[Criterion, ...]:
    """Layered negative, claim 11 (use): an element is Si, Ge, In, Sn, Ag, Al or Pb (symbols, no units)."""
    return claim_4(alloy_elements, edges=edges)


def claim_12(alloy_elements: Set[str], *, edges: Mapping[str, Window]) -> tuple[Criterion, ...]:
    """Layered negative, claim 12 (use): silicon or tin is an alloying element (symbols, no units)."""
    return claim_5(alloy_elements, edges=edges)


def claim_13(
    has_carbon_layer: Any,
    has_alloy_layer: Any,
    lithium_surface: Set[str],
    negative_capacity: Number,
    positive_capacity: Number,
    designed_lithium_fraction: Number,
    designed_stoichiometry: Number,
    x_max: Number,
    capacity_slack: Number,
    *,
    edges: Mapping[str, Window],
) -> tuple[Criterion, ...]:
    """Layered negative, claim 13 (making): lithium put on an electrode's surface satisfies (A) to (D).

    (A) negative above positive capacity [C/m2]; (B) content by (1) in 0.31 to 0.67 (atom fraction); (C) that
    content exists: lithium per atom between 0 and ``x_max``; (D) ``capacity_slack`` >= 0 [C/m2]. (A) follows
    from the others.
    """
    content = Criterion(
        "lithium content of the second layer by (C)",
        ("designed_lithium_fraction",),
        designed_lithium_fraction,
        edges["designed_lithium_fraction"],
    )
    return (
        *_layers(has_carbon_layer, has_alloy_layer),
        _placed(lithium_surface),
        _larger_negative(negative_capacity, positive_capacity),
        content,
        *_residual(designed_stoichiometry, x_max),
        _room(capacity_slack, negative_capacity),
    )
