"""One material of a layer: what it is, how much of it, and how it differs from its record."""

from __future__ import annotations

from dataclasses import dataclass

from alloycell.electrode.layer import ActiveUse
from alloycell.materials import Alloying, Binder, Carbon, Conductive, Positive
from alloycell.quantities import Number

__all__ = ["Constituent"]


@dataclass(frozen=True, slots=True)
class Constituent:
    """One material of a layer: its record, mass fraction of the solids (0 to 1), settings, and its particle if any."""

    name: str
    record: Alloying | Carbon | Positive | Binder | Conductive
    mass_fraction: Number
    use: ActiveUse
    particle: str | None = None

    @property
    def label(self) -> str:
        """Name in tables: ``silicon`` or ``silicon (in Si80Sn20)``; no units."""
        return self.name if self.particle is None else f"{self.name} (in {self.particle})"
