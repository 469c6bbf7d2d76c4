"""A particle that a recipe can name: what it is made of, how it was made, what was measured on it, and its size.

A composition by material records (silicon, tin) stands side by side, as it is given. A composition by element symbols
(Si, Ti, O) goes through :mod:`alloycell.alloy.particle_sheet`, which finds phases and contents.
Source: docs/theory/particle.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from types import MappingProxyType
from typing import Annotated, Any, Final, Literal

from pydantic import Field, PrivateAttr, model_validator
from pydantic_core import PydanticCustomError

from alloycell.alloy.activity import Role
from alloycell.alloy.elements import ELEMENTS, of_family, symbol_of
from alloycell.alloy.recipe import parted, recipe_schema, shares_of
from alloycell.declaration import Declared
from alloycell.quantities import KINDS, Fraction, Kind, MassFraction, Number, Thickness, kind_of

__all__ = ["Particle", "PhaseContents"]

_SHARE: Final = replace(KINDS["mass fraction"], units={**KINDS["mass fraction"].units, "at%": Decimal("0.01")})
_COST: Final = Kind(
    "molar enthalpy", "J/mol", "kJ/mol", MappingProxyType({"J/mol": Decimal(1), "kJ/mol": Decimal(1000)}), 0, 1e6
)
_MASS_TEXTS: Final = ("wt%", "mass%", "ppm")


class PhaseContents(Declared):
    """Measured contents of O, N, F, S, P: mass fraction (0 to 1) of phase A, of phase B, of the whole particle.

    ``methods`` says by figure name (``phase_b_nitrogen``) how a content was measured.
    """

    phase_a: dict[str, MassFraction] | None = Field(None, description="contents of phase A, per mass of phase A")
    phase_b: dict[str, MassFraction] | None = Field(None, description="contents of phase B, per mass of phase B")
    particle: dict[str, MassFraction] | None = Field(None, description="contents of the whole particle")
    methods: dict[str, str] | None = Field(None, description="how each content was measured, by figure name")


class Particle(Declared):
    """Particles of one powder: composition, phases, contents of O, N, F, S and P, sizes.

    ``composition`` gives mass fractions of material records, or mass or atom fractions of element symbols; one of them
    may be ``"rest"``. ``diameter`` [m] is the volume median D50, ``diameter_spread`` the geometric standard deviation
    of a lognormal distribution (>= 1).
    """

    composition: Annotated[dict[str, Annotated[Number, _SHARE]], Field(json_schema_extra=recipe_schema)]
    basis: Literal["mass", "atoms"] | None = Field(
        None, description="whether the shares of the composition are by mass or by atoms; as its texts say if left out"
    )
    rest: str | None = Field(None, description="the element that makes up the rest")
    diameter: Thickness | None = Field(None, description="volume median diameter D50 of the particles")
    diameter_spread: Annotated[Number, kind_of("ratio", low=1.0, high=20.0)] | None = Field(
        None, description="geometric standard deviation of the diameters"
    )
    powder: str | None = Field(None, description="CSV file of a size distribution, instead of diameter and its spread")
    partition: str | None = Field(
        None, description="where O, N, F, S, P sit: equilibrium, a process by name, all in phase A, all in phase B"
    )
    coefficients: dict[str, Annotated[Number, kind_of("ratio", low=0.0, high=1e6)]] | None = Field(
        None, description="partition coefficients of your own by element: content of phase B over that of phase A"
    )
    contents: PhaseContents | None = Field(None, description="measured contents of the phases and of the particle")
    phases: dict[str, MassFraction] | None = Field(
        None, description="measured phases by formula: mass fractions without dissolved elements", min_length=1
    )
    phases_rest: str | None = Field(None, description="the phase that makes up the rest")
    surface_oxide: Thickness | None = Field(None, description="thickness of the oxide around every particle")
    surface_formula: str | None = Field(None, description="what the surface oxide is; SiO2 where there is silicon")
    map: str | None = Field(None, description="element maps of a section: file or folder")
    x_max: dict[str, Annotated[Number, kind_of("stoichiometry", low=0.0, high=12.0, low_open=True)]] | None = Field(
        None, description="lithium per atom at full lithiation by element; the record's where left out"
    )
    roles: dict[str, Role] | None = Field(None, description="whether phases take lithium, by formula, against the rule")
    threshold: Annotated[Number, _COST] | None = Field(
        None, description="cost of drawing the element out of a compound from which the compound is inactive"
    )
    assessment: str | None = Field(None, description='data to use beside the shipped ones: "newer" or "calphad"')
    phase_a_absorbs_lithium: bool | None = Field(None, description="measured: phase A takes and gives lithium")
    phase_b_absorbs_lithium: bool | None = Field(None, description="measured: phase B takes lithium")
    phase_b_passes_lithium: bool | None = Field(None, description="measured: phase B lets lithium through")
    phase_b_boundary_share: Fraction | None = Field(
        None, description="measured: share of the boundary of phase A that touches phase B"
    )

    _kept: Any = PrivateAttr(default=None)

    @property
    def kept_sheet(self) -> Any:
        """What follows from this particle, where it was computed before; else None."""
        return self._kept

    def keep(self, sheet: Any) -> None:
        """Keep what follows from this particle (which never changes), so that it is computed once; no units."""
        self._kept = sheet

    @model_validator(mode="before")
    @classmethod
    def _take_rest(cls, given: Any) -> Any:
        given = _with_basis(parted(given, "composition"))
        phases = given.get("phases") if isinstance(given, dict) else None
        if not isinstance(phases, dict) or given.get("phases_rest"):
            return given
        left = [name for name, share in phases.items() if isinstance(share, str) and share.strip() == "rest"]
        if not left:
            return given
        return {
            **given,
            "phases": {name: share for name, share in phases.items() if name != left[0]},
            "phases_rest": left[0],
        }

    def kind_of_entry(self, table: str, kind: Kind) -> Kind:
        """The kind of the shares of the composition: atom fractions (0 to 1) where it is by atoms."""
        return KINDS["mass fraction" if self.basis != "atoms" else "atom fraction"] if table == "composition" else kind

    def shares(self) -> Mapping[str, Number]:
        """Share of each part in the particle (0 to 1, mass or atoms as ``basis`` says), rest resolved."""
        return shares_of(self.composition, self.rest)

    @property
    def by_elements(self) -> bool:
        """Whether the composition is by elements, so that phases follow, and not by material records; no units."""
        names = [*self.composition, *([] if self.rest is None else [self.rest])]
        return any(_is_symbol(name) for name in names)

    def symbols(self) -> dict[str, Number]:
        """Share of each element by symbol (0 to 1, mass or atoms as ``basis`` says), for a composition by elements."""
        return {symbol_of(name) or name: share for name, share in self.shares().items()}


def _is_symbol(name: str) -> bool:
    """Whether ``name`` is the symbol of an element, or the name of one that is no material record; no units."""
    found = symbol_of(name)
    return found is not None and (name.strip() in ELEMENTS or found not in of_family("alloying"))


def _with_basis(given: Any) -> Any:
    """``given`` with the basis (mass or atoms) that the texts of its composition state; no units."""
    if not isinstance(given, dict) or not isinstance(given.get("composition"), dict):
        return given
    texts = [share for share in given["composition"].values() if isinstance(share, str)]
    atoms = any("at%" in text for text in texts)
    masses = any(word in text for text in texts for word in _MASS_TEXTS)
    stated = given.get("basis")
    if (atoms and masses) or (stated == "mass" and atoms) or (stated == "atoms" and masses):
        found = "has a composition in wt% and in at%" if atoms and masses else f"is by {stated} and in the other unit"
        context = {"where": "", "found": found, "needed": "all shares must be in one of the two", "remedy": ""}
        raise PydanticCustomError("fault", "{found}; {needed}", context)
    return {**given, "basis": "atoms"} if atoms else given
