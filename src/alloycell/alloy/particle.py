"""A particle of several alloying elements that a recipe can name: composition by mass, and size."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field, model_validator

from alloycell.alloy.recipe import parted, recipe_schema, shares_of
from alloycell.declaration import Declared
from alloycell.quantities import MassFraction, Number, Thickness, kind_of

__all__ = ["Particle"]


class Particle(Declared):
    """Particles in which several alloying elements sit side by side (silicon and tin do not mix).

    ``composition`` gives mass fractions of material records; one of them may be ``"rest"``. ``diameter`` [m] is the
    volume median D50, ``diameter_spread`` the geometric standard deviation of a lognormal distribution (>= 1).
    """

    composition: Annotated[dict[str, MassFraction], Field(json_schema_extra=recipe_schema)]
    rest: str | None = Field(None, description="the element that makes up the rest")
    diameter: Thickness | None = Field(None, description="volume median diameter D50 of the particles")
    diameter_spread: Annotated[Number, kind_of("ratio", low=1.0, high=20.0)] | None = Field(
        None, description="geometric standard deviation of the diameters"
    )

    @model_validator(mode="before")
    @classmethod
    def _take_rest(cls, given: Any) -> Any:
        return parted(given, "composition")

    def shares(self) -> Mapping[str, Number]:
        """Mass fraction of each element in the particle, rest resolved, dimensionless."""
        return shares_of(self.composition, self.rest)
