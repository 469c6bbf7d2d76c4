"""One layer of an electrode as a person describes it: recipe, two of four dimensions, settings per material."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field, model_validator

from alloycell.alloy import recipe_schema
from alloycell.alloy.recipe import parted
from alloycell.declaration import Declared
from alloycell.errors import Fault, listed
from alloycell.quantities import (
    Density,
    Fraction,
    Loading,
    MassFraction,
    Number,
    Porosity,
    SpecificCapacity,
    Stoichiometry,
    Thickness,
    kind_of,
    number,
)

__all__ = ["ActiveUse", "Dimensions", "Layer", "dimensions", "pair_faults"]

_DIMENSIONS = ("thickness", "loading", "porosity", "density")


_Capacity = Annotated[Number, kind_of("specific capacity", low=0.0, high=2e7, low_open=True)]


class ActiveUse(Declared):
    """How one active material of a layer differs from its record, and what the record cannot know.

    Every field is optional but ``structure`` of silicon. Capacities are per mass of the material.
    """

    structure: Literal["amorphous", "crystalline"] | None = Field(
        None, description="initial structure; required for silicon (evaporated silicon is amorphous)"
    )
    diameter: Thickness | None = Field(None, description="volume median diameter D50")
    diameter_spread: Annotated[Number, kind_of("ratio", low=1.0, high=20.0)] | None = Field(
        None, description="geometric standard deviation of a lognormal distribution of diameters"
    )
    first_charge_capacity: _Capacity | None = Field(
        None, description="carbon: capacity of the first lithiation, losses in"
    )
    reversible_capacity: _Capacity | None = Field(None, description="carbon: capacity that comes back")
    first_cycle_efficiency: Annotated[Number, kind_of("fraction", low=0.0, high=1.0, low_open=True)] | None = Field(
        None, description="carbon: first discharge capacity over first charge capacity (L_c)"
    )
    first_cycle_loss: SpecificCapacity | None = Field(
        None, description="alloy: lithium lost to surface film and oxide in the first cycle"
    )
    x_max: Annotated[Number, kind_of("stoichiometry", low=0.0, high=12.0, low_open=True)] | None = Field(
        None, description="alloy: lithium per atom in the clause formulas (M_capa); never stretches a curve"
    )
    as_made: Stoichiometry | None = Field(None, description="positive: lithium per formula unit when assembled")
    upper_potential: Annotated[Number, kind_of("potential", low=0.0, high=6.0, low_open=True)] | None = Field(
        None, description="positive: potential vs Li/Li+ to which its capacity is rated"
    )


class Layer(Declared):
    """A layer between collector and separator, one side.

    ``recipe`` gives shares by mass (or by volume of solids with ``basis = "volume"``); one may be ``"rest"``.
    Two of ``thickness`` [m], ``loading`` [kg of solids/m2], ``porosity`` and ``density`` [kg/m3, dry coating] fix
    its dimensions; porosity and density are the same statement. A dense film has porosity 0.
    """

    name: str = Field("", description="name shown in tables and drawings")
    recipe: Annotated[dict[str, MassFraction], Field(json_schema_extra=recipe_schema)]
    rest: str | None = Field(None, description="the component that makes up the rest")
    basis: Literal["mass", "volume"] = Field("mass", description="whether the recipe is by mass or volume of solids")
    thickness: Thickness | None = Field(None, description="thickness of the dry layer, one side")
    loading: Loading | None = Field(None, description="mass of solids per area, one side")
    porosity: Porosity | None = Field(None, description="pore volume over layer volume, dry; 0 for a dense film")
    density: Density | None = Field(None, description="mass of solids over layer volume, dry")
    pore_share: Fraction | None = Field(
        None,
        description="share of the swelling that goes into pores while there are any; the rest makes it thicker",
    )
    role: Literal["carbon", "alloy"] | None = Field(
        None,
        description="layer of a layered negative that it is; left out: carbon, where nothing in it alloys with lithium",
    )
    active: dict[str, ActiveUse] = Field(default_factory=dict, description="settings of active materials by name")

    @model_validator(mode="before")
    @classmethod
    def _take_rest(cls, given: Any) -> Any:
        return parted(given, "recipe")


@dataclass(frozen=True, slots=True)
class Dimensions:
    """A layer's dimensions, all four: thickness [m], loading [kg/m2], porosity (0 to 1), density [kg/m3]."""

    thickness: Number
    loading: Number
    porosity: Number
    density: Number


def pair_faults(layer: Layer, where: str) -> list[Fault]:
    """Whether the given dimensions of a layer fix it: exactly two that are not both porosity and density.

    Returns faults with dotted path ``where``; units do not matter here.
    """
    given = [name for name in _DIMENSIONS if getattr(layer, name) is not None]
    pairs = "two of thickness, loading and one of porosity or density are needed"
    if {"porosity", "density"} <= set(given):
        return [Fault(f"{where}.porosity", "and density are both given", "they say the same", "Give one of them")]
    if len(given) > 2:
        return [Fault(where, f"gives {listed(given)}", "two of them fix the layer", f"Leave one out: {pairs}")]
    if len(given) < 2:
        found = f"gives only {given[0]}" if given else "gives none of thickness, loading, porosity and density"
        return [Fault(where, found, pairs, 'Write thickness = "40 um" and porosity = "35 %", for example')]
    return []


def dimensions(layer: Layer, solid_density: Number) -> Dimensions:
    """All four dimensions of ``layer`` from the two given and the density of its solids [kg/m3].

    density = loading / thickness = solid density (1 - porosity); shapes broadcast.
    """
    porosity, thickness, loading, density = layer.porosity, layer.thickness, layer.loading, layer.density
    if porosity is not None:
        density = solid_density * (1.0 - porosity)
    if density is None:
        assert loading is not None
        assert thickness is not None
        density = loading / thickness
    if loading is None:
        assert thickness is not None
        loading = density * thickness
    if thickness is None:
        thickness = loading / density
    if porosity is None:
        porosity = 1.0 - density / solid_density
    if layer.porosity is None:
        # A film stated dense through its density or loading must not carry a porosity of -1e-16.
        porosity = number(np.where(np.abs(porosity) < 1e-12, 0.0, porosity))
    return Dimensions(thickness=thickness, loading=loading, porosity=porosity, density=density)
