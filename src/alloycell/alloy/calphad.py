"""Phases of an alloy from a full thermodynamic database, through pycalphad (extra ``calphad``).

Source: N. Dupin and others, COST 507, as bundled with pycalphad; docs/theory/particle.md. The database has solubility
and ternary terms; its phases are named here by the line compound or the element they are nearest to. It is slow
(about a second a composition), so it is for single particles and small batches.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import numpy as np

from alloycell.alloy.equilibrium import Assemblage, equilibrium
from alloycell.alloy.thermochemistry import System
from alloycell.errors import Fault, MaterialError, RangeError
from alloycell.quantities import FloatArray, frozen_array

__all__ = ["CALPHAD", "calphad_assemblage"]

CALPHAD: Final = "calphad"
"""The assessment that asks pycalphad; no units."""

_NEAR: Final = 0.03
"""How far the composition of a phase of the database may be from that of a record (atom fraction)."""
_MOST: Final = 200
"""Most compositions in one call; a count."""
_LEAST: Final = 1e-9


def calphad_assemblage(system: System, amounts: FloatArray, database: Path | None = None) -> Assemblage:
    """The phases that pycalphad finds for ``amounts`` [mol] (..., elements), named as the phases of ``system``.

    Source: module docstring. ``database`` is a TDB file, the bundled COST 507 where left out. Amounts are atom
    fractions of each phase (0 to 1), energy and potentials [J/mol] those of the records. Raises MaterialError where
    the extra is not installed, an element is not in the database, or a phase has no record; RangeError for more than
    200 compositions.
    """
    rows = np.asarray(amounts, dtype=np.float64).reshape(-1, len(system.elements))
    if len(rows) > _MOST:
        raise RangeError(f"pycalphad is asked for {len(rows)} compositions; at most {_MOST} are taken at once.")
    ours = equilibrium(system, np.where(np.isfinite(rows), rows, 1.0), strict=False)
    library = _pycalphad()
    tables = _database(str(database or _bundled(library)))
    absent = [symbol for symbol in system.elements if symbol.upper() not in tables.elements]
    if absent:
        needed = "the database has no data of it"
        raise MaterialError([Fault(f"element {symbol}", "is not in the database", needed) for symbol in absent])
    fractions = np.array([_fractions(library, tables, system, row / row.sum()) for row in rows])
    batch = np.shape(amounts)[:-1]
    return Assemblage(
        system,
        frozen_array(fractions.reshape(*batch, -1)),
        frozen_array((fractions @ system.enthalpy).reshape(batch)),
        frozen_array(ours.potentials.reshape(*batch, -1)),
        np.zeros(batch, dtype=bool),
    )


def _pycalphad() -> Any:
    """The module, or a sentence that says how to get it."""
    try:
        import pycalphad
    except ImportError:
        needed = "it needs the extra calphad, which is not installed"
        raise MaterialError(
            Fault("assessment", 'is "calphad"', needed, 'Install it with pip install "alloycell[calphad]"')
        ) from None
    return pycalphad


def _bundled(library: Any) -> Path:
    path = Path(library.__file__).parent / "tests" / "databases" / "COST507.tdb"
    if not path.is_file():
        needed = "this pycalphad does not bring COST507.tdb"
        raise MaterialError(Fault("assessment", 'is "calphad"', needed, "Install another version of pycalphad"))
    return path


@lru_cache(maxsize=2)
def _database(path: str) -> Any:
    return _pycalphad().Database(path)


def _fractions(library: Any, tables: Any, system: System, shares: FloatArray) -> FloatArray:
    """Share of all atoms (0 to 1) in each phase of ``system`` at atom fractions ``shares`` (elements,)."""
    if not np.all(np.isfinite(shares)):
        return np.full(len(system.phases), np.nan)
    v = library.variables
    present = [i for i, share in enumerate(shares) if share > _LEAST]
    found = np.zeros(len(system.phases))
    if len(present) == 1:
        found[system.free(system.elements[present[0]])] = 1.0
        return found
    names = [system.elements[i].upper() for i in present]
    conditions = {v.T: 298.15, v.P: 101325, v.N: 1}
    conditions |= {v.X(name): float(shares[i]) for name, i in zip(names[1:], present[1:], strict=True)}
    phases = [name for name in tables.phases if name != "GAS"]
    solved = library.equilibrium(tables, [*names, "VA"], phases, conditions)
    held = [str(name) for name in solved.component.values]
    order = [held.index(name) for name in names]
    compositions = solved.X.values.reshape(-1, len(held))
    for name, amount, parts in zip(solved.Phase.values.ravel(), solved.NP.values.ravel(), compositions, strict=True):
        if name and np.isfinite(amount) and amount > _LEAST:
            whole = np.zeros(len(system.elements))
            whole[present] = parts[order]
            found[_nearest(system, str(name), whole)] += float(amount)
    return np.asarray(found / found.sum())


def _nearest(system: System, name: str, shares: FloatArray) -> int:
    """The column of the phase whose composition (atom fractions, 0 to 1) is nearest to that of the database phase."""
    away = np.abs(system.composition - shares[:, None]).max(axis=0)
    best = int(np.argmin(away))
    if away[best] > _NEAR:
        told = ", ".join(f"{100 * x:.3g} at% {s}" for s, x in zip(system.elements, shares, strict=True) if x > _LEAST)
        needed = f"it holds {told}, and no recorded phase does"
        raise MaterialError(Fault(f"phase {name} of the database", "has no record", needed, "Give the measured phases"))
    return best
