"""One material of a layer: what it is, how much of it, and how it differs from its record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from alloycell.electrode.layer import ActiveUse
from alloycell.materials import Alloying, Binder, Carbon, Conductive, Positive
from alloycell.quantities import Number
from alloycell.sources import Sourced

__all__ = ["Constituent", "Inert"]


@dataclass(frozen=True, slots=True)
class Inert:
    """A part of a particle that takes no lithium for keeps: a phase, or what is dissolved in one.

    ``density`` is in kg/m3. ``first_cycle_loss`` [C per kg of it] is lithium that its oxygen binds for good.
    """

    name: str
    density: Sourced[Number]
    first_cycle_loss: Number = 0.0
    kind: str = "inert phase"


@dataclass(frozen=True, slots=True)
class Constituent:
    """One material of a layer: its record, mass fraction of the solids (0 to 1), settings, and its particle if any.

    ``phase`` names the compound of an active element that is not free. ``taking`` is the share of its atoms that take
    lithium (dimensionless; above 1 where lithium frees more from an oxide). ``bound`` are alloying elements in an inert
    phase, as mass fractions of the solids.
    """

    name: str
    record: Alloying | Carbon | Positive | Binder | Conductive | Inert
    mass_fraction: Number
    use: ActiveUse
    particle: str | None = None
    phase: str = ""
    taking: Number = 1.0
    own_density: Number | None = None
    """Density [kg/m3] with which it counts where that is not its record's."""
    bound: Mapping[str, Number] = field(default_factory=dict)

    @property
    def label(self) -> str:
        """Name in tables: ``silicon`` or ``silicon (in Si80Sn20)``; no units."""
        name = f"{self.name} of {self.phase}" if self.phase else self.name
        return name if self.particle is None else f"{name} (in {self.particle})"

    @property
    def density(self) -> Number:
        """Density [kg/m3] with which it counts in the layer."""
        return self.record.density.value if self.own_density is None else self.own_density
