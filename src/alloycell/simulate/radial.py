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

SHELLS_PER_MODE = 3
"""Shells that resolve a particle as well as one mode does, a count: 24 and 8 err by 0.2 and 0.8 mV at most at 1C."""

_GRADING = 4.5
_POWERS = {"sphere": 3, "slab": 1}


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
        at = 2 * place - 1 if self.faced else 2 * place * place - 1
        raw = np.array([Legendre.basis(k)(at) for k in range(self.count)])
        return np.asarray((self.vectors.T @ raw) / self.vectors.sum(axis=0)[:, None])

    def mean(self, state: FloatArray) -> FloatArray:
        """Mean theta (0 to 1), shape (n,), of the amplitudes ``state``, shape (modes, n)."""
        return np.asarray(state[0])

    def inside(self, state: FloatArray, surface: FloatArray, place: FloatArray) -> FloatArray:
        """theta (0 to 1) at ``place`` (r / R), shape (n, places); ``surface`` (n,) is in the ``state`` (modes, n)."""
        return np.asarray((state[:, :, None] * self.shape(place)[:, None, :]).sum(axis=0))

    def finer(self) -> Modes:
        """The same with twice the modes, a count."""
        if self.faced:
            return faced_modes(2 * self.count)
        return modes(2 * self.count, "slab" if self.per_surface == 1.0 else "sphere")


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

    def finer(self) -> Shells:
        """The same with twice the shells, a count."""
        return shells(2 * self.count, "slab" if self.per_surface == 1.0 else "sphere")


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

    def finer(self) -> InnerFace:
        """The same; no units."""
        return self


Radial: TypeAlias = Modes | Shells | InnerFace


@cache
def modes(count: int = 8, geometry: str = "sphere") -> Modes:
    """``count`` Galerkin modes of even Legendre polynomials P_k(2 r2 - 1) in a ``sphere`` or ``slab``, dimensionless.

    Smith and Lanczos: eigenvectors of stiffness against mass; the mean is the first mode, exactly conserved.
    """
    power = _POWERS[geometry]
    s, w = np.polynomial.legendre.leggauss(4 * count + 8)
    s, w = 0.5 * (s + 1), 0.5 * w * (0.5 * (s + 1)) ** (power - 1)
    bases = [Legendre.basis(k) for k in range(count)]
    phi = np.array([basis(2 * s * s - 1) for basis in bases])
    slope = np.array([basis.deriv()(2 * s * s - 1) * 4 * s if k else 0 * s for k, basis in enumerate(bases)])
    lower = np.linalg.inv(np.linalg.cholesky((phi * w) @ phi.T))
    value, turned = np.linalg.eigh(lower @ ((slope * w) @ slope.T) @ lower.T)
    vector = lower.T @ turned
    value[0] = 0.0
    weight = vector.sum(axis=0) ** 2
    weight[0] = float(power)
    return Modes(count, frozen_array(np.concatenate([value, weight])), frozen_array(vector), float(power))


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
