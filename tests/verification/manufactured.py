"""A porous-electrode cell whose exact solution is chosen, and the sources that make it one (method of manufactured
solutions, Salari and Knupp 2000).

Two layers in the negative, the second with two phases, a separator, one layer in the positive; jumps of porosity,
transport and conductivity on the interfaces. Every property varies with concentration. Chosen are, with s a smooth
step from 0 to 1 through an electrode and z = 0..1 through a layer,

    c     = c_0 (1 +- A(t) cos(pi z)),             continuous, without gradient on interfaces
    i_e   = I(t) s(X) + B(t) X2 (1 - X)2           in electrodes, I(t) in the separator
    theta = a(z, t) + b(z, t) r2 + e(z, t) r4      in every particle, which gives j at the surface
    p     from i_e and c by integrating equation (3) of docs/theory/simulation.md over x

Sources: salt and particles get what (1) and (4) leave over, charge i_e' - a j, the interface U + nu - p. Derivatives
in x are those of Chebyshev interpolants, derivatives in time and radius are exact. The solver's own headers are
compiled with a driver of fixed steps (tests/kernel/march.cpp); here stands nothing of its discretisation.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from flat import NEGATIVE, POSITIVE, SEPARATOR, Array, modes, octave_grid, sampled, shells
from numpy.polynomial import Chebyshev, Legendre

__all__ = ["Made", "Part", "compiled", "march"]

FARADAY, GAS, TEMPERATURE = 96485.33212, 8.31446261815324, 298.15
SALT, TOP, REFERENCE, OMEGA = 1000.0, 2000.0, 0.35, 2 * np.pi / 50.0
ROOT = Path(__file__).parents[2]


def compiled(folder: Path) -> ctypes.CDLL | None:
    """The driver around the shipped headers, compiled into ``folder``; None where there is no compiler."""
    compiler = shutil.which(os.environ.get("CXX", "c++"))
    if compiler is None:
        return None
    made = folder / "march.so"
    flags = ["-std=c++17", "-O2", "-Wall", "-Wextra", "-Wno-psabi", "-ffp-contract=off", "-fPIC", "-shared"]
    subprocess.run(
        [compiler, *flags, f"-I{ROOT / 'kernel'}", str(ROOT / "tests" / "kernel" / "march.cpp"), "-o", str(made)],
        check=True,
    )
    return ctypes.CDLL(str(made))


# ---- properties: polynomials, so that the solver's tables of cubic pieces are exact
def diffusivity(c: Any) -> Any:
    return 4e-10 * (1 - 0.4 * (c / SALT - 1))


def conductivity(c: Any) -> Any:
    return 0.9 * (1 + 0.5 * (c / SALT - 1) - 0.6 * (c / SALT - 1) ** 2)


def factor(c: Any) -> Any:
    return 1 + 0.4 * c / SALT


def number(c: Any) -> Any:
    return REFERENCE + 0.05 * (c / SALT - 1)


def salt_table(points: int = 401) -> Array:
    c = np.linspace(0.0, TOP, points)
    rows = (diffusivity, conductivity, factor, number)
    return np.array([f(c) for f in rows] + [(f(c + 1e-3) - f(c - 1e-3)) / 2e-3 for f in rows])


def potential(side: int, x: Any) -> Any:
    return 0.5 - 0.6 * x + 0.2 * x**3 if side == NEGATIVE else 4.3 - 0.9 * x + 0.1 * x**2


def bend(x: Any) -> Any:
    """D(theta) over its reference; its derivative by theta is 1.5."""
    return 0.6 + 1.5 * x


@dataclass(frozen=True)
class Part:
    """One phase: surface per volume [1/m], radius [m], capacity [mol/m3], D [m2/s], rate [A/m2], level of theta."""

    area: float
    radius: float
    capacity: float
    diffusivity: float
    rate: float
    level: float
    swing: float


@dataclass(frozen=True)
class Stage:
    """One layer: side, thickness [m], porosity, transport efficiency, conductivity [S/m], sign of the salt's cosine."""

    side: int
    thickness: float
    porosity: float
    transport: float
    sigma: float
    sign: float
    parts: tuple[Part, ...] = ()


STAGES = (
    Stage(NEGATIVE, 3e-5, 0.35, 0.20, 2.0, 1.0, (Part(3e5, 4e-6, 3e4, 2e-13, 2.0, 0.60, -0.06),)),
    Stage(
        NEGATIVE, 2e-5, 0.50, 0.35, 0.6, -1.0,
        (Part(2e5, 3e-6, 3e4, 1e-13, 1.5, 0.55, -0.05), Part(1e5, 2e-6, 5e4, 5e-14, 1.0, 0.50, -0.04)),
    ),
    Stage(SEPARATOR, 2e-5, 0.45, 0.30, 1.0, 1.0),
    Stage(POSITIVE, 4e-5, 0.30, 0.17, 0.8, -1.0, (Part(3e5, 3e-6, 4e4, 1e-13, 1.2, 0.45, 0.05),)),
)  # fmt: skip


class Made:
    """The chosen solution on ``nodes`` control volumes a layer; ``kind`` "modes" or "shells" with ``count``.

    ``still`` makes salt and particles uniform in x and i_e linear, which control volumes represent exactly: what is
    left is diffusion in particles; the negative then has one layer.
    """

    def __init__(self, nodes: int, kind: str, count: int, grading: float = 2.5, still: bool = False) -> None:
        self.nodes, self.count, self.still = nodes, count, still
        self.shells = kind == "shells"
        self.radial = shells(count, grading) if self.shells else modes(count)
        if self.shells:
            u = np.linspace(0, 1, count + 1)
            self.edge = 1 - (np.exp(grading * (1 - u)) - 1) / (np.exp(grading) - 1) if grading else u
            self.edge[0], self.edge[-1] = 0.0, 1.0
        else:
            self.projection = np.linalg.inv(_shapes(count))
        self.scale = 0.0 if still else 1.0
        self.stages = (STAGES[0], *STAGES[2:]) if still else STAGES

    # -- the chosen functions of time and place
    def current(self, t: float) -> float:
        return 40.0 * (1 + 0.3 * np.sin(OMEGA * t))

    def salt(self, stage: Stage, z: Array, t: float) -> tuple[Array, Array]:
        """c [mol/m3] and dc/dt."""
        swing, rate = 0.2 + 0.1 * np.sin(OMEGA * t), 0.1 * OMEGA * np.cos(OMEGA * t)
        shape = self.scale * stage.sign * np.cos(np.pi * z)
        return SALT * (1 + swing * shape), SALT * rate * shape

    def content(self, part: Part, z: Array, t: float) -> tuple[Array, Array]:
        """Coefficients of 1, r2, r4 in theta and their rates, shape (3, places) each."""
        wave, rate = np.sin(OMEGA * t), OMEGA * np.cos(OMEGA * t)
        slope = 1 + 0.5 * self.scale * z**2
        a = part.level + 0.1 * self.scale * np.cos(np.pi * z) * (1 + 0.5 * wave) + 0.1 * wave
        a_t = 0.05 * self.scale * np.cos(np.pi * z) * rate + 0.1 * rate
        b, b_t = part.swing * slope * (1 + 0.4 * wave), part.swing * slope * 0.4 * rate
        e, e_t = 0.3 * part.swing * (1 - 0.4 * wave) + 0 * z, -0.12 * part.swing * rate + 0 * z
        return np.array([a, b, e]), np.array([a_t, b_t, e_t])

    def reaction(self, part: Part, z: Array, t: float) -> Array:
        """j [A/m2] that belongs to theta at the surface."""
        (a, b, e), _ = self.content(part, z, t)
        d = part.diffusivity * (bend(a + b + e) if self.shells else 1.0)
        return -FARADAY * part.capacity * d / part.radius * (2 * b + 4 * e)

    def particle_source(self, part: Part, z: Array, t: float, r: Array) -> Array:
        """dtheta/dt - div(D grad theta) at places r / R, shape (r, z) [1/s]."""
        (a, b, e), rates = self.content(part, z, t)
        r = r[:, None]
        changing = rates[0] + rates[1] * r**2 + rates[2] * r**4
        fall, spread = 2 * b * r + 4 * e * r**3, 6 * b + 20 * e * r**2  # theta', (r2 theta')' / r2
        if self.shells:
            d = bend(a + b * r**2 + e * r**4)
            return changing - part.diffusivity / part.radius**2 * (d * spread + 1.5 * fall**2)
        return changing - part.diffusivity / part.radius**2 * spread

    def ionic(self, x: Array, stage: Stage, t: float) -> Array:
        """i_e [A/m2] at distances x [m] from the negative collector."""
        if stage.side == SEPARATOR:
            return self.current(t) + 0 * x
        mine = [s for s in self.stages if s.side == stage.side]
        start = 0.0 if stage.side == NEGATIVE else sum(s.thickness for s in self.stages if s.side != POSITIVE)
        share = (x - start) / sum(s.thickness for s in mine)
        share = share if stage.side == NEGATIVE else 1 - share
        if self.still:
            return self.current(t) * share
        bump = 15.0 * np.sin(OMEGA * t) * share**2 * (1 - share) ** 2
        return self.current(t) * share**2 * (3 - 2 * share) + bump

    # -- what follows from them, layer by layer, as functions of x
    def fields(self, t: float) -> list[dict[str, Chebyshev]]:
        """p, phi_s and phi_e drops, divergences, each an interpolant in x over its layer."""
        out, begin, p_end = [], 0.0, 0.15
        current = self.current(t)
        for stage in self.stages:
            domain = (begin, begin + stage.thickness)

            def of(f: Callable[[Array], Array], domain: Any = domain) -> Chebyshev:
                return Chebyshev.interpolate(f, 32, domain=domain)

            def z(x: Array, begin: float = begin, stage: Stage = stage) -> Array:
                return (x - begin) / stage.thickness

            c = of(lambda x, stage=stage, z=z: self.salt(stage, z(x), t)[0])
            c_x, transport, sigma = c.deriv(), stage.transport, stage.sigma
            flow = of(lambda x, c=c, c_x=c_x, k=transport: k * diffusivity(c(x)) * c_x(x))
            ionic = of(lambda x, stage=stage: self.ionic(x, stage, t))
            carry = of(lambda x, c=c, i=ionic: (number(c(x)) - REFERENCE) * i(x) / FARADAY)

            def ion_drop(x: Array, c: Any = c, c_x: Any = c_x, i: Any = ionic, k: float = transport) -> Array:
                chi = 2 * GAS * TEMPERATURE / FARADAY * (1 - number(c(x))) * factor(c(x)) / c(x)
                return -i(x) / (k * conductivity(c(x))) + chi * c_x(x)

            phi_e = of(ion_drop).integ(lbnd=begin)
            row = {"divergence": flow.deriv() - carry.deriv(), "ionic_x": ionic.deriv(), "phi_e": phi_e}
            if stage.side != SEPARATOR:
                if stage.side == POSITIVE and out[-1]["side"] == SEPARATOR:
                    p_end = 3.9
                solid = of(lambda x, i=ionic, s=sigma: -(current - i(x)) / s).integ(lbnd=begin)
                row |= {"phi_s": solid, "p": p_end + solid - phi_e}
                p_end = row["p"](domain[1])
            out.append(row | {"side": stage.side, "begin": begin})
            begin += stage.thickness
        return out

    def voltage(self, t: float) -> float:
        """Solid potential of the positive collector minus that of the negative [V]."""
        total, before = 0.0, None
        for stage, row in zip(self.stages, self.fields(t), strict=True):
            end = row["begin"] + stage.thickness
            if stage.side == SEPARATOR:
                total -= before["p"](row["begin"])
                total += row["phi_e"](end)
            else:
                if stage.side == POSITIVE and before["side"] == SEPARATOR:
                    total += row["p"](row["begin"])
                total += row["phi_s"](end)
            before = row
        return float(total)

    def states(self, t: float) -> tuple[Array, Array]:
        """The exact state and the sources at time ``t`` [s], both in the order of the solver's canonical state."""
        p, theta, j, c, inside = [], [], [], [], []
        s_p, s_j, s_c, s_inside = [], [], [], []
        for stage, row in zip(self.stages, self.fields(t), strict=True):
            h = stage.thickness / self.nodes
            z = (np.arange(self.nodes) + 0.5) / self.nodes
            x = row["begin"] + z * stage.thickness
            salt, salt_t = self.salt(stage, z, t)
            reacting = np.zeros(self.nodes)
            level = row["p"](x) if stage.side != SEPARATOR else 0 * x
            for part in stage.parts:
                amperes = self.reaction(part, z, t)
                coefficients, _ = self.content(part, z, t)
                surface = coefficients.sum(axis=0)
                reacting += part.area * amperes
                exchange = part.rate * np.sqrt(salt / SALT * surface * (1 - surface))
                nu = 2 * GAS * TEMPERATURE / FARADAY * np.arcsinh(amperes / (2 * exchange))
                theta.append(surface)
                j.append(amperes)
                s_j.append(potential(stage.side, surface) + nu - level)
                inside.append(self.held(coefficients))
                s_inside.append(self.fed(part, z, t))
            p.append(level)
            c.append(salt)
            s_p.append(h * (reacting - row["ionic_x"](x)) if stage.side != SEPARATOR else 0 * x)
            left = stage.porosity * salt_t - row["divergence"](x) - (1 - REFERENCE) / FARADAY * reacting
            s_c.append(left / stage.porosity)
        flat = [np.array([self.current(t)]), *p, *theta, *j, *c, *[k.ravel() for k in inside]]
        zero = [0 * values for values in theta]
        fed = [np.array([self.current(t)]), *s_p, *zero, *s_j, *s_c, *[k.ravel() for k in s_inside]]
        return np.concatenate(flat), np.concatenate(fed)

    def held(self, coefficients: Array) -> Array:
        """theta as the solver keeps it: means of shells, or amplitudes of modes; shape (count, places)."""
        if self.shells:
            powers = [np.diff(self.edge ** (3 + k)) / (3 + k) * 3 / np.diff(self.edge**3) for k in (0, 2, 4)]
            return np.array(powers).T @ coefficients
        r = _places(self.count)
        return self.projection @ (coefficients[0] + np.outer(r**2, coefficients[1]) + np.outer(r**4, coefficients[2]))

    def fed(self, part: Part, z: Array, t: float) -> Array:
        """The particle's source as :meth:`held` keeps theta: means over shells by Gauss, or amplitudes."""
        if not self.shells:
            return self.projection @ self.particle_source(part, z, t, _places(self.count))
        s, w = np.polynomial.legendre.leggauss(6)
        total = np.zeros((self.count, z.size))
        for node, weight in zip(s, w, strict=True):
            r = 0.5 * (self.edge[1:] + self.edge[:-1]) + 0.5 * np.diff(self.edge) * node
            share = 1.5 * weight * r**2 * np.diff(self.edge) / np.diff(self.edge**3)
            total += share[:, None] * self.particle_source(part, z, t, r)
        return total


def _places(count: int) -> Array:
    """As many places r / R as there are modes: roots of P_count(2 r2 - 1)."""
    return np.sqrt(0.5 * (np.polynomial.legendre.leggauss(count)[0] + 1))


def _shapes(count: int) -> Array:
    """Every mode, 1 at the surface, at :func:`_places`: shape (places, modes). From the same Galerkin problem."""
    from scipy.linalg import eigh

    s, w = np.polynomial.legendre.leggauss(4 * count + 8)
    s, w = 0.5 * (s + 1), 0.5 * w * (0.5 * (s + 1)) ** 2
    basis = [Legendre.basis(k) for k in range(count)]
    phi = np.array([b(2 * s * s - 1) for b in basis])
    dphi = np.array([b.deriv()(2 * s * s - 1) * 4 * s for b in basis])
    vector = eigh((dphi * w) @ dphi.T, (phi * w) @ phi.T)[1]
    r = _places(count)
    return np.array([b(2 * r * r - 1) for b in basis]).T @ vector / vector.sum(axis=0)


def march(
    driver: ctypes.CDLL, made: Made, order: int, begun: Array, times: Array, sources: Array | None = None
) -> tuple[Array, Array]:
    """States, shape (steps, size), and voltages [V] at ``times`` [s] from ``begun`` states (newest last)."""
    h = float(times[1] - times[0])
    sources = np.array([made.states(float(t))[1] for t in times]) if sources is None else sources
    layers = np.array([[s.side, made.nodes, len(s.parts)] for s in made.stages], dtype=np.int32)
    curve = 2 if made.shells else -1
    parts = [(s, part) for s in made.stages for part in s.parts]
    phases = [[int(made.shells), made.count, 0 if s.side == NEGATIVE else 1, curve, 0] for s, _ in parts]
    curves = np.array([sampled(lambda x: potential(NEGATIVE, x)), sampled(lambda x: potential(POSITIVE, x)),
                       [bend(octave_grid()), 1.5 + 0 * octave_grid()]])  # fmt: skip
    numbers = [[s.thickness, s.porosity, s.transport, s.sigma] for s in made.stages]
    phase_numbers = [[q.area, q.radius, q.capacity, q.diffusivity, q.rate, 0, 0, 0, 1, 0, 0, 0, 0] for _, q in parts]
    cell = np.array([TEMPERATURE, 0.0, SALT, 0.0])
    states, voltages = np.zeros((len(times), begun.shape[1])), np.zeros(len(times))
    table = salt_table()

    def real(values: Any) -> Any:
        array = np.ascontiguousarray(values, dtype=np.float64)
        return array, array.ctypes.data_as(ctypes.c_void_p)

    kept = [real(v) for v in (made.radial[1], curves, table, numbers, phase_numbers, cell, begun, sources)]
    radial_p, curves_p, salt_p, layer_p, phase_p, cell_p, begun_p, sources_p = (pointer for _, pointer in kept)
    whole = np.array(phases, dtype=np.int32)
    done = driver.march(
        len(made.stages), layers.ctypes.data_as(ctypes.c_void_p), whole.ctypes.data_as(ctypes.c_void_p), radial_p,
        len(curves), curves_p, salt_p, table.shape[1], ctypes.c_double(TOP), ctypes.c_double(REFERENCE), layer_p,
        phase_p, cell_p, order, len(begun), len(times), ctypes.c_double(h), begun_p, sources_p,
        states.ctypes.data_as(ctypes.c_void_p), voltages.ctypes.data_as(ctypes.c_void_p),
    )  # fmt: skip
    assert done == len(times), f"step {done} of {len(times)} did not converge"
    return states, voltages
