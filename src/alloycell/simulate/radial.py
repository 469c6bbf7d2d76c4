"""How the kernel resolves the inside of particles: diffusion modes, or shells where the diffusivity varies.

Spheres run from the centre to the surface; the slab of a film from its inner face to its outer one
(docs/theory/diffusion.md (5), (6)).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import ClassVar, TypeAlias

import numpy as np
from numpy.polynomial import Legendre

from alloycell.quantities import FloatArray, frozen_array

__all__ = ["MOST_FACED", "SHELLS_PER_MODE", "InnerFace", "Modes", "Radial", "Shells", "faced_modes", "modes", "shells"]

MOST_FACED = 32
"""Most modes of a slab that exchanges at both faces, a count: the solver takes twice as many."""

SHELLS_PER_MODE = 2
"""Shells that stand for one mode where the diffusivity varies, a count: 24 for the 12 modes of default settings."""

_GRADING = 4.5
_POWERS = {"sphere": 3, "slab": 1}
_FEWEST, _FIRST_LAYER, _PANELS, _CENTRE = 6, 12.0, 26, 1e-9


@dataclass(frozen=True, slots=True)
class Modes:
    """Diffusion modes of a sphere or a slab: ``table`` for the kernel (decay numbers, surface weights, dimensionless).

    ``per_surface`` is the surface per volume in units of 1 / R: 3 for a sphere, 1 for a slab. Modes of a ``faced`` slab
    exchange at both faces; their table goes on with the value of every mode at the inner face, 1 or -1.
    """

    kind: ClassVar[int] = 0
    count: int
    table: FloatArray
    vectors: FloatArray
    per_surface: float
    faced: bool = False

    def shape(self, place: FloatArray) -> FloatArray:
        """Every mode at ``place`` (r / R, 0 to 1), scaled to 1 at the surface: shape (modes, places), dimensionless."""
        if self.faced:
            values = np.array([Legendre.basis(k)(2 * place - 1) for k in range(self.count)])
        else:
            values, _ = _functions(self.count, self.per_surface, place)
        return np.asarray((self.vectors.T @ values) / self.vectors.sum(axis=0)[:, None])

    def mean(self, state: FloatArray) -> FloatArray:
        """Mean theta (0 to 1), shape (n,), of the amplitudes ``state``, shape (modes, n)."""
        return np.asarray(state[0])

    def inside(self, state: FloatArray, surface: FloatArray, place: FloatArray) -> FloatArray:
        """theta (0 to 1) at ``place`` (r / R), shape (n, places); ``surface`` (n,) is in the ``state`` (modes, n)."""
        return np.asarray((state[:, :, None] * self.shape(place)[:, None, :]).sum(axis=0))

    def resolved(self, count: int) -> Modes:
        """The same place with ``count`` modes; no units."""
        return faced_modes(count) if self.faced else modes(count, "slab" if self.per_surface == 1.0 else "sphere")


@dataclass(frozen=True, slots=True)
class Shells:
    """Finite volumes of a sphere or a slab, finer towards the surface, for a diffusivity that depends on content.

    ``table`` for the kernel: volumes, then for every face area over distance and, last, the distance from the
    outermost mean to the surface (lengths in R). ``squares`` are the means of (r / R)2, dimensionless: distances are
    such that the parabola of a constant flux is exact.
    """

    kind: ClassVar[int] = 1
    count: int
    table: FloatArray
    squares: FloatArray
    per_surface: float

    def mean(self, state: FloatArray) -> FloatArray:
        """Mean theta (0 to 1), shape (n,), of the contents ``state`` of the shells, shape (shells, n)."""
        return np.asarray(self.per_surface * (self.table[: self.count] @ state))

    def inside(self, state: FloatArray, surface: FloatArray, place: FloatArray) -> FloatArray:
        """theta (0 to 1) at ``place`` (r / R), shape (n, places), straight in r2 from ``state`` to ``surface``."""
        knots = np.concatenate([[0.0], self.squares, [1.0]])
        slope = (state[1] - state[0]) / (self.squares[1] - self.squares[0])
        values = np.concatenate([[state[0] - slope * self.squares[0]], state, [surface]])
        return np.array([np.interp(place * place, knots, column) for column in values.T])

    def resolved(self, count: int) -> Shells:
        """The same place with ``count`` shells; no units."""
        return shells(count, "slab" if self.per_surface == 1.0 else "sphere")


@dataclass(frozen=True, slots=True)
class InnerFace:
    """The inner face of a slab whose content is kept with its outer face; no units."""

    kind: ClassVar[int] = 2
    count: int = 0
    table: FloatArray = field(default_factory=lambda: frozen_array(np.zeros(0)))
    per_surface: float = 1.0

    def mean(self, state: FloatArray) -> FloatArray:
        """Zeros, shape (n,): what the slab holds is told by its outer face, dimensionless."""
        return np.zeros(state.shape[1])

    def inside(self, state: FloatArray, surface: FloatArray, place: FloatArray) -> FloatArray:
        """theta (0 to 1) of the face itself at every ``place``, shape (n, places)."""
        return np.repeat(surface[:, None], place.size, axis=1)

    def resolved(self, count: int) -> InnerFace:
        """The same, whatever the ``count``; no units."""
        return self


Radial: TypeAlias = Modes | Shells | InnerFace


def _functions(count: int, power: float, place: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Values and slopes (by r / R) at ``place`` (0 to 1) of the functions whose span holds the content of a particle.

    docs/theory/diffusion.md, section 2; all are 1 at the surface. Dimensionless, each of shape (count, places).
    """
    smooth = count if count < _FEWEST else max(3, count // 4)
    ratio = 1.0 + 0.8 * np.sqrt(12.0 / count)
    square = 2.0 * place * place - 1.0
    values = [Legendre.basis(k)(square) for k in range(smooth)]
    slopes = [Legendre.basis(k).deriv()(square) * 4.0 * place if k else 0.0 * place for k in range(smooth)]
    for steep in _FIRST_LAYER * ratio ** np.arange(count - smooth):
        rising, mirrored = np.exp(-steep * (1.0 - place)), np.exp(-2.0 * steep * place)
        if power == 1.0:
            whole = 1.0 + np.exp(-2.0 * steep)
            values.append(rising * (1.0 + mirrored) / whole)
            slopes.append(steep * rising * (1.0 - mirrored) / whole)
            continue
        r, whole = np.maximum(place, _CENTRE), -np.expm1(-2.0 * steep)
        odd = rising * np.where(place > _CENTRE, 1.0 - mirrored, 2.0 * steep * _CENTRE)
        values.append(odd / r / whole)
        slopes.append((steep * rising * (1.0 + mirrored) - odd / r) / r / whole)
    return np.array(values), np.array(slopes)


def _places() -> tuple[FloatArray, FloatArray]:
    """Places (0 to 1) and weights of a quadrature that grows finer towards the surface, dimensionless."""
    edges = np.concatenate([[0.0], 1.0 - 0.5 ** np.arange(1, _PANELS), [1.0]])
    s, w = np.polynomial.legendre.leggauss(24)
    width = np.diff(edges)[:, None]
    return np.asarray((edges[:-1, None] + 0.5 * width * (s + 1.0)).ravel()), np.asarray((0.5 * width * w).ravel())


@cache
def modes(count: int = 12, geometry: str = "sphere") -> Modes:
    """``count`` Galerkin modes in a ``sphere`` or ``slab``, dimensionless: docs/theory/diffusion.md, section 2.

    Eigenvectors of stiffness against mass; the mean is the first mode, exactly conserved.
    """
    power = float(_POWERS[geometry])
    place, w = _places()
    w = w * place ** (power - 1.0)
    values, slopes = _functions(count, power, place)
    upper = np.linalg.inv(np.linalg.qr((values * np.sqrt(w)).T, mode="r"))
    steep = (slopes * np.sqrt(w)).T @ upper
    value, turned = np.linalg.eigh(steep.T @ steep)
    vector = upper @ turned
    value[0] = 0.0
    weight = vector.sum(axis=0) ** 2
    weight[0] = power
    return Modes(count, frozen_array(np.concatenate([value, weight])), frozen_array(vector), power)


@cache
def faced_modes(count: int = 16) -> Modes:
    """``count`` Galerkin modes P_k(2 z - 1) of Legendre in a slab that exchanges at both faces, dimensionless.

    As :func:`modes`, even and odd about the middle; docs/theory/diffusion.md, section 4.
    """
    s, w = np.polynomial.legendre.leggauss(2 * count + 4)
    bases = [Legendre.basis(k) for k in range(count)]
    slope = np.array([2 * basis.deriv()(s) if k else 0 * s for k, basis in enumerate(bases)])
    norm = np.sqrt(2.0 * np.arange(count) + 1.0)
    value, turned = np.linalg.eigh(norm[:, None] * ((slope * 0.5 * w) @ slope.T) * norm)
    vector = norm[:, None] * turned
    value[0] = 0.0
    outer, inner = vector.sum(axis=0), (-1.0) ** np.arange(count) @ vector
    weight = outer**2
    weight[0] = 1.0
    table = np.concatenate([value, weight, np.sign(outer * inner)])
    return Modes(count, frozen_array(table), frozen_array(vector), 1.0, faced=True)


@cache
def shells(count: int = 24, geometry: str = "sphere") -> Shells:
    """``count`` shells of a ``sphere`` or a ``slab``, the outermost about 90 times thinner than the innermost.

    Finite volumes (docs/theory/diffusion.md (5), (6)); dimensionless.
    """
    power = _POWERS[geometry]
    u = np.linspace(0.0, 1.0, count + 1)
    edge = 1.0 - np.expm1(_GRADING * (1.0 - u)) / np.expm1(_GRADING)
    volume = np.diff(edge**power) / power
    square = np.diff(edge ** (power + 2)) / (power + 2) / volume
    reach = 2.0 * edge[1:-1] ** power / np.diff(square)
    table = np.concatenate([volume, reach, [0.5 * (1.0 - square[-1])]])
    return Shells(count, frozen_array(table), frozen_array(square), float(power))
