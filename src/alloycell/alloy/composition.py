"""What a particle is made of: shares of elements by mass or by atoms, with uncertainty, one of them the rest.

Shares are mass fractions inside (0 to 1), floats or arrays of one batch. Uncertainties are expanded (coverage factor 2)
and kept in the basis in which they were stated.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, Final, Literal, Self

import numpy as np
from pydantic_core import PydanticCustomError

from alloycell.alloy.elements import ELEMENTS, atom_fractions, atomic_mass, mass_fractions, of_family, symbol_of
from alloycell.errors import DesignError, Fault, shown, suggestion
from alloycell.quantities import KINDS, FloatArray, Number, frozen_array, number

__all__ = ["Basis", "Composition", "Shares"]

Basis = Literal["mass", "atoms"]

_CLOSE: Final = 1e-9
"""How far shares may be from adding up to 1 (dimensionless): rounding of decimal texts, not a forgotten element."""


@dataclass(frozen=True)
class Shares:
    """Shares that add up to 1 (0 to 1, floats or arrays of one batch), some with an expanded uncertainty.

    ``rest`` is the one that takes up what the others leave.
    """

    stated: Mapping[str, Number]
    """Share of each part, 0 to 1."""
    uncertainties: Mapping[str, float] = field(default_factory=dict)
    """Expanded uncertainty of shares, dimensionless."""
    rest: str | None = None

    @property
    def shape(self) -> tuple[int, ...]:
        """The batch shape; counts without unit."""
        return np.broadcast_shapes(*(np.shape(share) for share in self.stated.values()))

    def with_(self, part: str, share: Number) -> Self:
        """The same with ``share`` (0 to 1) of ``part``; the rest, or else all others in proportion, make room.

        Raises DesignError where nothing is left for the rest.
        """
        stated = {**self.stated, part: share}
        others = [name for name in stated if name != part]
        if self.rest is not None and self.rest != part:
            kept = sum((np.asarray(stated[name]) for name in stated if name != self.rest), np.zeros(()))
            stated[self.rest] = number(1.0 - kept)
        else:
            total = sum((np.asarray(stated[name]) for name in others), np.zeros(()))
            scale = (1.0 - np.asarray(share)) / np.where(total > 0, total, 1.0)
            stated |= {name: number(np.asarray(stated[name]) * scale) for name in others}
        faults = _range_faults(stated) or _sum_faults(stated, [], "shares")
        if faults:
            raise DesignError(faults)
        return replace(self, stated=MappingProxyType(stated))

    def moved(self) -> Self | None:
        """A batch of 2n: row 2i has the i-th uncertain share raised by its uncertainty, row 2i + 1 lowered.

        Shares stay between 0 and 1, the rest (or all others in proportion) makes room; None where none is uncertain.
        The stated shares must be single numbers (0 to 1).
        """
        names = [name for name, spread in self.uncertainties.items() if spread]
        if not names or self.shape:
            return None
        rows = [
            self.with_(name, float(np.clip(float(self.stated[name]) + sign * self.uncertainties[name], 0.0, room)))
            for name, room in ((name, self._room(name)) for name in names)
            for sign in (1.0, -1.0)
        ]
        stated = {name: frozen_array([float(row.stated[name]) for row in rows]) for name in self.stated}
        return replace(self, stated=MappingProxyType(stated), uncertainties=MappingProxyType({}))

    def _room(self, name: str) -> float:
        if self.rest is None or name == self.rest:
            return 1.0
        return float(self.stated[name]) + float(self.stated[self.rest])

    def uncertainty(self, figure: Callable[[Self], Number]) -> Number:
        """Expanded uncertainty [unit of the figure] of a vectorised ``figure`` of these shares; 0 where none is stated.

        Source: first-order propagation by differences, docs/theory/verdicts.md; inputs as independent of each other.
        """
        batch = self.moved()
        if batch is None:
            return 0.0
        values = np.asarray(figure(batch))
        halves = (values[0::2] - values[1::2]) / 2.0
        return number(np.sqrt((halves**2).sum(axis=0)))


@dataclass(frozen=True)
class Composition(Shares):
    """Shares of elements in a particle, and their expanded uncertainties.

    ``stated`` are shares in the stated ``basis`` (0 to 1), ``uncertainties`` those of some of them in the same basis,
    ``rest`` the element that makes up the rest. Build one with :meth:`of` or :meth:`of_shares`.
    """

    basis: Basis = "mass"

    @classmethod
    def of(cls, table: Mapping[str, Any], where: str = "composition", basis: Basis | None = None) -> Composition:
        """A composition from ``table``: symbol or name of an element against a share such as ``"14.3 +- 0.2 wt%"``.

        Shares are in wt% or in at%, all in one; a plain ``%`` or number is by ``basis`` (mass where that is None). One
        may be ``"rest"``. Raises DesignError with every fault at once, each with the path ``where`` and the element.
        """
        if not isinstance(table, Mapping) or not table:
            needed = 'a table of elements and shares is needed, such as Ti = "20 wt%", Si = "rest"'
            raise DesignError(Fault(where, "is empty" if isinstance(table, Mapping) else f"is {shown(table)}", needed))
        faults: list[Fault] = []
        symbols = _symbols(table, where, faults)
        found = _basis(table, basis, where, faults)
        stated, uncertain, rests = _read(symbols, found, where, faults)
        faults += _sum_faults(stated, rests, where) if not faults else []
        if faults:
            raise DesignError(faults)
        rest = rests[0] if rests else None
        if rest is not None:
            stated[rest] = number(1.0 - sum(stated.values(), np.zeros(())))
        return cls(MappingProxyType(stated), MappingProxyType(uncertain), rest, found)

    @classmethod
    def of_shares(cls, shares: Mapping[str, Number], basis: Basis = "mass") -> Composition:
        """A composition from ``shares`` (0 to 1, floats or arrays that broadcast) of element symbols, no uncertainty.

        Raises DesignError where a symbol is unknown, a share negative or the sum not 1.
        """
        faults: list[Fault] = []
        symbols = _symbols(shares, "composition", faults)
        arrays = np.broadcast_arrays(*(np.asarray(share, dtype=np.float64) for share in symbols.values()))
        stated = {symbol: number(np.array(a)) for symbol, a in zip(symbols, arrays, strict=True)}
        faults += _range_faults(stated)
        faults += _sum_faults(stated, [], "composition") if not faults else []
        if faults:
            raise DesignError(faults)
        return cls(MappingProxyType(stated), basis=basis)

    @property
    def elements(self) -> tuple[str, ...]:
        """The element symbols, in the order of the table of elements; no units."""
        return tuple(symbol for symbol in ELEMENTS if symbol in self.stated)

    def masses(self) -> dict[str, Number]:
        """Mass fraction of each element (0 to 1)."""
        shares = dict(self.stated) if self.basis == "mass" else mass_fractions(self.stated)
        return {symbol: shares[symbol] for symbol in self.elements}

    def atoms(self) -> dict[str, Number]:
        """Atom fraction of each element (0 to 1)."""
        shares = dict(self.stated) if self.basis == "atoms" else atom_fractions(self.stated)
        return {symbol: shares[symbol] for symbol in self.elements}

    def moles(self, elements: tuple[str, ...]) -> FloatArray:
        """Moles of ``elements`` per mass of particle [mol/kg], shape (..., elements); 0 for one it does not hold."""
        masses = self.masses()
        rows = [np.asarray(masses.get(symbol, 0.0)) / atomic_mass(symbol) for symbol in elements]
        return np.stack(np.broadcast_arrays(*rows), axis=-1)

    def largest(self) -> tuple[str, str]:
        """The largest alloying element by mass and by atoms, of a single composition; no units."""
        hosts = [symbol for symbol in self.elements if symbol in of_family("alloying")]
        if not hosts or self.shape:
            raise DesignError(Fault("composition", "has no single largest element", "one alloying element is needed"))
        masses, atoms = self.masses(), self.atoms()
        return max(hosts, key=lambda s: float(masses[s])), max(hosts, key=lambda s: float(atoms[s]))


def _symbols(table: Mapping[str, Any], where: str, faults: list[Fault]) -> dict[str, Any]:
    """The entries of ``table`` by symbol; a fault for each name that is no element, or is there twice."""
    symbols: dict[str, Any] = {}
    for name, share in table.items():
        symbol = symbol_of(name) if isinstance(name, str) else None
        if symbol is None:
            known = [known for known in ELEMENTS if known != "Li"]
            remedy = suggestion(name, [*known, *(ELEMENTS[s].name for s in known)]) if isinstance(name, str) else ""
            faults.append(
                Fault(f"{where}.{_short(name)}", "is no element of a particle", "an element is needed", remedy)
            )
        elif symbol in symbols:
            faults.append(Fault(f"{where}.{_short(name)}", f"gives {symbol} twice", "one share an element is needed"))
        else:
            symbols[symbol] = share
    return symbols


def _short(name: object) -> str:
    return name if isinstance(name, str) and name.isprintable() and len(name) <= 40 else shown(name)


def _basis(table: Mapping[str, Any], basis: Basis | None, where: str, faults: list[Fault]) -> Basis:
    texts = [share for share in table.values() if isinstance(share, str)]
    atoms = any("at%" in text for text in texts)
    masses = any(word in text for text in texts for word in ("wt%", "mass%", "ppm"))
    if atoms and masses:
        faults.append(Fault(where, "mixes wt% and at%", "all shares must be in one of the two"))
    found: Basis = "atoms" if atoms else "mass" if masses else basis or "mass"
    if basis is not None and found != basis:
        faults.append(Fault(where, f"is in {'at%' if atoms else 'wt%'}", f"shares by {basis} are needed"))
    return found


def _read(
    symbols: Mapping[str, Any], basis: Basis, where: str, faults: list[Fault]
) -> tuple[dict[str, Number], dict[str, float], list[str]]:
    """Shares and expanded uncertainties (0 to 1) by symbol, and the elements that are the rest."""
    kind = KINDS["atom fraction" if basis == "atoms" else "mass fraction"]
    stated: dict[str, Number] = {}
    uncertain: dict[str, float] = {}
    rests = []
    for symbol, share in symbols.items():
        if isinstance(share, str) and share.strip() == "rest":
            rests.append(symbol)
            continue
        try:
            stated[symbol] = kind.read(share)
            spread = kind.uncertainty(share)
        except PydanticCustomError as problem:
            told = problem.context or {}
            faults.append(Fault(f"{where}.{symbol}", told["found"], told["needed"], told["remedy"]))
            continue
        if spread:
            uncertain[symbol] = spread
    if len(rests) > 1:
        faults.append(Fault(where, f'has "rest" {len(rests)} times: {", ".join(rests)}', "one element can be the rest"))
    return stated, uncertain, rests


def _range_faults(stated: Mapping[str, Number]) -> list[Fault]:
    return [
        Fault(f"composition.{name}", "is negative or not finite", "a share of 0 to 1 is needed")
        for name, share in stated.items()
        if not np.all(np.isfinite(share)) or np.any(np.asarray(share) < 0)
    ]


def _sum_faults(stated: Mapping[str, Number], rests: list[str], where: str) -> list[Fault]:
    total = np.asarray(sum((np.asarray(share) for share in stated.values()), np.zeros(())))
    if rests and np.any(total >= 1.0):
        return [Fault(where, f"adds up to {100 * float(total.max()):.6g} %", f"nothing is left for {rests[0]}")]
    if not rests and np.any(np.abs(total - 1.0) > _CLOSE):
        worst = float(total.flat[int(np.argmax(np.abs(total - 1.0)))])
        remedy = 'Write one of them as "rest"'
        return [Fault(where, f"adds up to {100 * worst:.6g} %", "shares must add up to 100 %", remedy)]
    return []
