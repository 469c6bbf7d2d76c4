"""A figure: one derived quantity with its name, symbol, unit, formula, source and the function that gives it.

Every room keeps one table of figures; ``explain``, specifications, tables and documentation read those tables.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from alloycell.quantities import KINDS, Kind

__all__ = ["Figure"]


@dataclass(frozen=True, slots=True)
class Figure:
    """One derived quantity.

    Parameters: ``kind`` is a name in :data:`alloycell.quantities.KINDS`, or ``"yes or no"``, ``"names"``; the
    value is SI of that kind. ``formula`` is written with symbols, ``terms`` are names of the figures whose numbers
    it takes, in the order a person reads them. ``of`` gives the value from the room's own object (for the cell a
    ``Datasheet``); it is None for a figure that can only be measured.
    """

    name: str
    symbol: str
    kind: str
    meaning: str
    formula: str
    source: str
    terms: tuple[str, ...] = ()
    of: Callable[[Any], Any] | None = None

    def unit(self) -> Kind | None:
        """The kind that reads and shows this figure, or None for yes-or-no and names."""
        return KINDS.get(self.kind)

    def text(self, value: Any, digits: int = 4) -> str:
        """``value`` [SI of the kind] as a person reads it, with unit; None reads "not known"."""
        kind = self.unit()
        if value is None:
            return "not known"
        if kind is not None:
            return kind.text(value, digits)
        if isinstance(value, frozenset | set | tuple | list):
            return ", ".join(sorted(value)) or "none"
        return {True: "yes", False: "no"}.get(value, str(value)) if isinstance(value, bool) else str(value)
